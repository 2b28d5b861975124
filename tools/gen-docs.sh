#!/bin/sh
# gen-docs.sh [--check] [BUILD]: writes web/src/api/generated.ts and docs/reference/ from the program's tables; with
# --check changes nothing and fails when they are not up to date.
set -eu
cd "$(dirname "$0")/.."
mode=write
[ "${1:-}" = --check ] && { mode=check; shift; }
build=${1:-build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
"$build/gen" "$tmp"
mkdir -p docs/reference
bad=0
for f in "$tmp"/*; do
        name=$(basename "$f")
        case $name in
        generated.ts) to=web/src/api/generated.ts ;;
        *) to=docs/reference/$name ;;
        esac
        if [ $mode = write ]; then
                cmp -s "$f" "$to" || cp "$f" "$to"
        elif ! cmp -s "$f" "$to"; then
                echo "$to is not up to date: run tools/gen-docs.sh"
                diff -u "$to" "$f" | head -20 || true
                bad=1
        fi
done
exit $bad
