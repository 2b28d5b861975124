/*
 * backfill: reading at the platform what nobody told us of. The ninety days before an account was connected, a night that
 * this server was down, and the notice that got lost just now are one thing: a stretch of the platform's time that we have
 * not read yet. Newest first, so that what happens now is never behind what happened in spring.
 *
 * Who keeps a kind of object declares a source (struct domain); the reading, its order, its pauses and its progress are
 * here. It only reads: a read-only account is filled like any other.
 */
#ifndef BACKFILL_BACKFILL_H
#define BACKFILL_BACKFILL_H

#include "base/domain.h"
#include "shops/shops.h"
#include "store/db.h"

extern const struct domain backfill_domain;

struct wx_fault;

/* What a list call is asked, and what it answers. Texts live in ctx's arena. */
struct backfill_ask {
        int64_t begin_s, end_s; /* of update time; a source without time takes no notice */
        const char *next_key;   /* of the page before; NULL = the first */
};
struct backfill_page {
        const char *const *ids;
        size_t n;
        const char *next_key;         /* NULL = the stretch has no more pages */
        const struct bytes *objects;  /* one per id where the list tells them whole: nothing is fetched. Else NULL */
};

enum { BACKFILL_E_BAD = 1 }; /* keep: what the platform answered is no such object; it is passed over, and logged */

/* A kind of object of a kind of account. Job threads call list and get, without a transaction; keep and fresh run inside
 * one, many objects in each. */
struct backfill_source {
        const char *what;    /* "orders" */
        const char *account; /* kind of account: "shop" */
        const char *path;    /* the call whose day's quota it lives on; NULL = none is told */
        int64_t every_ms;    /* between two looks */
        bool by_time;        /* the list takes a stretch of update time; else each look lists everything */
        int (*list)(struct ctx *, int64_t account_id, const struct backfill_ask *, struct backfill_page *,
                    struct wx_fault *) MUST; /* WX_E_* */
        int (*get)(struct ctx *, int64_t account_id, const char *remote_id, struct bytes *object,
                   struct wx_fault *) MUST; /* WX_E_*; NULL when every page carries objects and none is wanted */
        int (*keep)(struct ctx *, int64_t account_id, const char *remote_id, struct bytes object) MUST; /* BACKFILL_E_BAD */
        /* Was it read after `since` (ms) anyway? NULL = never. */
        int (*fresh)(struct ctx *, int64_t account_id, const char *remote_id, int64_t since, bool *fresh) MUST;
        /* Optional, of a source without time: a look that began at `since` (ms) has listed everything. What was not kept
         * since then is gone, or hidden: `ids` are to be fetched one by one, to find out which. */
        int (*missing)(struct ctx *, int64_t account_id, int64_t since, const char *const **ids, size_t *n) MUST;
};

#define BACKFILL_DAYS 90
#define BACKFILL_EVERY_MS (3 * 60 * 1000LL) /* what most sources take for every_ms */

/* At start and when connected: every source of this kind of account begins to read, or goes on where it was. */
int backfill_start(struct ctx *, const struct shops_account *) MUST;

enum { BACKFILL_E_NONE = 2 }; /* no such source, or it has not begun */

/* One object that was named elsewhere (a case names its order): it waits among the others, as if it had changed at `at_s`.
 * BACKFILL_E_NONE when the account has no such reader. */
int backfill_want(struct ctx *, int64_t account_id, const char *what, const char *remote_id, int64_t at_s) MUST;

/* Takes the last `days` of `what` on again, whatever is known of them. */
int backfill_again(struct ctx *, int64_t account_id, const char *what, int64_t days) MUST;

#endif
