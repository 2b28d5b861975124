/* The steps. Each looks at what is true now, not at what a page showed; none can be left out. */
#include "golive/rows.h"

#include "inbox/inbox.h"
#include "shops/shops.h"
#include "store/audit.h"

#define SILENT_MINUTES 120 /* as it comes */

const struct golive_stop golive_stops[7] = {
        {"desk", "小店后台和小店助手里的客服工作台不再收到新消息：API 与后台二选一。",
         "The desk of the shop's console and app gets no more messages: it is the API or the console, never both.",
         "channels-callback.md 7", true},
        {"history", "两种方式的聊天记录不互通：以前的会话留在小店后台，以后的留在这里。",
         "Histories are not shared: earlier chats stay in the console, later ones are here.", "channels-callback.md 7", true},
        {"replies", "买家每发一条消息后 48 小时内最多回复 5 条，多发会被平台拒绝。",
         "Five answers at most within 48 hours of each message of hers; the platform refuses more.", "channels-callback.md 7", true},
        {"masked", "聊天里出现的手机号、地址由平台加密或打码，这里看不到原文。",
         "Telephone numbers and addresses in a chat are masked by the platform; they are not seen here.", "channels-callback.md 7", true},
        {"lost", "本服务停机或地址失效超过约 3.5 小时，期间的咨询永久丢失，补不回来。",
         "Consults during more than some 3.5 hours of our being unreachable are lost for good.", "channels-callback.md 7.1", true},
        {"rate", "3 分钟人工回复率由平台按自己的口径统计；API 回复怎样计入没有公开说明，上线后七天请每天核对。",
         "The platform counts the 3-minute rate of human replies its own way; how answers by API count is not published: compare for seven days.",
         "channels-callback.md 7.3, shop-score.md 3", false},
        {"helpers", "后台客服工作台自带的快捷回复、自动回复、机器人、转接和排班随工作台一起停用。",
         "Quick and automatic replies, the robot, hand-overs and shifts of the console's desk stop with it.", "channels-callback.md 7", false},
};

static int put(struct ctx *ctx, const struct golive_shop *s)
{
        return status_fold(db_exec(ctx, &golive_q_put, DB_I(ctx->merchant), DB_I(s->account_id), DB_T(s->state), DB_I(s->rehearsed_at),
                                   DB_I(s->rehearsed_consults), DB_I(s->rehearsed_ok), DB_T(s->report), DB_I(s->accepted_at),
                                   DB_I(s->switched_at), DB_I(s->tested_at), DB_I(s->live_at), DB_I(s->back_at), DB_T(s->by),
                                   DB_I(s->silent_minutes)));
}

static int shop_of(struct ctx *ctx, int64_t account_id, struct shops_account *account)
{
        int r = shops_account_get(ctx, account_id, account);

        if (r)
                return r == SHOPS_E_NONE ? GOLIVE_E_NONE : r;
        return text_eq(account->kind, "shop") ? 0 : GOLIVE_E_NONE;
}

int golive_get(struct ctx *ctx, int64_t account_id, struct golive_shop *out)
{
        struct shops_account account;
        int r = shop_of(ctx, account_id, &account);

        if (r)
                return r;
        r = db_one(ctx, &golive_q_get, out, DB_I(ctx->merchant), DB_I(account_id));
        if (r == DB_E_NONE)
                *out = (struct golive_shop){.account_id = account_id, .state = "none", .by = "", .silent_minutes = SILENT_MINUTES};
        return r == DB_E_NONE ? 0 : status_fold(r);
}

/* The one function that moves a shop. */
static int move(struct ctx *ctx, struct golive_shop *s, const char *to, int64_t *at, const char *detail)
{
        int r = state_move(&golive_states, s->state, to);

        if (r && r != STATE_E_SAME)
                return GOLIVE_E_ORDER;
        s->state = to;
        s->by = ctx->actor.name;
        *at = ctx->now;
        r = put(ctx, s);
        if (r)
                return r;
        ctx_notice(ctx, "golive", "changed", s->account_id, 0, NULL);
        return status_fold(audit(ctx, arena_printf(ctx->arena, "golive.%s", to), "account", s->account_id, detail));
}

static bool stands_at(const struct golive_shop *s, const char *state)
{
        return text_eq(s->state, state);
}

int golive_rehearsed(struct ctx *ctx, int64_t account_id, int64_t consults, bool ok, const char *report)
{
        struct golive_shop s;
        int r = golive_get(ctx, account_id, &s);

        if (r)
                return r;
        s.rehearsed_at = ctx->now;
        s.rehearsed_consults = consults;
        s.rehearsed_ok = ok;
        s.report = report;
        bool before = stands_at(&s, "none") || stands_at(&s, "back") || stands_at(&s, "rehearsed") || stands_at(&s, "accepted");
        if (ok && before)
                return move(ctx, &s, "rehearsed", &s.rehearsed_at, report);
        r = put(ctx, &s);
        ctx_notice(ctx, "golive", "changed", account_id, 0, NULL);
        return r ? r : status_fold(audit(ctx, "golive.rehearsal", "account", account_id, report));
}

static bool ticked(const char *const *keys, size_t n, const char *key)
{
        for (size_t i = 0; i < n; i++)
                if (text_eq(keys[i], key))
                        return true;
        return false;
}

static int first_party(struct ctx *ctx)
{
        struct shops_merchant m;
        int r = shops_merchant_get(ctx, &m);

        return r ? status_fold(r) : m.terms.hosted ? GOLIVE_E_HOSTED : 0;
}

int golive_accept(struct ctx *ctx, int64_t account_id, const char *const *keys, size_t n)
{
        struct golive_shop s;
        int r = golive_get(ctx, account_id, &s);

        if (!r)
                r = first_party(ctx);
        if (r)
                return r;
        if (!stands_at(&s, "rehearsed") && !stands_at(&s, "accepted"))
                return s.rehearsed_at && !s.rehearsed_ok ? GOLIVE_E_REHEARSAL : GOLIVE_E_ORDER;
        if (!s.rehearsed_ok) /* a later one failed */
                return GOLIVE_E_REHEARSAL;
        for (size_t i = 0; i < countof(golive_stops); i++)
                if (!ticked(keys, n, golive_stops[i].key))
                        return GOLIVE_E_TICKS;
        return move(ctx, &s, "accepted", &s.accepted_at, NULL);
}

int golive_switch(struct ctx *ctx, int64_t account_id)
{
        struct shops_account account;
        struct golive_shop s;
        int r = golive_get(ctx, account_id, &s);

        if (!r)
                r = shop_of(ctx, account_id, &account);
        if (!r)
                r = first_party(ctx);
        if (r)
                return r;
        if (!stands_at(&s, "accepted"))
                return GOLIVE_E_ORDER;
        if (!account.kf_granted_at)
                return GOLIVE_E_GRANT;
        r = account.read_only ? shops_set_read_only(ctx, account_id, false) : 0;
        return r ? status_fold(r) : move(ctx, &s, "switched", &s.switched_at, NULL);
}

int golive_test(struct ctx *ctx, int64_t account_id)
{
        struct inbox_proof proof;
        struct golive_shop s;
        int r = golive_get(ctx, account_id, &s);

        if (r)
                return r;
        if (!stands_at(&s, "switched"))
                return GOLIVE_E_ORDER;
        r = inbox_proof(ctx, account_id, s.switched_at, &proof);
        if (r)
                return status_fold(r);
        if (!proof.heard_at)
                return GOLIVE_E_CONSULT;
        return proof.answered_at ? move(ctx, &s, "tested", &s.tested_at, NULL) : GOLIVE_E_ANSWER;
}

int golive_live(struct ctx *ctx, int64_t account_id, int64_t silent_minutes)
{
        struct golive_shop s;
        int r = golive_get(ctx, account_id, &s);

        if (r)
                return r;
        if (!stands_at(&s, "tested") && !stands_at(&s, "live"))
                return GOLIVE_E_ORDER;
        s.silent_minutes = silent_minutes;
        return move(ctx, &s, "live", stands_at(&s, "live") ? &(int64_t){0} : &s.live_at, NULL);
}

struct why {
        const char *why;
};
static const struct json_field why_fields[] = {JSON_STR(struct why, why, JSON_OMIT, 0, 0, "as the person said")};
static const struct json_desc why_desc = JSON_DESC("GoliveWhy", struct why, why_fields);

int golive_back(struct ctx *ctx, int64_t account_id, const char *why)
{
        struct golive_shop s;
        int r = golive_get(ctx, account_id, &s);

        if (r)
                return r;
        s.accepted_at = s.switched_at = s.tested_at = s.live_at = 0; /* what was proven is to be proven again */
        return move(ctx, &s, "back", &s.back_at, json_write(ctx->arena, &why_desc, &(struct why){why}));
}
