/* WeCom: access tokens, tickets of the JS-SDK, the platform's addresses (wecom-auth.md 1-3 and 6). */
#include "base/crypt.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#define TICKET_MS (7200 * INT64_C(1000))
#define CORP_TICKETS 400
#define APP_TICKETS 100

/* Wrong secrets: counted by the hour, and then the caller's address is blocked for the rest of it. */
static int wrong_secret(struct request *rq, int errcode, const char *why)
{
        wecom_of(rq->sim)->wrong++;
        return refuse(rq, errcode, "%s", why);
}

static int gettoken(struct request *rq)
{
        struct sim *sim = rq->sim;
        struct corp *corp = &sim->world.corp;
        struct wecom *w = wecom_of(sim);
        const char *id = raw_param(rq->raw, "corpid"), *secret = raw_param(rq->raw, "corpsecret");
        int64_t hour = sim_now(sim) / HOUR_MS;
        struct wecom_app *app = NULL;

        if (w->wrong_hour != hour)
                w->wrong_hour = hour, w->wrong = 0;
        if (w->wrong > switch_on(sim, SW_SECRET_ERRORS))
                return refuse(rq, 45009, "secret 错误太多，本机 IP 被封到整点（wecom-auth §1，开关 secret_errors）");
        if (text_empty(id))
                return refuse(rq, 41002, "缺 corpid");
        if (text_empty(secret))
                return refuse(rq, 41004, "缺 corpsecret");
        if (!text_eq(id, corp->corp_id))
                return wrong_secret(rq, 40013, "没有这个企业");
        for (size_t i = 0; i < w->apps.n; i++)
                if (crypt_same(secret, w->apps.v[i]->secret))
                        app = w->apps.v[i];
        if (!app)
                return wrong_secret(rq, 40001, "corpsecret 不对");
        struct token *token = token_give_app(sim, app);
        out_str(&rq->out, "access_token", token->text);
        out_int(&rq->out, "expires_in", (token->expires - sim_now(sim)) / 1000);
        return 0;
}

/* ---- tickets ---- */

static int give_ticket(struct request *rq, const char **ticket, int64_t *until, int64_t *hour, unsigned *n, unsigned most)
{
        int64_t now = sim_now(rq->sim);

        if (*hour != now / HOUR_MS)
                *hour = now / HOUR_MS, *n = 0;
        if (++*n > most)
                return refuse(rq, 45009, "每小时至多 %u 次（wecom-auth §3），应全局缓存", most);
        if (*until <= now) {
                *ticket = wecom_text(rq->sim, "", 86);
                *until = now + TICKET_MS;
        }
        out_str(&rq->out, "ticket", *ticket);
        out_int(&rq->out, "expires_in", (*until - now) / 1000);
        return 0;
}

static int corp_ticket(struct request *rq)
{
        struct wecom *w = wecom_of(rq->sim);
        return give_ticket(rq, &w->ticket, &w->ticket_until, &w->ticket_hour, &w->tickets, CORP_TICKETS);
}

static int app_ticket(struct request *rq)
{
        struct wecom_app *app = rq->app;
        if (!text_eq(raw_param(rq->raw, "type"), "agent_config"))
                return refuse(rq, 91040, "type 应为 agent_config（wecom-auth §3）");
        return give_ticket(rq, &app->ticket, &app->ticket_until, &app->ticket_hour, &app->tickets, APP_TICKETS);
}

/* ---- addresses ---- */

static int write_ips(struct request *rq, const char *a, const char *b)
{
        out_list(&rq->out, "ip_list");
        out_str(&rq->out, NULL, a);
        if (b)
                out_str(&rq->out, NULL, b);
        out_end(&rq->out);
        return 0;
}

static int callback_ips(struct request *rq)
{
        return write_ips(rq, "127.0.0.1", NULL);
}

static int domain_ips(struct request *rq)
{
        return write_ips(rq, "127.0.0.1", "127.0.0.0/8");
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/get_api_domain_ip", "GET", FAMILY_WECOM, BASE_RATE, 0, domain_ips},
        {"/cgi-bin/get_jsapi_ticket", "GET", FAMILY_WECOM, BASE_RATE, 0, corp_ticket},
        {"/cgi-bin/getcallbackip", "GET", FAMILY_WECOM, BASE_RATE, 0, callback_ips},
        {"/cgi-bin/gettoken", "GET", FAMILY_WECOM, 600, ENDPOINT_NO_TOKEN, gettoken},
        {"/cgi-bin/ticket/get", "GET", FAMILY_WECOM, BASE_RATE, 0, app_ticket},
};

const struct product_table wecom_auth = {"wecom_auth", endpoints, countof(endpoints), NULL};
