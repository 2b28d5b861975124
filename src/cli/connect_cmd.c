/* connect: the wizard at a terminal. What it asks for is done in the server, if one runs. */
#include "cli/commands.h"

#include "base/args.h"
#include "platform/kf.h"
#include "store/check.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- the half that works on the data ---- */

struct request {
        const char *command, *act, *kind, *remote_id, *name, *secret, *origin;
        int64_t merchant_id;
};
static const struct json_field request_fields[] = {
        JSON_STR(struct request, command, 0, 0, 0, "connect"),
        JSON_STR(struct request, act, JSON_REQUIRED, 0, 0, "begin, status, file, proxy, list"),
        JSON_STR(struct request, kind, 0, 0, 0, "of begin"),
        JSON_STR(struct request, remote_id, 0, 0, 0, "of begin; of file: its name"),
        JSON_STR(struct request, name, 0, 0, 0, "of begin"),
        JSON_STR(struct request, secret, 0, 0, 0, "of begin; of file: its content; of proxy: its address"),
        JSON_STR(struct request, origin, 0, 0, 0, "how the outside reaches us"),
        JSON_KEY(struct request, merchant_id, 0, "0 = the only one"),
};
static const struct json_desc request_desc = JSON_DESC("ConnectRequest", struct request, request_fields);

struct state {
        const char *kind, *name, *remote_id, *path, *trouble_zh, *trouble_en, *fix_zh, *fix_en;
        int64_t account_id, connected_at, called_at, url_checked_at, heard_at, kf_granted_at, kf_heard_at;
        bool read_only;
};
static const struct json_field state_fields[] = {
        JSON_KEY(struct state, account_id, JSON_REQUIRED, "our id"),
        JSON_STR(struct state, kind, JSON_REQUIRED, 0, 0, "wecom, kf, shop or mp"),
        JSON_STR(struct state, name, JSON_REQUIRED, 0, 0, "as the merchant calls it"),
        JSON_STR(struct state, remote_id, JSON_REQUIRED, 0, 0, "corp id, open_kfid or appid"),
        JSON_STR(struct state, path, 0, 0, 0, "of its callback URL"),
        JSON_BOOL(struct state, read_only, JSON_REQUIRED, "no write call leaves"),
        JSON_INT(struct state, connected_at, JSON_REQUIRED, 0, 0, "ms; 0 = not yet"),
        JSON_INT(struct state, called_at, JSON_REQUIRED, 0, 0, "ms; 0 = not yet"),
        JSON_INT(struct state, url_checked_at, JSON_REQUIRED, 0, 0, "ms; 0 = not yet"),
        JSON_INT(struct state, heard_at, JSON_REQUIRED, 0, 0, "ms; 0 = not yet"),
        JSON_INT(struct state, kf_granted_at, JSON_REQUIRED, 0, 0, "in-shop 客服 may be used, ms; 0 = not yet"),
        JSON_INT(struct state, kf_heard_at, JSON_REQUIRED, 0, 0, "a buyer wrote in-shop, ms; 0 = not yet"),
        JSON_STR(struct state, trouble_zh, 0, 0, 0, "what is in the way"),
        JSON_STR(struct state, trouble_en, 0, 0, 0, "in English"),
        JSON_STR(struct state, fix_zh, 0, 0, 0, "what to do"),
        JSON_STR(struct state, fix_en, 0, 0, 0, "in English"),
};
static const struct json_desc state_desc = JSON_DESC("ConnectState", struct state, state_fields);

struct listed {
        const char *open_kfid, *name;
        bool managed;
};
static const struct json_field listed_fields[] = {
        JSON_STR(struct listed, open_kfid, JSON_REQUIRED, 0, 0, "its id"),
        JSON_STR(struct listed, name, 0, 0, 0, "its name"),
        JSON_BOOL(struct listed, managed, JSON_REQUIRED, "under API management"),
};
static const struct json_desc listed_desc = JSON_DESC("ConnectListed", struct listed, listed_fields);

struct reply {
        bool ok;
        const char *zh, *en; /* when not */
        const char *path, *token, *aes_key;
        int64_t account_id;
        struct state *accounts;
        size_t n;
        struct listed *kf;
        size_t n_kf;
};
static const struct json_field reply_fields[] = {
        JSON_BOOL(struct reply, ok, JSON_REQUIRED, "done"),
        JSON_STR(struct reply, zh, 0, 0, 0, "why not"),
        JSON_STR(struct reply, en, 0, 0, 0, "in English"),
        JSON_STR(struct reply, path, 0, 0, 0, "of the URL to paste"),
        JSON_STR(struct reply, token, 0, 0, 0, "to paste"),
        JSON_STR(struct reply, aes_key, 0, 0, 0, "to paste"),
        JSON_KEY(struct reply, account_id, 0, "begun"),
        JSON_LIST(struct reply, accounts, n, 0, 0, &state_desc, "how far each is"),
        JSON_LIST(struct reply, kf, n_kf, 0, 0, &listed_desc, "微信客服 accounts of the corp"),
};
static const struct json_desc reply_desc = JSON_DESC("ConnectReply", struct reply, reply_fields);

static const struct refusal {
        int status;
        const char *zh, *en;
} refusals[] = {
        {SHOPS_E_BAD, "格式不对，请重新复制。", "Not of the right form: copy it again."},
        {SHOPS_E_EXISTS, "这个账号已经接入了，不用再接一次。", "This account is connected already."},
        {SHOPS_E_ELSEWHERE, "这个账号（或文件）已属于本机的另一个商家，两家不能同时接。",
         "This account (or file) belongs to another merchant of this installation; two cannot have it."},
        {SHOPS_E_PLATFORM, "平台现在没有应答，请检查这台机器能否上网，稍后再试。", "The platform does not answer: check this machine's way out, and try again."},
        {SHOPS_E_NONE, "先接入企业微信，再接它的客服账号。", "Connect the corp first, then its 客服 accounts."},
};

static int refuse(struct reply *out, int r, const char *zh, const char *en)
{
        out->zh = zh;
        out->en = en;
        for (size_t i = 0; !zh && i < countof(refusals); i++)
                if (refusals[i].status == r) {
                        out->zh = refusals[i].zh;
                        out->en = refusals[i].en;
                }
        return out->zh ? 0 : status_fold(r);
}

struct work {
        struct app *app;
        struct request in;
        struct reply out;
        int64_t merchant_id, corp_id; /* of list */
};

/* 0, or a refusal in out. */
static int find_merchant(struct ctx *ctx, struct work *w)
{
        int64_t *ids;
        size_t n;
        int r = shops_merchants(ctx, &ids, &n);

        if (r)
                return r;
        for (size_t i = 0; i < n; i++)
                if (ids[i] == w->in.merchant_id || (n == 1 && !w->in.merchant_id))
                        ctx->merchant = ids[i];
        if (ctx->merchant)
                return 0;
        w->out.zh = n ? "有多个商家，请用 --merchant 指明是哪一个。" : "还没有商家，请先运行 zhanggui init。";
        w->out.en = n ? "There are several merchants: say which with --merchant." : "There is no merchant yet: run zhanggui init first.";
        return 0;
}

static int begin(struct ctx *ctx, void *arg)
{
        struct work *w = arg;
        struct shops_new account = {.kind = w->in.kind, .remote_id = w->in.remote_id, .name = w->in.name, .secret = w->in.secret};
        struct shops_account *corps;
        struct shops_pasted pasted;
        size_t n;
        int r = find_merchant(ctx, w);

        if (r || w->out.zh)
                return r;
        ctx->actor.name = "command line";
        if (text_eq(w->in.kind, "kf")) {
                r = shops_accounts_of(ctx, "wecom", &corps, &n);
                if (!r && n)
                        account.parent_id = corps[0].account_id;
                else if (!r)
                        r = SHOPS_E_NONE;
        }
        if (!r)
                r = shops_begin(ctx, &account, &pasted);
        if (r)
                return r;
        w->out.path = pasted.path;
        w->out.token = pasted.token;
        w->out.aes_key = pasted.aes_key;
        w->out.account_id = pasted.account_id;
        return 0;
}

static int tell_limit(struct ctx *ctx, void *arg)
{
        struct work *w = arg;
        int r = find_merchant(ctx, w);

        return r || w->out.zh ? r : shops_limit_why(ctx, SHOPS_LIMIT_ACCOUNTS, &w->out.zh, &w->out.en);
}

static int put_file(struct ctx *ctx, void *arg)
{
        struct work *w = arg;
        int r = find_merchant(ctx, w);

        if (!r && !w->out.zh)
                r = shops_site_file_put(ctx, w->in.remote_id, w->in.secret);
        return r;
}

static int put_proxy(struct ctx *ctx, void *arg)
{
        struct work *w = arg;
        struct shops_slip slip = text_empty(w->in.secret) ? (struct shops_slip){0} : shops_proxy_slip(ctx->arena, w->in.secret);
        int r = find_merchant(ctx, w);

        if (r || w->out.zh)
                return r;
        if (slip.zh)
                return refuse(&w->out, SHOPS_E_BAD, slip.zh, slip.en);
        ctx->actor.name = "command line";
        return shops_set_proxy(ctx, w->in.secret);
}

static int which_merchant(struct ctx *ctx, void *arg)
{
        struct work *w = arg;
        int r = find_merchant(ctx, w);

        w->merchant_id = ctx->merchant;
        return r;
}

static void add_trouble(const struct check_row *rows, size_t n, struct state *s)
{
        const struct check_row *worst = NULL;

        for (size_t i = 0; i < n; i++)
                if (rows[i].account_id == s->account_id && rows[i].level >= CHECK_WARN && (!worst || rows[i].level > worst->level))
                        worst = &rows[i];
        if (!worst)
                return;
        s->trouble_zh = worst->zh;
        s->trouble_en = worst->en;
        s->fix_zh = worst->fix_zh;
        s->fix_en = worst->fix_en;
}

static int read_states(struct ctx *ctx, void *arg)
{
        struct work *w = arg;
        struct shops_account *accounts;
        struct shops_callback c;
        struct check_row *rows;
        size_t n_rows;
        int r = find_merchant(ctx, w);

        if (r || w->out.zh)
                return r;
        r = shops_account_list(ctx, &accounts, &w->out.n);
        if (!r)
                r = check_list(ctx, &rows, &n_rows);
        if (r)
                return r;
        w->out.accounts = arena_array(ctx->arena, struct state, w->out.n);
        for (size_t i = 0; !r && i < w->out.n; i++) {
                const struct shops_account *a = &accounts[i];

                w->out.accounts[i] = (struct state){
                        .kind = a->kind, .name = a->name, .remote_id = a->remote_id, .account_id = a->account_id,
                        .connected_at = a->connected_at, .called_at = a->called_at, .url_checked_at = a->url_checked_at,
                        .heard_at = a->last_callback_at, .kf_granted_at = a->kf_granted_at, .kf_heard_at = a->kf_heard_at,
                        .read_only = a->read_only == 1};
                add_trouble(rows, n_rows, &w->out.accounts[i]);
                r = shops_callback_at(ctx, a->account_id, 0, &c);
                if (!r)
                        w->out.accounts[i].path = arena_printf(ctx->arena, "/callback/%s/%s", c.kind, c.callback_key);
                r = r == SHOPS_E_NONE ? 0 : r;
        }
        return r;
}

/* Good credentials first, then the row: nothing half-connected. */
static int begin_asked(struct app *app, struct arena *a, struct work *w)
{
        const struct shops_new account = {.kind = w->in.kind, .remote_id = w->in.remote_id, .name = w->in.name, .secret = w->in.secret};
        const char *zh, *en;
        struct ctx ctx;
        int r;

        r = edge_transact(app, a, 0, DB_READ, which_merchant, w);
        if (r || w->out.zh)
                return r;
        edge_ctx(app, &ctx, a, w->merchant_id); /* who asks the platform leaves by his way out */
        ctx.wx = app->wx;
        r = shops_ask(&ctx, &account, w->in.origin, &zh, &en);
        if (r)
                return r < 0 ? r : refuse(&w->out, r, zh, en);
        r = edge_transact(app, a, 0, DB_WRITE, begin, w);
        if (r == SHOPS_E_LIMIT)
                return edge_transact(app, a, 0, DB_READ, tell_limit, w);
        return r > 0 ? refuse(&w->out, r, NULL, NULL) : r;
}

static int find_corp(struct ctx *ctx, void *arg)
{
        struct work *w = arg;
        struct shops_account *corps;
        size_t n;
        int r = find_merchant(ctx, w);

        if (r || w->out.zh)
                return r;
        r = shops_accounts_of(ctx, "wecom", &corps, &n);
        if (r || !n)
                return r ? r : SHOPS_E_NONE;
        w->merchant_id = ctx->merchant;
        w->corp_id = corps[0].account_id;
        return 0;
}

static int list_kf(struct app *app, struct arena *a, struct work *w)
{
        const struct kf_account *list;
        const struct wx_error_row *row;
        struct wx_fault fault;
        struct ctx ctx;
        size_t n;
        int r = edge_transact(app, a, 0, DB_READ, find_corp, w);

        if (r || w->out.zh)
                return r;
        edge_ctx(app, &ctx, a, w->merchant_id);
        ctx.wx = app->wx;
        r = kf_account_list(&ctx, w->corp_id, &list, &n, &fault);
        if (r) {
                row = wx_error("wecom", fault.errcode);
                return r < 0 ? r : refuse(&w->out, SHOPS_E_PLATFORM, row ? row->zh : NULL, row ? row->en : fault.errmsg);
        }
        w->out.kf = arena_array(a, struct listed, n);
        for (size_t i = 0; i < n; i++)
                w->out.kf[w->out.n_kf++] = (struct listed){list[i].open_kfid, list[i].name, list[i].manage_privilege};
        return 0;
}

int answer_connect(struct app *app, struct arena *a, struct bytes in, const char **out)
{
        struct work w = {.app = app};
        int r = json_read(a, in, &request_desc, JSON_STRICT, &w.in, NULL);

        if (r)
                return r < 0 ? r : fatal(EPROTO, "a request that this version does not understand");
        if (text_eq(w.in.act, "begin"))
                r = begin_asked(app, a, &w);
        else if (text_eq(w.in.act, "list"))
                r = list_kf(app, a, &w);
        else if (text_eq(w.in.act, "file"))
                r = edge_transact(app, a, 0, DB_WRITE, put_file, &w);
        else if (text_eq(w.in.act, "proxy"))
                r = edge_transact(app, a, 0, DB_WRITE, put_proxy, &w);
        else
                r = edge_transact(app, a, 0, DB_READ, read_states, &w);
        if (r > 0)
                r = refuse(&w.out, r, NULL, NULL);
        w.out.ok = !w.out.zh;
        if (!r)
                *out = json_write(a, &reply_desc, &w.out);
        return r;
}

/* ---- the half at the terminal ---- */

struct command {
        struct arena a;
        struct conf conf;
        struct request request;
        const char *secret_file, *file;
        int64_t wait_s;
        bool json;
};

static int wrong_usage(const char *why)
{
        fprintf(stderr, "zhanggui connect: %s; see zhanggui connect --help\n", why);
        return 2;
}

static int ask(struct command *c, struct reply *out)
{
        const char *answer;
        int r = control_ask(cli_answers, &c->conf, &c->a, json_write(&c->a, &request_desc, &c->request), &answer);

        if (!r && json_read(&c->a, bytes_of_text(answer), &reply_desc, JSON_LENIENT, out, NULL))
                r = fatal(EPROTO, "the answer is not understood");
        if (r)
                return 1;
        if (c->json)
                printf("%s\n", answer);
        if (out->ok)
                return 0;
        fprintf(stderr, "zhanggui connect: %s\n                  %s\n", out->zh, out->en);
        return 1;
}

/* Where in the platform's pages what goes. */
static const struct {
        const char *kind, *zh, *en;
} places[] = {
        {"wecom", "企业微信管理后台 → 应用管理 → 自建 → 你的应用 → 接收消息 → 设置API接收", "WeCom console → 应用管理 → 自建 → your app → 接收消息 → 设置API接收"},
        {"shop", "微信小店后台 → 服务市场 → 自研 / 开放平台 → 消息推送（安全模式、JSON）", "shop console → 服务市场 → 自研 → 消息推送 (安全模式, JSON)"},
        {"mp", "微信公众平台 → 设置与开发 → 基本配置 → 服务器配置（安全模式）", "mp.weixin.qq.com → 设置与开发 → 基本配置 → 服务器配置 (安全模式)"},
};

static void print_pasted(const struct command *c, const struct reply *r)
{
        const char *origin = text_empty(c->request.origin) ? "https://你的域名" : c->request.origin;

        if (!r->path) {
                printf("已开始接入。请在企业微信后台把这个客服账号设为“通过API管理”，再用自己的微信给它发一句话。\n"
                       "Begun. Put the account under API management in the WeCom console, then write to it from your own WeChat.\n");
                return;
        }
        for (size_t i = 0; i < countof(places); i++)
                if (text_eq(places[i].kind, c->request.kind))
                        printf("把下面三项粘贴到 / paste these at:\n  %s\n  %s\n", places[i].zh, places[i].en);
        printf("\n  URL             %s%s\n  Token           %s\n  EncodingAESKey  %s\n\n", origin, r->path, r->token, r->aes_key);
        printf("它们只显示这一次；账号现在是只读的。\nThey are shown this once; the account is read-only.\n");
}

static void print_states(const struct reply *r)
{
        for (size_t i = 0; i < r->n; i++) {
                const struct state *s = &r->accounts[i];

                printf("%s %-6s %s (%s)%s\n", s->connected_at ? "✓" : "…", s->kind, s->name, s->remote_id, s->read_only ? "  只读 read-only" : "");
                if (!s->connected_at)
                        printf("    调用 call %s   网址检查 URL check %s   回调 callback %s\n", s->called_at ? "✓" : "—",
                               !s->path ? "·" : s->url_checked_at ? "✓" : "—", s->heard_at ? "✓" : "—");
                if (s->trouble_zh)
                        printf("    %s\n    %s\n", s->trouble_zh, s->trouble_en);
                if (s->fix_zh)
                        printf("  → %s\n  → %s\n", s->fix_zh, s->fix_en ? s->fix_en : "");
        }
        if (!r->n)
                printf("还没有接入账号。 No account is connected yet.\n");
}

static int wait_until(struct command *c, int64_t account_id)
{
        int64_t until = clock_mono_ms() + c->wait_s * 1000;
        struct reply r = {0};

        c->request.act = "status";
        c->json = false;
        do {
                if (ask(c, &r))
                        return 1;
                for (size_t i = 0; i < r.n; i++)
                        if (r.accounts[i].account_id == account_id && r.accounts[i].connected_at) {
                                printf("✓ 已接通 connected\n");
                                return 0;
                        }
                nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
        } while (clock_mono_ms() < until);
        print_states(&r);
        fprintf(stderr, "zhanggui connect: 还没有接通 not connected yet\n");
        return 1;
}

static int do_list(struct command *c)
{
        struct reply r = {0};

        c->request.act = "list";
        if (ask(c, &r))
                return 1;
        for (size_t i = 0; !c->json && i < r.n_kf; i++)
                printf("%s  %s%s\n", r.kf[i].open_kfid, r.kf[i].name ? r.kf[i].name : "",
                       r.kf[i].managed ? "" : "  （未交给 API 管理 not under API management）");
        return 0;
}

static int do_begin(struct command *c)
{
        struct reply r = {0};

        c->request.act = "begin";
        if (text_empty(c->request.remote_id))
                return wrong_usage("--id is missing");
        if (text_empty(c->request.name))
                return wrong_usage("--name is missing");
        if (!text_eq(c->request.kind, "kf")) {
                c->request.secret = text_empty(c->secret_file) ? args_line(&c->a, "Secret") : args_file(&c->a, c->secret_file, 512);
                if (!c->request.secret)
                        return wrong_usage("the secret's file cannot be read");
        }
        if (text_empty(c->request.origin))
                c->request.origin = text_empty(c->conf.public_url) ? NULL : c->conf.public_url;
        if (ask(c, &r))
                return 1;
        if (!c->json)
                print_pasted(c, &r);
        return c->wait_s ? wait_until(c, r.account_id) : 0;
}

static int do_file(struct command *c, const char *name)
{
        struct reply r = {0};

        c->request.act = "file";
        c->request.remote_id = name;
        c->request.secret = args_file(&c->a, text_empty(c->file) ? "-" : c->file, SHOPS_SITE_FILE_MAX);
        if (!c->request.secret)
                return wrong_usage("the file cannot be read, or is larger than such files are");
        if (ask(c, &r))
                return 1;
        printf("/%s\n", name);
        return 0;
}

/* The address holds a password, so it comes as secrets do. An empty one: none. */
static int do_proxy(struct command *c)
{
        struct reply r = {0};

        c->request.act = "proxy";
        c->request.secret = text_empty(c->secret_file) ? args_line(&c->a, "URL") : args_file(&c->a, c->secret_file, 512);
        if (!c->request.secret)
                return wrong_usage("the file cannot be read");
        return ask(c, &r) ? 1 : 0;
}

static int do_status(struct command *c, bool shopkf)
{
        struct reply r = {0};

        c->request.act = "status";
        if (ask(c, &r))
                return 1;
        if (c->json)
                return 0;
        if (!shopkf) {
                print_states(&r);
                return 0;
        }
        printf("小店客服（自研客服）只对商家自己的程序开放，切换后小店后台的客服工作台停用：快捷回复、自动回复、转接、排班都不再起作用。\n"
               "先在小店后台申请“自研客服”并由超级管理员扫码切换；未切换前这里只看不动。\n"
               "In-shop 客服 is open to the merchant's own program only; the shop console's own desk stops with it.\n\n");
        for (size_t i = 0; i < r.n; i++)
                if (text_eq(r.accounts[i].kind, "shop"))
                        printf("%s %s   权限 granted %s   消息 message %s\n", r.accounts[i].kf_granted_at && r.accounts[i].kf_heard_at ? "✓" : "…",
                               r.accounts[i].name, r.accounts[i].kf_granted_at ? "✓" : "—", r.accounts[i].kf_heard_at ? "✓" : "—");
        return 0;
}

static int run(struct command *c, int argc, char **argv)
{
        const char *what = argc ? argv[0] : "";
        bool file = text_eq(what, "file");

        if (argc != (file ? 2 : 1))
                return wrong_usage(argc ? "too many words, or too few" : "what is to be connected? shop, wecom, kf, shopkf or mp");
        c->request.kind = what;
        if (file)
                return do_file(c, argv[1]);
        if (text_eq(what, "proxy"))
                return do_proxy(c);
        if (text_eq(what, "status") || text_eq(what, "shopkf"))
                return do_status(c, text_eq(what, "shopkf"));
        if (text_eq(what, "kf") && text_empty(c->request.remote_id))
                return do_list(c);
        if (text_eq(what, "shop") || text_eq(what, "wecom") || text_eq(what, "mp") || text_eq(what, "kf"))
                return do_begin(c);
        return wrong_usage(arena_printf(&c->a, "\"%s\" cannot be connected: shop, wecom, kf, shopkf or mp", what));
}

int cmd_connect(int argc, char **argv)
{
        struct command c = {.request.command = "connect"};
        const char *wait, *merchant;
        int r = 2;

        arena_init(&c.a, 0);
        c.request.remote_id = args_value(&argc, argv, "--id");
        c.request.name = args_value(&argc, argv, "--name");
        c.request.origin = args_value(&argc, argv, "--url");
        c.secret_file = args_value(&argc, argv, "--secret-file");
        c.file = args_value(&argc, argv, "--file");
        c.json = args_switch(&argc, argv, "--json");
        wait = args_value(&argc, argv, "--wait");
        merchant = args_value(&argc, argv, "--merchant");
        if ((wait && text_to_int(wait, 1, 86400, &c.wait_s)) || (merchant && text_to_int(merchant, 1, INT64_MAX, &c.request.merchant_id)))
                r = wrong_usage("--wait takes seconds, --merchant an id");
        else if (conf_read(&c.a, &argc, argv, &c.conf))
                r = run(&c, argc, argv);
        arena_release(&c.a);
        return r;
}
