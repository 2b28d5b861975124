#!/bin/sh
# build-console.sh WEB OUT.S OUT.c: builds the console with its pinned Node and embeds it.
set -eu
web=$1 s=$2 c=$3
cd "$web"
npm run --silent build
exec sh tools/embed.sh dist "$OLDPWD/$s" "$OLDPWD/$c"
