/* Putting the process together and taking it apart, in order. */
#include "app/app.h"

#include "app/backup.h"
#include "app/console.h"
#include "app/control.h"
#include "app/housekeeping.h"
#include "alarms/alarms.h"
#include "base/crypt.h"
#include "base/log.h"
#include "doctor/doctor.h"
#include "edge/others.h"
#include "edge/public.h"
#include "store/crash.h"
#include "store/migrate.h"
#include "store/search.h"
#include "system/rehearsal.h"
#include "system/system.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum log_level level_of(const char *name)
{
        return text_eq(name, "debug") ? LOG_DEBUG
               : text_eq(name, "warn") ? LOG_WARN
               : text_eq(name, "error") ? LOG_ERROR
                                        : LOG_INFO;
}

static int migrate(struct ctx *ctx, void *arg)
{
        (void)arg;
        return migrate_run(ctx);
}

/* A second server on the same folder would free the first one's job claims. The lock goes with the process, however it
 * ends. */
static int lock_data(struct app *app, const char *dir)
{
        app->lock = open(arena_printf(&app->arena, "%s/lock", dir), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (app->lock < 0)
                return fatal(errno, "cannot write into the data folder %s", dir);
        if (flock(app->lock, LOCK_EX | LOCK_NB))
                return fatal(EBUSY, "another zhanggui works in %s; stop it first, or choose another folder with --data", dir);
        return 0;
}

static int pending(struct ctx *ctx, void *arg)
{
        return migrate_pending(ctx, arg);
}

/* A program that changes tables leaves the way back open. */
static int keep_before_migration(struct app *app)
{
        bool is_pending = false;
        int r;

        if (app->postgres)
                return 0;
        r = edge_transact(app, &app->arena, 0, DB_WRITE, pending, &is_pending);
        return r || !is_pending ? r : backup_own(app, backup_day(&app->arena, "before-" ZHANGGUI_VERSION, clock_wall_ms()));
}

static int begin(struct app *app, const struct conf *conf)
{
        /* Many small threads, little memory: two malloc arenas are enough and keep the process small. Giving back and taking the
         * same pages again with each request, and sweeping the fast bins for it, was a tenth of a callback. */
        mallopt(M_ARENA_MAX, 2);
        mallopt(M_TRIM_THRESHOLD, 4 << 20);
        mallopt(M_MXFAST, 0);
        umask(077); /* customers' messages are nobody else's to read */
        app->conf = conf;
        pthread_rwlock_init(&app->server_lock, NULL);
        pthread_mutex_init(&app->rehearsal_lock, NULL);
        app->lock = -1;
        app->demo = conf->dev && !text_empty(conf->simulator);
        log_set_level(level_of(conf->log_level));
        arena_init(&app->arena, 0);
        clock_init(&app->clock, text_eq(conf->clock, "manual"), clock_wall_ms());
        id_init(&app->ids, 0);
        app->proto = (struct ctx){.ids = &app->ids, .registry = &app_registry, .keys = &app->keys, .demo = app->demo};
        app->postgres = !text_eq(conf->db, "sqlite");
        return crypt_init();
}

static int open_data(struct app *app)
{
        const struct conf *conf = app->conf;
        int r = seal_load(&app->keys, arena_printf(&app->arena, "%s/keys", conf->data));

        if (r)
                return r;
        return db_open(&app->db, &(struct db_options){.url = app->postgres ? conf->db
                                                                           : arena_printf(&app->arena, "sqlite:%s/zhanggui.db", conf->data),
                                                      .readers = (unsigned)conf->workers + 2,
                                                      .cache_kib = 2048});
}

int app_open(struct app *app, const struct conf *conf)
{
        int r = begin(app, conf);

        if (r)
                return r;
        if (mkdir(conf->data, 0700) && errno != EEXIST)
                return fatal(errno, "cannot make the data folder %s; choose another with --data", conf->data);
        r = lock_data(app, conf->data);
        if (!r)
                r = open_data(app);
        if (!r)
                r = keep_before_migration(app);
        if (!r)
                r = edge_transact(app, &app->arena, 0, DB_WRITE, migrate, NULL);
        if (r == MIGRATE_E_NEWER)
                return fatal(EPROTO, "%s was written by a newer zhanggui; start that one, or restore a backup", conf->data);
        return r;
}

int app_look(struct app *app, const struct conf *conf)
{
        bool is_pending = true;
        int r = begin(app, conf);

        if (r)
                return r;
        if (access(arena_printf(&app->arena, "%s/keys", conf->data), R_OK))
                return fatal(errno, "there are no data in %s; name the data folder with --data", conf->data);
        r = open_data(app);
        if (!r)
                r = edge_transact(app, &app->arena, 0, DB_WRITE, pending, &is_pending);
        if (!r && is_pending)
                return fatal(EPROTO, "the tables in %s are of another version; start the server of this version once", conf->data);
        return r;
}

int app_open_search(struct app *app)
{
        int r;

        if (app->search)
                return 0;
        r = search_open(&app->search, app->db, app->postgres ? NULL : arena_printf(&app->arena, "%s/search.db", app->conf->data));
        app->proto.search = app->search;
        return r;
}

int app_open_platform(struct app *app)
{
        const struct conf *c = app->conf;
        struct wx_options o = {.clock = &app->clock, .wecom_base = c->wecom_base, .weixin_base = c->weixin_base,
                               .login_base = c->login_base,
                               .paused = others_pause, .paused_arg = app};
        int r = transport_open(&app->transport,
                               &(struct transport_options){.proxy = text_empty(c->proxy) ? NULL : c->proxy,
                                                           .ca_file = text_empty(c->ca_file) ? NULL : c->ca_file,
                                                           .loopback_only = c->loopback_only});

        if (r)
                return r;
        app->vault = (struct shops_vault){.db = app->db, .proto = app->proto};
        shops_vault_bind(&app->vault, &o.vault);
        o.transport = app->transport;
        r = wx_open(&app->wx, &o);
        app->proto.wx = app->wx;
        return r;
}

static int start_accounts(struct ctx *ctx, void *arg)
{
        int64_t *merchants;
        size_t n, n_accounts;
        struct shops_account *accounts;
        int r = shops_merchants(ctx, &merchants, &n);

        (void)arg;
        for (size_t i = 0; !r && i < n; i++) {
                ctx->merchant = merchants[i];
                r = search_start(ctx);
                if (!r)
                        r = alarms_start(ctx);
                if (!r)
                        r = shops_account_list(ctx, &accounts, &n_accounts);
                for (size_t j = 0; !r && j < n_accounts; j++)
                        r = accounts[j].connected_at ? system_start_account(ctx, &accounts[j]) : 0;
        }
        return r < 0 ? r : r ? status_fold(r) : 0;
}

static int open_queues(struct app *app)
{
        int r = job_runner_start(&app->runner, &(struct job_runner_options){.db = app->db,
                                                                            .proto = app->proto,
                                                                            .clock = &app->clock,
                                                                            .process = app->process,
                                                                            .threads = (unsigned)app->conf->job_threads,
                                                                            .urgent_threads = (unsigned)app->conf->urgent_threads,
                                                                            .committed = edge_committed,
                                                                            .arg = app});

        if (r)
                return r;
        return ledger_open(&app->ledger, &(struct ledger_options){.dir = app->conf->data,
                                                                  .db = app->db,
                                                                  .proto = app->proto,
                                                                  .process = app->process,
                                                                  .clock = &app->clock,
                                                                  .max_waiting = (size_t)app->conf->ledger_queue,
                                                                  .keep_days = (int)app->conf->ledger_days,
                                                                  .apply = callbacks_apply,
                                                                  .committed = edge_committed,
                                                                  .arg = app});
}

/* Job threads and applier publish from before the server stands until after it is gone: they look under this lock. Gives
 * back what was there. */
static struct server *set_server(struct app *app, struct server *server)
{
        struct server *was;

        pthread_rwlock_wrlock(&app->server_lock);
        was = app->server;
        app->server = server;
        pthread_rwlock_unlock(&app->server_lock);
        return was;
}

static int open_server(struct app *app, int listen_fd)
{
        const struct conf *c = app->conf;
        struct raw_row raw[] = {
                {.prefix = "/callback/", .max_body = 1 << 20, .fn = callbacks_raw, .arg = app},
                {.prefix = "/WW_verify_", .max_body = 1, .fn = callbacks_site_file, .arg = app},
                {.prefix = "/MP_verify_", .max_body = 1, .fn = callbacks_site_file, .arg = app},
                {.prefix = "/healthz", .max_body = 1, .fn = public_health, .arg = app},
                {.prefix = "/readyz", .max_body = 1, .fn = public_ready, .arg = app},
                {.prefix = "/metrics", .max_body = 1, .fn = public_metrics, .arg = app},
                {.prefix = "/api/openapi.json", .max_body = 1, .fn = public_openapi, .arg = app},
                {.prefix = "/dev/", .max_body = 1 << 16, .fn = public_dev, .arg = app},
        };
        struct server *server;
        int r = server_start(&server,
                             &(struct server_options){.listen = c->listen,
                                                      .listen_fd = listen_fd,
                                                      .registry = &app_registry,
                                                      .demo = app->demo,
                                                      .workers = (unsigned)c->workers,
                                                      .raw = raw,
                                                      .n_raw = c->dev ? countof(raw) : countof(raw) - 1,
                                                      .files = console_files,
                                                      .n_files = console_files_n,
                                                      .run = edge_run_call,
                                                      .subscribe = edge_subscribe,
                                                      .arg = app,
                                                      .tls_cert = text_empty(c->tls_cert) ? NULL : c->tls_cert,
                                                      .tls_key = text_empty(c->tls_key) ? NULL : c->tls_key,
                                                      .contract_log = c->contract_log});

        if (!r)
                set_server(app, server);
        return r;
}

/* Others' words come on a thread of their own, from before the rest stands until after it is gone. */
static void set_ready(struct app *app, bool ready)
{
        pthread_rwlock_wrlock(&app->server_lock);
        app->ready = ready;
        pthread_rwlock_unlock(&app->server_lock);
}

static int count_crashes(struct ctx *ctx, void *arg)
{
        (void)arg;
        return crash_count(ctx);
}

int app_start(struct app *app, int listen_fd, const struct control_command *commands)
{
        int r = route_check(&app_registry);

        if (!r)
                r = crash_open(app->conf->data);
        if (!r)
                r = edge_transact(app, &app->arena, 0, DB_WRITE, count_crashes, NULL);
        if (!r)
                r = others_join(app);
        if (!r)
                r = app_open_search(app);
        if (!r)
                r = app_open_platform(app);
        if (!r)
                r = edge_transact(app, &app->arena, 0, DB_WRITE, start_accounts, NULL);
        if (!r)
                r = callbacks_load(app);
        if (!r)
                r = open_queues(app);
        if (!r)
                r = open_server(app, listen_fd);
        if (!r)
                r = housekeeping_start(&app->housekeeping, app);
        if (!r)
                r = doctor_start(&app->doctor, app);
        if (!r)
                r = control_start(&app->control, app, commands);
        set_ready(app, !r);
        return r;
}

void app_stop(struct app *app)
{
        struct server *server;

        set_ready(app, false);
        control_stop(app->control);
        doctor_stop(app->doctor);
        server = set_server(app, NULL);
        if (server)
                server_stop(server);
        rehearsal_stop(app);
        if (app->housekeeping)
                housekeeping_stop(app->housekeeping);
        if (app->ledger)
                ledger_close(app->ledger);
        if (!job_runner_stop(app->runner))
                _exit(0); /* calls hang and use the transport; everything that counts is on disk */
        process_leave(app->process);
        wx_close(app->wx);
        transport_close(app->transport);
        callbacks_release(app);
        search_close(app->search);
        db_close(app->db);
        if (app->lock >= 0)
                close(app->lock);
        pthread_rwlock_destroy(&app->server_lock);
        pthread_mutex_destroy(&app->rehearsal_lock);
        arena_release(&app->arena);
}
