/* What every driver of db.h needs: arguments checked, lists made portable. */
#include "store/db_impl.h"

#include "base/json.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int db_args_check(const struct query *q, const struct db_value *v, size_t n)
{
        const char *letters = q->args ? q->args : "";
        size_t i;

        if (n != strlen(letters) || n > DB_ARGS_MAX)
                return fatal(EINVAL, "%s: takes %zu arguments, got %zu", q->name, strlen(letters), n);
        for (i = 0; i < n; i++)
                if (v[i].type != (enum db_type)letters[i])
                        return fatal(EINVAL, "%s: argument $%zu is declared '%c', got '%c'", q->name, i + 1, letters[i],
                                     (char)v[i].type);
        return 0;
}

const char *db_list_json(struct arena *arena, const struct db_value *v)
{
        const char *const *texts = v->p;
        const int64_t *ints = v->p;
        struct text out;
        size_t i;

        text_init(&out, arena);
        text_add_n(&out, "[", 1);
        for (i = 0; i < v->n; i++) {
                if (i > 0)
                        text_add_n(&out, ",", 1);
                if (v->type == DB_INTS)
                        text_addf(&out, "%" PRId64, ints[i]);
                else if (texts[i])
                        json_quote(&out, texts[i]);
                else
                        text_add(&out, "null");
        }
        text_add_n(&out, "]", 1);
        return out.p;
}

char *db_sql_expand(const char *sql)
{
        static const char mark[] = ":list ", open[] = "select value from json_each(";
        size_t lists = 0, digits;
        const char *from, *at;
        char *out, *to;

        for (at = sql; (at = strstr(at, mark)); at += strlen(mark))
                lists++;
        out = to = malloc(strlen(sql) + lists * sizeof open + 1);
        if (!out)
                return NULL;
        for (from = sql; (at = strstr(from, mark)); from = at + digits) {
                to = mempcpy(to, from, (size_t)(at - from));
                to = mempcpy(to, open, strlen(open));
                at += strlen(mark);
                digits = strspn(at, "$0123456789"); /* "$n"; anything else fails at prepare */
                to = mempcpy(to, at, digits);
                *to++ = ')';
        }
        memcpy(to, from, strlen(from) + 1);
        return out;
}

void db_assert_none(const struct ctx *ctx)
{
        if (!ctx->db)
                return;
        log_event(LOG_ERROR, "db.assert", "what", "a transaction is open where none may be", NULL);
        abort(); /* going on would hold the write lock over a remote call; ending is safe by design */
}
