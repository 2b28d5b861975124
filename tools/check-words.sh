#!/bin/sh
# The project speaks of itself alone: no path of a developer's machine, no package registry host in any kept file.
set -eu
cd "$(dirname "$0")/.."
if git grep -nIE '(^|[^a-z./])/(home|root)/[a-z]|https?://[a-z0-9.-]*(registry|npmjs|mirror|pypi|crates)[a-z0-9.-]*' -- . ':!tools/check-words.sh'; then exit 1; fi
