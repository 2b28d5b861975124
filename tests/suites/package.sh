#!/usr/bin/env bash
# The Debian package: what is in it, and whether what is in it works. packaging/try.sh installs it in a bare root.
. "$(dirname "$0")/lib.sh"
built() { packaging/build-deb.sh; }
check "the package is built" built
deb=$(ls build/zhanggui_*.deb 2>/dev/null)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
check "it unpacks" dpkg-deb -x "$deb" "$tree"
holds() { test -s "$tree/$1" -a ! -L "$tree/$1"; }
for f in usr/bin/zhanggui usr/bin/zhanggui-sim etc/zhanggui/zhanggui.conf lib/systemd/system/zhanggui.service \
        lib/systemd/system/zhanggui.socket usr/share/doc/zhanggui/examples/nginx.conf usr/share/doc/zhanggui/examples/Caddyfile \
        usr/share/doc/zhanggui/operate.md.gz usr/share/doc/zhanggui/README.md.gz; do
        check "holds $f" holds "$f"
done
is_conffile() { dpkg-deb --info "$deb" conffiles | grep -qx /etc/zhanggui/zhanggui.conf; }
check "the configuration survives upgrades" is_conffile
secret() { test "$(stat -c %a "$tree/etc/zhanggui/zhanggui.conf")" = 640; }
check "the configuration is not for everybody" secret
understood() { ! "$tree/usr/bin/zhanggui" serve --config "$tree/etc/zhanggui/zhanggui.conf" --data /nowhere/at/all 2>&1 | grep -q '"event":"conf'; }
check "its configuration is understood" understood
if command -v nginx >/dev/null; then
        # The example with a certificate made here, for nginx to look at.
        nginx_takes() {
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=desk.example.com \
                        -keyout "$tree/privkey.pem" -out "$tree/fullchain.pem" &&
                        { printf 'pid %s/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n' "$tree" &&
                                sed "s|/etc/letsencrypt/live/desk.example.com|$tree|" packaging/examples/nginx.conf && printf '}\n'; } >"$tree/nginx.conf" &&
                        nginx -t -c "$tree/nginx.conf"
        }
        check "nginx takes the example" nginx_takes
fi
if command -v systemd-analyze >/dev/null; then
        # With the program where it is here, or "not executable" hides everything else.
        units() {
                local u=$tree/lib/systemd/system
                sed -i "s|/usr/bin/zhanggui|$tree/usr/bin/zhanggui|" "$u/zhanggui.service"
                ! SYSTEMD_LOG_LEVEL=notice systemd-analyze verify --man=no "$u/zhanggui.socket" "$u/zhanggui.service" 2>&1 | grep "$u"
        }
        check "systemd takes the units" units
fi
restarts() { ZHANGGUI_BUILD=$tree/usr/bin bash tests/suites/play.sh tests/package/restart.test.ts; }
check "restarts lose nothing" restarts
finish
