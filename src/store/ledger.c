/* Appending: the queue in front of the writer, the writer, and the keeper, who does what must not be in their way. */
#include "store/ledger_window.h"

#include "base/failpoint.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH_MAX 1024
#define BATCH_BYTES (8u << 20)
#define MEMORY_MAX 8192 /* entries kept in memory for the applier; beyond, it reads them from the files */
#define MEMORY_BYTES (16u << 20)
#define COMPANY_US 2000 /* from one commit's begin to the next one's, when callbacks come in company */
#define KEEPER_MS 250 /* between two checkpoints: often and little, see app/housekeeping.c */
#define ITEM_BYTES 2560 /* an item with a callback of the usual size */
#define SPARE_MAX 2048  /* items kept for reuse */
#define WRITER_STACK (256u << 10)
#define APPLIER_STACK (1u << 20)

struct metric ledger_metric_appended =
        METRIC_COUNTER("zhanggui_ledger_appended_total", "entries written to the ledger");
struct metric ledger_metric_applied =
        METRIC_COUNTER("zhanggui_ledger_applied_total", "entries applied, failed ones included");
struct metric ledger_metric_failed = METRIC_COUNTER("zhanggui_ledger_failed_total", "entries whose apply failed");
struct metric ledger_metric_waiting = METRIC_GAUGE("zhanggui_ledger_waiting", "entries appended and not yet applied");

void ledger_list_init(struct ledger_list *list)
{
        *list = (struct ledger_list){.tail = &list->first};
}

void ledger_list_add(struct ledger_list *list, struct ledger_item *item)
{
        item->next = NULL;
        *list->tail = item;
        list->tail = &item->next;
        list->n++;
        list->bytes += item->size;
}

struct ledger_item *ledger_list_take(struct ledger_list *list)
{
        struct ledger_item *item = list->first;

        if (!item)
                return NULL;
        list->first = item->next;
        if (!list->first)
                list->tail = &list->first;
        list->n--;
        list->bytes -= item->size;
        return item;
}

static void list_free(struct ledger_list *list)
{
        struct ledger_item *item;

        while ((item = ledger_list_take(list)))
                free(item);
}

/* ---- append ---- */

static const char *pack(char **to, const void *from, size_t n)
{
        char *at = *to;

        if (n > 0)
                memcpy(at, from, n);
        at[n] = '\0';
        *to += n + 1;
        return at;
}

/* Memory for an item. Most are of one size and live for milliseconds; they go round instead of through malloc(), which two
 * threads would quarrel over. With the lock held. */
static struct ledger_item *item_take(struct ledger *l, size_t size)
{
        struct ledger_item *item = l->spare;

        if (size > ITEM_BYTES)
                return malloc(size);
        if (!item)
                return malloc(ITEM_BYTES);
        l->spare = item->next;
        l->n_spare--;
        return item;
}

void ledger_items_free(struct ledger *l, struct ledger_list *list)
{
        struct ledger_item *item;

        while ((item = ledger_list_take(list))) {
                if (item->size > ITEM_BYTES || l->n_spare >= SPARE_MAX) {
                        free(item);
                        continue;
                }
                item->next = l->spare;
                l->spare = item;
                l->n_spare++;
        }
}

static size_t item_size(const struct ledger_entry *e)
{
        return sizeof(struct ledger_item) + strlen(e->kind) + (e->query ? strlen(e->query) : 0) + e->body.n + e->opened.n + 4;
}

static void item_fill(struct ledger_item *item, const struct ledger_entry *e, size_t size)
{
        char *to = (char *)(item + 1);

        *item = (struct ledger_item){.e = *e, .size = size};
        item->e.kind = pack(&to, e->kind, strlen(e->kind));
        item->e.query = e->query ? pack(&to, e->query, strlen(e->query)) : NULL;
        item->e.body = bytes_of(pack(&to, e->body.p, e->body.n), e->body.n);
        item->e.opened = e->opened.p ? bytes_of(pack(&to, e->opened.p, e->opened.n), e->opened.n) : BYTES_NONE;
}

int ledger_append(struct ledger *l, const struct ledger_entry *e, void (*done)(void *arg, int status), void *arg)
{
        size_t size = item_size(e);
        struct ledger_item *item = NULL;
        bool full;

        pthread_mutex_lock(&l->lock);
        full = l->stopping || l->waiting.n >= l->o.max_waiting;
        if (!full)
                item = item_take(l, size);
        if (item) {
                item_fill(item, e, size);
                item->done = done;
                item->arg = arg;
                ledger_list_add(&l->waiting, item);
                pthread_cond_signal(&l->writer_cond);
        }
        pthread_mutex_unlock(&l->lock);
        return full ? LEDGER_E_FULL : item ? 0 : fatal(ENOMEM, "no memory for a ledger entry");
}

/* ---- the writer ---- */

static int write_batch(struct ledger *l, struct arena *arena, struct ledger_list *batch)
{
        struct ledger_item *item;
        struct ctx ctx;

        store_ctx(&ctx, &l->proto, arena, 0, clock_now(l->o.clock));
        for (item = batch->first; item; item = item->next) {
                item->e.stream = l->stream;
                item->e.seq = ++l->seq; /* never used twice, also when this batch fails */
        }
        return l->backend->write(l, &ctx, batch);
}

/* To the applier, through memory as long as it keeps up. */
static void hand_on(struct ledger *l, struct ledger_list *batch, int status)
{
        struct ledger_item *item;

        pthread_mutex_lock(&l->lock);
        l->writing = 0;
        if (status == 0 && batch->n > 0) {
                l->written_seq = l->seq;
                l->appended += (int64_t)batch->n;
                metric_add(&ledger_metric_appended, (int64_t)batch->n);
                metric_set(&ledger_metric_waiting, l->written_seq - l->applied_seq);
                if (l->written.n + l->in_window + batch->n > MEMORY_MAX ||
                    l->written.bytes + l->window_bytes + batch->bytes > MEMORY_BYTES)
                        l->behind = true;
                while (!l->behind && (item = ledger_list_take(batch)))
                        ledger_list_add(&l->written, item);
                pthread_cond_signal(&l->applier_cond);
        }
        ledger_items_free(l, batch);
        pthread_mutex_unlock(&l->lock);
}

/* A commit costs the disk and two threads' waking, for one entry or for a hundred. Who came alone is answered at once; behind a
 * batch of several the next one gathers. Asleep, not waiting: an append that must wake nobody costs nothing. */
static void gather(int64_t begun_us)
{
        int64_t left = begun_us + COMPANY_US - clock_mono_us();

        if (left > 0)
                usleep((useconds_t)left);
}

static void *writer_main(void *arg)
{
        struct ledger *l = arg;
        struct ledger_list batch;
        struct ledger_item *item;
        struct arena arena;
        int64_t begun;
        size_t n;
        int status;

        thread_comes_first();
        arena_init(&arena, 0);
        for (;;) {
                ledger_list_init(&batch);
                pthread_mutex_lock(&l->lock);
                while (!l->stopping && !l->waiting.first)
                        pthread_cond_wait(&l->writer_cond, &l->lock);
                while (batch.n < BATCH_MAX && batch.bytes < BATCH_BYTES && (item = ledger_list_take(&l->waiting)))
                        ledger_list_add(&batch, item);
                l->writing = batch.n;
                pthread_mutex_unlock(&l->lock);
                if (batch.n == 0)
                        break;
                begun = clock_mono_us();
                n = batch.n;
                failpoint(FAIL_BEFORE_LEDGER);
                status = write_batch(l, &arena, &batch);
                failpoint(FAIL_BEFORE_ACK);
                arena_clear(&arena);
                /* Word first, then on: once handed on, the applier may free the entries. */
                for (item = batch.first; item; item = item->next)
                        if (item->done)
                                item->done(item->arg, status);
                hand_on(l, &batch, status);
                if (n > 1)
                        gather(begun);
        }
        arena_release(&arena);
        return NULL;
}

/* ---- the keeper ---- */

static void *keeper_main(void *arg)
{
        struct ledger *l = arg;

        pthread_mutex_lock(&l->lock);
        while (!l->keeper_stopping) {
                pthread_mutex_unlock(&l->lock);
                l->backend->keep(l);
                pthread_mutex_lock(&l->lock);
                if (!l->keeper_stopping && !l->retired.db)
                        cond_wait_ms(&l->keeper_cond, &l->lock, KEEPER_MS);
        }
        pthread_mutex_unlock(&l->lock);
        return NULL;
}

/* ---- open, close ---- */

int ledger_start_at(struct ledger *l, int64_t stream, int64_t seq, char *ahead)
{
        l->window = window_new();
        if (!l->window)
                return fatal(ENOMEM, "no memory for the applier's window");
        l->applied_seq = seq;
        window_begin(l->window, (struct ledger_position){stream, seq, ahead});
        return 0;
}

int ledger_open(struct ledger **out, const struct ledger_options *o)
{
        struct ledger *l;
        struct arena arena;
        int r;

        if (!o->proto.keys || !o->proto.ids || o->max_waiting == 0)
                return fatal(EINVAL, "the ledger needs keys, ids and a limit");
        l = calloc(1, sizeof *l);
        if (!l || !(l->dir = strdup(o->dir))) {
                free(l);
                return fatal(ENOMEM, "no memory for the ledger");
        }
        l->o = *o;
        l->o.dir = l->dir;
        l->backend = db_kind(o->db) == DB_POSTGRES ? &ledger_pg : &ledger_files;
        store_ctx(&l->proto, &o->proto, NULL, 0, 0);
        pthread_mutex_init(&l->lock, NULL);
        cond_init(&l->writer_cond);
        cond_init(&l->applier_cond);
        cond_init(&l->keeper_cond);
        ledger_list_init(&l->waiting);
        ledger_list_init(&l->written);
        arena_init(&arena, 0);
        r = l->backend->open(l, &arena);
        arena_release(&arena);
        *out = l; /* before the threads: what is applied may be told to somebody who looks for the ledger there */
        if (!r && !(r = thread_start(&l->writer, "ledger-write", WRITER_STACK, writer_main, l)))
                l->threads++;
        if (!r && !(r = thread_start(&l->applier, "ledger-apply", APPLIER_STACK, ledger_applier_main, l)))
                l->threads++;
        if (!r && !(r = thread_start(&l->keeper, "ledger-keep", WRITER_STACK, keeper_main, l)))
                l->threads++;
        if (r) {
                *out = NULL;
                ledger_close(l);
        }
        return r;
}

void ledger_close(struct ledger *l)
{
        if (!l)
                return;
        pthread_mutex_lock(&l->lock);
        l->stopping = true;
        pthread_cond_broadcast(&l->writer_cond);
        pthread_cond_broadcast(&l->applier_cond);
        pthread_mutex_unlock(&l->lock);
        if (l->threads > 0)
                pthread_join(l->writer, NULL); /* after what waits is written */
        if (l->threads > 1)
                pthread_join(l->applier, NULL); /* what it did not get to is adopted at the next start */
        pthread_mutex_lock(&l->lock);
        l->keeper_stopping = true;
        pthread_cond_broadcast(&l->keeper_cond);
        pthread_mutex_unlock(&l->lock);
        if (l->threads > 2)
                pthread_join(l->keeper, NULL);
        list_free(&l->waiting);
        list_free(&l->written);
        window_free(l->window, l); /* its items become spare ones */
        for (struct ledger_item *item; (item = l->spare); free(item))
                l->spare = item->next;
        l->backend->close(l);
        pthread_cond_destroy(&l->writer_cond);
        pthread_cond_destroy(&l->applier_cond);
        pthread_cond_destroy(&l->keeper_cond);
        pthread_mutex_destroy(&l->lock);
        free(l->crashed);
        free(l->dir);
        free(l);
}

void ledger_stats(struct ledger *l, struct ledger_stats *out)
{
        pthread_mutex_lock(&l->lock);
        *out = (struct ledger_stats){
                .appended = l->appended,
                .applied = l->applied,
                .failed = l->failed,
                .waiting = (int64_t)(l->waiting.n + l->writing),
        };
        if (l->written_seq > l->applied_seq)
                out->waiting += l->written_seq - l->applied_seq;
        pthread_mutex_unlock(&l->lock);
}

bool ledger_idle(struct ledger *l)
{
        struct ledger_stats stats;

        ledger_stats(l, &stats);
        return stats.waiting == 0 && l->backend->idle(l);
}

void ledger_look(struct ledger *l)
{
        pthread_mutex_lock(&l->lock);
        l->adopt = true;
        pthread_cond_signal(&l->applier_cond);
        pthread_mutex_unlock(&l->lock);
}
