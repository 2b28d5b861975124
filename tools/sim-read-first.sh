#!/bin/sh
# sim-read-first.sh: each numbered point under "Read first" of the platform's notes has a scenario in which a client that ignores
# it fails: tests/scenarios/read-first-LIST-NUMBER-*.scn, LIST being wecom or shop. Without the notes the points are believed.
set -eu
cd "$(dirname "$0")/.."
notes=${ZHANGGUI_SHARED:-../shared}/platform/README.md
[ -f "$notes" ] || { echo "sim-read-first: the platform's notes are not here; nothing compared" >&2; exit 0; }
# The first list is WeCom's, the second the shop's (with official accounts and the rest).
awk '/^Read first/ { list++; inside = 1; next }
     inside && /^[0-9]+\./ { sub(/\..*/, ""); print (list == 1 ? "wecom" : "shop"), $0; next }
     inside && NF && !/^ / { inside = 0 }' "$notes" | {
        bad=0 n=0
        while read -r list number; do
                n=$((n + 1))
                set -- tests/scenarios/read-first-"$list"-"$number"-*.scn
                if [ ! -f "$1" ]; then
                        echo "no scenario for point $number of $list"
                        bad=1
                elif ! grep -q '^platform must\|^client must\|^ledger must\|^case .* must\|^it must' "$1"; then
                        echo "$1 asks for nothing"
                        bad=1
                fi
        done
        [ "$n" -ge 20 ] || { echo "only $n points found in $notes"; bad=1; }
        exit $bad
}
