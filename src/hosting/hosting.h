/*
 * hosting: one installation, many merchants. What an operator (staff/visit.h) does about them: make, agree on limits, suspend,
 * resume, look after their health. It owns no tables: a merchant is shops', his people and visits are staff's.
 *
 * An installation with one merchant needs none of this and sees none of it.
 */
#ifndef HOSTING_HOSTING_H
#define HOSTING_HOSTING_H

#include "shops/shops.h"

extern const struct domain hosting_domain;

enum {
        HOSTING_E_NONE = 1,  /* no such merchant */
        HOSTING_E_BAD = 2,   /* a name, limit or reason of the wrong form */
        HOSTING_E_LOGIN = 3, /* the owner's login is taken */
        HOSTING_E_AGAIN = 4, /* suspended, or working, already */
        HOSTING_E_VISIT = 5, /* acts for a merchant already, or for none */
        HOSTING_E_WEAK = 6,  /* password under 8 characters */
};

struct hosting_new {
        const char *name;           /* of the merchant */
        const char *login, *person; /* of its owner; person NULL: the login */
        const char *hash;           /* of his password: hosting_hash() */
        struct shops_terms terms;
};
int hosting_hash(struct ctx *, const char *password, const char **hash) MUST; /* 50 ms: not under the write lock. E_WEAK */
int hosting_create(struct ctx *, const struct hosting_new *, int64_t *merchant_id) MUST; /* E_BAD, E_LOGIN */

/* All of these set ctx->merchant. E_NONE. */
int hosting_terms(struct ctx *, int64_t merchant_id, const struct shops_terms *) MUST; /* E_BAD */
int hosting_suspend(struct ctx *, int64_t merchant_id, const char *why) MUST;          /* E_BAD, E_AGAIN; ends all sessions */
int hosting_resume(struct ctx *, int64_t merchant_id) MUST;                            /* E_AGAIN */

/* How a merchant does, in counts; and how each of his accounts does. */
struct hosting_health {
        struct shops_merchant m;
        int64_t accounts, pending, shops, people;
        int64_t last_callback_at;        /* ms; 0 = never */
        int64_t fails, warns;            /* what the doctor found */
        int64_t waiting, waiting_since;  /* customers; ms, 0 = nobody */
        int64_t jobs_waiting, jobs_dead;
};
/* A fixed number of queries, however many merchants there are. As shops_merchant_page(). */
int hosting_page(struct ctx *, const char *q, int64_t after, int64_t limit, struct hosting_health **, size_t *n) MUST;
int hosting_one(struct ctx *, int64_t merchant_id, struct hosting_health *) MUST; /* sets ctx->merchant; E_NONE */

struct hosting_account {
        const struct shops_account *account;
        int64_t last_callback_at; /* ms; of a 微信客服 account its corp's; 0 = never */
        int64_t fails, warns, waiting, jobs_dead;
        const char *zh, *en; /* the worst finding; NULL = none */
};
int hosting_accounts(struct ctx *, struct hosting_account **, size_t *n) MUST; /* of ctx->merchant */

/*
 * What a hosted merchant cannot have, and why: one table, for the console, the wizard and docs/reference/hosted.md. The reasons
 * are the platform's, not ours.
 */
struct hosting_lack {
        const char *key;                      /* "shopkf" */
        const char *zh, *en;                  /* the function */
        const char *why_zh, *why_en;          /* why not */
        const char *instead_zh, *instead_en;  /* what there is instead */
        const char *source;                   /* where the platform says so */
};
const struct hosting_lack *hosting_lacks(size_t *n);

#endif
