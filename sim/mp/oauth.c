/*
 * Web OAuth and a mini program's login (公众号 网页授权, 小程序 登录).
 *
 * Nobody holds the phone here: the page that asks for consent sends the browser back at once, as the person named by the
 * query parameter sim_customer (an openid, an external_userid), or as the first follower.
 */
#include "base/crypt.h"
#include "sim/gate.h"
#include "sim/mp/mp.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#include <string.h>

#define CODE_MS (5 * 60 * INT64_C(1000))
#define TOKEN_MS (7200 * INT64_C(1000))
#define REFRESH_MS (30 * DAY_MS)
#define LOGINS_A_MINUTE 100
#define STATE_MAX 128
#define LOGIN_SCOPE "login"

struct grant { /* a code on its way, a token, or a refresh token */
        struct mp_fan *fan;
        const char *scope;
        int64_t until;
        bool used;
};

static const char *keep(struct sim *sim, struct map *map, struct mp_fan *fan, const char *scope, int64_t ms, size_t n)
{
        const char *key = rng_text(&sim->rng, &sim->arena, "", n);
        struct grant *grant = arena_new(&sim->arena, struct grant);
        *grant = (struct grant){fan, arena_strdup(&sim->arena, scope), sim_now(sim) + ms, false};
        map_put(map, &sim->arena, key, grant);
        return key;
}

const char *mp_code_give(struct sim *sim, struct mp_fan *fan, const char *scope)
{
        return keep(sim, &sim->world.mps.grants, fan, scope, CODE_MS, 32);
}

static int use_code(struct request *rq, struct mp *mp, const char *code, bool login, struct grant **out)
{
        struct grant *grant = map_get(&rq->sim->world.mps.grants, code);

        *out = grant;
        if (text_empty(code))
                return refuse(rq, 41008, "缺 code");
        if (!grant || grant->fan->mp != mp || text_eq(grant->scope, LOGIN_SCOPE) != login ||
            grant->until <= sim_now(rq->sim))
                return refuse(rq, 40029, "code 不存在、不属于这个账号或已过 5 分钟");
        if (grant->used)
                return refuse(rq, 40163, "code 只能用一次");
        grant->used = true;
        return 0;
}

/* appid and secret of the query. */
static int find_account(struct request *rq, struct mp **mp)
{
        const char *secret = raw_param(rq->raw, "secret");

        *mp = mp_find(rq->sim, raw_param(rq->raw, "appid"));
        if (text_empty(raw_param(rq->raw, "appid")))
                return refuse(rq, 41002, "缺 appid");
        if (!*mp)
                return refuse(rq, 40013, "没有这个 appid");
        if (text_empty(secret))
                return refuse(rq, 41004, "缺 secret");
        if (!crypt_same(secret, (*mp)->secret))
                return refuse(rq, 40125, "secret 不对");
        rq->mp = *mp;
        return 0;
}

/* ---- the page ---- */

static struct mp_fan *who(struct request *rq, struct mp *mp)
{
        const char *name = raw_param(rq->raw, "sim_customer");
        struct mp_fan *fan = mp_fan_by_openid(rq->sim, mp, name);
        struct person *person = map_get(&rq->sim->world.by_external, name);

        if (fan)
                return fan;
        if (person)
                return mp_fan(rq->sim, mp, person);
        if (mp->fans.n)
                return mp->fans.v[0];
        return mp_fan(rq->sim, mp, rq->sim->world.people.n ? rq->sim->world.people.v[0] : world_person(rq->sim, NULL));
}

int mp_authorize(struct request *rq)
{
        const char *to = raw_param(rq->raw, "redirect_uri"), *scope = raw_param(rq->raw, "scope");
        const char *state = raw_param(rq->raw, "state");
        struct mp *mp = mp_find(rq->sim, raw_param(rq->raw, "appid"));

        if (text_eq(raw_param(rq->raw, "appid"), rq->sim->world.corp.corp_id))
                return wecom_authorize(rq);
        if (!mp || mp->kind != MP_OFFICIAL)
                return refuse(rq, 40013, "没有这个 appid 的公众号");
        if (!text_eq(raw_param(rq->raw, "response_type"), "code"))
                return refuse(rq, 40097, "response_type 应为 code");
        if (!text_eq(scope, "snsapi_base") && !text_eq(scope, "snsapi_userinfo"))
                return refuse(rq, 10005, "scope 应为 snsapi_base 或 snsapi_userinfo");
        if (text_empty(to) || !(text_starts(to, "http://") || text_starts(to, "https://")))
                return refuse(rq, 10003, "redirect_uri 不是网址");
        if (state && strlen(state) > STATE_MAX)
                return refuse(rq, 40097, "state 超过 %d 字节", STATE_MAX);
        const char *code = mp_code_give(rq->sim, who(rq, mp), scope);
        rq->location = arena_printf(rq->arena, "%s%ccode=%s&state=%s", to, strchr(to, '?') ? '&' : '?', code,
                                    url_encode(rq->arena, state ? state : ""));
        return 0;
}

/* ---- tokens of the browser ---- */

static void write_tokens(struct request *rq, struct mp_fan *fan, const char *scope, const char *refresh)
{
        struct sim *sim = rq->sim;
        struct map *browsers = &sim->world.mps.browsers;

        out_str(&rq->out, "access_token", keep(sim, browsers, fan, scope, TOKEN_MS, 110));
        out_int(&rq->out, "expires_in", TOKEN_MS / 1000);
        out_str(&rq->out, "refresh_token", refresh ? refresh : keep(sim, browsers, fan, "refresh", REFRESH_MS, 110));
        out_str(&rq->out, "openid", fan->openid);
        out_str(&rq->out, "scope", scope);
}

static int access_token(struct request *rq)
{
        struct grant *grant;
        struct mp *mp;
        int r = find_account(rq, &mp);

        if (!r && !text_eq(raw_param(rq->raw, "grant_type"), "authorization_code"))
                r = refuse(rq, 40002, "grant_type 应为 authorization_code");
        r = r ? r : use_code(rq, mp, raw_param(rq->raw, "code"), false, &grant);
        if (r)
                return r;
        write_tokens(rq, grant->fan, grant->scope, NULL);
        if (switch_on(rq->sim, SW_BOUND) && text_eq(grant->scope, "snsapi_userinfo"))
                out_str(&rq->out, "unionid", grant->fan->person->unionid);
        return 0;
}

static int refresh_token(struct request *rq)
{
        const char *text = raw_param(rq->raw, "refresh_token");
        struct grant *grant = map_get(&rq->sim->world.mps.browsers, text);

        rq->mp = mp_find(rq->sim, raw_param(rq->raw, "appid"));
        if (!rq->mp)
                return refuse(rq, 40013, "没有这个 appid");
        if (!text_eq(raw_param(rq->raw, "grant_type"), "refresh_token"))
                return refuse(rq, 40002, "grant_type 应为 refresh_token");
        if (text_empty(text))
                return refuse(rq, 41003, "缺 refresh_token");
        if (!grant || grant->fan->mp != rq->mp || !text_eq(grant->scope, "refresh"))
                return refuse(rq, 40030, "refresh_token 不对");
        if (grant->until <= sim_now(rq->sim))
                return refuse(rq, 42002, "refresh_token 已过 30 天");
        write_tokens(rq, grant->fan, "snsapi_base,snsapi_userinfo", text);
        return 0;
}

/* The browser's token and the openid beside it. */
static int check_browser(struct request *rq, struct grant **out)
{
        const char *text = raw_param(rq->raw, "access_token"), *openid = raw_param(rq->raw, "openid");
        struct grant *grant = map_get(&rq->sim->world.mps.browsers, text);

        *out = grant;
        if (text_empty(text))
                return refuse(rq, 41001, "缺 access_token");
        if (!grant || text_eq(grant->scope, "refresh"))
                return refuse(rq, 40001, "不是网页授权的 access_token");
        rq->mp = grant->fan->mp;
        if (grant->until <= sim_now(rq->sim))
                return refuse(rq, 42001, "网页授权的 access_token 已过 2 小时");
        if (text_empty(openid))
                return refuse(rq, 41009, "缺 openid");
        return text_eq(openid, grant->fan->openid) ? 0 : refuse(rq, 40003, "openid 与 access_token 不是同一个人");
}

static int auth(struct request *rq)
{
        struct grant *grant;
        return check_browser(rq, &grant);
}

static int userinfo(struct request *rq)
{
        struct grant *grant;
        struct out *out = &rq->out;
        int r = check_browser(rq, &grant);

        if (r)
                return r;
        if (!strstr(grant->scope, "snsapi_userinfo"))
                return refuse(rq, 48001, "scope 不是 snsapi_userinfo");
        struct person *person = grant->fan->person;
        out_str(out, "openid", grant->fan->openid);
        out_str(out, "nickname", person->nickname);
        out_int(out, "sex", 0);
        out_str(out, "language", "");
        out_str(out, "city", "");
        out_str(out, "province", "");
        out_str(out, "country", "");
        out_str(out, "headimgurl", arena_printf(rq->arena, "https://thirdwx.qlogo.cn/mmopen/sim/%u/132", person->place));
        out_list(out, "privilege");
        out_end(out);
        if (switch_on(rq->sim, SW_BOUND))
                out_str(out, "unionid", person->unionid);
        return 0;
}

/* ---- a mini program's login ---- */

static const char *new_session_key(struct sim *sim)
{
        uint8_t key[16];
        rng_fill(&sim->rng, key, sizeof(key));
        return base64_encode(&sim->arena, bytes_of(key, sizeof(key)));
}

static int code2session(struct request *rq)
{
        struct grant *grant;
        struct mp *mp;
        int r = find_account(rq, &mp);

        if (!r && mp->kind != MP_PROGRAM)
                r = refuse(rq, 40013, "不是小程序的 appid");
        if (!r && !text_eq(raw_param(rq->raw, "grant_type"), "authorization_code"))
                r = refuse(rq, 40002, "grant_type 应为 authorization_code");
        r = r ? r : use_code(rq, mp, raw_param(rq->raw, "js_code"), true, &grant);
        if (r)
                return r;
        struct mp_fan *fan = grant->fan;
        if (fan->login_minute != sim_now(rq->sim) / 60000)
                fan->login_minute = sim_now(rq->sim) / 60000, fan->logins = 0;
        if (++fan->logins > LOGINS_A_MINUTE)
                return refuse(rq, 45011, "一个用户每分钟至多登录 %d 次（小程序 §1）", LOGINS_A_MINUTE);
        fan->session_key = new_session_key(rq->sim);
        out_str(&rq->out, "session_key", grant->fan->session_key);
        out_str(&rq->out, "openid", grant->fan->openid);
        if (switch_on(rq->sim, SW_BOUND))
                out_str(&rq->out, "unionid", grant->fan->person->unionid);
        return 0;
}

static const char *either(struct request *rq, const char *name)
{
        const char *value = rq_str(rq, name);
        return value ? value : raw_param(rq->raw, name);
}

/* signature = hmac_sha256(session_key, "") shows that the caller knows the key without telling it. */
static int check_session(struct request *rq, struct mp_fan **fan)
{
        struct bytes key;
        uint8_t mac[32];

        *fan = mp_fan_by_openid(rq->sim, rq->mp, either(rq, "openid"));
        if (!*fan)
                return refuse(rq, 40003, "openid 不属于这个小程序");
        if (!text_eq(either(rq, "sig_method"), "hmac_sha256"))
                return refuse(rq, 40097, "sig_method 应为 hmac_sha256");
        const char *text = (*fan)->session_key, *signature = either(rq, "signature");
        key = bytes_of_text(text);
        crypt_hmac_sha256(key, bytes_of("", 0), mac);
        if (!text || text_empty(signature) ||
            !crypt_same(crypt_hex(rq->arena, bytes_of(mac, sizeof(mac))), signature))
                return refuse(rq, 87009, "signature 不是 hmac_sha256(session_key, \"\")");
        return 0;
}

static int checksession(struct request *rq)
{
        struct mp_fan *fan;
        return check_session(rq, &fan);
}

static int resetsession(struct request *rq)
{
        struct mp_fan *fan;
        int r = check_session(rq, &fan);

        if (r)
                return r;
        fan->session_key = new_session_key(rq->sim);
        out_str(&rq->out, "openid", fan->openid);
        out_str(&rq->out, "session_key", fan->session_key);
        return 0;
}

#define BARE (ENDPOINT_NO_TOKEN | ENDPOINT_BARE)
static const struct endpoint endpoints[] = {
        {"/sns/auth", "GET", FAMILY_WEIXIN, 0, ENDPOINT_NO_TOKEN, auth},
        {"/sns/jscode2session", "GET", FAMILY_WEIXIN, 0, BARE, code2session},
        {"/sns/oauth2/access_token", "GET", FAMILY_WEIXIN, 0, BARE, access_token},
        {"/sns/oauth2/refresh_token", "GET", FAMILY_WEIXIN, 0, BARE, refresh_token},
        {"/sns/userinfo", "GET", FAMILY_WEIXIN, 50000, BARE, userinfo},
        {"/wxa/checksession", "GET", FAMILY_WEIXIN, 0, ENDPOINT_PROGRAM | ENDPOINT_EITHER, checksession},
        {"/wxa/resetusersessionkey", "GET", FAMILY_WEIXIN, 0, ENDPOINT_PROGRAM | ENDPOINT_EITHER, resetsession},
};

const struct product_table mp_oauth = {"mp_oauth", endpoints, countof(endpoints), NULL};
