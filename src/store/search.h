/*
 * Search by words of what people wrote, Chinese first.
 *
 * A text becomes grams: each run of one class of characters (Chinese and other scripts, Latin letters, digits) gives, at
 * every place, the next 2, 3 or 4 characters (fewer at the run's end). So any part of a text is found, not only its
 * words: 退款 in 我要退款了, 7731 at the end of an order number, "cream" in "BBcream". Letters are compared without case,
 * full-width letters and digits as the usual ones. Each document carries its merchant and kind as one more token and
 * each question asks for it. A gram says "perhaps": the domain compares the text itself with search_matches().
 *
 * The index follows the rows: a verb calls search_touch() in its transaction, which leaves a row in store_search_todo and
 * one job per merchant and kind; the job asks the domain for the texts and writes the index, then removes the rows. What
 * is written twice is one document. On SQLite the index is a file of its own (search.db, FTS5): its pages do not pass
 * through the write lock of the business, and it can be made again. On PostgreSQL it is a table (tsvector, GIN), of which
 * the newest 20,000 rows are looked through by key first: GIN gathers all matches before it gives the first.
 */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "base/domain.h"
#include "store/db.h"

struct search; /* one per process */

/* What a domain lets be found. Its name is the documents' kind: lower-case letters only, as it is part of a token. */
struct search_kind {
        const char *name; /* "message" */
        /* The texts of up to SEARCH_BATCH of ctx->merchant's ids, in that order; NULL = gone, nothing to find. */
        int (*texts)(struct ctx *, const int64_t *ids, size_t n, const char **texts) MUST;
        /* "insert into store_search_todo (merchant_id, kind, id) select ..." of every document of merchant $1; $2 is the
         * kind. Run when the index is found empty: new, lost, or left behind by a backup. */
        const struct query *all;
};

#define SEARCH_BATCH 200          /* documents per run of the job */
#define SEARCH_TEXT_MAX 4096      /* bytes of a text that are indexed */
#define SEARCH_QUERY_MAX 128      /* bytes of a question that count */

/* `db`: the main database, which must outlive it; `file`: where SQLite's index lives, NULL on PostgreSQL. */
int search_open(struct search **, struct db *, const char *file) MUST;
void search_close(struct search *); /* harmless on NULL */
int search_checkpoint(struct search *) MUST; /* db_checkpoint() of the index's own file */

/* In the caller's WRITE transaction: this document is new. `kind` is one of the registry's; ctx->merchant owns it. */
int search_touch(struct ctx *, const struct search_kind *, int64_t id) MUST;

/*
 * At start, in a WRITE transaction: asks for the job of each kind of ctx->merchant that has something left to index; when
 * the index is empty, that is everything. Uses ctx->search.
 */
int search_start(struct ctx *) MUST;

/* Takes documents of ctx->merchant out of the index (a person is erased). No transaction may be open. */
int search_forget(struct ctx *, const struct search_kind *, const int64_t *ids, size_t n) MUST;

enum { SEARCH_E_EMPTY = 1 }; /* nothing in the question can be looked for: only blanks and signs */

/*
 * Ids of up to `limit` documents, the greatest id first, all below `before` (0 = from the newest), that may contain every word
 * of `query` (blanks separate words). Fewer than `limit` means that there are no more. Inside the caller's transaction;
 * uses ctx->search.
 */
int search_find(struct ctx *, const struct search_kind *, const char *query, int64_t before, int64_t limit, int64_t **ids,
                size_t *n) MUST;

/* Whether `text` contains every word of `query`, folded: the last word on a candidate. */
bool search_matches(struct arena *, const char *text, const char *query);

/* ---- for the store's own use and its tests ---- */

/* The grams of a text, separated by blanks, in the order of the text; "" when it has none. */
char *search_grams(struct arena *, const char *text);

/* One gram to ask for; prefix: of a word too short for a whole one. */
struct search_term {
        const char *gram;
        bool prefix;
};
size_t search_terms(struct arena *, const char *query, struct search_term **);

#endif
