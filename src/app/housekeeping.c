#include "app/housekeeping.h"

#include "base/failpoint.h"

#include <pthread.h>
#include <stdlib.h>

#define PAUSE_MS 1000

struct housekeeping {
        struct app *app;
        pthread_t thread;
        pthread_mutex_t lock;
        pthread_cond_t wake;
        bool stop;
};

/* Waits PAUSE_MS or until told to stop; true = go on. */
static bool pause_or_stop(struct housekeeping *h)
{
        struct timespec until;
        bool stop;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += PAUSE_MS / 1000;
        pthread_mutex_lock(&h->lock);
        while (!h->stop && pthread_cond_timedwait(&h->wake, &h->lock, &until) != ETIMEDOUT)
                ;
        stop = h->stop;
        pthread_mutex_unlock(&h->lock);
        return !stop;
}

static void *run(void *arg)
{
        struct housekeeping *h = arg;

        /* At once, too: a server that is killed every second would else find a longer log each time it starts. */
        do {
                /* Either failing has been logged at its origin; the next second tries again. */
                failpoint_soon(FAIL_DURING_CHECKPOINT);
                if (db_checkpoint(h->app->db) || callbacks_flush_notes(h->app))
                        continue;
        } while (pause_or_stop(h));
        return NULL;
}

int housekeeping_start(struct housekeeping **out, struct app *app)
{
        struct housekeeping *h = calloc(1, sizeof(*h));
        pthread_condattr_t attr;
        int r;

        if (!h)
                return fatal(ENOMEM, "no memory for the housekeeping thread");
        h->app = app;
        pthread_mutex_init(&h->lock, NULL);
        pthread_condattr_init(&attr);
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        pthread_cond_init(&h->wake, &attr);
        pthread_condattr_destroy(&attr);
        r = pthread_create(&h->thread, NULL, run, h);
        if (r) {
                free(h);
                return fatal(r, "cannot start the housekeeping thread");
        }
        *out = h;
        return 0;
}

void housekeeping_stop(struct housekeeping *h)
{
        pthread_mutex_lock(&h->lock);
        h->stop = true;
        pthread_cond_signal(&h->wake);
        pthread_mutex_unlock(&h->lock);
        pthread_join(h->thread, NULL);
        pthread_cond_destroy(&h->wake);
        pthread_mutex_destroy(&h->lock);
        free(h);
}
