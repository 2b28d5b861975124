#include "inbox/rows.h"

#include "inbox/inbox.h"

#define THREAD_COLUMNS                                                                                                 \
        "thread_id, account_id, identity_id, channel, remote_id, status, owner, assigned_to, last_agent,"              \
        " waiting_since, last_at, last_place, last_text, unread, arrivals, closed_arrival, name"

static const struct db_col thread_cols[] = {
        DB_COL_I(struct thread_row, thread_id),   DB_COL_I(struct thread_row, account_id),
        DB_COL_I(struct thread_row, identity_id), DB_COL_T(struct thread_row, channel),
        DB_COL_T(struct thread_row, remote_id),   DB_COL_T(struct thread_row, status),
        DB_COL_T(struct thread_row, owner),       DB_COL_I(struct thread_row, assigned_to),
        DB_COL_I(struct thread_row, last_agent),  DB_COL_I(struct thread_row, waiting_since),
        DB_COL_I(struct thread_row, last_at),     DB_COL_I(struct thread_row, last_place),
        DB_COL_T(struct thread_row, last_text),   DB_COL_I(struct thread_row, unread),
        DB_COL_I(struct thread_row, arrivals),    DB_COL_I(struct thread_row, closed_arrival),
        DB_COL_T(struct thread_row, name),
};
#define THREAD_ROW .row = thread_cols, .n_row = countof(thread_cols), .size = sizeof(struct thread_row)

#define MESSAGE_COLUMNS                                                                                                \
        "message_id, thread_id, account_id, remote_id, place, arrival, spent, direction, kind, text, body, state,"     \
        " state_code, author, author_id, automatic, sent_at, client_id, about, media_id, blob_id, tries"

static const struct db_col message_cols[] = {
        DB_COL_I(struct message_row, message_id), DB_COL_I(struct message_row, thread_id),
        DB_COL_I(struct message_row, account_id), DB_COL_T(struct message_row, remote_id),
        DB_COL_I(struct message_row, place),      DB_COL_I(struct message_row, arrival),
        DB_COL_I(struct message_row, spent),      DB_COL_T(struct message_row, direction),
        DB_COL_T(struct message_row, kind),       DB_COL_T(struct message_row, text),
        DB_COL_T(struct message_row, body),       DB_COL_T(struct message_row, state),
        DB_COL_T(struct message_row, state_code), DB_COL_T(struct message_row, author),
        DB_COL_I(struct message_row, author_id),  DB_COL_I(struct message_row, automatic),
        DB_COL_I(struct message_row, sent_at),    DB_COL_T(struct message_row, client_id),
        DB_COL_T(struct message_row, about),      DB_COL_T(struct message_row, media_id),
        DB_COL_I(struct message_row, blob_id),    DB_COL_I(struct message_row, tries),
};
#define MESSAGE_ROW .row = message_cols, .n_row = countof(message_cols), .size = sizeof(struct message_row)

static const struct db_col id_cols[] = {DB_COL_I(struct id_row, id)};
#define ID_ROW .row = id_cols, .n_row = countof(id_cols), .size = sizeof(struct id_row)

static const struct db_col text_cols[] = {DB_COL_T(struct text_row, text)};
#define TEXT_ROW .row = text_cols, .n_row = countof(text_cols), .size = sizeof(struct text_row)

/* ---- threads ---- */

const struct query q_thread = {
        .name = "inbox.thread",
        .sql = "select " THREAD_COLUMNS " from inbox_thread where merchant_id = $1 and thread_id = $2",
        .args = "ii",
        THREAD_ROW,
};

const struct query q_thread_of = {
        .name = "inbox.thread_of",
        .sql = "select " THREAD_COLUMNS " from inbox_thread"
               " where merchant_id = $1 and account_id = $2 and identity_id = $3",
        .args = "iii",
        THREAD_ROW,
};

const struct query q_threads_of_identity = {
        .name = "inbox.threads_of_identity",
        .sql = "select " THREAD_COLUMNS " from inbox_thread where merchant_id = $1 and identity_id = $2"
               " order by thread_id",
        .args = "ii",
        THREAD_ROW,
};

const struct query q_thread_insert = {
        .name = "inbox.thread_insert",
        .sql = "insert into inbox_thread (merchant_id, thread_id, account_id, identity_id, channel, remote_id, status,"
               " owner, name, name_fold, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        .args = "iiiitttttti",
};

const struct query q_thread_update = {
        .name = "inbox.thread_update",
        .sql = "update inbox_thread set status = $3, owner = $4, assigned_to = $5, last_agent = $6, last_at = $7,"
               " last_place = $8, last_text = $9, unread = $10, arrivals = $11, closed_arrival = $12,"
               " waiting_since = $13 where merchant_id = $1 and thread_id = $2",
        .args = "iittiiiitiiii",
        .unread = true,
};

const struct query q_thread_named = {
        .name = "inbox.thread_named",
        .sql = "update inbox_thread set name = $3, name_fold = $4 where merchant_id = $1 and identity_id = $2",
        .args = "iitt",
        .unread = true,
};

/* Since when she waits: her first message that arrived after the last answer by a person, here or in the WeCom client,
 * and after the last closing. By arrival, not by place: what a poller found late has not been read by anyone. */
const struct query q_thread_waiting_since = {
        .name = "inbox.thread_waiting_since",
        .sql = "select coalesce(min(sent_at), 0) as id from inbox_message"
               " where merchant_id = $1 and thread_id = $2 and arrival > $3 and direction = 'in' and state = 'received'"
               " and arrival > coalesce((select max(arrival) from inbox_message"
               " where merchant_id = $1 and thread_id = $2 and arrival > $3 and direction = 'out' and automatic = 0"
               " and state in ('queued', 'sent', 'unconfirmed')), 0)",
        .args = "iii",
        ID_ROW,
};

/* Lists go by a key and the thread id; $n are merchant, folded part of the name or null, the key to go on after (or the
 * far end), its thread, how many, and what the view wants. */
static const struct db_col waiting_cols[] = {DB_COL_I(struct waiting_row, n), DB_COL_I(struct waiting_row, since)};

const struct query q_list_waiting = {
        .name = "inbox.list_waiting",
        .sql = "select " THREAD_COLUMNS " from inbox_thread where merchant_id = $1 and waiting_since > 0"
               " and ($2 is null or name_fold like $2 escape '\\')"
               " and waiting_since >= $3 and (waiting_since > $3 or thread_id > $4)"
               " order by waiting_since, thread_id limit $5",
        .args = "itiii",
        THREAD_ROW,
};

const struct query q_waiting_long = {
        .name = "inbox.waiting_long",
        .sql = "select count(*) as n, coalesce(min(waiting_since), 0) as since from (select waiting_since from inbox_thread"
               " where merchant_id = $1 and waiting_since > 0 and waiting_since <= $2 order by waiting_since, thread_id limit $3) t",
        .args = "iii", .row = waiting_cols, .n_row = countof(waiting_cols), .size = sizeof(struct waiting_row),
};

const struct query q_list_mine = {
        .name = "inbox.list_mine",
        .sql = "select " THREAD_COLUMNS
               " from inbox_thread where merchant_id = $1 and assigned_to = $6 and assigned_to > 0 and status = 'open'"
               " and ($2 is null or name_fold like $2 escape '\\')"
               " and last_at <= $3 and (last_at < $3 or thread_id < $4)"
               " order by last_at desc, thread_id desc limit $5",
        .args = "itiiii",
        THREAD_ROW,
};

const struct query q_assigned = {
        .name = "inbox.assigned",
        .sql = "select thread_id as id from inbox_thread where merchant_id = $1 and assigned_to = $2"
               " and assigned_to > 0 and status = 'open'"
               " order by last_at, thread_id limit 5000",
        .args = "ii",
        ID_ROW,
};

const struct query q_list_status = {
        .name = "inbox.list_status",
        .sql = "select " THREAD_COLUMNS " from inbox_thread where merchant_id = $1 and status = $6"
               " and ($2 is null or name_fold like $2 escape '\\')"
               " and last_at <= $3 and (last_at < $3 or thread_id < $4)"
               " order by last_at desc, thread_id desc limit $5",
        .args = "itiiit",
        THREAD_ROW,
};

/* ---- messages ---- */

const struct query q_message = {
        .name = "inbox.message",
        .sql = "select " MESSAGE_COLUMNS " from inbox_message where merchant_id = $1 and message_id = $2",
        .args = "ii",
        MESSAGE_ROW,
};

struct count_row {
        int64_t n;
};
static const struct db_col count_cols[] = {DB_COL_I(struct count_row, n)};

const struct query q_messages_received = {
        .name = "inbox.messages_received",
        .sql = "select cast(count(*) as bigint) as n from inbox_message where merchant_id = $1 and direction = 'in'",
        .args = "i",
        .row = count_cols,
        .n_row = countof(count_cols),
        .size = sizeof(struct count_row),
};

const struct query q_message_remote = {
        .name = "inbox.message_remote",
        .sql = "select " MESSAGE_COLUMNS " from inbox_message"
               " where merchant_id = $1 and account_id = $2 and remote_id = $3",
        .args = "iit",
        MESSAGE_ROW,
};

const struct query q_message_client = {
        .name = "inbox.message_client",
        .sql = "select " MESSAGE_COLUMNS " from inbox_message where merchant_id = $1 and client_id = $2",
        .args = "it",
        MESSAGE_ROW,
};

const struct query q_message_insert = {
        .name = "inbox.message_insert",
        .sql = "insert into inbox_message (merchant_id, message_id, thread_id, account_id, remote_id, place, arrival,"
               " spent, direction, kind, text, body, state, author, author_id, automatic, sent_at, client_id, about,"
               " media_id, blob_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
               " $18, $19, $20, $21)",
        .args = "iiiitiiittttttiiittti",
};

const struct query q_message_update = {
        .name = "inbox.message_update",
        .sql = "update inbox_message set state = $3, state_code = $4, spent = $5, remote_id = $6, tries = $7"
               " where merchant_id = $1 and message_id = $2",
        .args = "iittiti",
};

const struct query q_message_blob = {
        .name = "inbox.message_blob",
        .sql = "update inbox_message set blob_id = $3 where merchant_id = $1 and message_id = $2",
        .args = "iii",
        .unread = true,
};

const struct query q_messages_before = {
        .name = "inbox.messages_before",
        .sql = "select " MESSAGE_COLUMNS " from inbox_message where merchant_id = $1 and thread_id = $2 and place < $3"
               " order by place desc limit $4",
        .args = "iiii",
        MESSAGE_ROW,
};

/* The next one to send: the oldest that is not through. Nothing overtakes it. */
const struct query q_message_head = {
        .name = "inbox.message_head",
        .sql = "select " MESSAGE_COLUMNS " from inbox_message where merchant_id = $1 and thread_id = $2"
               " and state in ('queued', 'unconfirmed') order by message_id limit 1",
        .args = "ii",
        MESSAGE_ROW,
};

static const struct db_col hers_cols[] = {DB_COL_I(struct hers_row, place), DB_COL_I(struct hers_row, sent_at)};
const struct query q_message_hers = {
        .name = "inbox.message_hers",
        .sql = "select place, sent_at from inbox_message where merchant_id = $1 and thread_id = $2 and direction = 'in'"
               " order by place desc limit 1",
        .args = "ii",
        .row = hers_cols,
        .n_row = countof(hers_cols),
        .size = sizeof(struct hers_row),
};

static const struct db_col spent_cols[] = {DB_COL_I(struct spent_row, used), DB_COL_I(struct spent_row, automatic)};
const struct query q_message_spent = {
        .name = "inbox.message_spent",
        .sql = "select count(*) as used, cast(coalesce(sum(automatic), 0) as bigint) as automatic from inbox_message"
               " where merchant_id = $1 and thread_id = $2 and direction = 'out' and spent > $3",
        .args = "iii",
        .row = spent_cols,
        .n_row = countof(spent_cols),
        .size = sizeof(struct spent_row),
};

const struct query q_message_about = {
        .name = "inbox.message_about",
        .sql = "select " MESSAGE_COLUMNS " from inbox_message where merchant_id = $1 and account_id = $2 and about = $3"
               " order by message_id limit 1",
        .args = "iit",
        MESSAGE_ROW,
};

/* ---- accounts ---- */

static const struct db_col account_cols[] = {
        DB_COL_T(struct account_row, cursor),
        DB_COL_T(struct account_row, welcome_text),
};
const struct query q_account = {
        .name = "inbox.account",
        .sql = "select cursor, welcome_text from inbox_account where merchant_id = $1 and account_id = $2",
        .args = "ii",
        .row = account_cols,
        .n_row = countof(account_cols),
        .size = sizeof(struct account_row),
};

static const struct db_col announced_cols[] = {
        DB_COL_T(struct announced_row, token),
        DB_COL_I(struct announced_row, token_at),
        DB_COL_I(struct announced_row, announced_at),
};
const struct query q_announced = {
        .name = "inbox.announced",
        .sql = "select token, token_at, announced_at from inbox_announced where merchant_id = $1 and account_id = $2",
        .args = "ii",
        .row = announced_cols,
        .n_row = countof(announced_cols),
        .size = sizeof(struct announced_row),
};

const struct query q_account_announce = {
        .name = "inbox.account_announce",
        .sql = "insert into inbox_announced (merchant_id, account_id, token, token_at, announced_at)"
               " values ($1, $2, $3, case when $3 is null then 0 else $4 end, $4)"
               " on conflict (merchant_id, account_id) do update set token = coalesce($3, inbox_announced.token),"
               " token_at = case when $3 is null then inbox_announced.token_at else $4 end, announced_at = $4",
        .args = "iiti",
};

const struct query q_account_cursor = {
        .name = "inbox.account_cursor",
        .sql = "insert into inbox_account (merchant_id, account_id, cursor) values ($1, $2, $3)"
               " on conflict (merchant_id, account_id) do update set cursor = $3",
        .args = "iit",
};

const struct query q_account_welcome = {
        .name = "inbox.account_welcome",
        .sql = "insert into inbox_account (merchant_id, account_id, welcome_text) values ($1, $2, $3)"
               " on conflict (merchant_id, account_id) do update set welcome_text = $3",
        .args = "iit",
};

/* ---- names wanted ---- */

const struct query q_nameless_add = {
        .name = "inbox.nameless_add",
        .sql = "insert into inbox_nameless (merchant_id, account_id, remote_id) values ($1, $2, $3) on conflict do "
               "nothing",
        .args = "iit",
};

const struct query q_nameless_list = {
        .name = "inbox.nameless_list",
        .sql = "select remote_id as text from inbox_nameless where merchant_id = $1 and account_id = $2"
               " order by remote_id limit $3",
        .args = "iii",
        TEXT_ROW,
};

const struct query q_nameless_drop = {
        .name = "inbox.nameless_drop",
        .sql = "delete from inbox_nameless where merchant_id = $1 and account_id = $2 and remote_id = $3",
        .args = "iit",
};

/* ---- claims ---- */

#define CLAIM_COLUMNS "message_id, number, identity_id, evidence, state"

static const struct db_col claim_cols[] = {
        DB_COL_I(struct claim_row, message_id),  DB_COL_T(struct claim_row, number),
        DB_COL_I(struct claim_row, identity_id), DB_COL_T(struct claim_row, evidence),
        DB_COL_T(struct claim_row, state),
};
#define CLAIM_ROW .row = claim_cols, .n_row = countof(claim_cols), .size = sizeof(struct claim_row)

const struct query q_claim_add = {
        .name = "inbox.claim_add",
        .sql = "insert into inbox_claim (merchant_id, message_id, number, identity_id, evidence, state, created_at)"
               " values ($1, $2, $3, $4, $5, 'waiting', $6) on conflict do nothing",
        .args = "iititi",
};

const struct query q_claims_waiting = {
        .name = "inbox.claims_waiting",
        .sql = "select " CLAIM_COLUMNS " from inbox_claim where merchant_id = $1 and number = $2 and state = 'waiting'"
               " order by message_id limit 100",
        .args = "it",
        CLAIM_ROW,
};

const struct query q_claims_message = {
        .name = "inbox.claims_message",
        .sql = "select " CLAIM_COLUMNS " from inbox_claim where merchant_id = $1 and message_id = $2 order by number",
        .args = "ii",
        CLAIM_ROW,
};

const struct query q_claim_end = {
        .name = "inbox.claim_end",
        .sql = "update inbox_claim set state = $3, reason = $4 where merchant_id = $1 and message_id = $2",
        .args = "iitt",
};

static const struct db_col waiting_sum_cols[] = {
        DB_COL_I(struct inbox_waiting_sum, id),
        DB_COL_I(struct inbox_waiting_sum, customers),
        DB_COL_I(struct inbox_waiting_sum, since),
};
#define WAITING_ROW .row = waiting_sum_cols, .n_row = countof(waiting_sum_cols), .size = sizeof(struct inbox_waiting_sum)

const struct query q_waiting_merchants = {
        .name = "inbox.waiting_merchants",
        .sql = "select merchant_id as id, count(*) as customers, min(waiting_since) as since from inbox_thread"
               " where merchant_id in (:list $1) and waiting_since > 0 group by merchant_id order by merchant_id",
        .args = "I",
        WAITING_ROW,
};

const struct query q_waiting_accounts = {
        .name = "inbox.waiting_accounts",
        .sql = "select account_id as id, count(*) as customers, min(waiting_since) as since from inbox_thread"
               " where merchant_id = $1 and waiting_since > 0 group by account_id order by account_id",
        .args = "i",
        WAITING_ROW,
};
