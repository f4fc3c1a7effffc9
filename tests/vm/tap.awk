# SPDX-License-Identifier: GPL-2.0
#
# Reads TAP and KTAP, nested by indentation, several documents one after the
# other; counts each test once and trusts nothing.
#
#	awk -v stage=NAME -v counts=FILE -v verbose=0 -f tap.awk
#
# Prints a line per test as it ends, and at the end writes "PASSED FAILED SKIPPED"
# to FILE; exit 1 if any failed.  A failure is: 'not ok'; a plan that is not kept
# or not there; numbers out of sequence; 'Bail out!'; a subtest that was announced
# and reported nothing; input without a single test.  The result line that sums up
# nested tests is counted only when it fails and none of them did.

function report(kind, name, why,    line, i)
{
	# What a test said before its result is shown if it failed.
	for (i = said > 40 ? said - 40 : 0; i < said; i++)
		if (kind == "FAIL" || verbose)
			print "     " comment[i]
	said = 0
	count[kind]++
	line = sprintf("%-4s %s: %s", kind, stage, name)
	print why == "" ? line : line " (" why ")"
	fflush()
}

function broken(why)
{
	report("FAIL", title[level] == "" ? "plan" : title[level], why)
	bad[level]++
}

function label(name)
{
	return title[level] == "" ? name : title[level] ": " name
}

function open_document()
{
	if (open[level])
		return
	open[level] = 1
	plan[level] = -1
	ran[level] = bad[level] = below_ran[level] = below_bad[level] = 0
	title[level] = announced
	announced = ""
}

# The end of the tests at this level: is the plan kept?
function close_document()
{
	if (!open[level])
		return
	if (plan[level] < 0)
		broken("no plan")
	else if (plan[level] != ran[level])
		broken("planned " plan[level] " tests, saw " ran[level])
	if (level > 0) {
		below_ran[level - 1] += ran[level] + (plan[level] == 0)
		below_bad[level - 1] += bad[level]
	}
	open[level] = 0
}

# Deeper levels end where a line of this indentation stands.
function enter(width)
{
	while (level > 0 && width < indent[level]) {
		close_document()
		level--
	}
	if (width > indent[level]) {
		level++
		indent[level] = width
		open[level] = 0
	}
}

function read_header()
{
	if (open[level] && (plan[level] >= 0 || ran[level] > 0))
		close_document()
	open_document()
}

function read_plan(text,    number)
{
	if (open[level] && plan[level] >= 0)
		close_document()
	open_document()
	number = text
	sub(/^1\.\./, "", number)
	plan[level] = number + 0
	if (plan[level] > 0)
		return
	if (sub(/^[^#]*# *[Ss][Kk][Ii][Pp][^ ]* */, "", text))
		report("SKIP", label("all"), text == "" ? "no reason given" : text)
	else
		broken("a plan of no tests")
}

function read_result(text, failed,    number, name, why, nested)
{
	if (open[level] && plan[level] >= 0 && ran[level] >= plan[level] &&
	    text ~ /^1( |$)/)
		close_document()
	open_document()
	ran[level]++
	nested = below_ran[level]

	number = text
	sub(/[^0-9].*/, "", number)
	sub(/^[0-9]+ */, "", text)
	sub(/^- */, "", text)
	name = why = text
	sub(/ *#.*/, "", name)
	if (!sub(/^[^#]*# */, "", why))
		why = ""
	if (name == "")
		name = "test " ran[level]
	if (number != "" && number + 0 != ran[level]) {
		broken("number " number " where " ran[level] " was due, at " name)
		ran[level] = number + 0
	}

	if (announced != "" && !nested) {
		name = announced
		why = "reported no test" (why == "" ? "" : ", " why)
		failed = 1
	}
	announced = ""
	if (failed) {
		bad[level]++
		if (!below_bad[level])
			report("FAIL", label(name), why)
	} else if (nested) {
		bad[level] += below_bad[level] > 0
	} else if (why ~ /^[Ss][Kk][Ii][Pp]/) {
		sub(/^[Ss][Kk][Ii][Pp][^ ]* */, "", why)
		report("SKIP", label(name), why == "" ? "no reason given" : why)
	} else {
		report("ok", label(name), "")
	}
	below_ran[level] = below_bad[level] = 0
}

BEGIN {
	count["ok"] = count["FAIL"] = count["SKIP"] = 0
	level = indent[0] = 0
}

{
	sub(/\r$/, "")
	line = $0
	width = match(line, /[^ ]/) ? RSTART - 1 : 0
	sub(/^ +/, "", line)
}

line ~ /^K?TAP version/		{ enter(width); read_header(); next }
line ~ /^1\.\.[0-9]+( |$)/	{ enter(width); read_plan(line); next }
sub(/^ok( +|$)/, "", line)	{ enter(width); read_result(line, 0); next }
sub(/^not ok( +|$)/, "", line)	{ enter(width); read_result(line, 1); next }
sub(/^Bail out! */, "", line)	{ report("FAIL", "bailed out", line); next }

sub(/^# Subtest: /, "", line) {
	enter(width)
	if (open[level] && plan[level] < 0 && ran[level] == 0)
		title[level] = line
	else
		announced = line
	next
}

line ~ /^#/ { comment[said++] = line; next }

END {
	enter(-1)
	close_document()
	if (announced != "")
		report("FAIL", announced, "began and never ended")
	if (count["ok"] + count["FAIL"] + count["SKIP"] == 0)
		report("FAIL", "no test reported", "no output")
	for (i = 0; i < said; i++)
		if (count["FAIL"] && comment[i] !~ /^# Totals/)
			print "     " comment[i]
	if (counts != "")
		print count["ok"], count["FAIL"], count["SKIP"] >counts
	exit count["FAIL"] > 0
}
