#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make a matrix of what mutants.sh found.
#
#   mutants-report.sh ROWS RESULTS KERNEL TOOL...
#
# Reads ROWS/TOOL/NAME.row and the headers of the rules; writes mutants.txt,
# mutants.json and mutants.html (with the picture mutants.svg in it) to RESULTS.
# Prints the sums. Status 1 if a mutant was noticed by no tool although the one
# that must notice it (K, P: KUnit, S: the stress, as its rule says) has tried.

. "$(dirname -- "$0")/lib.sh"

case $#:${1:-} in
1:-h | 1:--help) usage; exit 0 ;;
[0-3]:*) usage >&2; die "wrong arguments: '$*'" ;;
esac
rows=$1
results=$2
kernel=$3
shift 3
[ -d "$rows" ] || die "$rows: no such directory"
[ -d "$results" ] || die "$results: no such directory"

work=$(mktemp -d "${TMPDIR:-/tmp}/vma-lock-matrix.XXXXXX") || die "cannot create a temporary directory"
on_exit "rm -rf '$work'"

# A line a mutant of its header's fields, then a line a verdict.
for rule in "$repo_dir"/mutants/*.cocci; do
	name=$(basename "$rule" .cocci)
	awk -v name="$name" -F '\t' '
		/^\/\/ / { key = $1; sub(/^\/\/ /, "", key); sub(/:.*/, "", key); f[key] = $NF }
		!/^\/\// { exit }
		END { printf "rule\t%s\t%s\t%s\t%s\t%s\t%s\n", name, f["breaks"], f["symptom"], f["noticed by"], f["history"], f["equivalent"] }' "$rule"
done >"$work/all"
for tool; do
	cat "$rows/$tool"/*.row /dev/null 2>/dev/null
done >>"$work/all"

awk -F '\t' -v kernel="$kernel" -v tools="$*" -v txt="$results/mutants.txt" \
	-v json="$results/mutants.json" -v svg="$results/mutants.svg" -v html="$results/mutants.html" '
function esc(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); gsub(/>/, "\\&gt;", s); return s }
function quote(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/[\001-\037]/, " ", s); return "\"" s "\"" }
# What need not be noticed is no failure to look at.
function shade(m, v) { return equivalent[m] != "" && !noticed(v) ? colour["equivalent"] : colour[v] }
function noticed(v) { return v == "killed" || v == "warned" || v == "crashed" }
$1 == "rule" { order[++n] = $2; breaks[$2] = $3; symptom[$2] = $4; by[$2] = $5; history[$2] = $6; equivalent[$2] = $7; next }
{ verdict[$1, $2] = $4; seconds[$1, $2] = $3; case_[$1, $2] = $5; message[$1, $2] = $6; tried[$1] = 1 }
END {
	nt = split(tools, tool, " ")
	colour["killed"] = "#2e7d32"; colour["warned"] = "#9ccc65"; colour["crashed"] = "#ffb300"
	colour["hung"] = "#fb8c00"; colour["survived"] = "#c62828"; colour["unreached"] = "#ad1457"
	colour["equivalent"] = "#bdbdbd"
	for (k = 1; k <= nt; k++) first = first sprintf("%-17s", tool[k])
	printf "Mutants of the per-VMA lock, Linux %s\n\n%-24s %s\n", kernel, "mutant", first >txt
	printf "{\n  \"kernel\": %s,\n  \"mutants\": [", quote(kernel) >json
	height = 0
	for (i = 1; i <= n; i++) {
		m = order[i]
		if (!tried[m]) continue
		total++
		line = ""; found = ""; weak = ""; lines++
		printf "%s\n    {\"name\": %s, \"breaks\": %s, \"symptom\": %s, \"history\": %s, \"equivalent\": %s, \"verdicts\": {", (total > 1 ? "," : ""), quote(m), quote(breaks[m]), quote(symptom[m]), quote(history[m]), quote(equivalent[m]) >json
		sep = ""
		rects = rects sprintf("<text x=\"4\" y=\"%d\">%s</text>", 40 + lines * 14, m)
		for (k = 1; k <= nt; k++) {
			t = tool[k]; v = verdict[m, t]
			line = line sprintf("%-17s", v == "" ? "-" : v " " seconds[m, t] "s")
			if (v == "") continue
			count[t, v]++; had[t]++
			if (noticed(v) && found == "") found = t
			if (v == "hung") weak = t
			printf "%s%s: {\"verdict\": %s, \"seconds\": %s, \"case\": %s, \"message\": %s}", sep, quote(t), quote(v), seconds[m, t], quote(case_[m, t]), quote(message[m, t]) >json
			sep = ", "
			rects = rects sprintf("<rect x=\"%d\" y=\"%d\" width=\"88\" height=\"12\" fill=\"%s\"><title>%s: %s %s</title></rect>", 190 + (k - 1) * 92, 30 + lines * 14, shade(m, v), m, v, esc(message[m, t]))
		}
		printf "}}" >json
		if (equivalent[m] != "") { eq++; state = "equivalent" }
		else if (found != "") { dead++; state = "noticed by " found }
		else {
			if (weak != "") { hung++; state = "hung (" weak ")" }
			else if (by[m] ~ /^S/ && verdict[m, "stress"] == "") { left++; state = "left to the stress" }
			else { alive++; state = "SURVIVED" }
			if (weak == "" && (by[m] ~ /^[KP]/ && verdict[m, "um"] verdict[m, "x86_64"] != "" ||
			    by[m] ~ /^S/ && verdict[m, "stress"] != "")) {
				missed++
				state = state ", must be noticed by " (by[m] ~ /^S/ ? "the stress" : "KUnit")
			}
		}
		printf "%-24s %s%s%s\n", m, line, state, history[m] == "" ? "" : " [" history[m] "]" >txt
		for (k = 1; k <= nt; k++) if (message[m, tool[k]] != "" && verdict[m, tool[k]] != "survived") {
			printf "    %s: %s: %s\n", tool[k], case_[m, tool[k]], message[m, tool[k]] >txt
		}
		if (equivalent[m] != "") printf "    equivalent: %s\n", equivalent[m] >txt
		body = body sprintf("<tr><td><b>%s</b></td><td>%s; %s%s%s</td>", m, esc(breaks[m]), esc(symptom[m]), history[m] == "" ? "" : "<br><i>" esc(history[m]) "</i>", equivalent[m] == "" ? "" : "<br>equivalent: " esc(equivalent[m]))
		for (k = 1; k <= nt; k++) {
			t = tool[k]; v = verdict[m, t]
			body = body sprintf("<td%s>%s</td>", v == "" ? "" : " style=\"background:" shade(m, v) "40\"", v == "" ? "" : v " " seconds[m, t] " s<br><small>" esc(case_[m, t]) "<br>" esc(message[m, t]) "</small>")
		}
		body = body "</tr>\n"
	}
	sums = sprintf("%d mutants: %d noticed, %d hung, %d survived%s; %d equivalent", total - eq, dead, hung, alive, left ? ", " left " left to the stress" : "", eq)
	printf "\n%s\n", sums >txt
	for (k = 1; k <= nt; k++) {
		t = tool[k]
		s = sprintf("%-15s tried %d: killed %d, warned %d, crashed %d, hung %d, survived %d, unreached %d", t, had[t], count[t, "killed"], count[t, "warned"], count[t, "crashed"], count[t, "hung"], count[t, "survived"], count[t, "unreached"])
		print s >txt
		tsums = tsums s "\n"
	}
	printf "\n  ],\n  \"total\": %d, \"noticed\": %d, \"hung\": %d, \"survived\": %d, \"left\": %d, \"equivalent\": %d\n}\n", total - eq, dead, hung, alive, left, eq >json
	for (k = 1; k <= nt; k++) head = head sprintf("<text x=\"%d\" y=\"36\">%s</text>", 192 + (k - 1) * 92, tool[k])
	x = 4
	nv = split("killed warned crashed hung survived unreached equivalent", vs, " ")
	for (k = 1; k <= nv; k++) { head = head sprintf("<rect x=\"%d\" y=\"4\" width=\"12\" height=\"12\" fill=\"%s\"/><text x=\"%d\" y=\"14\">%s</text>", x, colour[vs[k]], x + 16, vs[k]); x += 90 }
	# mawk has a limit for what it formats, none for what it joins.
	width = 200 + nt * 92
	if (width < 650) width = 650
	picture = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" width "\" height=\"" (50 + lines * 14) "\" font-family=\"monospace\" font-size=\"11\">" head rects "</svg>"
	print picture >svg
	print "<!DOCTYPE html>\n<meta charset=\"utf-8\"><title>Mutants of the per-VMA lock</title>" >html
	print "<style>body{font-family:sans-serif}td,th{border:1px solid #ccc;padding:3px;vertical-align:top;text-align:left}table{border-collapse:collapse}</style>" >html
	print "<h1>Mutants of the per-VMA lock</h1><p>Linux " esc(kernel) "</p><p>" sums "</p><pre>" tsums "</pre>" >html
	print picture >html
	print "<table><tr><th>mutant</th><th>breaks; symptom</th>" >html
	for (k = 1; k <= nt; k++) printf "<th>%s</th>", tool[k] >html
	print "</tr>" >html
	print body "</table>" >html
	print sums
	printf "%s", tsums
	exit missed ? 1 : 0
}' "$work/all"
status=$?
note "matrix: $results/mutants.txt, .json, .html"
exit $status
