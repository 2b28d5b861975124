# shellcheck shell=bash
# Counting for suites: check "what" command...; finish.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
ok=0 bad=0
check() {
        local what=$1 out
        shift
        if out=$("$@" 2>&1); then
                ok=$((ok + 1))
                printf '  ok   %s\n' "$what"
        else
                bad=$((bad + 1))
                printf '  FAIL %s\n%s\n' "$what" "$(printf '%s\n' "$out" | tail -30)"
                printf '%s\n' "$out" | grep -aE '^\[ +(ERROR|LINE|FAILED) +\]' | head -20 # last, so that an end of the log tells
        fi
}
finish() {
        printf '%d passed, %d failed\n' "$ok" "$bad"
        [ "$bad" = 0 ]
}
