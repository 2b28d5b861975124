# shellcheck shell=bash
# What ./run and ./test share: installing what is missing, steps with moving progress. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/logs
mkdir -p "$logs"
fancy=0
[ -t 1 ] && fancy=1

say() { printf '%s\n' "$*"; }
die() { printf '\n%s\n' "$*" >&2; exit 1; }

# step "what" command...: runs the command with its output in a log, shows that time moves, tells how long it took.
step() {
        local what=$1 log pid begun=$SECONDS frames='|/-\' i=0 rc=0 last=0
        shift
        log=$logs/$(printf '%s' "$what" | tr -cs 'A-Za-z0-9' '-').log
        "$@" >"$log" 2>&1 </dev/null &
        pid=$!
        trap 'kill $pid 2>/dev/null; wait $pid 2>/dev/null; exit 130' INT TERM
        while kill -0 "$pid" 2>/dev/null; do
                local detail
                detail=$(tail -c 300 "$log" 2>/dev/null | tr '\r' '\n' | grep -aoE '^\[[0-9]+/[0-9]+\]' | tail -1 || true)
                if [ $fancy = 1 ]; then
                        printf '\r  %s %s %s (%d s) ' "${frames:i++%4:1}" "$what" "$detail" $((SECONDS - begun))
                elif [ $((SECONDS - begun - last)) -ge 10 ]; then
                        last=$((SECONDS - begun))
                        printf '    ... %s %s (%d s)\n' "$what" "$detail" "$last"
                fi
                sleep 0.2
        done
        trap - INT TERM
        wait "$pid" || rc=$?
        [ $fancy = 1 ] && printf '\r\033[K'
        if [ $rc != 0 ]; then
                printf '  x %s failed after %d s; the end of %s:\n' "$what" $((SECONDS - begun)) "${log#"$root"/}"
                tail -40 "$log"
                return $rc
        fi
        printf '  + %s (%d s)\n' "$what" $((SECONDS - begun))
}

as_root() {
        if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
                die "Packages are missing and I am neither root nor is there sudo. As root: apt-get install ${missing[*]}"
        fi
}

install_missing() {
        as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# need package...: installs those that are not there, saying which.
need() {
        local p
        missing=()
        for p in "$@"; do
                [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
        done
        [ ${#missing[@]} = 0 ] && return 0
        say "Installing Debian packages: ${missing[*]}"
        step "packages" install_missing "${missing[@]}"
}

build_packages=(gcc libc6-dev meson ninja-build pkgconf libevent-dev libsqlite3-dev libpq-dev libjansson-dev libexpat1-dev
        libcurl4-openssl-dev libssl-dev libsodium-dev libzstd-dev libcsv-dev zlib1g-dev uthash-dev ca-certificates)

# npm itself comes with Debian; the Node and npm that build the console are pinned in web/node/package.json, because
# Debian 12's are too old: its npm leaves out what its own Node could not run.
need_build() {
        need "${build_packages[@]}"
        command -v npm >/dev/null || need npm
}

# packages_of FOLDER WHAT command...: runs the command when the folder's lock file changed since it was last run.
packages_of() {
        local folder=$1 what=$2 stamp=$1/node_modules/.lock-sum sum
        shift 2
        sum=$(sha256sum <"$folder/package-lock.json")
        [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && return 0
        say "Installing $what from npm"
        step "npm: $what" "$@"
        printf '%s\n' "$sum" >"$stamp"
}

need_console_packages() {
        packages_of "$root/web/node" "pinned Node" npm --prefix "$root/web/node" ci --no-audit --no-fund &&
                packages_of "$root/web" "the console's packages" sh "$root/web/tools/node.sh" npm --prefix "$root/web" ci --no-audit --no-fund
}

# configure DIR meson-option...: sets a build folder up once; options that changed are applied.
configure() {
        local dir=$1
        shift
        if [ -f "$dir/build.ninja" ]; then
                [ "$(cat "$dir/.options" 2>/dev/null)" = "$*" ] || step "configure ${dir##*/}" meson configure "$dir" "$@"
        else
                step "configure ${dir##*/}" meson setup "$dir" "$root" "$@"
        fi
        printf '%s\n' "$*" >"$dir/.options"
}
