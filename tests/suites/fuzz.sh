#!/usr/bin/env bash
# A few seconds of each fuzzer; longer by FUZZ_SECONDS.
. "$(dirname "$0")/lib.sh"
dir=build-fuzz
[ -f $dir/build.ninja ] || CC=clang meson setup $dir . -Dfuzzers=true -Dtests=false -Dconsole=false -Db_lundef=false \
        -Db_sanitize=address,undefined >build/logs/fuzz-setup.log 2>&1
check "fuzzers build" ninja -C $dir
for f in $dir/tests/fuzz/fuzz_*; do
        [ -x "$f" ] && [ -f "$f" ] || continue
        dict=tests/fuzz/$(basename "$f" | sed 's/^fuzz_//').dict
        check "${f##*/}" "$f" -max_total_time="${FUZZ_SECONDS:-5}" -max_len=65536 -rss_limit_mb=1024 \
                -artifact_prefix=build/logs/ $([ -f "$dict" ] && echo "-dict=$dict")
done
finish
