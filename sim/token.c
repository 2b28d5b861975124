#include "sim/token.h"

#include "sim/mp/mp.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#include <string.h>

#define TOKEN_LENGTH 120

_Static_assert(TOKEN_ACCOUNTS == SHOPS_MAX + MP_MAX, "every account has a place for its tokens");

static struct token *give(struct sim *sim, struct token **newest, struct shop *shop, struct mp *mp,
                          struct wecom_app *app, bool stable, bool fresh)
{
        struct tokens *all = &sim->tokens;
        int64_t now = sim_now(sim);
        struct token *old = *newest;
        /* The stable family renews five minutes early, so that callers never see it end. */
        int64_t margin = stable ? TOKEN_OVERLAP_MS : 0;

        if (old && !old->revoked && old->expires - margin > now) {
                if (!fresh)
                        return old;
                if (stable)
                        old->revoked = true;
                else if (old->expires > now + TOKEN_OVERLAP_MS)
                        old->expires = now + TOKEN_OVERLAP_MS;
        }
        struct token *token = arena_new(&sim->arena, struct token);
        *token = (struct token){
                .text = rng_text(&sim->rng, &sim->arena, shop || mp ? "80_" : "", TOKEN_LENGTH),
                .shop = shop,
                .mp = mp,
                .app = app,
                .expires = now + TOKEN_LIFE_S * INT64_C(1000),
        };
        map_put(&all->by_text, &sim->arena, token->text, token);
        vec_push(&sim->arena, &all->all, token);
        *newest = token;
        return token;
}

struct token *token_give(struct sim *sim, struct shop *shop, bool stable, bool fresh)
{
        struct tokens *all = &sim->tokens;
        return give(sim, stable ? &all->of[shop->place].stable : &all->of[shop->place].plain, shop, NULL, NULL,
                    stable, fresh);
}

struct token *token_give_app(struct sim *sim, struct wecom_app *app)
{
        return give(sim, &app->token, NULL, NULL, app, false, false);
}

struct token *token_give_mp(struct sim *sim, struct mp *mp, bool stable, bool fresh)
{
        unsigned place = SHOPS_MAX + mp->place;
        return give(sim, stable ? &sim->tokens.of[place].stable : &sim->tokens.of[place].plain, NULL, mp, NULL,
                    stable, fresh);
}

int token_check(struct sim *sim, bool wecom, const char *text, struct token **out)
{
        struct token *token = map_get(&sim->tokens.by_text, text);

        *out = token;
        if (text_empty(text))
                return 41001;
        if (!token || wecom != (token->app != NULL))
                return wecom || strlen(text) != TOKEN_LENGTH + 3 ? 40014 : 40001;
        if (token->revoked)
                return wecom ? 40014 : 40001;
        return token->expires <= sim_now(sim) ? 42001 : 0;
}

void token_revoke_all(struct sim *sim, bool as_expired)
{
        for (size_t i = 0; i < sim->tokens.all.n; i++) {
                struct token *token = sim->tokens.all.v[i];
                if (as_expired)
                        token->expires = sim_now(sim);
                else
                        token->revoked = true;
        }
}
