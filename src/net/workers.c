/* A few threads that run route handlers from one bounded queue. */
#include "net/exchange.h"

#include "base/clock.h"
#include "base/thread.h"

#include <event2/http.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE 256
#define STACK (512 * 1024)

struct workers {
        pthread_mutex_t lock;
        pthread_cond_t wake;
        struct exchange *first, **tail;
        unsigned waiting;
        bool stop;
        unsigned n;
        pthread_t threads[64];
};

static struct exchange *next_exchange(struct workers *w)
{
        struct exchange *x;

        pthread_mutex_lock(&w->lock);
        while (!w->first && !w->stop)
                pthread_cond_wait(&w->wake, &w->lock);
        x = w->first;
        if (x) {
                w->first = x->next;
                if (!w->first)
                        w->tail = &w->first;
                w->waiting--;
        }
        pthread_mutex_unlock(&w->lock);
        return x;
}

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

        thread_comes_first();
        while ((x = next_exchange(s->workers))) {
                x->taken_us = clock_mono_us();
                if (x->push.wanted)
                        push_ask(x);
                else
                        exchange_answer(x);
                x->task.fn = send_exchange;
                loop_hand(&s->loop, &x->task);
        }
        return NULL;
}

int workers_start(struct server *s)
{
        struct workers *w = calloc(1, sizeof(*w));
        int r = 0;

        if (!w)
                return fatal(ENOMEM, "no memory for the workers");
        pthread_mutex_init(&w->lock, NULL);
        pthread_cond_init(&w->wake, NULL);
        w->tail = &w->first;
        s->workers = w;
        for (unsigned i = 0; !r && i < s->o.workers && i < countof(w->threads); i++) {
                r = thread_start(&w->threads[i], "worker", STACK, thread, s);
                w->n += !r;
        }
        return r;
}

void workers_stop(struct server *s)
{
        struct workers *w = s->workers;

        pthread_mutex_lock(&w->lock);
        w->stop = true;
        pthread_cond_broadcast(&w->wake);
        pthread_mutex_unlock(&w->lock);
        for (unsigned i = 0; i < w->n; i++)
                pthread_join(w->threads[i], NULL);
        pthread_cond_destroy(&w->wake);
        pthread_mutex_destroy(&w->lock);
        free(w);
        s->workers = NULL;
}

void workers_take(struct server *s, struct evhttp_request *req, const char *path)
{
        struct workers *w = s->workers;
        struct exchange *x = NULL;
        bool full;

        pthread_mutex_lock(&w->lock);
        full = w->waiting >= QUEUE;
        pthread_mutex_unlock(&w->lock);
        /* Only this thread adds, so there is room still. */
        if (!full)
                x = exchange_new(s, req);
        if (!x) {
                send_problem(s, req, 503, "server.busy", "服务器正忙，请稍后再试。", "The server is busy; try again.");
                return;
        }
        x->push.wanted = !strcmp(path, "/api/events") && !strcmp(x->method, "GET");
        s->in_flight++;
        pthread_mutex_lock(&w->lock);
        x->next = NULL;
        *w->tail = x;
        w->tail = &x->next;
        w->waiting++;
        pthread_cond_signal(&w->wake);
        pthread_mutex_unlock(&w->lock);
}
