#include "base/thread.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The sanitizers' frames are several times larger. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_FACTOR 8
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define STACK_FACTOR 8
#endif
#endif
#ifndef STACK_FACTOR
#define STACK_FACTOR 1
#endif

int thread_start(pthread_t *thread, const char *name, size_t stack, void *(*fn)(void *), void *arg)
{
        sigset_t all, before;
        pthread_attr_t attr;
        int err;

        sigfillset(&all);
        pthread_attr_init(&attr);
        if (stack)
                pthread_attr_setstacksize(&attr, stack * STACK_FACTOR);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        err = pthread_create(thread, &attr, fn, arg);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        pthread_attr_destroy(&attr);
        if (err)
                return fatal(err, "thread %s: %s", name, strerror(err));
        pthread_setname_np(*thread, name);
        return 0;
}

#define WAY_NICE 10 /* a tenth of an ordinary thread's share, and only when there is not enough for all */

void thread_gives_way(void)
{
        /* On Linux both are the thread's own. SCHED_BATCH: when it wakes, it takes no processor from a thread that answers, and
         * nice alone does not see to that. A refusal costs order, not work. */
        (void)sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
        (void)setpriority(PRIO_PROCESS, (id_t)gettid(), getpriority(PRIO_PROCESS, (id_t)gettid()) + WAY_NICE);
}

#define TURN_NS 200000 /* a fourteenth of what a thread gets by itself, and ours sleep again long before its end */

void thread_comes_first(void)
{
        /* sched_setattr(2): the C library has no name for it yet, and the kernel's header quarrels with the library's. */
        struct {
                uint32_t size, policy;
                uint64_t flags;
                int32_t nice;
                uint32_t priority;
                uint64_t runtime, deadline, period; /* ns */
        } attr = {.size = sizeof(attr), .policy = SCHED_OTHER, .nice = getpriority(PRIO_PROCESS, (id_t)gettid()), .runtime = TURN_NS};

        (void)syscall(SYS_sched_setattr, 0, &attr, 0); /* a refusal costs milliseconds, not answers */
}

void cond_init(pthread_cond_t *cond)
{
        pthread_condattr_t attr;

        pthread_condattr_init(&attr);
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        pthread_cond_init(cond, &attr);
        pthread_condattr_destroy(&attr);
}

void cond_wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ms)
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
