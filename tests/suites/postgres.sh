#!/usr/bin/env bash
# The C tests once more, on a throw-away PostgreSQL instead of SQLite.
. "$(dirname "$0")/lib.sh"
dir=$(mktemp -d)
trap 'tools/postgres.sh stop "$dir/pg"; rm -rf "$dir"' EXIT
chmod 755 "$dir"
ZHANGGUI_TEST_DB=$(tools/postgres.sh start "$dir/pg") || finish
export ZHANGGUI_TEST_DB
for t in build-test/{store,shops,staff,contacts,catalogue,orders,aftersales,inbox}_*_test; do
        check "$(basename "$t")" timeout 120 "$t"
done
finish
