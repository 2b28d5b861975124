/* api.weixin: access tokens of shops (微信小店 接口调用凭据). */
#include "sim/gate.h"
#include "sim/sim.h"

#define FORCE_PAUSE_MS 30000

static int find_shop(struct request *rq, const char *grant, const char *appid, const char *secret, struct shop **shop)
{
        if (!text_eq(grant, "client_credential"))
                return refuse(rq, 40002, "grant_type 应为 client_credential");
        *shop = world_shop(rq->sim, appid);
        if (!*shop)
                return refuse(rq, 40013, "没有这个 appid");
        if (text_empty(secret))
                return refuse(rq, 40125, "缺 secret");
        return crypt_same(secret, (*shop)->secret) ? 0 : refuse(rq, 40001, "secret 不对");
}

static void write_token(struct request *rq, const struct token *token)
{
        out_str(&rq->out, "access_token", token->text);
        out_int(&rq->out, "expires_in", (token->expires - sim_now(rq->sim)) / 1000);
}

static int token(struct request *rq)
{
        struct shop *shop;
        int r = find_shop(rq, raw_param(rq->raw, "grant_type"), raw_param(rq->raw, "appid"),
                          raw_param(rq->raw, "secret"), &shop);

        if (!r)
                write_token(rq, token_give(rq->sim, shop, false, true));
        return r;
}

static int stable_token(struct request *rq)
{
        struct tokens *tokens = &rq->sim->tokens;
        bool force = rq_bool(rq, "force_refresh", false);
        struct shop *shop;
        int r = find_shop(rq, rq_str(rq, "grant_type"), rq_str(rq, "appid"), rq_str(rq, "secret"), &shop);

        if (r)
                return r;
        if (force && tokens->forced[shop->place] && tokens->forced[shop->place] + FORCE_PAUSE_MS > sim_now(rq->sim))
                return refuse(rq, 45011, "force_refresh 至少间隔 30 秒");
        if (force)
                tokens->forced[shop->place] = sim_now(rq->sim);
        write_token(rq, token_give(rq->sim, shop, true, force));
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/stable_token", "POST", FAMILY_WEIXIN, 10000, ENDPOINT_NO_TOKEN | ENDPOINT_BARE, stable_token},
        {"/cgi-bin/token", "GET", FAMILY_WEIXIN, 2000, ENDPOINT_NO_TOKEN | ENDPOINT_BARE, token},
};

const struct product_table weixin_auth = {"weixin_auth", endpoints, countof(endpoints), NULL};
