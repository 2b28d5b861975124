#!/usr/bin/env bash
# Kills the server under load and compares its database with what the simulator knows to have happened; see HACKING.md.
#   run.sh --kills N [--db sqlite|postgres] [--processes N] [--seed N] [--failpoint NAME|random|mixed|all] [--json]
#   run.sh --mode faults|disk|clock|restart [--seconds N] ...
# --json: one line on standard output; what people read goes to standard error. ZHANGGUI_BUILD names the build folder.
set -uo pipefail
cd "$(dirname "$0")/../.."
. tools/lib.sh

postgres=
args=()
while [ $# -gt 0 ]; do
        case $1 in
        --db)
                case ${2:-} in
                sqlite) ;;
                postgres) postgres=yes ;;
                *) die "--db: sqlite or postgres" ;;
                esac
                shift
                ;;
        --help | -h)
                sed -n '2,5s/^# \{0,1\}//p' "$0"
                exit 0
                ;;
        *) args+=("$1") ;;
        esac
        shift
done

# What is measured is tortured: the same folder, without sanitizers. A build folder that is given is taken as it is.
if [ -z "${ZHANGGUI_BUILD:-}" ]; then
        { need "${build_packages[@]}" && configure build-bench -Dconsole=false -Dtests=false -Dbench=true &&
                step "build" ninja -C build-bench; } >&2 || die "it does not build"
        ZHANGGUI_BUILD=build-bench
fi

if [ "$postgres" ]; then
        need postgresql >&2 || exit 2
        folder=$(mktemp -d)
        trap 'tools/postgres.sh stop "$folder" >&2; rm -rf "$folder"' EXIT
        url=$(tools/postgres.sh start "$folder") || die "PostgreSQL does not start"
        args+=(--db "$url" --restart "tools/postgres.sh restart $folder")
fi
program=$PWD/$ZHANGGUI_BUILD/zhanggui-torture
[[ $ZHANGGUI_BUILD = /* ]] && program=$ZHANGGUI_BUILD/zhanggui-torture

# A small disk of our own that nobody else sees, where we may; else the program limits the size of files instead.
if [[ " ${args[*]} " == *" --mode disk "* ]] && unshare --mount true 2>/dev/null; then
        disk=$(mktemp -d)
        unshare --mount --propagation private sh -c 'mount -t tmpfs -o size=512m,mode=0700 torture "$1" || exit 3
                disk=$1 program=$2; shift 2; "$program" --disk "$disk" "$@"' sh "$disk" "$program" "${args[@]}"
        rc=$?
        rmdir "$disk"
        [ $rc = 3 ] || exit $rc
fi
"$program" "${args[@]}"
