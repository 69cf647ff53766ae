# SPDX-License-Identifier: GPL-2.0
# Cut one function, macro or struct out of a kernel source file, verbatim.
#
#   awk -v name=NAME -f cut.awk FILE
#
# What the file defines more than once (for another configuration) is taken where
# it comes first. Status 1 if the file does not define it.

{ line[NR] = $0 }

# Is there a body, and not just a prototype, for what starts at line i?
function has_body(i,	j) {
	for (j = i; j <= NR && j < i + 8; j++) {
		if (line[j] ~ /^{/)
			return 1
		if (line[j] ~ /;[ \t]*$/)
			return 0
	}
	return 0
}

function print_body(i) {
	# The type may stand in the lines above.
	while (i > 1 && line[i - 1] ~ /^[a-z_]/ && line[i - 1] !~ /[;:}]$/ &&
	       line[i - 1] !~ /^#/)
		i--
	do
		print line[i]
	while (line[i++] !~ /^}/ && i <= NR)
}

END {
	for (i = 1; i <= NR; i++) {
		if (line[i] ~ "^#define " name "\\(") {
			do
				print line[i]
			while (line[i++] ~ /\\$/ && i <= NR)
			exit 0
		}
		if (line[i] ~ "^struct " name " {") {
			print_body(i)
			exit 0
		}
		if (line[i] ~ "^([a-zA-Z_][^(;]*[ *])?" name "\\(" && line[i] !~ /^#/ &&
		    has_body(i)) {
			print_body(i)
			exit 0
		}
	}
	exit 1
}
