/* The edge of every request: who asks, may he, one transaction, and what leaves after it. */
#include "edge/edge.h"

#include "base/crypt.h"
#include "edge/others.h"
#include "staff/visit.h"
#include "store/audit.h"
#include "store/store.h"

#include <string.h>

void edge_ctx(struct app *app, struct ctx *ctx, struct arena *arena, int64_t merchant)
{
        store_ctx(ctx, &app->proto, arena, merchant, clock_now(&app->clock));
        ctx->wx = NULL; /* only jobs and REMOTE routes call out */
        ctx->app = app;
}

void edge_publish(struct server *server, const struct notice *n)
{
        push_publish(server, n);
        /* A stream is let in once: who has no session any more must not listen on. */
        if (text_eq(n->topic, "staff") && text_eq(n->kind, STAFF_NOTICE_OUT))
                push_end(server, n->merchant, n->id);
        if (text_eq(n->topic, "shops") && text_eq(n->kind, SHOPS_NOTICE_SUSPENDED))
                push_end(server, n->merchant, 0);
}

/* What is for this process alone is taken out before the others are told. */
static void take_own(struct app *app, struct ctx *ctx)
{
        for (struct notice **n = &ctx->after.first; *n;) {
                if (!text_eq((*n)->kind, CALLBACKS_HEARD)) {
                        n = &(*n)->next;
                        continue;
                }
                callbacks_heard(app, (*n)->id, ctx->now);
                *n = (*n)->next;
        }
}

void edge_committed(void *arg, struct ctx *ctx)
{
        struct app *app = arg;

        take_own(app, ctx);
        /* Before the answer leaves: whoever pastes the new address calls it at once. A failure is logged, and tried again. */
        for (const struct notice *n = ctx->after.first; n; n = n->next)
                if (text_eq(n->kind, SHOPS_NOTICE_KEYS) && text_eq(n->topic, "shops")) {
                        app->callbacks_stale = app->callbacks && callbacks_load(app);
                        break;
                }
        if (ctx->after.first) {
                pthread_rwlock_rdlock(&app->server_lock);
                for (const struct notice *n = ctx->after.first; n && app->server; n = n->next)
                        edge_publish(app->server, n);
                pthread_rwlock_unlock(&app->server_lock);
                others_tell(app, ctx->after.first);
        }
        if (ctx->after.jobs && app->runner)
                job_runner_wake(app->runner);
        ctx_after_clear(ctx);
}

size_t edge_consoles(struct app *app)
{
        size_t n;

        pthread_rwlock_rdlock(&app->server_lock);
        n = app->server ? push_consoles(app->server) : 0;
        pthread_rwlock_unlock(&app->server_lock);
        return n;
}

int edge_transact(struct app *app, struct arena *arena, int64_t merchant, enum db_mode mode,
                  int (*fn)(struct ctx *, void *), void *arg)
{
        struct ctx ctx;
        int r;

        edge_ctx(app, &ctx, arena, merchant);
        r = db_run(app->db, &ctx, mode, fn, arg);
        if (!r)
                edge_committed(app, &ctx);
        return r;
}

/* Finds the session and puts its person into the context; a READ transaction of its own. */
static int find_session(struct app *app, struct ctx *ctx, const char *cookie, struct staff_session *session)
{
        int r;

        if (text_empty(cookie))
                return CALL_NO_SESSION;
        r = db_begin(app->db, ctx, DB_READ);
        if (r)
                return r;
        r = staff_session_find(ctx, cookie, session);
        db_rollback(ctx);
        if (r)
                return r == STAFF_E_EXPIRED ? CALL_NO_SESSION : status_fold(r);
        staff_enter(ctx, session);
        return 0;
}

/* Without a permission that is his, an operator at home may ask only about himself: all else is some merchant's. */
static bool may(const struct ctx *ctx, const struct route *route)
{
        return route->permission ? staff_may(ctx->registry, ctx->actor.role, route->permission)
                                 : ctx->merchant || route->flags & ROUTE_SELF;
}

static int admit(struct app *app, struct ctx *ctx, const struct call *call)
{
        struct staff_session session;
        int r;

        if (call->route->flags & ROUTE_PUBLIC)
                return 0;
        r = find_session(app, ctx, call->session, &session);
        if (r)
                return r;
        if (strcmp(call->route->method, "GET") && !crypt_same(call->csrf, session.csrf))
                return CALL_FORBIDDEN;
        return may(ctx, call->route) ? 0 : CALL_FORBIDDEN;
}

/* What an operator does for a merchant stands in the merchant's audit log, whatever the verb itself writes there. */
static int note_visit(struct ctx *ctx, const struct route *route)
{
        if (ctx->actor.kind != ACTOR_OPERATOR || route->flags & ROUTE_SELF || text_eq(route->method, "GET"))
                return 0;
        return audit(ctx, "visit.change", "route", 0,
                     arena_printf(ctx->arena, "{\"route\":\"%s %s\"}", route->method, route->path));
}

/* The first half of a route that must not hold the write lock while it thinks (password hashing). */
static int run_before(struct app *app, struct ctx *ctx, const struct call *call)
{
        int r;

        if (!call->route->before)
                return 0;
        r = db_begin(app->db, ctx, DB_READ);
        if (r)
                return r;
        r = call->route->before(ctx, call->in, &ctx->before);
        db_rollback(ctx);
        return r;
}

static bool writes(const struct route *route)
{
        return route->flags & ROUTE_WRITE || route->settle;
}

struct running {
        const struct call *call;
        int (*fn)(struct ctx *, const void *in, void *out); /* the route's, or its settle */
        int kept; /* the verb's positive status, of a route that commits with it */
};

static int note_first(struct ctx *ctx, void *arg)
{
        return note_visit(ctx, ((struct running *)arg)->call->route);
}

/* The transaction of a route; it may run more than once. */
static int run_route(struct ctx *ctx, void *arg)
{
        struct running *running = arg;
        const struct call *call = running->call;
        const struct route *route = call->route;
        int r;

        exchange_anew(ctx->http);
        if (route->out)
                memset(call->out, 0, route->out->size);
        r = writes(route) ? db_turn(ctx, false) : 0; /* a batch that goes alone is alone of us, too */
        if (!r)
                r = running->fn(ctx, call->in, call->out);
        if (!r && writes(route))
                r = note_visit(ctx, route);
        if (!r && arena_over(call->arena))
                r = fatal(ENOMEM, "%s %s: the request's memory limit is reached", route->method, route->path);
        if (!r && route->flags & ROUTE_WRITE && !(route->flags & ROUTE_PUBLIC)) /* who works stays signed in */
                r = status_fold(staff_session_prolong(ctx, call->session));
        if (r <= 0 || !(route->flags & ROUTE_KEEP))
                return r;
        running->kept = r;
        return 0;
}

/* A platform that hangs holds a worker for seconds: half of them are always left for everybody else. */
static int call_out(struct app *app, struct ctx *ctx, const struct call *call)
{
        unsigned most = app->conf->workers > 1 ? (unsigned)app->conf->workers / 2 : 1;
        int r = CALL_BUSY;

        if (atomic_fetch_add(&app->calling_out, 1) < most) {
                ctx->wx = app->wx;
                r = call->route->fn(ctx, call->in, call->out);
                ctx->wx = NULL;
        }
        atomic_fetch_sub(&app->calling_out, 1);
        return r;
}

int edge_run_call(void *arg, struct call *call)
{
        struct app *app = arg;
        unsigned flags = call->route->flags;
        struct running running = {.call = call};
        struct ctx ctx;
        int r;

        edge_ctx(app, &ctx, call->arena, 0);
        ctx.http = call->exchange;
        r = admit(app, &ctx, call);
        call->merchant = ctx.merchant;
        if (!r)
                r = run_before(app, &ctx, call);
        if (r)
                return r;
        if (flags & (ROUTE_NO_DB | ROUTE_REMOTE)) {
                if (ctx.actor.kind == ACTOR_OPERATOR && strcmp(call->route->method, "GET")) /* before: it may leave this machine */
                        r = db_run(app->db, &ctx, DB_WRITE, note_first, &running);
                if (r)
                        return r == -EBUSY ? CALL_BUSY : r;
                r = flags & ROUTE_REMOTE ? call_out(app, &ctx, call) : call->route->fn(&ctx, call->in, call->out);
                if (r || !call->route->settle)
                        return r;
        }
        running = (struct running){.call = call, .fn = call->route->settle ? call->route->settle : call->route->fn};
        r = db_run(app->db, &ctx, writes(call->route) ? DB_WRITE : DB_READ, run_route, &running);
        if (!r)
                edge_committed(app, &ctx);
        return r == -EBUSY ? CALL_BUSY : r ? r : running.kept;
}

/* Every topic is named like a domain; whoever may sign in may listen to it for his own merchant. */
static bool topic_known(const struct registry *registry, const char *topic)
{
        for (size_t i = 0; i < registry->n; i++)
                if (text_eq(registry->domains[i]->name, topic))
                        return true;
        return false;
}

int edge_subscribe(void *arg, const char *cookie, const char *const *topics, size_t n, struct push_grant *grant)
{
        struct app *app = arg;
        struct staff_session session;
        struct arena arena;
        struct ctx ctx;
        int r = 0;

        for (size_t i = 0; i < n; i++)
                if (!topic_known(app->proto.registry, topics[i]))
                        return CALL_FORBIDDEN;
        arena_init(&arena, 1 << 20);
        edge_ctx(app, &ctx, &arena, 0);
        r = find_session(app, &ctx, cookie, &session);
        if (!r && !ctx.merchant)
                r = CALL_FORBIDDEN; /* an operator at home: there is nothing to hear */
        if (!r)
                *grant = (struct push_grant){ctx.merchant, session.staff_id, session.visit_until ? session.visit_until - ctx.now : 0};
        arena_release(&arena);
        return r;
}
