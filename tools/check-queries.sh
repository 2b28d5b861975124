#!/bin/sh
# Every business table has merchant_id first in its primary key, and every query of a domain names merchant_id. What is
# found before the merchant is known, or belongs to the process, is exempt: tools/queries.exempt names it with its reason.
set -eu
cd "$(dirname "$0")/.."
bad=0
exempt() { grep -q "^$1 " tools/queries.exempt; }

for schema in src/*/schema.sql; do
        case $schema in src/store/*) continue ;; esac
        tables=$(awk '
        /^create table/ { table = $0; sub(/^create table (if not exists )?/, "", table); sub(/[ (].*/, "", table); ok = 0 }
        /primary key *\( *merchant_id|merchant_id +bigint[^,]*primary key/ { ok = 1 }
        /^\)/ { if (table && !ok) print table; table = "" }' "$schema")
        for t in $tables; do
                exempt "$t" || { echo "$schema: $t has no primary key that begins with merchant_id"; bad=1; }
        done
done

# Through the preprocessor, so that SQL pieced together from macros is seen as a whole.
for rows in src/*/*.c; do
        case $rows in src/store/* | src/base/* | src/net/* | src/platform/* | *_test.c) continue ;; esac
        grep -q 'struct query' "$rows" || continue
        names=$(cc -E -P -D_GNU_SOURCE -Isrc "$rows" | tr '\n' ' ' | grep -oE '\.name *= *"[a-z_]+\.[a-z_0-9]+" *, *\.sql *= *("[^"]*" *)+' |
                awk '!/merchant_id/ { sub(/^\.name *= *"/, ""); sub(/".*/, ""); print }')
        for q in $names; do
                exempt "$q" || { echo "$rows: query $q does not name merchant_id"; bad=1; }
        done
done
exit $bad
