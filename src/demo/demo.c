/* demo: the parent process. It owns the listening socket, so that killing the server makes the simulator wait, not fail. */
#include "demo/demo.h"

#include "base/args.h"
#include "base/crypt.h"
#include "base/log.h"
#include "base/spawn.h"
#include "demo/load.h"
#include "demo/rehearse.h"
#include "net/listen.h"
#include "system/demo_state.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct demo {
        struct arena arena;
        const char *listen, *data, *seed, *customers, *population, *clock, *start, *cast; /* flags */
        bool keep;                                    /* --data was given */
        struct conf conf;
        struct demo_world world;
        char *console;
        const char *password;
        struct demo_callback *callbacks;
        size_t n_callbacks;
        pid_t sim, server;
        int sim_out, listen_fd, line, signals;
};

static bool read_flags(struct demo *d, int argc, char **argv)
{
        const struct { const char *name; const char **to; } flags[] = {
                {"--listen", &d->listen},         {"--data", &d->data},   {"--seed", &d->seed},  {"--customers", &d->customers},
                {"--population", &d->population}, {"--clock", &d->clock}, {"--start", &d->start},
                {"--cast", &d->cast}};

        for (int i = 0; i < argc; i++) {
                size_t f = 0;

                while (f < countof(flags) && strcmp(flags[f].name, argv[i]))
                        f++;
                if (f == countof(flags) || i + 1 == argc) {
                        fprintf(stderr, "zhanggui demo: %s \"%s\"; see zhanggui demo --help\n",
                                f == countof(flags) ? "unknown flag" : "a value is missing after", argv[i]);
                        return false;
                }
                *flags[f].to = argv[++i];
        }
        return true;
}

static int open_data(struct demo *d)
{
        const char *tmp = getenv("TMPDIR");
        char *dir;

        d->keep = d->data != NULL;
        if (d->keep)
                return 0;
        dir = arena_printf(&d->arena, "%s/zhanggui-demo-XXXXXX", tmp && *tmp ? tmp : "/tmp");
        if (!mkdtemp(dir))
                return fatal(errno, "cannot make a temporary folder; give one with --data");
        d->data = dir;
        return 0;
}

/* Removes a temporary folder: only our own files lie in it, no folders. */
static void drop_data(const struct demo *d)
{
        DIR *dir = d->keep || !d->data ? NULL : opendir(d->data);
        struct dirent *e;

        if (!dir)
                return;
        while ((e = readdir(dir)))
                if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
                        unlinkat(dirfd(dir), e->d_name, 0);
        closedir(dir);
        rmdir(d->data);
}

/* Whose rehearsal it is; NULL for the demo's own people. */
static int read_cast(struct demo *d, const struct rehearse_cast **out)
{
        const char *text = d->cast ? args_file(&d->arena, d->cast, 256 * 1024) : NULL;
        struct rehearse_cast *cast = arena_new(&d->arena, struct rehearse_cast);

        *out = NULL;
        if (!d->cast)
                return 0;
        if (!text || json_read(&d->arena, bytes_of_text(text), &rehearse_cast_desc, JSON_LENIENT, cast, NULL))
                return fatal(EINVAL, "%s: no cast of a rehearsal", d->cast);
        *out = cast;
        return 0;
}

static int start_simulator(struct demo *d)
{
        const char *program;
        char *line = NULL;
        const struct { const char *name, *value; } passed_on[] = {{"--seed", d->seed},
                                                                  {"--customers", d->customers},
                                                                  {"--population", d->population},
                                                                  {"--clock", d->clock},
                                                                  {"--start", d->start}};
        char *argv[4 + 2 * countof(passed_on)];
        int n = 0, r = spawn_beside(&d->arena, "zhanggui-sim", &program);

        if (r)
                return r;
        argv[n++] = arena_strdup(&d->arena, program);
        argv[n++] = arena_strdup(&d->arena, "--listen");
        argv[n++] = arena_strdup(&d->arena, "127.0.0.1:0");
        for (size_t i = 0; i < countof(passed_on); i++) {
                if (!passed_on[i].value)
                        continue;
                argv[n++] = arena_strdup(&d->arena, passed_on[i].name);
                argv[n++] = arena_strdup(&d->arena, passed_on[i].value);
        }
        argv[n] = NULL;
        r = spawn_program(argv, &d->sim_out, &d->sim);
        if (!r && spawn_read_line(&d->arena, d->sim_out, 30000, &line))
                r = fatal(EPIPE, "the simulator did not get ready");
        return r ? r : demo_world_read(&d->arena, line, &d->world);
}

static int start_server(struct demo *d)
{
        const char *program;
        char c;
        int r = spawn_beside(&d->arena, "zhanggui", &program);
        const char *words[] = {program, "serve", "--dev", "yes", "--control-fd", "4", "--loopback-only", "yes",
                               "--data", d->data, "--simulator", d->world.url, "--wecom-base", d->world.wecom_base,
                               "--weixin-base", d->world.weixin_base, "--login-base", d->world.wecom_base, "--log-level", d->conf.log_level,
                               "--contract-log", d->conf.contract_log, "--clock", d->clock ? d->clock : "real"};
        char *argv[countof(words) + 1];
        struct pollfd p;

        if (r)
                return r;
        for (size_t i = 0; i < countof(words); i++)
                argv[i] = arena_strdup(&d->arena, words[i]);
        argv[countof(words)] = NULL;
        r = spawn_server(argv, d->listen_fd, &d->line, &d->server);
        if (r)
                return r;
        p = (struct pollfd){.fd = d->line, .events = POLLIN};
        if (poll(&p, 1, 30000) != 1 || read(d->line, &c, 1) != 1 || c != 'R')
                return fatal(EPIPE, "the server did not get ready");
        return 0;
}

/* Tells the simulator where to push; it checks each address first, like the real one. */
static int register_callbacks(struct demo *d)
{
        struct transport *transport = NULL;
        const struct demo_callback *rows = d->callbacks;
        struct http_response reply;
        struct ctx ctx;
        int r = transport_open(&transport, &(struct transport_options){.loopback_only = true});

        ctx_init(&ctx, &d->arena);
        for (size_t i = 0; !r && i < d->n_callbacks; i++) {
                const char *body = arena_printf(&d->arena, "{\"kind\":\"%s\",\"id\":\"%s\",\"url\":\"%s%s\"}", rows[i].kind,
                                                rows[i].id, d->console, rows[i].path);

                r = transport_call(transport, &ctx,
                                   &(struct http_request){.method = "POST",
                                                          .url = arena_printf(&d->arena, "%s/sim/callback", d->world.url),
                                                          .body = bytes_of_text(body)},
                                   &reply);
                if (!r && !text_eq(json_get(&d->arena, reply.body, "ok"), "true"))
                        r = fatal(EPROTO, "the simulator refuses the callback address: %.*s", (int)reply.body.n,
                                  (const char *)reply.body.p);
        }
        transport_close(transport);
        return r > 0 ? fatal(EPROTO, "the simulator does not answer") : r;
}

static void tell(const struct demo *d)
{
        if (!isatty(STDOUT_FILENO)) {
                printf("{\"ready\":true,\"console\":\"%s\",\"user\":\"%s\",\"password\":\"%s\",\"simulator\":\"%s\"}\n", d->console,
                       DEMO_USER, d->password, d->world.url);
                fflush(stdout);
                return;
        }
        printf("\n"
               "  ┌──────────────────────────────────────────────────────────────┐\n"
               "  │  掌柜 Zhanggui                       演示已就绪 · demo ready │\n"
               "  └──────────────────────────────────────────────────────────────┘\n"
               "     客服台 console     %s\n"
               "     账号 user          %s\n"
               "     密码 password      %s\n"
               "     模拟平台 simulator %s\n\n"
               "     Ctrl+C 结束 · Ctrl+C ends it; nothing has left this machine.\n\n",
               d->console, DEMO_USER, d->password, d->world.url);
        fflush(stdout);
}

/* The plug: the server is killed as a power cut would, and started again on the same data and socket. */
static int pull_plug(struct demo *d)
{
        const struct timespec answer_leaves = {.tv_nsec = DEMO_PLUG_GRACE_MS * 1000000L};
        int64_t at, begun;
        FILE *f;
        int r;

        nanosleep(&answer_leaves, NULL);
        at = clock_wall_ms(), begun = clock_mono_ms();
        kill(d->server, SIGKILL);
        waitpid(d->server, NULL, 0);
        close(d->line);
        r = start_server(d);
        f = r ? NULL : fopen(arena_printf(&d->arena, "%s/%s", d->data, DEMO_PLUG_FILE), "w");
        if (f) {
                fprintf(f, "{\"at\":%lld,\"back_after_ms\":%lld}\n", (long long)at, (long long)(clock_mono_ms() - begun));
                fclose(f);
        }
        return r;
}

/* Until a signal ends us (0) or a child ends by itself (negative). */
static int watch(struct demo *d)
{
        for (;;) {
                struct pollfd p[] = {{.fd = d->signals, .events = POLLIN}, {.fd = d->line, .events = POLLIN}};
                struct signalfd_siginfo info;
                char c;
                int r;

                if (poll(p, 2, -1) < 0 && errno != EINTR)
                        return fatal(errno, "poll");
                if (p[1].revents) {
                        if (read(d->line, &c, 1) == 1 && c == 'K') {
                                r = pull_plug(d);
                                if (r)
                                        return r;
                                continue;
                        }
                        return fatal(ECHILD, "the server ended by itself; its last log lines say why");
                }
                if (p[0].revents && read(d->signals, &info, sizeof(info)) == sizeof(info)) {
                        if (info.ssi_signo != SIGCHLD)
                                return 0;
                        if (waitpid(d->sim, NULL, WNOHANG) == d->sim) {
                                d->sim = 0;
                                return fatal(ECHILD, "the simulator ended by itself");
                        }
                }
        }
}

static int open_signals(struct demo *d)
{
        sigset_t set;

        sigemptyset(&set);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGCHLD);
        sigprocmask(SIG_BLOCK, &set, NULL);
        signal(SIGPIPE, SIG_IGN);
        d->signals = signalfd(-1, &set, SFD_CLOEXEC);
        return d->signals < 0 ? fatal(errno, "signalfd") : 0;
}

static int run(struct demo *d)
{
        const struct rehearse_cast *cast = NULL;
        int r = open_signals(d), no_args = 0;

        if (!r)
                r = crypt_init();
        if (!r)
                r = open_data(d);
        if (!r)
                r = listen_on(d->listen, &d->listen_fd);
        if (!r)
                r = listen_url(&d->arena, d->listen_fd, "http", &d->console);
        if (!r && !conf_read(&d->arena, &no_args, NULL, &d->conf))
                r = -EINVAL;
        d->conf.data = d->data;
        /* On a terminal the box is what one reads; log lines are for who redirects. */
        if (!r && isatty(STDOUT_FILENO) && text_eq(d->conf.log_level, "info"))
                d->conf.log_level = "error";
        /* The password is fresh for each new data folder: the demo may listen on more than this machine. */
        d->password = d->keep ? "zhanggui-demo" : crypt_random_text(&d->arena, 10);
        if (!r)
                r = start_simulator(d);
        if (!r)
                r = read_cast(d, &cast);
        if (!r)
                r = demo_load(&d->conf, &d->world, cast, d->password, &d->arena, &d->callbacks, &d->n_callbacks);
        if (!r)
                r = start_server(d);
        if (!r)
                r = register_callbacks(d);
        if (!r) {
                tell(d);
                r = watch(d);
        }
        return r;
}

int demo_main(int argc, char **argv)
{
        struct demo d = {.listen = "127.0.0.1:8080", .listen_fd = -1, .line = -1, .sim_out = -1};
        int r;

        arena_init(&d.arena, 0);
        if (!read_flags(&d, argc, argv))
                return 2;
        r = run(&d);
        spawn_end(d.server);
        spawn_end(d.sim);
        drop_data(&d);
        arena_release(&d.arena);
        return r ? 1 : 0;
}
