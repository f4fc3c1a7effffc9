# SPDX-License-Identifier: GPL-2.0
#
# The C programs that the kernel tests use: make -f programs.mk [OUT=DIR]

programs_here := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
OUT ?= $(abspath $(programs_here)/../../build/kselftest)
programs_uapi ?= $(abspath $(programs_here)/../../sch_optq/uapi)
programs_cflags := -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE

own := $(OUT)/udp_load $(OUT)/line_dev $(OUT)/dscp_wire \
	$(OUT)/ack_wire $(OUT)/flow_flood $(OUT)/frame_send $(OUT)/burst_watch

own_nl := $(OUT)/optq_nl $(OUT)/optq_listen $(OUT)/optq_every

programs: $(own) $(own_nl)

$(own): $(OUT)/%: $(programs_here)%.c
	@mkdir -p $(OUT)
	$(CC) $(programs_cflags) $(CFLAGS) $(LDFLAGS) -o $@ $<

$(own_nl): $(OUT)/%: $(programs_here)%.c $(programs_here)optq_nl_keys.h \
		$(programs_uapi)/linux/optq.h
	@mkdir -p $(OUT)
	$(CC) $(programs_cflags) -I$(programs_uapi) \
		$$(pkg-config --cflags libnl-genl-3.0) $(CFLAGS) $(LDFLAGS) \
		-o $@ $< $$(pkg-config --libs libnl-genl-3.0)

.PHONY: programs
