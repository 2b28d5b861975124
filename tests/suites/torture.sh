#!/usr/bin/env bash
# The torture, briefly; the long runs are in HACKING.md. Slow things that only wait run beside the others.
. "$(dirname "$0")/lib.sh"
. tools/lib.sh
{ need "${build_packages[@]}" postgresql && configure build-bench -Dconsole=false -Dtests=false -Dbench=true &&
        step "build" ninja -C build-bench; } >&2 || exit 1
export ZHANGGUI_BUILD=build-bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# beside NAME ARGS...: begins in the background; `ended NAME` is its verdict.
beside() {
        local name=$1
        shift
        { tests/torture/run.sh "$@" >"$work/$name" 2>&1; echo $? >"$work/$name.rc"; } &
}
ended() {
        until [ -f "$work/$1.rc" ]; do sleep 0.2; done
        tail -30 "$work/$1"
        [ "$(cat "$work/$1.rc")" = 0 ]
}
# planted WHAT FIELD: a damaged database must be told; the run was begun beside the others.
planted() {
        ! ended "$1" >/dev/null && grep -E "\"$2\":[1-9]" "$work/$1"
}

beside faults --mode faults --seconds 2 --rate 150
check "kills at each place and at random, SQLite" tests/torture/run.sh --kills 26 --failpoint mixed
for what in loss double swap; do beside $what --kills 0 --seconds 6 --rate 100 --plant $what --json; done
beside disk --mode disk --seconds 2 --rate 150
beside clock --mode clock --seconds 2 --rate 150
check "kills, PostgreSQL, two processes" tests/torture/run.sh --kills 10 --failpoint random --db postgres --processes 2 --rate 60
check "a planted loss is found" planted loss lost
check "a planted double is found" planted double doubled
check "a planted swap is found" planted swap swapped
check "a full disk" ended disk
check "a clock that jumps" ended clock
check "PostgreSQL restarted" tests/torture/run.sh --mode restart --db postgres --seconds 2 --rate 60
check "every way in which a call goes wrong" ended faults
finish
