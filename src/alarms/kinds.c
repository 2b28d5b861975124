#include "alarms/kinds.h"

#include "aftersales/aftersales.h"
#include "inbox/inbox.h"
#include "shops/shops.h"
#include "store/check.h"

#include <string.h>

#define MINUTE_MS (60 * 1000LL)
#define MANY 1000 /* customers or cases are counted up to here: more changes nothing for who is told */

static void add(struct ctx *ctx, struct alarms_facts *facts, struct alarms_fact fact)
{
        if (facts->n == facts->room) {
                size_t room = facts->room ? 2 * facts->room : 16;
                struct alarms_fact *list = arena_array(ctx->arena, struct alarms_fact, room);

                if (facts->n)
                        memcpy(list, facts->list, facts->n * sizeof(*list));
                facts->list = list;
                facts->room = room;
        }
        facts->list[facts->n++] = fact;
}

/* "4 分 10 秒" */
static const char *lasting(struct ctx *ctx, int64_t ms, bool english)
{
        long long s = ms / 1000, minutes = s / 60, hours = minutes / 60;

        if (s < 60)
                return arena_printf(ctx->arena, english ? "%lld s" : "%lld 秒", s);
        if (hours)
                return arena_printf(ctx->arena, english ? "%lld h %lld min" : "%lld 小时 %lld 分", hours, minutes % 60);
        return arena_printf(ctx->arena, english ? "%lld min %lld s" : "%lld 分 %lld 秒", minutes, s % 60);
}

static const char *many(struct ctx *ctx, int64_t n)
{
        return n < MANY ? arena_printf(ctx->arena, "%lld", (long long)n) : "1000+";
}

static int look_waiting(struct ctx *ctx, int64_t threshold, struct alarms_facts *facts)
{
        int64_t n, since;
        int r = inbox_waiting(ctx, ctx->now - threshold * 1000, MANY, &n, &since);

        if (r || !n)
                return r;
        add(ctx, facts, (struct alarms_fact){
                .kind = "waiting", .subject = "", .count = n,
                .zh = arena_printf(ctx->arena, "%s 位客户等待超过 %s，最久 %s", many(ctx, n), lasting(ctx, threshold * 1000, false),
                                   lasting(ctx, ctx->now - since, false)),
                .en = arena_printf(ctx->arena, "%s customers have been waiting for more than %s, one for %s", many(ctx, n),
                                   lasting(ctx, threshold * 1000, true), lasting(ctx, ctx->now - since, true))});
        return 0;
}

static int look_due(struct ctx *ctx, int64_t threshold, struct alarms_facts *facts)
{
        int64_t n, first, left;
        int r = aftersales_waiting(ctx, ctx->now + threshold * MINUTE_MS, MANY, &n, &first);

        if (r || !n)
                return r;
        left = first - ctx->now;
        add(ctx, facts, (struct alarms_fact){
                .kind = "case_due", .subject = "", .count = n,
                .zh = arena_printf(ctx->arena, left > 0 ? "%s 笔售后等待处理，最早的 %s后超时" : "%s 笔售后等待处理，最早的已超时 %s", many(ctx, n),
                                   lasting(ctx, left > 0 ? left : -left, false)),
                .en = arena_printf(ctx->arena, left > 0 ? "%s after-sales cases wait for you; the first has %s left"
                                                        : "%s after-sales cases wait for you; the first is overdue by %s",
                                   many(ctx, n), lasting(ctx, left > 0 ? left : -left, true))});
        return 0;
}

const struct alarms_kind alarms_kinds[6] = {
        {"waiting", "客户等待", "customers who wait", "s", 180, 30, 86400, look_waiting, NULL, 0},
        {"case_due", "售后快超时", "after-sales cases near their deadline", "min", 360, 10, 2880, look_due, NULL, 0},
        {"silent", "回调中断", "callbacks that have stopped", NULL, 0, 0, 0, NULL, "shops.callback_age", CHECK_FAIL},
        {"balance", "小店余额不足", "low balance of a shop", NULL, 0, 0, 0, NULL, "shops.balance", CHECK_WARN},
        {"disk", "磁盘空间不足", "little disk space left", NULL, 0, 0, 0, NULL, "system.disk", CHECK_WARN},
        {"doctor", "体检发现的其他故障", "other faults that the doctor found", NULL, 0, 0, 0, NULL, NULL, CHECK_FAIL},
};

const struct alarms_kind *alarms_kind(const char *name)
{
        for (size_t i = 0; i < countof(alarms_kinds); i++)
                if (text_eq(alarms_kinds[i].name, name))
                        return &alarms_kinds[i];
        return NULL;
}

/* ---- what the doctor found ---- */

static const struct alarms_kind *kind_of(const struct check_row *found)
{
        const struct alarms_kind *rest = NULL;

        for (size_t i = 0; i < countof(alarms_kinds); i++) {
                const struct alarms_kind *k = &alarms_kinds[i];

                if (text_eq(k->check, found->name))
                        return found->level >= k->level ? k : NULL;
                if (!k->look && !k->check)
                        rest = k;
        }
        return found->level >= rest->level ? rest : NULL;
}

static bool enabled(const struct alarms_rule *rules, size_t n, const struct alarms_kind *kind)
{
        for (size_t i = 0; i < n; i++)
                if (text_eq(rules[i].kind, kind->name))
                        return rules[i].enabled == 1;
        return false;
}

static int add_finding(struct ctx *ctx, const struct alarms_kind *kind, const struct check_row *row, struct alarms_facts *facts)
{
        struct shops_account account = {.name = NULL};
        int r = row->account_id ? shops_account_get(ctx, row->account_id, &account) : 0;

        if (r)
                return r == SHOPS_E_NONE ? 0 : r;
        const char *name = row->account_id ? account.name : NULL;
        add(ctx, facts, (struct alarms_fact){
                .kind = kind->name, .count = 1,
                .subject = arena_printf(ctx->arena, "%lld:%s", (long long)row->account_id, row->name),
                .zh = name ? arena_printf(ctx->arena, "%s：%s", name, row->zh) : row->zh,
                .en = name ? arena_printf(ctx->arena, "%s: %s", name, row->en) : row->en});
        return 0;
}

static int gather_findings(struct ctx *ctx, const struct alarms_rule *rules, size_t n_rules, struct alarms_facts *facts)
{
        struct check_row *rows;
        size_t n;
        int r = check_list_bad(ctx, &rows, &n);

        for (size_t i = 0; !r && i < n; i++) {
                const struct alarms_kind *kind = kind_of(&rows[i]);

                if (kind && enabled(rules, n_rules, kind))
                        r = add_finding(ctx, kind, &rows[i], facts);
        }
        return r;
}

int alarms_gather(struct ctx *ctx, const struct alarms_rule *rules, size_t n, struct alarms_facts *facts)
{
        int r = 0;

        *facts = (struct alarms_facts){0};
        for (size_t i = 0; !r && i < n; i++) {
                const struct alarms_kind *kind = alarms_kind(rules[i].kind);

                if (rules[i].enabled && kind->look)
                        r = kind->look(ctx, rules[i].threshold, facts);
        }
        return r ? status_fold(r) : gather_findings(ctx, rules, n, facts);
}
