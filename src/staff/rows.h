/* Named queries of staff. Private. */
#ifndef STAFF_ROWS_H
#define STAFF_ROWS_H

#include "staff/staff.h"

struct staff_login_row {
        int64_t merchant_id, staff_id, disabled;
        const char *name, *role, *password;
};

struct staff_count_row {
        int64_t n;
};

struct staff_userid_row {
        const char *spelled;
};

struct staff_sign_in_row {
        int64_t merchant_id, account_id;
        const char *browser_sha256;
};

extern const struct query staff_q_insert, staff_q_get, staff_q_list, staff_q_login, staff_q_update, staff_q_password;
extern const struct query staff_q_owners;
extern const struct query staff_q_session_insert, staff_q_session_find, staff_q_session_prolong, staff_q_session_drop;
extern const struct query staff_q_session_drop_of, staff_q_session_sweep;
extern const struct query staff_q_try_insert, staff_q_try_by_login, staff_q_try_by_address, staff_q_try_forget;
extern const struct query staff_q_try_sweep;

extern const struct query staff_q_members, staff_q_member_get, staff_q_member_of, staff_q_members_missing;
extern const struct query staff_q_member_add, staff_q_member_save, staff_q_member_rename, staff_q_member_drop;
extern const struct query staff_q_member_asked, staff_q_link_rename, staff_q_link_add, staff_q_link_drop;
extern const struct query staff_q_corp_get, staff_q_corp_set, staff_q_corp_sent, staff_q_corp_returned;
extern const struct query staff_q_offers, staff_q_offer;
extern const struct query staff_q_sign_in_add, staff_q_sign_in_get, staff_q_sign_in_use, staff_q_sign_in_count,
        staff_q_sign_in_sweep;
extern const struct query staff_q_counts, staff_q_session_drop_merchant;
extern const struct query staff_q_visit_insert, staff_q_visit_end, staff_q_visit_list, staff_q_visit_open, staff_q_session_visit;

extern const struct holder staff_holds; /* holdings.c */

#endif
