#!/bin/sh
# sim-sentences.sh [--check] [ZHANGGUI-SIM]: writes docs/reference/scenario-sentences.md from the simulator's own tables; with
# --check changes nothing and fails when it is stale.
set -eu
cd "$(dirname "$0")/.."
mode=write
[ "${1:-}" = --check ] && { mode=check; shift; }
sim=${1:-build-dev/zhanggui-sim}
page=docs/reference/scenario-sentences.md
tmp=$(mktemp)
trap 'rm -f "$tmp"' EXIT
{
        echo "# What a scenario may say"
        echo
        echo "Made by \`tools/sim-sentences.sh\` from the tables of \`sim/scenario/\`; how to read it: \`docs/simulator.md\`, Scenarios."
        echo "Lower case stands as it is. NEW gives a name; CUSTOMER, ORDER, CASE use one; TEXT is in quotes; JSON goes to the end."
        echo
        "$sim" --list-sentences | sed -E 's/[ ]+$//; s/^([^ ].*)$/## \1/'
} >"$tmp"
if [ $mode = write ]; then
        cmp -s "$tmp" "$page" || cp "$tmp" "$page"
elif ! cmp -s "$tmp" "$page"; then
        echo "$page is not up to date: run tools/sim-sentences.sh"
        diff -u "$page" "$tmp" | head -20
        exit 1
fi
