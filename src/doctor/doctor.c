#include "doctor/doctor.h"

#include "base/json.h"
#include "base/log.h"
#include "base/thread.h"
#include "store/check.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

enum {
        HELPERS = 16,
        STACK = 512 << 10,
        VISIT_MEMORY = 16 << 20, /* bytes: pages of lists at most */
        TICK_MS = 1000,
        LOCAL_MS = 60 * 1000,
        REMOTE_MS = 30 * 60 * 1000, /* a shop is asked some fifteen calls a round */
        PENDING_MS = 5 * 1000,
        PENDING_FOR_MS = 60 * 60 * 1000, /* whoever connects an account looks at the page for an hour at most */
};

/* ---- a round ---- */

struct visit {
        struct check_of of;
        bool remote;
};

struct round {
        struct app *app;
        struct arena arena;
        int64_t merchant; /* 0 = all */
        bool remote, pending_only;
        struct visit *visits;
        size_t n;
        _Atomic size_t next;
        _Atomic int status;
        pthread_mutex_t keeping; /* when the database hangs, one visit waits for it and the others need not */
        bool unkept;             /* under it */
};

static int add_accounts(struct ctx *ctx, struct round *round)
{
        struct shops_account *accounts;
        size_t n;
        int r = shops_account_list(ctx, &accounts, &n);

        if (r)
                return status_fold(r);
        round->visits = arena_grow(&round->arena, round->visits, round->n * sizeof(*round->visits),
                                   (round->n + n) * sizeof(*round->visits));
        for (size_t i = 0; i < n; i++) {
                const struct shops_account *a = &accounts[i];

                if (round->pending_only && (a->connected_at || ctx->now - a->created_at > PENDING_FOR_MS))
                        continue;
                round->visits[round->n++] = (struct visit){
                        .of = {.merchant_id = ctx->merchant, .account_id = a->account_id, .parent_id = a->parent_id,
                               .kind = arena_strdup(&round->arena, a->kind), .remote_id = arena_strdup(&round->arena, a->remote_id),
                               .name = arena_strdup(&round->arena, a->name), .since = a->connected_at,
                               .uses_kf = a->kf_granted_at > 0},
                        .remote = round->remote,
                };
        }
        return 0;
}

static int plan(struct ctx *ctx, void *arg)
{
        struct round *round = arg;
        int64_t *merchants;
        size_t n;
        int r = shops_merchants_awake(ctx, &merchants, &n); /* who is suspended is left alone */

        round->visits = arena_array(&round->arena, struct visit, 1);
        round->n = round->pending_only ? 0 : 1; /* the installation comes first */
        for (size_t i = 0; !r && i < n; i++) {
                if (round->merchant && merchants[i] != round->merchant)
                        continue;
                ctx->merchant = merchants[i];
                r = add_accounts(ctx, round);
        }
        return r > 0 ? status_fold(r) : r;
}

/* ---- a visit ---- */

struct finding {
        const struct check *check;
        const char *name; /* "shops.return_address" */
        struct check_result result;
};

struct findings {
        const struct visit *visit;
        struct finding *items;
        size_t n;
        bool changed;
};

typedef int each_fn(struct ctx *, struct findings *, const struct check *, struct finding *);

static void gather(struct arena *a, const struct registry *registry, const struct visit *visit, struct findings *out)
{
        size_t n = 0;

        *out = (struct findings){.visit = visit};
        for (size_t d = 0; d < registry->n; d++)
                n += registry->domains[d]->n_checks;
        out->items = arena_array(a, struct finding, n);
        for (size_t d = 0; d < registry->n; d++) {
                const struct domain *domain = registry->domains[d];

                for (size_t i = 0; i < domain->n_checks; i++) {
                        const struct check *check = &domain->checks[i];

                        if (check_is_of(check, visit->of.kind) && (visit->remote || !check->remote))
                                out->items[out->n++] = (struct finding){
                                        .check = check, .name = arena_printf(a, "%s.%s", domain->name, check->name)};
                }
        }
}

/* With the limit that the check goes by, from the settings. */
static int run_check(struct ctx *ctx, const struct visit *visit, const struct check *check, void **shared, struct check_result *out)
{
        struct check_of of = visit->of;

        if (check->limit && setting_int(&conf_table, ctx->app->conf, check->limit, &of.limit))
                return fatal(ENOENT, "the check %s goes by %s, which is no setting", check->name, check->limit);
        return check->fn(ctx, &of, shared, out);
}

static int look_locally(struct ctx *ctx, void *arg)
{
        struct findings *f = arg;
        int r = 0;

        for (size_t i = 0; !r && i < f->n; i++)
                if (!f->items[i].check->remote)
                        r = run_check(ctx, f->visit, f->items[i].check, NULL, &f->items[i].result);
        return r;
}

static int look_remotely(struct app *app, struct arena *arena, struct findings *f)
{
        void *shared = NULL;
        struct ctx ctx;
        int r = 0;

        edge_ctx(app, &ctx, arena, f->visit->of.merchant_id);
        ctx.wx = app->wx;
        for (size_t i = 0; !r && i < f->n; i++)
                if (f->items[i].check->remote)
                        r = run_check(&ctx, f->visit, f->items[i].check, &shared, &f->items[i].result);
        return r;
}

static int keep(struct ctx *ctx, void *arg)
{
        struct findings *f = arg;
        int r = 0;

        f->changed = false;
        for (size_t i = 0; !r && i < f->n; i++) {
                const struct finding *one = &f->items[i];
                bool changed;

                if (!one->result.zh)
                        continue;
                r = check_keep(ctx, &f->visit->of, one->name, &one->result, &changed);
                if (!r && one->check->settle)
                        r = one->check->settle(ctx, &f->visit->of, &one->result);
                f->changed = f->changed || (!r && changed);
        }
        if (!r && f->changed && f->visit->of.account_id)
                ctx_notice(ctx, "shops", "connection", f->visit->of.account_id, 0, NULL);
        return r;
}

static int keep_once(struct round *round, struct arena *arena, struct findings *found)
{
        int r = -EBUSY;

        pthread_mutex_lock(&round->keeping);
        if (!round->unkept)
                r = edge_transact(round->app, arena, found->visit->of.merchant_id, DB_WRITE, keep, found);
        round->unkept = r < 0;
        pthread_mutex_unlock(&round->keeping);
        return r;
}

static int visit_one(struct round *round, const struct visit *visit)
{
        struct app *app = round->app;
        struct findings found;
        struct arena arena;
        int r;

        arena_init(&arena, VISIT_MEMORY);
        gather(&arena, app->proto.registry, visit, &found);
        r = edge_transact(app, &arena, visit->of.merchant_id, DB_READ, look_locally, &found);
        if (!r && visit->remote)
                r = look_remotely(app, &arena, &found);
        if (!r)
                r = keep_once(round, &arena, &found);
        arena_release(&arena);
        return r;
}

static void *help(void *arg)
{
        struct round *round = arg;
        size_t i;

        while ((i = atomic_fetch_add(&round->next, 1)) < round->n) {
                int r = visit_one(round, &round->visits[i]);

                if (r)
                        round->status = r; /* logged at its origin; the other visits go on */
        }
        return NULL;
}

static int look(struct round *round)
{
        pthread_t threads[HELPERS];
        size_t n = 0, want;
        int r;

        arena_init(&round->arena, 0);
        pthread_mutex_init(&round->keeping, NULL);
        r = edge_transact(round->app, &round->arena, 0, DB_READ, plan, round);
        want = round->remote && round->n > 1 ? (round->n < HELPERS ? round->n : HELPERS) - 1 : 0;
        while (!r && n < want && !thread_start(&threads[n], "doctor", STACK, help, round))
                n++;
        if (!r)
                help(round);
        while (n)
                pthread_join(threads[--n], NULL);
        pthread_mutex_destroy(&round->keeping);
        arena_release(&round->arena);
        if (round->n)
                round->app->unkept = round->unkept;
        return r ? r : round->status;
}

int doctor_round(struct app *app, int64_t merchant, bool remote)
{
        struct round round = {.app = app, .merchant = merchant, .remote = remote};
        int r = look(&round);

        return app->unkept ? 0 : r; /* that it could not be kept is a finding, and the report tells it */
}

/* ---- the thread ---- */

struct doctor {
        struct app *app;
        pthread_t thread;
        pthread_mutex_t lock;
        pthread_cond_t wake;
        bool stop, asked;
        _Atomic bool looks;
        int64_t merchant; /* who asked; 0 = all */
};

static bool due(int64_t *last, int64_t every_ms)
{
        int64_t now = clock_mono_ms();

        if (*last && now - *last < every_ms)
                return false;
        *last = now;
        return true;
}

static void tell_done(struct app *app, int64_t merchant)
{
        struct arena arena;
        struct ctx ctx;

        arena_init(&arena, 1 << 16);
        edge_ctx(app, &ctx, &arena, merchant);
        ctx_notice(&ctx, "system", "doctor", 0, 0, NULL);
        edge_committed(app, &ctx);
        arena_release(&arena);
}

static void *run(void *arg)
{
        struct doctor *d = arg;
        int64_t last_local = 0, last_remote = clock_mono_ms(), last_pending = 0;

        thread_gives_way();
        pthread_mutex_lock(&d->lock);
        while (!d->stop) {
                struct round round = {.app = d->app};
                bool asked = d->asked;

                if (asked) {
                        round.remote = true;
                        round.merchant = d->merchant;
                        d->asked = false;
                } else if (due(&last_remote, REMOTE_MS)) {
                        round.remote = true;
                } else if (!due(&last_local, LOCAL_MS)) {
                        round.pending_only = round.remote = true;
                        if (!due(&last_pending, PENDING_MS)) {
                                cond_wait_ms(&d->wake, &d->lock, TICK_MS);
                                continue;
                        }
                }
                d->looks = asked;
                pthread_mutex_unlock(&d->lock);
                if (look(&round))
                        log_event(LOG_WARN, "doctor.unfinished", NULL);
                d->looks = false;
                if (asked)
                        tell_done(d->app, round.merchant);
                pthread_mutex_lock(&d->lock);
        }
        pthread_mutex_unlock(&d->lock);
        return NULL;
}

int doctor_start(struct doctor **out, struct app *app)
{
        struct doctor *d = calloc(1, sizeof(*d));
        int r;

        if (!d)
                return fatal(ENOMEM, "no memory for the doctor");
        d->app = app;
        pthread_mutex_init(&d->lock, NULL);
        cond_init(&d->wake);
        r = thread_start(&d->thread, "doctor", STACK, run, d);
        if (r) {
                free(d);
                return r;
        }
        *out = d;
        return 0;
}

void doctor_stop(struct doctor *d)
{
        if (!d)
                return;
        pthread_mutex_lock(&d->lock);
        d->stop = true;
        pthread_cond_broadcast(&d->wake);
        pthread_mutex_unlock(&d->lock);
        pthread_join(d->thread, NULL);
        pthread_cond_destroy(&d->wake);
        pthread_mutex_destroy(&d->lock);
        free(d);
}

void doctor_ask(struct doctor *d, int64_t merchant)
{
        pthread_mutex_lock(&d->lock);
        d->merchant = d->asked && d->merchant != merchant ? 0 : merchant;
        d->asked = true;
        pthread_cond_broadcast(&d->wake);
        pthread_mutex_unlock(&d->lock);
}

bool doctor_looks(struct doctor *d)
{
        bool looks;

        pthread_mutex_lock(&d->lock);
        looks = d->looks || d->asked;
        pthread_mutex_unlock(&d->lock);
        return looks;
}

/* ---- what was found ---- */

static const char *const levels[] = {"ok", "unknown", "warn", "fail", NULL};
static const struct json_field finding_fields[] = {
        JSON_STR(struct doctor_finding, name, JSON_REQUIRED, 0, 0, "the check: \"shops.return_address\""),
        JSON_CHOICE(struct doctor_finding, level, JSON_REQUIRED, levels, "ok, unknown, warn or fail"),
        JSON_KEY(struct doctor_finding, merchant_id, 0, "whose; null = the installation's"),
        JSON_KEY(struct doctor_finding, account_id, 0, "the account; null = the installation"),
        JSON_STR(struct doctor_finding, account, 0, 0, 0, "its name"),
        JSON_STR(struct doctor_finding, kind, 0, 0, 0, "wecom, kf, shop or mp"),
        JSON_STR(struct doctor_finding, what_zh, JSON_REQUIRED, 0, 0, "what was looked at, in Chinese"),
        JSON_STR(struct doctor_finding, what_en, JSON_REQUIRED, 0, 0, "in English"),
        JSON_STR(struct doctor_finding, zh, JSON_REQUIRED, 0, 0, "what is, or what is wrong, in Chinese"),
        JSON_STR(struct doctor_finding, en, JSON_REQUIRED, 0, 0, "in English"),
        JSON_STR(struct doctor_finding, fix_zh, 0, 0, 0, "what to do, in Chinese"),
        JSON_STR(struct doctor_finding, fix_en, 0, 0, 0, "in English"),
        JSON_RAW(struct doctor_finding, facts, 0, "texts by name (\"ip\": the address to add), or null"),
        JSON_INT(struct doctor_finding, at, JSON_REQUIRED, 0, 0, "looked at last, ms"),
        JSON_INT(struct doctor_finding, since, JSON_REQUIRED, 0, 0, "at this level since, ms"),
};
static const struct json_desc finding_desc = JSON_DESC("DoctorFinding", struct doctor_finding, finding_fields);
static const struct json_field report_fields[] = {
        JSON_BOOL(struct doctor_report, healthy, JSON_REQUIRED, "nothing fails and nothing warns"),
        JSON_BOOL(struct doctor_report, looking, JSON_REQUIRED, "a round that was asked for is under way"),
        JSON_INT(struct doctor_report, at, JSON_REQUIRED, 0, 0, "newest finding, ms; 0 = never looked"),
        JSON_INT(struct doctor_report, ok, JSON_REQUIRED, 0, 0, "how many are well"),
        JSON_INT(struct doctor_report, unknown, JSON_REQUIRED, 0, 0, "could not be found out"),
        JSON_INT(struct doctor_report, warn, JSON_REQUIRED, 0, 0, "work, but not for long or not wholly"),
        JSON_INT(struct doctor_report, fail, JSON_REQUIRED, 0, 0, "do not work"),
        JSON_LIST(struct doctor_report, checks, n, JSON_REQUIRED, 0, &finding_desc, "the worst first"),
};
const struct json_desc doctor_report_desc = JSON_DESC("DoctorReport", struct doctor_report, report_fields);

static const struct check *check_named(const struct registry *registry, const char *name)
{
        for (size_t d = 0; d < registry->n; d++) {
                const struct domain *domain = registry->domains[d];
                size_t n = strlen(domain->name);

                for (size_t i = 0; i < domain->n_checks; i++)
                        if (text_starts(name, domain->name) && name[n] == '.' && text_eq(name + n + 1, domain->checks[i].name))
                                return &domain->checks[i];
        }
        return NULL; /* an older program's */
}

static int worse(const void *a_, const void *b_)
{
        const struct check_row *a = a_, *b = b_;

        if (a->level != b->level)
                return a->level > b->level ? -1 : 1;
        if (a->account_id != b->account_id)
                return a->account_id < b->account_id ? -1 : 1;
        return strcmp(a->name, b->name);
}

/* What could not be written down is not in the table: a full disk, a database that is locked or lost its rights. */
static void tell_unkept(struct ctx *ctx, struct check_row **rows, size_t *n)
{
        const struct check_row told = {
                .name = "system.database", .level = CHECK_FAIL, .at = ctx->now, .since = ctx->now,
                .zh = "数据库写不进去：刚才的检查结果没能保存。",
                .en = "The database cannot be written: what was just found could not be kept.",
                .fix_zh = "看日志最后的 fatal 行：多半是磁盘满、目录权限不对，或另一个程序锁住了数据库文件。",
                .fix_en = "See the last \"fatal\" line of the log: most often a full disk, wrong rights, or another program that locks the file.",
        };
        size_t i = 0;

        while (i < *n && ((*rows)[i].account_id || !text_eq((*rows)[i].name, told.name)))
                i++;
        if (i == *n) {
                *rows = arena_grow(ctx->arena, *rows, *n * sizeof(**rows), (*n + 1) * sizeof(**rows));
                ++*n;
        }
        (*rows)[i] = told;
}

int doctor_report(struct ctx *ctx, struct doctor_report *out)
{
        struct shops_account *accounts;
        struct check_row *rows;
        size_t n, n_accounts;
        int64_t *counts[CHECK_LEVELS] = {&out->ok, &out->unknown, &out->warn, &out->fail};
        int r = check_list(ctx, &rows, &n);

        if (!r)
                r = shops_account_list(ctx, &accounts, &n_accounts);
        if (r)
                return r;
        if (ctx->app->unkept)
                tell_unkept(ctx, &rows, &n);
        qsort(rows, n, sizeof(*rows), worse);
        *out = (struct doctor_report){.checks = arena_array(ctx->arena, struct doctor_finding, n)};
        for (size_t i = 0; i < n; i++) {
                const struct check_row *row = &rows[i];
                const struct check *check = check_named(ctx->registry, row->name);
                struct doctor_finding *f = &out->checks[out->n];

                if (!check || row->level < 0 || row->level >= CHECK_LEVELS)
                        continue;
                *f = (struct doctor_finding){row->account_id, row->merchant_id, row->at, row->since, row->name,
                                             check_level_name((enum check_level)row->level), NULL, NULL, check->zh, check->en,
                                             row->zh, row->en, row->fix_zh, row->fix_en, row->facts};
                for (size_t j = 0; j < n_accounts; j++)
                        if (accounts[j].account_id == row->account_id) {
                                f->account = accounts[j].name;
                                f->kind = accounts[j].kind;
                        }
                ++*counts[row->level];
                out->at = row->at > out->at ? row->at : out->at;
                out->n++;
        }
        out->healthy = !out->warn && !out->fail;
        return 0;
}
