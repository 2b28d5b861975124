#!/usr/bin/env bash
# Builds the Debian package: build/zhanggui_VERSION_ARCH.deb. Its name is the last line on standard output.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

case ${1:-} in
'') ;;
--help | -h)
        sed -n '2s/^# //p' "$0"
        exit 0
        ;;
*) die "packaging/build-deb.sh takes no arguments" ;;
esac

built=$root/build-package tree=$root/build/package
{
        need_build
        need debhelper
        need_console_packages
        configure build-package -Dtests=false --buildtype=release -Db_lto=true --prefix=/usr
        step "build" ninja -C build-package
        # Package tools want their folder beside the files they take.
        rm -rf "$tree" && mkdir -p "$tree"
        cp -r README.md README.zh-CN.md docs packaging "$tree"
        cp -r packaging/debian "$tree/debian"
        version=$(meson introspect "$built" --projectinfo | sed -E 's/.*"version": "([^"]+)".*/\1/')
        printf 'zhanggui (%s) stable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- Zhanggui founders <zhanggui@localhost>  %s\n' \
                "$version" "$(git log -1 --format=%aD 2>/dev/null || date -R)" >"$tree/debian/changelog"
        rm -f build/zhanggui_*.deb build/zhanggui-dbgsym_*.deb
        step "package" env -C "$tree" BUILT="$built" OUT="$root/build" debian/rules binary
} >&2
ls build/zhanggui_*.deb
