#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Turn the logs of a run into a verdict.

  report.py TREE RESULTS_DIR

Reads RESULTS_DIR/stages, a line a stage with five fields between tabs: name,
kind (build, kunit or kselftest), exit status, seconds, log (a file of that
directory: a raw console, or TAP); the logs; RESULTS_DIR/NAME.json, what the
stress of a stage wrote; RESULTS_DIR/kernel, the kernel's full version; the
configurations RESULTS_DIR/*.config. The results in the logs are parsed by the
kernel TREE's own tools/testing/kunit.

Writes RESULTS_DIR/summary.txt (and the same to stdout), summary.json and
junit.xml, each complete or not at all.

Exit status: 0 if all is clean: no failed case, no failed stage, no splat of the
kernel, no missing result, and at least one case that passed; 1 if not; 2 if
TREE or RESULTS_DIR is unusable.
"""

import dataclasses
import glob
import inspect
import json
import os
import re
import signal
import sys
import tempfile
import textwrap
import xml.etree.ElementTree as ET
from typing import Any, Dict, Iterator, List, Optional, Tuple

KINDS = ('build', 'kunit', 'kselftest')
PARSE_SECONDS = 20	# the parser of 6.12 can loop for ever on an odd log
MESSAGE_LINES = 12	# of one failure, in the summary
SPLATS_SHOWN = 10	# of one log, in the summary

# What a console puts before a message: its time, and with PRINTK_CALLER the task.
CONSOLE_PREFIX = re.compile(r'^\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?')
TAP_HEADER = re.compile(r'^((?:# )*)TAP version \d+$')
TAP_RESULT = re.compile(r'^((?:# )*)(ok|not ok) (\d+) ?(?:- )?(.*)$')
TAP_PLAN = re.compile(r'^1\.\.(\d+)(?: # SKIP ?(.*))?')
ANY_RESULT = re.compile(r'^[# ]*(ok|not ok) \d+ ?(?:- )?([^#]*)(?:# SKIP ?(.*))?')
GUEST = 'vma-lock guest: '
# Of a kernel that counts the transitions of its lock: since the boot, on a line.
TRANSITIONS = re.compile(r'(?:' + GUEST + r'|[# ]*vma_lock_branches_total: )transitions:?((?: [A-Z]\d \d+)+)$')

# How a kernel begins to complain; the first that fits names the kind. It does so
# at the beginning of a line, where what a test says has a # or spaces.
SPLATS = [(kind, re.compile('^(?:' + start + ')')) for kind, start in (
	('panic', r'Kernel panic - not syncing'),
	('KASAN', r'BUG: KASAN:'),
	('KCSAN', r'BUG: KCSAN:'),
	('KMSAN', r'BUG: KMSAN:'),
	('KFENCE', r'BUG: KFENCE:'),
	('UBSAN', r'UBSAN: '),
	('lockdep', r'WARNING: (?:possible |inconsistent lock|bad unlock|held lock freed|lock held|'
		    r'suspicious RCU|[Nn]ested lock|.* still has locks held)|\[ BUG: |'
		    r'INFO: trying to register non-static key|DEBUG_LOCKS_WARN_ON'),
	('refcount', r'refcount_t: '),
	('hung task', r'INFO: task .* blocked .*for more than'),
	('stall', r'rcu: INFO: rcu_.*(?:stall|starved)|rcu: rcu_.* kthread (?:timer wakeup|starved)|'
		  r'INFO: rcu_.*stall|watchdog: (?:BUG: soft lockup|.*hard LOCKUP)|BUG: workqueue lockup'),
	('oops', r'Oops\b|(?:traps: )?PANIC: |kernel BUG at |general protection fault|'
		 r'Unable to handle kernel|BUG: unable to handle|BUG: kernel NULL pointer'),
	('BUG', r'BUG[: ]|list_(?:add|del) corruption|ODEBUG: |Out of memory: '),
	('WARNING', r'WARNING: '),
)]
TRACE_BEGIN = re.compile(r'^-+\[ cut here \]-+$')
TRACE_END = re.compile(r'^---\[ end ')

# What is worth a word about a configuration.
CONFIGS = ('PROVE_LOCKING', 'DEBUG_VM', 'DEBUG_VM_MAPLE_TREE', 'KASAN', 'KCSAN', 'UBSAN', 'KFENCE',
	   'GCOV_KERNEL', 'PREEMPT', 'PREEMPT_RT', 'PER_VMA_LOCK_STATS')
TAINTS = 'PFSRMBUDAWCIOELKXTNJ'


class Unusable(Exception):
	"""An argument that no report can be made of."""


class ParserHangs(Exception):
	"""The kernel tree's parser does not come back."""


@dataclasses.dataclass
class Case:
	group: str	# the suite, and in it the case of a parameter
	name: str
	status: str	# passed, failed, skipped
	message: List[str] = dataclasses.field(default_factory=list)
	line: int = 0	# in the log, where known

	def full_name(self) -> str:
		return f'{self.group}.{self.name}' if self.group else self.name


@dataclasses.dataclass
class Splat:
	kind: str
	log: str
	line: int
	text: str


@dataclasses.dataclass
class Stage:
	name: str
	kind: str
	status: int
	seconds: int
	log: str
	cases: List[Case] = dataclasses.field(default_factory=list)
	# What is wrong with the stage itself; each counts as a failure.
	problems: List[str] = dataclasses.field(default_factory=list)
	splats: List[Splat] = dataclasses.field(default_factory=list)
	# What the stress reached, a scenario a row, and its other diagnostics.
	stress: Dict[str, Dict[str, Any]] = dataclasses.field(default_factory=dict)
	diagnostics: List[str] = dataclasses.field(default_factory=list)
	# How often the lock took each of its transitions: in each scenario, and in all.
	transitions: Dict[str, Dict[str, int]] = dataclasses.field(default_factory=dict)

	def count(self, status: str) -> int:
		return sum(case.status == status for case in self.cases)

	def failures(self) -> int:
		return self.count('failed') + len(self.problems) + (1 if self.splats else 0)


class TreeParser:
	"""The kernel tree's kunit_parser, whose interface is not the same in all versions."""

	def __init__(self, tree: str):
		path = os.path.join(tree, 'tools/testing/kunit')
		if not os.path.isfile(os.path.join(path, 'kunit_parser.py')):
			raise Unusable(f'{tree} has no tools/testing/kunit/kunit_parser.py: pass the top of a kernel tree')
		sys.dont_write_bytecode = True	# the tree is only read
		sys.path.insert(0, path)
		try:
			import kunit_parser	# pylint: disable=import-error,import-outside-toplevel
		except Exception as error:
			raise Unusable(f'{path}/kunit_parser.py cannot be used: {error}') from error
		self.module = kunit_parser
		self.statuses = kunit_parser.TestStatus
		self.errors: List[str] = []

	# The part of a Printer that the parser calls; only errors are of interest.
	def print_with_timestamp(self, message: str) -> None:
		if message.startswith('[ERROR]'):
			self.errors.append(message[len('[ERROR]'):].strip().splitlines()[0])

	print = print_with_timestamp

	@staticmethod
	def _plain(text: str) -> str:
		return text

	red = yellow = green = _plain

	@staticmethod
	def color_len() -> int:
		return 0

	def parse(self, lines: List[str]) -> Tuple[Any, List[str]]:
		"""The tree of results in these lines, and what the parser complained of."""
		def give_up(_signal: int, _frame: Any) -> None:
			raise ParserHangs()

		self.errors = []
		before = signal.signal(signal.SIGALRM, give_up)
		signal.alarm(PARSE_SECONDS)
		try:
			if len(inspect.signature(self.module.parse_run_tests).parameters) > 1:
				return self.module.parse_run_tests(lines, self), self.errors
			self.module.stdout = self
			return self.module.parse_run_tests(lines), self.errors
		finally:
			signal.alarm(0)
			signal.signal(signal.SIGALRM, before)


def plural(count: int, noun: str) -> str:
	return f'{count} {noun}' + ('' if count == 1 else 's')


def read_stages(path: str) -> List[Stage]:
	# A stage that was run again counts as it went last.
	stages: Dict[str, Stage] = {}
	try:
		with open(path, encoding='utf-8') as file:
			rows = file.read().splitlines()
	except (OSError, UnicodeDecodeError) as error:
		raise Unusable(f'{path} cannot be read: {error}') from error
	for number, row in enumerate(rows, 1):
		if not row.strip():
			continue
		fields = row.split('\t')
		if len(fields) != 5:
			raise Unusable(f'{path}, line {number}: 5 fields between tabs are wanted, not {len(fields)}')
		name, kind, status, seconds, log = fields
		if kind not in KINDS:
			raise Unusable(f'{path}, line {number}: the kind is one of {", ".join(KINDS)}, not "{kind}"')
		if not re.fullmatch(r'\d+', status) or not re.fullmatch(r'\d+(\.\d+)?', seconds):
			raise Unusable(f'{path}, line {number}: status and seconds are numbers, not "{status}" and "{seconds}"')
		stages[name] = Stage(name, kind, int(status), round(float(seconds)), log)
	if not stages:
		raise Unusable(f'{path} names no stage: nothing was run')
	return list(stages.values())


def read_log(path: str) -> List[str]:
	"""The log's lines without what the console puts before them."""
	with open(path, encoding='utf-8', errors='backslashreplace', newline='\n') as file:
		return [CONSOLE_PREFIX.sub('', line.rstrip('\r\n')) for line in file]


def find_splats(stage: Stage, lines: List[str]) -> None:
	in_trace = told = False
	tainted_before = 0
	for number, line in enumerate(lines, 1):
		taint = re.match(GUEST + r'tainted (before|after): (\d+)', line)
		if taint and taint[1] == 'before':
			tainted_before = int(taint[2])
		elif taint:
			# That KUnit ran taints as well (TAINT_TEST), and is no complaint.
			new = int(taint[2]) & ~tainted_before & ~(1 << 18)
			letters = ''.join(letter for bit, letter in enumerate(TAINTS) if new >> bit & 1)
			if new:
				stage.splats.append(Splat('taint', stage.log, number,
					f'the test left the kernel tainted: {new} ({letters})'))
		if TRACE_BEGIN.match(line):
			in_trace, told = True, False
		elif TRACE_END.match(line):
			in_trace = False
		# One report, from "cut here" to "end trace", is told once.
		if in_trace and told:
			continue
		for kind, start in SPLATS:
			if start.match(line):
				stage.splats.append(Splat(kind, stage.log, number, line.strip()))
				told = True
				break


def walk(stage: Stage, parser: TreeParser, test: Any, path: Tuple[str, ...] = ()) -> None:
	"""Take over the cases below a parsed test."""
	status = parser.statuses
	failures = stage.count('failed')
	group = '.'.join(path)
	missing = []
	last = ''
	for number, sub in enumerate(test.subtests, 1):
		if not sub.subtests and not sub.name and sub.status == status.TEST_CRASHED:
			missing.append(number)
			continue
		last = sub.name
		if sub.subtests:
			walk(stage, parser, sub, path + (sub.name,))
		elif sub.status == status.SUCCESS:
			stage.cases.append(Case(group, sub.name, 'passed'))
		elif sub.status == status.SKIPPED:
			reason = getattr(sub, 'skip_reason', '')
			stage.cases.append(Case(group, sub.name, 'skipped', [reason] if reason else []))
		else:
			why = {status.NO_TESTS: ['ran no case'],
			       status.TEST_CRASHED: ['no result: the kernel or the program ended in it']}
			stage.cases.append(Case(group, sub.name, 'failed', why.get(sub.status, []) + list(sub.log)))
	if missing:
		which = f'result {missing[0]}' if len(missing) == 1 else f'results {missing[0]} to {missing[-1]}'
		why = 'the kernel or the program crashed, hung or was ended' + (f' after {last}' if last else '')
		stage.cases.append(Case(group, f'({which} of {test.expected_count} missing)', 'failed',
					[why] + list(test.log)[-5:]))
	# "not ok" of something whose cases were all fine: its init or exit failed.
	if path and test.status not in (status.SUCCESS, status.SKIPPED) and stage.count('failed') == failures:
		stage.cases.append(Case('.'.join(path[:-1]), path[-1], 'failed',
					['failed itself, though none of its cases did'] + list(test.log)))


def add_parsed(stage: Stage, parser: TreeParser, lines: List[str]) -> None:
	try:
		test, errors = parser.parse(lines)
	except ParserHangs:
		stage.problems.append(f'the results in {stage.log} are garbled: the parser of this kernel does not come back')
		return
	except Exception as error:	# pylint: disable=broad-except
		stage.problems.append(f'the parser of this kernel fails on {stage.log}: {error}')
		return
	before = len(stage.cases)
	if test.status != parser.statuses.FAILURE_TO_PARSE_TESTS:
		walk(stage, parser, test)
	if len(stage.cases) == before:
		stage.problems.append(f'no result in {stage.log}')
	# The others were told already, as missing results.
	stage.problems.extend(f'{stage.log}: {error}' for error in errors if re.search('test number|version', error))


def locate(stage: Stage, lines: List[str]) -> None:
	"""Find the lines of failures, and reasons that an older parser does not keep."""
	wanted: Dict[Tuple[str, bool], List[Case]] = {}
	for case in stage.cases:
		if case.status != 'passed':
			wanted.setdefault((case.name, case.status == 'skipped'), []).append(case)
	for number, line in enumerate(lines, 1):
		result = ANY_RESULT.match(line)
		cases = result and wanted.get((result[2].strip(), result[3] is not None))
		if not result or not cases or (result[3] is None and result[1] == 'ok'):
			continue
		case = cases.pop(0)
		case.line = number
		if result[3] and not case.message:
			case.message = [result[3]]


@dataclasses.dataclass
class Document:
	"""A TAP document; those inside another are prefixed with "# "."""
	depth: int
	begin: int
	end: int
	leaf: bool = True


def documents(lines: List[str]) -> List[Document]:
	found: List[Document] = []
	open_ones: List[Document] = []
	for index, line in enumerate(lines):
		header = TAP_HEADER.match(line)
		result = TAP_RESULT.match(line)
		depth = len((header or result)[1]) // 2 if header or result else -1
		while open_ones and depth >= 0 and \
		      (open_ones[-1].depth > depth or header and open_ones[-1].depth == depth):
			open_ones.pop().end = index
		if header:
			for document in open_ones:
				document.leaf = False
			open_ones.append(Document(depth, index, len(lines)))
			found.append(open_ones[-1])
	return found


def inside(document: Document, lines: List[str]) -> Iterator[str]:
	"""The lines of a document, without its prefix and without others' lines."""
	prefix = '# ' * document.depth
	for line in lines[document.begin:document.end]:
		if line.startswith(prefix) and not line.startswith(GUEST):
			yield line[len(prefix):]
		elif document.depth and line == prefix.rstrip():
			yield ''


def plan_first(lines: List[str]) -> List[str]:
	"""A plan may come last, but not for the parser."""
	plans = [index for index, line in enumerate(lines) if TAP_PLAN.match(line)]
	results = [index for index, line in enumerate(lines) if TAP_RESULT.match(line)]
	if plans and results and plans[0] > results[0]:
		return lines[:1] + [lines[plans[0]]] + \
			[line for index, line in enumerate(lines[1:], 1) if index not in plans]
	return lines


def note_stress(stage: Stage, lines: List[str]) -> None:
	"""Take what the stress says about itself: what it did, and whether the lock was contended."""
	names = {TAP_RESULT.match(line)[4].split(' # ')[0].strip()	# type: ignore[index]
		 for line in lines if TAP_RESULT.match(line)}
	for line in lines:
		if not line.startswith('# '):
			continue
		text = line[2:].strip()
		about = re.match(r'(\w+): ', text)
		if not about or about[1] not in names:
			if re.match(r'seed |\d+ .*thread|sabotage|the kernel had|/proc/', text):
				stage.diagnostics.append(text)
			continue
		row = stage.stress.setdefault(about[1], {'lines': []})
		row['lines'].append(text[about.end():])
		for key, pattern in (('seconds', r': ([\d.]+) s\b.*faults'), ('faults', r'\bfaults (\d+)'),
				     ('operations', r'modifying operations (\d+)'),
				     ('checks', r'bracketed checks (\d+)'),
				     ('reader_waits', r'readers (\d+), mutators \d+'),
				     ('mutator_waits', r'readers \d+, mutators (\d+)')):
			value = re.search(pattern, text)
			if value:
				row[key] = float(value[1]) if '.' in value[1] else int(value[1])
		for name, value in re.findall(r'(vma_lock_\w+) \+(\d+)', text):
			row[name] = int(value)


def read_transitions(stage: Stage, lines: List[str], results: str) -> None:
	"""Take the counts of the lock's transitions, from the stress's JSON and from the log."""
	path = os.path.join(results, stage.name + '.json')
	# What peers leave is a table of programs, and no result of the stress.
	if stage.kind == 'kselftest' and stage.name != 'peers' and os.path.exists(path):
		try:
			with open(path, encoding='utf-8') as file:
				scenarios = json.load(file)['scenarios']
			for scenario in scenarios:
				counts = scenario.get('transitions', {})
				if counts.get('source') == 'counted':
					stage.transitions[scenario['name']] = {
						name: count for name, count in counts.items() if name != 'source'}
		except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
			stage.problems.append(f'{stage.name}.json is not what the stress writes: {error!r}')
	for line in lines:
		total = TRANSITIONS.match(line)
		if total:
			words = total[1].split()
			stage.transitions['all since the boot'] = dict(zip(words[::2], map(int, words[1::2])))


def read_kselftest(stage: Stage, parser: TreeParser, lines: List[str]) -> None:
	found = documents(lines)
	if not found:
		stage.problems.append(f'no TAP output in {stage.log}: ' + last_words(lines))
		return
	for document in (document for document in found if document.leaf):
		tap = list(inside(document, lines))
		plan = next((TAP_PLAN.match(line) for line in tap if TAP_PLAN.match(line)), None)
		if plan and plan[1] == '0':
			stage.cases.append(Case('', stage.name, 'skipped', [plan[2] or 'an empty plan, without a reason']))
		else:
			add_parsed(stage, parser, plan_first(tap))
			stage.problems.extend(line for line in tap if line.startswith('Bail out!'))
		note_stress(stage, tap)
	# What the wrappers around the program say matters if the program said otherwise.
	if not stage.count('failed') and not stage.problems:
		for document in (document for document in found if not document.leaf):
			for line in inside(document, lines):
				result = re.match(r'not ok \d+ ?(?:- )?(.*)', line)
				if result:
					stage.problems.append(f'{result[1]}: not ok, though no case in it failed')
					return


def last_words(lines: List[str]) -> str:
	spoken = [line.strip() for line in lines if line.strip()]
	return f'its last line is "{spoken[-1]}"' if spoken else 'it is empty'


def read_build(stage: Stage, lines: List[str]) -> None:
	if stage.status:
		errors = [line.strip() for line in lines
			  if re.search(r'error:|undefined reference|\*\*\*|^ERROR|^Missing: ', line)]
		stage.problems.append('; '.join(errors[:3]) or last_words(lines))


def judge(stage: Stage, parser: TreeParser, results: str) -> None:
	"""Fill in all that the stage's log tells."""
	path = os.path.join(results, stage.log)
	try:
		lines = read_log(path)
	except OSError as error:
		lines = []
		stage.problems.append(f'the log {stage.log} cannot be read: {error.strerror}')
	else:
		if not any(line.strip() for line in lines):
			stage.problems.append(f'the log {stage.log} is empty')
	if stage.problems:
		if stage.status:
			stage.problems[0] += f'; exit status {stage.status}'
		return
	if stage.kind == 'build':
		read_build(stage, lines)
		return
	find_splats(stage, lines)
	if stage.kind == 'kunit':
		# Suites loaded as modules: the boot itself had none, and said so in a document of its own.
		begun = [index for index, line in enumerate(lines) if line.startswith(GUEST + 'begin ')]
		add_parsed(stage, parser, lines[begun[-1]:] if begun else lines)
	else:
		read_kselftest(stage, parser, lines)
	read_transitions(stage, lines, results)
	locate(stage, lines)
	if not stage.status or stage.failures():
		return
	# kunit.py ends with 1 and the kselftest with 4 if all was skipped.
	if stage.count('skipped') and not stage.count('passed') and \
	   stage.status == {'kunit': 1, 'kselftest': 4}[stage.kind]:
		return
	stage.problems.append(f'exit status {stage.status}, though no case failed: ' + last_words(lines))


def describe_config(path: str) -> str:
	with open(path, encoding='utf-8', errors='replace') as file:
		chosen = set(re.findall(r'^CONFIG_(\w+)=y$', file.read(), re.M))
	notable = [name for name in CONFIGS if name in chosen]
	return os.path.basename(path) + (f' ({" ".join(notable)})' if notable else '')


def table(rows: List[List[str]]) -> Iterator[str]:
	columns = list(zip(*rows))
	widths = [max(map(len, column)) for column in columns]
	numeric = [all(re.fullmatch(r'[\d.:]+|-|ok', cell) for cell in column[1:]) for column in columns]
	for row in rows:
		yield '  ' + '  '.join(cell.rjust(width) if right else cell.ljust(width)
				      for cell, width, right in zip(row, widths, numeric)).rstrip()


def clock(seconds: int) -> str:
	return f'{seconds // 60}:{seconds % 60:02}'


def message_lines(case: Case, indent: str) -> Iterator[str]:
	# Of the stress's many numbers, those that say what went wrong.
	lines = case.message
	if any(line.startswith('# FAIL ') for line in lines):
		lines = [line for line in lines if re.match(r'# FAIL |#   ', line)]
	# A splat has a place of its own in the summary.
	shown, inside_splat = [], False
	for line in lines:
		inside_splat |= 'cut here ]---' in line
		if not inside_splat:
			shown.append(line)
		inside_splat &= '---[ end trace' not in line
	# What a case says of its state is the verdict; the rest explains it.
	lines = sorted(shown, key=lambda line: not line.strip().startswith('state '))
	lines = textwrap.dedent('\n'.join(line.rstrip() for line in lines if line.strip())).splitlines()
	lines = [re.sub(r'^# ', '', line) for line in lines]
	for line in lines[:MESSAGE_LINES]:
		yield indent + line
	if len(lines) > MESSAGE_LINES:
		yield f'{indent}... and {plural(len(lines) - MESSAGE_LINES, "line")} more in the log'


def summary(kernel: str, configs: List[str], stages: List[Stage], results: str) -> Iterator[str]:
	yield f'Linux {kernel}'
	yield 'Configuration: ' + ('; '.join(configs) or 'not recorded')
	yield ''
	rows = [['stage', 'passed', 'failed', 'skipped', 'time', 'log']]
	for stage in stages:
		counts = [str(stage.count('passed')), str(stage.failures()), str(stage.count('skipped'))]
		if stage.kind == 'build':
			counts = ['ok' if not stage.failures() else '-', str(stage.failures()), '-']
		rows.append([stage.name] + counts + [clock(stage.seconds), stage.log])
	yield from table(rows)

	if any(case.status == 'failed' for stage in stages for case in stage.cases) or \
	   any(stage.problems for stage in stages):
		yield ''
		yield 'Failures'
		for stage in stages:
			for problem in stage.problems:
				yield f'  {stage.name}: {problem}'
			for case in stage.cases:
				if case.status == 'failed':
					yield f'  {stage.name}: {case.full_name()}  ({stage.log}' + \
						(f', line {case.line})' if case.line else ')')
					yield from message_lines(case, '      ')

	if any(stage.splats for stage in stages):
		yield ''
		yield 'Splats of the kernel'
		for stage in stages:
			for splat in stage.splats[:SPLATS_SHOWN]:
				yield f'  {splat.log}, line {splat.line}: {splat.kind}: {splat.text}'
			if len(stage.splats) > SPLATS_SHOWN:
				yield f'  ... and {len(stage.splats) - SPLATS_SHOWN} more in {stage.log}'

	reasons: Dict[str, List[str]] = {}
	for stage in stages:
		for case in stage.cases:
			if case.status == 'skipped':
				reasons.setdefault(' '.join(case.message).strip() or 'no reason given', []).append(
					f'{stage.name}: {case.full_name()}')
	if reasons:
		yield ''
		yield 'Skipped'
		for reason, names in reasons.items():
			yield f'  {reason}: ' + ', '.join(names[:4]) + (f' and {len(names) - 4} more' if len(names) > 4 else '')

	for stage in stages:
		if not stage.stress:
			continue
		yield ''
		yield f'Stress: {stage.name}'
		yield from (f'  {line}' for line in stage.diagnostics)
		columns = [('seconds', 'seconds'), ('faults', 'faults'), ('operations', 'changes'),
			   ('checks', 'checks'), ('reader_waits', 'readers waited'),
			   ('mutator_waits', 'mutators waited'), ('vma_lock_success', 'lock taken'),
			   ('vma_lock_abort', 'aborted'), ('vma_lock_retry', 'retried'), ('vma_lock_miss', 'missed')]
		columns = [column for column in columns if any(column[0] in row for row in stage.stress.values())]
		if columns:
			yield from table([['scenario'] + [title for _, title in columns]] +
					 [[name] + [str(row.get(key, '-')) for key, _ in columns]
					  for name, row in stage.stress.items()])

	for stage in stages:
		if not stage.transitions:
			continue
		yield ''
		yield f'Transitions of the lock: {stage.name}'
		names = list(dict.fromkeys(name for counts in stage.transitions.values() for name in counts))
		yield from table([['scenario'] + names] +
				 [[scenario] + [str(counts.get(name, '-')) for name in names]
				  for scenario, counts in stage.transitions.items()])

	yield ''
	yield f'Results: {results}'
	passed, failed, skipped = totals(stages)
	if not failed and not passed:
		yield 'Nothing was tested: no case passed.'
	yield f'{passed} passed, {failed} failed, {skipped} skipped'


def totals(stages: List[Stage]) -> Tuple[int, int, int]:
	return (sum(stage.count('passed') for stage in stages), sum(stage.failures() for stage in stages),
		sum(stage.count('skipped') for stage in stages))


def as_json(kernel: str, configs: List[str], stages: List[Stage], clean: bool) -> str:
	passed, failed, skipped = totals(stages)
	return json.dumps({
		'kernel': kernel, 'configs': configs, 'clean': clean,
		'passed': passed, 'failed': failed, 'skipped': skipped,
		'stages': [dict(dataclasses.asdict(stage), passed=stage.count('passed'),
				failed=stage.failures(), skipped=stage.count('skipped')) for stage in stages],
	}, indent=1) + '\n'


def as_junit(kernel: str, stages: List[Stage]) -> bytes:
	def legal(text: str) -> str:
		return re.sub('[^\t\n\r\x20-\ud7ff\ue000-\ufffd]', '?', text)

	passed, failed, skipped = totals(stages)
	root = ET.Element('testsuites', name=f'vma-lock on Linux {legal(kernel)}',
			  tests=str(passed + failed + skipped), failures=str(failed), errors='0', skipped=str(skipped),
			  time=str(sum(stage.seconds for stage in stages)))
	for stage in stages:
		cases = stage.cases + [Case('', f'(problem {number} of the stage)', 'failed', [problem])
				       for number, problem in enumerate(stage.problems, 1)]
		if stage.splats:
			cases.append(Case('', '(no splat of the kernel)', 'failed',
					  [f'{splat.log}, line {splat.line}: {splat.text}' for splat in stage.splats]))
		if stage.kind == 'build' and not cases:
			continue
		suite = ET.SubElement(root, 'testsuite', name=legal(stage.name), tests=str(len(cases)),
				      failures=str(stage.failures()), errors='0',
				      skipped=str(stage.count('skipped')), time=str(stage.seconds))
		for case in cases:
			element = ET.SubElement(suite, 'testcase', name=legal(case.name),
						classname=legal('.'.join(filter(None, (stage.name, case.group)))))
			if case.status == 'skipped':
				ET.SubElement(element, 'skipped', message=legal(' '.join(case.message)))
			elif case.status == 'failed':
				lines = [line.strip() for line in message_lines(case, '')]
				failure = ET.SubElement(element, 'failure', message=legal(lines[0] if lines else 'failed'))
				failure.text = legal('\n'.join(case.message))
	ET.indent(root, '\t')
	return ET.tostring(root, encoding='utf-8', xml_declaration=True) + b'\n'


def write(path: str, content: bytes) -> None:
	"""All of it or nothing."""
	descriptor, temporary = tempfile.mkstemp(prefix='.' + os.path.basename(path), dir=os.path.dirname(path))
	try:
		with os.fdopen(descriptor, 'wb') as file:
			file.write(content)
		os.chmod(temporary, 0o644)
		os.replace(temporary, path)
	except BaseException:
		os.unlink(temporary)
		raise


def report(tree: str, results: str) -> int:
	if not os.path.isdir(results):
		raise Unusable(f'{results}: no such directory')
	results = os.path.abspath(results)
	parser = TreeParser(tree)
	stages = read_stages(os.path.join(results, 'stages'))
	kernel: Optional[str] = None
	try:
		with open(os.path.join(results, 'kernel'), encoding='utf-8', errors='replace') as file:
			kernel = file.readline().strip()
	except OSError:
		pass
	kernel = kernel or 'of unknown version'
	configs = [describe_config(path) for path in sorted(glob.glob(os.path.join(glob.escape(results), '*.config')))]
	for stage in stages:
		judge(stage, parser, results)
	passed, failed, _ = totals(stages)
	clean = passed > 0 and failed == 0
	text = '\n'.join(summary(kernel, configs, stages, results)) + '\n'
	try:
		write(os.path.join(results, 'summary.json'), as_json(kernel, configs, stages, clean).encode())
		write(os.path.join(results, 'junit.xml'), as_junit(kernel, stages))
		write(os.path.join(results, 'summary.txt'), text.encode(errors='replace'))
	except OSError as error:
		raise Unusable(f'{results} cannot be written: {error.strerror}') from error
	sys.stdout.buffer.write(text.encode(errors='replace'))
	sys.stdout.flush()
	return 0 if clean else 1


def main(arguments: List[str]) -> int:
	if arguments in (['-h'], ['--help']):
		print((__doc__ or '').strip())
		return 0
	for number in (signal.SIGHUP, signal.SIGTERM):
		signal.signal(number, lambda number, _frame: sys.exit(128 + number))
	try:
		if len(arguments) != 2:
			raise Unusable('a kernel tree and a results directory are wanted, '
				       f'not {plural(len(arguments), "argument")} (-h for help)')
		return report(*arguments)
	except Unusable as error:
		print(f'report.py: {error}', file=sys.stderr)
		return 2
	except KeyboardInterrupt:
		return 130
	except BrokenPipeError:
		os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
		return 1


if __name__ == '__main__':
	sys.exit(main(sys.argv[1:]))
