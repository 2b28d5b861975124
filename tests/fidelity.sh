#!/usr/bin/env bash
# fidelity.sh [--json] [BUILD]: is the simulator what the platform's notes and real samples say?
#   The simulator's own tests call it while it records; tests/fidelity/fidelity.ts compares the record with the list of what it
#   plays, with the error codes of the notes, and with the samples of ZHANGGUI_SHARED or ../shared (without them: with the list alone). The last line is JSON;
#   --json prints that line only.
set -euo pipefail
cd "$(dirname "$0")/.."
json=
[ "${1:-}" != --json ] || { json=--json && shift; }
build=${1:-build-test}
[ -x "$build/zhanggui-sim" ] || build=build-dev
shared=${ZHANGGUI_SHARED:-$PWD/../shared}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
touch "$tmp/record"
for t in "$build"/sim/sim_*_test; do
        SIM_RECORD=$tmp/record "$t" >"$tmp/log" 2>&1 || { tail -20 "$tmp/log" >&2 && exit 1; }
done
"$build/zhanggui-sim" --list-endpoints >"$tmp/list"
tools/sim-endpoints.sh --json "$build/zhanggui-sim" >"$tmp/counts" 2>"$tmp/said"
[ -n "$json" ] || cat "$tmp/said"
touch "$tmp/codes"
ls "$shared"/platform/errors.md >/dev/null 2>&1 && awk -f tools/sim/codes.awk "$shared"/platform/*.md >"$tmp/codes"
sh web/tools/node.sh tests/fidelity/fidelity.ts "$tmp/record" "$tmp/list" "$tmp/counts" "$tmp/codes" "$shared/data/api_samples" $json
