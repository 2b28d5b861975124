#include "alarms/rows.h"

/* ---- rules and recipients ---- */

static const struct db_col rule_cols[] = {
        DB_COL_T(struct alarms_rule_row, kind), DB_COL_I(struct alarms_rule_row, enabled), DB_COL_I(struct alarms_rule_row, threshold),
};
const struct query alarms_q_rules = {
        .name = "alarms.rules",
        .sql = "select kind, enabled, threshold from alarms_rule where merchant_id = $1 order by kind",
        .args = "i", .row = rule_cols, .n_row = countof(rule_cols), .size = sizeof(struct alarms_rule_row),
};
const struct query alarms_q_rule_set = {
        .name = "alarms.rule_set",
        .sql = "insert into alarms_rule (merchant_id, kind, enabled, threshold) values ($1, $2, $3, $4)"
               " on conflict (merchant_id, kind) do update set enabled = excluded.enabled, threshold = excluded.threshold",
        .args = "itii",
};

static const struct db_col recipient_cols[] = {
        DB_COL_I(struct alarms_recipient, account_id), DB_COL_T(struct alarms_recipient, userid),
        DB_COL_T(struct alarms_recipient, kinds),      DB_COL_I(struct alarms_recipient, quiet_from),
        DB_COL_I(struct alarms_recipient, quiet_to),
};
#define RECIPIENT "select account_id, userid, kinds, quiet_from, quiet_to from alarms_recipient where merchant_id = $1"
#define RECIPIENT_ROW .row = recipient_cols, .n_row = countof(recipient_cols), .size = sizeof(struct alarms_recipient)
const struct query alarms_q_recipients = {
        .name = "alarms.recipients", .sql = RECIPIENT " order by account_id, userid", .args = "i", RECIPIENT_ROW,
};
const struct query alarms_q_recipient = {
        .name = "alarms.recipient", .sql = RECIPIENT " and account_id = $2 and userid = $3", .args = "iit", RECIPIENT_ROW,
};
const struct query alarms_q_recipient_set = {
        .name = "alarms.recipient_set",
        .sql = "insert into alarms_recipient (merchant_id, account_id, userid, kinds, quiet_from, quiet_to)"
               " values ($1, $2, $3, $4, $5, $6) on conflict (merchant_id, account_id, userid) do update set"
               " kinds = excluded.kinds, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to",
        .args = "iittii",
};
const struct query alarms_q_recipient_drop = {
        .name = "alarms.recipient_drop",
        .sql = "delete from alarms_recipient where merchant_id = $1 and account_id = $2 and userid = $3",
        .args = "iit",
};

/* ---- alarms ---- */

static const struct db_col alarm_cols[] = {
        DB_COL_I(struct alarms_alarm, alarm_id),  DB_COL_T(struct alarms_alarm, kind),       DB_COL_T(struct alarms_alarm, subject),
        DB_COL_T(struct alarms_alarm, zh),        DB_COL_T(struct alarms_alarm, en),         DB_COL_I(struct alarms_alarm, count),
        DB_COL_I(struct alarms_alarm, raised_at), DB_COL_I(struct alarms_alarm, calm_since), DB_COL_I(struct alarms_alarm, over_at),
};
#define ALARM "select alarm_id, kind, subject, zh, en, count, raised_at, calm_since, over_at from alarms_alarm where merchant_id = $1"
#define ALARM_ROW .row = alarm_cols, .n_row = countof(alarm_cols), .size = sizeof(struct alarms_alarm)
const struct query alarms_q_on = {
        .name = "alarms.on", .sql = ALARM " and over_at = 0 order by kind, subject", .args = "i", ALARM_ROW,
};
/* What is on has over_at 0 and would come last: it is sorted as if it ended tomorrow. */
const struct query alarms_q_list = {
        .name = "alarms.list",
        .sql = ALARM " order by case when over_at = 0 then 1 else 0 end desc, over_at desc, alarm_id desc limit $2",
        .args = "ii", ALARM_ROW,
};
const struct query alarms_q_raise = {
        .name = "alarms.raise",
        .sql = "insert into alarms_alarm (merchant_id, alarm_id, kind, subject, zh, en, count, raised_at, calm_since, over_at)"
               " values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)",
        .args = "iittttii",
};
const struct query alarms_q_seen = {
        .name = "alarms.seen",
        .sql = "update alarms_alarm set zh = $3, en = $4, count = $5, calm_since = 0 where merchant_id = $1 and alarm_id = $2",
        .args = "iitti",
};
const struct query alarms_q_calm = {
        .name = "alarms.calm",
        .sql = "update alarms_alarm set calm_since = $3 where merchant_id = $1 and alarm_id = $2",
        .args = "iii",
};
const struct query alarms_q_over = {
        .name = "alarms.over",
        .sql = "update alarms_alarm set over_at = $3 where merchant_id = $1 and alarm_id = $2",
        .args = "iii",
};
const struct query alarms_q_sweep = {
        .name = "alarms.sweep",
        .sql = "delete from alarms_alarm where merchant_id = $1 and over_at > 0 and over_at < $2",
        .args = "ii",
};

/* ---- what was told ---- */

static const struct db_col pair_cols[] = {
        DB_COL_I(struct alarms_pair_row, alarm_id), DB_COL_T(struct alarms_pair_row, kind),    DB_COL_T(struct alarms_pair_row, zh),
        DB_COL_I(struct alarms_pair_row, count),    DB_COL_I(struct alarms_pair_row, over_at), DB_COL_I(struct alarms_pair_row, told_at),
        DB_COL_I(struct alarms_pair_row, told_count),
};
/* What is on, and what is over and he was told of. */
const struct query alarms_q_pairs = {
        .name = "alarms.pairs",
        .sql = "select a.alarm_id as alarm_id, a.kind as kind, a.zh as zh, a.count as count, a.over_at as over_at,"
               " coalesce(t.at, 0) as told_at, coalesce(t.count, 0) as told_count"
               " from alarms_alarm a left join alarms_told t on t.merchant_id = a.merchant_id and t.alarm_id = a.alarm_id"
               " and t.account_id = $2 and t.userid = $3 where a.merchant_id = $1 and a.over_at = 0"
               " union all select a.alarm_id, a.kind, a.zh, a.count, a.over_at, t.at, t.count from alarms_told t"
               " join alarms_alarm a on a.merchant_id = t.merchant_id and a.alarm_id = t.alarm_id where t.merchant_id = $1"
               " and t.account_id = $2 and t.userid = $3 and a.over_at > 0 order by alarm_id",
        .args = "iit", .row = pair_cols, .n_row = countof(pair_cols), .size = sizeof(struct alarms_pair_row),
};
const struct query alarms_q_told = {
        .name = "alarms.told",
        .sql = "insert into alarms_told (merchant_id, alarm_id, account_id, userid, at, count) values ($1, $2, $3, $4, $5, $6)"
               " on conflict (merchant_id, alarm_id, account_id, userid) do update set at = excluded.at, count = excluded.count",
        .args = "iiitii",
};
const struct query alarms_q_untold = {
        .name = "alarms.untold",
        .sql = "delete from alarms_told where merchant_id = $1 and alarm_id = $2 and account_id = $3 and userid = $4",
        .args = "iiit",
};
const struct query alarms_q_told_sweep = { /* of alarms that were swept */
        .name = "alarms.told_sweep",
        .sql = "delete from alarms_told where merchant_id = $1 and not exists (select 1 from alarms_alarm a"
               " where a.merchant_id = $1 and a.alarm_id = alarms_told.alarm_id)",
        .args = "i",
};
const struct query alarms_q_told_forget = {
        .name = "alarms.told_forget",
        .sql = "delete from alarms_told where merchant_id = $1 and account_id = $2 and userid = $3",
        .args = "iit",
};

/* ---- messages ---- */

static const struct db_col message_cols[] = {
        DB_COL_I(struct alarms_message, message_id), DB_COL_I(struct alarms_message, account_id), DB_COL_T(struct alarms_message, userid),
        DB_COL_T(struct alarms_message, text),       DB_COL_T(struct alarms_message, state),      DB_COL_T(struct alarms_message, why_zh),
        DB_COL_T(struct alarms_message, why_en),     DB_COL_I(struct alarms_message, made_at),    DB_COL_I(struct alarms_message, ended_at),
};
#define MESSAGE                                                                                                        \
        "select message_id, account_id, userid, text, state, why_zh, why_en, made_at, ended_at from alarms_message"    \
        " where merchant_id = $1"
#define MESSAGE_ROW .row = message_cols, .n_row = countof(message_cols), .size = sizeof(struct alarms_message)
const struct query alarms_q_message = {
        .name = "alarms.message", .sql = MESSAGE " and message_id = $2", .args = "ii", MESSAGE_ROW,
};
const struct query alarms_q_messages = {
        .name = "alarms.messages", .sql = MESSAGE " order by made_at desc, message_id desc limit $2", .args = "ii", MESSAGE_ROW,
};
const struct query alarms_q_message_add = {
        .name = "alarms.message_add",
        .sql = "insert into alarms_message (merchant_id, message_id, account_id, userid, text, state, made_at, ended_at)"
               " values ($1, $2, $3, $4, $5, 'queued', $6, 0)",
        .args = "iiitti",
};
const struct query alarms_q_message_end = {
        .name = "alarms.message_end",
        .sql = "update alarms_message set state = $3, why_zh = $4, why_en = $5, ended_at = $6 where merchant_id = $1 and message_id = $2",
        .args = "iittti",
};
static const struct db_col count_cols[] = {DB_COL_I(struct alarms_count_row, minute), DB_COL_I(struct alarms_count_row, hour)};
const struct query alarms_q_messages_of = {
        .name = "alarms.messages_of",
        .sql = "select cast(coalesce(sum(case when made_at > $4 then 1 else 0 end), 0) as bigint) as minute, count(*) as hour"
               " from alarms_message where merchant_id = $1 and account_id = $2 and userid = $3 and made_at > $5",
        .args = "iitii", .row = count_cols, .n_row = countof(count_cols), .size = sizeof(struct alarms_count_row),
};
const struct query alarms_q_message_sweep = {
        .name = "alarms.message_sweep", .sql = "delete from alarms_message where merchant_id = $1 and made_at < $2", .args = "ii",
};
