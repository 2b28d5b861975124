/* zhanggui-sim: the beginning and the end. */
#include "base/crypt.h"
#include "base/log.h"
#include "net/server.h"
#include "sim/admin.h"
#include "sim/command.h"
#include "sim/gate.h"
#include "sim/pool.h"
#include "sim/tls.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PUSH_THREADS 8 /* with the manual clock one, so that pushes and their answers keep their order */

static void begin_on_loop(void *sim)
{
        if (sim_begin(sim))
                fprintf(stderr, "zhanggui-sim: a day has 1 to %d orders, and a speed of 1 to 100000\n", DAY_ORDERS_MAX);
        timers_run(sim);
}

/* The scenario has a thread of its own: the loop must turn, and signals must be heard. */
struct stage {
        struct scenario_options options;
        atomic_bool stop;
        bool once;
        int outcome;
};

static void *play(void *arg)
{
        struct stage *stage = arg;

        stage->outcome = scenario_play(&stage->options, stdout);
        if (stage->once)
                kill(getpid(), SIGTERM);
        return NULL;
}

/* Until a signal comes; what the scenario made of it. */
static int play_and_wait(struct sim *sim, const struct command *cmd, const struct tls_files *tls, const sigset_t *ends)
{
        struct stage stage = {.options = cmd->play, .once = cmd->once};
        pthread_t thread;
        int got, r = 0;

        if (!cmd->play.file)
                return sigwait(ends, &got), 0;
        stage.options.simulator = server_url(sim->server);
        stage.options.ca_file = tls->ca;
        stage.options.stop = &stage.stop;
        r = pthread_create(&thread, NULL, play, &stage);
        if (r)
                return fatal(r, "simulator: thread of the scenario");
        sigwait(ends, &got);
        atomic_store(&stage.stop, true);
        pthread_join(thread, NULL);
        return cmd->once ? stage.outcome : 0;
}

static int serve(struct sim *sim, const struct command *cmd, const struct tls_files *tls, const sigset_t *ends)
{
        /* Every body comes as far as the gate, which answers a large one as the platform does. */
        const struct raw_row raw[] = {{"/", GATE_BODY_MAX, sim_handle, sim}};
        struct server_options options = {
                .listen = cmd->listen,
                .listen_also = cmd->listen_also,
                .listen_fd = -1,
                .raw = raw,
                .n_raw = countof(raw),
                .tls_cert = tls->cert,
                .tls_key = tls->key,
        };
        int played = 0, r = pool_open(&sim->pool, sim->clock.manual ? 1 : PUSH_THREADS, cmd->any_target);

        if (r)
                return r;
        /* Until the loop knows its server no request may set timers; sim->server is set before the URL is told to
         * anybody. */
        r = server_start(&sim->server, &options);
        if (!r) {
                server_later(sim->server, 0, begin_on_loop, sim);
                ready_print(sim, tls->ca);
                played = play_and_wait(sim, cmd, tls, ends);
        }
        pool_stop(sim->pool);
        if (!r)
                server_stop(sim->server);
        pool_close(sim->pool);
        return r ? status_fold(r) : played;
}

static int run(struct arena *arena, const struct command *cmd, const sigset_t *ends)
{
        static struct sim sim;
        struct tls_files tls = {0};
        /* "[::1]:7800" and "10.0.0.5:7800" alike: the address without brackets and port. */
        size_t skip = cmd->listen[0] == '[', n = (size_t)(strrchr(cmd->listen, ':') - cmd->listen);
        int r = crypt_init();

        if (!r && cmd->tls)
                r = tls_make(arena, arena_strndup(arena, cmd->listen + skip, n - 2 * skip), &tls);
        if (!r) {
                r = sim_init(&sim, &cmd->sim);
                if (r == SIM_E_DAY)
                        fprintf(stderr, "zhanggui-sim: --day \"%s\": there is no such shop\n", cmd->sim.day);
                r = r ? r : serve(&sim, cmd, &tls, ends);
                sim_release(&sim);
        }
        tls_remove(&tls);
        return r;
}

int main(int argc, char **argv)
{
        struct command cmd;
        struct arena arena;
        sigset_t ends;
        int r = 0;

        arena_init(&arena, 0);
        const char *why = command_read(&arena, argc, argv, &cmd);
        if (why) {
                fprintf(stderr, "zhanggui-sim: %s; see zhanggui-sim --help\n", why);
                r = 2;
        } else if (cmd.help) {
                fputs(command_help, stdout);
        } else if (cmd.grammar) {
                scenario_print_grammar(stdout);
        } else if (cmd.play.simulator) {
                r = scenario_play(&cmd.play, stdout);
                r = r < 0 ? 1 : r;
        } else if (cmd.list) {
                gate_list(stdout);
        } else {
                /* Blocked before any thread exists, so that only sigwait() hears them. */
                sigemptyset(&ends);
                sigaddset(&ends, SIGINT);
                sigaddset(&ends, SIGTERM);
                pthread_sigmask(SIG_BLOCK, &ends, NULL);
                signal(SIGPIPE, SIG_IGN);
                r = run(&arena, &cmd, &ends);
                r = r < 0 ? 1 : r;
        }
        arena_release(&arena);
        return r;
}
