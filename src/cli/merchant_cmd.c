/* merchant, operator: hosting at a terminal. What they ask for is done in the server, if one runs. */
#include "cli/commands.h"

#include "base/args.h"
#include "hosting/hosting.h"
#include "staff/visit.h"

#include <stdio.h>
#include <string.h>

/* ---- the half that works on the data ---- */

struct request {
        const char *command, *act, *name, *login, *person, *password, *why, *contact, *search, *hosted;
        int64_t merchant_id;
        int64_t accounts, staff, calls; /* -1 = as it is */
        bool own;
};
static const struct json_field request_fields[] = {
        JSON_STR(struct request, command, 0, 0, 0, "merchant"),
        JSON_STR(struct request, act, JSON_REQUIRED, 0, 0, "list, create, limits, suspend, resume, operator-add, ..."),
        JSON_STR(struct request, name, 0, 0, 0, "of the merchant, or the operator"),
        JSON_STR(struct request, login, 0, 0, 0, "of the owner, or the operator"),
        JSON_STR(struct request, person, 0, 0, 0, "the owner's name"),
        JSON_STR(struct request, password, 0, 0, 0, "his"),
        JSON_STR(struct request, why, 0, 0, 0, "of suspend"),
        JSON_STR(struct request, contact, 0, 0, 0, "null: as it is"),
        JSON_STR(struct request, search, 0, 0, 0, "of list"),
        JSON_STR(struct request, hosted, 0, 0, 0, "yes or no; null: as it is"),
        JSON_KEY(struct request, merchant_id, 0, "the merchant"),
        JSON_INT(struct request, accounts, 0, -1, SHOPS_TERM_MAX, "-1: as it is"),
        JSON_INT(struct request, staff, 0, -1, SHOPS_TERM_MAX, "-1: as it is"),
        JSON_INT(struct request, calls, 0, -1, SHOPS_TERM_MAX, "-1: as it is"),
        JSON_BOOL(struct request, own, 0, "not hosted"),
};
static const struct json_desc request_desc = JSON_DESC("MerchantRequest", struct request, request_fields);

struct line {
        int64_t merchant_id, created_at, suspended_at, max_accounts, max_staff, max_calls;
        int64_t accounts, people, fails, warns, waiting, jobs_dead, last_callback_at;
        const char *name, *contact, *suspended_why;
        bool hosted;
};
#define COUNT(m) JSON_INT(struct line, m, JSON_REQUIRED, 0, 0, "")
static const struct json_field line_fields[] = {
        JSON_KEY(struct line, merchant_id, JSON_REQUIRED, "its number"),
        JSON_STR(struct line, name, JSON_REQUIRED, 0, 0, "its name"),
        JSON_BOOL(struct line, hosted, JSON_REQUIRED, "a provider runs the program for him"),
        JSON_STR(struct line, contact, 0, 0, 0, "whom he asks"),
        JSON_STR(struct line, suspended_why, 0, 0, 0, "why he is suspended"),
        COUNT(created_at), COUNT(suspended_at), COUNT(max_accounts), COUNT(max_staff), COUNT(max_calls), COUNT(accounts),
        COUNT(people), COUNT(fails), COUNT(warns), COUNT(waiting), COUNT(jobs_dead), COUNT(last_callback_at),
};
static const struct json_desc line_desc = JSON_DESC("MerchantLine", struct line, line_fields);

struct person {
        const char *login, *name;
        bool disabled;
};
static const struct json_field person_fields[] = {
        JSON_STR(struct person, login, JSON_REQUIRED, 0, 0, "as typed at login"),
        JSON_STR(struct person, name, JSON_REQUIRED, 0, 0, "as audit rows show it"),
        JSON_BOOL(struct person, disabled, JSON_REQUIRED, "may not log in"),
};
static const struct json_desc person_desc = JSON_DESC("OperatorLine", struct person, person_fields);

struct reply {
        bool ok;
        const char *zh, *en; /* when not */
        int64_t merchant_id;
        struct line *merchants;
        size_t n;
        struct person *operators;
        size_t n_operators;
};
static const struct json_field reply_fields[] = {
        JSON_BOOL(struct reply, ok, JSON_REQUIRED, "done"),
        JSON_STR(struct reply, zh, 0, 0, 0, "why not"),
        JSON_STR(struct reply, en, 0, 0, 0, "in English"),
        JSON_KEY(struct reply, merchant_id, 0, "that was made or changed"),
        JSON_LIST(struct reply, merchants, n, 0, 0, &line_desc, "of list"),
        JSON_LIST(struct reply, operators, n_operators, 0, 0, &person_desc, "of operator list"),
};
static const struct json_desc reply_desc = JSON_DESC("MerchantReply", struct reply, reply_fields);

struct work {
        struct request in;
        struct reply out;
        const char *hash;
};

/* Statuses of hosting and of staff, side by side. */
enum { OF_STAFF = 100 };
static const struct {
        int status;
        const char *zh, *en;
} refusals[] = {
        {HOSTING_E_NONE, "没有这个商家；zhanggui merchant list 列出全部。", "no such merchant: zhanggui merchant list names all"},
        {HOSTING_E_BAD, "名称、限额或原因的格式不对：名称最多 40 个字，限额是 0 到 100000。",
         "a name, limit or reason of the wrong form: a name has 120 bytes at most, a limit is 0 to 100000"},
        {HOSTING_E_LOGIN, "这个登录名已被使用。", "the login is taken"},
        {HOSTING_E_AGAIN, "这个商家已经是这个状态了。", "the merchant is in this state already"},
        {HOSTING_E_WEAK, "密码至少 8 个字符。", "the password needs at least 8 characters"},
        {OF_STAFF + STAFF_E_NONE, "没有这个操作员。", "no such operator"},
        {OF_STAFF + STAFF_E_EXISTS, "这个登录名已被使用。", "the login is taken"},
};

static int of_staff(int r)
{
        return r > 0 ? OF_STAFF + r : r;
}

static int list(struct ctx *ctx, struct work *w)
{
        struct hosting_health *rows;
        struct line *all;
        size_t n, room = 0;
        int64_t after = 0;
        int r;

        do {
                r = hosting_page(ctx, w->in.search, after, 200, &rows, &n);
                if (r)
                        return r;
                room = w->out.n + n;
                all = arena_array(ctx->arena, struct line, room);
                for (size_t i = 0; i < w->out.n; i++)
                        all[i] = w->out.merchants[i];
                w->out.merchants = all;
                for (size_t i = 0; i < n; i++) {
                        const struct hosting_health *h = &rows[i];

                        all[w->out.n++] = (struct line){
                                h->m.merchant_id, h->m.created_at, h->m.suspended_at, h->m.terms.max_accounts, h->m.terms.max_staff,
                                h->m.terms.max_calls, h->accounts, h->people, h->fails, h->warns, h->waiting, h->jobs_dead,
                                h->last_callback_at, h->m.name, h->m.terms.contact, h->m.suspended_why, h->m.terms.hosted == 1};
                        after = h->m.merchant_id;
                }
        } while (n == 200);
        return 0;
}

/* What was not said stays as it is. */
static struct shops_terms terms_of(const struct request *in, struct shops_terms now)
{
        return (struct shops_terms){
                .hosted = in->own ? 0 : in->hosted ? text_eq(in->hosted, "yes") : now.hosted,
                .contact = in->contact ? in->contact : now.contact,
                .max_accounts = in->accounts >= 0 ? in->accounts : now.max_accounts,
                .max_staff = in->staff >= 0 ? in->staff : now.max_staff,
                .max_calls = in->calls >= 0 ? in->calls : now.max_calls,
        };
}

static int limits(struct ctx *ctx, struct work *w)
{
        struct shops_terms wanted;
        struct hosting_health h;
        int r = hosting_one(ctx, w->in.merchant_id, &h);

        if (r)
                return r;
        wanted = terms_of(&w->in, h.m.terms);
        return hosting_terms(ctx, w->in.merchant_id, &wanted);
}

static int operators(struct ctx *ctx, struct work *w)
{
        struct staff_person *rows;
        int r = staff_list(ctx, &rows, &w->out.n_operators);

        if (r)
                return of_staff(r);
        w->out.operators = arena_array(ctx->arena, struct person, w->out.n_operators);
        for (size_t i = 0; i < w->out.n_operators; i++)
                w->out.operators[i] = (struct person){rows[i].login, rows[i].name, rows[i].disabled == 1};
        return 0;
}

static int create(struct ctx *ctx, struct work *w)
{
        const struct request *in = &w->in;

        return hosting_create(ctx, &(struct hosting_new){.name = in->name, .login = in->login, .person = in->person, .hash = w->hash,
                                                         .terms = terms_of(in, (struct shops_terms){.hosted = 1})},
                              &w->out.merchant_id);
}

static int suspend(struct ctx *ctx, struct work *w)
{
        return hosting_suspend(ctx, w->in.merchant_id, w->in.why);
}

static int resume(struct ctx *ctx, struct work *w)
{
        return hosting_resume(ctx, w->in.merchant_id);
}

static int operator_add(struct ctx *ctx, struct work *w)
{
        int64_t id;

        return of_staff(staff_operator_add(ctx, w->in.login, text_empty(w->in.name) ? w->in.login : w->in.name, w->hash, &id));
}

static int operator_disable(struct ctx *ctx, struct work *w)
{
        return of_staff(staff_operator_disable(ctx, w->in.login));
}

static const struct act {
        const char *name;
        enum db_mode mode;
        int (*fn)(struct ctx *, struct work *);
} acts[] = {
        {"create", DB_WRITE, create},     {"limits", DB_WRITE, limits},
        {"list", DB_READ, list},          {"operator-add", DB_WRITE, operator_add},
        {"operator-disable", DB_WRITE, operator_disable}, {"operator-list", DB_READ, operators},
        {"resume", DB_WRITE, resume},     {"suspend", DB_WRITE, suspend},
};

struct run {
        const struct act *act;
        struct work *work;
};

static int run_act(struct ctx *ctx, void *arg)
{
        struct run *run = arg;
        struct reply nothing = {0};

        run->work->out = nothing; /* it may run again */
        ctx->actor.name = "command line";
        return run->act->fn(ctx, run->work);
}

int answer_merchant(struct app *app, struct arena *a, struct bytes in, const char **out)
{
        struct work w = {.in = {.accounts = -1, .staff = -1, .calls = -1}};
        struct run run = {.work = &w};
        struct ctx ctx;
        int r = json_read(a, in, &request_desc, JSON_STRICT, &w.in, NULL);

        for (size_t i = 0; !r && i < countof(acts); i++)
                if (text_eq(acts[i].name, w.in.act))
                        run.act = &acts[i];
        if (r || !run.act)
                return fatal(EPROTO, "a request that this version does not understand");
        edge_ctx(app, &ctx, a, 0);
        if (w.in.password)
                r = hosting_hash(&ctx, w.in.password, &w.hash); /* 50 ms: before the write lock */
        if (!r)
                r = edge_transact(app, a, 0, run.act->mode, run_act, &run);
        for (size_t i = 0; r > 0 && !w.out.zh && i < countof(refusals); i++)
                if (refusals[i].status == r) {
                        w.out.zh = refusals[i].zh;
                        w.out.en = refusals[i].en;
                }
        if (r && !w.out.zh)
                return status_fold(r);
        w.out.ok = !w.out.zh;
        if (w.out.ok && w.in.merchant_id)
                w.out.merchant_id = w.in.merchant_id;
        *out = json_write(a, &reply_desc, &w.out);
        return 0;
}

/* ---- the half at the terminal ---- */

struct command {
        struct arena a;
        struct conf conf;
        struct request in;
        const char *name; /* "merchant" or "operator" */
        bool json;
};

static int wrong_usage(const struct command *c, const char *why)
{
        fprintf(stderr, "zhanggui %s: %s; see zhanggui %s --help\n", c->name, why, c->name);
        return 2;
}

static void print_merchants(const struct reply *r)
{
        if (!r->n)
                printf("没有符合的商家。 No merchant fits.\n");
        for (size_t i = 0; i < r->n; i++) {
                const struct line *m = &r->merchants[i];

                printf("%lld  %s%s%s\n", (long long)m->merchant_id, m->name, m->hosted ? "  托管 hosted" : "",
                       m->suspended_at ? "  已暂停 suspended" : "");
                printf("    账号 accounts %lld/%lld  人 people %lld/%lld  调用 calls /%lld  等待 waiting %lld  体检 doctor %lld✗ %lld!"
                       "  死任务 dead jobs %lld\n",
                       (long long)m->accounts, (long long)m->max_accounts, (long long)m->people, (long long)m->max_staff,
                       (long long)m->max_calls, (long long)m->waiting, (long long)m->fails, (long long)m->warns,
                       (long long)m->jobs_dead);
                if (m->suspended_why)
                        printf("    %s\n", m->suspended_why);
        }
}

static void print_done(const struct command *c, const struct reply *r)
{
        if (text_eq(c->in.act, "list"))
                print_merchants(r);
        else if (text_eq(c->in.act, "create"))
                printf("商家 %s 已建立，编号 %lld；店主 %s 可以登录了。\nmerchant \"%s\" is ready, number %lld; owner \"%s\" may sign in.\n",
                       c->in.name, (long long)r->merchant_id, c->in.login, c->in.name, (long long)r->merchant_id, c->in.login);
        else if (text_eq(c->in.act, "suspend"))
                printf("已暂停：不能登录，不再调用平台；回调照常应答并保存。微信客服的消息平台只留 3 天，请在那之前恢复。\n"
                       "suspended: nobody signs in, nothing leaves; callbacks are answered and kept. The platform keeps 微信客服"
                       " messages for 3 days: resume before that.\n");
        else if (text_eq(c->in.act, "operator-list"))
                for (size_t i = 0; i < r->n_operators; i++)
                        printf("%s  %s%s\n", r->operators[i].login, r->operators[i].name, r->operators[i].disabled ? "  停用 disabled" : "");
        else
                printf("好了。 done.\n");
}

static int ask(struct command *c)
{
        const char *answer;
        struct reply r;

        c->in.command = "merchant";
        if (control_ask(cli_answers, &c->conf, &c->a, json_write(&c->a, &request_desc, &c->in), &answer))
                return 1;
        if (json_read(&c->a, bytes_of_text(answer), &reply_desc, JSON_LENIENT, &r, NULL)) {
                fprintf(stderr, "zhanggui %s: the answer is not understood\n", c->name);
                return 1;
        }
        if (c->json)
                printf("%s\n", answer);
        else if (r.ok)
                print_done(c, &r);
        if (!r.ok)
                fprintf(stderr, "zhanggui %s: %s %s; nothing changed\n", c->name, r.zh, r.en);
        return r.ok ? 0 : 1;
}

/* False: said. */
static bool take_limit(struct command *c, int *argc, char **argv, const char *flag, int64_t *out)
{
        const char *value = args_value(argc, argv, flag);

        *out = -1;
        if (!value || !text_to_int(value, 0, SHOPS_TERM_MAX, out))
                return true;
        wrong_usage(c, arena_printf(&c->a, "%s takes a number from 0 (any) to %d, not \"%s\"", flag, SHOPS_TERM_MAX, value));
        return false;
}

/* The act and, for those that need it, the merchant's number. */
static const char *take_words(struct command *c, int argc, char **argv)
{
        bool one = argc && (!strcmp(argv[0], "limits") || !strcmp(argv[0], "suspend") || !strcmp(argv[0], "resume"));

        if (!argc)
                return "say what to do: list, create, limits, suspend or resume";
        c->in.act = argv[0];
        if (!one && strcmp(argv[0], "list") && strcmp(argv[0], "create"))
                return arena_printf(&c->a, "there is no \"%s\"", argv[0]);
        if (argc > 1 + one)
                return arena_printf(&c->a, "unexpected \"%s\"", argv[1 + one]);
        if (one && (argc < 2 || text_to_int(argv[1], 1, INT64_MAX, &c->in.merchant_id)))
                return arena_printf(&c->a, "%s takes the merchant's number, as zhanggui merchant list shows it", argv[0]);
        if (!strcmp(argv[0], "suspend") && text_empty(c->in.why))
                return "say why with --why";
        if (!strcmp(argv[0], "create") && (text_empty(c->in.name) || text_empty(c->in.login)))
                return "--name NAME and --login NAME are needed";
        if (c->in.hosted && strcmp(c->in.hosted, "yes") && strcmp(c->in.hosted, "no"))
                return "--hosted is yes or no";
        return NULL;
}

int cmd_merchant(int argc, char **argv)
{
        struct command c = {.name = "merchant"};
        const char *why;
        int r = 2;

        arena_init(&c.a, 0);
        c.json = args_switch(&argc, argv, "--json");
        c.in = (struct request){.name = args_value(&argc, argv, "--name"), .login = args_value(&argc, argv, "--login"),
                                .person = args_value(&argc, argv, "--person"), .why = args_value(&argc, argv, "--why"),
                                .contact = args_value(&argc, argv, "--contact"), .search = args_value(&argc, argv, "--search"),
                                .hosted = args_value(&argc, argv, "--hosted"), .own = args_switch(&argc, argv, "--own")};
        if (take_limit(&c, &argc, argv, "--accounts", &c.in.accounts) && take_limit(&c, &argc, argv, "--staff", &c.in.staff) &&
            take_limit(&c, &argc, argv, "--calls", &c.in.calls) && conf_read(&c.a, &argc, argv, &c.conf)) {
                why = take_words(&c, argc, argv);
                if (!why && text_eq(c.in.act, "create"))
                        c.in.password = args_line(&c.a, "password for the owner (at least 8 characters): ");
                r = why ? wrong_usage(&c, why) : ask(&c);
        }
        arena_release(&c.a);
        return r;
}

int cmd_operator(int argc, char **argv)
{
        struct command c = {.name = "operator"};
        int r = 2;

        arena_init(&c.a, 0);
        c.json = args_switch(&argc, argv, "--json");
        c.in = (struct request){.name = args_value(&argc, argv, "--name"), .login = args_value(&argc, argv, "--login"),
                                .accounts = -1, .staff = -1, .calls = -1};
        if (conf_read(&c.a, &argc, argv, &c.conf)) {
                const char *what = argc == 1 ? argv[0] : "";

                c.in.act = arena_printf(&c.a, "operator-%s", what);
                if (!strcmp(what, "add") && c.in.login)
                        c.in.password = args_line(&c.a, "password for the operator (at least 8 characters): ");
                if (strcmp(what, "add") && strcmp(what, "disable") && strcmp(what, "list"))
                        r = wrong_usage(&c, "say what to do: add, disable or list");
                else if (strcmp(what, "list") && text_empty(c.in.login))
                        r = wrong_usage(&c, "--login NAME is needed");
                else
                        r = ask(&c);
        }
        arena_release(&c.a);
        return r;
}
