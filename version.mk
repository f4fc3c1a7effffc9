# SPDX-License-Identifier: GPL-2.0
# The version stands in debian/changelog alone.
changelog := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))debian/changelog
VERSION := $(shell awk 'NR == 1 { gsub(/[()]/, "", $$2); sub(/-.*/, "", $$2); print $$2 }' $(changelog))
