#!/usr/bin/env bash
# Plays against the real server (address and undefined sanitizers) and the simulator.
. "$(dirname "$0")/lib.sh"
export ZHANGGUI_BUILD=build-test ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
bash tests/suites/play.sh tests/scenarios/*.test.ts
