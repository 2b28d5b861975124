#!/usr/bin/env bash
# The house rules as checks.
. "$(dirname "$0")/lib.sh"
check "layers: includes point down" tools/check-layers.sh . build/logs/layers.ok
check "layers: the check catches an upward include" tests/suites/layers-selftest.sh
check "banned functions" tools/check-banned.sh
check "sizes: functions up to 100 lines, files up to 800" tools/check-sizes.sh
check "queries filter by merchant" tools/check-queries.sh
check "each folder of src has its README" tools/check-readmes.sh
check "generated documents and types are up to date" tools/gen-docs.sh --check
check "openapi: every route, valid JSON" bash -c 'build/zhanggui openapi | node -e "JSON.parse(require(\"fs\").readFileSync(0))"'
check "no path, host or workplace words in the tree" tools/check-words.sh
finish
