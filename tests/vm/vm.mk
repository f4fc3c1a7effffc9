# SPDX-License-Identifier: GPL-2.0
#
# What runs in guests.  make check SUITE=sid tests on another kernel;
# make check-vm TESTS="qdisc_rate.sh" runs one kernel test.

VM_DIR := tests/vm
SUITE ?= trixie
export SUITE TESTS VERBOSE

# All tests, from nothing.
check:
	@$(VM_DIR)/check.sh build unit harness um tdc some det suites package

# One part of it each; all but the harness need what `build` makes.
check-build:
	@$(VM_DIR)/check.sh build suites
check-unit:
	@$(VM_DIR)/check.sh build unit
check-harness:
	@$(VM_DIR)/check.sh build harness
check-um:
	@$(VM_DIR)/check.sh um
check-tdc:
	@$(VM_DIR)/check.sh tdc
check-vm:
	@$(VM_DIR)/check.sh build vm
check-package:
	@$(VM_DIR)/check.sh build package
check-det:
	@$(VM_DIR)/check.sh build det

# The kernel tests under KASAN, lockdep, kmemleak and the rest.
check-debug:
	@$(VM_DIR)/check.sh debug

# The kernel tests on every kernel supported: the table is $(VM_DIR)/suites.
check-kernels:
	@$(VM_DIR)/check.sh kernels

# Half an hour of traffic and changes in the debug kernel: SOAK_SECONDS= SOAK_SEED=
soak:
	@$(VM_DIR)/check.sh soak

demo:
	@tests/demo/demo.sh

# OptQ beside its peers: instructions, rates, delays, memory; then, from the
# figures of the last run, the page in docs/.
bench:
	@tests/bench/bench.sh
bench-docs:
	@tests/bench/report.sh docs

# A shell job in a guest: make guest JOB='tc qdisc show' MODE=smp|um|debug|det LIMIT=600
MODE ?= smp
LIMIT ?= 600
# Through the environment: neither make nor the shell is to read it as its own.
guest: export OPTQ_JOB = $(value JOB)
guest:
	@$(VM_DIR)/needs.sh && $(VM_DIR)/root.sh $(SUITE) && \
		$(VM_DIR)/build.sh $(SUITE) && \
		$(VM_DIR)/boot.sh $(MODE) $(SUITE) guest $(LIMIT) "$$OPTQ_JOB"

.PHONY: check check-build check-unit check-harness check-um check-tdc check-vm check-det \
	check-package check-debug check-kernels soak demo bench bench-docs guest
