#!/usr/bin/env bash
# The cmocka tests beside the code, under address and undefined sanitizers. Counts single tests, not programs.
. "$(dirname "$0")/lib.sh"
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
meson test -C build-test --no-rebuild --suite unit --print-errorlogs --num-processes 2 >build/logs/unit.txt 2>&1
programs_bad=$(grep -aE '^(Fail|Timeout|Unexpected Pass): *[0-9]+' build/logs/unit.txt | awk '{n += $NF} END {print n + 0}')
log=build-test/meson-logs/testlog.txt
ok=$(grep -acE '^\[ +OK +\]' "$log")
bad=$(grep -aE '^\[  FAILED  \] [a-z]' "$log" | sort -u | grep -vc 'test(s)')
[ "$programs_bad" != 0 ] && [ "$bad" = 0 ] && bad=$programs_bad
[ "$bad" = 0 ] || tail -60 build/logs/unit.txt
finish
