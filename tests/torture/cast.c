/*
 * The processes. The listening socket is ours, as it would be systemd's: a server that dies leaves it open, so the
 * platform waits in its queue. The keeper notices the end of a server and starts the next one at once, on the same data.
 */
#include "base/crypt.h"
#include "base/spawn.h"
#include "net/listen.h"
#include "torture/torture.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_MS 60000
#define LOOK_MS 100

/* ---- one server ---- */

static void start_server(struct cast *c, int64_t slot)
{
        struct server_process *s = &c->server[slot];
        struct arena arena;
        const char *program = NULL;
        const char *words[] = {NULL, "serve", "--dev", "yes", "--control-fd", "4", "--loopback-only", "yes",
                               "--data", c->data[slot], "--simulator", c->world.url, "--wecom-base", c->world.wecom_base,
                               "--weixin-base", c->world.weixin_base, "--log-level", "warn", "--db", c->o->db};
        char *argv[countof(words) + 1] = {0};

        arena_init(&arena, 0);
        if (spawn_beside(&arena, "zhanggui", &program))
                give_up("zhanggui is not built");
        words[0] = program;
        for (size_t i = 0; i < countof(words) - (text_eq(c->o->db, "sqlite") ? 2 : 0); i++)
                argv[i] = arena_strdup(&arena, words[i]);
        s->ready = s->expected = false;
        s->cause = NULL;
        s->began = clock_wall_ms();
        if (spawn_server(argv, c->listen_fd, &s->line, &s->pid))
                give_up("the server does not start");
        arena_release(&arena);
}

/* It has ended: why, and the next one. With the lock held. */
static void bury(struct cast *c, int64_t slot)
{
        struct server_process *s = &c->server[slot];
        const char *cause = s->cause;
        int status = 0;

        close(s->line);
        waitpid(s->pid, &status, 0);
        s->pid = 0;
        if (c->stopping)
                return;
        if (!cause) {
                c->unexpected++;
                cause = "nobody";
                fprintf(progress, "a server ended by itself: %s %d; see %s/log\n",
                        WIFSIGNALED(status) ? "signal" : "status",
                        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), c->dir);
        }
        if (c->n_deaths < KILLS_MAX)
                c->death[c->n_deaths++] = (struct death){.cause = cause, .at = clock_wall_ms(), .ready_ms = -1, .ack_ms = -1};
        if (c->unexpected > 20)
                give_up("the server does not stay alive; see %s/log", c->dir);
        start_server(c, slot);
}

static void now_ready(struct cast *c, struct server_process *s)
{
        s->ready = true;
        for (size_t i = c->n_deaths; i-- > 0;)
                if (c->death[i].ready_ms < 0 && c->death[i].at <= s->began) {
                        c->death[i].ready_ms = clock_wall_ms() - c->death[i].at;
                        break;
                }
}

static void *keeper_main(void *arg)
{
        struct cast *c = arg;
        struct pollfd p[SERVERS_MAX];
        char word;

        pthread_mutex_lock(&c->lock);
        for (int64_t i = 0; i < c->o->processes; i++)
                start_server(c, i);
        for (;;) {
                int n = 0;

                for (int64_t i = 0; i < c->o->processes; i++) {
                        p[i] = (struct pollfd){.fd = c->server[i].pid ? c->server[i].line : -1, .events = POLLIN};
                        n += c->server[i].pid != 0;
                }
                if (c->stopping && n == 0)
                        break;
                pthread_mutex_unlock(&c->lock);
                poll(p, (nfds_t)c->o->processes, LOOK_MS);
                pthread_mutex_lock(&c->lock);
                for (int64_t i = 0; i < c->o->processes; i++) {
                        if (!p[i].revents || !c->server[i].pid)
                                continue;
                        if (read(c->server[i].line, &word, 1) == 1)
                                now_ready(c, &c->server[i]);
                        else
                                bury(c, i);
                }
                pthread_cond_broadcast(&c->changed);
        }
        pthread_mutex_unlock(&c->lock);
        return NULL;
}

/* ---- from the play ---- */

void cast_kill(struct cast *c, unsigned which, const char *cause)
{
        pthread_mutex_lock(&c->lock);
        if (c->server[which].pid) {
                c->server[which].cause = cause;
                kill(c->server[which].pid, SIGKILL);
        }
        pthread_mutex_unlock(&c->lock);
}

void cast_expect(struct cast *c, const char *cause)
{
        pthread_mutex_lock(&c->lock);
        for (int64_t i = 0; i < c->o->processes; i++)
                c->server[i].cause = cause;
        pthread_mutex_unlock(&c->lock);
}

static bool wait_for(struct cast *c, bool (*there)(const struct cast *, size_t), size_t n, int64_t ms)
{
        int64_t until = clock_mono_ms() + ms;
        bool yes;

        pthread_mutex_lock(&c->lock);
        while (!(yes = there(c, n)) && clock_mono_ms() < until) {
                pthread_mutex_unlock(&c->lock);
                pause_ms(5);
                pthread_mutex_lock(&c->lock);
        }
        pthread_mutex_unlock(&c->lock);
        return yes;
}

static bool so_many_died(const struct cast *c, size_t n)
{
        return c->n_deaths >= n;
}

static bool all_ready(const struct cast *c, size_t n)
{
        (void)n;
        for (int64_t i = 0; i < c->o->processes; i++)
                if (!c->server[i].ready)
                        return false;
        return true;
}

bool cast_wait_deaths(struct cast *c, size_t n, int64_t ms)
{
        return wait_for(c, so_many_died, n, ms);
}

bool cast_wait_ready(struct cast *c, int64_t ms)
{
        return wait_for(c, all_ready, 0, ms);
}

/* ---- beginning and end ---- */

static void make_folder(struct cast *c)
{
        const char *tmp = getenv("TMPDIR");
        char *dir = arena_printf(&c->arena, "%s/zhanggui-torture-XXXXXX", tmp && *tmp ? tmp : "/tmp");
        int log;

        if (!mkdtemp(dir))
                give_up("cannot make a folder to work in: %s", strerror(errno));
        c->dir = dir;
        c->data[0] = c->o->disk ? c->o->disk : arena_printf(&c->arena, "%s/data", c->dir);
        /* What servers and simulator say goes there, and what the libraries under us say as well. */
        log = open(arena_printf(&c->arena, "%s/log", c->dir), O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (log < 0 || dup2(log, STDERR_FILENO) < 0)
                give_up("cannot write into %s", c->dir);
        close(log);
}

static void start_simulator(struct cast *c)
{
        const char *program;
        char *line = NULL, *argv[12];
        int n = 0, out;

        if (spawn_beside(&c->arena, "zhanggui-sim", &program))
                give_up("zhanggui-sim is not built");
        argv[n++] = arena_strdup(&c->arena, program);
        argv[n++] = arena_strdup(&c->arena, "--listen");
        argv[n++] = arena_strdup(&c->arena, "127.0.0.1:0");
        argv[n++] = arena_strdup(&c->arena, "--population");
        argv[n++] = arena_strdup(&c->arena, "empty");
        argv[n++] = arena_strdup(&c->arena, "--seed");
        argv[n++] = arena_printf(&c->arena, "%lld", (long long)c->o->seed);
        argv[n] = NULL;
        if (spawn_program(argv, &out, &c->simulator) || spawn_read_line(&c->arena, out, READY_MS, &line) ||
            demo_world_read(&c->arena, line, &c->world))
                give_up("the simulator does not get ready; see %s/log", c->dir);
}

static void load_merchant(struct cast *c, struct demo_callback **callbacks, size_t *n)
{
        const char *flags[] = {"--dev", "yes", "--data", c->data[0], "--simulator", c->world.url,
                               "--log-level", "warn", "--db", c->o->db};
        char *argv[countof(flags) + 1] = {0};
        int argc = countof(flags) - (text_eq(c->o->db, "sqlite") ? 2 : 0);

        for (int i = 0; i < argc; i++)
                argv[i] = arena_strdup(&c->arena, flags[i]);
        c->password = crypt_random_text(&c->arena, 12);
        if (!conf_read(&c->arena, &argc, argv, &c->conf) ||
            demo_load(&c->conf, &c->world, NULL, c->password, &c->arena, callbacks, n))
                give_up("the merchant cannot be loaded; see %s/log", c->dir);
}

/* Servers of one database open what any of them sealed. */
static void share_keys(struct cast *c)
{
        char block[4096];
        ssize_t n;
        int from, to;

        for (int64_t i = 1; i < c->o->processes; i++) {
                c->data[i] = arena_printf(&c->arena, "%s/data%lld", c->dir, (long long)i);
                mkdir(c->data[i], 0700);
                from = open(arena_printf(&c->arena, "%s/keys", c->data[0]), O_RDONLY);
                to = open(arena_printf(&c->arena, "%s/keys", c->data[i]), O_WRONLY | O_CREAT | O_EXCL, 0600);
                n = read(from, block, sizeof block);
                if (from < 0 || to < 0 || n <= 0 || write(to, block, (size_t)n) != n)
                        give_up("the keys cannot be copied");
                close(from);
                close(to);
        }
}

static void register_callbacks(struct cast *c, const struct demo_callback *rows, size_t n)
{
        struct client *client = client_open();
        const char *reply;

        for (size_t i = 0; i < n; i++) {
                const char *url = arena_printf(&c->arena, "%s/sim/callback", c->world.url);
                const char *body = arena_printf(&c->arena, "{\"kind\":\"%s\",\"id\":\"%s\",\"url\":\"%s%s\"}", rows[i].kind,
                                                rows[i].id, c->url, rows[i].path);

                if (client_call(client, "POST", url, body, &reply) != 200 || !strstr(reply, "\"ok\":true"))
                        give_up("the simulator refuses the address of the callbacks: %s", reply);
        }
        client_close(client);
}

void cast_start(struct cast *c, const struct options *o)
{
        struct demo_callback *callbacks;
        char *url;
        size_t n;

        *c = (struct cast){.o = o, .listen_fd = -1};
        arena_init(&c->arena, 0);
        pthread_mutex_init(&c->lock, NULL);
        pthread_cond_init(&c->changed, NULL);
        c->death = arena_array(&c->arena, struct death, KILLS_MAX);
        make_folder(c);
        if (crypt_init())
                give_up("no random numbers");
        start_simulator(c);
        load_merchant(c, &callbacks, &n);
        share_keys(c);
        if (listen_on("127.0.0.1:0", &c->listen_fd) || listen_url(&c->arena, c->listen_fd, "http", &url))
                give_up("cannot listen");
        c->url = url;
        if (pthread_create(&c->keeper, NULL, keeper_main, c))
                give_up("no thread");
        if (!cast_wait_ready(c, READY_MS))
                give_up("the server does not get ready; see %s/log", c->dir);
        register_callbacks(c, callbacks, n);
}

void cast_stop(struct cast *c)
{
        int64_t until = clock_mono_ms() + READY_MS;
        bool left = true;

        pthread_mutex_lock(&c->lock);
        c->stopping = true;
        for (int64_t i = 0; i < c->o->processes; i++)
                if (c->server[i].pid)
                        kill(c->server[i].pid, SIGTERM);
        while (left) {
                left = false;
                for (int64_t i = 0; i < c->o->processes; i++) {
                        if (c->server[i].pid && clock_mono_ms() > until)
                                kill(c->server[i].pid, SIGKILL);
                        left = left || c->server[i].pid;
                }
                pthread_mutex_unlock(&c->lock);
                pause_ms(20);
                pthread_mutex_lock(&c->lock);
        }
        pthread_mutex_unlock(&c->lock);
        pthread_join(c->keeper, NULL);
        spawn_end(c->simulator);
}

/* Our own files lie there, at most one folder deep. */
static void drop_folder(const char *path, int depth)
{
        DIR *dir = opendir(path);
        struct dirent *e;
        char name[4096];

        while (dir && (e = readdir(dir))) {
                if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
                        continue;
                snprintf(name, sizeof name, "%s/%s", path, e->d_name);
                if (unlink(name) && depth > 0)
                        drop_folder(name, depth - 1);
        }
        if (dir)
                closedir(dir);
        rmdir(path);
}

void cast_release(struct cast *c)
{
        close(c->listen_fd);
        if (!c->o->keep)
                drop_folder(c->dir, 2);
        arena_release(&c->arena);
}
