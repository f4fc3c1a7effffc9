# SPDX-License-Identifier: GPL-2.0
#
# Takes the TAP that tdc.py ends with apart: DIR/ID says how the case ended, "ok",
# "skip" or "not ok" in its first line, then what was said of it.
#
#	awk -v dir=DIR -f results.awk
#
# What tdc.py prints as "ok ... # skipped" is a skip only if the case itself asked for
# it: the cases after one whose setup failed were not run, and one without a result has
# not been looked at.

/^(not )?ok [0-9]+ [0-9a-f]+ - / {
	if (out != "")
		close(out)
	verdict = /^not / ? "not ok" : "ok"
	line = $0
	sub(/^not /, "", line)
	split(line, word, " ")
	out = dir "/" word[3]
	said = ""
	if (match(line, /# skipped - /))
		said = substr(line, RSTART + RLENGTH)
	if (line ~ /# skipped - /)
		verdict = said ~ /^(probe command: test skipped|Test case designated as skipped)\.?$/ ? \
			"skip" : "not ok"
	print verdict >out
	if (verdict == "not ok" && said != "")
		print said >out
	next
}

/^1\.\./ { next }
out != "" && NF { print >out }
