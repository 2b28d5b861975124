#include "app/housekeeping.h"

#include "base/failpoint.h"
#include "store/search.h"

#include <pthread.h>
#include <stdlib.h>

/* Often and little: a second's worth of pages at once kept the disk busy for 200 ms, and every commit waited behind it. */
#define PAUSE_MS 250

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
        until.tv_nsec += PAUSE_MS * 1000000L;
        if (until.tv_nsec >= 1000000000L) {
                until.tv_sec++;
                until.tv_nsec -= 1000000000L;
        }
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
                /* A failure has been logged at its origin; the next round tries again. */
                failpoint_soon(FAIL_DURING_CHECKPOINT);
                if (db_checkpoint(h->app->db) || search_checkpoint(h->app->search) || callbacks_flush_notes(h->app))
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
