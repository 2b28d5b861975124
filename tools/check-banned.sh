#!/bin/sh
# Functions this project does without: unbounded copies, hidden state, shells; and asserts of unfinished work.
set -eu
cd "$(dirname "$0")/.."
bad=0
if find src sim tests bench -name '*.[ch]' -print0 2>/dev/null | xargs -0 grep -nE '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|system|popen|atoi|atol|atoll|strncpy|alloca)[[:space:]]*\(' ; then bad=1; fi
# The domains: all between the floor and the process.
if find src -path src/base -prune -o -path src/store -prune -o -path src/net -prune -o -path src/platform -prune -o \
        -path src/edge -prune -o -path src/doctor -prune -o -path src/system -prune -o -path src/app -prune -o -path src/demo -prune -o \
        -path src/cli -prune -o -name '*.c' ! -name '*_test.c' -print0 | xargs -0 grep -nE '\b(malloc|calloc|realloc|free)[[:space:]]*\(' ; then
        echo "domain code allocates from its context's arena"
        bad=1
fi
if find src sim tests bench tools web/src -type f \( -name '*.[ch]' -o -name '*.ts' -o -name '*.vue' -o -name '*.sh' \) ! -name check-banned.sh -print0 2>/dev/null |
        xargs -0 grep -nE '\b(TODO|FIXME|XXX)\b'; then bad=1; fi
exit $bad
