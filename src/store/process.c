#include "store/process.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/db_pg_line.h"
#include "store/job_impl.h"
#include "store/store.h"
#include "base/thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define SLOTS 1023
#define LOOK_MS 2000
#define AGAIN_MS 200     /* between two tries to lay the line anew */
#define TAKEN_MS 3000    /* how long the server may need to notice that the old line is gone */
#define WORDS_MAX 8192   /* waiting to be said */
#define LINE_STACK (256u << 10)
#define WORD_LOST "lost" /* a word was too long, or there were too many */
#define WORD_LEFT "left" /* a process ended in order: what it left is to be had */

struct word {
        struct word *next;
        size_t n;
        char text[];
};

struct process_row {
        int64_t slot, process_id;
        const char *name;
};

struct process_rows {
        struct process_row *p;
        size_t n;
};

struct process {
        struct process_options o;
        struct ctx proto;
        unsigned slot;
        int64_t id;
        struct db_line *line; /* NULL on SQLite, and while it is broken */
        pthread_t thread;
        bool threaded;
        int wake;
        int64_t looked_at;              /* mono ms */
        int64_t suspects[SLOTS + 1];    /* by slot: process_id whose lock could be taken at the last look */

        pthread_mutex_t lock; /* of what follows */
        bool stopping, cut;
        unsigned living;
        struct word *first, **tail;
        size_t n_words;
};

static void process_ctx(struct process *p, struct ctx *ctx, struct arena *arena)
{
        arena_init(arena, 0);
        store_ctx(ctx, &p->proto, arena, 0, clock_wall_ms());
}

/* ---- the dead ---- */

static int repair_rows(struct ctx *ctx, void *arg)
{
        static const struct query q = {
                .name = "store.process_remove",
                .sql = "delete from store_process where slot = $1 and process_id = $2",
                .args = "ii",
        };
        const struct process_row *dead = arg;
        int r = db_exec(ctx, &q, DB_I(dead->slot), DB_I(dead->process_id));

        return r ? status_fold(r) : job_free_claims(ctx, dead->process_id);
}

/* With the lock of its slot held. */
static int repair(struct process *p, struct process_row gone)
{
        struct arena arena;
        struct ctx ctx;
        int r;

        process_ctx(p, &ctx, &arena);
        r = db_run(p->o.db, &ctx, DB_QUEUE, repair_rows, &gone);
        arena_release(&arena);
        if (!r && gone.process_id != p->id)
                log_event(LOG_INFO, "process.repaired", "slot", log_int(gone.slot), "process", log_int(gone.process_id), NULL);
        return r;
}

static int read_rows(struct ctx *ctx, void *arg)
{
        static const struct db_col cols[] = {DB_COL_I(struct process_row, slot), DB_COL_I(struct process_row, process_id),
                                             DB_COL_T(struct process_row, name)};
        static const struct query q = {
                .name = "store.processes",
                .sql = "select slot, process_id, name from store_process order by slot",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct process_row),
        };
        struct process_rows *rows = arg;
        int r = db_all_v(ctx, &q, (void **)&rows->p, &rows->n, NULL, 0);

        return r ? status_fold(r) : 0;
}

/* A lock that could be taken twice in a row: a living process whose line broke has taken it again by then. */
static int look_at(struct process *p, const struct process_row *row, bool *freed)
{
        int64_t *suspect = &p->suspects[row->slot & SLOTS];
        int r = db_line_lock(p->line, (unsigned)row->slot), u;

        if (r < 0)
                return r;
        if (r == DB_LINE_E_TAKEN) {
                *suspect = 0;
                return 0;
        }
        r = 0;
        if (*suspect != row->process_id) {
                *suspect = row->process_id;
        } else if (!(r = repair(p, *row))) {
                *suspect = 0;
                *freed = true;
        }
        u = db_line_unlock(p->line, (unsigned)row->slot);
        return u ? u : r;
}

static int look(struct process *p)
{
        struct process_rows rows;
        bool freed = false;
        struct arena arena;
        struct ctx ctx;
        int r;

        process_ctx(p, &ctx, &arena);
        r = db_run(p->o.db, &ctx, DB_READ, read_rows, &rows);
        for (size_t i = 0; !r && i < rows.n; i++)
                if (rows.p[i].slot != p->slot)
                        r = look_at(p, &rows.p[i], &freed);
        if (!r) {
                pthread_mutex_lock(&p->lock);
                p->living = rows.n ? (unsigned)rows.n : 1;
                pthread_mutex_unlock(&p->lock);
        }
        arena_release(&arena);
        if (freed)
                p->o.freed(p->o.arg);
        return r;
}

/* ---- the line ---- */

static void set_cut(struct process *p, bool cut)
{
        pthread_mutex_lock(&p->lock);
        p->cut = cut;
        pthread_mutex_unlock(&p->lock);
}

static bool stopping(struct process *p)
{
        bool is;

        pthread_mutex_lock(&p->lock);
        is = p->stopping;
        pthread_mutex_unlock(&p->lock);
        return is;
}

static void rest(int64_t ms)
{
        nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* The own slot on a new line; the server may still think that the old line stands. */
static int take_again(struct process *p)
{
        int64_t until = clock_mono_ms() + TAKEN_MS;
        int r;

        while ((r = db_line_lock(p->line, p->slot)) == DB_LINE_E_TAKEN && clock_mono_ms() < until && !stopping(p))
                rest(AGAIN_MS);
        if (r == DB_LINE_E_TAKEN && !stopping(p)) {
                log_event(LOG_ERROR, "process.replaced", "what", "another process took this one for dead and does its work; this one ends",
                          "slot", log_int(p->slot), NULL);
                _exit(1);
        }
        return r;
}

/* Not gone, but declared so: others have done its work since. */
static int still_listed(struct process *p)
{
        struct process_rows rows;
        struct arena arena;
        bool listed = false;
        struct ctx ctx;
        int r;

        process_ctx(p, &ctx, &arena);
        r = db_run(p->o.db, &ctx, DB_READ, read_rows, &rows);
        for (size_t i = 0; !r && i < rows.n; i++)
                listed = listed || rows.p[i].process_id == p->id;
        arena_release(&arena);
        if (!r && !listed) {
                log_event(LOG_ERROR, "process.replaced", "what", "another process took this one for dead and did its work; this one ends",
                          "slot", log_int(p->slot), NULL);
                _exit(1);
        }
        return r;
}

static void mend(struct process *p)
{
        int r;

        set_cut(p, true);
        db_line_close(p->line);
        p->line = NULL;
        while (!stopping(p) && db_line_open(&p->line, p->o.db, true))
                rest(AGAIN_MS);
        if (!p->line)
                return;
        r = take_again(p);
        if (!r)
                r = still_listed(p);
        if (r) {
                db_line_close(p->line);
                p->line = NULL;
                rest(AGAIN_MS);
                return;
        }
        log_event(LOG_INFO, "process.mended", "slot", log_int(p->slot), NULL);
        set_cut(p, false);
        p->o.lost(p->o.arg);
        p->o.freed(p->o.arg); /* nothing was begun meanwhile */
}

static void on_word(void *arg, const char *text)
{
        struct process *p = arg;
        int64_t from = strtoll(text, NULL, 10);
        const char *at = strchr(text, '\n'), *end;
        char *word;

        if (from == p->id)
                return;
        for (; at && *++at; at = end) {
                end = strchrnul(at, '\n');
                word = strndup(at, (size_t)(end - at));
                if (!word || text_eq(word, WORD_LOST))
                        p->o.lost(p->o.arg);
                else if (text_eq(word, WORD_LEFT))
                        p->o.freed(p->o.arg);
                else
                        p->o.heard(p->o.arg, word);
                free(word);
                if (!*end)
                        break;
        }
}

/* As many of the waiting words as one notification takes; they stay in the queue until they are said. */
static size_t pack_words(struct process *p, char *out)
{
        size_t at = (size_t)snprintf(out, DB_LINE_MAX, "%lld", (long long)p->id), n = 0;

        pthread_mutex_lock(&p->lock);
        for (const struct word *w = p->first; w && at + 1 + w->n < DB_LINE_MAX; w = w->next, n++) {
                out[at++] = '\n';
                memcpy(out + at, w->text, w->n);
                at += w->n;
        }
        pthread_mutex_unlock(&p->lock);
        out[at] = '\0';
        return n;
}

static void words_drop(struct process *p, size_t n)
{
        struct word *w;

        pthread_mutex_lock(&p->lock);
        for (; n > 0 && (w = p->first); n--) {
                p->first = w->next;
                if (!p->first)
                        p->tail = &p->first;
                p->n_words--;
                free(w);
        }
        pthread_mutex_unlock(&p->lock);
}

static int say_all(struct process *p)
{
        char text[DB_LINE_MAX + 1];
        size_t n;
        int r = 0;

        while (!r && (n = pack_words(p, text)) > 0) {
                r = db_line_say(p->line, text);
                if (!r)
                        words_drop(p, n);
        }
        return r;
}

static void *line_main(void *arg)
{
        struct process *p = arg;
        int64_t left;
        uint64_t n;
        int r;

        while (!stopping(p)) {
                if (!p->line) {
                        mend(p);
                        continue;
                }
                r = say_all(p);
                left = p->looked_at + LOOK_MS - clock_mono_ms();
                if (!r && left <= 0) {
                        p->looked_at = clock_mono_ms();
                        (void)!look(p); /* logged where it failed; the line itself is judged below */
                        left = LOOK_MS;
                }
                if (!r)
                        r = db_line_hear(p->line, p->wake, left, on_word, p);
                while (read(p->wake, &n, sizeof n) > 0)
                        ;
                if (r) {
                        db_line_close(p->line);
                        p->line = NULL;
                        set_cut(p, true);
                }
        }
        if (p->line)
                (void)!say_all(p);
        return NULL;
}

static void wake(struct process *p)
{
        uint64_t one = 1;

        if (write(p->wake, &one, sizeof one) < 0 && errno != EAGAIN)
                log_event(LOG_WARN, "process.wake", "why", strerror(errno), NULL);
}

void process_say(struct process *p, const char *text)
{
        size_t n = strlen(text);
        struct word *w;

        if (db_kind(p->o.db) == DB_SQLITE)
                return;
        pthread_mutex_lock(&p->lock);
        if (p->n_words < WORDS_MAX) {
                if (n > PROCESS_WORD_MAX || p->n_words == WORDS_MAX - 1 || strchr(text, '\n'))
                        n = strlen(text = WORD_LOST);
                w = malloc(sizeof *w + n);
                if (!w)
                        abort(); /* no memory: see base/arena.h */
                w->next = NULL;
                w->n = n;
                memcpy(w->text, text, n);
                *p->tail = w;
                p->tail = &w->next;
                p->n_words++;
        }
        pthread_mutex_unlock(&p->lock);
        wake(p);
}

/* ---- joining and leaving ---- */

static int insert_row(struct ctx *ctx, void *arg)
{
        static const struct query q = {
                .name = "store.process_insert",
                .sql = "insert into store_process (slot, process_id, name, started_at) values ($1, $2, $3, $4)"
                       " on conflict (slot) do nothing",
                .args = "iiti",
        };
        const struct process *p = arg;
        int r = db_exec(ctx, &q, DB_I(p->slot), DB_I(p->id), DB_T(p->o.name), DB_I(ctx->now));

        if (r)
                return status_fold(r);
        return db_changed(ctx) ? 0 : DB_E_EXISTS;
}

/* In the same data folder: its lock is ours, so the other is dead, whatever the server still thinks of its line. */
static int replace_self(struct process *p, const struct process_rows *rows)
{
        int64_t until = clock_mono_ms() + TAKEN_MS;
        int r = 0, u;

        for (size_t i = 0; !r && i < rows->n; i++) {
                if (!text_eq(rows->p[i].name, p->o.name))
                        continue;
                while ((r = db_line_lock(p->line, (unsigned)rows->p[i].slot)) == DB_LINE_E_TAKEN && clock_mono_ms() < until)
                        rest(AGAIN_MS);
                if (r)
                        return r < 0 ? r : 0; /* still held: the look will find it dead */
                r = repair(p, rows->p[i]);
                u = db_line_unlock(p->line, (unsigned)rows->p[i].slot);
                r = r ? r : u;
        }
        return r;
}

static bool has_row(const struct process_rows *rows, unsigned slot)
{
        for (size_t i = 0; i < rows->n; i++)
                if (rows->p[i].slot == slot)
                        return true;
        return false;
}

static int take_slot(struct process *p, struct ctx *ctx, struct id_source *ids)
{
        struct process_rows rows;
        int r = db_run(p->o.db, ctx, DB_READ, read_rows, &rows);

        if (!r)
                r = replace_self(p, &rows);
        if (!r)
                r = db_run(p->o.db, ctx, DB_READ, read_rows, &rows);
        for (p->slot = 1; !r && p->slot <= SLOTS; p->slot++) {
                if (has_row(&rows, p->slot))
                        continue;
                r = db_line_lock(p->line, p->slot);
                if (r < 0)
                        return r;
                if (r == DB_LINE_E_TAKEN) {
                        r = 0;
                        continue;
                }
                id_init(ids, p->slot);
                p->id = id_new(ids);
                r = db_run(p->o.db, ctx, DB_QUEUE, insert_row, p);
                if (r <= 0)
                        return r;
                r = db_line_unlock(p->line, p->slot); /* somebody's row came between */
        }
        return r ? r : fatal(EUSERS, "there are %d processes on this database already", SLOTS);
}

static int join_others(struct process *p, struct id_source *ids)
{
        struct arena arena;
        struct ctx ctx;
        int r;

        r = db_line_open(&p->line, p->o.db, false);
        if (r)
                return r;
        process_ctx(p, &ctx, &arena);
        r = take_slot(p, &ctx, ids);
        arena_release(&arena);
        if (r)
                return r;
        log_event(LOG_INFO, "process.joined", "slot", log_int(p->slot), "process", log_int(p->id), NULL);
        r = thread_start(&p->thread, "line", LINE_STACK, line_main, p);
        p->threaded = !r;
        return r;
}

static int free_all(struct ctx *ctx, void *arg)
{
        (void)arg;
        return job_free_claims(ctx, 0);
}

static int join_alone(struct process *p, struct id_source *ids)
{
        struct arena arena;
        struct ctx ctx;
        int r;

        p->slot = 1;
        id_init(ids, p->slot);
        p->id = id_new(ids);
        process_ctx(p, &ctx, &arena);
        r = db_run(p->o.db, &ctx, DB_QUEUE, free_all, NULL);
        arena_release(&arena);
        return r;
}

int process_join(struct process **out, const struct process_options *o, struct id_source *ids)
{
        struct process *p = calloc(1, sizeof *p);
        int r;

        if (!p)
                return fatal(ENOMEM, "no memory for the process's place");
        p->o = *o;
        p->living = 1;
        p->tail = &p->first;
        p->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        store_ctx(&p->proto, &o->proto, NULL, 0, 0);
        pthread_mutex_init(&p->lock, NULL);
        *out = p; /* before the thread: what it hears may be told to somebody who looks for it there */
        r = p->wake < 0 ? fatal(errno, "eventfd: %s", strerror(errno))
            : db_kind(o->db) == DB_SQLITE ? join_alone(p, ids)
                                          : join_others(p, ids);
        if (r) {
                *out = NULL;
                process_leave(p);
        }
        return r;
}

void process_leave(struct process *p)
{
        if (!p)
                return;
        if (p->threaded) {
                if (!repair(p, (struct process_row){.slot = p->slot, .process_id = p->id}))
                        process_say(p, WORD_LEFT);
                pthread_mutex_lock(&p->lock);
                p->stopping = true;
                pthread_mutex_unlock(&p->lock);
                wake(p);
                pthread_join(p->thread, NULL);
        }
        db_line_close(p->line);
        words_drop(p, SIZE_MAX);
        if (p->wake >= 0)
                close(p->wake);
        pthread_mutex_destroy(&p->lock);
        free(p);
}

int64_t process_id(const struct process *p)
{
        return p->id;
}

unsigned process_living(struct process *p)
{
        unsigned n;

        pthread_mutex_lock(&p->lock);
        n = p->living;
        pthread_mutex_unlock(&p->lock);
        return n;
}

bool process_cut(struct process *p)
{
        bool cut;

        pthread_mutex_lock(&p->lock);
        cut = p->cut;
        pthread_mutex_unlock(&p->lock);
        return cut;
}
