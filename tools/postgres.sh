#!/usr/bin/env bash
# A throw-away PostgreSQL of Debian's package, for tests and measurements: its own folder, its own port on loopback.
#   postgres.sh start DIR [SETTING]...  makes and starts it, prints its URL; a setting is a line of postgresql.conf
#   postgres.sh stop DIR               ends it and removes the folder
#   postgres.sh restart DIR            kills it at once (-m immediate) and starts it again on the same port
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || { echo "postgres.sh: no PostgreSQL here; install the package postgresql" >&2; exit 1; }
[ $# -ge 2 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
dir=$(realpath -m "$2")

# The server refuses to run as root.
as_owner() {
        if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}
free_port() {
        local port
        for port in $(shuf -i 20000-32000 -n 50); do
                (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
        done
        return 1
}
launch() { as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 30 start >/dev/null; }

case $1 in
start)
        mkdir -p "$dir"
        [ "$(id -u)" != 0 ] || { chown postgres "$dir"; chmod 755 "$dir"; }
        as_owner "$bin/initdb" -D "$dir/data" -U zhanggui -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
        port=$(free_port)
        # Everybody is trusted, but one who has to name a password: so that a wrong one can be tried.
        as_owner sed -i '1i host all locked 127.0.0.1/32 scram-sha-256' "$dir/data/pg_hba.conf"
        cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
max_pred_locks_per_transaction = 256
log_min_messages = warning
CONF
        [ $# = 2 ] || printf '%s\n' "${@:3}" >>"$dir/data/postgresql.conf"
        echo "$port" >"$dir/port"
        launch || { cat "$dir/log" >&2; exit 1; }
        echo "postgresql://zhanggui@127.0.0.1:$port/postgres"
        ;;
restart)
        as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null
        launch
        ;;
stop)
        as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
        rm -rf "$dir"
        ;;
*)
        echo "postgres.sh: start, restart or stop, not \"$1\"" >&2
        exit 2
        ;;
esac
