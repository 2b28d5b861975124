#!/bin/sh
# build-console.sh WEB OUT.S OUT.c DEPFILE: builds the console with its pinned Node and embeds it; tells ninja what it was
# built from.
set -eu
web=$1 s=$PWD/$2 c=$PWD/$3 d=$PWD/$4
{
        printf '%s:' "$2"
        find "$web" \( -name node_modules -o -name dist -o -name dev \) -prune -o -type f ! -name '*.spec.ts' ! -name '*.md' -print | sort |
                while IFS= read -r f; do printf ' \\\n  %s' "$f"; done
        printf '\n'
} >"$d"
cd "$web"
npm run --silent build
exec sh tools/embed.sh dist "$s" "$c"
