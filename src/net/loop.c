#include "net/loop.h"

#include "base/thread.h"

#include <event2/event.h>
#include <sys/eventfd.h>
#include <unistd.h>

static struct loop_task *take_all(struct loop *l)
{
        struct loop_task *t;

        pthread_mutex_lock(&l->lock);
        t = l->first;
        l->first = NULL;
        l->tail = &l->first;
        pthread_mutex_unlock(&l->lock);
        return t;
}

void loop_drain(struct loop *l)
{
        struct loop_task *t = take_all(l), *next;

        for (; t; t = next) {
                next = t->next;
                t->fn(t);
        }
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
        uint64_t n;

        (void)what;
        if (read(fd, &n, sizeof(n)) != sizeof(n))
                return;
        loop_drain(arg);
}

int loop_open(struct loop *l)
{
        struct event_config *config = event_config_new();

        *l = (struct loop){.wake_fd = -1};
        l->tail = &l->first;
        pthread_mutex_init(&l->lock, NULL);
        /* One thread touches the base, so it needs no locks; the change list halves the epoll calls (stack notes, 1). */
        event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
        l->base = event_base_new_with_config(config);
        event_config_free(config);
        l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (!l->base || l->wake_fd < 0)
                return fatal(ENOMEM, "cannot make the event loop");
        l->wake = event_new(l->base, l->wake_fd, EV_READ | EV_PERSIST, on_wake, l);
        if (!l->wake || event_add(l->wake, NULL))
                return fatal(ENOMEM, "cannot watch the loop's own descriptor");
        return 0;
}

static void *thread(void *arg)
{
        struct loop *l = arg;

        thread_comes_first();
        pthread_mutex_lock(&l->lock); /* until loop_run() has written `thread` */
        pthread_mutex_unlock(&l->lock);
        event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY);
        return NULL;
}

int loop_run(struct loop *l)
{
        int r;

        pthread_mutex_lock(&l->lock);
        r = thread_start(&l->thread, "loop", 0, thread, l);
        l->running = !r;
        pthread_mutex_unlock(&l->lock);
        return r;
}

void loop_end(struct loop *l)
{
        event_base_loopbreak(l->base);
}

void loop_join(struct loop *l)
{
        if (!l->running)
                return;
        pthread_join(l->thread, NULL);
        l->running = false;
}

void loop_close(struct loop *l)
{
        if (l->wake)
                event_free(l->wake);
        if (l->base)
                event_base_free(l->base);
        if (l->wake_fd >= 0)
                close(l->wake_fd);
        pthread_mutex_destroy(&l->lock);
        *l = (struct loop){.wake_fd = -1};
}

bool loop_here(const struct loop *l)
{
        return l->running && pthread_equal(pthread_self(), l->thread);
}

void loop_hand(struct loop *l, struct loop_task *t)
{
        uint64_t one = 1;
        bool first;

        t->next = NULL;
        pthread_mutex_lock(&l->lock);
        first = !l->first;
        *l->tail = t;
        l->tail = &t->next;
        pthread_mutex_unlock(&l->lock);
        /* A full eventfd means that a wake-up is due anyway. */
        if (first && write(l->wake_fd, &one, sizeof(one)) < 0)
                return;
}
