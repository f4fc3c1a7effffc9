# SPDX-License-Identifier: GPL-2.0
#
#	make			everything, for the running kernel or KDIR=
#	make check		all tests, from nothing (root, Debian)
#	make demo		the main job, shown (root, Debian)
#	make install		on this machine: DESTDIR= PREFIX=
#	make dkms-install	the module, rebuilt for each new kernel
#
# make module | plugin | optqctl builds one part; make unit runs the tests that
# need no kernel; OPTQ_DEBUG=1 makes the module check itself at every packet.

include version.mk
PREFIX ?= /usr/local
KDIR ?= /lib/modules/$(shell uname -r)/build
KBUILD_FLAGS := $(if $(W),W=$(W)) $(if $(OPTQ_DEBUG),OPTQ_DEBUG=$(OPTQ_DEBUG))
DKMS_SRC := $(DESTDIR)/usr/src/optq-$(VERSION)

all: module plugin optqctl

module: $(KDIR)/Makefile
	$(MAKE) -C $(KDIR) M=$(CURDIR) $(KBUILD_FLAGS) modules

$(KDIR)/Makefile:
	@echo "No kernel headers at $(KDIR): install linux-headers-$$(uname -r)," \
		"or name others with KDIR=" >&2; exit 1

plugin:
	$(MAKE) -C tc-plugin

optqctl:
	$(MAKE) -C optqctl

unit: plugin optqctl
	$(MAKE) -C tests/unit test
	$(MAKE) -C optqctl test
	$(MAKE) -C tc-plugin test

# The module first: without headers nothing is to be half installed.
install: module
	$(MAKE) install-tools
	$(MAKE) -C $(KDIR) M=$(CURDIR) \
		$(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) modules_install

# tc looks for its plugins under /usr alone.
install-tools:
	$(MAKE) -C tc-plugin install PREFIX=/usr
	$(MAKE) -C optqctl install PREFIX=$(PREFIX)

# A copy of the module's sources alone; an older build of this version goes.
dkms-source:
	rm -rf $(DKMS_SRC)
	for file in Kbuild $$(find sch_optq -name '*.[ch]'); do \
		install -D -m 0644 $$file $(DKMS_SRC)/$$file || exit 1; \
	done
	sed 's/#MODULE_VERSION#/$(VERSION)/' dkms.conf | \
		install -m 0644 /dev/stdin $(DKMS_SRC)/dkms.conf

dkms-install: install-tools dkms-source
	$(if $(DESTDIR),,-dkms remove -m optq -v $(VERSION) --all)
	$(if $(DESTDIR),,dkms install -m optq -v $(VERSION))

# Quiet about what was never installed: packages call it, and so may anybody twice.
uninstall:
	$(MAKE) -C tc-plugin uninstall PREFIX=/usr
	$(MAKE) -C optqctl uninstall PREFIX=$(PREFIX)
	$(if $(DESTDIR),,-if command -v dkms >/dev/null; then \
		dkms remove -m optq -v $(VERSION) --all; fi)
	rm -rf $(DKMS_SRC)
	if [ -d $(DESTDIR)/lib/modules ]; then \
		find $(DESTDIR)/lib/modules -name 'sch_optq.ko*' -delete; fi

clean:
	-$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	$(MAKE) -C tc-plugin clean
	$(MAKE) -C optqctl clean
	$(MAKE) -C tests/unit clean

include tests/vm/vm.mk

.PHONY: all module plugin optqctl unit install install-tools dkms-source \
	dkms-install uninstall clean
