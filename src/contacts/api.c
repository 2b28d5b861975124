/* HTTP of contacts: /api/people/{person_id}, /api/links/{link_id}. */
#include "contacts/api.h"
#include "contacts/link.h"

struct identity_view {
        int64_t identity_id, account_id;
        const char *kind, *remote_id, *nickname, *unionid;
};
static const struct json_field identity_fields[] = {
        JSON_KEY(struct identity_view, identity_id, JSON_REQUIRED, "our id"),
        JSON_STR(struct identity_view, kind, JSON_REQUIRED, 0, 0, "kf, shop or mp"),
        JSON_KEY(struct identity_view, account_id, JSON_REQUIRED, "the account in which remote_id means something"),
        JSON_ID(struct identity_view, remote_id, JSON_REQUIRED, "external_userid or openid"),
        JSON_STR(struct identity_view, nickname, 0, 0, 0, "as the platform told it"),
        JSON_STR(struct identity_view, unionid, 0, 0, 0, "when the account is bound to an Open Platform account"),
};
static const struct json_desc identity_desc = JSON_DESC("Identity", struct identity_view, identity_fields);

static const struct json_field link_fields[] = {
        JSON_KEY(struct contacts_link, link_id, JSON_REQUIRED, "our id"),
        JSON_KEY(struct contacts_link, identity_a, JSON_REQUIRED, "one end"),
        JSON_KEY(struct contacts_link, identity_b, JSON_REQUIRED, "the other end"),
        JSON_STR(struct contacts_link, evidence, JSON_REQUIRED, 0, 0, "unionid, order_card, order_number or agent"),
        JSON_STR(struct contacts_link, detail, 0, 0, 0, "JSON: the order number, the message, ..."),
        JSON_STR(struct contacts_link, made_by, JSON_REQUIRED, 0, 0, "who made it"),
        JSON_INT(struct contacts_link, made_at, JSON_REQUIRED, 0, 0, "ms"),
        JSON_INT(struct contacts_link, undone_at, JSON_REQUIRED, 0, 0, "ms; 0 = it holds"),
        JSON_STR(struct contacts_link, undone_by, 0, 0, 0, "who undid it"),
};
static const struct json_desc link_desc = JSON_DESC("Link", struct contacts_link, link_fields);

struct person_view {
        int64_t person_id, created_at;
        const char *name, *note;
        struct identity_view *identities;
        size_t n_identities;
        struct contacts_link *links;
        size_t n_links;
};
static const struct json_field person_fields[] = {
        JSON_KEY(struct person_view, person_id, JSON_REQUIRED, "our id"),
        JSON_STR(struct person_view, name, 0, 0, 0, "given by staff, else the newest nickname"),
        JSON_STR(struct person_view, note, 0, 0, 0, "by staff"),
        JSON_INT(struct person_view, created_at, JSON_REQUIRED, 0, 0, "ms"),
        JSON_LIST(struct person_view, identities, n_identities, JSON_REQUIRED, 0, &identity_desc, "oldest first"),
        JSON_LIST(struct person_view, links, n_links, JSON_REQUIRED, 0, &link_desc, "oldest first, undone ones too"),
};
const struct json_desc contacts_person_json = JSON_DESC("Person", struct person_view, person_fields);

int contacts_person_view(struct ctx *ctx, int64_t person_id, void *out)
{
        struct person_view *v = out;
        struct contacts_person p;
        struct contacts_identity *ids;
        int r = contacts_person_get(ctx, person_id, &p);
        if (!r)
                r = contacts_identities(ctx, person_id, &ids, &v->n_identities);
        if (!r)
                r = contacts_links(ctx, person_id, &v->links, &v->n_links);
        if (r)
                return r;
        v->person_id = p.person_id;
        v->created_at = p.created_at;
        v->name = p.name;
        v->note = p.note;
        v->identities = arena_array(ctx->arena, struct identity_view, v->n_identities);
        for (size_t i = 0; i < v->n_identities; i++)
                v->identities[i] = (struct identity_view){
                        .identity_id = ids[i].identity_id,
                        .account_id = ids[i].account_id,
                        .kind = ids[i].kind,
                        .remote_id = ids[i].remote_id,
                        .nickname = ids[i].nickname,
                        .unionid = ids[i].unionid,
                };
        return 0;
}

struct person_in {
        int64_t person_id;
};
static const struct json_field person_in_fields[] = {
        JSON_KEY(struct person_in, person_id, JSON_REQUIRED, "the person"),
};
static const struct json_desc person_in = JSON_DESC("PersonIn", struct person_in, person_in_fields);

static int get_person(struct ctx *ctx, const void *in, void *out)
{
        return contacts_person_view(ctx, ((const struct person_in *)in)->person_id, out);
}

struct edit_in {
        int64_t person_id;
        const char *name, *note;
};
static const struct json_field edit_in_fields[] = {
        JSON_KEY(struct edit_in, person_id, JSON_REQUIRED, "the person"),
        JSON_STR(struct edit_in, name, 0, 0, 200, "absent: as it is; empty: none"),
        JSON_STR(struct edit_in, note, 0, 0, 4000, "absent: as it is; empty: none"),
};
static const struct json_desc edit_in = JSON_DESC("PersonEdit", struct edit_in, edit_in_fields);

static int put_person(struct ctx *ctx, const void *in, void *out)
{
        const struct edit_in *i = in;
        int r = contacts_person_edit(ctx, i->person_id, i->name, i->note);
        return r ? r : contacts_person_view(ctx, i->person_id, out);
}

struct link_in {
        int64_t link_id;
};
static const struct json_field link_in_fields[] = {
        JSON_KEY(struct link_in, link_id, JSON_REQUIRED, "the link"),
};
static const struct json_desc link_in = JSON_DESC("LinkIn", struct link_in, link_in_fields);

static int delete_link(struct ctx *ctx, const void *in, void *out)
{
        (void)out;
        return contacts_link_undo(ctx, ((const struct link_in *)in)->link_id);
}

static const struct problem problems[] = {
        {CONTACTS_E_NONE, 404, "contacts.none", "没有找到，请刷新后重试。", "Not found; reload the page."},
        {CONTACTS_E_UNDONE, 409, "contacts.undone", "这条关联已经撤销过了。", "This link was undone already."},
        {0},
};

const struct route contacts_routes[3] = {
        {"GET", "/api/people/{person_id}", get_person, .in = &person_in, .out = &contacts_person_json,
         .permission = "contacts.read", .problems = problems, .summary = "A person, her identities and their links"},
        {"PUT", "/api/people/{person_id}", put_person, .in = &edit_in, .out = &contacts_person_json,
         .permission = "contacts.edit", .flags = ROUTE_WRITE, .problems = problems,
         .summary = "Change a person's name or note"},
        {"DELETE", "/api/links/{link_id}", delete_link, .in = &link_in, .permission = "contacts.edit",
         .flags = ROUTE_WRITE, .ok = 204, .problems = problems, .summary = "Undo a link"},
};
