#!/usr/bin/env bash
# Installs the package in a bare Debian 12 root, made for it and removed afterwards, and shows what a newcomer would see:
#   packaging/try.sh [MIRROR]
# how long until the login page, and that restarts lose nothing. Needs root; MIRROR is a Debian mirror's URL.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh
case ${1:-} in
--help | -h)
        sed -n '2,4s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
esac
[ "$(id -u)" = 0 ] || die "packaging/try.sh makes a root folder of its own and enters it: run it as root"
need debootstrap curl
# Mounts of its own: they go with the last process, whatever happens.
[ -n "${TRY_PRIVATE:-}" ] || exec env TRY_PRIVATE=1 unshare --mount --propagation private "$0" "$@"
mirror=${1:-http://deb.debian.org/debian}
deb=$(packaging/build-deb.sh | tail -1)
top=$(mktemp -d) server=
bare=$top/root
finish() {
        [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
        umount "$bare/proc" 2>/dev/null || true
        rm -rf --one-file-system "$top"
}
trap finish EXIT

step "bare Debian 12 root" debootstrap --variant=minbase bookworm "$bare" "$mirror"
# What this machine needs to reach its mirrors, the root needs as well.
cp /etc/resolv.conf "$bare/etc/" && cp /etc/apt/apt.conf.d/* "$bare/etc/apt/apt.conf.d/" 2>/dev/null || true
cp -r /etc/ssl/certs/. "$bare/etc/ssl/certs/" 2>/dev/null || { mkdir -p "$bare/etc/ssl" && cp -r /etc/ssl/certs "$bare/etc/ssl/"; }
cp "$deb" "$bare/tmp/zhanggui.deb"
mknod -m 666 "$bare/dev/null" c 1 3 2>/dev/null || true
mknod -m 666 "$bare/dev/urandom" c 1 9 2>/dev/null || true
mount -t proc proc "$bare/proc"

inside() { exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive chroot "$@"; }
begun=$(date +%s%N)
step "apt-get update" inside "$bare" apt-get update -q
step "apt-get install ./zhanggui.deb" inside "$bare" apt-get install -y -q --no-install-recommends /tmp/zhanggui.deb
printf 'a password to try\n' | inside --userspec=zhanggui:zhanggui "$bare" zhanggui init --merchant 试用 --login owner --data /var/lib/zhanggui
# The unit's own line, with a port that is free here.
port=$((20000 + RANDOM % 20000))
line=$(sed -n 's/^ExecStart=//p' "$bare/lib/systemd/system/zhanggui.service")
# shellcheck disable=SC2086
inside --userspec=zhanggui:zhanggui "$bare" $line --listen "127.0.0.1:$port" 2>"$top/serve.log" &
server=$!
until curl -fs "http://127.0.0.1:$port/" | grep -q '<div id="app"'; do
        kill -0 "$server" || { cat "$top/serve.log"; die "the server ended"; }
        sleep 0.05
done
say "login page $(((($(date +%s%N) - begun) / 1000000))) ms after the bare root was there"
kill "$server" && wait "$server" || true
server=

mkdir "$top/bin"
printf '#!/bin/sh\nexec chroot %s /usr/bin/zhanggui "$@"\n' "$bare" >"$top/bin/zhanggui"
chmod +x "$top/bin/zhanggui"
ZHANGGUI_BUILD=$top/bin bash tests/suites/play.sh tests/package/restart.test.ts
