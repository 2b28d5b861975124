/* WeCom: access tokens (wecom-auth.md 1 and 6). */
#include "sim/gate.h"
#include "sim/sim.h"

static int gettoken(struct request *rq)
{
        struct corp *corp = &rq->sim->world.corp;
        const char *id = raw_param(rq->raw, "corpid"), *secret = raw_param(rq->raw, "corpsecret");

        if (text_empty(id))
                return refuse(rq, 41002, "缺 corpid");
        if (text_empty(secret))
                return refuse(rq, 41004, "缺 corpsecret");
        if (!text_eq(id, corp->corp_id))
                return refuse(rq, 40013, "没有这个企业");
        if (!crypt_same(secret, corp->secret))
                return refuse(rq, 40001, "corpsecret 不对");
        struct token *token = token_give(rq->sim, NULL, false, false);
        out_str(&rq->out, "access_token", token->text);
        out_int(&rq->out, "expires_in", (token->expires - sim_now(rq->sim)) / 1000);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/gettoken", "GET", FAMILY_WECOM, 600, ENDPOINT_NO_TOKEN, gettoken},
};

const struct product_table wecom_auth = {"wecom_auth", endpoints, countof(endpoints), NULL};
