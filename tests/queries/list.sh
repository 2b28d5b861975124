#!/bin/sh
# list.sh OUT FILE...: the queries that the files declare for their folder, as a table in C.
set -eu
out=$1
shift
names=$(sed -nE 's/^const struct query ([a-z_0-9]+) = \{.*/\1/p' "$@")
[ -n "$names" ] || { echo "list.sh: no query found" >&2; exit 1; }
{
        printf '#include "store/db.h"\n\nextern const struct query *const all_queries[];\nextern const size_t n_all_queries;\n\n'
        printf 'extern const struct query %s;\n' $names
        printf '\nconst struct query *const all_queries[] = {\n'
        printf '        &%s,\n' $names
        printf '};\nconst size_t n_all_queries = countof(all_queries);\n'
} >"$out"
