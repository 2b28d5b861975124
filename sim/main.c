/* zhanggui-sim: the command line, the ready line, the end. */
#include "base/crypt.h"
#include "base/log.h"
#include "net/server.h"
#include "sim/admin.h"
#include "sim/gate.h"
#include "sim/out.h"
#include "sim/pool.h"
#include "sim/sim.h"

#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define PUSH_THREADS 32
#define CUSTOMERS_MAX 100000
/* media/upload takes files of 20 MB; a little more for the multipart around it. */
#define UPLOAD_MAX (21u * 1024 * 1024)

static const char usage[] =
        "zhanggui-sim --listen ADDR:PORT [--seed N] [--customers N] [--clock real|manual] [--start MS]\n"
        "             [--population demo|empty] [--any-target]\n"
        "  A simulator of the platform: WeCom 微信客服, Channels shops, their callbacks. docs/simulator.md\n"
        "  --any-target  push to other hosts than this machine\n";

struct command {
        const char *listen;
        bool any_target;
        struct sim_options sim;
};

static int read_number(const char *text, int64_t max, int64_t *out)
{
        return text_to_int(text, 0, max, out);
}

static int read_command(int argc, char **argv, struct command *cmd)
{
        static const struct option options[] = {
                {"listen", required_argument, NULL, 'l'},    {"seed", required_argument, NULL, 's'},
                {"customers", required_argument, NULL, 'c'}, {"clock", required_argument, NULL, 'k'},
                {"start", required_argument, NULL, 't'},     {"population", required_argument, NULL, 'p'},
                {"any-target", no_argument, NULL, 'a'},      {"list-endpoints", no_argument, NULL, 'e'},
                {0},
        };
        int64_t n = 0;
        int c, bad = 0;

        *cmd = (struct command){.listen = "127.0.0.1:0", .sim = {.seed = 1, .customers = 120, .population = "demo"}};
        while (!bad && (c = getopt_long(argc, argv, "", options, NULL)) != -1) {
                switch (c) {
                case 'e':
                        gate_list(stdout);
                        exit(0);
                case 'l':
                        cmd->listen = optarg;
                        break;
                case 's':
                        bad = read_number(optarg, INT64_MAX, &n);
                        cmd->sim.seed = (uint64_t)n;
                        break;
                case 'c':
                        bad = read_number(optarg, CUSTOMERS_MAX, &n);
                        cmd->sim.customers = (unsigned)n;
                        break;
                case 'k':
                        cmd->sim.manual_clock = text_eq(optarg, "manual");
                        bad = !cmd->sim.manual_clock && !text_eq(optarg, "real");
                        break;
                case 't':
                        bad = read_number(optarg, INT64_C(4102444800000), &cmd->sim.start_ms);
                        break;
                case 'p':
                        cmd->sim.population = optarg;
                        break;
                case 'a':
                        cmd->any_target = true;
                        break;
                default:
                        bad = 1;
                }
        }
        return bad || optind != argc;
}

static void print_ready(struct sim *sim)
{
        struct corp *corp = &sim->world.corp;
        const char *url = server_url(sim->server);
        struct arena arena;
        struct out out;

        arena_init(&arena, 0);
        out_init(&out, &arena);
        out_obj(&out, NULL);
        out_bool(&out, "ready", true);
        out_str(&out, "url", url);
        out_str(&out, "wecom_base", arena_printf(&arena, "%s/wecom", url));
        out_str(&out, "weixin_base", arena_printf(&arena, "%s/weixin", url));
        out_obj(&out, "corp");
        out_str(&out, "corp_id", corp->corp_id);
        out_str(&out, "name", corp->name);
        out_str(&out, "secret", corp->secret);
        out_str(&out, "agent_id", corp->agent_id);
        out_str(&out, "token", corp->target.key.token);
        out_str(&out, "aes_key", corp->target.encoding_aes_key);
        out_end(&out);
        out_list(&out, "kf");
        for (size_t i = 0; i < corp->n_kf; i++) {
                out_obj(&out, NULL);
                out_str(&out, "open_kfid", corp->kf[i]->open_kfid);
                out_str(&out, "name", corp->kf[i]->name);
                out_end(&out);
        }
        out_end(&out);
        out_list(&out, "shops");
        for (size_t i = 0; i < sim->world.n_shops; i++) {
                struct shop *shop = sim->world.shops[i];
                out_obj(&out, NULL);
                out_str(&out, "appid", shop->appid);
                out_str(&out, "secret", shop->secret);
                out_str(&out, "name", shop->name);
                out_str(&out, "token", shop->target.key.token);
                out_str(&out, "aes_key", shop->target.encoding_aes_key);
                out_str(&out, "origin_id", shop->origin_id);
                out_end(&out);
        }
        out_end(&out);
        out_list(&out, "mp");
        out_end(&out);
        out_end(&out);
        puts(out.text.p);
        fflush(stdout);
        arena_release(&arena);
}

static void begin_on_loop(void *sim)
{
        timers_run(sim);
}

static int serve(struct sim *sim, const struct command *cmd, const sigset_t *ends)
{
        const struct raw_row raw[] = {
                {"/", 0, sim_handle, sim},
                {"/cgi-bin/media/upload", UPLOAD_MAX, sim_handle, sim},
                {"/weixin/channels/ec/commkf/cosupload", UPLOAD_MAX, sim_handle, sim},
                {"/wecom/cgi-bin/media/upload", UPLOAD_MAX, sim_handle, sim},
        };
        struct server_options options = {.listen = cmd->listen, .listen_fd = -1, .raw = raw, .n_raw = countof(raw)};
        int got, r = pool_open(&sim->pool, PUSH_THREADS, cmd->any_target);

        if (r)
                return r;
        /* Until the loop knows its server no request may set timers; sim->server is set before the URL is told to
         * anybody. */
        r = server_start(&sim->server, &options);
        if (!r) {
                server_later(sim->server, 0, begin_on_loop, sim);
                print_ready(sim);
                sigwait(ends, &got);
        }
        pool_stop(sim->pool);
        if (!r)
                server_stop(sim->server);
        pool_close(sim->pool);
        return status_fold(r);
}

int main(int argc, char **argv)
{
        static struct sim sim;
        struct command cmd;
        sigset_t ends;

        if (read_command(argc, argv, &cmd)) {
                fputs(usage, stderr);
                return 2;
        }
        /* Blocked before any thread exists, so that only sigwait() below hears them. */
        sigemptyset(&ends);
        sigaddset(&ends, SIGINT);
        sigaddset(&ends, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &ends, NULL);
        signal(SIGPIPE, SIG_IGN);
        if (crypt_init())
                return 1;
        int r = sim_init(&sim, &cmd.sim);
        if (r == SIM_E_POPULATION)
                fputs("zhanggui-sim: --population demo or empty\n", stderr);
        r = r ? r : serve(&sim, &cmd, &ends);
        sim_release(&sim);
        return r ? 1 : 0;
}
