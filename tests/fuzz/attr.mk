# SPDX-License-Identifier: GPL-2.0
# What attr_fuzz is made of, for make here and in tests/unit: the module's own sources, the
# core, and of the kernel what is in kernel/.  kernel_headers: a directory of names, each of
# which is kernel/kernel.h.

attr_top := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))/../..)
attr_module := $(addprefix $(attr_top)/sch_optq/,conf.c conf_police.c conf_rule.c \
	stage.c rules.c police.c)
attr_sources := $(attr_top)/tests/fuzz/attr_fuzz.c $(attr_module) \
	$(attr_top)/tests/fuzz/kernel/nla.c $(attr_top)/tests/fuzz/kernel/memory.c
attr_names := $(addprefix linux/,ctype.h if_vlan.h jhash.h kobject.h ktime.h list.h log2.h mm.h \
	netdevice.h netlink.h random.h rhashtable.h rtnetlink.h sched.h siphash.h skbuff.h \
	slab.h sysctl.h workqueue.h xarray.h) \
	$(addprefix net/,genetlink.h net_namespace.h pkt_cls.h pkt_sched.h sch_generic.h)
attr_names := $(addprefix $(BUILD)/kernel_headers/,$(attr_names))
# As the kernel is built.
attr_cflags := -fno-strict-aliasing -Wno-sign-compare -Wno-unused-parameter -Wno-missing-field-initializers \
	-I$(BUILD)/kernel_headers -I$(attr_top)/sch_optq -I$(attr_top)/sch_optq/uapi

$(attr_names):
	@mkdir -p $(dir $@)
	@echo '#include "$(attr_top)/tests/fuzz/kernel/kernel.h"' >$@
