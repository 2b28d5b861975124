#include "system/rehearsal.h"

#include "base/spawn.h"
#include "base/thread.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK (256u << 10)

struct rehearsal_in {
        int64_t account_id, consults;
};
static const struct json_field rehearsal_in_fields[] = {
        JSON_KEY(struct rehearsal_in, account_id, JSON_REQUIRED, "the shop"),
        JSON_INT(struct rehearsal_in, consults, 0, 2, REHEARSAL_MAX, "how many buyers write; default 20"),
};
const struct json_desc rehearsal_in_desc = JSON_DESC("RehearseIn", struct rehearsal_in, rehearsal_in_fields);

enum { REHEARSAL_E_NONE = 1, REHEARSAL_E_BUSY = 2 };
const struct problem rehearsal_problems[] = {
        {REHEARSAL_E_NONE, 404, "golive.none", "没有这个小店，请刷新后重试。", "No such shop; reload the page."},
        {REHEARSAL_E_BUSY, 409, "golive.busy", "一次彩排正在进行，请等它结束。", "A rehearsal is under way; wait until it has ended."},
        {0},
};

struct rehearsal {
        pthread_t thread;
        _Atomic bool running, stop;
        _Atomic pid_t pid; /* of the command; 0 = not started */
        char shop[24], consults[24];
        const char *data;
};

/* The child is bound to this thread: when the server dies, so does the rehearsal. */
static void *watch(void *arg)
{
        struct rehearsal *run = arg;
        struct arena a;
        const char *program;
        pid_t pid = 0;
        char text[4096];
        int out, r;

        arena_init(&a, 0);
        r = spawn_beside(&a, "zhanggui", &program);
        if (!r) {
                char *argv[] = {arena_strdup(&a, program), arena_strdup(&a, "rehearse"), arena_strdup(&a, "--shop"), run->shop,
                                arena_strdup(&a, "--consults"), run->consults, arena_strdup(&a, "--json"), arena_strdup(&a, "--data"),
                                arena_strdup(&a, run->data), NULL};

                r = spawn_program(argv, &out, &pid);
        }
        if (!r) {
                run->pid = pid;
                if (run->stop) /* asked for before there was a number to end */
                        kill(pid, SIGTERM);
                while (read(out, text, sizeof(text)) > 0)
                        ; /* its report comes by way of the control socket */
                close(out);
                run->pid = 0;
                waitpid(pid, NULL, 0);
        }
        arena_release(&a);
        run->running = false;
        return NULL;
}

void rehearsal_stop(struct app *app)
{
        struct rehearsal *run = app->rehearsal;
        pid_t pid;

        if (!run)
                return;
        run->stop = true;
        pid = run->pid;
        if (pid > 0)
                kill(pid, SIGTERM);
        pthread_join(run->thread, NULL);
        free(run);
        app->rehearsal = NULL;
}

/* With the lock held. */
static int begin(struct app *app, const struct rehearsal_in *in)
{
        struct rehearsal *run;
        int r;

        if (app->rehearsal && app->rehearsal->running)
                return REHEARSAL_E_BUSY;
        rehearsal_stop(app); /* the last one is over: its thread is only joined */
        run = calloc(1, sizeof(*run));
        if (!run)
                return fatal(ENOMEM, "no memory for a rehearsal");
        run->running = true;
        run->data = app->conf->data;
        snprintf(run->shop, sizeof(run->shop), "%lld", (long long)in->account_id);
        snprintf(run->consults, sizeof(run->consults), "%lld", (long long)(in->consults ? in->consults : REHEARSAL_CONSULTS));
        r = thread_start(&run->thread, "rehearsal", STACK, watch, run);
        if (r)
                free(run);
        else
                app->rehearsal = run;
        return r;
}

int rehearsal_start(struct ctx *ctx, const void *in, void *out)
{
        const struct rehearsal_in *i = in;
        struct shops_account account;
        int r = shops_account_get(ctx, i->account_id, &account);

        (void)out;
        if (r || !text_eq(account.kind, "shop"))
                return r < 0 ? r : REHEARSAL_E_NONE;
        pthread_mutex_lock(&ctx->app->rehearsal_lock);
        r = begin(ctx->app, i);
        pthread_mutex_unlock(&ctx->app->rehearsal_lock);
        return r;
}
