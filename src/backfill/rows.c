#include "backfill/rows.h"

#define OURS " where merchant_id = $1 and account_id = $2 and what = $3"

/* ---- readers ---- */

#define READER_COLS                                                                                                    \
        "account_id, what, head_s, began_at, done_at, span_s, listed_s, found, done, rate_n, rate_ms, last_at,"        \
        " told_at, pause, pause_until, pause_error, quota_limit, quota_left, quota_at, minute_max, slice_at, slice_n"

static const struct db_col reader_cols[] = {
        DB_COL_I(struct backfill_reader, account_id),  DB_COL_T(struct backfill_reader, what),
        DB_COL_I(struct backfill_reader, head_s),      DB_COL_I(struct backfill_reader, began_at),
        DB_COL_I(struct backfill_reader, done_at),     DB_COL_I(struct backfill_reader, span_s),
        DB_COL_I(struct backfill_reader, listed_s),    DB_COL_I(struct backfill_reader, found),
        DB_COL_I(struct backfill_reader, done),        DB_COL_I(struct backfill_reader, rate_n),
        DB_COL_I(struct backfill_reader, rate_ms),     DB_COL_I(struct backfill_reader, last_at),
        DB_COL_I(struct backfill_reader, told_at),     DB_COL_T(struct backfill_reader, pause),
        DB_COL_I(struct backfill_reader, pause_until), DB_COL_T(struct backfill_reader, pause_error),
        DB_COL_I(struct backfill_reader, quota_limit), DB_COL_I(struct backfill_reader, quota_left),
        DB_COL_I(struct backfill_reader, quota_at),    DB_COL_I(struct backfill_reader, minute_max),
        DB_COL_I(struct backfill_reader, slice_at),
        DB_COL_I(struct backfill_reader, slice_n),
};
#define READER_ROW .row = reader_cols, .n_row = countof(reader_cols), .size = sizeof(struct backfill_reader)

const struct query backfill_q_reader_get = {
        .name = "backfill.reader_get",
        .sql = "select " READER_COLS " from backfill_reader" OURS,
        .args = "iit",
        READER_ROW,
};

const struct query backfill_q_readers = {
        .name = "backfill.readers",
        .sql = "select " READER_COLS " from backfill_reader where merchant_id = $1 order by account_id, what",
        .args = "i",
        READER_ROW,
};

const struct query backfill_q_reader_add = {
        .name = "backfill.reader_add",
        .sql = "insert into backfill_reader (merchant_id, " READER_COLS ") values ($1, $2, $3, 0, $4, 0, 0, 0, 0, 0, 0,"
               " 0, 0, 0, null, 0, null, 0, 0, 0, 0, 0, 0) on conflict (merchant_id, account_id, what) do nothing",
        .args = "iiti",
};

const struct query backfill_q_reader_save = {
        .name = "backfill.reader_save",
        .sql = "update backfill_reader set head_s = $4, began_at = $5, done_at = $6, span_s = $7, listed_s = $8,"
               " found = $9, done = $10, rate_n = $11, rate_ms = $12, last_at = $13, told_at = $14, pause = $15,"
               " pause_until = $16, pause_error = $17, quota_limit = $18, quota_left = $19, quota_at = $20,"
               " minute_max = $21, slice_at = $22, slice_n = $23" OURS,
        .args = "iitiiiiiiiiiiititiiiiii",
};

/* ---- stretches ---- */

static const struct db_col stretch_cols[] = {
        DB_COL_I(struct backfill_stretch, end_s),
        DB_COL_I(struct backfill_stretch, begin_s),
        DB_COL_T(struct backfill_stretch, next_key),
        DB_COL_I(struct backfill_stretch, again),
};

const struct query backfill_q_stretch_add = {
        .name = "backfill.stretch_add",
        .sql = "insert into backfill_stretch (merchant_id, account_id, what, end_s, begin_s, next_key, again)"
               " values ($1, $2, $3, $4, $5, null, $6) on conflict (merchant_id, account_id, what, end_s) do nothing",
        .args = "iitiii",
};

const struct query backfill_q_stretch_newest = {
        .name = "backfill.stretch_newest",
        .sql = "select end_s, begin_s, next_key, again from backfill_stretch" OURS " order by end_s desc limit 1",
        .args = "iit",
        .row = stretch_cols,
        .n_row = countof(stretch_cols),
        .size = sizeof(struct backfill_stretch),
};

const struct query backfill_q_stretch_page = {
        .name = "backfill.stretch_page",
        .sql = "update backfill_stretch set next_key = $5" OURS " and end_s = $4",
        .args = "iitit",
};

const struct query backfill_q_stretch_end = {
        .name = "backfill.stretch_end",
        .sql = "delete from backfill_stretch" OURS " and end_s = $4",
        .args = "iiti",
};

/* ---- objects to fetch ---- */

static const struct db_col todo_cols[] = {
        DB_COL_T(struct backfill_todo, remote_id),
        DB_COL_I(struct backfill_todo, end_s),
};
#define TODO_ROW .row = todo_cols, .n_row = countof(todo_cols), .size = sizeof(struct backfill_todo)

const struct query backfill_q_todo_raise = {
        .name = "backfill.todo_raise",
        .sql = "update backfill_todo set end_s = $5" OURS " and remote_id = $4 and end_s < $5",
        .args = "iitti",
};

const struct query backfill_q_todo_add = {
        .name = "backfill.todo_add",
        .sql = "insert into backfill_todo (merchant_id, account_id, what, remote_id, end_s, lane)"
               " values ($1, $2, $3, $4, $5, 0) on conflict (merchant_id, account_id, what, remote_id) do nothing",
        .args = "iitti",
};

const struct query backfill_q_todo_take = {
        .name = "backfill.todo_take",
        .sql = "update backfill_todo set lane = $4" OURS " and remote_id in (select t.remote_id from backfill_todo t"
               " where t.merchant_id = $1 and t.account_id = $2 and t.what = $3 and t.lane = 0"
               " order by t.end_s desc, t.remote_id desc limit $5)",
        .args = "iitii",
};

const struct query backfill_q_todo_of_lane = {
        .name = "backfill.todo_of_lane",
        .sql = "select remote_id, end_s from backfill_todo" OURS " and lane = $4 order by end_s desc, remote_id desc",
        .args = "iiti",
        TODO_ROW,
};

const struct query backfill_q_todo_done = {
        .name = "backfill.todo_done",
        .sql = "delete from backfill_todo" OURS " and remote_id = $4 and end_s = $5",
        .args = "iitti",
};

const struct query backfill_q_todo_free = {
        .name = "backfill.todo_free",
        .sql = "update backfill_todo set lane = 0" OURS " and lane = $4",
        .args = "iiti",
};

const struct query backfill_q_todo_any = {
        .name = "backfill.todo_any",
        .sql = "select remote_id, end_s from backfill_todo" OURS " limit 1",
        .args = "iit",
        TODO_ROW,
};
