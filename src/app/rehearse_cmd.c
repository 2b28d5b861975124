/* rehearse: asks the data whose evening it is, plays it in a demo of its own, and has the report kept. */
#include "app/rehearse.h"

#include "app/args.h"
#include "app/control.h"
#include "app/demo_spawn.h"
#include "base/log.h"
#include "base/thread.h"
#include "golive/golive.h"
#include "staff/staff.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_MS 60000
#define CONSULTS 20
#define STACK (256u << 10)

static const struct json_field person_fields[] = {
        JSON_STR(struct rehearse_person, login, JSON_REQUIRED, 0, 0, ""),
        JSON_STR(struct rehearse_person, name, JSON_REQUIRED, 0, 0, ""),
        JSON_STR(struct rehearse_person, role, JSON_REQUIRED, 0, 0, ""),
};
static const struct json_desc person_desc = JSON_DESC("RehearsePerson", struct rehearse_person, person_fields);
static const struct json_field cast_fields[] = {
        JSON_KEY(struct rehearse_cast, account_id, 0, ""),
        JSON_KEY(struct rehearse_cast, merchant_id, 0, ""),
        JSON_STR(struct rehearse_cast, merchant, 0, 0, 0, ""),
        JSON_STR(struct rehearse_cast, shop, 0, 0, 0, ""),
        JSON_LIST(struct rehearse_cast, people, n, 0, 0, &person_desc, ""),
};
const struct json_desc rehearse_cast_desc = JSON_DESC("RehearseCast", struct rehearse_cast, cast_fields);

static const struct json_field share_fields[] = {
        JSON_STR(struct rehearse_share, name, JSON_REQUIRED, 0, 0, "a person of the merchant"),
        JSON_INT(struct rehearse_share, answered, JSON_REQUIRED, 0, 0, "consults"),
};
static const struct json_desc share_desc = JSON_DESC("RehearseShare", struct rehearse_share, share_fields);
static const struct json_field refusal_fields[] = {
        JSON_STR(struct rehearse_refusal, code, 0, 0, 0, "the rule"),
        JSON_STR(struct rehearse_refusal, text, 0, 0, 0, "as the person reads it"),
};
static const struct json_desc refusal_desc = JSON_DESC("RehearseRefusal", struct rehearse_refusal, refusal_fields);
static const struct json_field report_fields[] = {
        JSON_BOOL(struct rehearse_report, ok, JSON_REQUIRED, "each consult came once and was answered once"),
        JSON_INT(struct rehearse_report, consults, JSON_REQUIRED, 0, 0, "how many buyers wrote"),
        JSON_INT(struct rehearse_report, arrived, JSON_REQUIRED, 0, 0, "how many stood on the desk"),
        JSON_INT(struct rehearse_report, answered, JSON_REQUIRED, 0, 0, "how many were answered by the merchant's people"),
        JSON_INT(struct rehearse_report, received, JSON_REQUIRED, 0, 0, "how many buyers got their answer"),
        JSON_INT(struct rehearse_report, twice, JSON_REQUIRED, 0, 0, "how many got it twice"),
        JSON_INT(struct rehearse_report, back_after_ms, JSON_REQUIRED, 0, 0, "from the power cut to all being there"),
        JSON_INT(struct rehearse_report, first_reply_ms, JSON_REQUIRED, 0, 0, "from the first reply to the last one's arrival"),
        JSON_INT(struct rehearse_report, took_ms, JSON_REQUIRED, 0, 0, "the whole evening"),
        JSON_STR(struct rehearse_report, why, 0, 0, 0, "what broke"),
        JSON_LIST(struct rehearse_report, people, n_people, JSON_REQUIRED, 0, &share_desc, "who answered how many"),
        JSON_LIST(struct rehearse_report, refused, n_refused, JSON_REQUIRED, 0, &refusal_desc, "what the platform would not take, and why"),
};
const struct json_desc rehearse_report_desc = JSON_DESC("RehearseReport", struct rehearse_report, report_fields);

/* ---- the half that works on the data ---- */

struct asked {
        const char *command;
        int64_t account_id, merchant_id; /* 0 = the only shop there is */
        const char *report;              /* NULL: whose evening is it? */
        int64_t consults;
        bool ok;
        struct rehearse_cast cast; /* the answer */
        const char *why;
};
static const struct json_field asked_fields[] = {
        JSON_STR(struct asked, command, 0, 0, 0, "rehearse"),
        JSON_KEY(struct asked, account_id, 0, ""),
        JSON_KEY(struct asked, merchant_id, 0, ""),
        JSON_RAW(struct asked, report, 0, ""),
        JSON_INT(struct asked, consults, 0, 0, 0, ""),
        JSON_BOOL(struct asked, ok, 0, ""),
};
static const struct json_desc asked_desc = JSON_DESC("RehearseAsked", struct asked, asked_fields);

/* The shop of that number among all merchants; without a number the only one. */
static int find_shop(struct ctx *ctx, struct asked *q)
{
        struct shops_account *shops;
        int64_t *merchants, found = 0;
        size_t n, n_shops;
        int r = shops_merchants(ctx, &merchants, &n);

        for (size_t i = 0; !r && i < n; i++) {
                ctx->merchant = merchants[i];
                r = shops_accounts_of(ctx, "shop", &shops, &n_shops);
                for (size_t k = 0; !r && k < n_shops; k++) {
                        if (q->account_id && shops[k].account_id != q->account_id)
                                continue;
                        found++;
                        q->cast.merchant_id = ctx->merchant;
                        q->cast.account_id = shops[k].account_id;
                        q->cast.merchant = q->cast.shop = shops[k].name;
                }
        }
        q->why = found == 1 ? NULL : found ? "there are several shops: say which with --shop" : "there is no such shop; connect it first";
        ctx->merchant = q->cast.merchant_id;
        return status_fold(r);
}

static int ask_data(struct ctx *ctx, void *arg)
{
        struct staff_person *people;
        struct asked *q = arg;
        size_t n;
        int r = find_shop(ctx, q);

        if (r || q->why)
                return r;
        if (q->report)
                return status_fold(golive_rehearsed(ctx, q->cast.account_id, q->consults, q->ok, q->report));
        r = staff_list(ctx, &people, &n);
        if (r)
                return status_fold(r);
        q->cast.people = arena_array(ctx->arena, struct rehearse_person, n);
        for (size_t i = 0; i < n; i++)
                if (!people[i].disabled)
                        q->cast.people[q->cast.n++] = (struct rehearse_person){people[i].login, people[i].name, people[i].role};
        return 0;
}

int control_rehearse(struct app *app, struct arena *a, struct bytes in, const char **out)
{
        struct asked q = {0};

        if (json_read(a, in, &asked_desc, JSON_STRICT, &q, NULL))
                return fatal(EPROTO, "a rehearse that this version does not understand");
        int r = app_transact(app, a, 0, DB_WRITE, ask_data, &q);
        *out = r ? "{}" : q.why ? arena_printf(a, "{\"why\":\"%s\"}", q.why) : json_write(a, &rehearse_cast_desc, &q.cast);
        return r < 0 ? r : 0;
}

/* ---- at the terminal ---- */

/* The demo reads whom it is played by from a file beside it. */
static int write_cast(struct arena *a, const char *text, const char **file)
{
        const char *tmp = getenv("TMPDIR");
        char *path = arena_printf(a, "%s/zhanggui-cast-XXXXXX", tmp && *tmp ? tmp : "/tmp");
        int fd = mkstemp(path), r = 0;

        if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
                r = fatal(errno, "%s cannot be written", path);
        if (fd >= 0)
                close(fd);
        *file = path;
        return r;
}

static int play(struct arena *a, const struct rehearse_cast *cast, int64_t consults, struct rehearse_report *report)
{
        const char *program, *file = NULL;
        char *ready;
        pid_t demo = 0;
        int out, r = spawn_beside(a, "zhanggui", &program);

        if (!r)
                r = write_cast(a, json_write(a, &rehearse_cast_desc, cast), &file);
        if (!r) {
                const char *words[] = {program, "demo", "--listen", "127.0.0.1:0", "--population", "empty", "--cast", file};
                char *argv[countof(words) + 1];

                for (size_t i = 0; i < countof(words); i++)
                        argv[i] = arena_strdup(a, words[i]);
                argv[countof(words)] = NULL;
                unsetenv("ZHANGGUI_DB"); /* the evening has a file of its own, whatever the shop's data lie in */
                unsetenv("ZHANGGUI_DATA");
                setenv("ZHANGGUI_LOG_LEVEL", "error", 1);
                r = spawn_program(argv, &out, &demo);
        }
        if (!r && spawn_read_line(a, out, READY_MS, &ready))
                r = fatal(EPIPE, "the rehearsal's own server did not get ready");
        if (file)
                unlink(file); /* read by now */
        if (!r)
                r = rehearse_play(a, ready, cast, consults, report);
        spawn_end(demo);
        return r;
}

static void tell(const struct rehearse_report *r, const struct rehearse_cast *cast)
{
        printf("%s %s: %lld of %lld consults arrived, %lld answered, %lld received, %lld twice; power cut survived after %lld ms; %lld ms in all\n",
               r->ok ? "✓" : "✗", cast->shop, (long long)r->arrived, (long long)r->consults, (long long)r->answered, (long long)r->received,
               (long long)r->twice, (long long)r->back_after_ms, (long long)r->took_ms);
        for (size_t i = 0; i < r->n_people; i++)
                printf("  %s: %lld\n", r->people[i].name, (long long)r->people[i].answered);
        for (size_t i = 0; i < r->n_refused; i++)
                printf("  refused: %s %s\n", r->refused[i].code, r->refused[i].text);
        if (r->why)
                printf("  %s\n", r->why);
}

static int rehearse(struct arena *a, const struct conf *conf, int64_t account_id, int64_t consults, bool json)
{
        struct asked q = {.command = "rehearse", .account_id = account_id};
        struct rehearse_report report;
        struct rehearse_cast cast;
        const char *answer, *why;
        int r = control_ask(conf, a, json_write(a, &asked_desc, &q), &answer);

        if (r)
                return 1;
        why = json_get(a, bytes_of_text(answer), "why");
        if (why) {
                fprintf(stderr, "zhanggui rehearse: %s\n", why);
                return 2;
        }
        if (json_read(a, bytes_of_text(answer), &rehearse_cast_desc, JSON_LENIENT, &cast, NULL) || play(a, &cast, consults, &report))
                return 1;
        q.account_id = cast.account_id;
        q.consults = consults;
        q.ok = report.ok;
        q.report = json_write(a, &rehearse_report_desc, &report);
        r = control_ask(conf, a, json_write(a, &asked_desc, &q), &answer);
        if (json)
                printf("%s\n", q.report);
        else
                tell(&report, &cast);
        return r || !report.ok ? 1 : 0;
}

int cmd_rehearse(int argc, char **argv)
{
        const char *shop = args_value(&argc, argv, "--shop"), *n = args_value(&argc, argv, "--consults");
        bool json = args_switch(&argc, argv, "--json");
        int64_t account_id = 0, consults = CONSULTS;
        struct arena arena;
        struct conf conf;
        int r = 2;

        arena_init(&arena, 0);
        if ((shop && text_to_int(shop, 1, INT64_MAX, &account_id)) || (n && text_to_int(n, 2, REHEARSE_MAX, &consults)))
                fprintf(stderr, "zhanggui rehearse: --shop takes a shop's number (see zhanggui connect status), --consults 2 to %d\n", REHEARSE_MAX);
        else if (conf_read(&arena, &argc, argv, &conf)) {
                if (argc)
                        fprintf(stderr, "zhanggui rehearse: unexpected \"%s\"; see zhanggui rehearse --help\n", argv[0]);
                else
                        r = rehearse(&arena, &conf, account_id, consults, json);
        }
        arena_release(&arena);
        return r;
}

/* ---- the button ---- */

struct rehearse_in {
        int64_t account_id, consults;
};
static const struct json_field rehearse_in_fields[] = {
        JSON_KEY(struct rehearse_in, account_id, JSON_REQUIRED, "the shop"),
        JSON_INT(struct rehearse_in, consults, 0, 2, REHEARSE_MAX, "how many buyers write; default 20"),
};
const struct json_desc rehearse_in_desc = JSON_DESC("RehearseIn", struct rehearse_in, rehearse_in_fields);

enum { REHEARSE_E_NONE = 1, REHEARSE_E_BUSY = 2 };
const struct problem rehearse_problems[] = {
        {REHEARSE_E_NONE, 404, "golive.none", "没有这个小店，请刷新后重试。", "No such shop; reload the page."},
        {REHEARSE_E_BUSY, 409, "golive.busy", "一次彩排正在进行，请等它结束。", "A rehearsal is under way; wait until it has ended."},
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

void rehearse_stop(struct app *app)
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
static int begin(struct app *app, const struct rehearse_in *in)
{
        struct rehearsal *run;
        int r;

        if (app->rehearsal && app->rehearsal->running)
                return REHEARSE_E_BUSY;
        rehearse_stop(app); /* the last one is over: its thread is only joined */
        run = calloc(1, sizeof(*run));
        if (!run)
                return fatal(ENOMEM, "no memory for a rehearsal");
        run->running = true;
        run->data = app->conf->data;
        snprintf(run->shop, sizeof(run->shop), "%lld", (long long)in->account_id);
        snprintf(run->consults, sizeof(run->consults), "%lld", (long long)(in->consults ? in->consults : CONSULTS));
        r = thread_start(&run->thread, "rehearsal", STACK, watch, run);
        if (r)
                free(run);
        else
                app->rehearsal = run;
        return r;
}

int rehearse_start(struct ctx *ctx, const void *in, void *out)
{
        const struct rehearse_in *i = in;
        struct shops_account account;
        int r = shops_account_get(ctx, i->account_id, &account);

        (void)out;
        if (r || !text_eq(account.kind, "shop"))
                return r < 0 ? r : REHEARSE_E_NONE;
        pthread_mutex_lock(&ctx->app->rehearsal_lock);
        r = begin(ctx->app, i);
        pthread_mutex_unlock(&ctx->app->rehearsal_lock);
        return r;
}
