/* serve: the server itself; init: a merchant and an owner to begin with. */
#include "cli/commands.h"

#include "app/app.h"
#include "base/args.h"
#include "base/log.h"
#include "net/listen.h"
#include "staff/staff.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void wait_for_end(void)
{
        sigset_t set;
        int sig;

        sigemptyset(&set);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGTERM);
        sigwait(&set, &sig);
        log_event(LOG_INFO, "serve.ending", "signal", log_int(sig), NULL);
}

/* Before any thread starts, so that all inherit it. */
static void block_signals(void)
{
        sigset_t set;

        sigemptyset(&set);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &set, NULL);
        signal(SIGPIPE, SIG_IGN);
        signal(SIGXFSZ, SIG_IGN); /* a limit on files is a full disk: told by the write, and no reason to die */
}

static bool refuse_operands(const char *command, int argc, char **argv)
{
        if (argc == 0)
                return false;
        fprintf(stderr, "zhanggui %s: unexpected \"%s\"; see zhanggui %s --help\n", command, argv[0], command);
        return true;
}

int cmd_serve(int argc, char **argv)
{
        struct arena arena;
        struct conf conf;
        struct app app = {0};
        int64_t begun = clock_mono_ms();
        int listen_fd, r;

        arena_init(&arena, 0);
        if (!conf_read(&arena, &argc, argv, &conf) || refuse_operands("serve", argc, argv))
                return 2;
        block_signals();
        r = listen_inherited(&listen_fd);
        if (!r)
                r = app_open(&app, &conf);
        if (!r)
                r = app_start(&app, listen_fd, cli_answers);
        if (!r) {
                log_event(LOG_INFO, "serve.ready", "url", server_url(app.server), "ms", log_int(clock_mono_ms() - begun), NULL);
                if (conf.control_fd >= 0 && write((int)conf.control_fd, "R", 1) != 1)
                        r = fatal(errno, "the demo's line is broken");
        }
        if (!r)
                wait_for_end();
        app_stop(&app);
        arena_release(&arena);
        return r ? 1 : 0;
}

/* ---- init: the half that works on the data ---- */

struct first_owner {
        const char *command, *merchant, *login, *password;
};
static const struct json_field owner_fields[] = {
        JSON_STR(struct first_owner, command, 0, 0, 0, "init"),
        JSON_STR(struct first_owner, merchant, JSON_REQUIRED, 0, 0, "its name"),
        JSON_STR(struct first_owner, login, JSON_REQUIRED, 0, 0, "of the owner"),
        JSON_STR(struct first_owner, password, JSON_REQUIRED, 0, 0, "of the owner"),
};
static const struct json_desc owner_desc = JSON_DESC("FirstOwner", struct first_owner, owner_fields);

static int create_owner(struct ctx *ctx, void *arg)
{
        const struct first_owner *o = arg;
        int64_t *merchants, id;
        size_t n;
        int r = shops_merchants(ctx, &merchants, &n);

        if (r || n)
                return r ? r : SHOPS_E_EXISTS;
        r = shops_merchant_create(ctx, o->merchant, &ctx->merchant);
        if (r)
                return status_fold(r);
        r = staff_create(ctx, o->login, o->login, "owner", o->password, &id);
        return r == STAFF_E_WEAK || r == STAFF_E_EXISTS ? r + 100 : r;
}

int answer_init(struct app *app, struct arena *a, struct bytes in, const char **out)
{
        struct first_owner owner;
        int r = json_read(a, in, &owner_desc, JSON_STRICT, &owner, NULL);

        if (r)
                return fatal(EPROTO, "an init that this version does not understand");
        r = edge_transact(app, a, 0, DB_WRITE, create_owner, &owner);
        *out = r == SHOPS_E_EXISTS          ? "{\"why\":\"there is a merchant already\"}"
               : r == STAFF_E_WEAK + 100   ? "{\"why\":\"the password needs at least 8 characters\"}"
               : r == STAFF_E_EXISTS + 100 ? "{\"why\":\"the login is taken\"}"
                                           : "{}";
        return r < 0 ? r : 0;
}

/* ---- init: at the terminal ---- */

int cmd_init(int argc, char **argv)
{
        struct first_owner owner = {.command = "init", .merchant = args_value(&argc, argv, "--merchant"),
                                    .login = args_value(&argc, argv, "--login")};
        const char *answer, *why;
        struct arena arena;
        struct conf conf;
        int r;

        arena_init(&arena, 0);
        if (!conf_read(&arena, &argc, argv, &conf) || refuse_operands("init", argc, argv))
                return 2;
        if (!owner.merchant || !owner.login) {
                fprintf(stderr, "zhanggui init: --merchant NAME and --login NAME are needed\n");
                return 2;
        }
        owner.password = args_line(&arena, "password for the owner (at least 8 characters): ");
        r = control_ask(cli_answers, &conf, &arena, json_write(&arena, &owner_desc, &owner), &answer);
        why = r ? NULL : json_get(&arena, bytes_of_text(answer), "why");
        if (why)
                fprintf(stderr, "zhanggui init: %s: %s; nothing changed\n", conf.data, why);
        else if (!r)
                printf("merchant \"%s\" and owner \"%s\" are ready; sign in at the console, or start it: zhanggui serve --data %s\n",
                       owner.merchant, owner.login, conf.data);
        arena_release(&arena);
        return r || why ? 1 : 0;
}
