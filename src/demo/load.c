#include "demo/load.h"

#include "demo/rehearse.h"
#include "staff/staff.h"

static const struct json_field app_fields[] = {
        JSON_STR(struct demo_app, corp_id, 0, 0, 0, ""), JSON_STR(struct demo_app, agent_id, 0, 0, 0, ""),
        JSON_STR(struct demo_app, appid, 0, 0, 0, ""),
        JSON_STR(struct demo_app, secret, 0, 0, 0, ""),  JSON_STR(struct demo_app, name, 0, 0, 0, ""),
        JSON_STR(struct demo_app, token, 0, 0, 0, ""),   JSON_STR(struct demo_app, aes_key, 0, 0, 0, ""),
};
static const struct json_desc app_desc = JSON_DESC("DemoApp", struct demo_app, app_fields);
static const struct json_field kf_fields[] = {
        JSON_STR(struct demo_kf, open_kfid, JSON_REQUIRED, 0, 0, ""),
        JSON_STR(struct demo_kf, name, 0, 0, 0, ""),
};
static const struct json_desc kf_desc = JSON_DESC("DemoKf", struct demo_kf, kf_fields);
static const struct json_field world_fields[] = {
        JSON_BOOL(struct demo_world, ready, JSON_REQUIRED, ""),
        JSON_STR(struct demo_world, url, JSON_REQUIRED, 0, 0, ""),
        JSON_STR(struct demo_world, wecom_base, JSON_REQUIRED, 0, 0, ""),
        JSON_STR(struct demo_world, weixin_base, JSON_REQUIRED, 0, 0, ""),
        JSON_OBJ(struct demo_world, corp, JSON_REQUIRED, &app_desc, ""),
        JSON_LIST(struct demo_world, kf, n_kf, 0, 0, &kf_desc, ""),
        JSON_LIST(struct demo_world, shops, n_shops, 0, 0, &app_desc, ""),
};
static const struct json_desc world_desc = JSON_DESC("DemoWorld", struct demo_world, world_fields);

int demo_world_read(struct arena *a, const char *line, struct demo_world *w)
{
        struct json_fault fault = {0};

        if (json_read(a, bytes_of_text(line), &world_desc, JSON_LENIENT, w, &fault) || !w->ready)
                return fatal(EPROTO, "the simulator's ready line is not understood: %s %s", fault.path ? fault.path : "",
                             fault.why ? fault.why : "");
        return 0;
}

struct load {
        const struct demo_world *world;
        const struct rehearse_cast *cast;
        const char *password;
};

/* Connecting what is connected already is fine: the demo may be started again on its data. */
static int connect_account(struct ctx *ctx, const struct shops_new *account, int64_t *id)
{
        int r = shops_connect(ctx, account, id);

        if (r == SHOPS_E_EXISTS) {
                struct shops_account known;

                r = shops_account_by_remote(ctx, account->kind, account->remote_id, &known);
                if (!r)
                        *id = known.account_id;
        }
        return r > 0 ? status_fold(r) : r;
}

static int name_agent(struct ctx *ctx, int64_t corp, const char *agent_id)
{
        struct shops_account a;
        int r = shops_account_get(ctx, corp, &a);

        if (!r && !a.agent_id && agent_id)
                r = shops_set_agent(ctx, corp, agent_id);
        return status_fold(r);
}

int demo_connect(struct ctx *ctx, const struct demo_world *w)
{
        int64_t corp, id;
        int r = connect_account(ctx,
                                &(struct shops_new){.kind = "wecom", .remote_id = w->corp.corp_id,
                                                    .name = w->corp.name ? w->corp.name : "企业微信", .secret = w->corp.secret,
                                                    .token = w->corp.token, .aes_key = w->corp.aes_key},
                                &corp);

        if (!r)
                r = name_agent(ctx, corp, w->corp.agent_id);
        for (size_t i = 0; !r && i < w->n_kf; i++)
                r = connect_account(ctx,
                                    &(struct shops_new){.kind = "kf", .remote_id = w->kf[i].open_kfid, .name = w->kf[i].name,
                                                        .parent_id = corp},
                                    &id);
        for (size_t i = 0; !r && i < w->n_shops; i++)
                r = connect_account(ctx,
                                    &(struct shops_new){.kind = "shop", .remote_id = w->shops[i].appid, .name = w->shops[i].name,
                                                        .secret = w->shops[i].secret, .token = w->shops[i].token,
                                                        .aes_key = w->shops[i].aes_key},
                                    &id);
        return r;
}

static int create_people(struct ctx *ctx, const struct rehearse_cast *cast, const char *password)
{
        static const struct rehearse_person own[] = {{"xiaolin", "小林", "agent"}, {"awei", "阿伟", "agent"}};
        const struct rehearse_person *people = cast ? cast->people : own;
        size_t n = cast ? cast->n : countof(own);
        int64_t id;
        int r = staff_create(ctx, DEMO_USER, "掌柜", "owner", password, &id);

        for (size_t i = 0; !r && i < n; i++) {
                r = staff_create(ctx, people[i].login, people[i].name, people[i].role, password, &id);
                if (r == STAFF_E_EXISTS) /* one of theirs is called as our owner is */
                        r = 0;
        }
        return r > 0 ? status_fold(r) : r;
}

static int load_merchant(struct ctx *ctx, void *arg)
{
        const struct load *load = arg;
        int64_t *merchants;
        size_t n;
        int r = shops_merchants(ctx, &merchants, &n);

        if (r)
                return r;
        if (n > 0) {
                ctx->merchant = merchants[0];
                return demo_connect(ctx, load->world);
        }
        r = shops_merchant_create(ctx, load->cast ? load->cast->merchant : "清禾小铺", &ctx->merchant);
        if (!r)
                r = create_people(ctx, load->cast, load->password);
        if (!r)
                r = demo_connect(ctx, load->world);
        return r > 0 ? status_fold(r) : r;
}

struct paths {
        struct arena *arena;
        struct demo_callback *items;
        size_t n;
};

static int read_paths(struct ctx *ctx, void *arg)
{
        struct paths *p = arg;
        struct shops_callback *rows;
        size_t n;
        int r = shops_callbacks(ctx, &rows, &n);

        if (r)
                return r;
        p->items = arena_array(p->arena, struct demo_callback, n);
        for (size_t i = 0; i < n; i++)
                p->items[p->n++] = (struct demo_callback){
                        arena_strdup(p->arena, rows[i].kind), arena_strdup(p->arena, rows[i].receive_id),
                        arena_printf(p->arena, "/callback/%s/%s", rows[i].kind, rows[i].callback_key)};
        return 0;
}

int demo_load(const struct conf *conf, const struct demo_world *world, const struct rehearse_cast *cast, const char *password,
              struct arena *a, struct demo_callback **out, size_t *n)
{
        struct load load = {world, cast, password};
        struct paths paths = {.arena = a};
        struct app app = {0};
        int r = app_open(&app, conf);

        if (!r)
                r = edge_transact(&app, &app.arena, 0, DB_WRITE, load_merchant, &load);
        if (!r)
                r = edge_transact(&app, &app.arena, 0, DB_READ, read_paths, &paths);
        app_stop(&app);
        *out = paths.items;
        *n = paths.n;
        return r;
}
