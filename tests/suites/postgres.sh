#!/usr/bin/env bash
# The C tests and the scenarios once more, on a throw-away PostgreSQL instead of SQLite.
. "$(dirname "$0")/lib.sh"
dir=$(mktemp -d)
trap 'tools/postgres.sh stop "$dir/pg"; rm -rf "$dir"' EXIT
chmod 755 "$dir"
ZHANGGUI_TEST_DB=$(tools/postgres.sh start "$dir/pg" "fsync = off") # nothing of it is to survive
export ZHANGGUI_TEST_DB ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
check "a throw-away server" test -n "$ZHANGGUI_TEST_DB"
for t in build-test/golden_test build-test/{store,shops,staff,contacts,catalogue,orders,aftersales,inbox,hosting}_*_test; do
        check "$(basename "$t")" timeout 400 "$t"
done
ZHANGGUI_BUILD=build-test bash tests/suites/play.sh tests/scenarios/*.test.ts 2>&1 | tee "$dir/play.log"
read -r passed failed < <(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$dir/play.log" | tail -1)
ok=$((ok + ${passed:-0})) bad=$((bad + ${failed:-1}))
finish
