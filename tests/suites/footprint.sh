#!/usr/bin/env bash
# Size and memory: recorded, and far from the limits. Speed is measured in bench/, not judged here.
. "$(dirname "$0")/lib.sh"
need_curl() { command -v curl >/dev/null; }
line=$(FOOTPRINT_WAIT=${FOOTPRINT_WAIT:-5} bench/footprint.sh)
printf '%s\n' "$line"
number() { printf '%s' "$line" | sed -E "s/.*\"$1\":([0-9]+).*/\1/"; }
check "curl is there" need_curl
check "binary up to 8 MB" test "$(number binary_kb)" -le 8192
check "proportional memory up to 40 MB" test "$(number idle_kb)" -le 40960
finish
