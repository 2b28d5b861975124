/*
 * Where the platform meets the ledger.
 *
 * On the loop thread a callback is checked against an immutable key table in memory and handed to the ledger as it came;
 * it is answered when the ledger has it on disk. Nothing else happens there. The applier opens the kept bytes again and
 * gives the event to the domain that declared it.
 */
#include "edge/edge.h"

#include "base/log.h"
#include "base/metric.h"
#include "platform/callback.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#define MAX_BODY (1 << 20)      /* bytes; the platform's own largest events are some 10 kB */
#define NOTED_MS 1000
#define OLD_S (10 * 60)         /* a time stamp this old is counted, never refused: retries come hours later */

struct metric metric_callbacks = METRIC_COUNTER("zhanggui_callbacks_total", "callbacks written to the ledger and answered");
struct metric metric_callbacks_refused = METRIC_COUNTER("zhanggui_callbacks_refused_total", "callbacks refused (signature, form, size)");
struct metric metric_callbacks_old = METRIC_COUNTER("zhanggui_callbacks_old_total", "callbacks accepted with a time stamp over 10 minutes old");
struct metric metric_callbacks_unknown = METRIC_COUNTER("zhanggui_callbacks_unknown_total", "events kept raw because no domain hears them");

/* One account's key. The table is built once and replaced as a whole when an account is connected; who reads it holds the
 * read lock meanwhile, which is some microseconds. */
struct callback_key {
        char id[96]; /* "wecom/KEY" */
        int64_t merchant_id, account_id;
        struct wx_cb_key key;
        _Atomic int64_t refused[WX_CB_E_LAST + 1]; /* since the last flush; [0]: URL checks answered */
        _Atomic int64_t noted_at; /* when a callback of it was last noted; business ms */
        UT_hash_handle by_id, by_account;
};

struct callback_table {
        struct arena arena;
        struct callback_key *by_id, *by_account;
        struct shops_site_file *files;
        size_t n_files;
};

static pthread_rwlock_t table_lock = PTHREAD_RWLOCK_INITIALIZER;

static void add_key(struct callback_table *t, const struct shops_callback *c)
{
        struct callback_key *k = arena_new(&t->arena, struct callback_key);
        enum wx_kind kind;

        if (wx_kind_of(c->kind, &kind) || wx_aes_key(c->aes_key, k->key.aes_key)) {
                log_event(LOG_ERROR, "callback.bad_key", "account", log_int(c->account_id), NULL);
                return;
        }
        snprintf(k->id, sizeof(k->id), "%s/%s", c->kind, c->callback_key);
        k->merchant_id = c->merchant_id;
        k->account_id = c->account_id;
        k->key.kind = kind;
        k->key.token = arena_strdup(&t->arena, c->token);
        k->key.receive_id = arena_strdup(&t->arena, c->receive_id);
        HASH_ADD(by_id, t->by_id, id, strlen(k->id), k);
        HASH_ADD(by_account, t->by_account, account_id, sizeof(k->account_id), k);
}

static int read_keys(struct ctx *ctx, void *arg)
{
        struct callback_table *t = arg;
        struct shops_callback *rows;
        struct shops_site_file *files;
        size_t n;
        int r = shops_callbacks(ctx, &rows, &n);

        if (!r)
                r = shops_site_files(ctx, &files, &t->n_files);
        for (size_t i = 0; !r && i < n; i++)
                add_key(t, &rows[i]);
        t->files = arena_array(&t->arena, struct shops_site_file, t->n_files);
        for (size_t i = 0; !r && i < t->n_files; i++)
                t->files[i] = (struct shops_site_file){arena_strdup(&t->arena, files[i].name),
                                                       arena_strdup(&t->arena, files[i].content)};
        return r;
}

static void table_free(struct callback_table *t)
{
        if (!t)
                return;
        HASH_CLEAR(by_id, t->by_id);
        HASH_CLEAR(by_account, t->by_account);
        arena_release(&t->arena);
        free(t);
}

/* What was counted under the old table and not yet written goes on in the new one. */
static void carry_counts(struct callback_table *from, struct callback_table *to)
{
        struct callback_key *old, *next, *k;

        HASH_ITER(by_account, from->by_account, old, next) {
                HASH_FIND(by_account, to->by_account, &old->account_id, sizeof(old->account_id), k);
                for (int status = 0; k && status <= WX_CB_E_LAST; status++)
                        atomic_fetch_add(&k->refused[status], atomic_load(&old->refused[status]));
        }
}

int callbacks_load(struct app *app)
{
        struct callback_table *t = calloc(1, sizeof(*t)), *old;
        struct arena arena;
        int r;

        if (!t)
                return fatal(ENOMEM, "no memory for the callback keys");
        arena_init(&t->arena, 0);
        arena_init(&arena, 0);
        r = edge_transact(app, &arena, 0, DB_READ, read_keys, t);
        arena_release(&arena);
        if (r) {
                table_free(t);
                return r;
        }
        pthread_rwlock_wrlock(&table_lock);
        old = app->callbacks;
        if (old)
                carry_counts(old, t);
        app->callbacks = t;
        pthread_rwlock_unlock(&table_lock);
        table_free(old);
        return 0;
}

void callbacks_release(struct app *app)
{
        table_free(app->callbacks);
        app->callbacks = NULL;
}

/* With the read lock held. */
static struct callback_key *find_path(struct app *app, const char *path)
{
        const char *id = path + strlen("/callback/");
        struct callback_key *k = NULL;

        if (app->callbacks)
                HASH_FIND(by_id, app->callbacks->by_id, id, strlen(id), k);
        return k;
}

/* With the table locked. */
static struct callback_key *key_of(struct app *app, int64_t account_id)
{
        struct callback_key *k = NULL;

        if (app->callbacks)
                HASH_FIND(by_account, app->callbacks->by_account, &account_id, sizeof(account_id), k);
        return k;
}

/* A copy in the arena, so that the applier may look at it in its own time. */
static bool find_account(struct app *app, struct arena *arena, int64_t account_id, struct wx_cb_key *out)
{
        struct callback_key *k;

        pthread_rwlock_rdlock(&table_lock);
        k = key_of(app, account_id);
        if (k) {
                *out = k->key;
                out->token = arena_strdup(arena, k->key.token);
                out->receive_id = arena_strdup(arena, k->key.receive_id);
        }
        pthread_rwlock_unlock(&table_lock);
        return k != NULL;
}

static void reply_text(struct raw *raw, int status, const char *text)
{
        raw_reply(raw, status, "text/plain; charset=utf-8", bytes_of_text(text), NULL);
}

/* The ledger writer's word: on disk, or not (then the platform comes again). */
static void written(void *arg, int status)
{
        struct raw *raw = arg;

        if (status) {
                reply_text(raw, 503, "try again");
                return;
        }
        metric_add(&metric_callbacks, 1);
        reply_text(raw, 200, "success");
}

static void refuse(struct callback_key *k, struct raw *raw, int status)
{
        metric_add(&metric_callbacks_refused, 1);
        atomic_fetch_add(&k->refused[status], 1);
        reply_text(raw, status == WX_CB_E_SIGNATURE ? 403 : 400, wx_cb_sentence(status));
}

static void note_age(struct app *app, const struct wx_cb_query *q)
{
        int64_t at;

        if (!text_to_int(q->timestamp, 0, INT64_MAX / 1000, &at) && clock_now(&app->clock) / 1000 - at > OLD_S)
                metric_add(&metric_callbacks_old, 1);
}

static void take(struct app *app, struct callback_key *k, struct raw *raw, const struct wx_cb_query *q)
{
        struct bytes plain;
        int r = wx_cb_open(raw_arena(raw), &k->key, q, raw_body(raw), &plain);

        if (r) {
                refuse(k, raw, r);
                return;
        }
        note_age(app, q);
        r = ledger_append(app->ledger,
                          &(struct ledger_entry){
                                  .received_at = clock_now(&app->clock),
                                  .merchant_id = k->merchant_id,
                                  .account_id = k->account_id,
                                  .kind = wx_kind_name(k->key.kind),
                                  .query = raw_query(raw),
                                  .body = raw_body(raw),
                                  .opened = plain,
                          },
                          written, raw);
        if (r)
                reply_text(raw, 503, "try again");
}

static void answer(struct app *app, struct callback_key *k, struct raw *raw)
{
        struct wx_cb_query q;
        const char *answer;
        int r;

        r = wx_cb_query_read(raw_arena(raw), raw_query(raw), &q);
        if (r) {
                refuse(k, raw, r);
        } else if (!strcmp(raw_method(raw), "GET")) {
                r = wx_cb_check_url(raw_arena(raw), &k->key, &q, &answer);
                if (r) {
                        refuse(k, raw, r);
                } else {
                        atomic_fetch_add(&k->refused[0], 1);
                        reply_text(raw, 200, answer);
                }
        } else if (!strcmp(raw_method(raw), "POST")) {
                take(app, k, raw, &q);
        } else {
                reply_text(raw, 405, "GET or POST");
        }
}

void callbacks_raw(void *arg, struct raw *raw)
{
        struct app *app = arg;
        struct callback_key *k;

        pthread_rwlock_rdlock(&table_lock);
        k = find_path(app, raw_path(raw));
        if (k)
                answer(app, k, raw);
        pthread_rwlock_unlock(&table_lock);
        if (!k)
                reply_text(raw, 404, SHOPS_NO_ACCOUNT);
}

void callbacks_site_file(void *arg, struct raw *raw)
{
        struct app *app = arg;
        const char *content = NULL;

        pthread_rwlock_rdlock(&table_lock);
        for (size_t i = 0; app->callbacks && i < app->callbacks->n_files; i++)
                if (text_eq(raw_path(raw) + 1, app->callbacks->files[i].name))
                        content = arena_strdup(raw_arena(raw), app->callbacks->files[i].content);
        pthread_rwlock_unlock(&table_lock);
        reply_text(raw, content ? 200 : 404, content ? content : "no such file");
}

/* ---- the applier's half ---- */

static const struct remote_event *hears(const struct registry *registry, enum wx_kind kind, const char *type)
{
        for (size_t i = 0; i < registry->n; i++) {
                const struct domain *d = registry->domains[i];

                for (size_t j = 0; j < d->n_remote_events; j++)
                        if (d->remote_events[j].kind == kind && text_eq(d->remote_events[j].type, type))
                                return &d->remote_events[j];
        }
        return NULL;
}

/* Opens the kept bytes with today's key or, after a key was changed, with the ones before it. */
static int open_entry(struct app *app, struct ctx *ctx, const struct ledger_entry *e, struct wx_event *ev)
{
        struct shops_callback old;
        struct wx_cb_key now, key;
        struct wx_cb_query q;
        struct bytes plain;
        int r;

        if (!find_account(app, ctx->arena, e->account_id, &now))
                return WX_CB_E_RECEIVE_ID;
        if (e->opened.p)
                return wx_event_read(ctx->arena, now.kind, e->opened, ev);
        r = wx_cb_query_read(ctx->arena, e->query, &q);
        if (r)
                return r;
        r = wx_cb_open(ctx->arena, &now, &q, e->body, &plain);
        for (int64_t version = 1; r == WX_CB_E_SIGNATURE && !shops_callback_at(ctx, e->account_id, version, &old); version++) {
                key = now;
                key.token = old.token;
                r = wx_aes_key(old.aes_key, key.aes_key);
                if (!r)
                        r = wx_cb_open(ctx->arena, &key, &q, e->body, &plain);
        }
        if (!r)
                r = wx_event_read(ctx->arena, now.kind, plain, ev);
        return r;
}

/* Once a second: the row is one that every process writes, and nobody shows it more exactly. That it was noted is remembered
 * after the commit: an account may be proven by the only callback it ever gets, and batches are undone and run again. */
static int note_callback(struct app *app, struct ctx *ctx, int64_t account_id)
{
        struct callback_key *k;
        bool due;

        pthread_rwlock_rdlock(&table_lock);
        k = key_of(app, account_id);
        due = k && llabs(ctx->now - atomic_load_explicit(&k->noted_at, memory_order_relaxed)) >= NOTED_MS;
        pthread_rwlock_unlock(&table_lock);
        if (!due || !ctx_once(ctx, "callbacks.heard", arena_printf(ctx->arena, "%lld", (long long)account_id)))
                return 0;
        ctx_notice(ctx, "shops", CALLBACKS_HEARD, account_id, 0, NULL);
        return shops_note_callback(ctx, account_id);
}

void callbacks_heard(struct app *app, int64_t account_id, int64_t at)
{
        struct callback_key *k;

        pthread_rwlock_rdlock(&table_lock);
        k = key_of(app, account_id);
        if (k)
                atomic_store_explicit(&k->noted_at, at, memory_order_relaxed);
        pthread_rwlock_unlock(&table_lock);
}

int callbacks_apply(void *arg, struct ctx *ctx, const struct ledger_entry *e)
{
        struct app *app = arg;
        const struct remote_event *heard;
        struct wx_event ev = {0};
        int r;

        ctx->merchant = e->merchant_id;
        ctx->actor = (struct actor){.kind = ACTOR_PLATFORM, .name = "platform"};
        r = open_entry(app, ctx, e, &ev);
        if (r)
                return r;
        ev.account_id = e->account_id;
        ev.received_at = e->received_at;
        r = note_callback(app, ctx, e->account_id);
        if (r)
                return r;
        heard = hears(app->proto.registry, ev.kind, ev.type);
        if (heard)
                return heard->fn(ctx, &ev);
        metric_add(&metric_callbacks_unknown, 1);
        return ledger_note(ctx, e->account_id, "unknown_event", 1);
}

/* ---- refusals and URL checks, counted in memory and written now and then ---- */

struct counted {
        int64_t merchant_id, account_id;
        int64_t n[WX_CB_E_LAST + 1];
};

static int write_notes(struct ctx *ctx, void *arg)
{
        const struct counted *c = arg;
        int r = c->n[0] ? shops_note_url_check(ctx, c->account_id) : 0;

        for (int status = 1; !r && status <= WX_CB_E_LAST; status++)
                if (c->n[status])
                        r = ledger_note(ctx, c->account_id, wx_cb_reason(status), c->n[status]);
        ctx_notice(ctx, "shops", "connection", c->account_id, 0, NULL);
        return r;
}

/* Takes the counts of an account; false: there are none. */
static bool take_counts(struct callback_key *k, struct counted *out)
{
        bool some = false;

        *out = (struct counted){.merchant_id = k->merchant_id, .account_id = k->account_id};
        for (int status = 0; status <= WX_CB_E_LAST; status++)
                if (atomic_load(&k->refused[status]) && (out->n[status] = atomic_exchange(&k->refused[status], 0)))
                        some = true;
        return some;
}

int callbacks_flush_notes(struct app *app)
{
        struct callback_key *k, *next;
        struct arena arena;
        struct counted *all;
        size_t n = 0;
        int r = 0;

        arena_init(&arena, 0);
        pthread_rwlock_rdlock(&table_lock);
        all = arena_array(&arena, struct counted, app->callbacks ? HASH_CNT(by_account, app->callbacks->by_account) : 0);
        if (app->callbacks)
                HASH_ITER(by_account, app->callbacks->by_account, k, next)
                        n += take_counts(k, &all[n]);
        pthread_rwlock_unlock(&table_lock);
        for (size_t i = 0; !r && i < n; i++)
                r = edge_transact(app, &arena, all[i].merchant_id, DB_WRITE, write_notes, &all[i]);
        arena_release(&arena);
        return r;
}
