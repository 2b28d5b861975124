/*
 * Switches: misbehaviour on request, and the points of the platform's contract that nobody has confirmed. A switch is
 * a row; its default is the reading the documents make likeliest.
 */
#ifndef SIM_SWITCH_H
#define SIM_SWITCH_H

#include "base/status.h"
#include "base/arena.h"

#include <stdbool.h>

struct sim;

enum switch_id { /* in the order of the table, which is sorted by name */
                 SW_ACQUISITION_BALANCE,
                 SW_BAD_SIGNATURE,
                 SW_BALANCE_SHORT,
                 SW_BOUND,
                 SW_BROKEN,
                 SW_BROKEN_HOW,
                 SW_BROKEN_PERCENT,
                 SW_BUDGET_SHARED,
                 SW_CASE_ABSOLUTE,
                 SW_CATEGORY_PRESALE,
                 SW_CERTIFIED,
                 SW_CLIENT_ENDS,
                 SW_CODE_ERRCODE,
                 SW_CONFIRM_MS,
                 SW_CONSENT_MISSING,
                 SW_CONTACTS_MAX,
                 SW_CUSTOMERS_A_DAY,
                 SW_DAY_CALLS,
                 SW_DECODE_QUOTA,
                 SW_DELAY_MS,
                 SW_DROP,
                 SW_DUPLICATE,
                 SW_EMPTY_PAGES,
                 SW_ESCAPES_REFUSED,
                 SW_EVENT_COUNTS,
                 SW_FAIL_TYPE,
                 SW_FORBIDDEN_TYPE,
                 SW_HALF_CONTACTS,
                 SW_IDS_MIXED,
                 SW_INTERCEPTS,
                 SW_IP_NEEDS_URL,
                 SW_IP_TRUSTED,
                 SW_KF_ACCOUNTS_MAX,
                 SW_KF_API,
                 SW_LIST_EMPTY,
                 SW_LOSE_ANSWER,
                 SW_MASKED,
                 SW_NATIVE_WELCOME,
                 SW_NEGOTIATE_FIRST,
                 SW_ORDER_PAUSE_MS,
                 SW_PAGE_MAX,
                 SW_RATE_LIMIT,
                 SW_REFUND_FAILS,
                 SW_REFUND_MS,
                 SW_REORDER,
                 SW_REPEAT_CODE,
                 SW_REVIEW_MS,
                 SW_REVIEW_REJECTS,
                 SW_SEARCH_ORDERS,
                 SW_SECRET_ERRORS,
                 SW_SEND_ASSIGNS,
                 SW_SESSION_STARTS,
                 SW_SHOP_CLOSING,
                 SW_SLOW_MS,
                 SW_TOKENLESS_PER_MINUTE,
                 SW_UNPAID_TIMEOUT_S,
                 SW_UNSHIPPED_AGREES_S,
                 SW_UPGRADE_EXCLUSIVE,
                 SW_WAYS_MAX,
                 SW_WECOM_RETRY_MS,
                 SW_N,
};

enum switch_kind { SWITCH_BOOL, SWITCH_NUMBER, SWITCH_TEXT };

struct switch_row {
        const char *name;
        enum switch_kind kind;
        int64_t def, max; /* numbers: 0..max (or -1 where def is -1) */
        const char *zh, *en;
};

struct switch_value {
        int64_t n;        /* flag or number */
        const char *text; /* SWITCH_TEXT; "" = off */
};

extern const struct switch_row switches[SW_N];

void switches_reset(struct sim *);
int64_t switch_on(const struct sim *, enum switch_id); /* flag or number */
const char *switch_text(const struct sim *, enum switch_id);

enum { SWITCH_E_NAME = 1, SWITCH_E_VALUE = 2 };
/* "true", "false", "1", "0", a number, or a text, by the row's kind. */
int switch_set(struct sim *, const char *name, const char *value) MUST;

#endif
