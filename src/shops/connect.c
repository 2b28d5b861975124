/* Connecting an account step by step: what is pasted is looked at, the account waits, and the first proofs make it whole. */
#include "shops/rows.h"

#include "base/crypt.h"
#include "base/seal.h"
#include "store/audit.h"
#include "store/check.h"
#include "store/event.h"

#include <string.h>

static const struct json_field event_fields[] = {
        JSON_KEY(struct shops_event, account_id, JSON_REQUIRED, "the account"),
};
static const struct json_desc event_desc = JSON_DESC("ShopsEvent", struct shops_event, event_fields);
const struct event shops_account_connected = {
        "shops.account_connected", &event_desc, "an account passed its first call and its first callback: it works"};

/* ---- what was pasted ---- */

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* The forms in which the platform gives them out. */
struct form {
        const char *kind, *field;
        const char *prefix, *prefix_also;
        size_t length, least; /* exactly, or at least when length is 0 */
        const char *also;     /* characters beside letters and digits */
        const char *zh, *en;  /* what it looks like, and where it stands */
};
static const struct form forms[] = {
        {"wecom", "remote_id", "ww", "wx", 18, 0, "", "企业 ID 是 ww 开头的 18 位字符，在企业微信管理后台「我的企业 → 企业信息」最下方",
         "a corp id has 18 characters and begins with ww; it stands at the bottom of 我的企业 → 企业信息"},
        {"wecom", "secret", "", NULL, 43, 0, "-_", "应用 Secret 是 43 位字符，在「应用管理 → 自建应用」里点“查看”后从企业微信里复制",
         "an app's Secret has 43 characters; press 查看 in 应用管理 → 自建 and copy it from the WeCom client"},
        {"kf", "remote_id", "wk", NULL, 0, 3, "-_", "客服账号编号以 wk 开头", "the id of a 客服 account begins with wk"},
        {"shop", "remote_id", "wx", NULL, 18, 0, "", "AppID 是 wx 开头的 18 位字符，在小店后台「店铺管理 → 开放平台 / 自研」里",
         "an AppID has 18 characters and begins with wx; it stands in the shop's console"},
        {"shop", "secret", "", NULL, 32, 0, "", "AppSecret 是 32 位字母和数字，重置后只显示一次",
         "an AppSecret has 32 letters and digits; it is shown once, when it is reset"},
        {"mp", "remote_id", "wx", NULL, 18, 0, "", "AppID 是 wx 开头的 18 位字符，在「设置与开发 → 基本配置」里",
         "an AppID has 18 characters and begins with wx; it stands in 设置与开发 → 基本配置"},
        {"mp", "secret", "", NULL, 32, 0, "", "AppSecret 是 32 位字母和数字，重置后只显示一次",
         "an AppSecret has 32 letters and digits; it is shown once, when it is reset"},
};

static bool fits(const struct form *f, const char *value)
{
        size_t n = strlen(value), plain = 0;

        if (f->length ? n != f->length : n < f->least || n > 128)
                return false;
        if (!text_starts(value, f->prefix) && !(f->prefix_also && text_starts(value, f->prefix_also)))
                return false;
        while (plain < n && (strchr(LETTERS, value[plain]) || strchr(f->also, value[plain])))
                plain++;
        return plain == n;
}

static struct shops_slip slip(struct arena *a, const struct form *f, const char *value)
{
        const char *field = f->field;

        if (text_empty(value))
                return (struct shops_slip){field, arena_printf(a, "还没有填：%s。", f->zh), arena_printf(a, "empty: %s.", f->en)};
        if (strpbrk(value, " \t\r\n") || strstr(value, "\xc2\xa0") || strstr(value, "\xe3\x80\x80") || strstr(value, "\xe2\x80\x8b"))
                return (struct shops_slip){field, "里面有空格或换行，请重新复制，不要带上前后的空白。",
                                           "There are blanks or line ends in it: copy it again without them."};
        if (fits(f, value))
                return (struct shops_slip){0};
        return (struct shops_slip){field, arena_printf(a, "格式不对（现在是 %zu 位）：%s。", utf8_length(value), f->zh),
                                   arena_printf(a, "not of its form (%zu characters now): %s.", utf8_length(value), f->en)};
}

struct shops_slip shops_slip_of(struct arena *a, const struct shops_new *in)
{
        bool known = false;

        for (size_t i = 0; i < countof(forms); i++) {
                const struct form *f = &forms[i];
                struct shops_slip s;

                if (!text_eq(f->kind, in->kind))
                        continue;
                known = true;
                s = slip(a, f, text_eq(f->field, "secret") ? in->secret : in->remote_id);
                if (s.field)
                        return s;
        }
        if (!known)
                return (struct shops_slip){"kind", "没有这一类账号。", "There is no such kind of account."};
        if (text_empty(in->name) || strlen(in->name) > 120)
                return (struct shops_slip){"name", "请起一个不超过 40 个字的名字。", "Give it a name of at most 120 bytes."};
        return (struct shops_slip){0};
}

/* ---- beginning ---- */

static int pasted(struct ctx *ctx, int64_t account_id, struct shops_pasted *out)
{
        struct shops_callback c;
        int r = shops_callback_at(ctx, account_id, 0, &c);

        *out = (struct shops_pasted){.account_id = account_id};
        if (r)
                return r == SHOPS_E_NONE ? 0 : r; /* a 微信客服 account */
        out->path = arena_printf(ctx->arena, "/callback/%s/%s", c.kind, c.callback_key);
        out->token = c.token;
        out->aes_key = c.aes_key;
        return 0;
}

void shops_tell(struct ctx *ctx, int64_t account_id)
{
        ctx_notice(ctx, "shops", "connection", account_id, 0, NULL);
}

void shops_tell_keys(struct ctx *ctx)
{
        ctx_notice(ctx, "shops", SHOPS_NOTICE_KEYS, 0, 0, NULL);
}

int shops_begin(struct ctx *ctx, const struct shops_new *in, struct shops_pasted *out)
{
        struct shops_new mine = *in;
        struct shops_account known;
        int64_t id;
        int r;

        if (shops_slip_of(ctx->arena, in).field)
                return SHOPS_E_BAD;
        r = shops_account_by_remote(ctx, in->kind, in->remote_id, &known);
        if (r != SHOPS_E_NONE)
                return r ? r : SHOPS_E_EXISTS;
        mine.read_only = true;
        r = shops_account_add(ctx, &mine, 0, &id);
        if (r)
                return r == SHOPS_E_EXISTS ? SHOPS_E_ELSEWHERE : r;
        shops_tell(ctx, id);
        shops_tell_keys(ctx);
        return pasted(ctx, id, out);
}

int shops_renew_callback(struct ctx *ctx, int64_t account_id, struct shops_pasted *out)
{
        struct shops_callback old;
        int r = shops_callback_at(ctx, account_id, 0, &old);

        if (!r)
                r = shops_credential_add(ctx, account_id, NULL, NULL);
        if (!r)
                r = status_fold(audit(ctx, "shops.renew_callback", "account", account_id, NULL));
        if (r)
                return r;
        shops_tell_keys(ctx);
        return pasted(ctx, account_id, out);
}

int shops_set_secret(struct ctx *ctx, int64_t account_id, const char *secret)
{
        struct shops_account account;
        struct shops_new in;
        struct bytes sealed;
        int r = shops_account_get(ctx, account_id, &account);

        if (r)
                return r;
        in = (struct shops_new){.kind = account.kind, .remote_id = account.remote_id, .name = account.name, .secret = secret};
        if (text_eq(account.kind, "kf") || text_eq(shops_slip_of(ctx->arena, &in).field, "secret"))
                return SHOPS_E_BAD;
        sealed = seal_close(ctx->arena, ctx->keys, bytes_of_text(secret),
                            seal_where(ctx->arena, ctx->merchant, "shops_account", account_id));
        r = status_fold(db_exec(ctx, &shops_q_account_secret, DB_I(ctx->merchant), DB_I(account_id), DB_B(sealed)));
        if (!r)
                r = status_fold(audit(ctx, "shops.set_secret", "account", account_id, NULL));
        if (!r)
                shops_tell(ctx, account_id);
        return r;
}

static int drop_one(struct ctx *ctx, int64_t account_id)
{
        const struct query *const all[] = {&shops_q_drop_account, &shops_q_drop_credentials, &shops_q_drop_health,
                                           &shops_q_drop_token};
        int r = check_forget(ctx, account_id);

        for (size_t i = 0; !r && i < countof(all); i++)
                r = status_fold(db_exec(ctx, all[i], DB_I(ctx->merchant), DB_I(account_id)));
        if (!r)
                r = status_fold(audit(ctx, "shops.drop", "account", account_id, NULL));
        shops_tell(ctx, account_id);
        return r;
}

int shops_drop(struct ctx *ctx, int64_t account_id)
{
        struct shops_account *all, account;
        size_t n;
        int r = shops_account_get(ctx, account_id, &account);

        if (r || account.connected_at)
                return r ? r : SHOPS_E_CONNECTED;
        r = shops_account_list(ctx, &all, &n);
        for (size_t i = 0; !r && i < n; i++)
                if (all[i].parent_id == account_id)
                        r = all[i].connected_at ? SHOPS_E_CONNECTED : drop_one(ctx, all[i].account_id);
        if (!r)
                r = drop_one(ctx, account_id);
        if (!r)
                shops_tell_keys(ctx);
        return r;
}

/* ---- proofs ---- */

/* Both proofs are there: from now on the account works. */
static int complete(struct ctx *ctx, int64_t account_id)
{
        int r = db_exec(ctx, &shops_q_account_connected, DB_I(ctx->merchant), DB_I(account_id), DB_I(ctx->now));

        if (r)
                return status_fold(r);
        shops_tell(ctx, account_id);
        if (!db_changed(ctx))
                return 0;
        r = status_fold(audit(ctx, "shops.connected", "account", account_id, NULL));
        return r ? r : event_raise(ctx, &shops_account_connected, &(struct shops_event){account_id});
}

static int note(struct ctx *ctx, int64_t account_id, const struct query *q)
{
        int r = status_fold(db_exec(ctx, q, DB_I(ctx->merchant), DB_I(account_id), DB_I(ctx->now)));

        return r || !db_changed(ctx) ? r : complete(ctx, account_id);
}

int shops_note_callback(struct ctx *ctx, int64_t account_id)
{
        struct shops_pending_row row;
        int r = status_fold(
                db_exec(ctx, &shops_q_health_callback, DB_I(ctx->merchant), DB_I(account_id), DB_I(ctx->now)));

        if (r || !db_changed(ctx))
                return r;
        r = db_one(ctx, &shops_q_pending, &row, DB_I(ctx->merchant), DB_I(account_id));
        return r == DB_E_NONE ? 0 : r ? status_fold(r) : complete(ctx, account_id);
}

int shops_note_call(struct ctx *ctx, int64_t account_id)
{
        return note(ctx, account_id, &shops_q_health_called);
}

int shops_note_url_check(struct ctx *ctx, int64_t account_id)
{
        return note(ctx, account_id, &shops_q_health_url);
}

int shops_note_kf(struct ctx *ctx, int64_t account_id, bool granted)
{
        return note(ctx, account_id, granted ? &shops_q_health_kf_granted : &shops_q_health_kf_heard);
}

bool shops_refusal_of(const char *reason, struct shops_refusal *out)
{
        static const char *const key_reasons[] = {"base64", "length", "padding", "text"};
        static const char renew_zh[] = "在账号卡片里重新生成 Token 和 EncodingAESKey，并整对粘贴到平台的回调配置里。";
        static const char renew_en[] = "Make a new Token and EncodingAESKey in the account's card, and paste both into the platform's callback page.";

        *out = (struct shops_refusal){"平台的回调签名不对：平台上填的 Token 与我们的不同。",
                                      "The platform's callbacks are signed with another Token than ours.", renew_zh, renew_en};
        if (text_eq(reason, "signature"))
                return true;
        *out = (struct shops_refusal){"平台的回调能验签但解不开：平台上填的 EncodingAESKey 与我们的不同。",
                                      "The platform's callbacks are signed rightly but do not open: another EncodingAESKey is set there.",
                                      renew_zh, renew_en};
        for (size_t i = 0; i < countof(key_reasons); i++)
                if (text_eq(reason, key_reasons[i]))
                        return true;
        *out = (struct shops_refusal){"平台的回调是发给另一个企业或 AppID 的。", "The platform's callbacks are meant for another corp id or appid.",
                                      "核对填回调地址的应用与这里填的编号是不是同一个；公众号请选“安全模式”。",
                                      "Check that the address was pasted at the same app; official accounts must use 安全模式."};
        return text_eq(reason, "receive_id") || text_eq(reason, "envelope");
}

/* ---- files at the root ---- */

/* "WW_verify_" or "MP_verify_", letters and digits, ".txt": nothing else is ever served from here. */
static bool site_name(const char *name)
{
        size_t n = name ? strlen(name) : 0, plain = strlen("WW_verify_");

        if (n < plain + 5 || n > 64 || (!text_starts(name, "WW_verify_") && !text_starts(name, "MP_verify_")))
                return false;
        return strspn(name + plain, LETTERS) == n - plain - 4 && text_eq(name + n - 4, ".txt");
}

int shops_site_file_put(struct ctx *ctx, const char *name, const char *content)
{
        size_t n = content ? strlen(content) : 0;
        int r;

        if (!site_name(name) || !n || n > SHOPS_SITE_FILE_MAX || strspn(content, LETTERS "-_=+/.\r\n") != n)
                return SHOPS_E_BAD;
        r = db_exec(ctx, &shops_q_site_file_save, DB_I(ctx->merchant), DB_T(name), DB_T(content), DB_I(ctx->now));
        if (r)
                return r == DB_E_EXISTS ? SHOPS_E_ELSEWHERE : status_fold(r);
        r = status_fold(audit(ctx, "shops.site_file", "merchant", ctx->merchant, NULL));
        if (!r)
                shops_tell_keys(ctx);
        return r;
}

int shops_site_files(struct ctx *ctx, struct shops_site_file **out, size_t *n)
{
        return status_fold(db_all_v(ctx, &shops_q_site_files, (void **)out, n, NULL, 0));
}

int shops_site_files_own(struct ctx *ctx, struct shops_site_file **out, size_t *n)
{
        return status_fold(db_all(ctx, &shops_q_site_files_own, out, n, DB_I(ctx->merchant)));
}
