/* What the doctor's checks (base/check.h) found last. */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include "base/check.h"
#include "store/db.h"

struct check_row {
        int64_t merchant_id, account_id, level, at, since;
        const char *name, *zh, *en, *fix_zh, *fix_en, *facts;
};

/* Keeps a result in place of the former; *changed: its level is another than before. */
int check_keep(struct ctx *, const struct check_of *, const char *name, const struct check_result *, bool *changed) MUST;
enum { CHECK_E_NONE = 1 }; /* never looked */
int check_get(struct ctx *, int64_t account_id, const char *name, struct check_row *) MUST; /* of ctx->merchant */
/* Forgets what was found of an account that is no more. */
int check_forget(struct ctx *, int64_t account_id) MUST;
/* Of ctx->merchant and of the installation, by account and name. */
int check_list(struct ctx *, struct check_row **, size_t *n) MUST;
/* Those of them that warn or fail. */
int check_list_bad(struct ctx *, struct check_row **, size_t *n) MUST;

/* How many findings of each of these merchants fail or warn; `merchants` ascend. */
struct check_count {
        int64_t merchant_id, fails, warns;
};
int check_counts(struct ctx *, const int64_t *merchants, size_t n, struct check_count **) MUST;

#endif
