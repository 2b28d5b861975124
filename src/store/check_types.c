#include "store/check_types.h"

#include "base/log.h"
#include "store/db_impl.h"

#include <sqlite3.h>
#include <string.h>

/* What typeof() may answer for a declared type, as an SQL list; NULL = a type the SQL subset does not have. */
static const char *allowed(const char *declared)
{
        static const struct {
                const char *declared, *types;
        } rules[] = {
                {"bigint", "'integer'"}, {"smallint", "'integer'"}, {"integer", "'integer'"},
                {"text", "'text'"},      {"bytea", "'blob'"},       {"double precision", "'real'"},
        };
        size_t i;

        for (i = 0; i < countof(rules); i++)
                if (sqlite3_stricmp(rules[i].declared, declared) == 0)
                        return rules[i].types;
        return NULL;
}

/* 1 when some row breaks the rule. */
static int check_column(struct ctx *ctx, const char *table, const char *column, const char *declared)
{
        const char *types = allowed(declared);
        sqlite3_stmt *st = NULL;
        char *sql;
        int rc;

        if (!types) {
                log_event(LOG_ERROR, "check.type", "table", table, "column", column, "declared", declared, NULL);
                return 1;
        }
        sql = sqlite3_mprintf("select typeof(\"%w\") from \"%w\" where typeof(\"%w\") not in ('null', %s) limit 1",
                              column, table, column, types);
        rc = sql ? sqlite3_prepare_v2(db_handle(ctx), sql, -1, &st, NULL) : SQLITE_NOMEM;
        sqlite3_free(sql);
        if (rc == SQLITE_OK)
                rc = sqlite3_step(st);
        if (rc == SQLITE_ROW)
                log_event(LOG_ERROR, "check.type", "table", table, "column", column, "declared", declared, "found",
                          (const char *)sqlite3_column_text(st, 0), NULL);
        sqlite3_finalize(st);
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
                return fatal(EIO, "check of %s.%s: %s", table, column, sqlite3_errstr(rc));
        return rc == SQLITE_ROW;
}

int db_check_types(struct ctx *ctx)
{
        static const char sql[] = "select t.name, c.name, c.type from sqlite_schema t, pragma_table_info(t.name) c"
                                  " where t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\'"
                                  " and t.sql not like 'create virtual%' order by t.name, c.cid";
        sqlite3_stmt *st = NULL;
        int rc, r, wrong = 0;

        if (!ctx->db)
                return fatal(EINVAL, "the check of types needs a transaction");
        if (!db_handle(ctx))
                return 0; /* this database checks types by itself */
        rc = sqlite3_prepare_v2(db_handle(ctx), sql, -1, &st, NULL);
        while (rc == SQLITE_OK || rc == SQLITE_ROW) {
                rc = sqlite3_step(st);
                if (rc != SQLITE_ROW)
                        break;
                r = check_column(ctx, (const char *)sqlite3_column_text(st, 0),
                                 (const char *)sqlite3_column_text(st, 1), (const char *)sqlite3_column_text(st, 2));
                if (r < 0) {
                        sqlite3_finalize(st);
                        return r;
                }
                wrong += r;
        }
        sqlite3_finalize(st);
        return rc == SQLITE_DONE ? wrong : fatal(EIO, "check of types: %s", sqlite3_errstr(rc));
}
