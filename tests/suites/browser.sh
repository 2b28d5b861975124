#!/usr/bin/env bash
# The console in headless Chromium. Screenshots stay in build/shots.
. "$(dirname "$0")/lib.sh"
mkdir -p build/shots
bash tests/suites/play.sh tests/browser/*.test.ts
