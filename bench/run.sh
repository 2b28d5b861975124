#!/usr/bin/env bash
# Measures one workload; builds what that needs first.
#   bench/run.sh WORKLOAD [--db sqlite|postgres] [--seconds N] [--rows N] [--json]
# With --json exactly one JSON line comes on standard output; everything else goes beside it. HACKING.md names the workloads.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

args=() db=sqlite pg=
while [ $# -gt 0 ]; do
        case $1 in
        --help | -h)
                sed -n '2,4s/^# \{0,1\}//p' "$0"
                exit 0
                ;;
        --db)
                db=${2:-}
                shift
                ;;
        *) args+=("$1") ;;
        esac
        shift
done
case $db in sqlite | postgres) ;; *) die "--db is sqlite or postgres, not \"$db\"" ;; esac

bench=
finish() {
        [ -z "$bench" ] || { kill "$bench" 2>/dev/null || true; wait "$bench" 2>/dev/null || true; }
        [ -z "$pg" ] || { tools/postgres.sh stop "$pg" >&2 || true; rm -rf "$pg"; }
}
trap finish EXIT
trap 'exit 130' INT TERM

{
        need "${build_packages[@]}" nginx-light
        configure build-bench -Dconsole=false -Dtests=false -Dbench=true
        step "build" ninja -C build-bench
} >&2
if [ "$db" = postgres ]; then
        pg=$(mktemp -d)
        db=$(tools/postgres.sh start "$pg")
fi
build-bench/zhanggui-bench "${args[@]}" --db "$db" &
bench=$!
rc=0
wait "$bench" || rc=$?
bench=
exit $rc
