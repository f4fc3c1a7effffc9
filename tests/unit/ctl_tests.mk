# SPDX-License-Identifier: GPL-2.0
# optqctl's own tests, part of optqctl/Makefile: everything but main.c is
# compiled once more, under the sanitizers.

test_build := $(BUILD)/test
test_sanitize := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
test_names := ctl_units ctl_source ctl_yaml ctl_match ctl_policy ctl_delay \
	ctl_warn ctl_wire ctl_golden ctl_netlink ctl_views
test_names += ctl_dscp ctl_ack ctl_memory ctl_preset ctl_lower ctl_sets ctl_reach \
	ctl_explain ctl_rules_nl ctl_element ctl_police ctl_history ctl_csv ctl_sites \
	ctl_delta ctl_plan ctl_monitor ctl_write ctl_export ctl_import ctl_show ctl_sample ctl_top
test_shared := $(test_build)/ctl_help.o $(test_build)/ctl_random.o \
	$(test_build)/ctl_tree.o
test_bins := $(test_names:%=$(test_build)/%)
test_objs := $(filter-out $(test_build)/main.o,$(srcs:%.c=$(test_build)/%.o)) \
	$(core:%.c=$(test_build)/core/%.o)
test_defs := -DPOLICIES='"$(top)/tests/policies"' -DEXAMPLES='"$(top)/examples"' \
	-DIMPORTS='"$(top)/tests/import"'
cmocka_libs = $(shell $(PKG_CONFIG) --libs cmocka)

$(test_build)/preset.o: $(preset_texts)

$(test_build)/core $(BUILD)/fuzz:
	@mkdir -p $@

$(test_build)/%.o: $(top)/optqctl/%.c $(MAKEFILE_LIST) | $(test_build)/core
	$(call quiet,CC,test/$(notdir $<))$(CC) $(CPPFLAGS) $(test_sanitize) \
		$(own_cflags) $(pkg_cflags) -MMD -MP -c -o $@ $<

$(test_build)/core/%.o: $(top)/sch_optq/core/%.c $(MAKEFILE_LIST) | $(test_build)/core
	$(call quiet,CC,test/$(notdir $<))$(CC) $(CPPFLAGS) $(test_sanitize) \
		$(own_cflags) -MMD -MP -c -o $@ $<

$(test_build)/%.o: $(top)/tests/unit/%.c $(MAKEFILE_LIST) | $(test_build)/core
	$(call quiet,CC,test/$(notdir $<))$(CC) $(CPPFLAGS) $(test_sanitize) \
		$(own_cflags) $(pkg_cflags) $(test_defs) -MMD -MP -c -o $@ $<

# Top on trees that a file chooses, for ctl_top.sh.
top_fake := $(test_build)/top_fake

$(test_bins) $(top_fake): $(test_build)/%: $(test_build)/%.o $(test_shared) $(test_objs)
	$(call quiet,LD,test/$(notdir $@))$(CC) $(test_sanitize) -o $@ $^ \
		$(pkg_libs) $(cmocka_libs)

# What the fuzzer of matches has found worth keeping.
$(test_build)/match_replay: $(test_build)/match_fuzz.o $(test_build)/replay.o \
		$(test_shared) $(test_objs)
	$(call quiet,LD,test/$(notdir $@))$(CC) $(test_sanitize) -o $@ $^ \
		$(pkg_libs) $(cmocka_libs)

$(test_build)/%.o: $(top)/tests/fuzz/%.c $(MAKEFILE_LIST) | $(test_build)/core
	$(call quiet,CC,test/$(notdir $<))$(CC) $(CPPFLAGS) $(test_sanitize) \
		$(own_cflags) $(pkg_cflags) -I$(top)/tests/unit -MMD -MP -c -o $@ $<

# Every program runs, whatever the ones before it found.
test: $(test_bins) $(top_fake) $(test_build)/match_replay $(top)/optqctl/optqctl
	@failed=0; $(test_build)/match_replay $(top)/tests/fuzz/corpus/match/* || failed=1; for t in $(test_bins); do \
		LC_ALL=C.UTF-8 CMOCKA_MESSAGE_OUTPUT=TAP $$t || failed=1; done; \
	sh $(top)/tests/unit/ctl_cli.sh $(top)/optqctl/optqctl $(top) || failed=1; \
	bash $(top)/tests/unit/ctl_complete.sh $(top)/optqctl/optqctl $(top) || failed=1; \
	bash $(top)/tests/unit/ctl_plain.sh $(top)/optqctl/optqctl $(top) || failed=1; \
	sh $(top)/tests/unit/ctl_spec.sh $(top) || failed=1; \
	sh $(top)/tests/unit/ctl_top.sh $(top_fake) || failed=1; \
	exit $$failed

# FUZZ_SECONDS for each target; needs clang.
FUZZ_SECONDS ?= 20
CLANG ?= clang
fuzz_bins := $(BUILD)/fuzz/policy_fuzz $(BUILD)/fuzz/match_fuzz \
	$(BUILD)/fuzz/import_fuzz
fuzz_srcs := $(filter-out %/main.c,$(srcs:%=$(top)/optqctl/%)) \
	$(core:%=$(top)/sch_optq/core/%) $(top)/tests/unit/ctl_random.c

$(fuzz_bins): $(BUILD)/fuzz/%: $(top)/tests/fuzz/%.c $(fuzz_srcs) $(preset_texts) | $(BUILD)/fuzz
	$(call quiet,CLANG,fuzz/$(notdir $@))$(CLANG) -O1 -g \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		$(filter-out -Werror,$(own_cflags)) $(pkg_cflags) -I$(top)/tests/unit -o $@ \
		$< $(fuzz_srcs) $(pkg_libs)

fuzz: $(fuzz_bins)
	sh $(top)/tests/unit/ctl_fuzz.sh $(BUILD)/fuzz $(top)/tests/policies \
		$(top)/examples $(FUZZ_SECONDS) $(top)/tests/fuzz/corpus/match

.PHONY: test fuzz
-include $(wildcard $(test_build)/*.d)
