/* A case as the API and the consoles' notices show it. Private. */
#ifndef AFTERSALES_VIEW_H
#define AFTERSALES_VIEW_H

#include "aftersales/states.h"

#define AFTERSALES_VIEW_MEMBERS                                                                                        \
        int64_t case_id, account_id, order_id, identity_id, amount, deadline, created_at, updated_at, version;         \
        const char *account_name, *remote_id, *order_remote_id, *type, *type_text, *status, *status_text;              \
        const char *reason_text, *product_title, *decision, *decision_note, *address_id;                               \
        bool can_approve, can_reject, needs_address;

struct aftersales_view {
        AFTERSALES_VIEW_MEMBERS
};
extern const struct json_desc aftersales_view_desc;

/* The view's fields in struct S, which has the members: for descriptors of larger shapes. */
#define AFTERSALES_VIEW_FIELDS(S)                                                                                      \
        JSON_KEY(S, case_id, JSON_REQUIRED, "our id"), JSON_KEY(S, account_id, JSON_REQUIRED, "the shop"),             \
                JSON_STR(S, account_name, JSON_REQUIRED, 0, 0, "its name"),                                            \
                JSON_ID(S, remote_id, JSON_REQUIRED, "the platform's after_sale_order_id"),                            \
                JSON_ID(S, order_remote_id, JSON_REQUIRED, "the platform's order number"),                             \
                JSON_KEY(S, order_id, 0, "our order; null: not known yet"),                                            \
                JSON_KEY(S, identity_id, 0, "the buyer; null: not told"),                                              \
                JSON_STR(S, type, JSON_REQUIRED, 0, 0, "REFUND RETURN EXCHANGE RESHIP"),                               \
                JSON_STR(S, type_text, JSON_REQUIRED, 0, 0, "the type in words"),                                      \
                JSON_STR(S, status, JSON_REQUIRED, 0, 0, "the platform's word"),                                       \
                JSON_STR(S, status_text, JSON_REQUIRED, 0, 0, "the status in words"),                                  \
                JSON_INT(S, amount, JSON_REQUIRED, 0, 0, "fen"),                                                       \
                JSON_STR(S, reason_text, 0, 0, 0, "the buyer's reason"),                                               \
                JSON_STR(S, product_title, 0, 0, 0, "what it is about"),                                               \
                JSON_INT(S, deadline, JSON_REQUIRED, 0, 0, "ms; 0 = none told"),                                       \
                JSON_INT(S, created_at, JSON_REQUIRED, 0, 0, "ms"),                                                    \
                JSON_INT(S, updated_at, JSON_REQUIRED, 0, 0, "ms, the platform's"),                                    \
                JSON_STR(S, decision, JSON_REQUIRED, 0, 0,                                                             \
                         "none approving approved rejecting rejected refused unknown"),                                \
                JSON_STR(S, decision_note, 0, 0, 0, "what to do next"),                                                \
                JSON_STR(S, address_id, 0, 0, 0, "return address given"),                                              \
                JSON_INT(S, version, JSON_REQUIRED, 0, 0, "a decision names the one it saw"),                          \
                JSON_BOOL(S, can_approve, JSON_REQUIRED, "may be agreed to now"),                                      \
                JSON_BOOL(S, can_reject, JSON_REQUIRED, "may be refused now"),                                         \
                JSON_BOOL(S, needs_address, JSON_REQUIRED, "agreeing must name a return address")

int aftersales_view_of(struct ctx *, const struct aftersales_case *, const struct shops_account *, bool english,
                       struct aftersales_view *) MUST; /* account NULL: looked up */
int aftersales_views(struct ctx *, const struct aftersales_case *, size_t n, bool english,
                     struct aftersales_view **) MUST;

/* Tells the consoles of this case as it is now. */
int aftersales_tell(struct ctx *, int64_t case_id) MUST;

#endif
