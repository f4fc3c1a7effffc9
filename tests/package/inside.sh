#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: inside.sh KERNEL
#
# Run by package.sh in a root that may be spoilt: TAP on stdout.
set -u -o pipefail

kernel=$1
src=/src/optq
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
log=/tmp/log
n=0
failed=0

# check NAME COMMAND...: what it says is shown when it fails
check()
{
	local name=$1
	shift
	n=$((n + 1))
	if "$@" >"$log" 2>&1; then
		echo "ok $n - $name"
	else
		failed=1
		tail -n 40 "$log" | sed 's/^/# /'
		echo "not ok $n - $name"
	fi
}

# says PATTERN COMMAND...: exit 0, and a line of it
says()
{
	local pattern=$1 out
	shift
	out=$("$@" 2>&1 </dev/null) || { printf '%s\n' "$out"; return 1; }
	grep -q -e "$pattern" <<<"$out" || { printf '%s\n' "$out"; return 1; }
}

# quiet COMMAND...: exit 0, and not a word
quiet()
{
	local out
	out=$("$@" 2>&1 </dev/null) || { printf '%s\n' "$out"; return 1; }
	[ -z "$out" ] || { printf '%s\n' "$out"; return 1; }
}

# All that there is but what others keep: logs, caches, dpkg's own, depmod's, the key
# that dkms makes once.
everything()
{
	find / -xdev \( -path /proc -o -path /dev -o -path /tmp -o -path /src -o -path /run \
		-o -path /var/log -o -path /var/cache -o -path /var/lib/apt \
		-o -path /var/lib/dpkg -o -path '/usr/lib/modules/*/modules.*' \
		-o -name 'mok.*' -o -path /var/lib/systemd/deb-systemd-helper-enabled \) \
		-prune -o -print | sort
}

build_packages()
{
	cd $src && DEB_BUILD_OPTIONS="parallel=$(nproc)" dpkg-buildpackage -us -uc &&
	ls /src/optq_*.dsc /src/optq-dkms_*_all.deb /src/optq-tools_*.deb &&
	dpkg-buildpackage --no-check-builddeps -T clean &&
	[ -z "$(find $src -name '*.o' -o -name '*.so' -o -path '*/debian/tmp')" ]
}

# The root has them all, so that one left out would not be missed in the build.
libraries_named()
{
	local pc dev
	for pc in $(sed -n 's/^PKGS := //p' $src/optqctl/Makefile); do
		dev=$(dpkg -S "$(pkg-config --variable=pcfiledir "$pc")/$pc.pc") || return 1
		dev=${dev%%:*}
		grep -qx " $dev," $src/debian/control || { echo "$pc: no $dev"; return 1; }
	done
}

install_packages()
{
	# Unit tests may have run here.
	rm -rf /var/lib/optq
	everything >/src/before
	apt-get -q -y --no-install-recommends install \
		/src/optq-dkms_*.deb /src/optq-tools_*.deb
}

version() { dpkg-query -W -f '${Version}' optq-tools; }

module_built()
{
	says ": installed" dkms status -m optq -v "$(version)" -k "$kernel" &&
	says "updates/dkms/sch_optq.ko" modinfo -k "$kernel" -n sch_optq &&
	says "^$kernel " modinfo -k "$kernel" -F vermagic sch_optq &&
	says "qdisc\|net-pf-16" modinfo -k "$kernel" -F alias sch_optq
}

# Where tc looks by itself; without the plugin it knows no such qdisc.
plugin_found()
{
	local so out
	so=$(dpkg -L optq-tools | grep 'tc/q_optq\.so$') || return 1
	out=$(env -u TC_LIB_DIR tc qdisc add dev lo root optq help 2>&1)
	grep -q "direct_qlen" <<<"$out" || { echo "$out"; return 1; }
	mv "$so" "$so.away"
	out=$(env -u TC_LIB_DIR tc qdisc add dev lo root optq help 2>&1)
	mv "$so.away" "$so"
	! grep -q "direct_qlen" <<<"$out"
}

manuals() { local page; for page in "$src"/docs/man/*.[0-9]; do basename "$page"; done; }

manuals_there()
{
	local page
	for page in $(manuals); do
		says "/usr/share/man/man${page##*.}/$page.gz" man -w "${page##*.}" "${page%.*}" || return 1
	done
}

manuals_clean()
{
	local page status=0
	for page in "$src"/docs/man/*.[0-9]; do
		# A table's narrow column may have a word alone in a line: nothing to adjust.
		quiet groff -man -t -Tutf8 -ww -Wbreak -z "$page" || status=1
		quiet sh -c 'MANROFFOPT=-Wbreak MANWIDTH=80 man --warnings -l "$1" >/dev/null' sh "$page" || status=1
		quiet mandoc -Tlint -Wwarning "$page" || status=1
	done
	return $status
}

bash_completes()
{
	says "^apply apply " bash -c '
		. /usr/share/bash-completion/bash_completion
		if declare -F _comp_load >/dev/null; then _comp_load optqctl
		else __load_completion optqctl; fi
		complete -p optqctl >&2 || exit 1
		COMP_WORDS=(optqctl app) COMP_CWORD=1
		_optqctl optqctl app optqctl
		echo "${COMPREPLY[@]}" "${COMPREPLY[@]}" ""'
}

zsh_completes()
{
	says "^_optqctl$" zsh -f -c 'autoload -Uz compinit; compinit -u -d /tmp/zcompdump
		print -r -- $_comps[optqctl]'
}

units_good()
{
	quiet systemd-analyze verify --man=yes --recursive-errors=no \
		/usr/lib/systemd/system/optq.service &&
	cp /usr/lib/systemd/system/optq@.service /tmp/optq@wan0.service &&
	quiet systemd-analyze verify --man=yes --recursive-errors=no /tmp/optq@wan0.service &&
	rm /tmp/optq@wan0.service
}

# systemd's own measure, 10 for no sandbox at all.
units_sandboxed()
{
	local unit
	for unit in optq.service optq@.service; do
		systemd-analyze security --offline=yes --threshold=20 --no-pager \
			/usr/lib/systemd/system/$unit || return 1
	done
}

unit_enabled()
{
	[ "$(readlink /etc/systemd/system/sysinit.target.wants/optq.service)" = \
		/usr/lib/systemd/system/optq.service ] &&
	says '^enabled$' systemctl is-enabled optq.service
}

# In a network of its own, with a udev of its own, what that would tell systemd: nothing
# of the first event, without a policy.
udev_tells()
{
	local pid tries=50
	mount -t sysfs sysfs /sys && mount -t tmpfs tmpfs /run &&
	ip link set lo name br-lan || return 1
	export SYSTEMD_IGNORE_CHROOT=1
	/usr/lib/systemd/systemd-udevd &
	pid=$!
	until udevadm control --ping --timeout=1; do sleep 0.2; done
	echo add >/sys/class/net/br-lan/uevent
	udevadm settle --timeout=10
	: >/etc/optq/policy.yaml
	echo add >/sys/class/net/br-lan/uevent
	until [ -s /src/told ] || [ $((tries -= 1)) -eq 0 ]; do sleep 0.2; done
	kill $pid
	rm -f /etc/optq/policy.yaml
	cat /src/told
	[ "$(cat /src/told)" = '--no-block start optq@br\x2dlan.service' ]
}

# A name that a unit's name has to escape; without a policy nobody is disturbed.
rule_good()
{
	local status
	udevadm verify --no-style /usr/lib/udev/rules.d/90-optq.rules || return 1
	mv /usr/bin/systemctl /usr/bin/systemctl.away
	printf '#!/bin/sh\nprintf "%%s\\n" "$*" >>/src/told\n' >/usr/bin/systemctl
	chmod +x /usr/bin/systemctl
	export -f udev_tells
	timeout 60 unshare --net --mount bash -c udev_tells
	status=$?
	mv /usr/bin/systemctl.away /usr/bin/systemctl
	return $status
}

units_work()
{
	rm -f /src/look /src/said
	bash $src/tests/package/boot.sh $src/tests/package/booted.sh
	cat /src/look
	grep -qx good /src/look
}

optqctl_works()
{
	local file
	[ "$(optqctl --version)" = "optqctl $(version)" ] || return 1
	for file in /usr/share/doc/optq-tools/examples/*.yaml; do
		optqctl check "$file" || return 1
	done
	cmp "$src/docs/policy.schema.json" /usr/share/doc/optq-tools/policy.schema.json &&
	says "/usr/share/doc/optq-tools" man optqctl &&
	! man optqctl | grep /usr/local
}

remove_packages()
{
	mkdir -p /var/lib/optq && : >/var/lib/optq/1.yaml && : >/etc/optq/policy.yaml &&
	apt-get -q -y remove optq-dkms optq-tools &&
	[ -e /var/lib/optq/1.yaml ] && [ -e /etc/optq/policy.yaml ] &&
	! modinfo -k "$kernel" sch_optq && ! dkms status | grep optq &&
	! find / -xdev -name '*optq*' -path '/usr/*' | grep .
}

purge_packages()
{
	apt-get -q -y purge optq-dkms optq-tools &&
	[ -e /etc/optq/policy.yaml ] && rm -r /etc/optq &&
	everything | diff /src/before -
}

# In the tree that the build stage has made the module of.
by_make()
{
	local kdir=/usr/src/linux-headers-$kernel
	make -s -C /optq install W=1 DESTDIR=/tmp/all PREFIX=/usr KDIR="$kdir" &&
	find /tmp/all ! -type d &&
	find /tmp/all/lib/modules -name 'sch_optq.ko*' | grep -q . &&
	[ -e "$(echo /tmp/all/usr/lib/*/tc/q_optq.so)" ] &&
	/tmp/all/usr/sbin/optqctl --version &&
	quiet make -s -C /optq uninstall DESTDIR=/tmp/all PREFIX=/usr &&
	! find /tmp/all ! -type d ! -name 'modules.*' | grep .
}

check "dpkg-buildpackage builds both, and cleans up" build_packages
check "they need each library that optqctl is built with" libraries_named
check "lintian has nothing to say" quiet lintian --allow-root -I --pedantic \
	--fail-on error,warning,info,pedantic /src/optq_*_amd64.changes
check "they install" install_packages
check "DKMS has built the module for Linux $kernel" module_built
check "tc finds the plugin" plugin_found
check "man finds the manuals" manuals_there
check "no formatter has a word to say about them" manuals_clean
check "bash completes" bash_completes
check "zsh completes" zsh_completes
check "both shells offer what there is" bash $src/tests/unit/ctl_complete.sh /usr/sbin/optqctl $src
check "systemd takes the units" units_good
check "and finds them sandboxed" units_sandboxed
check "the policy is loaded at boot" unit_enabled
check "udev starts the unit of a device that appears" rule_good
check "under a systemd that has booted the units work" units_work
check "optqctl is of the packages' version, and its documents are there" optqctl_works
check "they go" remove_packages
check "purging leaves nothing" purge_packages
check "make install and uninstall, the module too" by_make
echo "1..$n"
exit $failed
