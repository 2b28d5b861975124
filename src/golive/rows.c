#include "golive/rows.h"

static const struct db_col shop_cols[] = {
        DB_COL_I(struct golive_shop, account_id),   DB_COL_T(struct golive_shop, state),
        DB_COL_I(struct golive_shop, rehearsed_at), DB_COL_I(struct golive_shop, rehearsed_consults),
        DB_COL_I(struct golive_shop, rehearsed_ok), DB_COL_T(struct golive_shop, report),
        DB_COL_I(struct golive_shop, accepted_at),  DB_COL_I(struct golive_shop, switched_at),
        DB_COL_I(struct golive_shop, tested_at),    DB_COL_I(struct golive_shop, live_at),
        DB_COL_I(struct golive_shop, back_at),      {"by_name", DB_TEXT, offsetof(struct golive_shop, by)},
        DB_COL_I(struct golive_shop, silent_minutes),
};
const struct query golive_q_get = {
        .name = "golive.get",
        .sql = "select account_id, state, rehearsed_at, rehearsed_consults, rehearsed_ok, report, accepted_at, switched_at, tested_at,"
               " live_at, back_at, by_name, silent_minutes from golive_shop where merchant_id = $1 and account_id = $2",
        .args = "ii", .row = shop_cols, .n_row = countof(shop_cols), .size = sizeof(struct golive_shop),
};
const struct query golive_q_put = {
        .name = "golive.put",
        .sql = "insert into golive_shop (merchant_id, account_id, state, rehearsed_at, rehearsed_consults, rehearsed_ok, report,"
               " accepted_at, switched_at, tested_at, live_at, back_at, by_name, silent_minutes)"
               " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
               " on conflict (merchant_id, account_id) do update set state = excluded.state, rehearsed_at = excluded.rehearsed_at,"
               " rehearsed_consults = excluded.rehearsed_consults, rehearsed_ok = excluded.rehearsed_ok, report = excluded.report,"
               " accepted_at = excluded.accepted_at, switched_at = excluded.switched_at, tested_at = excluded.tested_at,"
               " live_at = excluded.live_at, back_at = excluded.back_at, by_name = excluded.by_name,"
               " silent_minutes = excluded.silent_minutes",
        .args = "iitiiitiiiiiti",
};

static const struct db_col day_cols[] = {DB_COL_I(struct golive_theirs_row, day), DB_COL_I(struct golive_theirs_row, theirs)};
const struct query golive_q_days = {
        .name = "golive.days",
        .sql = "select day, theirs from golive_day where merchant_id = $1 and account_id = $2 order by day",
        .args = "ii", .row = day_cols, .n_row = countof(day_cols), .size = sizeof(struct golive_theirs_row),
};
const struct query golive_q_day_set = {
        .name = "golive.day_set",
        .sql = "insert into golive_day (merchant_id, account_id, day, theirs) values ($1, $2, $3, $4)"
               " on conflict (merchant_id, account_id, day) do update set theirs = excluded.theirs",
        .args = "iiii",
};
