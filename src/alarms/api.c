/* HTTP of alarms. */
#include "alarms/api.h"
#include "alarms/rows.h"

#define SHOWN 50

/* ---- the page ---- */

struct rule_view {
        const char *kind, *title, *unit;
        bool enabled;
        int64_t threshold, least, most;
};
static const struct json_field rule_fields[] = {
        JSON_STR(struct rule_view, kind, JSON_REQUIRED, 0, 0, "which"),
        JSON_STR(struct rule_view, title, JSON_REQUIRED, 0, 0, "the same in words"),
        JSON_BOOL(struct rule_view, enabled, JSON_REQUIRED, "looked for"),
        JSON_STR(struct rule_view, unit, 0, 0, 0, "of the threshold: s, min; null: it has none"),
        JSON_INT(struct rule_view, threshold, JSON_REQUIRED, 0, 0, "from which on people are told"),
        JSON_INT(struct rule_view, least, JSON_REQUIRED, 0, 0, "the smallest one allowed"),
        JSON_INT(struct rule_view, most, JSON_REQUIRED, 0, 0, "the largest one allowed"),
};
static const struct json_desc rule_desc = JSON_DESC("AlarmRule", struct rule_view, rule_fields);

static const struct json_field recipient_fields[] = {
        JSON_KEY(struct alarms_recipient, account_id, JSON_REQUIRED, "the corp whose app writes to him"),
        JSON_STR(struct alarms_recipient, userid, JSON_REQUIRED, 0, 0, "the member"),
        JSON_STR(struct alarms_recipient, name, JSON_REQUIRED, 0, 0, "his name"),
        JSON_STR(struct alarms_recipient, kinds, JSON_REQUIRED, 0, 0, "what he hears of, separated by blanks; empty: everything"),
        JSON_INT(struct alarms_recipient, quiet_from, JSON_REQUIRED, 0, 0, "minute of China's day"),
        JSON_INT(struct alarms_recipient, quiet_to, JSON_REQUIRED, 0, 0, "the same as quiet_from: never quiet"),
        JSON_INT(struct alarms_recipient, reachable, JSON_REQUIRED, 0, 0, "1: an active member that the app may see"),
};
static const struct json_desc recipient_desc = JSON_DESC("AlarmRecipient", struct alarms_recipient, recipient_fields);

struct alarm_view {
        int64_t alarm_id, count, raised_at, over_at;
        const char *kind, *text;
};
static const struct json_field alarm_fields[] = {
        JSON_KEY(struct alarm_view, alarm_id, JSON_REQUIRED, "the alarm"),
        JSON_STR(struct alarm_view, kind, JSON_REQUIRED, 0, 0, "which rule's"),
        JSON_STR(struct alarm_view, text, JSON_REQUIRED, 0, 0, "what is wrong"),
        JSON_INT(struct alarm_view, count, JSON_REQUIRED, 0, 0, "how many"),
        JSON_INT(struct alarm_view, raised_at, JSON_REQUIRED, 0, 0, "ms"),
        JSON_INT(struct alarm_view, over_at, JSON_REQUIRED, 0, 0, "ms; 0 = it is on"),
};
static const struct json_desc alarm_desc = JSON_DESC("Alarm", struct alarm_view, alarm_fields);

struct message_view {
        int64_t message_id, made_at, ended_at;
        const char *userid, *name, *text, *state, *why;
};
static const struct json_field message_fields[] = {
        JSON_KEY(struct message_view, message_id, JSON_REQUIRED, "the message"),
        JSON_STR(struct message_view, userid, JSON_REQUIRED, 0, 0, "to whom"),
        JSON_STR(struct message_view, name, JSON_REQUIRED, 0, 0, "his name"),
        JSON_STR(struct message_view, text, JSON_REQUIRED, 0, 0, "what was said"),
        JSON_STR(struct message_view, state, JSON_REQUIRED, 0, 0, "queued, sent, failed, unknown (may have arrived), late (no news any more)"),
        JSON_STR(struct message_view, why, 0, 0, 0, "of failed: why, and what to do"),
        JSON_INT(struct message_view, made_at, JSON_REQUIRED, 0, 0, "ms"),
        JSON_INT(struct message_view, ended_at, JSON_REQUIRED, 0, 0, "ms; 0 = not yet"),
};
static const struct json_desc message_desc = JSON_DESC("AlarmMessage", struct message_view, message_fields);

struct page {
        struct rule_view *rules;
        size_t n_rules;
        struct alarms_recipient *recipients;
        size_t n_recipients;
        struct alarm_view *alarms;
        size_t n_alarms;
        struct message_view *messages;
        size_t n_messages;
};
static const struct json_field page_fields[] = {
        JSON_LIST(struct page, rules, n_rules, JSON_REQUIRED, 0, &rule_desc, "what is looked for"),
        JSON_LIST(struct page, recipients, n_recipients, JSON_REQUIRED, 0, &recipient_desc, "who is told"),
        JSON_LIST(struct page, alarms, n_alarms, JSON_REQUIRED, 0, &alarm_desc, "those that are on first, then the latest"),
        JSON_LIST(struct page, messages, n_messages, JSON_REQUIRED, 0, &message_desc, "the latest, newest first"),
};
static const struct json_desc page_desc = JSON_DESC("Alarms", struct page, page_fields);

static int put_rules(struct ctx *ctx, struct page *o, bool english)
{
        struct alarms_rule *rules;
        int r = alarms_rules(ctx, &rules, &o->n_rules);

        o->rules = arena_array(ctx->arena, struct rule_view, o->n_rules);
        for (size_t i = 0; !r && i < o->n_rules; i++)
                o->rules[i] = (struct rule_view){rules[i].kind, english ? rules[i].en : rules[i].zh, rules[i].unit, rules[i].enabled == 1,
                                                 rules[i].threshold, rules[i].least, rules[i].most};
        return r;
}

static int put_alarms(struct ctx *ctx, struct page *o, bool english)
{
        struct alarms_alarm *alarms;
        int r = alarms_list(ctx, SHOWN, &alarms, &o->n_alarms);

        if (r)
                return r;
        o->alarms = arena_array(ctx->arena, struct alarm_view, o->n_alarms);
        for (size_t i = 0; i < o->n_alarms; i++)
                o->alarms[i] = (struct alarm_view){alarms[i].alarm_id, alarms[i].count, alarms[i].raised_at, alarms[i].over_at,
                                                   alarms[i].kind, english ? alarms[i].en : alarms[i].zh};
        return 0;
}

static int put_messages(struct ctx *ctx, struct page *o, bool english)
{
        struct alarms_message *all;
        int r = alarms_messages(ctx, SHOWN, &all, &o->n_messages);

        if (r)
                return r;
        o->messages = arena_array(ctx->arena, struct message_view, o->n_messages);
        for (size_t i = 0; i < o->n_messages; i++) {
                o->messages[i] = (struct message_view){all[i].message_id, all[i].made_at, all[i].ended_at, all[i].userid, all[i].userid,
                                                       all[i].text, all[i].state, english ? all[i].why_en : all[i].why_zh};
                for (size_t k = 0; k < o->n_recipients; k++)
                        if (text_eq(o->recipients[k].userid, all[i].userid))
                                o->messages[i].name = o->recipients[k].name;
        }
        return 0;
}

static int get_alarms(struct ctx *ctx, const void *in, void *out)
{
        bool english = exchange_english(ctx->http);
        struct page *o = out;
        int r = put_rules(ctx, o, english);

        (void)in;
        if (!r)
                r = alarms_recipients(ctx, &o->recipients, &o->n_recipients);
        if (!r)
                r = put_alarms(ctx, o, english);
        return r ? r : put_messages(ctx, o, english);
}

/* ---- changes ---- */

struct rule_in {
        const char *kind;
        bool enabled;
        int64_t threshold;
};
static const struct json_field rule_in_fields[] = {
        JSON_STR(struct rule_in, kind, JSON_REQUIRED, 1, 40, "which"),
        JSON_BOOL(struct rule_in, enabled, JSON_REQUIRED, "look for it"),
        JSON_INT(struct rule_in, threshold, 0, 0, 1000000, "in the rule's unit; 0 where it has none"),
};
static const struct json_desc rule_in = JSON_DESC("AlarmRuleIn", struct rule_in, rule_in_fields);

static int put_rule(struct ctx *ctx, const void *in, void *out)
{
        const struct rule_in *i = in;

        (void)out;
        return alarms_set_rule(ctx, i->kind, i->enabled, i->threshold);
}

static const struct json_field recipient_in_fields[] = {
        JSON_KEY(struct alarms_recipient, account_id, JSON_REQUIRED, "the corp"),
        JSON_STR(struct alarms_recipient, userid, JSON_REQUIRED, 1, 64, "the member"),
        JSON_STR(struct alarms_recipient, kinds, 0, 0, 200, "what he hears of, separated by blanks; empty: everything"),
        JSON_INT(struct alarms_recipient, quiet_from, 0, 0, 1439, "minute of China's day"),
        JSON_INT(struct alarms_recipient, quiet_to, 0, 0, 1439, "the same as quiet_from: never quiet"),
};
static const struct json_desc recipient_in = JSON_DESC("AlarmRecipientIn", struct alarms_recipient, recipient_in_fields);

static int put_recipient(struct ctx *ctx, const void *in, void *out)
{
        struct alarms_recipient new = *(const struct alarms_recipient *)in;

        (void)out;
        if (!new.kinds)
                new.kinds = "";
        return alarms_set_recipient(ctx, &new);
}

struct who_in {
        int64_t account_id;
        const char *userid;
};
static const struct json_field who_fields[] = {
        JSON_KEY(struct who_in, account_id, JSON_REQUIRED, "the corp"),
        JSON_STR(struct who_in, userid, JSON_REQUIRED, 1, 64, "the member"),
};
static const struct json_desc who_desc = JSON_DESC("AlarmWhoIn", struct who_in, who_fields);

static int delete_recipient(struct ctx *ctx, const void *in, void *out)
{
        const struct who_in *i = in;

        (void)out;
        return alarms_drop_recipient(ctx, i->account_id, i->userid);
}

struct test_out {
        int64_t message_id;
};
static const struct json_field test_fields[] = {
        JSON_KEY(struct test_out, message_id, JSON_REQUIRED, "how it ends is in the list of messages"),
};
static const struct json_desc test_desc = JSON_DESC("AlarmTest", struct test_out, test_fields);

static int post_test(struct ctx *ctx, const void *in, void *out)
{
        const struct who_in *i = in;

        return alarms_test(ctx, i->account_id, i->userid, &((struct test_out *)out)->message_id);
}

static const struct problem problems[] = {
        {ALARMS_E_NONE, 404, "alarms.none", "没有这种提醒，或这个人不在接收人里；请刷新后重试。", "No such rule, or nobody of that name is told; reload the page."},
        {ALARMS_E_THRESHOLD, 422, "alarms.threshold", "数值不在这条规则允许的范围内。", "Outside what this rule allows."},
        {ALARMS_E_MEMBER, 422, "alarms.member", "通讯录里没有这个在职成员，或他不在应用的可见范围内；请在企业微信管理后台把他加入自建应用的可见范围。",
         "No active member of that name is in the directory; add him to the app's visible range in the WeCom console."},
        {ALARMS_E_AGENT, 422, "alarms.agent", "请先在「账号」页填写自建应用的 AgentId。", "Tell the app's AgentId on the accounts page first."},
        {ALARMS_E_READ_ONLY, 409, "alarms.read_only", "这个企业微信还是只读，不能发送任何内容；请先在「账号」页结束只读。",
         "This corp is read-only still; end that on the accounts page first."},
        {ALARMS_E_BUSY, 429, "alarms.busy", "这一分钟里发给他的已经够多了，请一分钟后再试。", "Enough was sent to him in this minute; try again in a minute."},
        {ALARMS_E_BAD, 422, "alarms.quiet", "免打扰时间应在 0 到 1439 分之间。", "Quiet hours lie between minute 0 and 1439."},
        {0},
};

const struct route alarms_routes[5] = {
        {"GET", "/api/alarms", get_alarms, .out = &page_desc, .permission = "alarms.read",
         .summary = "What people are told of, who is told, what is wrong now, and what was sent"},
        {"PUT", "/api/alarms/rules/{kind}", put_rule, .in = &rule_in, .permission = "alarms.manage", .flags = ROUTE_WRITE, .ok = 204,
         .problems = problems, .summary = "Looks for something or not, and from which threshold on"},
        {"PUT", "/api/alarms/recipients", put_recipient, .in = &recipient_in, .permission = "alarms.manage", .flags = ROUTE_WRITE,
         .ok = 204, .problems = problems, .summary = "Has a member of WeCom told, or changes what he is told"},
        {"DELETE", "/api/alarms/recipients/{account_id}/{userid}", delete_recipient, .in = &who_desc, .permission = "alarms.manage",
         .flags = ROUTE_WRITE, .ok = 204, .problems = problems, .summary = "Has him told no more"},
        {"POST", "/api/alarms/test", post_test, .in = &who_desc, .out = &test_desc, .permission = "alarms.manage",
         .flags = ROUTE_WRITE, .ok = 202, .problems = problems, .summary = "Sends him a message at once, to see whether it arrives"},
};
