#!/usr/bin/env bash
# The console's own tests: types, units.
. "$(dirname "$0")/lib.sh"
check "types (vue-tsc, strict)" npm --prefix web run --silent check
out=$(npm --prefix web run --silent test -- --reporter=verbose 2>&1)
line=$(printf '%s\n' "$out" | sed 's/\x1b\[[0-9;]*m//g' | grep -E '^ +Tests ' | tail -1)
ok=$((ok + $(printf '%s' "$line" | grep -oE '[0-9]+ passed' | grep -oE '[0-9]+' || echo 0)))
more=$(printf '%s' "$line" | grep -oE '[0-9]+ failed' | grep -oE '[0-9]+' || echo 0)
bad=$((bad + more))
[ -n "$line" ] || bad=$((bad + 1))
{ [ -n "$line" ] && [ "$more" = 0 ]; } || printf '%s\n' "$out" | tail -60
finish
