#!/bin/sh
# Functions up to 100 lines, files up to 800. A function begins at a "{" in column 1 and ends at a "}" in column 1.
set -eu
cd "$(dirname "$0")/.."
find src sim tests bench -name '*.[ch]' -print0 | xargs -0 awk '
FNR == 1 { if (file && lines > 800) { print file ": " lines " lines"; bad = 1 } file = FILENAME; start = 0 }
{ lines = FNR }
/^\{/ { start = FNR }
/^\}/ { if (start && FNR - start > 100) { print FILENAME ":" start ": a function of " FNR - start " lines"; bad = 1 } start = 0 }
END { if (lines > 800) { print file ": " lines " lines"; bad = 1 } exit bad }'
find web/src -name '*.ts' -o -name '*.vue' 2>/dev/null | grep -vE "generated" | xargs -r wc -l | awk '$2 != "total" && $1 > 800 { print $2 ": " $1 " lines"; bad = 1 } END { exit bad }'
