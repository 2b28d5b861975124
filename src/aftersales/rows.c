#include "aftersales/rows.h"

/* ---- cases ---- */

const struct query aftersales_q_insert = {
        .name = "aftersales.insert",
        .sql = "insert into aftersales_case (merchant_id, case_id, account_id, remote_id, order_remote_id, order_id,"
               " identity_id, type, status, amount, reason, reason_text, product_title, deadline, created_at,"
               " updated_at, decision, decided_by, decided_at, decision_version, decision_sent, version, waiting,"
               " running, due) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'none',"
               " 0, 0, 0, 0, 1, $17, $18, $19)",
        .args = "iiittiittitttiiiiii",
};

/* Guarded by the version that was read: at SERIALIZABLE it always holds, and it costs nothing to say. */
const struct query aftersales_q_update = {
        .name = "aftersales.update",
        .sql = "update aftersales_case set order_id = $4, identity_id = $5, type = $6, status = $7, amount = $8,"
               " reason = $9, reason_text = $10, product_title = $11, deadline = $12, updated_at = $13, decision = $14,"
               " decision_note = $15, waiting = $16, running = $17, due = $18, version = version + 1"
               " where merchant_id = $1 and case_id = $2 and version = $3",
        .args = "iiiiittitttiittiii",
};

/* Of all who saw the same version one wins. */
const struct query aftersales_q_decide = {
        .name = "aftersales.decide",
        .sql = "update aftersales_case set decision = $4, decision_note = null, decided_by = $5, decided_at = $6,"
               " decided_status = status, decision_version = version + 1, decision_sent = 0, address_id = $7,"
               " waiting = 0, version = version + 1 where merchant_id = $1 and case_id = $2 and version = $3"
               " and decision in ('none', 'refused')",
        .args = "iiitiit",
};

const struct query aftersales_q_sent = {
        .name = "aftersales.sent",
        .sql = "update aftersales_case set decision_sent = 1 where merchant_id = $1 and case_id = $2",
        .args = "ii",
};

#define CASE_COLUMNS                                                                                                   \
        "c.case_id, c.account_id, c.remote_id, c.order_remote_id, c.order_id, c.identity_id, c.type, c.status,"        \
        " c.amount, c.reason, c.reason_text, c.product_title, c.deadline, c.created_at, c.updated_at, c.decision,"     \
        " c.decision_note, c.decided_by, c.decided_at, c.address_id, c.version"
#define CASE_SELECT "select " CASE_COLUMNS " from aftersales_case c"
#define ROW_SELECT                                                                                                     \
        "select " CASE_COLUMNS ", c.decided_status, c.decision_version, c.decision_sent from aftersales_case c"

/* As the columns of a case stand alone and at the start of a row alike. */
static const struct db_col row_cols[] = {
        DB_COL_I(struct aftersales_case, case_id),      DB_COL_I(struct aftersales_case, account_id),
        DB_COL_T(struct aftersales_case, remote_id),    DB_COL_T(struct aftersales_case, order_remote_id),
        DB_COL_I(struct aftersales_case, order_id),     DB_COL_I(struct aftersales_case, identity_id),
        DB_COL_T(struct aftersales_case, type),         DB_COL_T(struct aftersales_case, status),
        DB_COL_I(struct aftersales_case, amount),       DB_COL_T(struct aftersales_case, reason),
        DB_COL_T(struct aftersales_case, reason_text),  DB_COL_T(struct aftersales_case, product_title),
        DB_COL_I(struct aftersales_case, deadline),     DB_COL_I(struct aftersales_case, created_at),
        DB_COL_I(struct aftersales_case, updated_at),   DB_COL_T(struct aftersales_case, decision),
        DB_COL_T(struct aftersales_case, decision_note), DB_COL_I(struct aftersales_case, decided_by),
        DB_COL_I(struct aftersales_case, decided_at),   DB_COL_T(struct aftersales_case, address_id),
        DB_COL_I(struct aftersales_case, version),      DB_COL_T(struct aftersales_row, decided_status),
        DB_COL_I(struct aftersales_row, decision_version), DB_COL_I(struct aftersales_row, decision_sent),
};
_Static_assert(offsetof(struct aftersales_row, c) == 0, "row_cols serve both");
#define CASE_ROW .row = row_cols, .n_row = countof(row_cols) - 3, .size = sizeof(struct aftersales_case)
#define WHOLE_ROW .row = row_cols, .n_row = countof(row_cols), .size = sizeof(struct aftersales_row)

const struct query aftersales_q_get = {
        .name = "aftersales.get",
        .sql = ROW_SELECT " where c.merchant_id = $1 and c.case_id = $2",
        .args = "ii",
        WHOLE_ROW,
};

const struct query aftersales_q_by_remote = {
        .name = "aftersales.by_remote",
        .sql = ROW_SELECT " where c.merchant_id = $1 and c.account_id = $2 and c.remote_id = $3",
        .args = "iit",
        WHOLE_ROW,
};

/* The plus keeps both databases from walking all of the merchant's cases in the order wanted until these are met. */
const struct query aftersales_q_of_identities = {
        .name = "aftersales.of_identities",
        .sql = CASE_SELECT " where c.merchant_id = $1 and c.identity_id in (:list $2)"
               " order by +c.created_at desc, c.case_id desc limit $3",
        .args = "iIi",
        CASE_ROW,
};

/* Cases of an order that is not tied to them yet. */
const struct query aftersales_q_of_order = {
        .name = "aftersales.of_order",
        .sql = "update aftersales_case set order_id = $4 where merchant_id = $1 and account_id = $2"
               " and order_remote_id = $3 and order_id = 0",
        .args = "iiti",
        .unread = true,
};

const struct query aftersales_q_waiting = {
        .name = "aftersales.waiting",
        .sql = CASE_SELECT " where c.merchant_id = $1 and c.waiting = 1 and (c.due > $2 or (c.due = $2 and c.case_id > $3))"
                           " order by c.due, c.case_id limit $4",
        .args = "iiii",
        CASE_ROW,
};

static const struct db_col due_cols[] = {DB_COL_I(struct aftersales_due_row, n), DB_COL_I(struct aftersales_due_row, first)};
const struct query aftersales_q_due = {
        .name = "aftersales.due",
        .sql = "select count(*) as n, coalesce(min(due), 0) as first from (select due from aftersales_case"
               " where merchant_id = $1 and waiting = 1 and due <= $2 order by due, case_id limit $3) t",
        .args = "iii", .row = due_cols, .n_row = countof(due_cols), .size = sizeof(struct aftersales_due_row),
};

/* $2 = 1: only what is not over. */
const struct query aftersales_q_list = {
        .name = "aftersales.list",
        .sql = CASE_SELECT " where c.merchant_id = $1 and ($2 = 0 or c.running = 1)"
                           " and (c.created_at < $3 or (c.created_at = $3 and c.case_id < $4))"
                           " order by c.created_at desc, c.case_id desc limit $5",
        .args = "iiiii",
        CASE_ROW,
};

/* ---- moves ---- */

const struct query aftersales_q_move_insert = {
        .name = "aftersales.move_insert",
        .sql = "insert into aftersales_move (merchant_id, case_id, seq, at, from_status, to_status, cause, actor)"
               " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        .args = "iiiitttt",
};

static const struct db_col move_cols[] = {
        DB_COL_I(struct aftersales_moved, seq),
        DB_COL_I(struct aftersales_moved, at),
        {"from_status", DB_TEXT, offsetof(struct aftersales_moved, from)},
        {"to_status", DB_TEXT, offsetof(struct aftersales_moved, to)},
        DB_COL_T(struct aftersales_moved, cause),
        DB_COL_T(struct aftersales_moved, actor),
};

const struct query aftersales_q_moves = {
        .name = "aftersales.moves",
        .sql = "select seq, at, from_status, to_status, cause, actor from aftersales_move"
               " where merchant_id = $1 and case_id = $2 order by seq",
        .args = "ii",
        .row = move_cols,
        .n_row = countof(move_cols),
        .size = sizeof(struct aftersales_moved),
};

/* ---- objects ---- */

const struct query aftersales_q_object_save = {
        .name = "aftersales.object_save",
        .sql = "insert into aftersales_object (merchant_id, case_id, object) values ($1, $2, $3)"
               " on conflict (merchant_id, case_id) do update set object = excluded.object",
        .args = "iib",
};

static const struct db_col object_cols[] = {DB_COL_B(struct aftersales_object_row, object)};

const struct query aftersales_q_object_get = {
        .name = "aftersales.object_get",
        .sql = "select object from aftersales_object where merchant_id = $1 and case_id = $2",
        .args = "ii",
        .row = object_cols,
        .n_row = countof(object_cols),
        .size = sizeof(struct aftersales_object_row),
};

/* ---- reasons ---- */

const struct query aftersales_q_reason_save = {
        .name = "aftersales.reason_save",
        .sql = "insert into aftersales_reason (merchant_id, account_id, scene, reason_type, text, wording, seen_at)"
               " values ($1, $2, $3, $4, $5, $6, $7)"
               " on conflict (merchant_id, account_id, scene, reason_type) do update set text = excluded.text,"
               " wording = excluded.wording, seen_at = excluded.seen_at",
        .args = "iiiitti",
};

const struct query aftersales_q_reason_sweep = {
        .name = "aftersales.reason_sweep",
        .sql = "delete from aftersales_reason where merchant_id = $1 and account_id = $2 and seen_at < $3",
        .args = "iii",
};

static const struct db_col reason_cols[] = {
        DB_COL_I(struct aftersales_reason, reason_type),
        DB_COL_I(struct aftersales_reason, scene),
        DB_COL_T(struct aftersales_reason, text),
        DB_COL_T(struct aftersales_reason, wording),
};

/* A reason without a scene fits all. */
const struct query aftersales_q_reasons = {
        .name = "aftersales.reasons",
        .sql = "select reason_type, scene, text, wording from aftersales_reason where merchant_id = $1"
               " and account_id = $2 and scene in ($3, 0) order by scene desc, reason_type",
        .args = "iii",
        .row = reason_cols,
        .n_row = countof(reason_cols),
        .size = sizeof(struct aftersales_reason),
};

/* ---- asking ---- */

const struct query aftersales_q_ask = {
        .name = "aftersales.ask",
        .sql = "insert into aftersales_asked (merchant_id, account_id, remote_id, asked_at) values ($1, $2, $3, $4)"
               " on conflict (merchant_id, account_id, remote_id) do nothing",
        .args = "iiti",
};

static const struct db_col asked_cols[] = {DB_COL_I(struct aftersales_asked_row, asked_at)};

const struct query aftersales_q_asked = {
        .name = "aftersales.asked",
        .sql = "select asked_at from aftersales_asked where merchant_id = $1 and account_id = $2 and remote_id = $3",
        .args = "iit",
        .row = asked_cols,
        .n_row = countof(asked_cols),
        .size = sizeof(struct aftersales_asked_row),
};

const struct query aftersales_q_answered = {
        .name = "aftersales.answered",
        .sql = "delete from aftersales_asked where merchant_id = $1 and account_id = $2 and remote_id = $3",
        .args = "iit",
};
