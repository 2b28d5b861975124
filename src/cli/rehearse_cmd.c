/* rehearse: asks the data whose evening it is, plays it in a demo of its own, and has the report kept. */
#include "cli/commands.h"

#include "base/args.h"
#include "base/spawn.h"
#include "demo/rehearse.h"
#include "golive/golive.h"
#include "staff/staff.h"
#include "system/rehearsal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_MS 60000

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

int answer_rehearse(struct app *app, struct arena *a, struct bytes in, const char **out)
{
        struct asked q = {0};

        if (json_read(a, in, &asked_desc, JSON_STRICT, &q, NULL))
                return fatal(EPROTO, "a rehearse that this version does not understand");
        int r = edge_transact(app, a, 0, DB_WRITE, ask_data, &q);
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
        int r = control_ask(cli_answers, conf, a, json_write(a, &asked_desc, &q), &answer);

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
        r = control_ask(cli_answers, conf, a, json_write(a, &asked_desc, &q), &answer);
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
        int64_t account_id = 0, consults = REHEARSAL_CONSULTS;
        struct arena arena;
        struct conf conf;
        int r = 2;

        arena_init(&arena, 0);
        if ((shop && text_to_int(shop, 1, INT64_MAX, &account_id)) || (n && text_to_int(n, 2, REHEARSAL_MAX, &consults)))
                fprintf(stderr, "zhanggui rehearse: --shop takes a shop's number (see zhanggui connect status), --consults 2 to %d\n", REHEARSAL_MAX);
        else if (conf_read(&arena, &argc, argv, &conf)) {
                if (argc)
                        fprintf(stderr, "zhanggui rehearse: unexpected \"%s\"; see zhanggui rehearse --help\n", argv[0]);
                else
                        r = rehearse(&arena, &conf, account_id, consults, json);
        }
        arena_release(&arena);
        return r;
}
