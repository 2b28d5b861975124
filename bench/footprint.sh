#!/usr/bin/env bash
# Prints one JSON line: {"ready_ms":…,"idle_kb":…,"binary_kb":…}
#   ready_ms   median of 5 starts of "zhanggui serve" on an empty data folder until /readyz answers 200
#   idle_kb    proportional memory (Pss) of the server 60 s after the demo is ready, one console's event stream open
#   binary_kb  the program, stripped, with the console inside
# FOOTPRINT_WAIT=SECONDS changes the 60 (for a quick look).
set -euo pipefail
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
demo=
trap '[ -z "$demo" ] || { kill "$demo" 2>/dev/null || true; wait "$demo" 2>/dev/null || true; }; rm -rf "$tmp"' EXIT

# Until the server on port $1 says it is ready.
wait_ready() {
        local line
        for _ in $(seq 2000); do
                if { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null; then
                        printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3
                        read -r line <&3 || line=
                        exec 3>&-
                        case $line in *200*) return 0 ;; esac
                fi
                sleep 0.001
        done
        return 1
}

starts=()
for i in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 20000))
        begun=$(date +%s%N)
        build/zhanggui serve --data "$tmp/empty$i" --listen "127.0.0.1:$port" 2>"$tmp/serve.log" &
        pid=$!
        wait_ready "$port"
        starts+=($((($(date +%s%N) - begun) / 1000000)))
        kill "$pid"
        wait "$pid" || true
done
ready_ms=$(printf '%s\n' "${starts[@]}" | sort -n | sed -n 3p)

build/zhanggui demo --listen 127.0.0.1:0 --data "$tmp/demo" >"$tmp/ready" 2>"$tmp/demo.log" &
demo=$!
for _ in $(seq 300); do
        [ -s "$tmp/ready" ] && break
        sleep 0.1
done
field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/" "$tmp/ready"; }
console=$(field console)
curl -s -c "$tmp/cookies" -H 'Content-Type: application/json' \
        -d "{\"login\":\"$(field user)\",\"password\":\"$(field password)\"}" "$console/api/login" >/dev/null
for page in / /api/me '/api/threads?view=waiting' '/api/cases?state=waiting' /api/orders; do
        curl -s --compressed -b "$tmp/cookies" "$console$page" >/dev/null
done
curl -sN -b "$tmp/cookies" "$console/api/events?topics=inbox,orders,aftersales,contacts" >/dev/null &
stream=$!
sleep "${FOOTPRINT_WAIT:-60}"
server=$(pgrep -P "$demo" -x zhanggui | head -1)
idle_kb=$(awk '/^Pss:/ {print $2}' "/proc/$server/smaps_rollup")
kill "$stream"
strip -o "$tmp/stripped" build/zhanggui
binary_kb=$(($(stat -c %s "$tmp/stripped") / 1024))
printf '{"ready_ms":%d,"idle_kb":%d,"binary_kb":%d}\n' "$ready_ms" "$idle_kb" "$binary_kb"
