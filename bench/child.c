#include "bench/child.h"

#include "base/clock.h"
#include "base/spawn.h"
#include "net/listen.h"
#include "net/transport.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READY_MS 30000
#define SETTINGS_MAX 32

const char **child_settings(struct bench *b, const char *platform_url)
{
        const char **words = arena_array(b->arena, const char *, SETTINGS_MAX);
        size_t n = 0;

        words[n++] = "--data";
        words[n++] = arena_printf(b->arena, "%s/data", b->dir);
        words[n++] = "--log-level";
        words[n++] = "error";
        words[n++] = "--loopback-only";
        words[n++] = "yes";
        words[n++] = "--dev";
        words[n++] = "yes";
        words[n++] = "--wecom-base";
        words[n++] = platform_url;
        words[n++] = "--weixin-base";
        words[n++] = platform_url;
        if (!bench_on_sqlite(b)) {
                words[n++] = "--db";
                words[n++] = b->db;
        }
        return words;
}

static int port_of(const char *url, uint16_t *port)
{
        int64_t n;

        if (text_to_int(strrchr(url, ':') + 1, 1, 65535, &n))
                return fatal(EPROTO, "no port in %s", url);
        *port = (uint16_t)n;
        return 0;
}

int child_server(struct bench *b, const char *const *settings, struct child *c)
{
        char *argv[SETTINGS_MAX + 8];
        const char *program;
        int fd, n = 0, r = spawn_beside(b->arena, "zhanggui", &program);
        struct pollfd p;
        char word;

        *c = (struct child){.line = -1};
        if (!r)
                r = listen_on("127.0.0.1:0", &fd);
        if (r)
                return r;
        r = listen_url(b->arena, fd, "http", &c->url);
        if (!r)
                r = port_of(c->url, &c->port);
        argv[n++] = arena_strdup(b->arena, program);
        argv[n++] = arena_strdup(b->arena, "serve");
        argv[n++] = arena_strdup(b->arena, "--control-fd");
        argv[n++] = arena_strdup(b->arena, "4");
        for (; *settings; settings++)
                argv[n++] = arena_strdup(b->arena, *settings);
        argv[n] = NULL;
        if (!r)
                r = spawn_server(argv, fd, &c->line, &c->pid);
        close(fd);
        if (r)
                return r;
        p = (struct pollfd){.fd = c->line, .events = POLLIN};
        if (poll(&p, 1, READY_MS) != 1 || read(c->line, &word, 1) != 1 || word != 'R') {
                child_end(c);
                return fatal(EPIPE, "the server did not get ready; its last log lines say why");
        }
        return 0;
}

void child_end(struct child *c)
{
        spawn_end(c->pid);
        if (c->pid && c->line >= 0)
                close(c->line);
        *c = (struct child){.line = -1};
}

void child_kill(struct child *c)
{
        if (c->pid > 0) {
                kill(c->pid, SIGKILL);
                waitpid(c->pid, NULL, 0);
        }
        if (c->line >= 0)
                close(c->line);
        *c = (struct child){.line = -1};
}

static const char nginx_conf[] = "daemon off;\n"
                                 "master_process on;\n"
                                 "worker_processes 2;\n"
                                 "worker_rlimit_nofile 4096;\n"
                                 "pid %s/nginx.pid;\n"
                                 "error_log %s/nginx.log crit;\n"
                                 "events { worker_connections 2048; }\n"
                                 "http {\n"
                                 "  access_log off;\n"
                                 "  keepalive_timeout 600; keepalive_requests 100000000; client_max_body_size 8m;\n"
                                 "  client_body_temp_path %s/b; proxy_temp_path %s/p; fastcgi_temp_path %s/f;\n"
                                 "  uwsgi_temp_path %s/u; scgi_temp_path %s/s;\n"
                                 "  default_type text/plain;\n"
                                 "  server { listen 127.0.0.1:%u backlog=4096; location / { return 200 \"success\"; } }\n"
                                 "}\n";

/* nginx cannot be handed a socket: a free port is found and given back a moment before it takes it. */
static int write_conf(struct bench *b, const char *path, struct child *c)
{
        const char *d = b->dir;
        int fd, r = listen_on("127.0.0.1:0", &fd);
        FILE *f;

        if (r)
                return r;
        r = listen_url(b->arena, fd, "http", &c->url);
        close(fd);
        if (!r)
                r = port_of(c->url, &c->port);
        f = r ? NULL : fopen(path, "w");
        if (!f)
                return r ? r : fatal(errno, "cannot write %s", path);
        fprintf(f, nginx_conf, d, d, d, d, d, d, d, c->port);
        fclose(f);
        return 0;
}

static const char *find_nginx(void)
{
        static const char *const places[] = {"/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"};

        for (size_t i = 0; i < countof(places); i++)
                if (!access(places[i], X_OK))
                        return places[i];
        return NULL;
}

int child_nginx(struct bench *b, struct child *c)
{
        const char *program = find_nginx(), *conf = arena_printf(b->arena, "%s/nginx.conf", b->dir);
        const char *words[] = {program, "-c", conf, "-p", b->dir};
        char *argv[countof(words) + 1] = {0};
        struct arena scratch;
        int out = -1, r;

        *c = (struct child){.line = -1};
        if (!program)
                return fatal(ENOENT, "nginx is not installed");
        for (size_t i = 0; i < countof(words); i++)
                argv[i] = arena_strdup(b->arena, words[i]);
        r = write_conf(b, conf, c);
        if (!r)
                r = spawn_program(argv, &out, &c->pid);
        if (r)
                return r;
        c->line = out;
        arena_init(&scratch, 0);
        for (int64_t until = clock_mono_ms() + READY_MS; !child_get(&scratch, c, "/");) {
                if (clock_mono_ms() > until) {
                        r = fatal(ETIMEDOUT, "nginx does not answer; see %s/nginx.log", b->dir);
                        break;
                }
                poll(NULL, 0, 20);
        }
        arena_release(&scratch);
        return r;
}

static int64_t cpu_of(pid_t pid)
{
        struct timespec t;
        clockid_t id;

        if (clock_getcpuclockid(pid, &id) || clock_gettime(id, &t))
                return 0;
        return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t child_cpu_us(const struct child *c)
{
        int64_t us = c->pid ? cpu_of(c->pid) : 0;
        char path[64];
        FILE *f;
        int pid;

        snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)c->pid, (int)c->pid);
        f = fopen(path, "r");
        while (f && fscanf(f, "%d", &pid) == 1)
                us += cpu_of(pid);
        if (f)
                fclose(f);
        return us;
}

int64_t child_anon_bytes(const struct child *c)
{
        char path[64], line[256];
        long long kb = 0;
        FILE *f;

        snprintf(path, sizeof(path), "/proc/%d/status", (int)c->pid);
        f = fopen(path, "r");
        while (f && fgets(line, sizeof(line), f))
                if (sscanf(line, "RssAnon: %lld kB", &kb) == 1)
                        break;
        if (f)
                fclose(f);
        return kb * 1024;
}

const char *child_get(struct arena *a, const struct child *c, const char *path)
{
        struct transport *transport;
        struct http_response reply;
        const char *body = NULL;
        struct ctx ctx;

        ctx_init(&ctx, a);
        if (transport_open(&transport, &(struct transport_options){.loopback_only = true}))
                return NULL;
        if (!transport_call(transport, &ctx,
                            &(struct http_request){.method = "GET", .url = arena_printf(a, "%s%s", c->url, path), .reads_only = true},
                            &reply) &&
            reply.status == 200)
                body = arena_strndup(a, reply.body.n ? reply.body.p : "", reply.body.n);
        transport_close(transport);
        return body;
}

int64_t child_metric(struct arena *a, const struct child *c, const char *name)
{
        const char *text = child_get(a, c, "/metrics"), *at = text;
        size_t n = strlen(name);
        long long value = 0;

        while (at && !(!strncmp(at, name, n) && at[n] == ' ')) {
                at = strchr(at, '\n');
                at = at ? at + 1 : NULL;
        }
        return at && sscanf(at + n, " %lld", &value) == 1 ? value : 0;
}

bool child_wait_idle(const struct child *c, int64_t ms)
{
        int64_t until = clock_mono_ms() + ms;
        struct arena scratch;
        bool idle = false;

        arena_init(&scratch, 0);
        while (!idle && clock_mono_ms() < until) {
                const char *reply = child_get(&scratch, c, "/dev/idle");

                idle = reply && strstr(reply, "true");
                arena_clear(&scratch);
                if (!idle)
                        poll(NULL, 0, 50);
        }
        arena_release(&scratch);
        return idle;
}
