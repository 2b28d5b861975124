/* Rows of inbox and the named queries over them; private to this folder. Columns are explained in schema.sql. */
#ifndef INBOX_ROWS_H
#define INBOX_ROWS_H

#include "store/db.h"

#define SPENT_OPEN INT64_MAX /* inbox_message.spent while it is not known whether the message cost a reply */

struct thread_row {
        int64_t thread_id, account_id, identity_id;
        const char *channel, *remote_id, *status, *owner;
        int64_t assigned_to, last_agent, waiting_since, last_at, last_place;
        const char *last_text;
        int64_t unread, arrivals, closed_arrival;
        const char *name;
};

struct message_row {
        int64_t message_id, thread_id, account_id;
        const char *remote_id;
        int64_t place, arrival, spent;
        const char *direction, *kind, *text, *body, *state, *state_code, *author;
        int64_t author_id, automatic, sent_at;
        const char *client_id, *about, *media_id;
        int64_t blob_id, tries;
};

struct account_row {
        const char *cursor, *welcome_text;
};

struct announced_row {
        const char *token;
        int64_t token_at, announced_at;
};

struct claim_row {
        int64_t message_id;
        const char *number;
        int64_t identity_id;
        const char *evidence, *state;
};

struct id_row {
        int64_t id;
};

struct text_row {
        const char *text;
};

struct hers_row { /* her last message */
        int64_t place, sent_at;
};

struct spent_row {
        int64_t used, automatic;
};

extern const struct query q_thread, q_thread_of, q_thread_insert, q_thread_update, q_thread_named,
        q_threads_of_identity, q_thread_waiting_since;
struct waiting_row {
        int64_t n, since;
};
extern const struct query q_waiting_merchants, q_waiting_accounts;
extern const struct query q_list_waiting, q_waiting_long, q_list_mine, q_list_status, q_assigned;

extern const struct query q_messages_received; /* one int64_t: customers' messages of the merchant */
extern const struct query q_message, q_message_remote, q_message_client, q_message_insert, q_message_update,
        q_message_blob, q_messages_before, q_message_head, q_message_hers, q_message_spent, q_message_about;

extern const struct query q_account, q_announced, q_account_announce, q_account_cursor, q_account_welcome;
extern const struct query q_nameless_add, q_nameless_list, q_nameless_drop;
extern const struct query q_claim_add, q_claims_waiting, q_claims_message, q_claim_end;

extern const struct holder inbox_holds; /* holdings.c */

#endif
