/*
 * Why not a plain mutex: under load glibc's mutex lets the thread that just left in again, so that a busy applier could
 * keep an agent's reply waiting for seconds. Here the place passes from hand to hand.
 */
#include "store/gate.h"

#include "base/clock.h"
#include "base/thread.h"

#include <stdbool.h>

struct gate_waiter {
        struct gate_waiter *next;
        pthread_cond_t cond;
        bool granted;
};

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
        cond_init(&self.cond);
        *g->tail = &self;
        g->tail = &self.next;
        while (!self.granted && (left = until - clock_mono_ms()) > 0)
                cond_wait_ms(&self.cond, &g->lock, left);
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
