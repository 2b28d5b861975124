#!/bin/sh
# Prints every source file of the console, for the build's dependencies.
cd "$(dirname "$0")/.." && find "$PWD/web" -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f -print | sort
