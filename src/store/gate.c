/*
 * Why not a plain mutex: under load glibc's mutex lets the thread that just left in again, so that a busy applier could
 * keep an agent's reply waiting for seconds. Here the place passes from hand to hand.
 */
#include "store/gate.h"

#include "base/clock.h"

#include <stdbool.h>
#include <time.h>

struct gate_waiter {
        struct gate_waiter *next;
        pthread_cond_t cond;
        bool granted;
};

void gate_cond_init(pthread_cond_t *cond)
{
        pthread_condattr_t attr;

        pthread_condattr_init(&attr);
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        pthread_cond_init(cond, &attr);
        pthread_condattr_destroy(&attr);
}

void gate_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ms)
{
        struct timespec until;

        if (ms < 0)
                ms = 0;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += ms / 1000;
        until.tv_nsec += ms % 1000 * 1000000;
        if (until.tv_nsec >= 1000000000) {
                until.tv_sec++;
                until.tv_nsec -= 1000000000;
        }
        pthread_cond_timedwait(cond, lock, &until);
}

void gate_init(struct gate *g, unsigned free)
{
        pthread_mutex_init(&g->lock, NULL);
        g->free = free;
        g->first = NULL;
        g->tail = &g->first;
}

void gate_destroy(struct gate *g)
{
        pthread_mutex_destroy(&g->lock);
}

static void waiter_remove(struct gate *g, struct gate_waiter *w)
{
        struct gate_waiter **at = &g->first;

        while (*at != w)
                at = &(*at)->next;
        *at = w->next;
        if (g->tail == &w->next)
                g->tail = at;
}

int gate_enter(struct gate *g, int64_t timeout_ms)
{
        struct gate_waiter self = {0};
        int64_t until = clock_mono_ms() + timeout_ms, left;

        pthread_mutex_lock(&g->lock);
        if (g->free > 0 && !g->first) {
                g->free--;
                pthread_mutex_unlock(&g->lock);
                return 0;
        }
        gate_cond_init(&self.cond);
        *g->tail = &self;
        g->tail = &self.next;
        while (!self.granted && (left = until - clock_mono_ms()) > 0)
                gate_cond_wait(&self.cond, &g->lock, left);
        if (!self.granted)
                waiter_remove(g, &self);
        pthread_mutex_unlock(&g->lock);
        pthread_cond_destroy(&self.cond);
        return self.granted ? 0 : GATE_E_TIME;
}

void gate_leave(struct gate *g)
{
        struct gate_waiter *w;

        pthread_mutex_lock(&g->lock);
        w = g->first;
        if (w) {
                waiter_remove(g, w);
                w->granted = true;
                pthread_cond_signal(&w->cond);
        } else {
                g->free++;
        }
        pthread_mutex_unlock(&g->lock);
}
