#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Draw the results of a run as one page that needs nothing besides itself.

  page.py RESULTS_DIR [PAGE]

Reads what `make run` left in RESULTS_DIR: summary.json, what the stress wrote as
stress-guest.json and stress-host.json, and peers.json, as far as they are there.
Writes PAGE (RESULTS_DIR/report.html), complete or not at all: verdicts, kernel
and configuration; for each scenario the transitions of the lock over time and
the latency of each operation. Light, dark and in print; no script, no network.

The drawing is matplotlib's (Debian: python3-matplotlib).

Exit status: 0 if the page was written, 2 if RESULTS_DIR cannot be used.
"""

import html
import io
import json
import math
import os
import re
import sys
from typing import Any, Dict, Iterator, List, Optional, Tuple

try:
	import matplotlib
except ImportError:
	# The system's Python has the system's packages; the first one found may not.
	SYSTEM = '/usr/bin/python3'
	if os.path.realpath(sys.executable) != os.path.realpath(SYSTEM) and os.path.exists(SYSTEM):
		os.execv(SYSTEM, [SYSTEM] + sys.argv)
	print('page.py: the plotting library is missing: install matplotlib (Debian: apt-get install python3-matplotlib)',
	      file=sys.stderr)
	sys.exit(2)
matplotlib.use('svg')
from matplotlib import pyplot, ticker	# pylint: disable=wrong-import-position

# What is imported from beside us leaves nothing there.
sys.dont_write_bytecode = True
from report import write	# pylint: disable=wrong-import-position

# Colours that the page, not the drawing, decides: each stands for a variable.
VARIABLES = {
	'#010203': '--text', '#010204': '--faint', '#010211': '--r', '#010212': '--n',
	'#010213': '--w', '#010214': '--d', '#010215': '--p', '#010216': '--f',
}
TEXT, FAINT = '#010203', '#010204'
KINDS = {'R': '#010211', 'N': '#010212', 'W': '#010213', 'D': '#010214', 'P': '#010215', 'F': '#010216'}
MEANING = {
	'R0': 'a lockless reader has the VMA', 'R1': 'it sees the VMA write-locked at once',
	'R2': 'a writer that excludes readers refuses it', 'R3': 'the VMA is detached: it looks again',
	'R4': 'as many readers as fit refuse it', 'R5': 'the VMA was recycled by another mm',
	'R6': 'the VMA was write-locked on the way', 'R7': 'it has a VMA, but not the one of its address',
	'R8': 'no VMA at its address', 'N1': 'a walk meets a detached VMA', 'N2': 'a walk has a VMA that is behind it',
	'N3': 'a walk finds the gap changed', 'N4': 'a walk falls back to mmap_lock',
	'W1': 'a writer finds no reader', 'W2': 'a writer sleeps until the readers have left',
	'W3': 'a writer gives up for a fatal signal', 'W4': 'a writer finds the VMA detached',
	'D1': 'a detach takes the last count', 'D2': 'a detach meets a reader about to give up',
	'D3': 'a detach sleeps until it has', 'P1': 'the last reader wakes the writer',
	'F1': 'a fault gives the VMA up and is tried again',
}
STYLES = ('-', '--', '-.', ':')
WIDTH = 7.2	# of a drawing, in inches

STYLE = '''
:root { color-scheme: light dark; --page: #fff; --text: #1b1f24; --faint: #767e87; --line: #d5dae0; --soft: #f4f6f8;
	--good: #1a7f37; --bad: #b42318; --skip: #8a6100;
	--r: #1f6fc4; --n: #18806a; --w: #c05a00; --d: #b02a5b; --p: #7446b8; --f: #66701a; }
@media (prefers-color-scheme: dark) { :root { --page: #14171b; --text: #e3e7ec; --faint: #98a2ad; --line: #343b44; --soft: #1d2228;
	--good: #57c278; --bad: #ff7b6e; --skip: #e0b04a;
	--r: #6cb2f7; --n: #4fc7ab; --w: #f39a4a; --d: #f07fa8; --p: #b795f2; --f: #bcc65a; } }
@page { size: A4 landscape; margin: 12mm; }
* { box-sizing: border-box; }
body { margin: 0; font-size: 15px; background: var(--page); color: var(--text); font-family: system-ui, "DejaVu Sans", sans-serif; line-height: 1.45; }
main { max-width: 74rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 0 0 .2rem; }
p { margin: .3rem 0; } .faint { color: var(--faint); } .good { color: var(--good); } .bad { color: var(--bad); } .skip { color: var(--skip); }
.verdict { font-weight: 600; } pre { white-space: pre-wrap; background: var(--soft); padding: .6rem; margin: .4rem 0; font-size: .85rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .82rem; font-variant-numeric: tabular-nums; margin: .5rem 0; }
th, td { padding: .2rem .4rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } thead th { border-bottom: 2px solid var(--faint); }
td.hot { background: color-mix(in srgb, var(--r) calc(var(--heat) * 1%), transparent); } td.none { color: var(--faint); }
section.scenario { border-top: 1px solid var(--line); padding: .8rem 0; }
.pair { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; } figure { margin: .3rem 0; flex: 1 1 30rem; min-width: 0; }
figcaption { font-size: .82rem; color: var(--faint); } svg { width: 100%; height: auto; display: block; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); font-size: .82rem; gap: .1rem 1rem; }
dl div { display: flex; gap: .6rem; } dt { font-weight: 600; } dd { margin: 0; }
@media print { :root { color-scheme: light; --page: #fff; --text: #000; --faint: #555; --line: #bbb; --soft: #f3f3f3;
	--good: #146c2e; --bad: #9c1c12; --skip: #6d4d00;
	--r: #1f6fc4; --n: #18806a; --w: #c05a00; --d: #b02a5b; --p: #7446b8; --f: #66701a; }
	section.scenario { break-inside: avoid; } a { color: inherit; } main { max-width: none !important; padding: 0 !important; }
	body { font-size: 8.5pt; } figure { flex: 1 1 40% !important; }
	.wide { overflow: visible !important; } .wide table { font-size: 6.5pt; } }
'''


class Unusable(Exception):
	"""A results folder that no page can be made of."""


def escape(text: Any) -> str:
	return html.escape(str(text))


def load(results: str, name: str) -> Optional[Any]:
	"""The JSON of a file, None if it is not there."""
	path = os.path.join(results, name)
	try:
		with open(path, encoding='utf-8') as file:
			return json.load(file)
	except FileNotFoundError:
		return None
	except (OSError, ValueError) as error:
		raise Unusable(f'{path} cannot be read as JSON: {error}') from error


def number(count: Any) -> str:
	if not isinstance(count, (int, float)):
		return '-'
	return f'{count:,.2f}' if isinstance(count, float) and abs(count) < 100 else f'{count:,.0f}'


def short(count: float) -> str:
	"""For a table of many columns; the exact number is a title."""
	for unit, size in (('M', 1e6), ('k', 1e3)):
		if count >= 10 * size:
			return f'{count / size:,.0f}{unit}'
	return number(count)


def duration(nanoseconds: float) -> str:
	for unit, size in (('s', 1e9), ('ms', 1e6), ('us', 1e3)):
		if nanoseconds >= size:
			return f'{nanoseconds / size:.3g} {unit}'
	return f'{nanoseconds:.0f} ns'


def verdict(word: str) -> str:
	kind = {'pass': 'good', 'clean': 'good', 'fail': 'bad', 'not clean': 'bad'}.get(word, 'skip')
	return f'<span class="verdict {kind}">{escape(word)}</span>'


DRAWINGS = 0


def drawing(figure: Any, title: str) -> str:
	"""A figure as an element of the page, in the page's colours."""
	global DRAWINGS	# pylint: disable=global-statement
	DRAWINGS += 1
	buffer = io.StringIO()
	figure.savefig(buffer, format='svg', transparent=True, metadata={'Date': None, 'Creator': None, 'Format': None, 'Type': None})
	pyplot.close(figure)
	svg = buffer.getvalue()
	svg = svg[svg.index('<svg'):]
	# One name for one thing in all of the page.
	svg = re.sub(r'(\bid="|url\(#|href="#)', rf'\g<1>s{DRAWINGS}-', svg)
	svg = re.sub(r'\s(?:width|height)="[\d.]+pt"', '', svg, count=2)
	for colour, variable in VARIABLES.items():
		svg = svg.replace(colour, f'var({variable})')
	return svg.replace('<svg', f'<svg role="img" aria-label="{escape(title)}"', 1)


def axes(height: float) -> Tuple[Any, Any]:
	figure, axis = pyplot.subplots(figsize=(WIDTH, height), layout='constrained')
	for side in ('top', 'right'):
		axis.spines[side].set_visible(False)
	return figure, axis


def spread(wanted: List[float], distance: float) -> List[float]:
	"""Places for labels, at least a distance apart, near where they are wanted; sorted."""
	placed: List[float] = []
	for place in wanted:
		placed.append(max(place, placed[-1] + distance) if placed else place)
	# Those that were pushed out at the top push back.
	top = 1.0
	for index in range(len(placed) - 1, -1, -1):
		placed[index] = min(placed[index], top)
		top = placed[index] - distance
	return placed


def draw_series(scenario: Dict[str, Any]) -> Optional[str]:
	"""What was reached, over time."""
	series = scenario.get('series') or {}
	times = [ms / 1000 for ms in series.get('ms', [])]
	lines = {name: counts for name, counts in (series.get('transitions') or {}).items() if any(counts)}
	what = 'transitions of the lock'
	if not lines:
		what = 'what was done (this kernel does not count the transitions)'
		lines = {name: series[name] for name in ('faults', 'calls', 'checks') if any(series.get(name) or [])}
	lines = {name: counts for name, counts in lines.items() if len(counts) == len(times)}
	if len(times) < 2 or not lines:
		return None
	figure, axis = axes(3.4)
	axis.set_yscale('log')
	axis.set_xlim(0, max(times) or 1)
	top = max(max(counts) for counts in lines.values())
	axis.set_ylim(0.7, max(10, top * 1.5))
	used: Dict[str, int] = {}
	labels = []
	for name in sorted(lines, key=lambda name: lines[name][-1]):
		colour = KINDS.get(name[0], TEXT) if len(name) == 2 else {'faults': KINDS['R'], 'calls': KINDS['W']}.get(name, KINDS['N'])
		style = STYLES[used.setdefault(colour, 0) % len(STYLES)]
		used[colour] += 1
		axis.plot(times, [count or math.nan for count in lines[name]], color=colour, linestyle=style, linewidth=1.4)
		labels.append((name, colour, lines[name][-1]))
	low, high = axis.get_ylim()
	places = spread([math.log(max(count, low) / low) / math.log(high / low) for _, _, count in labels], 0.052)
	for (name, colour, count), place in zip(labels, places):
		axis.annotate(f'{name}  {count:,}', (1.01, place), xycoords='axes fraction', color=colour, fontsize=8, va='center',
			      annotation_clip=False)
	axis.set_xlabel('seconds')
	axis.set_ylabel('times, since the beginning')
	axis.yaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f'{value:,.0f}'))
	axis.grid(True, which='major', axis='y', color=FAINT, alpha=0.35, linewidth=0.6)
	svg = drawing(figure, f'{scenario["name"]}: {what} over time')
	return f'<figure>{svg}<figcaption>{what.capitalize()}, cumulated; a line begins where the first was counted.</figcaption></figure>'


def quantile(buckets: List[int], share: float) -> float:
	"""The end of the power of two in which that share of the calls had ended, in ns."""
	wanted, seen = share * sum(buckets), 0
	for power, count in enumerate(buckets):
		seen += count
		if count and seen >= wanted:
			return 2.0 ** (power + 1)
	return 1.0


def draw_latency(scenario: Dict[str, Any]) -> Optional[str]:
	"""How long each operation took."""
	rows = [(name, operation, operation['latency_log2_ns'])
		for name, operation in sorted((scenario.get('operations') or {}).items(), key=lambda item: (not item[1].get('changes'), item[0]))
		if any(operation.get('latency_log2_ns') or [])]
	if not rows:
		return None
	figure, axis = axes(0.95 + 0.27 * len(rows))
	for place, (_, operation, buckets) in enumerate(reversed(rows)):
		first = 2.0 ** next(power for power, count in enumerate(buckets) if count)
		half, most, last = (quantile(buckets, share) for share in (0.5, 0.99, 1))
		colour = KINDS['W'] if operation.get('changes') else KINDS['R']
		axis.hlines(place, first, last, color=colour, linewidth=1)
		axis.hlines(place, half, most, color=colour, linewidth=6, alpha=0.55)
		axis.plot([half], [place], marker='|', markersize=9, color=colour, markeredgewidth=2)
		axis.plot([last], [place], marker='.', markersize=6, color=colour)
	axis.set_yticks(range(len(rows)), [f'{name}  {operation.get("count", 0):,}' for name, operation, _ in reversed(rows)], fontsize=8)
	axis.set_ylim(-0.7, len(rows) - 0.3)
	axis.set_xscale('log')
	axis.xaxis.set_major_locator(ticker.LogLocator(base=10, numticks=12))
	axis.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: duration(value)))
	axis.minorticks_off()
	axis.grid(True, axis='x', color=FAINT, alpha=0.35, linewidth=0.6)
	svg = drawing(figure, f'{scenario["name"]}: latency of each operation')
	return f'<figure>{svg}<figcaption>Latency of each operation and how often it was done: from half of the calls (bar) to 99 of 100, ' \
		'and all of them (line); orange changes VMAs, blue reads. To the next power of two.</figcaption></figure>'


def heat(count: Any, top: float) -> str:
	if not isinstance(count, (int, float)):
		return '<td class="none">-</td>'
	if not count:
		return '<td class="none">0</td>'
	return f'<td class="hot" style="--heat: {8 + 52 * math.log1p(count) / math.log1p(top):.0f}" title="{number(count)}">{short(count)}</td>'


def table(head: List[str], rows: List[Tuple[str, List[str]]]) -> Iterator[str]:
	"""Rows are a first cell, as text, and the other cells, as HTML."""
	yield '<div class="wide"><table><thead><tr>' + ''.join(
		f'<th title="{escape(MEANING.get(cell, ""))}">{escape(cell)}</th>' for cell in head) + '</tr></thead><tbody>'
	for first, cells in rows:
		yield f'<tr><td>{first}</td>' + ''.join(cells) + '</tr>'
	yield '</tbody></table></div>'


def transitions_table(rows: List[Tuple[str, Dict[str, Any]]]) -> Iterator[str]:
	names = list(dict.fromkeys(name for _, counts in rows for name in counts if name in MEANING))
	names.sort(key=list(MEANING).index)
	top = max((count for _, counts in rows for name, count in counts.items()
		   if name in MEANING and isinstance(count, (int, float))), default=1)
	yield from table([''] + names, [(escape(first), [heat(counts.get(name), max(top, 1)) for name in names]) for first, counts in rows])


def stages(summary: Dict[str, Any]) -> Iterator[str]:
	yield '<h2>Stages</h2>'
	rows = []
	for stage in summary['stages']:
		word = 'fail' if stage['failed'] else 'pass' if stage['passed'] or stage['kind'] == 'build' else 'skip'
		rows.append((escape(stage['name']), [f'<td>{verdict(word)}</td>'] +
			    [f'<td>{number(stage[key])}</td>' for key in ('passed', 'failed', 'skipped', 'seconds')]))
	yield from table(['stage', 'verdict', 'passed', 'failed', 'skipped', 'seconds'], rows)
	for stage in summary['stages']:
		for problem in stage['problems']:
			yield f'<p class="bad">{escape(stage["name"])}: {escape(problem)}</p>'
		for splat in stage['splats']:
			yield f'<p class="bad">{escape(splat["log"])}, line {splat["line"]}: {escape(splat["text"])}</p>'
		for case in stage['cases']:
			if case['status'] == 'failed':
				name = '.'.join(filter(None, (case['group'], case['name'])))
				yield f'<p class="bad">{escape(stage["name"])}: {escape(name)}</p><pre>{escape(chr(10).join(case["message"]))}</pre>'
	rows = [(f'{stage["name"]}: {scenario}', counts) for stage in summary['stages']
		for scenario, counts in stage.get('transitions', {}).items() if stage['kind'] == 'kunit' or scenario.startswith('all ')]
	if rows:
		yield '<h2>Transitions of the lock, since the boot</h2>'
		yield from transitions_table(rows)


def stress(name: str, data: Dict[str, Any]) -> Iterator[str]:
	kernel, setting = data.get('kernel', {}), data.get('setting', {})
	yield f'<h2>{escape(name)}: {verdict(data.get("verdict", "unknown"))}</h2>'
	yield '<p>' + escape(' '.join(str(kernel[key]) for key in ('sysname', 'release', 'version', 'machine') if key in kernel)) + '</p>'
	facts = [f'{key.replace("_", " ")} {str(value).lower() if isinstance(value, bool) else value}' for key, value in setting.items()
		 if value not in ('', None)]
	facts += [f'{key} {kernel[key]}' for key in ('preempt', 'thp') if kernel.get(key)]
	yield f'<p class="faint">{escape("; ".join(facts))}; {number(data.get("seconds"))} seconds; transitions {escape(kernel.get("transitions", "unknown"))}</p>'
	scenarios = data.get('scenarios') or []
	if scenarios:
		yield from transitions_table([(scenario['name'], scenario.get('transitions') or {}) for scenario in scenarios])
	for scenario in scenarios:
		yield '<section class="scenario">'
		yield f'<h3>{escape(scenario["name"])}: {verdict(scenario.get("verdict", "unknown"))}</h3>'
		if scenario.get('why'):
			yield f'<p>{escape(scenario["why"])}</p>'
		yield f'<p>{escape(scenario.get("races", ""))}; <span class="faint">{escape(scenario.get("oracle", ""))}</span></p>'
		counters = {key: value for key, value in (scenario.get('counters') or {}).items() if value}
		yield '<p class="faint">' + escape(', '.join(f'{key.replace("_", " ")} {number(value)}' for key, value in counters.items())) + '</p>'
		if scenario.get('failures'):
			yield f'<pre class="bad">{escape(chr(10).join(map(str, scenario["failures"])))}</pre>'
		figures = [figure for figure in (draw_series(scenario), draw_latency(scenario)) if figure]
		if figures:
			yield '<div class="pair">' + ''.join(figures) + '</div>'
		yield '</section>'


def peers(data: Dict[str, Any]) -> Iterator[str]:
	yield '<h2>Side by side, a second</h2>'
	yield f'<p class="faint">{escape(data.get("kernel", ""))}</p>'
	yield from transitions_table([(program['program'], {name: round(rate, 2) for name, rate in program['per_second'].items()})
				      for program in data['programs']])


def page(results: str) -> Iterator[str]:
	summary, together = load(results, 'summary.json'), load(results, 'peers.json')
	stresses = [(name, load(results, name + '.json')) for name in ('stress-guest', 'stress-host')]
	if not summary and not together and not any(data for _, data in stresses):
		raise Unusable(f'{results} has no summary.json, stress-guest.json, stress-host.json or peers.json: '
			       'name the results folder of a make run')
	kernel = (summary or together or {}).get('kernel', '')
	yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
	yield f'<title>vma-lock on Linux {escape(kernel)}</title><style>{STYLE}</style></head><body><main>'
	yield f'<h1>The per-VMA lock of Linux {escape(kernel)}</h1>'
	if summary:
		yield f'<p>{verdict("clean" if summary["clean"] else "not clean")}: {summary["passed"]} passed, {summary["failed"]} failed, ' \
			f'{summary["skipped"]} skipped</p>'
		yield f'<p class="faint">{escape("; ".join(summary["configs"]) or "configuration not recorded")}</p>'
		yield from stages(summary)
	for name, data in stresses:
		if data:
			yield from stress(name, data)
	if together:
		yield from peers(together)
	yield '<h2>Names of the transitions</h2><dl>' + ''.join(
		f'<div><dt>{name}</dt><dd>{escape(text)}</dd></div>' for name, text in MEANING.items()) + '</dl></main></body></html>'


def main(arguments: List[str]) -> int:
	if arguments in (['-h'], ['--help']):
		print((__doc__ or '').strip())
		return 0
	try:
		if len(arguments) not in (1, 2):
			raise Unusable('a results folder, and perhaps the page to write, are wanted (-h for help)')
		if not os.path.isdir(arguments[0]):
			raise Unusable(f'{arguments[0]}: no such directory')
		path = arguments[1] if len(arguments) > 1 else os.path.join(arguments[0], 'report.html')
		matplotlib.rcParams.update({
			'svg.fonttype': 'none', 'svg.hashsalt': 'vma-lock', 'font.family': 'sans-serif', 'font.size': 9,
			'text.color': TEXT, 'axes.labelcolor': TEXT, 'axes.edgecolor': FAINT, 'xtick.color': TEXT, 'ytick.color': TEXT})
		try:
			text = '\n'.join(page(arguments[0])) + '\n'
		except (KeyError, TypeError, AttributeError, IndexError) as error:
			raise Unusable(f'{arguments[0]} has a JSON file of another kind than expected: {error!r}') from error
		write(path, text.encode())
	except Unusable as error:
		print(f'page.py: {error}', file=sys.stderr)
		return 2
	except OSError as error:
		print(f'page.py: {path} cannot be written: {error.strerror}', file=sys.stderr)
		return 2
	except KeyboardInterrupt:
		return 130
	print(path)
	return 0


if __name__ == '__main__':
	sys.exit(main(sys.argv[1:]))
