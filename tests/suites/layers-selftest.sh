#!/bin/sh
# A planted upward include must make the layer check fail.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/src/base" "$tmp/src/store" "$tmp/sim"
cp "$here/src/LAYERS" "$tmp/src/LAYERS"
printf '#include "base/ok.h"\n' >"$tmp/src/store/a.c"
"$here/tools/check-layers.sh" "$tmp" "$tmp/ok" >/dev/null
printf '#include "store/db.h"\n' >"$tmp/src/base/a.c"
if "$here/tools/check-layers.sh" "$tmp" "$tmp/ok" >/dev/null; then
        echo "an upward include was not caught"
        exit 1
fi
