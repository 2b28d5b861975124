#!/bin/sh
# Each folder in src/ has a README of 15 to 40 lines (a few more are forgiven).
set -eu
cd "$(dirname "$0")/.."
bad=0
for d in src/*/; do
        n=$(wc -l <"$d/README.md" 2>/dev/null || echo 0)
        if [ "$n" -lt 12 ] || [ "$n" -gt 80 ]; then
                echo "${d}README.md: $n lines"
                bad=1
        fi
done
exit $bad
