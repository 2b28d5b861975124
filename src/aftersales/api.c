/* HTTP of aftersales. */
#include "aftersales/api.h"
#include "aftersales/find.h"

#include "base/cursor.h"
#include "catalogue/catalogue.h"
#include "contacts/contacts.h"
#include "orders/orders.h"

#include <string.h>

#define OF_PERSON_MAX 50

struct list_out {
        struct aftersales_view *items;
        size_t n;
        const char *next;
};
static const struct json_field list_fields[] = {
        JSON_LIST(struct list_out, items, n, JSON_REQUIRED, 0, &aftersales_view_desc,
                  "waiting: by deadline; else newest"),
        JSON_STR(struct list_out, next, 0, 0, 0, "cursor of the next page; null: none"),
};
static const struct json_desc list_desc = JSON_DESC("Cases", struct list_out, list_fields);

/* ---- the list ---- */

static const char *const states[] = {"waiting", "open", "all", NULL};

struct list_in {
        const char *state, *cursor;
        int64_t limit;
};
static const struct json_field list_in_fields[] = {
        JSON_CHOICE(struct list_in, state, 0, states, "waiting (the default): the merchant must act"),
        JSON_STR(struct list_in, cursor, 0, 0, 64, "of the page before"),
        JSON_INT(struct list_in, limit, 0, 1, 100, "default 50"),
};
static const struct json_desc list_in = JSON_DESC("CasesIn", struct list_in, list_in_fields);

enum { API_E_CURSOR = 100 }; /* beyond the statuses of the header */

static int get_cases(struct ctx *ctx, const void *in, void *out)
{
        const struct list_in *i = in;
        struct list_out *o = out;
        struct aftersales_case *rows;
        int64_t limit = i->limit ? i->limit : 50;
        struct aftersales_filter f = {.state = i->state ? i->state : "waiting", .limit = limit + 1};
        if (cursor_read(i->cursor, &f.at, &f.id))
                return API_E_CURSOR;
        int r = aftersales_list(ctx, &f, &rows, &o->n);
        if (r)
                return r;
        if (o->n > (size_t)limit) {
                o->n = (size_t)limit;
                const struct aftersales_case *last = &rows[o->n - 1];
                int64_t at = text_eq(f.state, "waiting") ? aftersales_due(last) : last->created_at;
                o->next = cursor_write(ctx->arena, at, last->case_id);
        }
        return aftersales_views(ctx, rows, o->n, exchange_english(ctx->http), &o->items);
}

/* ---- one case ---- */

static const struct json_field move_fields[] = {
        JSON_INT(struct aftersales_moved, seq, JSON_REQUIRED, 0, 0, "grows"),
        JSON_INT(struct aftersales_moved, at, JSON_REQUIRED, 0, 0, "ms"),
        JSON_STR(struct aftersales_moved, from, JSON_REQUIRED, 0, 0, "status before; empty: it is the first"),
        JSON_STR(struct aftersales_moved, to, JSON_REQUIRED, 0, 0, "status after; the same: a decision"),
        JSON_STR(struct aftersales_moved, cause, JSON_REQUIRED, 0, 0, "what made it"),
        JSON_STR(struct aftersales_moved, actor, JSON_REQUIRED, 0, 0, "who"),
};
static const struct json_desc move_desc = JSON_DESC("CaseMove", struct aftersales_moved, move_fields);

struct case_in {
        int64_t case_id;
};
static const struct json_field case_in_fields[] = {
        JSON_KEY(struct case_in, case_id, JSON_REQUIRED, "the case"),
};
static const struct json_desc case_in = JSON_DESC("CaseIn", struct case_in, case_in_fields);

struct detail {
        union {
                struct aftersales_view view;
                struct {
                        AFTERSALES_VIEW_MEMBERS
                };
        };
        struct aftersales_moved *moves;
        size_t n_moves;
};
static const struct json_field detail_fields[] = {
        AFTERSALES_VIEW_FIELDS(struct detail),
        JSON_LIST(struct detail, moves, n_moves, JSON_REQUIRED, 0, &move_desc, "oldest first"),
};
static const struct json_desc detail_desc = JSON_DESC("CaseDetail", struct detail, detail_fields);

static int view_case(struct ctx *ctx, int64_t case_id, struct aftersales_view *v)
{
        struct aftersales_case c;
        int r = aftersales_get(ctx, case_id, &c);
        return r ? r : aftersales_view_of(ctx, &c, NULL, exchange_english(ctx->http), v);
}

static int get_case(struct ctx *ctx, const void *in, void *out)
{
        int64_t id = ((const struct case_in *)in)->case_id;
        struct detail *d = out;
        int r = view_case(ctx, id, &d->view);
        return r ? r : aftersales_moves(ctx, id, &d->moves, &d->n_moves);
}

/* ---- what a person chooses from ---- */

struct address_view {
        const char *address_id, *name, *phone_masked, *text;
        bool is_default;
};
static const struct json_field address_fields[] = {
        JSON_ID(struct address_view, address_id, JSON_REQUIRED, "the platform's"),
        JSON_STR(struct address_view, name, JSON_REQUIRED, 0, 0, "contact"),
        JSON_STR(struct address_view, phone_masked, JSON_REQUIRED, 0, 0, "masked"),
        JSON_STR(struct address_view, text, JSON_REQUIRED, 0, 0, "in one line"),
        JSON_BOOL(struct address_view, is_default, JSON_REQUIRED, "of returns"),
};
static const struct json_desc address_desc = JSON_DESC("ReturnAddress", struct address_view, address_fields);

static const struct json_field reason_fields[] = {
        JSON_INT(struct aftersales_reason, reason_type, JSON_REQUIRED, 0, 0, "the platform's"),
        JSON_STR(struct aftersales_reason, text, JSON_REQUIRED, 0, 0, "what to choose by"),
        JSON_STR(struct aftersales_reason, wording, JSON_REQUIRED, 0, 0, "what the buyer reads"),
};
static const struct json_desc reason_desc = JSON_DESC("RejectReason", struct aftersales_reason, reason_fields);

struct options {
        struct address_view *addresses;
        size_t n_addresses;
        struct aftersales_reason *reasons;
        size_t n_reasons;
        const char *buyer_name;
};
static const struct json_field options_fields[] = {
        JSON_LIST(struct options, addresses, n_addresses, JSON_REQUIRED, 0, &address_desc, "the shop's, default first"),
        JSON_LIST(struct options, reasons, n_reasons, JSON_REQUIRED, 0, &reason_desc, "the platform's, for this case"),
        JSON_STR(struct options, buyer_name, 0, 0, 0, "as staff or the platform call her, else masked"),
};
static const struct json_desc options_desc = JSON_DESC("CaseOptions", struct options, options_fields);

/* As staff or the platform call her, else the receiver of the order, masked. */
static int buyer_name(struct ctx *ctx, const struct aftersales_case *c, const char **name)
{
        struct contacts_identity identity;
        struct orders_order order;
        int r = c->identity_id ? contacts_identity_get(ctx, c->identity_id, &identity) : 0;

        *name = NULL;
        if (!r && c->identity_id)
                r = contacts_name(ctx, identity.person_id, name);
        if (r)
                return status_fold(r);
        if (*name || !c->order_id)
                return 0;
        r = orders_get(ctx, c->order_id, &order);
        if (!r)
                *name = order.receiver_masked;
        return status_fold(r);
}

static int get_options(struct ctx *ctx, const void *in, void *out)
{
        struct options *o = out;
        struct aftersales_case c;
        struct catalogue_address *addresses;
        int r = aftersales_get(ctx, ((const struct case_in *)in)->case_id, &c);
        if (r)
                return r;
        r = status_fold(catalogue_addresses(ctx, c.account_id, &addresses, &o->n_addresses));
        if (!r)
                r = aftersales_reasons(ctx, c.account_id, aftersales_scene(&c), &o->reasons, &o->n_reasons);
        if (!r)
                r = buyer_name(ctx, &c, &o->buyer_name);
        if (r)
                return r;
        o->addresses = arena_array(ctx->arena, struct address_view, o->n_addresses);
        for (size_t i = 0; i < o->n_addresses; i++)
                o->addresses[i] = (struct address_view){
                        .address_id = addresses[i].address_id,
                        .name = addresses[i].name,
                        .phone_masked = addresses[i].phone_masked,
                        .text = addresses[i].text,
                        .is_default = addresses[i].is_default == 1,
                };
        return 0;
}

/* ---- deciding ---- */

struct approve_in {
        int64_t case_id, version;
        const char *address_id;
};
static const struct json_field approve_in_fields[] = {
        JSON_KEY(struct approve_in, case_id, JSON_REQUIRED, "the case"),
        JSON_INT(struct approve_in, version, JSON_REQUIRED, 1, INT64_MAX, "as seen"),
        JSON_ID(struct approve_in, address_id, 0, "when needs_address"),
};
static const struct json_desc approve_in = JSON_DESC("CaseApprove", struct approve_in, approve_in_fields);

static int post_approve(struct ctx *ctx, const void *in, void *out)
{
        const struct approve_in *i = in;
        int r = aftersales_approve(ctx, i->case_id, i->version, i->address_id);
        return r ? r : view_case(ctx, i->case_id, out);
}

struct reject_in {
        int64_t case_id, version, reason_type;
        const char *text;
};
static const struct json_field reject_in_fields[] = {
        JSON_KEY(struct reject_in, case_id, JSON_REQUIRED, "the case"),
        JSON_INT(struct reject_in, version, JSON_REQUIRED, 1, INT64_MAX, "as seen"),
        JSON_INT(struct reject_in, reason_type, JSON_REQUIRED, 0, INT64_MAX, "of the options"),
        JSON_STR(struct reject_in, text, 0, 0, 500, "own wording; absent: the reason's"),
};
static const struct json_desc reject_in = JSON_DESC("CaseReject", struct reject_in, reject_in_fields);

static int post_reject(struct ctx *ctx, const void *in, void *out)
{
        const struct reject_in *i = in;
        int r = aftersales_reject(ctx, i->case_id, i->version, i->reason_type, i->text);
        return r ? r : view_case(ctx, i->case_id, out);
}

/* ---- a person's cases ---- */

struct person_in {
        int64_t person_id;
};
static const struct json_field person_in_fields[] = {
        JSON_KEY(struct person_in, person_id, JSON_REQUIRED, "the person"),
};
static const struct json_desc person_in = JSON_DESC("CasesOfIn", struct person_in, person_in_fields);

static int get_of_person(struct ctx *ctx, const void *in, void *out)
{
        struct list_out *o = out;
        struct contacts_identity *identities;
        struct aftersales_case *rows;
        size_t n;
        int r = contacts_identities(ctx, ((const struct person_in *)in)->person_id, &identities, &n);
        if (r)
                return status_fold(r);
        int64_t *ids = arena_array(ctx->arena, int64_t, n);
        for (size_t i = 0; i < n; i++)
                ids[i] = identities[i].identity_id;
        r = aftersales_of_identities(ctx, ids, n, OF_PERSON_MAX, &rows, &o->n);
        return r ? r : aftersales_views(ctx, rows, o->n, exchange_english(ctx->http), &o->items);
}

static const struct problem problems[] = {
        {AFTERSALES_E_NONE, 404, "aftersales.none", "没有这个售后单，请刷新后重试。", "No such case; reload the page."},
        {AFTERSALES_E_STATE, 409, "aftersales.state", "现在不需要商家处理，或者已有决定正在执行。",
         "It does not wait for the merchant, or a decision is on its way."},
        {AFTERSALES_E_STALE, 409, "aftersales.stale", "售后单刚刚有变化，请看过最新内容再决定。",
         "It changed since you looked; look again, then decide."},
        {AFTERSALES_E_ADDRESS, 422, "aftersales.address", "请选择本店的一个退货地址。",
         "Choose one of the shop's return addresses."},
        {AFTERSALES_E_REASON, 422, "aftersales.reason", "请从平台的拒绝原因中选择一项，说明不超过 500 字节。",
         "Choose one of the platform's reasons; the wording has at most 500 bytes."},
        {AFTERSALES_E_READ_ONLY, 409, "aftersales.read_only", "账号处于只读模式：请店主先在账号页开启写入。",
         "The account is read-only: the owner can switch it on the accounts page."},
        {API_E_CURSOR, 400, "aftersales.cursor", "翻页位置无效，请从第一页重新查看。",
         "The cursor is broken; start over."},
        {0},
};

const struct route aftersales_routes[6] = {
        {"GET", "/api/cases", get_cases, .in = &list_in, .out = &list_desc, .permission = "aftersales.read",
         .problems = problems, .summary = "Cases: those that wait for the merchant by deadline, or newest first"},
        {"GET", "/api/cases/{case_id}", get_case, .in = &case_in, .out = &detail_desc, .permission = "aftersales.read",
         .problems = problems, .summary = "A case and its moves"},
        {"POST", "/api/cases/{case_id}/approve", post_approve, .in = &approve_in, .out = &aftersales_view_desc,
         .permission = "aftersales.decide", .flags = ROUTE_WRITE, .problems = problems, .summary = "Agree to a case"},
        {"GET", "/api/cases/{case_id}/options", get_options, .in = &case_in, .out = &options_desc,
         .permission = "aftersales.read", .problems = problems,
         .summary = "Return addresses and refusal reasons to choose from"},
        {"POST", "/api/cases/{case_id}/reject", post_reject, .in = &reject_in, .out = &aftersales_view_desc,
         .permission = "aftersales.decide", .flags = ROUTE_WRITE, .problems = problems, .summary = "Refuse a case"},
        {"GET", "/api/people/{person_id}/cases", get_of_person, .in = &person_in, .out = &list_desc,
         .permission = "aftersales.read", .summary = "A person's newest 50 cases in all shops"},
};
