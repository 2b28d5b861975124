#!/usr/bin/env bash
# The simulator beside the platform's notes and real samples.
. "$(dirname "$0")/lib.sh"
notes=${ZHANGGUI_SHARED:-../shared}
[ -d "$notes/platform" ] || echo "  the platform's notes are not here: only the simulator's own list is compared"
[ -d "$notes/data/api_samples" ] || echo "  the real samples are not here: nothing is compared with them"
check "calls, events and samples" bash tests/fidelity.sh build-test
check "the list of what is played is up to date" bash tools/sim-endpoints.sh --check build-test/zhanggui-sim
check "the list of sentences is up to date" tools/sim-sentences.sh --check build-test/zhanggui-sim
check "each point to read first has its scenario" tools/sim-read-first.sh
finish
