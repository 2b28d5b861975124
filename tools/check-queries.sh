#!/bin/sh
# Every business table has merchant_id first in its primary key, and every query of a domain filters by it. Exempt: the
# store's own tables, sessions and logins (found before the merchant is known), and queries marked "all merchants" in a
# comment on the line above their .name.
set -eu
cd "$(dirname "$0")/.."
bad=0
for schema in src/*/schema.sql; do
        case $schema in src/store/*) continue ;; esac
        awk '
        /^create table/ { table = $0; sub(/^create table (if not exists )?/, "", table); sub(/[ (].*/, "", table); ok = 0; exempt = /exempt/ || note }
        { note = /exempt from merchant keys/ }
        /primary key *\( *merchant_id|merchant_id +bigint[^,]*primary key/ { ok = 1 }
        /^\)/ { if (table && !ok && !exempt) { print FILENAME ": " table " has no primary key that begins with merchant_id"; bad = 1 } table = "" }
        END { exit bad }' "$schema" || bad=1
done
for rows in src/*/*.c; do
        case $rows in src/store/* | src/base/* | src/net/* | src/platform/* | src/app/* | *_test.c) continue ;; esac
        awk '
        /all merchants/ { exempt = 2 }
        /\.name *= *"[a-z_]+\.[a-z_.]+"/ && !/\.zh|JSON_/ { name = $0; sub(/.*\.name *= *"/, "", name); sub(/".*/, "", name); sql = ""; insql = 0; skip = exempt > 0 }
        exempt > 0 { exempt-- }
        /\.sql *=/ { insql = 1 }
        insql { sql = sql $0; if (/",[ \t]*$|",[ \t]*\./) { insql = 0; if (name && !skip && sql !~ /merchant_id/) { print FILENAME ": query " name " does not name merchant_id"; bad = 1 } name = "" } }
        END { exit bad }' "$rows" || bad=1
done
exit $bad
