#include "sim/pool.h"

#include "net/server.h"
#include "sim/sim.h"

#include <pthread.h>

#define THREADS_MAX 64

struct pool {
        pthread_mutex_t lock;
        pthread_cond_t more;
        struct pool_task *first, **tail;
        bool closing, joined;
        struct transport *transport;
        struct arena arena;
        pthread_t thread[THREADS_MAX];
        unsigned n;
};

static struct pool_task *take(struct pool *pool)
{
        struct pool_task *task = NULL;

        pthread_mutex_lock(&pool->lock);
        while (!pool->first && !pool->closing)
                pthread_cond_wait(&pool->more, &pool->lock);
        if (!pool->closing) {
                task = pool->first;
                pool->first = task->next;
                if (!pool->first)
                        pool->tail = &pool->first;
        }
        pthread_mutex_unlock(&pool->lock);
        return task;
}

static void come_back(void *arg)
{
        struct pool_task *task = arg;
        struct sim *sim = task->sim;

        sim->calm.in_air--;
        task->done(sim, task);
        timers_run(sim);
}

static void *work(void *arg)
{
        struct pool *pool = arg;
        struct pool_task *task;

        while ((task = take(pool))) {
                struct ctx ctx;
                ctx_init(&ctx, task->arena);
                task->outcome = transport_call(pool->transport, &ctx, &task->request, &task->response);
                server_later(task->sim->server, 0, come_back, task);
        }
        return NULL;
}

int pool_open(struct pool **out, unsigned threads, bool any_target)
{
        struct arena arena = {0};
        arena_init(&arena, 0);
        struct pool *pool = arena_new(&arena, struct pool);
        int r = transport_open(&pool->transport, &(struct transport_options){.loopback_only = !any_target});

        if (r) {
                arena_release(&arena);
                return status_fold(r);
        }
        pool->arena = arena;
        pool->tail = &pool->first;
        pthread_mutex_init(&pool->lock, NULL);
        pthread_cond_init(&pool->more, NULL);
        for (; pool->n < threads && pool->n < THREADS_MAX; pool->n++) {
                r = pthread_create(&pool->thread[pool->n], NULL, work, pool);
                if (r) {
                        pool_close(pool);
                        return fatal(r, "simulator: thread of the push pool");
                }
        }
        *out = pool;
        return 0;
}

void pool_stop(struct pool *pool)
{
        if (!pool || pool->joined)
                return;
        pthread_mutex_lock(&pool->lock);
        pool->closing = true;
        pthread_cond_broadcast(&pool->more);
        pthread_mutex_unlock(&pool->lock);
        for (unsigned i = 0; i < pool->n; i++)
                pthread_join(pool->thread[i], NULL);
        pool->joined = true;
}

void pool_close(struct pool *pool)
{
        if (!pool)
                return;
        pool_stop(pool);
        transport_close(pool->transport);
        pthread_cond_destroy(&pool->more);
        pthread_mutex_destroy(&pool->lock);
        struct arena arena = pool->arena;
        arena_release(&arena);
}

void pool_add(struct pool *pool, struct sim *sim, struct pool_task *task)
{
        task->sim = sim;
        task->next = NULL;
        sim->calm.in_air++;
        pthread_mutex_lock(&pool->lock);
        *pool->tail = task;
        pool->tail = &task->next;
        pthread_cond_signal(&pool->more);
        pthread_mutex_unlock(&pool->lock);
}
