#!/usr/bin/env bash
# Runs test files with the pinned Node's own runner; ends with "N passed, N failed".
cd "$(dirname "$0")/../.."
log=$(mktemp)
sh web/tools/node.sh --test --test-concurrency=1 --test-reporter=spec "$@" 2>&1 | tee "$log"
passed=$(sed -nE 's/^. pass ([0-9]+)$/\1/p' "$log" | tail -1)
failed=$(sed -nE 's/^. (fail|cancelled) ([0-9]+)$/\2/p' "$log" | awk '{n += $1} END {print n + 0}')
rm -f "$log"
[ -n "$passed" ] || failed=$((failed + 1))
printf '%d passed, %d failed\n' "${passed:-0}" "$failed"
[ "$failed" = 0 ]
