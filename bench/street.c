#include "bench/street.h"

#include "bench/volume.h"

#include "app/app.h"
#include "backfill/rows.h"
#include "inbox/inbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORDER_MARK "\"remote_id\":\"37"

struct making {
        struct street *street;
        struct arena *keep;
};

/* Everything before this moment has been read. */
static int read_already(struct ctx *ctx, int64_t account_id, const char *kind)
{
        int r = 0;

        for (size_t d = 0; d < ctx->registry->n; d++)
                for (size_t i = 0; !r && i < ctx->registry->domains[d]->n_sources; i++) {
                        const struct backfill_source *s = &ctx->registry->domains[d]->sources[i];

                        if (!text_eq(s->account, kind))
                                continue;
                        r = db_exec(ctx, &backfill_q_reader_add, DB_I(ctx->merchant), DB_I(account_id), DB_T(s->what), DB_I(ctx->now));
                        if (!r)
                                r = db_exec(ctx, &backfill_q_reader_save, DB_I(ctx->merchant), DB_I(account_id), DB_T(s->what),
                                            DB_I(ctx->now / 1000), DB_I(ctx->now), DB_I(ctx->now), DB_I(0), DB_I(0), DB_I(0), DB_I(0),
                                            DB_I(0), DB_I(0), DB_I(0), DB_I(0), DB_T(NULL), DB_I(0), DB_T(NULL), DB_I(0), DB_I(0),
                                            DB_I(0), DB_I(0), DB_I(0), DB_I(0));
                }
        return r;
}

static int connect_one(struct ctx *ctx, const struct shops_new *account, int64_t *id)
{
        int r = shops_connect(ctx, account, id);

        return r ? r : read_already(ctx, *id, account->kind);
}

static int make_house(struct ctx *ctx, struct street *s, size_t i)
{
        int64_t corp, id;
        int r = world_merchant(ctx, i);

        if (!r)
                r = connect_one(ctx,
                                &(struct shops_new){.kind = "wecom", .remote_id = s->world.corps[i].corp_id, .name = "企业",
                                                    .secret = "bench-secret", .token = WORLD_TOKEN, .aes_key = WORLD_AES_KEY},
                                &corp);
        if (!r)
                r = connect_one(ctx, &(struct shops_new){.kind = "kf", .remote_id = s->world.kf[i], .name = "客服", .parent_id = corp}, &id);
        for (size_t k = i * s->per_house; !r && k < (i + 1) * s->per_house; k++)
                r = connect_one(ctx,
                                &(struct shops_new){.kind = "shop", .remote_id = s->shops[k].corp_id,
                                                    .name = arena_printf(ctx->arena, "%zu号店", k), .secret = "bench-secret",
                                                    .token = WORLD_TOKEN, .aes_key = WORLD_AES_KEY},
                                &id);
        return r;
}

static int find_paths(struct ctx *ctx, const struct making *m)
{
        struct street *s = m->street;
        struct shops_callback *rows;
        size_t n, found = 0;
        int64_t number;
        int r = shops_callbacks(ctx, &rows, &n);

        for (size_t i = 0; !r && i < n; i++) {
                bool shop = text_eq(rows[i].kind, "shop");
                const char *digits = rows[i].receive_id + (shop ? strlen("wxvolume") : strlen("wwbench"));
                struct world_corp *all = shop ? s->shops : s->world.corps;

                if (text_to_int(digits, 0, (int64_t)(shop ? s->n * s->per_house : s->n) - 1, &number))
                        return fatal(EPROTO, "an account that nobody made: %s", rows[i].receive_id);
                all[number].path = arena_printf(m->keep, "/callback/%s/%s", rows[i].kind, rows[i].callback_key);
                found++;
        }
        if (!r && found != s->n + s->n * s->per_house)
                r = fatal(EPROTO, "%zu accounts have callbacks", found);
        return r;
}

static int make(struct ctx *ctx, void *arg)
{
        const struct making *m = arg;
        int r = 0;

        for (size_t i = 0; !r && i < m->street->n; i++)
                r = make_house(ctx, m->street, i);
        if (!r)
                r = find_paths(ctx, m);
        return r > 0 ? status_fold(r) : r;
}

static int name_all(struct arena *a, struct street *s)
{
        struct world *w = &s->world;

        w->corps = arena_array(a, struct world_corp, s->n);
        w->kf = arena_array(a, const char *, s->n);
        s->shops = arena_array(a, struct world_corp, s->n * s->per_house);
        for (size_t i = 0; i < s->n; i++) {
                w->kf[i] = world_kf_id(a, i);
                w->corps[i].corp_id = arena_printf(a, "wwbench%011zu", i);
                if (envelope_key_init(&w->corps[i].key, WORLD_TOKEN, WORLD_AES_KEY, w->corps[i].corp_id))
                        return fatal(EINVAL, "the bench's own key is broken");
        }
        for (size_t k = 0; k < s->n * s->per_house; k++) {
                s->shops[k].corp_id = volume_appid(a, k);
                if (envelope_key_init(&s->shops[k].key, WORLD_TOKEN, WORLD_AES_KEY, s->shops[k].corp_id))
                        return fatal(EINVAL, "the bench's own key is broken");
        }
        return 0;
}

int street_make(struct bench *b, const char *const *settings, size_t n, size_t per_house, struct street *s)
{
        size_t *which = arena_array(b->arena, size_t, n);
        int r;

        *s = (struct street){.n = n, .per_house = per_house, .world = {.n_corps = n, .per_corp = 1, .n_kf = n}};
        s->owners = arena_array(b->arena, struct world_session, n);
        for (size_t i = 0; i < n; i++)
                which[i] = i;
        r = name_all(b->arena, s);
        if (!r)
                r = world_write(b, settings, make, &(struct making){s, b->arena});
        return r ? r : world_sign_in(b, settings, which, n, s->owners);
}

const char *street_order(struct arena *a, size_t shop, size_t i)
{
        return arena_printf(a, "37%05zu%012zu", shop, i);
}

int64_t street_order_number(const char *text)
{
        const char *at = strstr(text, ORDER_MARK);

        return at ? strtoll(at + strlen(ORDER_MARK) + 5, NULL, 10) : -1;
}
