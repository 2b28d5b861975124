/* Named queries of backfill. Private. */
#ifndef BACKFILL_ROWS_H
#define BACKFILL_ROWS_H

#include "backfill/backfill.h"

struct backfill_reader { /* as in schema.sql */
        int64_t account_id;
        const char *what;
        int64_t head_s, began_at, done_at, span_s, listed_s, found, done, rate_n, rate_ms, last_at, told_at;
        const char *pause;
        int64_t pause_until;
        const char *pause_error;
        int64_t quota_limit, quota_left, quota_at, minute_max, slice_at, slice_n;
};

struct backfill_stretch {
        int64_t end_s, begin_s;
        const char *next_key;
        int64_t again; /* 1: whatever is known of its objects */
};

struct backfill_todo {
        const char *remote_id;
        int64_t end_s;
};

extern const struct query backfill_q_reader_get, backfill_q_reader_add, backfill_q_reader_save, backfill_q_readers;
extern const struct query backfill_q_stretch_add, backfill_q_stretch_newest, backfill_q_stretch_page, backfill_q_stretch_end;
extern const struct query backfill_q_todo_raise, backfill_q_todo_add, backfill_q_todo_take, backfill_q_todo_of_lane,
        backfill_q_todo_done, backfill_q_todo_free, backfill_q_todo_any;

extern const struct holder backfill_holds; /* holdings.c */

#endif
