#!/bin/sh
# check-layers.sh ROOT OUT: every #include "folder/file.h" below src/ and sim/ must be allowed by src/LAYERS.
# Prints each offence as file:line and fails; writes OUT when all is well.
set -eu
root=$1 out=$2
# The build gives a path relative to where it stands, which is not ROOT.
case $out in /*) ;; *) out=$PWD/$out ;; esac
cd "$root"
find src sim -name '*.[ch]' -print0 | xargs -0 grep -Hn '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' |
awk -v layers=src/LAYERS '
function allowed(folder, base, header,    n, i, w, dir) {
        dir = header; sub(/\/.*/, "", dir)
        if (dir == folder) return 1
        n = split(may[folder], w, " ")
        for (i = 1; i <= n; i++) if (w[i] == dir || w[i] == header) return 1
        if (!(folder in domain)) return 0
        if (header == "net/route.h" && (base ~ /^api.*\.[ch]$/ || base == folder ".c")) return 1
        if (dir == "platform" && (base ~ /^remote_.*\.[ch]$/ || base == folder ".c")) return 1
        return (base ~ /_test\.c$/ || base == "testing.h") && (dir in may)
}
BEGIN {
        while ((getline line < layers) > 0) {
                if (line ~ /^#/ || line ~ /^[[:space:]]*$/) continue
                name = line; sub(/:.*/, "", name); rest = line; sub(/^[^:]*:[[:space:]]*/, "", rest)
                if (name == "domain-files") continue
                may[name] = rest
                # A line may only name folders above it.
                n = split(rest, w, " ")
                for (i = 1; i <= n; i++) { d = w[i]; sub(/\/.*/, "", d); if (!(d in may) || d == name) { print "src/LAYERS: " name " names " d ", which does not stand above it"; bad = 1 } }
                if (name == "edge") process = 1
                if (!process && rest ~ /store/) domain[name] = 1
        }
}
{
        file = $0; sub(/:.*/, "", file)
        rest = substr($0, length(file) + 2); lineno = rest; sub(/:.*/, "", lineno)
        header = rest; sub(/^[^"]*"/, "", header); sub(/".*/, "", header)
        path = file; sub(/^src\//, "", path); folder = path; sub(/\/.*/, "", folder)
        base = file; sub(/.*\//, "", base)
        if (!(folder in may)) { print file ": folder " folder " is not in src/LAYERS"; bad = 1; next }
        if (header !~ /\//) { print file ":" lineno ": write the folder: #include \"" folder "/" header "\""; bad = 1; next }
        if (!allowed(folder, base, header)) { print file ":" lineno ": " folder " may not include " header " (src/LAYERS)"; bad = 1 }
}
END { exit bad }'
: > "$out"
