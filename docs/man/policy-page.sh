#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# usage: policy-page.sh POLICY.MD >optq-policy.5
#
# The manual page of the policy language is its reference in another form.  "make -C optqctl
# man" makes it by lowdown; it is kept, so that who installs needs no lowdown.
LC_ALL=C
export LC_ALL

# What the page is made of, for the test that it is in step.
stamp()
{
	cat "$1" "$0" | sha256sum | cut -c1-64
}

# Its sections are the page's; links lead nowhere there.
text()
{
	printf '# NAME\n\noptq-policy - the language of the traffic policies of OptQ\n\n# DESCRIPTION\n\n'
	sed -e '/^<!--.*-->$/d' -e '/^# /d' -e 's/^##\(#*\) /#\1 /' "$1"
	printf '\n# SEE ALSO\n\n**optqctl**(8), **tc-optq**(8), **tc-cake**(8), **nft**(8)\n'
}

# lowdown spreads tables and frames each cell: here columns with sentences share the line.
tables()
{
	awk '
	/^\.TS$/ { inside = 1; n = 0; column = 1; width = 0; delete widest; next }
	inside && /^tab\(/ { next }
	inside && !body { if (/\.$/) { body = 1; columns = NF } ; next }
	/^\.TE$/ {
		for (i = 1; i <= columns; i++) {
			wide = widest[i] > 32 ? "x" : ""
			head = head " lb" wide; row = row " l" wide
		}
		print ".TS\ntab(|);\n" substr(head, 2) "\n" substr(row, 2) "."
		for (i = 1; i <= n; i++)
			print line[i]
		print
		inside = body = 0; head = row = ""
		next
	}
	!inside { print; next }
	{
		line[++n] = $0
		if (/^T}/) {
			if (width > widest[column])
				widest[column] = width
			column = /^T}\|/ ? column + 1 : 1
			width = 0
		} else if (!/^T{$/) {
			bare = $0
			gsub(/\\f[A-Z]/, "", bare)
			width += length(bare) + 1
		}
	}'
}

# A paragraph begins behind a heading anyway.
headings()
{
	awk '
	/^\.S[HS]/ { heading = NF > 1 ? 1 : 2; print; next }
	heading == 2 { heading = 1; print; next }
	heading == 1 && /^\.[LP]P$/ { heading = 0; next }
	{ heading = 0; print }'
}

page=$1
cat <<END
'\" t
.\" SPDX-License-Identifier: GPL-2.0
.\" Made of docs/policy.md by docs/man/policy-page.sh: change these.
.\" sha256 $(stamp "$page")
.\" lowdown $(dpkg-query -W -f '${Version}' lowdown 2>/dev/null)
END
text "$page" | lowdown -s -Tman --out-no-smarty --nroff-nolinks -M title=OPTQ-POLICY -M section=5 \
	-M date=2026-11-27 -M source=OptQ -M volume=Linux |
	sed -e '1{/-\*-/d;}' -e 's/\\fC/\\fB/g' -e 's/→/\\(->/g' -e 's/…/.../g' | tables | headings |
	sed -e '/^\.TH /a\
.nh\
.ad l'
