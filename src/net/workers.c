/* A few threads that run route handlers from one bounded queue. */
#include "net/exchange.h"

#include <event2/http.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE 256

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

static void send_exchange(struct loop_task *t)
{
        struct exchange *x = (struct exchange *)t;
        struct server *s = x->server;

        if (x->push.granted)
                push_begin(x);
        else
                send_answer(s, x->req, &x->answer);
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
        w->tail = &w->first;
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
