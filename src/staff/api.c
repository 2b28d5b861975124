/* HTTP of staff: logging in and out, /api/me, /api/staff. */
#include "staff/api_directory.h"
#include "staff/api_sign_in.h"
#include "staff/login.h"
#include "staff/visit.h"

#include "shops/shops.h"

/* ---- who am I ---- */

struct me {
        int64_t staff_id;
        const char *name, *login, *role;
        const char **permissions;
        size_t n_permissions;
};
static const struct json_field me_fields[] = {
        JSON_KEY(struct me, staff_id, JSON_REQUIRED, "our id"),
        JSON_STR(struct me, name, JSON_REQUIRED, 0, 0, "as customers see it"),
        JSON_STR(struct me, login, JSON_REQUIRED, 0, 0, "as typed at login, lower case"),
        JSON_STR(struct me, role, JSON_REQUIRED, 0, 0, "owner, supervisor, agent, warehouse or reader; operator: hosts merchants"),
        JSON_STRS(struct me, permissions, n_permissions, JSON_REQUIRED, 0, "names of what the role may"),
};
static const struct json_desc me_desc = JSON_DESC("Me", struct me, me_fields);

/* An operator acts for a merchant: told to him, and to the merchant's people. */
struct visit_view {
        int64_t merchant_id, until;
        const char *merchant, *operator, *reason;
};
static const struct json_field visit_fields[] = {
        JSON_KEY(struct visit_view, merchant_id, JSON_REQUIRED, "whom he acts for"),
        JSON_STR(struct visit_view, merchant, JSON_REQUIRED, 0, 0, "the merchant's name"),
        JSON_STR(struct visit_view, operator, JSON_REQUIRED, 0, 0, "who acts"),
        JSON_STR(struct visit_view, reason, JSON_REQUIRED, 0, 0, "why, as he gave it"),
        JSON_INT(struct visit_view, until, JSON_REQUIRED, 0, 0, "ms; then it ends by itself"),
};
static const struct json_desc visit_desc = JSON_DESC("MeVisit", struct visit_view, visit_fields);

struct me_out {
        struct me staff;
        struct visit_view *acting, *visited;
        const char *csrf, *version;
        bool demo;
        int64_t now;
};
static const struct json_field me_out_fields[] = {
        JSON_OBJ(struct me_out, staff, JSON_REQUIRED, &me_desc, "the person of the session"),
        JSON_PTR(struct me_out, acting, 0, &visit_desc, "the operator acts for this merchant; null: at home"),
        JSON_PTR(struct me_out, visited, 0, &visit_desc, "an operator acts for this merchant now; null: nobody"),
        JSON_STR(struct me_out, csrf, JSON_REQUIRED, 0, 0, "goes as X-CSRF-Token with every change"),
        JSON_BOOL(struct me_out, demo, JSON_REQUIRED, "the program runs as the demo"),
        JSON_STR(struct me_out, version, JSON_REQUIRED, 0, 0, "of the program"),
        JSON_INT(struct me_out, now, JSON_REQUIRED, 0, 0, "the business clock, ms"),
};
static const struct json_desc me_out_desc = JSON_DESC("MeOut", struct me_out, me_out_fields);

/* An operator who acts for a merchant is not one of the merchant's people. */
static int get_person(struct ctx *ctx, const struct staff_session *s, struct staff_person *p)
{
        int64_t merchant = ctx->merchant;
        ctx->merchant = s->merchant_id;
        int r = staff_get(ctx, s->staff_id, p);
        ctx->merchant = merchant;
        return r;
}

static int fill_me(struct ctx *ctx, const struct staff_session *s, struct me *me)
{
        struct staff_person p;
        int r = get_person(ctx, s, &p);
        if (r)
                return r;
        *me = (struct me){.staff_id = p.staff_id, .name = p.name, .login = p.login, .role = p.role};
        size_t n = 0;
        for (size_t d = 0; d < ctx->registry->n; d++)
                n += ctx->registry->domains[d]->n_permissions;
        me->permissions = arena_array(ctx->arena, const char *, n);
        for (size_t d = 0; d < ctx->registry->n; d++) {
                const struct domain *domain = ctx->registry->domains[d];
                for (size_t i = 0; i < domain->n_permissions; i++)
                        if (domain->permissions[i].roles & ctx->actor.role)
                                me->permissions[me->n_permissions++] = domain->permissions[i].name;
        }
        return 0;
}

static int fill_visit(struct ctx *ctx, const struct staff_session *s, struct me_out *o)
{
        struct shops_merchant m;
        struct staff_visit v;
        int r = staff_visit_now(ctx, &v);
        if (r)
                return r == STAFF_E_NONE ? 0 : r;
        r = shops_merchant_get(ctx, &m);
        if (r)
                return status_fold(r);
        struct visit_view *view = arena_new(ctx->arena, struct visit_view);
        *view = (struct visit_view){v.merchant_id, v.until, m.name, v.operator, v.reason};
        *(s->visit_merchant_id ? &o->acting : &o->visited) = view;
        if (s->visit_merchant_id) { /* his own, whoever else is there */
                view->until = s->visit_until;
                view->operator = s->name;
                view->reason = s->visit_reason;
        }
        return 0;
}

static int get_me(struct ctx *ctx, const void *in, void *out)
{
        (void)in;
        struct me_out *o = out;
        struct staff_session s;
        int r = staff_session_find(ctx, exchange_cookie(ctx->http, STAFF_COOKIE), &s);
        if (!r)
                r = fill_me(ctx, &s, &o->staff);
        if (!r)
                r = fill_visit(ctx, &s, o);
        if (r)
                return r;
        o->csrf = s.csrf;
        o->demo = ctx->demo;
        o->version = ZHANGGUI_VERSION;
        o->now = ctx->now;
        return 0;
}

/* ---- logging in and out ---- */

struct login_in {
        const char *login, *password;
};
static const struct json_field login_in_fields[] = {
        JSON_STR(struct login_in, login, JSON_REQUIRED, 1, 64, "in any case"),
        JSON_STR(struct login_in, password, JSON_REQUIRED, 1, 256, "as typed"),
};
static const struct json_desc login_in = JSON_DESC("LoginIn", struct login_in, login_in_fields);

struct login_out {
        struct me staff;
        const char *csrf;
};
static const struct json_field login_out_fields[] = {
        JSON_OBJ(struct login_out, staff, JSON_REQUIRED, &me_desc, "who logged in"),
        JSON_STR(struct login_out, csrf, JSON_REQUIRED, 0, 0, "goes as X-CSRF-Token with every change"),
};
static const struct json_desc login_out = JSON_DESC("LoginOut", struct login_out, login_out_fields);

static int before_login(struct ctx *ctx, const void *in, void **found)
{
        const struct login_in *i = in;
        return staff_login_check(ctx, i->login, i->password, exchange_peer(ctx->http), (struct staff_checked **)found);
}

int staff_welcome(struct ctx *ctx, const struct staff_session *session, const char *cookie, void *out)
{
        struct login_out *o = out;
        int r = fill_me(ctx, session, &o->staff);
        if (r)
                return r;
        o->csrf = session->csrf;
        exchange_set_cookie(ctx->http, STAFF_COOKIE, cookie, 7 * 24 * 3600);
        return 0;
}

static int post_login(struct ctx *ctx, const void *in, void *out)
{
        (void)in;
        struct staff_session s;
        const char *cookie;
        int r = staff_login_finish(ctx, ctx->before, exchange_peer(ctx->http), &cookie, &s);
        return r ? r : staff_welcome(ctx, &s, cookie, out);
}

static int post_logout(struct ctx *ctx, const void *in, void *out)
{
        (void)in;
        (void)out;
        const char *cookie = exchange_cookie(ctx->http, STAFF_COOKIE);
        int r = staff_visit_end(ctx, cookie);
        if (r < 0)
                return r;
        exchange_set_cookie(ctx->http, STAFF_COOKIE, "", 0);
        return staff_logout(ctx, cookie);
}

/* ---- the people, for the owner ---- */

static const char *const role_names[] = {"owner", "supervisor", "agent", "warehouse", "reader", NULL};

struct person_view {
        int64_t staff_id, created_at;
        const char *login, *name, *role;
        bool disabled;
};
static const struct json_field person_fields[] = {
        JSON_KEY(struct person_view, staff_id, JSON_REQUIRED, "our id"),
        JSON_STR(struct person_view, login, JSON_REQUIRED, 0, 0, "unique, lower case"),
        JSON_STR(struct person_view, name, JSON_REQUIRED, 0, 0, "as customers see it"),
        JSON_CHOICE(struct person_view, role, JSON_REQUIRED, role_names, "what he may"),
        JSON_BOOL(struct person_view, disabled, JSON_REQUIRED, "may not log in"),
        JSON_INT(struct person_view, created_at, JSON_REQUIRED, 0, 0, "ms"),
};
static const struct json_desc person_desc = JSON_DESC("Staff", struct person_view, person_fields);

static struct person_view view_of(const struct staff_person *p)
{
        return (struct person_view){p->staff_id, p->created_at, p->login, p->name, p->role, p->disabled == 1};
}

struct people_out {
        struct person_view *items;
        size_t n;
        const char *next;
};
static const struct json_field people_fields[] = {
        JSON_LIST(struct people_out, items, n, JSON_REQUIRED, 0, &person_desc, "oldest first"),
        JSON_STR(struct people_out, next, 0, 0, 0, "always null"),
};
static const struct json_desc people_desc = JSON_DESC("StaffList", struct people_out, people_fields);

static int get_staff(struct ctx *ctx, const void *in, void *out)
{
        (void)in;
        struct people_out *o = out;
        struct staff_person *people;
        int r = staff_list(ctx, &people, &o->n);
        if (r)
                return r;
        o->items = arena_array(ctx->arena, struct person_view, o->n);
        for (size_t i = 0; i < o->n; i++)
                o->items[i] = view_of(&people[i]);
        return 0;
}

struct create_in {
        const char *login, *name, *role, *password;
};
static const struct json_field create_in_fields[] = {
        JSON_STR(struct create_in, login, JSON_REQUIRED, 1, 64, "in any case"),
        JSON_STR(struct create_in, name, JSON_REQUIRED, 1, 64, "as customers see it"),
        JSON_CHOICE(struct create_in, role, JSON_REQUIRED, role_names, "what he may"),
        JSON_STR(struct create_in, password, JSON_REQUIRED, 1, 256, "8 characters or more"),
};
static const struct json_desc create_in = JSON_DESC("StaffNew", struct create_in, create_in_fields);

static int before_create(struct ctx *ctx, const void *in, void **found)
{
        const char *hash;
        int r = staff_hash(ctx, ((const struct create_in *)in)->password, &hash);
        if (!r)
                *found = arena_strdup(ctx->arena, hash);
        return r;
}

/* The status; of a limit with its sentence. */
static int told(struct ctx *ctx, int status)
{
        const char *zh, *en;
        if (status != STAFF_E_LIMIT)
                return status;
        int r = shops_limit_why(ctx, SHOPS_LIMIT_STAFF, &zh, &en);
        if (!r)
                exchange_why(ctx->http, zh, en);
        return r ? r : status;
}

static int post_staff(struct ctx *ctx, const void *in, void *out)
{
        const struct create_in *i = in;
        struct staff_person p;
        int64_t id;
        int r = told(ctx, staff_insert(ctx, i->login, i->name, i->role, ctx->before, &id));
        if (!r)
                r = staff_get(ctx, id, &p);
        if (!r)
                *(struct person_view *)out = view_of(&p);
        return r;
}

struct change_in {
        int64_t staff_id;
        const char *name, *role, *password;
        const char *disabled; /* raw: absent, true and false are three things */
};
static const struct json_field change_in_fields[] = {
        JSON_KEY(struct change_in, staff_id, JSON_REQUIRED, "the person"),
        JSON_STR(struct change_in, name, 0, 1, 64, "absent: as it is"),
        JSON_CHOICE(struct change_in, role, 0, role_names, "absent: as it is"),
        JSON_RAW(struct change_in, disabled, 0, "true or false; absent: as it is"),
        JSON_STR(struct change_in, password, 0, 1, 256, "8 characters or more; absent: as it is"),
};
static const struct json_desc change_in = JSON_DESC("StaffChange", struct change_in, change_in_fields);

static int before_change(struct ctx *ctx, const void *in, void **found)
{
        const struct change_in *i = in;
        const char *hash;
        if (!i->password)
                return 0;
        int r = staff_hash(ctx, i->password, &hash);
        if (!r)
                *found = arena_strdup(ctx->arena, hash);
        return r;
}

static int put_staff(struct ctx *ctx, const void *in, void *out)
{
        const struct change_in *i = in;
        struct staff_person p;
        bool disabled = text_eq(i->disabled, "true");
        if (i->disabled && !disabled && !text_eq(i->disabled, "false"))
                return STAFF_E_BAD;
        struct staff_change change = {
                .name = i->name, .role = i->role, .hash = ctx->before, .disabled = i->disabled ? &disabled : NULL};
        int r = told(ctx, staff_change(ctx, i->staff_id, &change, &p));
        if (r == STAFF_E_WEAK)
                exchange_why(ctx->http, "店主只用密码登录：请同时给他设一个密码，至少 8 个字符。",
                             "Owners sign in with passwords only: give him one of 8 characters or more as well.");
        if (!r)
                *(struct person_view *)out = view_of(&p);
        return r;
}

static const struct problem problems[] = {
        {STAFF_E_NONE, 404, "staff.none", "没有这个人，请刷新后重试。", "No such person; reload the page."},
        {STAFF_E_EXISTS, 409, "staff.exists", "这个登录名已被使用，请换一个。", "This login is taken; choose another."},
        {STAFF_E_REFUSED, 401, "staff.refused", "登录名或密码不对。", "Wrong login or password."},
        {STAFF_E_THROTTLED, 429, "staff.throttled", "尝试次数太多，请五分钟后再试。",
         "Too many tries; try again in five minutes."},
        {STAFF_E_WEAK, 422, "staff.weak", "密码至少 8 个字符。", "A password has 8 characters or more."},
        {STAFF_E_ROLE, 422, "staff.role", "角色不对，或者这样就没有店主了：至少保留一位店主。",
         "No such role, or the last owner would be lost: keep one."},
        {STAFF_E_EXPIRED, 401, "staff.expired", "登录已过期，请重新登录。", "The session is over; log in again."},
        {STAFF_E_SUSPENDED, 403, "staff.suspended", "商家已被服务方暂停，暂时不能登录；数据都在，请联系为您托管掌柜的服务方。",
         "The merchant is suspended by the host, and nobody gets in; nothing is lost. Ask whoever hosts this installation for you."},
        {STAFF_E_LIMIT, 409, "staff.limit", "约定的人数已经用满。", "As many people as were agreed on may log in."},
        {STAFF_E_BAD, 422, "staff.bad", "disabled 只能是 true 或 false。", "disabled is true or false."},
        {STAFF_E_STATE, 409, "staff.state", "这次登录不是从这个浏览器开始的，或者超过了十分钟。请回到登录页再点一次企业微信登录。",
         "This sign-in was not begun in this browser, or more than ten minutes ago. Go back and begin again."},
        {STAFF_E_MEMBER, 403, "staff.member", "你的企业微信账号已停用、未激活或不在应用的可见范围里，请联系企业微信管理员。",
         "Your WeCom account is disabled, not activated, or outside the app's visible range: ask the WeCom administrator."},
        {STAFF_E_UNLINKED, 403, "staff.unlinked", "店里还没有给你开通。店主或主管在「员工」页给你选好角色后，再登录一次。",
         "Nobody let you in yet. When the owner or a supervisor has chosen a role for you on the staff page, sign in again."},
        {STAFF_E_DISABLED, 403, "staff.disabled", "你在掌柜里的账号已停用，请联系店主。", "Your account here is disabled: ask the owner."},
        {STAFF_E_OWNER, 403, "staff.owner", "店主请用登录名和密码登录。", "Owners sign in with login and password."},
        {STAFF_E_LINKED, 409, "staff.linked", "这位成员或员工已经对应好了，请刷新后重试。", "This member or person is linked already; reload the page."},
        {STAFF_E_GIVE, 403, "staff.give", "这个角色不能由你给：主管由店主指定，店主只能用密码登录。",
         "This role is not yours to give: owners name supervisors, and owners sign in with passwords only."},
        {STAFF_E_AGENT, 422, "staff.agent", "请先填写应用的 AgentId：它在企业微信管理后台「应用管理 → 自建应用」里，Secret 的上方。",
         "Tell the app's AgentId first: it stands above the Secret on the app's page."},
        {STAFF_E_PLATFORM, 502, "staff.platform", "企业微信现在没有应答，请稍后再试，或用密码登录。",
         "WeCom does not answer; try again later, or use a password."},
        {STAFF_E_VISITOR, 403, "staff.visitor", "你不是这个企业的成员，不能这样登录。请用企业成员的企业微信扫码。",
         "You are no member of this corp. Scan with the WeCom of a member."},
        {STAFF_E_CODE, 409, "staff.code", "这次扫码已经用过或过期了，请回到登录页再扫一次。", "This code was used or is too old: go back and scan again."},
        {0},
};

#define SIGN_IN .problems = problems
#define DIRECTORY .permission = "staff.link", .problems = problems

const struct route staff_routes[STAFF_ROUTES] = {
        {"POST", "/api/login", post_login, .before = before_login, .in = &login_in, .out = &login_out,
         .flags = ROUTE_PUBLIC | ROUTE_WRITE | ROUTE_KEEP, .problems = problems, .summary = "Log in"},
        {"GET", "/api/sign-in", staff_get_offers, .in = &staff_offers_in_desc, .out = &staff_offers_desc, .flags = ROUTE_PUBLIC,
         .summary = "Corps whose members may sign in; of several merchants only the one that is named"},
        {"POST", "/api/sign-in", staff_come_from, .before = staff_before_come, .settle = staff_settle_come, .in = &staff_come_in_desc,
         .out = &login_out, .flags = ROUTE_PUBLIC | ROUTE_REMOTE | ROUTE_KEEP, SIGN_IN, .summary = "Come back from WeCom's page of sign-in"},
        {"POST", "/api/sign-in/start", staff_start, .before = staff_before_start, .settle = staff_settle_start,
         .in = &staff_start_in_desc, .out = &staff_start_desc, .flags = ROUTE_PUBLIC | ROUTE_REMOTE, SIGN_IN,
         .summary = "Where to sign in at WeCom: a QR code, or inside its client no question at all"},
        {"GET", "/api/directory", staff_get_directory, .out = &staff_directory_desc, DIRECTORY,
         .summary = "Members of the connected corps, who of them may sign in, and how that is set"},
        {"POST", "/api/directory/links", staff_post_links, .in = &staff_links_in_desc, DIRECTORY, .flags = ROUTE_WRITE, .ok = 204,
         .summary = "Let members sign in, in a role or as a person who has a password"},
        {"DELETE", "/api/directory/links/{account_id}/{userid}", staff_delete_link, .in = &staff_link_in_desc, DIRECTORY,
         .flags = ROUTE_WRITE, .ok = 204, .summary = "A member may sign in no more; his sessions end"},
        {"POST", "/api/directory/{account_id}/sync", staff_post_sync, .in = &staff_sync_in_desc, DIRECTORY, .flags = ROUTE_WRITE,
         .ok = 204, .summary = "List the members again, now"},
        {"PUT", "/api/directory/{account_id}", staff_put_corp, .in = &staff_corp_in_desc, .permission = "staff.manage",
         .flags = ROUTE_WRITE, .problems = problems, .ok = 204, .summary = "Offer signing in by WeCom, to those linked or to everyone"},
        {"POST", "/api/logout", post_logout, .flags = ROUTE_WRITE | ROUTE_SELF, .ok = 204, .summary = "Log out"},
        {"GET", "/api/me", get_me, .out = &me_out_desc, .flags = ROUTE_SELF, .problems = problems, .summary = "Who I am and what I may"},
        {"GET", "/api/staff", get_staff, .out = &people_desc, .permission = "staff.read",
         .summary = "The people who log in"},
        {"POST", "/api/staff", post_staff, .before = before_create, .in = &create_in, .out = &person_desc,
         .permission = "staff.manage", .flags = ROUTE_WRITE, .ok = 201, .problems = problems,
         .summary = "Add a person"},
        {"PUT", "/api/staff/{staff_id}", put_staff, .before = before_change, .in = &change_in, .out = &person_desc,
         .permission = "staff.manage", .flags = ROUTE_WRITE, .problems = problems,
         .summary = "Change a person; a new password or role ends his sessions"},
};
