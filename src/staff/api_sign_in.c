/* HTTP of signing in by WeCom: /api/sign-in. */
#include "staff/api_sign_in.h"

#include <string.h>

/* ---- who offers it ---- */

static const struct json_field offers_in_fields[] = {
        JSON_STR(struct offers_in, corp, 0, 0, 64, "corp id; absent: the only merchant's"),
};
const struct json_desc staff_offers_in_desc = JSON_DESC("SignInOffersIn", struct offers_in, offers_in_fields);

struct offer {
        const char *corp, *name;
};
static const struct json_field offer_fields[] = {
        JSON_STR(struct offer, corp, JSON_REQUIRED, 0, 0, "corp id"),
        JSON_STR(struct offer, name, JSON_REQUIRED, 0, 0, "as the merchant calls it"),
};
static const struct json_desc offer_desc = JSON_DESC("SignInOffer", struct offer, offer_fields);
struct offers {
        struct offer *items;
        size_t n;
        const char *next;
};
static const struct json_field offers_fields[] = {
        JSON_LIST(struct offers, items, n, JSON_REQUIRED, 0, &offer_desc, "none: sign in with a password"),
        JSON_STR(struct offers, next, 0, 0, 0, "always null"),
};
const struct json_desc staff_offers_desc = JSON_DESC("SignInOffers", struct offers, offers_fields);

int staff_get_offers(struct ctx *ctx, const void *in, void *out_)
{
        struct offers *out = out_;
        struct staff_corp *corps;
        int r = staff_offers(ctx, ((const struct offers_in *)in)->corp, &corps, &out->n);

        out->items = arena_array(ctx->arena, struct offer, out->n);
        for (size_t i = 0; i < out->n; i++)
                out->items[i] = (struct offer){corps[i].corp_id, corps[i].name};
        return r;
}

/* ---- going there ---- */

static const struct json_field start_in_fields[] = {
        JSON_STR(struct start_in, corp, JSON_REQUIRED, 1, 64, "corp id"),
        JSON_STR(struct start_in, origin, JSON_REQUIRED, 8, 300, "how this browser reaches us: https://desk.example.com"),
};
const struct json_desc staff_start_in_desc = JSON_DESC("SignInStart", struct start_in, start_in_fields);
struct start_out {
        const char *url;
};
static const struct json_field start_fields[] = {JSON_STR(struct start_out, url, JSON_REQUIRED, 0, 0, "where to go on")};
const struct json_desc staff_start_desc = JSON_DESC("SignInUrl", struct start_out, start_fields);

/* Scheme, name and port, and nothing behind them. */
static bool is_origin(const char *s)
{
        size_t scheme = text_starts(s, "https://") ? 8 : text_starts(s, "http://") ? 7 : 0;

        return scheme && s[scheme] && !s[scheme + strcspn(s + scheme, "/\\?#@ \t\r\n\"'<>")];
}

int staff_before_start(struct ctx *ctx, const void *in_, void **found)
{
        const struct start_in *in = in_;
        struct starting *starting = arena_new(ctx->arena, struct starting);
        int r = is_origin(in->origin) ? staff_go(ctx, in->corp, exchange_peer(ctx->http), &starting->going) : STAFF_E_STATE;

        *found = starting;
        return r;
}

int staff_settle_start(struct ctx *ctx, const void *in, void *out)
{
        const struct starting *starting = ctx->before;

        (void)in;
        ((struct start_out *)out)->url = starting->url;
        exchange_set_cookie(ctx->http, STAFF_BROWSER_COOKIE, starting->going->cookie, STAFF_SIGN_IN_MS / 1000);
        return staff_gone(ctx, starting->going, exchange_peer(ctx->http));
}

/* ---- coming back ---- */

static const struct json_field come_in_fields[] = {
        JSON_STR(struct come_in, code, JSON_REQUIRED, 1, 512, "as the platform gave it"),
        JSON_STR(struct come_in, state, JSON_REQUIRED, 1, 128, "as we gave it to the platform"),
};
const struct json_desc staff_come_in_desc = JSON_DESC("SignInReturn", struct come_in, come_in_fields);

int staff_before_come(struct ctx *ctx, const void *in, void **found)
{
        return staff_come(ctx, ((const struct come_in *)in)->state, exchange_cookie(ctx->http, STAFF_BROWSER_COOKIE),
                          exchange_peer(ctx->http), (struct staff_coming **)found);
}

int staff_settle_come(struct ctx *ctx, const void *in, void *out)
{
        const struct staff_coming *coming = ctx->before;
        struct staff_session session;
        const char *cookie;
        int r = staff_came(ctx, coming, &cookie, &session);

        (void)in;
        if (coming->zh)
                exchange_why(ctx->http, coming->zh, coming->en);
        exchange_set_cookie(ctx->http, STAFF_BROWSER_COOKIE, "", 0);
        return r ? r : staff_welcome(ctx, &session, cookie, out);
}
