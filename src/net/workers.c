/*
 * A few threads that run route handlers, in turn between merchants: each merchant's requests wait in a line of their own, and
 * one worker is left to the others however many one of them asks for. Whose a request is follows from its session: app says
 * after the first one, and until then every session is a party of its own; who has no session is one together.
 */
#include "net/exchange.h"

#include "base/clock.h"

#include <event2/http.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

#define QUEUE 256 /* requests that wait; half of it for one party, once there are several */
#define MEMO 4096 /* sessions whose merchant is remembered; a power of two */

struct party {
        int64_t who; /* a merchant, or minus the session's digest; 0 = no session */
        struct exchange *first, **tail;
        unsigned waiting, running;
        bool in_turn;
        struct party *prev, *next;
        UT_hash_handle hh;
};

struct workers {
        pthread_mutex_t lock;
        pthread_cond_t wake;
        struct party *parties, *turns; /* all with work; those who wait and may have a worker, in the order of their turns */
        struct {
                int64_t session, merchant;
        } memo[MEMO];
        int64_t merchant; /* the last that was answered */
        bool several;     /* there has been more than one */
        unsigned waiting;
        bool stop;
        unsigned n;
        pthread_t threads[64];
};

/* ---- parties; with the lock held ---- */

/* Minus a digest (FNV-1a) of the session: no merchant has such a number. 0 = none. Who made two of them meet would share turns
 * with himself. */
static int64_t session_of(const struct exchange *x)
{
        const char *cookie = exchange_cookie(x, "zg_session");
        uint64_t digest = 0xcbf29ce484222325u;

        if (text_empty(cookie))
                return 0;
        for (; *cookie; cookie++)
                digest = (digest ^ (unsigned char)*cookie) * 0x100000001b3u;
        return -(int64_t)(digest >> 1) - 1;
}

static struct party *party_of(struct workers *w, int64_t session)
{
        size_t at = (size_t)-session % MEMO;
        int64_t who = session && w->memo[at].session == session ? w->memo[at].merchant : session;
        struct party *p;

        HASH_FIND(hh, w->parties, &who, sizeof(who), p);
        if (p)
                return p;
        p = calloc(1, sizeof(*p));
        if (!p)
                return NULL;
        p->who = who;
        p->tail = &p->first;
        HASH_ADD(hh, w->parties, who, sizeof(p->who), p);
        return p;
}

/* Into the round, or out of it and away, as its work is now. */
static void settle(struct workers *w, struct party *p)
{
        unsigned share = w->several && w->n > 1 ? w->n - 1 : w->n;
        bool may = p->waiting && (p->running < share || w->stop);

        if (may && !p->in_turn)
                DL_APPEND(w->turns, p);
        else if (!may && p->in_turn)
                DL_DELETE(w->turns, p);
        p->in_turn = may;
        if (p->waiting || p->running)
                return;
        HASH_DELETE(hh, w->parties, p);
        free(p);
}

static struct exchange *take(struct workers *w)
{
        struct party *p = w->turns;
        struct exchange *x = p->first;

        p->first = x->next;
        if (!p->first)
                p->tail = &p->first;
        p->waiting--;
        w->waiting--;
        p->running++;
        DL_DELETE(w->turns, p); /* behind all others */
        p->in_turn = false;
        settle(w, p);
        return x;
}

static struct exchange *next_exchange(struct workers *w)
{
        struct exchange *x = NULL;

        pthread_mutex_lock(&w->lock);
        while (!w->turns && !w->stop)
                pthread_cond_wait(&w->wake, &w->lock);
        if (w->turns)
                x = take(w);
        pthread_mutex_unlock(&w->lock);
        if (x)
                x->taken_us = clock_mono_us();
        return x;
}

/* Its party may have the next worker, and is known by its merchant from now on. */
static void answered(struct workers *w, struct exchange *x)
{
        size_t at = (size_t)-x->session % MEMO;

        pthread_mutex_lock(&w->lock);
        if (x->session && x->merchant > 0) {
                w->memo[at].session = x->session;
                w->memo[at].merchant = x->merchant;
                w->several |= w->merchant && w->merchant != x->merchant;
                w->merchant = x->merchant;
        }
        x->party->running--;
        settle(w, x->party);
        if (w->turns)
                pthread_cond_signal(&w->wake);
        pthread_mutex_unlock(&w->lock);
}

/* ---- threads ---- */

/* For whoever looks into a slow page: how long it waited for a worker, and how long it was here in all, in ms. */
static void tell_time(struct exchange *x)
{
        char text[80];

        snprintf(text, sizeof(text), "queue;dur=%.3f, total;dur=%.3f", (double)(x->taken_us - x->begun_us) / 1000,
                 (double)(clock_mono_us() - x->begun_us) / 1000);
        (void)evhttp_add_header(evhttp_request_get_output_headers(x->req), "Server-Timing", text);
}

static void send_exchange(struct loop_task *t)
{
        struct exchange *x = (struct exchange *)t;
        struct server *s = x->server;

        if (x->push.granted) {
                push_begin(x);
        } else {
                tell_time(x);
                send_answer(s, x->req, &x->answer);
        }
        exchange_free(x);
        s->in_flight--;
}

static void *thread(void *arg)
{
        struct server *s = arg;
        struct exchange *x;

        while ((x = next_exchange(s->workers))) {
                if (x->push.wanted)
                        push_ask(x);
                else
                        exchange_answer(x);
                answered(s->workers, x);
                x->task.fn = send_exchange;
                loop_hand(&s->loop, &x->task);
        }
        return NULL;
}

int workers_start(struct server *s)
{
        struct workers *w = calloc(1, sizeof(*w));
        pthread_attr_t attr;
        int r = 0;

        if (!w)
                return fatal(ENOMEM, "no memory for the workers");
        pthread_mutex_init(&w->lock, NULL);
        pthread_cond_init(&w->wake, NULL);
        s->workers = w;
        pthread_attr_init(&attr);
        pthread_attr_setstacksize(&attr, 512 * 1024);
        for (unsigned i = 0; !r && i < s->o.workers && i < countof(w->threads); i++) {
                r = pthread_create(&w->threads[i], &attr, thread, s);
                w->n += !r;
        }
        pthread_attr_destroy(&attr);
        return r ? fatal(r, "cannot start the worker threads") : 0;
}

void workers_stop(struct server *s)
{
        struct workers *w = s->workers;
        struct party *p, *next;

        pthread_mutex_lock(&w->lock);
        w->stop = true;
        HASH_ITER(hh, w->parties, p, next)
                settle(w, p);
        pthread_cond_broadcast(&w->wake);
        pthread_mutex_unlock(&w->lock);
        for (unsigned i = 0; i < w->n; i++)
                pthread_join(w->threads[i], NULL);
        pthread_cond_destroy(&w->wake);
        pthread_mutex_destroy(&w->lock);
        free(w);
        s->workers = NULL;
}

/* False: no room for this party, or for anybody. */
static bool queue(struct workers *w, struct exchange *x)
{
        struct party *p;
        bool room;

        pthread_mutex_lock(&w->lock);
        p = party_of(w, x->session);
        room = p && w->waiting < QUEUE && (!w->several || p->waiting < QUEUE / 2);
        if (room) {
                x->next = NULL;
                x->party = p;
                *p->tail = x;
                p->tail = &x->next;
                p->waiting++;
                w->waiting++;
        }
        if (p)
                settle(w, p);
        if (room)
                pthread_cond_signal(&w->wake);
        pthread_mutex_unlock(&w->lock);
        return room;
}

void workers_take(struct server *s, struct evhttp_request *req, const char *path)
{
        struct workers *w = s->workers;
        struct exchange *x = NULL;
        bool full;

        pthread_mutex_lock(&w->lock);
        full = w->waiting >= QUEUE;
        pthread_mutex_unlock(&w->lock);
        if (!full) /* or a flood would be copied only to be refused */
                x = exchange_new(s, req);
        if (x) {
                x->push.wanted = !strcmp(path, "/api/events") && !strcmp(x->method, "GET");
                x->session = session_of(x);
                s->in_flight++;
                if (queue(w, x))
                        return;
                s->in_flight--;
                exchange_free(x);
        }
        send_problem(s, req, 503, "server.busy", "服务器正忙，请稍后再试。", "The server is busy; try again.");
}
