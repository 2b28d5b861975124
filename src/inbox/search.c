/* What was written, found again by its words. */
#include "inbox/parts.h"

#include "contacts/contacts.h"

#include <inttypes.h>

#define CHUNK 200       /* candidates fetched from the index at a time */
#define CHUNKS 10       /* per question: a word that is everywhere, beside one that is nowhere, must end */

struct words_row {
        int64_t id;
        const char *text;
};
static const struct db_col words_cols[] = {DB_COL_I(struct words_row, id), DB_COL_T(struct words_row, text)};
static const struct query q_words = {
        .name = "inbox.message_words",
        .sql = "select message_id as id, text from inbox_message where merchant_id = $1 and message_id in (:list $2)",
        .args = "iI",
        .row = words_cols,
        .n_row = countof(words_cols),
        .size = sizeof(struct words_row),
};

static const struct db_col hit_cols[] = {
        DB_COL_I(struct inbox_hit, message_id), DB_COL_I(struct inbox_hit, thread_id), DB_COL_T(struct inbox_hit, channel),
        DB_COL_T(struct inbox_hit, name),       DB_COL_T(struct inbox_hit, direction), DB_COL_T(struct inbox_hit, author),
        DB_COL_T(struct inbox_hit, text),       DB_COL_I(struct inbox_hit, sent_at),
};
static const struct query q_hits = {
        .name = "inbox.message_hits",
        .sql = "select m.message_id, m.thread_id, t.channel, coalesce(t.name, '') as name, m.direction, m.author, m.text,"
               " m.sent_at from inbox_message m join inbox_thread t on t.merchant_id = m.merchant_id"
               " and t.thread_id = m.thread_id where m.merchant_id = $1 and m.message_id in (:list $2)"
               " order by m.message_id desc",
        .args = "iI",
        .row = hit_cols,
        .n_row = countof(hit_cols),
        .size = sizeof(struct inbox_hit),
};

static int texts_of(struct ctx *ctx, const int64_t *ids, size_t n, const char **texts)
{
        struct words_row *rows;
        size_t n_rows;
        int r = db_all(ctx, &q_words, &rows, &n_rows, DB_I(ctx->merchant), DB_LIST_I(ids, n));

        if (r)
                return status_fold(r);
        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; !texts[i] && k < n_rows; k++)
                        if (rows[k].id == ids[i])
                                texts[i] = rows[k].text;
        return 0;
}

static const struct query q_all = {
        .name = "inbox.message_search_all",
        .sql = "insert into store_search_todo (merchant_id, kind, id) select merchant_id, $2, message_id from inbox_message"
               " where merchant_id = $1 and thread_id > 0 and text <> '' and direction <> 'event' on conflict do nothing",
        .args = "it",
};

const struct search_kind inbox_searches[] = {{"message", texts_of, &q_all}};

static const struct db_col newest_cols[] = {DB_COL_I(struct inbox_hit, message_id)};
static const struct query q_newest = {
        .name = "inbox.message_newest",
        .sql = "select message_id from inbox_message where merchant_id = $1 and thread_id > 0 order by message_id desc limit 1",
        .args = "i",
        .row = newest_cols,
        .n_row = countof(newest_cols),
        .size = sizeof(struct inbox_hit),
};

static int probe(struct ctx *ctx, bool *found)
{
        struct inbox_message message;
        struct inbox_hit newest;
        int r = db_one(ctx, &q_newest, &newest, DB_I(ctx->merchant));

        *found = r == 0;
        if (r)
                return r == DB_E_NONE ? 0 : status_fold(r);
        return inbox_message_get(ctx, newest.message_id, &message);
}
const struct probe inbox_probe = {"message", probe};

int inbox_index(struct ctx *ctx, int64_t thread_id, int64_t message_id, const char *text)
{
        return thread_id && !text_empty(text) ? search_touch(ctx, &inbox_searches[0], message_id) : 0;
}

/* The candidates that do match, appended to `hits` until `limit`. *seen: the oldest candidate looked at. */
static int keep(struct ctx *ctx, const char *q, const int64_t *ids, size_t n, struct inbox_hit *hits, size_t *n_hits,
                size_t limit, int64_t *seen)
{
        struct inbox_hit *rows;
        size_t n_rows;
        int r = db_all(ctx, &q_hits, &rows, &n_rows, DB_I(ctx->merchant), DB_LIST_I(ids, n));

        if (r)
                return status_fold(r);
        for (size_t i = 0; i < n_rows && *n_hits < limit; i++) {
                *seen = rows[i].message_id;
                if (search_matches(ctx->arena, rows[i].text, q))
                        hits[(*n_hits)++] = rows[i];
        }
        if (*n_hits < limit)
                *seen = ids[n - 1];
        return 0;
}

int inbox_search(struct ctx *ctx, const struct inbox_find *find, struct inbox_hit **hits, size_t *n, const char **next)
{
        size_t limit = (size_t)(find->limit ? find->limit : 20), got = CHUNK;
        int64_t before = 0, *ids;
        int r = 0;

        *n = 0;
        *next = NULL;
        if (find->cursor && text_to_int(find->cursor, 1, INT64_MAX, &before))
                return INBOX_E_CURSOR;
        *hits = arena_array(ctx->arena, struct inbox_hit, limit);
        for (unsigned i = 0; !r && i < CHUNKS && *n < limit && got == CHUNK; i++) {
                r = search_find(ctx, &inbox_searches[0], find->q, before, CHUNK, &ids, &got);
                if (r)
                        return r == SEARCH_E_EMPTY ? 0 : status_fold(r);
                if (got)
                        r = keep(ctx, find->q, ids, got, *hits, n, limit, &before);
        }
        if (!r && (got == CHUNK || (*n == limit && got && before > ids[got - 1])))
                *next = arena_printf(ctx->arena, "%" PRId64, before);
        return r;
}
