/*
 * load: how fast full orders go into the product's own tables, their whole objects compressed and sealed beside them, and how
 * large they are there. One thread makes orders, two seal them, one writes; shop after shop, as an import does.
 */
#include "bench/child.h"
#include "bench/copy.h"
#include "bench/volume.h"

#include "app/app.h"
#include "base/clock.h"
#include "catalogue/catalogue.h"
#include "contacts/rows.h"
#include "orders/keep.h"

#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CHUNK 1000     /* orders of one shop, sealed together */
#define RING 64        /* chunks under way; most shops are smaller than one */
#define PER_COMMIT 20000 /* orders */
#define CACHE_KIB (768 * 1024)
#define CHECKPOINT_MS 1000
#define SPAN_S (400 * 86400)

struct made {
        struct volume_order o;
        int64_t order_id;
        struct bytes sealed;
        char digest[2 * ORDERS_DIGEST + 1];
};

enum chunk_state { EMPTY, SEALING, SEALED };

struct chunk {
        enum chunk_state state;
        size_t shop, first, n;
        struct arena arena;
        struct made made[CHUNK];
};

struct loading {
        struct bench *b;
        struct volume *v;
        struct app *app;
        struct db *db;
        struct copy *copy; /* on PostgreSQL */
        int64_t now_s;
        pthread_mutex_t lock;
        pthread_cond_t cond;
        struct chunk ring[RING];
        uint64_t given, taken; /* chunks handed to sealers, written */
        size_t shop, first;    /* next chunk */
        bool stopping;
        _Atomic bool written_all;
        int64_t *identities; /* of the shop being written, by buyer; 0 = not there yet */
        size_t identity_shop;
        int64_t written;
        struct arena scratch;
};

static void seal_one(struct loading *l, struct chunk *c, size_t k)
{
        const struct volume_shop *shop = &l->v->shops[c->shop];
        struct made *m = &c->made[k];
        size_t i = c->first + k;
        int64_t created_s = l->now_s - SPAN_S + (int64_t)((double)i * SPAN_S / (double)shop->orders);
        uint8_t sum[32];

        volume_order(&c->arena, c->shop, i, shop->buyers, created_s, &m->o);
        m->order_id = id_new(&l->app->ids);
        crypt_sha256(m->o.object, sum);
        snprintf(m->digest, sizeof(m->digest), "%s", crypt_hex(&c->arena, bytes_of(sum, ORDERS_DIGEST)));
        m->sealed = seal_close(&c->arena, &l->app->keys, zip_close_with(&c->arena, &orders_dict, m->o.object),
                               seal_where(&c->arena, shop->merchant_id, "orders_object", m->order_id));
}

/* The next chunk of the next shop that has orders left. With the lock held. */
static bool cut_chunk(struct loading *l, struct chunk *c)
{
        while (l->shop < l->v->n_shops && l->first >= l->v->shops[l->shop].orders) {
                l->shop++;
                l->first = 0;
        }
        if (l->shop == l->v->n_shops)
                return false;
        c->shop = l->shop;
        c->first = l->first;
        c->n = l->v->shops[l->shop].orders - l->first;
        c->n = c->n > CHUNK ? CHUNK : c->n;
        l->first += c->n;
        return true;
}

static void *seal_main(void *arg)
{
        struct loading *l = arg;
        struct chunk *c;

        pthread_mutex_lock(&l->lock);
        while (!l->stopping) {
                c = &l->ring[l->given % RING];
                if (c->state != EMPTY) {
                        pthread_cond_wait(&l->cond, &l->lock);
                        continue;
                }
                if (!cut_chunk(l, c))
                        break;
                c->state = SEALING;
                l->given++;
                pthread_mutex_unlock(&l->lock);
                arena_clear(&c->arena);
                for (size_t k = 0; k < c->n; k++)
                        seal_one(l, c, k);
                pthread_mutex_lock(&l->lock);
                c->state = SEALED;
                pthread_cond_broadcast(&l->cond);
        }
        pthread_mutex_unlock(&l->lock);
        return NULL;
}

/* A row of a table: its own statement, on PostgreSQL kept for the next COPY. */
#define put(l, ctx, q, ...) put_v((l), (ctx), (q), DB_ARGS_(__VA_ARGS__))
static int put_v(struct loading *l, struct ctx *ctx, const struct query *q, const struct db_value *values, size_t n)
{
        return l->copy ? copy_row(l->copy, q, values, n) : db_exec_v(ctx, q, values, n);
}

static int buyer(struct loading *l, struct ctx *ctx, const struct volume_shop *shop, const struct volume_order *o, int64_t *identity)
{
        int64_t person;
        int r;

        if (l->identities[o->buyer]) {
                *identity = l->identities[o->buyer];
                return 0;
        }
        person = id_new(&l->app->ids);
        *identity = l->identities[o->buyer] = id_new(&l->app->ids);
        r = put(l, ctx, &contacts_q_person_insert, DB_I(shop->merchant_id), DB_I(person), DB_I(o->created_s * 1000));
        if (!r)
                r = put(l, ctx, &contacts_q_identity_insert, DB_I(shop->merchant_id), DB_I(*identity), DB_I(person),
                            DB_I(shop->account_id), DB_T("shop"), DB_T(o->openid), DB_T(NULL), DB_T(NULL), DB_T(NULL),
                            DB_I(o->created_s * 1000));
        return r;
}

static const char *backwards(struct arena *a, const char *s)
{
        size_t n = strlen(s);
        char *out = arena_alloc(a, n + 1);

        for (size_t i = 0; i < n; i++)
                out[i] = s[n - 1 - i];
        return out;
}

static int write_one(struct loading *l, struct ctx *ctx, const struct volume_shop *shop, const struct made *m)
{
        const struct volume_order *o = &m->o;
        int64_t merchant = shop->merchant_id, identity = 0;
        int r = buyer(l, ctx, shop, o, &identity);

        if (!r)
                r = put(l, ctx, &orders_q_insert, DB_I(merchant), DB_I(m->order_id), DB_I(shop->account_id), DB_T(o->remote_id),
                            DB_T(backwards(ctx->arena, o->remote_id)), DB_I(identity), DB_I(o->status), DB_I(o->amount),
                            DB_I(o->created_s * 1000), DB_I(o->paid_s * 1000), DB_I(o->updated_s * 1000), DB_I(o->deadline_s * 1000),
                            DB_T(o->title), DB_T(o->image), DB_I(o->count), DB_T(o->delivery_name), DB_T(o->waybill_id),
                            DB_T(o->receiver), DB_I(0), DB_T(m->digest), DB_I(l->now_s * 1000));
        if (!r)
                r = put(l, ctx, &orders_q_line_insert, DB_I(merchant), DB_I(m->order_id), DB_I(0), DB_T(o->product_id), DB_T(o->sku_id),
                            DB_T(o->title), DB_T(o->sku_text), DB_T(o->image), DB_I(o->count), DB_I(o->price), DB_I(o->amount),
                            DB_I(o->deadline_s * 1000));
        if (!r && o->waybill_id)
                r = put(l, ctx, &orders_q_parcel_insert, DB_I(merchant), DB_I(m->order_id), DB_I(0), DB_T(o->delivery_name),
                            DB_T(o->waybill_id), DB_T(text_fold(ctx->arena, o->waybill_id)), DB_I(o->shipped_s * 1000));
        if (!r)
                r = put(l, ctx, &orders_q_object_save, DB_I(merchant), DB_I(m->order_id), DB_B(m->sealed));
        return r ? status_fold(r) : 0;
}

static int write_chunk(struct loading *l, struct ctx *ctx, const struct chunk *c)
{
        const struct volume_shop *shop = &l->v->shops[c->shop];
        struct arena_mark mark;
        int r = 0;

        if (c->first == 0)
                memset(l->identities, 0, shop->buyers * sizeof(*l->identities));
        for (size_t k = 0; !r && k < c->n; k++) {
                mark = arena_mark(ctx->arena);
                r = write_one(l, ctx, shop, &c->made[k]);
                arena_reset(ctx->arena, mark);
        }
        return r;
}

/* The next chunk in order, sealed. NULL at the end. */
static struct chunk *await(struct loading *l)
{
        struct chunk *c = &l->ring[l->taken % RING];

        pthread_mutex_lock(&l->lock);
        while (!(c->state == SEALED) && !(c->state == EMPTY && l->shop == l->v->n_shops && l->taken == l->given))
                pthread_cond_wait(&l->cond, &l->lock);
        pthread_mutex_unlock(&l->lock);
        return c->state == SEALED ? c : NULL;
}

static void release(struct loading *l, struct chunk *c)
{
        pthread_mutex_lock(&l->lock);
        l->written += (int64_t)c->n;
        c->state = EMPTY;
        l->taken++;
        pthread_cond_broadcast(&l->cond);
        pthread_mutex_unlock(&l->lock);
}

/* For one transaction. Chunks are given back as they are written, so it is not one that can run again: nobody else is there. */
static int write_some(struct ctx *ctx, void *arg)
{
        struct loading *l = arg;
        int64_t until = l->written + PER_COMMIT;
        struct chunk *c;
        int r = 0;

        while (!r && l->written < until && (c = await(l))) {
                r = write_chunk(l, ctx, c);
                release(l, c);
        }
        return r;
}

/* ---- shops ---- */

static int make_shop(struct ctx *ctx, struct volume *v, size_t i)
{
        struct volume_shop *s = &v->shops[i];
        int r = world_merchant(ctx, i);

        s->merchant_id = ctx->merchant;
        if (!r)
                r = shops_connect(ctx,
                                  &(struct shops_new){.kind = "shop", .remote_id = volume_appid(ctx->arena, i),
                                                      .name = arena_printf(ctx->arena, "云溪%zu号店", i), .secret = "bench-secret",
                                                      .token = WORLD_TOKEN, .aes_key = WORLD_AES_KEY},
                                  &s->account_id);
        for (size_t p = 0; !r && p < VOLUME_PRODUCTS; p++) {
                struct volume_order o = {0};

                volume_product(ctx->arena, i, p, &o);
                r = catalogue_see(ctx, s->account_id,
                                  &(struct catalogue_seen){.product_id = o.product_id, .title = o.title, .image = o.image, .price = o.price},
                                  1);
        }
        return r > 0 ? status_fold(r) : r;
}

static int make_shops(struct ctx *ctx, void *arg)
{
        struct volume *v = arg;
        int r = 0;

        for (size_t i = 0; !r && i < v->n_shops; i++)
                r = make_shop(ctx, v, i);
        return r;
}

static void *checkpoint_main(void *arg)
{
        struct loading *l = arg;
        int r = 0;

        while (!r && !atomic_load(&l->written_all)) {
                r = db_checkpoint(l->db);
                poll(NULL, 0, CHECKPOINT_MS);
        }
        return NULL;
}

static int write_all(struct loading *l, int64_t rows)
{
        int64_t begun = clock_mono_ms(), told = begun;
        struct ctx ctx;
        int r = 0;

        while (!r && l->written < rows) {
                edge_ctx(l->app, &ctx, &l->scratch, 0);
                r = l->copy ? write_some(&ctx, l) : db_run(l->db, &ctx, DB_WRITE, write_some, l);
                if (!r && l->copy)
                        r = copy_commit(l->copy);
                arena_clear(&l->scratch);
                if (clock_mono_ms() - told > 5000) {
                        told = clock_mono_ms();
                        say("%lld of %lld orders, %.0f/s", (long long)l->written, (long long)rows,
                            (double)l->written * 1000 / (double)(told - begun));
                }
        }
        return r;
}

static int run_loading(struct loading *l, int64_t rows)
{
        pthread_t sealers[2], checkpointer;
        size_t n = 0;
        int r = 0;

        for (size_t i = 0; i < RING; i++)
                arena_init(&l->ring[i].arena, 0);
        for (; n < countof(sealers); n++)
                if (pthread_create(&sealers[n], NULL, seal_main, l))
                        return fatal(EAGAIN, "cannot start a thread");
        if (pthread_create(&checkpointer, NULL, checkpoint_main, l))
                return fatal(EAGAIN, "cannot start a thread");
        r = write_all(l, rows);
        atomic_store(&l->written_all, true);
        pthread_mutex_lock(&l->lock);
        l->stopping = true;
        pthread_cond_broadcast(&l->cond);
        pthread_mutex_unlock(&l->lock);
        for (size_t i = 0; i < n; i++)
                pthread_join(sealers[i], NULL);
        pthread_join(checkpointer, NULL);
        if (!r)
                r = db_checkpoint(l->db);
        for (size_t i = 0; i < RING; i++)
                arena_release(&l->ring[i].arena);
        return r;
}

static int load_into(struct bench *b, struct app *app, const struct conf *conf, int64_t rows, struct volume *v, double *seconds)
{
        struct loading *l = calloc(1, sizeof(*l));
        const char *url = app->postgres ? conf->db : arena_printf(b->arena, "sqlite:%s/zhanggui.db", conf->data);
        int64_t begun = clock_mono_us();
        int r;

        if (!l)
                return fatal(ENOMEM, "no memory to load with");
        /* The same few megabytes over and over: kept rather than given back and faulted in again. */
        mallopt(M_MMAP_THRESHOLD, 1 << 30);
        mallopt(M_TRIM_THRESHOLD, 1 << 30);
        *l = (struct loading){.b = b, .v = v, .app = app, .now_s = clock_wall_ms() / 1000};
        pthread_mutex_init(&l->lock, NULL);
        pthread_cond_init(&l->cond, NULL);
        arena_init(&l->scratch, 0);
        l->identities = arena_array(b->arena, int64_t, v->shops[0].buyers);
        r = db_open(&l->db, &(struct db_options){.url = url, .readers = 1, .cache_kib = CACHE_KIB});
        if (!r && app->postgres)
                r = copy_open(b->arena, url, &l->copy);
        if (!r)
                r = run_loading(l, rows);
        if (!r && l->copy)
                r = copy_end(l->copy, &v->bytes);
        copy_close(l->copy);
        *seconds = (double)(clock_mono_us() - begun) / 1e6;
        db_close(l->db);
        arena_release(&l->scratch);
        free(l);
        return r;
}

int volume_load(struct bench *b, const char *const *settings, int64_t rows, size_t n_shops, struct volume *v, double *seconds)
{
        struct app app = {0};
        struct conf conf;
        char *argv[64];
        int argc = 0, r;

        v->n_shops = n_shops;
        v->shops = arena_array(b->arena, struct volume_shop, n_shops);
        for (size_t i = 0; i < n_shops; i++)
                volume_share(rows, n_shops, i, &v->shops[i]);
        for (; settings[argc]; argc++)
                argv[argc] = arena_strdup(b->arena, settings[argc]);
        if (!conf_read(b->arena, &argc, argv, &conf))
                return -EINVAL;
        r = app_open(&app, &conf);
        if (!r)
                r = edge_transact(&app, &app.arena, 0, DB_WRITE, make_shops, v);
        if (!r)
                r = load_into(b, &app, &conf, rows, v, seconds);
        app_stop(&app);
        return r;
}
