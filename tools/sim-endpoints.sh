#!/usr/bin/env bash
# sim-endpoints.sh [--check | --json | --missing] [ZHANGGUI-SIM]
#   Cuts the platform's endpoints and events out of the notes and asks the simulator which of them it plays. Writes
#   docs/reference/simulator-endpoints.md. --check changes nothing and fails when the page is stale or an entry is neither
#   played nor left out in tools/sim/later.txt; --json prints one line of counts; --missing what is still to do.
#   The notes are found through ZHANGGUI_SHARED or ../shared. Without them the page is believed as it is.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=write
case ${1:-} in --check | --json | --missing) mode=${1#--} && shift ;; esac
sim=${1:-build-test/zhanggui-sim}
[ -x "$sim" ] || sim=build-dev/zhanggui-sim
page=docs/reference/simulator-endpoints.md
notes=${ZHANGGUI_SHARED:-../shared}/platform
if ! ls "$notes"/wecom-*.md >/dev/null 2>&1; then
        echo "sim-endpoints: the platform's notes are not here; nothing compared" >&2
        [ "$mode" != json ] || awk -F'|' '/^Counts:/ { print $2 }' "$page"
        exit 0
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
awk -f tools/sim/notes.awk "$notes"/*.md >"$tmp/notes"
"$sim" --list-endpoints >"$tmp/played"

# One line per entry: group, kind, method, host, name, played|left|missing, domain, why.
awk -F'\t' -v OFS='\t' -v played="$tmp/played" -v later=tools/sim/later.txt '
function glob(pattern,    i, c, re) {
        re = "^"
        for (i = 1; i <= length(pattern); i++) {
                c = substr(pattern, i, 1)
                re = re (c == "*" ? ".*" : c ~ /[A-Za-z0-9_\/]/ ? c : "[" c "]")
        }
        return re "$"
}
BEGIN {
        while ((getline row < played) > 0) {
                split(row, f, "\t")
                verb[f[1], f[3], f[4]] = f[2]
                names = names "\n" f[1] " " f[3] " " f[4]
        }
        while ((getline row < later) > 0) {
                if (row ~ /^#|^$/) continue
                kind = "endpoint"
                if (sub(/^event +/, "", row)) kind = "event"
                split(row, f, / +/)
                n++
                rule_kind[n] = kind; rule[n] = glob(f[1]); domain[n] = f[2]
                why[n] = row; sub(/^[^ ]+ +[^ ]+ +/, "", why[n])
        }
}
{
        state = "missing"; d = ""; reason = ""; method = $3 == "-" ? "POST" : $3
        if (($1, $4, $5) in verb) { state = "played"; if ($1 == "endpoint") method = verb[$1, $4, $5] }
        else if ($5 ~ /\*/) {
                stem = $5; sub(/\*.*/, "", stem)
                if (index(names, "\n" $1 " " $4 " " stem)) state = "played"
        }
        if (state == "missing")
                for (i = 1; i <= n; i++)
                        if (rule_kind[i] == $1 && $5 ~ rule[i]) { state = "left"; d = domain[i]; reason = why[i]; break }
        print $2, $1, $1 == "event" ? "-" : method, $4, $5, state, d, reason
}' "$tmp/notes" | LC_ALL=C sort -t"$(printf '\t')" -k1,1n -k2,2 -k4,4 -k5,5 >"$tmp/table"

awk -F'\t' '{ n[$2]++; k[$2, $6]++ }
END {
        printf "{\"endpoints\":%d,\"implemented\":%d,\"left_out\":%d,\"missing\":%d,", n["endpoint"], k["endpoint", "played"], k["endpoint", "left"], k["endpoint", "missing"]
        printf "\"events\":%d,\"events_implemented\":%d,\"events_left_out\":%d,\"events_missing\":%d}\n", n["event"], k["event", "played"], k["event", "left"], k["event", "missing"]
}' "$tmp/table" >"$tmp/counts"

case $mode in
json) cat "$tmp/counts" && exit 0 ;;
missing)
        awk -F'\t' '$6 == "missing" { print "group " $1 ": " ($2 == "event" ? "event " : $3 " ") $4 " " $5 }' "$tmp/table"
        awk -F'\t' '$1 > 0 && $6 != "left" { n[$1 " " $2]++; if ($6 == "played") k[$1 " " $2]++ }
                END { for (g in n) printf "group %s: %d of %d (%.0f %%)\n", g, k[g], n[g], 100 * k[g] / n[g] }' "$tmp/table" | sort
        exit 0
        ;;
esac

{
        printf '# What the simulator plays\n\n'
        printf 'Written by `tools/sim-endpoints.sh`: the list is cut out of the notes about the platform, the state is asked of the\n'
        printf 'program (`zhanggui-sim --list-endpoints`). An entry that is left out names the domain that will need it, from\n`tools/sim/later.txt`.\n\n'
        printf 'Counts: |%s|\n' "$(cat "$tmp/counts")"
        for g in 1 2 3 0; do
                case $g in
                1) title="WeCom" ;; 2) title="Channels shop" ;; 3) title="Official account and mini program" ;; 0) title="Other hosts" ;;
                esac
                for kind in endpoint event; do
                        awk -F'\t' -v g="$g" -v kind="$kind" -v title="$title" '
                        $1 != g || $2 != kind { next }
                        !head++ {
                                printf "\n## %s: %ss\n\n", title, kind
                                print kind == "endpoint" ? "| Method | Path | Host | State |\n|---|---|---|---|" : "| Event | Host | State |\n|---|---|---|"
                        }
                        {
                                name = $5; gsub(/\|/, "\\|", name)
                                state = $6 == "played" ? "yes" : $6 == "left" ? "later: " $7 " (" $8 ")" : "not yet"
                                if (kind == "endpoint") printf "| %s | `%s` | %s | %s |\n", $3, name, $4, state
                                else printf "| `%s` | %s | %s |\n", name, $4, state
                        }' "$tmp/table"
                done
        done
} >"$tmp/page"
if [ "$mode" = write ]; then
        cmp -s "$tmp/page" "$page" || cp "$tmp/page" "$page"
        exit 0
fi
bad=0
cmp -s "$tmp/page" "$page" || { echo "$page is not up to date: run tools/sim-endpoints.sh" && bad=1; }
awk -F'\t' '$6 == "missing" { print "neither played nor left out: " $4 " " $5; bad = 1 } END { exit bad }' "$tmp/table" || bad=1
exit $bad
