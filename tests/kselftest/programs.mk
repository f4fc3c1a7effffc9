# SPDX-License-Identifier: GPL-2.0
#
# The C programs that the kernel tests use: make -f programs.mk [OUT=DIR]

programs_here := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
OUT ?= $(abspath $(programs_here)/../../build/kselftest)
programs_uapi ?= $(abspath $(programs_here)/../../sch_optq/uapi)
programs_cflags := -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE

own := $(OUT)/udp_load $(OUT)/line_dev $(OUT)/dscp_wire \
	$(OUT)/ack_wire $(OUT)/flow_flood $(OUT)/frame_send $(OUT)/burst_watch $(OUT)/kill_at

own_nl := $(OUT)/optq_nl $(OUT)/optq_listen $(OUT)/optq_every $(OUT)/fail_walk $(OUT)/policy_storm

nlfuzz := $(wildcard $(programs_here)nlfuzz/*.[ch])

programs: $(own) $(own_nl) $(OUT)/nl_fuzz

vpath %.c $(programs_here) $(programs_here)/../soak

$(own): $(OUT)/%: $(programs_here)%.c
	@mkdir -p $(OUT)
	$(CC) $(programs_cflags) $(CFLAGS) $(LDFLAGS) -o $@ $<

$(own_nl): $(OUT)/%: %.c $(wildcard $(programs_here)*.h) \
		$(programs_uapi)/linux/optq.h
	@mkdir -p $(OUT)
	$(CC) $(programs_cflags) -I$(programs_uapi) \
		$$(pkg-config --cflags libnl-genl-3.0) $(CFLAGS) $(LDFLAGS) \
		-o $@ $< $$(pkg-config --libs libnl-genl-3.0)

$(OUT)/nl_fuzz: $(nlfuzz) $(programs_uapi)/linux/optq.h
	@mkdir -p $(OUT)
	$(CC) $(programs_cflags) -pthread -I$(programs_uapi) $(CFLAGS) $(LDFLAGS) \
		-o $@ $(filter %.c,$^)

.PHONY: programs
