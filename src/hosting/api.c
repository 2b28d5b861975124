/* HTTP of hosting: /api/hosting/... for operators; /api/hosted and /api/visits for the merchant's own people. */
#include "hosting/api.h"
#include "hosting/hosting.h"

#include "staff/visit.h"
#include "store/check.h"

/* ---- merchants ---- */

struct merchant_view {
        int64_t merchant_id, created_at, suspended_at, max_accounts, max_staff, max_calls;
        int64_t accounts, pending, shops, people, last_callback_at, fails, warns, waiting, waiting_since, jobs_waiting, jobs_dead;
        const char *name, *contact, *suspended_why;
        bool hosted;
};
#define COUNT(m, d) JSON_INT(struct merchant_view, m, JSON_REQUIRED, 0, 0, d)
static const struct json_field merchant_fields[] = {
        JSON_KEY(struct merchant_view, merchant_id, JSON_REQUIRED, "our id"),
        JSON_STR(struct merchant_view, name, JSON_REQUIRED, 0, 0, "its name"),
        COUNT(created_at, "ms"),
        JSON_BOOL(struct merchant_view, hosted, JSON_REQUIRED, "a provider runs this program for him"),
        JSON_STR(struct merchant_view, contact, 0, 0, 0, "whom he asks for more"),
        COUNT(suspended_at, "ms; 0 = works"),
        JSON_STR(struct merchant_view, suspended_why, 0, 0, 0, "why"),
        COUNT(max_accounts, "0 = any number"),
        COUNT(max_staff, "people who may log in; 0 = any number"),
        COUNT(max_calls, "platform calls under way at once; 0 = any number"),
        COUNT(accounts, "connected and pending"),
        COUNT(pending, "of them not yet connected"),
        COUNT(shops, "of them shops"),
        COUNT(people, "who may log in"),
        COUNT(last_callback_at, "ms; 0 = never"),
        COUNT(fails, "findings of the doctor that fail"),
        COUNT(warns, "and that warn"),
        COUNT(waiting, "customers who wait for an answer"),
        COUNT(waiting_since, "ms: the longest; 0 = nobody"),
        COUNT(jobs_waiting, "due or later"),
        COUNT(jobs_dead, "given up"),
};
static const struct json_desc merchant_desc = JSON_DESC("Merchant", struct merchant_view, merchant_fields);

static struct merchant_view view_of(const struct hosting_health *h)
{
        return (struct merchant_view){
                .merchant_id = h->m.merchant_id,
                .created_at = h->m.created_at,
                .suspended_at = h->m.suspended_at,
                .max_accounts = h->m.terms.max_accounts,
                .max_staff = h->m.terms.max_staff,
                .max_calls = h->m.terms.max_calls,
                .accounts = h->accounts,
                .pending = h->pending,
                .shops = h->shops,
                .people = h->people,
                .last_callback_at = h->last_callback_at,
                .fails = h->fails,
                .warns = h->warns,
                .waiting = h->waiting,
                .waiting_since = h->waiting_since,
                .jobs_waiting = h->jobs_waiting,
                .jobs_dead = h->jobs_dead,
                .name = h->m.name,
                .contact = h->m.terms.contact,
                .suspended_why = h->m.suspended_why,
                .hosted = h->m.terms.hosted == 1,
        };
}

struct list_in {
        const char *q;
        int64_t after, limit;
};
static const struct json_field list_in_fields[] = {
        JSON_STR(struct list_in, q, 0, 0, 64, "part of the name"),
        JSON_KEY(struct list_in, after, 0, "`next` of the page before"),
        JSON_INT(struct list_in, limit, 0, 1, 200, "rows; default 50"),
};
static const struct json_desc list_in = JSON_DESC("MerchantsIn", struct list_in, list_in_fields);

struct list_out {
        struct merchant_view *items;
        size_t n;
        int64_t next;
};
static const struct json_field list_out_fields[] = {
        JSON_LIST(struct list_out, items, n, JSON_REQUIRED, 0, &merchant_desc, "in the order in which they came"),
        JSON_KEY(struct list_out, next, 0, "`after` of the next page; null at the end"),
};
static const struct json_desc list_out = JSON_DESC("Merchants", struct list_out, list_out_fields);

static int get_merchants(struct ctx *ctx, const void *in_, void *out_)
{
        const struct list_in *in = in_;
        struct list_out *out = out_;
        int64_t limit = in->limit ? in->limit : 50;
        struct hosting_health *rows;
        int r = hosting_page(ctx, in->q, in->after, limit, &rows, &out->n);

        if (r)
                return r;
        out->items = arena_array(ctx->arena, struct merchant_view, out->n);
        for (size_t i = 0; i < out->n; i++)
                out->items[i] = view_of(&rows[i]);
        if (out->n == (size_t)limit)
                out->next = out->items[out->n - 1].merchant_id;
        return 0;
}

static int give(struct ctx *ctx, int64_t merchant_id, void *out)
{
        struct hosting_health h;
        int r = hosting_one(ctx, merchant_id, &h);

        if (!r)
                *(struct merchant_view *)out = view_of(&h);
        return r;
}

struct create_in {
        const char *name, *login, *person, *password, *contact;
        int64_t max_accounts, max_staff, max_calls;
};
static const struct json_field create_in_fields[] = {
        JSON_STR(struct create_in, name, JSON_REQUIRED, 1, 120, "of the merchant"),
        JSON_STR(struct create_in, login, JSON_REQUIRED, 1, 64, "of its owner, in any case"),
        JSON_STR(struct create_in, person, 0, 1, 64, "the owner's name; absent: the login"),
        JSON_STR(struct create_in, password, JSON_REQUIRED, 1, 256, "8 characters or more"),
        JSON_STR(struct create_in, contact, 0, 0, 120, "whom the merchant asks for more"),
        JSON_INT(struct create_in, max_accounts, 0, 0, SHOPS_TERM_MAX, "0 = any number"),
        JSON_INT(struct create_in, max_staff, 0, 0, SHOPS_TERM_MAX, "0 = any number"),
        JSON_INT(struct create_in, max_calls, 0, 0, SHOPS_TERM_MAX, "0 = any number"),
};
static const struct json_desc create_in = JSON_DESC("MerchantNew", struct create_in, create_in_fields);

static int before_create(struct ctx *ctx, const void *in, void **found)
{
        const char *hash;
        int r = hosting_hash(ctx, ((const struct create_in *)in)->password, &hash);

        if (!r)
                *found = arena_strdup(ctx->arena, hash);
        return r;
}

static int post_merchant(struct ctx *ctx, const void *in_, void *out)
{
        const struct create_in *in = in_;
        int64_t id;
        int r = hosting_create(ctx, &(struct hosting_new){.name = in->name, .login = in->login, .person = in->person,
                                                          .hash = ctx->before,
                                                          .terms = {1, in->contact, in->max_accounts, in->max_staff, in->max_calls}},
                               &id);

        return r ? r : give(ctx, id, out);
}

struct one_in {
        int64_t merchant_id;
};
static const struct json_field one_in_fields[] = {JSON_KEY(struct one_in, merchant_id, JSON_REQUIRED, "the merchant")};
static const struct json_desc one_in = JSON_DESC("MerchantIn", struct one_in, one_in_fields);

struct terms_in {
        int64_t merchant_id, max_accounts, max_staff, max_calls;
        const char *contact;
        bool hosted;
};
static const struct json_field terms_in_fields[] = {
        JSON_KEY(struct terms_in, merchant_id, JSON_REQUIRED, "the merchant"),
        JSON_BOOL(struct terms_in, hosted, JSON_REQUIRED, "a provider runs this program for him"),
        JSON_STR(struct terms_in, contact, 0, 0, 120, "whom the merchant asks for more"),
        JSON_INT(struct terms_in, max_accounts, JSON_REQUIRED, 0, SHOPS_TERM_MAX, "0 = any number"),
        JSON_INT(struct terms_in, max_staff, JSON_REQUIRED, 0, SHOPS_TERM_MAX, "0 = any number"),
        JSON_INT(struct terms_in, max_calls, JSON_REQUIRED, 0, SHOPS_TERM_MAX, "0 = any number"),
};
static const struct json_desc terms_in = JSON_DESC("MerchantTerms", struct terms_in, terms_in_fields);

static int put_merchant(struct ctx *ctx, const void *in_, void *out)
{
        const struct terms_in *in = in_;
        int r = hosting_terms(ctx, in->merchant_id, &(struct shops_terms){in->hosted, in->contact, in->max_accounts, in->max_staff,
                                                                          in->max_calls});

        return r ? r : give(ctx, in->merchant_id, out);
}

struct suspend_in {
        int64_t merchant_id;
        const char *why;
};
static const struct json_field suspend_in_fields[] = {
        JSON_KEY(struct suspend_in, merchant_id, JSON_REQUIRED, "the merchant"),
        JSON_STR(struct suspend_in, why, JSON_REQUIRED, 1, 120, "why: for the operators' list"),
};
static const struct json_desc suspend_in = JSON_DESC("MerchantSuspend", struct suspend_in, suspend_in_fields);

static int post_suspend(struct ctx *ctx, const void *in_, void *out)
{
        const struct suspend_in *in = in_;
        int r = hosting_suspend(ctx, in->merchant_id, in->why);

        return r ? r : give(ctx, in->merchant_id, out);
}

static int post_resume(struct ctx *ctx, const void *in_, void *out)
{
        const struct one_in *in = in_;
        int r = hosting_resume(ctx, in->merchant_id);

        return r ? r : give(ctx, in->merchant_id, out);
}

/* ---- accounts of one ---- */

struct account_view {
        int64_t account_id, connected_at, last_callback_at, fails, warns, waiting, jobs_dead;
        const char *kind, *name, *remote_id, *finding;
        bool read_only;
};
static const struct json_field account_fields[] = {
        JSON_KEY(struct account_view, account_id, JSON_REQUIRED, "our id"),
        JSON_STR(struct account_view, kind, JSON_REQUIRED, 0, 0, "wecom, kf, shop or mp"),
        JSON_STR(struct account_view, name, JSON_REQUIRED, 0, 0, "as the merchant calls it"),
        JSON_ID(struct account_view, remote_id, JSON_REQUIRED, "corp id, open_kfid or appid"),
        JSON_BOOL(struct account_view, read_only, JSON_REQUIRED, "no write call leaves"),
        JSON_INT(struct account_view, connected_at, JSON_REQUIRED, 0, 0, "ms; 0 = pending"),
        JSON_INT(struct account_view, last_callback_at, JSON_REQUIRED, 0, 0, "ms; 0 = never"),
        JSON_INT(struct account_view, fails, JSON_REQUIRED, 0, 0, "findings of the doctor that fail"),
        JSON_INT(struct account_view, warns, JSON_REQUIRED, 0, 0, "and that warn"),
        JSON_INT(struct account_view, waiting, JSON_REQUIRED, 0, 0, "customers who wait for an answer"),
        JSON_INT(struct account_view, jobs_dead, JSON_REQUIRED, 0, 0, "given up"),
        JSON_STR(struct account_view, finding, 0, 0, 0, "the worst finding; null: all is well"),
};
static const struct json_desc account_desc = JSON_DESC("HostedAccount", struct account_view, account_fields);

struct one_out {
        struct merchant_view merchant;
        struct account_view *accounts;
        size_t n;
};
static const struct json_field one_out_fields[] = {
        JSON_OBJ(struct one_out, merchant, JSON_REQUIRED, &merchant_desc, "the merchant"),
        JSON_LIST(struct one_out, accounts, n, JSON_REQUIRED, 0, &account_desc, "by kind and name"),
};
static const struct json_desc one_out = JSON_DESC("MerchantDetail", struct one_out, one_out_fields);

static int get_merchant(struct ctx *ctx, const void *in, void *out_)
{
        struct one_out *out = out_;
        struct hosting_account *rows;
        int r = give(ctx, ((const struct one_in *)in)->merchant_id, &out->merchant);

        if (!r)
                r = hosting_accounts(ctx, &rows, &out->n);
        if (r)
                return r;
        out->accounts = arena_array(ctx->arena, struct account_view, out->n);
        for (size_t i = 0; i < out->n; i++) {
                const struct shops_account *a = rows[i].account;

                out->accounts[i] = (struct account_view){
                        .account_id = a->account_id, .kind = a->kind, .name = a->name, .remote_id = a->remote_id,
                        .read_only = a->read_only == 1, .connected_at = a->connected_at,
                        .last_callback_at = rows[i].last_callback_at, .fails = rows[i].fails, .warns = rows[i].warns,
                        .waiting = rows[i].waiting, .jobs_dead = rows[i].jobs_dead,
                        .finding = exchange_english(ctx->http) ? rows[i].en : rows[i].zh};
        }
        return 0;
}

/* ---- visits ---- */

struct visit_view {
        int64_t visit_id, begun_at, until, ended_at;
        const char *operator, *reason;
};
static const struct json_field visit_fields[] = {
        JSON_KEY(struct visit_view, visit_id, JSON_REQUIRED, "our id"),
        JSON_STR(struct visit_view, operator, JSON_REQUIRED, 0, 0, "who acted for the merchant"),
        JSON_STR(struct visit_view, reason, JSON_REQUIRED, 0, 0, "why, as he gave it"),
        JSON_INT(struct visit_view, begun_at, JSON_REQUIRED, 0, 0, "ms"),
        JSON_INT(struct visit_view, until, JSON_REQUIRED, 0, 0, "ms: it ends by itself"),
        JSON_INT(struct visit_view, ended_at, JSON_REQUIRED, 0, 0, "ms; 0 = he did not end it"),
};
static const struct json_desc visit_desc = JSON_DESC("Visit", struct visit_view, visit_fields);

static struct visit_view visit_view_of(const struct staff_visit *v)
{
        return (struct visit_view){v->visit_id, v->begun_at, v->until, v->ended_at, v->operator, v->reason};
}

struct visit_in {
        int64_t merchant_id, minutes;
        const char *reason;
};
static const struct json_field visit_in_fields[] = {
        JSON_KEY(struct visit_in, merchant_id, JSON_REQUIRED, "the merchant"),
        JSON_STR(struct visit_in, reason, JSON_REQUIRED, 1, 800, "why; the merchant reads it in his audit log; 4 characters or more"),
        JSON_INT(struct visit_in, minutes, 0, 1, STAFF_VISIT_MOST, "how long; default 60"),
};
static const struct json_desc visit_in = JSON_DESC("VisitNew", struct visit_in, visit_in_fields);

static int of_staff(int r)
{
        return r == STAFF_E_VISIT ? HOSTING_E_VISIT : r == STAFF_E_BAD ? HOSTING_E_BAD : status_fold(r);
}

static int post_visit(struct ctx *ctx, const void *in_, void *out)
{
        const struct visit_in *in = in_;
        struct hosting_health h;
        struct staff_visit visit;
        int64_t home = ctx->merchant;
        int r = hosting_one(ctx, in->merchant_id, &h);

        ctx->merchant = home;
        if (r)
                return r;
        r = staff_visit_begin(ctx, exchange_cookie(ctx->http, STAFF_COOKIE), in->merchant_id, in->reason,
                              in->minutes ? in->minutes : STAFF_VISIT_MINUTES, &visit);
        if (!r)
                *(struct visit_view *)out = visit_view_of(&visit);
        return of_staff(r);
}

static int delete_visit(struct ctx *ctx, const void *in, void *out)
{
        (void)in, (void)out;
        return of_staff(staff_visit_end(ctx, exchange_cookie(ctx->http, STAFF_COOKIE)));
}

struct visits_out {
        struct visit_view *items;
        size_t n;
};
static const struct json_field visits_fields[] = {
        JSON_LIST(struct visits_out, items, n, JSON_REQUIRED, 0, &visit_desc, "newest 100"),
};
static const struct json_desc visits_desc = JSON_DESC("Visits", struct visits_out, visits_fields);

static int get_visits(struct ctx *ctx, const void *in, void *out_)
{
        struct visits_out *out = out_;
        struct staff_visit *rows;
        int r = staff_visits(ctx, &rows, &out->n);

        (void)in;
        if (r)
                return r;
        out->items = arena_array(ctx->arena, struct visit_view, out->n);
        for (size_t i = 0; i < out->n; i++)
                out->items[i] = visit_view_of(&rows[i]);
        return 0;
}

/* ---- what a hosted merchant was told ---- */

struct lack_view {
        const char *key, *name, *why, *instead, *source;
};
static const struct json_field lack_fields[] = {
        JSON_STR(struct lack_view, key, JSON_REQUIRED, 0, 0, "shopkf, ..."),
        JSON_STR(struct lack_view, name, JSON_REQUIRED, 0, 0, "the function"),
        JSON_STR(struct lack_view, why, JSON_REQUIRED, 0, 0, "why it is not to be had"),
        JSON_STR(struct lack_view, instead, JSON_REQUIRED, 0, 0, "what there is instead"),
        JSON_STR(struct lack_view, source, JSON_REQUIRED, 0, 0, "where the platform says so"),
};
static const struct json_desc lack_desc = JSON_DESC("HostedLack", struct lack_view, lack_fields);

struct hosted_out {
        bool hosted;
        const char *contact;
        int64_t accounts, max_accounts, people, max_staff, max_calls;
        struct lack_view *lacks;
        size_t n;
};
static const struct json_field hosted_fields[] = {
        JSON_BOOL(struct hosted_out, hosted, JSON_REQUIRED, "a provider runs this program for the merchant"),
        JSON_STR(struct hosted_out, contact, 0, 0, 0, "whom to ask for more"),
        JSON_INT(struct hosted_out, accounts, JSON_REQUIRED, 0, 0, "connected and pending"),
        JSON_INT(struct hosted_out, max_accounts, JSON_REQUIRED, 0, 0, "0 = any number"),
        JSON_INT(struct hosted_out, people, JSON_REQUIRED, 0, 0, "who may log in"),
        JSON_INT(struct hosted_out, max_staff, JSON_REQUIRED, 0, 0, "0 = any number"),
        JSON_INT(struct hosted_out, max_calls, JSON_REQUIRED, 0, 0, "platform calls under way at once; 0 = any number"),
        JSON_LIST(struct hosted_out, lacks, n, JSON_REQUIRED, 0, &lack_desc, "what he cannot have; empty: not hosted"),
};
static const struct json_desc hosted_desc = JSON_DESC("Hosted", struct hosted_out, hosted_fields);

static int get_hosted(struct ctx *ctx, const void *in, void *out_)
{
        bool english = exchange_english(ctx->http);
        struct hosted_out *out = out_;
        struct hosting_health h;
        const struct hosting_lack *lacks = hosting_lacks(&out->n);
        int r = hosting_one(ctx, ctx->merchant, &h);

        (void)in;
        if (r)
                return r;
        out->hosted = h.m.terms.hosted == 1;
        out->contact = h.m.terms.contact;
        out->accounts = h.accounts;
        out->max_accounts = h.m.terms.max_accounts;
        out->people = h.people;
        out->max_staff = h.m.terms.max_staff;
        out->max_calls = h.m.terms.max_calls;
        if (!out->hosted)
                out->n = 0;
        out->lacks = arena_array(ctx->arena, struct lack_view, out->n);
        for (size_t i = 0; i < out->n; i++)
                out->lacks[i] = english ? (struct lack_view){lacks[i].key, lacks[i].en, lacks[i].why_en, lacks[i].instead_en, lacks[i].source}
                                        : (struct lack_view){lacks[i].key, lacks[i].zh, lacks[i].why_zh, lacks[i].instead_zh, lacks[i].source};
        return 0;
}

static const struct problem problems[] = {
        {HOSTING_E_NONE, 404, "hosting.none", "没有这个商家。", "There is no such merchant."},
        {HOSTING_E_BAD, 422, "hosting.bad", "名称、限额或原因的格式不对：原因至少写 4 个字。",
         "A name, limit or reason of the wrong form: a reason has 4 characters or more."},
        {HOSTING_E_LOGIN, 409, "hosting.login", "这个登录名已被使用，请换一个。", "This login is taken; choose another."},
        {HOSTING_E_AGAIN, 409, "hosting.again", "这个商家已经是这个状态了。", "The merchant is in this state already."},
        {HOSTING_E_VISIT, 409, "hosting.visit", "先结束现在的代操作，再开始新的。", "End the present visit first."},
        {HOSTING_E_WEAK, 422, "hosting.weak", "密码至少 8 个字符。", "A password has 8 characters or more."},
        {0},
};

#define MANAGE .permission = "hosting.manage", .problems = problems

const struct route hosting_routes[HOSTING_ROUTES] = {
        {"GET", "/api/hosted", get_hosted, .out = &hosted_desc, .permission = "shops.read", .problems = problems,
         .summary = "What was agreed on with the host, and what a hosted merchant cannot have"},
        {"GET", "/api/hosting/merchants", get_merchants, .in = &list_in, .out = &list_out, MANAGE,
         .summary = "The merchants of this installation, and how each does"},
        {"POST", "/api/hosting/merchants", post_merchant, .before = before_create, .in = &create_in, .out = &merchant_desc, MANAGE,
         .flags = ROUTE_WRITE, .ok = 201, .summary = "Make a merchant and its owner"},
        {"GET", "/api/hosting/merchants/{merchant_id}", get_merchant, .in = &one_in, .out = &one_out, MANAGE,
         .summary = "A merchant, and how each of its accounts does"},
        {"PUT", "/api/hosting/merchants/{merchant_id}", put_merchant, .in = &terms_in, .out = &merchant_desc, MANAGE,
         .flags = ROUTE_WRITE, .summary = "Agree on other limits"},
        {"POST", "/api/hosting/merchants/{merchant_id}/resume", post_resume, .in = &one_in, .out = &merchant_desc, MANAGE,
         .flags = ROUTE_WRITE, .summary = "Let a suspended merchant work again"},
        {"POST", "/api/hosting/merchants/{merchant_id}/suspend", post_suspend, .in = &suspend_in, .out = &merchant_desc, MANAGE,
         .flags = ROUTE_WRITE, .summary = "Nobody signs in, nothing leaves; callbacks are kept"},
        {"POST", "/api/hosting/merchants/{merchant_id}/visit", post_visit, .in = &visit_in, .out = &visit_desc, MANAGE,
         .flags = ROUTE_WRITE, .ok = 201, .summary = "Act for a merchant, for a reason and a time"},
        {"DELETE", "/api/visit", delete_visit, .flags = ROUTE_WRITE | ROUTE_SELF, .ok = 204, .problems = problems,
         .summary = "End acting for a merchant"},
        {"GET", "/api/visits", get_visits, .out = &visits_desc, .permission = "hosting.see",
         .summary = "When the host acted for this merchant, and why"},
};
