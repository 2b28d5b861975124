#include "app/housekeeping.h"

#include "app/backup.h"
#include "base/failpoint.h"
#include "store/search.h"
#include "base/thread.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* Often and little: every commit waits while the disk takes what was moved. A second's worth of pages kept it busy for 200 ms, a
 * quarter's for 15; a sixteenth's for four. */
#define PAUSE_MS 60

#define BACKUP_LOOK_MS 60000
#define BACKUP_HOUR 4 /* local time, when nobody is broadcasting */

struct housekeeping {
        struct app *app;
        pthread_t thread, backups;
        bool makes_backups;
        pthread_mutex_t lock;
        pthread_cond_t wake;
        bool stop;
};

/* Waits or is told to stop; true = go on. */
static bool pause_or_stop(struct housekeeping *h, int64_t ms)
{
        struct timespec until;
        bool stop;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += ms / 1000;
        until.tv_nsec += ms % 1000 * 1000000L;
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

static int refresh_keys(struct app *app)
{
        int r;

        if (!atomic_exchange(&app->callbacks_stale, false))
                return 0;
        r = callbacks_load(app);
        if (r)
                app->callbacks_stale = true;
        return r;
}

static void *run(void *arg)
{
        struct housekeeping *h = arg;

        /* At once, too: a server that is killed every second would else find a longer log each time it starts. */
        do {
                /* A failure has been logged at its origin; the next round tries again. */
                failpoint_soon(FAIL_DURING_CHECKPOINT);
                if (db_checkpoint(h->app->db) || search_checkpoint(h->app->search) || callbacks_flush_notes(h->app) ||
                    refresh_keys(h->app))
                        continue;
        } while (pause_or_stop(h, PAUSE_MS));
        return NULL;
}

static bool is_night(int64_t ms)
{
        time_t s = (time_t)(ms / 1000);
        struct tm tm;

        localtime_r(&s, &tm);
        return tm.tm_hour == BACKUP_HOUR;
}

/* A thread of its own: copying a large database takes minutes, and the log must be moved meanwhile. */
static void *make_backups(void *arg)
{
        struct housekeeping *h = arg;
        struct arena arena;

        arena_init(&arena, 0);
        while (pause_or_stop(h, BACKUP_LOOK_MS)) {
                int64_t now = clock_wall_ms();

                /* A failure has been logged, and the next minute tries again. */
                if (is_night(now) && backup_own(h->app, backup_day(&arena, "daily", now)))
                        continue;
                arena_clear(&arena);
        }
        arena_release(&arena);
        return NULL;
}

int housekeeping_start(struct housekeeping **out, struct app *app)
{
        struct housekeeping *h = calloc(1, sizeof(*h));
        int r;

        if (!h)
                return fatal(ENOMEM, "no memory for the housekeeping thread");
        h->app = app;
        pthread_mutex_init(&h->lock, NULL);
        cond_init(&h->wake);
        r = thread_start(&h->thread, "housekeeping", 0, run, h);
        if (r) {
                free(h);
                return r;
        }
        *out = h;
        h->makes_backups = !app->postgres && !app->demo && app->conf->backup_days > 0 &&
                           !thread_start(&h->backups, "backups", 256u << 10, make_backups, h);
        return 0;
}

void housekeeping_stop(struct housekeeping *h)
{
        pthread_mutex_lock(&h->lock);
        h->stop = true;
        pthread_cond_broadcast(&h->wake);
        pthread_mutex_unlock(&h->lock);
        pthread_join(h->thread, NULL);
        if (h->makes_backups)
                pthread_join(h->backups, NULL);
        pthread_cond_destroy(&h->wake);
        pthread_mutex_destroy(&h->lock);
        free(h);
}
