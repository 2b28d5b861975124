/* api.weixin: access tokens of shops, official accounts and mini programs (微信小店 接口调用凭据). */
#include "sim/gate.h"
#include "sim/mp/mp.h"
#include "sim/sim.h"

#include <string.h>

#define FORCE_PAUSE_MS 30000

/* The account that asks: a shop, an official account or a mini program. */
struct asker {
        struct shop *shop;
        struct mp *mp;
        unsigned place; /* in tokens.of */
};

static int find(struct request *rq, const char *grant, const char *appid, const char *secret, struct asker *who)
{
        if (!text_eq(grant, "client_credential"))
                return refuse(rq, 40002, "grant_type 应为 client_credential");
        if (text_empty(appid))
                return refuse(rq, 41002, "缺 appid");
        *who = (struct asker){.shop = world_shop(rq->sim, appid), .mp = mp_find(rq->sim, appid)};
        if (!who->shop && !who->mp)
                return refuse(rq, 40013, "没有这个 appid");
        if (text_empty(secret))
                return refuse(rq, 41004, "缺 secret");
        if (strlen(secret) != 32)
                return refuse(rq, 40125, "secret 应为 32 位");
        who->place = who->shop ? who->shop->place : SHOPS_MAX + who->mp->place;
        if (crypt_same(secret, who->shop ? who->shop->secret : who->mp->secret))
                return weixin_check_ip(rq, who->shop != NULL);
        return rq->sim->faults.on[who->shop ? FAULT_SHOP_SECRET : FAULT_MP_SECRET]
                       ? refuse(rq, 40125, "AppSecret 已在后台重置，这是旧的")
                       : refuse(rq, 40001, "secret 不对");
}

static void write_token(struct request *rq, const struct asker *who, bool stable, bool fresh)
{
        const struct token *token = who->shop ? token_give(rq->sim, who->shop, stable, fresh)
                                              : token_give_mp(rq->sim, who->mp, stable, fresh);
        out_str(&rq->out, "access_token", token->text);
        out_int(&rq->out, "expires_in", (token->expires - sim_now(rq->sim)) / 1000);
}

static int token(struct request *rq)
{
        struct asker who;
        int r = find(rq, raw_param(rq->raw, "grant_type"), raw_param(rq->raw, "appid"), raw_param(rq->raw, "secret"),
                     &who);

        if (!r)
                write_token(rq, &who, false, true);
        return r;
}

static int stable_token(struct request *rq)
{
        bool force = rq_bool(rq, "force_refresh", false);
        struct asker who;
        int r = find(rq, rq_str(rq, "grant_type"), rq_str(rq, "appid"), rq_str(rq, "secret"), &who);

        if (r)
                return r;
        int64_t *forced = &rq->sim->tokens.of[who.place].forced;
        if (force && *forced && *forced + FORCE_PAUSE_MS > sim_now(rq->sim))
                return refuse(rq, 45011, "force_refresh 至少间隔 30 秒");
        if (force)
                *forced = sim_now(rq->sim);
        write_token(rq, &who, true, force);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/stable_token", "POST", FAMILY_WEIXIN, 10000, ENDPOINT_NO_TOKEN | ENDPOINT_BARE, stable_token,
         "grant_type:s appid:s secret:s force_refresh:b"},
        {"/cgi-bin/token", "GET", FAMILY_WEIXIN, 2000, ENDPOINT_NO_TOKEN | ENDPOINT_BARE, token},
};

const struct product_table weixin_auth = {"weixin_auth", endpoints, countof(endpoints), NULL};
