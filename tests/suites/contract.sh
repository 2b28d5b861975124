#!/usr/bin/env bash
# After the scenarios and the browser: every route was exercised, every reply fitted its descriptor.
. "$(dirname "$0")/lib.sh"
log=build/logs/contract.txt
every_route() {
        build/zhanggui openapi >build/logs/openapi.json
        sh web/tools/node.sh -e '
        const fs = require("node:fs")
        const api = JSON.parse(fs.readFileSync("build/logs/openapi.json"))
        const seen = new Set(fs.readFileSync("build/logs/contract.txt", "utf8").split("\n").map((l) => l.split(" ").slice(0, 2).join(" ")))
        const routes = Object.entries(api.paths).flatMap(([path, ops]) => Object.keys(ops).map((m) => `${m.toUpperCase()} ${path}`))
        const missing = routes.filter((r) => !seen.has(r))
        console.log(`${routes.length} routes, ${missing.length} never exercised`, missing)
        process.exit(missing.length ? 1 : 0)'
}
all_fit() {
        local misfits
        [ -s "$log" ] || { echo "nothing was logged"; return 1; }
        misfits=$(grep -a '^MISFIT' "$log" | sort | uniq -c)
        printf '%s\n' "$misfits"
        [ -z "$misfits" ]
}
check "every route was exercised" every_route
check "every reply fits its descriptor" all_fit
finish
