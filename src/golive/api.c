/* HTTP of golive. */
#include "golive/api.h"
#include "golive/rows.h"

#include "inbox/inbox.h"
#include "shops/shops.h"

/* ---- the page ---- */

struct stop_view {
        const char *key, *text, *source;
        bool confirmed;
};
static const struct json_field stop_fields[] = {
        JSON_STR(struct stop_view, key, JSON_REQUIRED, 0, 0, "to tick"),
        JSON_STR(struct stop_view, text, JSON_REQUIRED, 0, 0, "what stops, or is otherwise from then on"),
        JSON_STR(struct stop_view, source, JSON_REQUIRED, 0, 0, "where it is written"),
        JSON_BOOL(struct stop_view, confirmed, JSON_REQUIRED, "by the platform's own pages"),
};
static const struct json_desc stop_desc = JSON_DESC("GoliveStop", struct stop_view, stop_fields);

static const struct json_field day_fields[] = {
        JSON_INT(struct golive_day, day, JSON_REQUIRED, 0, 0, "20261123, China's"),
        JSON_INT(struct golive_day, rounds, JSON_REQUIRED, 0, 0, "begun on that day"),
        JSON_INT(struct golive_day, answered, JSON_REQUIRED, 0, 0, "by a person"),
        JSON_INT(struct golive_day, in_3min, JSON_REQUIRED, 0, 0, "of them within three minutes"),
        JSON_INT(struct golive_day, mean_s, JSON_REQUIRED, 0, 0, "of those answered"),
        JSON_INT(struct golive_day, theirs, JSON_REQUIRED, 0, 0, "the console's rate, hundredths of a per cent; -1 = not entered"),
        JSON_BOOL(struct golive_day, over, JSON_REQUIRED, "the day has ended"),
};
static const struct json_desc day_desc = JSON_DESC("GoliveDay", struct golive_day, day_fields);

struct shop_view {
        int64_t account_id, rehearsed_at, rehearsed_consults, accepted_at, switched_at, heard_at, answered_at, tested_at, live_at, back_at;
        int64_t silent_minutes, last_heard_at;
        const char *name, *state, *state_text, *by;
        struct bytes report;
        bool rehearsed_ok, granted, read_only;
        struct golive_day *days;
        size_t n_days;
};
static const struct json_field shop_fields[] = {
        JSON_KEY(struct shop_view, account_id, JSON_REQUIRED, "the shop"),
        JSON_STR(struct shop_view, name, JSON_REQUIRED, 0, 0, "its name"),
        JSON_STR(struct shop_view, state, JSON_REQUIRED, 0, 0, "none, rehearsed, accepted, switched, tested, live, back"),
        JSON_STR(struct shop_view, state_text, JSON_REQUIRED, 0, 0, "the same in words"),
        JSON_STR(struct shop_view, by, JSON_REQUIRED, 0, 0, "who took the last step"),
        JSON_INT(struct shop_view, rehearsed_at, JSON_REQUIRED, 0, 0, "ms; 0 = never"),
        JSON_INT(struct shop_view, rehearsed_consults, JSON_REQUIRED, 0, 0, "how many were played"),
        JSON_BOOL(struct shop_view, rehearsed_ok, JSON_REQUIRED, "each came once and was answered"),
        JSON_RAW(struct shop_view, report, 0, "what the rehearsal found"),
        JSON_INT(struct shop_view, accepted_at, JSON_REQUIRED, 0, 0, "ms; 0 = not yet"),
        JSON_BOOL(struct shop_view, granted, JSON_REQUIRED, "the platform lets us call in-shop 客服"),
        JSON_BOOL(struct shop_view, read_only, JSON_REQUIRED, "nothing may be written; the switch ends it"),
        JSON_INT(struct shop_view, switched_at, JSON_REQUIRED, 0, 0, "ms; 0 = not yet"),
        JSON_INT(struct shop_view, heard_at, JSON_REQUIRED, 0, 0, "ms: the first consult since the switch; 0 = none"),
        JSON_INT(struct shop_view, answered_at, JSON_REQUIRED, 0, 0, "ms: a person's answer that the platform has taken; 0 = none"),
        JSON_INT(struct shop_view, tested_at, JSON_REQUIRED, 0, 0, "ms; 0 = not yet"),
        JSON_INT(struct shop_view, live_at, JSON_REQUIRED, 0, 0, "ms; 0 = not live"),
        JSON_INT(struct shop_view, back_at, JSON_REQUIRED, 0, 0, "ms; 0 = never"),
        JSON_INT(struct shop_view, silent_minutes, JSON_REQUIRED, 0, 0, "of business hours, until the doctor calls"),
        JSON_INT(struct shop_view, last_heard_at, JSON_REQUIRED, 0, 0, "ms: the last consult; 0 = never"),
        JSON_LIST(struct shop_view, days, n_days, JSON_REQUIRED, 0, &day_desc, "the first seven since it went live"),
};
static const struct json_desc shop_desc = JSON_DESC("GoliveShop", struct shop_view, shop_fields);

struct page {
        struct shop_view *items;
        size_t n;
        struct stop_view *stops;
        size_t n_stops;
};
static const struct json_field page_fields[] = {
        JSON_LIST(struct page, items, n, JSON_REQUIRED, 0, &shop_desc, "shops"),
        JSON_LIST(struct page, stops, n_stops, JSON_REQUIRED, 0, &stop_desc, "what stops with the switch"),
};
static const struct json_desc page_desc = JSON_DESC("Golive", struct page, page_fields);

static int view_of(struct ctx *ctx, const struct shops_account *a, struct shop_view *v)
{
        bool english = exchange_english(ctx->http);
        struct inbox_proof proof = {0};
        struct golive_shop s;
        int r = golive_get(ctx, a->account_id, &s);

        if (!r && s.switched_at)
                r = inbox_proof(ctx, a->account_id, s.switched_at, &proof);
        if (r)
                return status_fold(r);
        const struct state_row *row = state_row(&golive_states, s.state);
        *v = (struct shop_view){
                .account_id = a->account_id, .name = a->name, .state = s.state, .state_text = english ? row->en : row->zh, .by = s.by,
                .rehearsed_at = s.rehearsed_at, .rehearsed_consults = s.rehearsed_consults, .rehearsed_ok = s.rehearsed_ok == 1,
                .report = bytes_of_text(s.report), .accepted_at = s.accepted_at, .granted = a->kf_granted_at > 0,
                .read_only = a->read_only == 1, .switched_at = s.switched_at, .heard_at = proof.heard_at, .answered_at = proof.answered_at,
                .tested_at = s.tested_at, .live_at = s.live_at, .back_at = s.back_at, .silent_minutes = s.silent_minutes,
                .last_heard_at = a->kf_heard_at};
        return golive_days(ctx, a->account_id, &v->days, &v->n_days);
}

static int get_golive(struct ctx *ctx, const void *in, void *out)
{
        bool english = exchange_english(ctx->http);
        struct shops_account *shops;
        struct page *o = out;
        int r = shops_accounts_of(ctx, "shop", &shops, &o->n);

        (void)in;
        o->items = arena_array(ctx->arena, struct shop_view, o->n);
        for (size_t i = 0; !r && i < o->n; i++)
                r = view_of(ctx, &shops[i], &o->items[i]);
        o->n_stops = countof(golive_stops);
        o->stops = arena_array(ctx->arena, struct stop_view, o->n_stops);
        for (size_t i = 0; i < o->n_stops; i++)
                o->stops[i] = (struct stop_view){golive_stops[i].key, english ? golive_stops[i].en : golive_stops[i].zh,
                                                 golive_stops[i].source, golive_stops[i].confirmed};
        return status_fold(r);
}

/* ---- the steps ---- */

struct step_in {
        int64_t account_id, silent_minutes, day, theirs;
        const char *why, *const *keys;
        size_t n_keys;
};
#define ACCOUNT JSON_KEY(struct step_in, account_id, JSON_REQUIRED, "the shop")
static const struct json_field step_fields[] = {ACCOUNT};
static const struct json_desc step_desc = JSON_DESC("GoliveStepIn", struct step_in, step_fields);
static const struct json_field accept_fields[] = {
        ACCOUNT, JSON_STRS(struct step_in, keys, n_keys, JSON_REQUIRED, 20, "of `stops`: each must be ticked"),
};
static const struct json_desc accept_desc = JSON_DESC("GoliveAcceptIn", struct step_in, accept_fields);
static const struct json_field live_fields[] = {
        ACCOUNT, JSON_INT(struct step_in, silent_minutes, JSON_REQUIRED, 5, 14 * 60, "of business hours without a consult, until the doctor calls"),
};
static const struct json_desc live_desc = JSON_DESC("GoliveLiveIn", struct step_in, live_fields);
static const struct json_field back_fields[] = {ACCOUNT, JSON_STR(struct step_in, why, 0, 0, 500, "for the audit log")};
static const struct json_desc back_desc = JSON_DESC("GoliveBackIn", struct step_in, back_fields);
static const struct json_field theirs_fields[] = {
        ACCOUNT, JSON_INT(struct step_in, day, JSON_REQUIRED, 19700101, 99991231, "20261123"),
        JSON_INT(struct step_in, theirs, JSON_REQUIRED, 0, 10000, "as the shop's console shows it, hundredths of a per cent"),
};
static const struct json_desc theirs_desc = JSON_DESC("GoliveTheirsIn", struct step_in, theirs_fields);

static int post_accept(struct ctx *ctx, const void *in, void *out)
{
        const struct step_in *i = in;

        (void)out;
        return golive_accept(ctx, i->account_id, i->keys, i->n_keys);
}

static int post_switch(struct ctx *ctx, const void *in, void *out)
{
        (void)out;
        return golive_switch(ctx, ((const struct step_in *)in)->account_id);
}

static int post_test(struct ctx *ctx, const void *in, void *out)
{
        (void)out;
        return golive_test(ctx, ((const struct step_in *)in)->account_id);
}

static int post_live(struct ctx *ctx, const void *in, void *out)
{
        const struct step_in *i = in;

        (void)out;
        return golive_live(ctx, i->account_id, i->silent_minutes);
}

static int post_back(struct ctx *ctx, const void *in, void *out)
{
        const struct step_in *i = in;

        (void)out;
        return golive_back(ctx, i->account_id, i->why);
}

static int put_theirs(struct ctx *ctx, const void *in, void *out)
{
        const struct step_in *i = in;

        (void)out;
        return golive_theirs(ctx, i->account_id, i->day, i->theirs);
}

static const struct problem problems[] = {
        {GOLIVE_E_NONE, 404, "golive.none", "没有这个小店，请刷新后重试。", "No such shop; reload the page."},
        {GOLIVE_E_ORDER, 409, "golive.order", "还没有轮到这一步：请按页面上的顺序来。", "Another step comes first; take them in the page's order."},
        {GOLIVE_E_REHEARSAL, 409, "golive.rehearsal", "最近一次彩排没有通过：请看报告，改好后再彩排一次。",
         "The last rehearsal failed: read its report, put it right, rehearse again."},
        {GOLIVE_E_TICKS, 422, "golive.ticks", "请逐条确认所有会停用的功能。", "Tick every function that stops."},
        {GOLIVE_E_GRANT, 409, "golive.grant", "平台还没有把店内客服开通给本程序：请在小店后台「客服 → 自研客服」由超级管理员扫码开通，等「接入」页的店内客服变绿。",
         "The platform has not granted in-shop 客服 to this program: the super administrator scans under 客服 → 自研客服; wait until its card is green."},
        {GOLIVE_E_CONSULT, 409, "golive.consult", "切换以后还没有收到咨询：请用买家身份在小店里发一句话。几分钟内收不到就按步骤切回。",
         "No consult has come since the switch: write in the shop as a buyer. If nothing comes within minutes, go back."},
        {GOLIVE_E_ANSWER, 409, "golive.answer", "咨询已收到，请在客服页由真人回复，等气泡变成「已发送」。",
         "The consult is here: let a person answer it, and wait until the bubble says sent."},
        {GOLIVE_E_HOSTED, 409, "golive.hosted", "托管的商家不能接管店内客服：平台只允许商家自己的程序调用。店内消息请继续在小店后台回复。",
         "A hosted merchant cannot take over in-shop 客服: the platform lets only his own program call it. Go on answering in the shop's console."},
        {GOLIVE_E_BAD, 422, "golive.day", "只能填写上线以后、已经开始的日期。", "Only days since it went live, and not of the future."},
        {0},
};
#define STEP(name, fn, in_, summary_)                                                                                  \
        {"POST", "/api/golive/{account_id}/" name, fn, .in = in_, .permission = "golive.step", .flags = ROUTE_WRITE,   \
         .ok = 204, .problems = problems, .summary = summary_}

const struct route golive_routes[7] = {
        {"GET", "/api/golive", get_golive, .out = &page_desc, .permission = "golive.read",
         .summary = "How far each shop is on its way to answering in-shop 客服 here"},
        STEP("accept", post_accept, &accept_desc, "Every function that stops was ticked"),
        STEP("switch", post_switch, &step_desc, "The platform was switched over; ends read-only"),
        STEP("test", post_test, &step_desc, "A consult came in and was answered: believed when it is so"),
        STEP("live", post_live, &live_desc, "The shop is live: silence raises an alarm. Again: other minutes"),
        STEP("back", post_back, &back_desc, "Given back to the shop's console"),
        {"PUT", "/api/golive/{account_id}/days/{day}", put_theirs, .in = &theirs_desc, .permission = "golive.enter", .flags = ROUTE_WRITE,
         .ok = 204, .problems = problems, .summary = "The 3-minute rate that the shop's console shows for a day"},
};
