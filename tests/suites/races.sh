#!/usr/bin/env bash
# The scenarios once more, under the thread sanitizer.
. "$(dirname "$0")/lib.sh"
{ [ -f build-tsan/build.ninja ] || meson setup build-tsan . -Dconsole=false -Dtests=false -Db_sanitize=thread; } >build/logs/tsan-build.log 2>&1 &&
        ninja -C build-tsan >>build/logs/tsan-build.log 2>&1 || { tail -30 build/logs/tsan-build.log; exit 1; }
ZHANGGUI_BUILD=build-tsan exec bash tests/suites/play.sh tests/scenarios/*.test.ts
