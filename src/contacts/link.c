/* Tying identities together, and undoing it. */
#include "contacts/link.h"

#include "store/audit.h"
#include "store/event.h"

static int get_both(struct ctx *ctx, int64_t a, int64_t b, struct contacts_identity *ia, struct contacts_identity *ib)
{
        int r = contacts_identity_get(ctx, a, ia);
        return r ? r : contacts_identity_get(ctx, b, ib);
}

static int exists(struct ctx *ctx, const struct query *q, const struct db_value *args, size_t n, bool *yes)
{
        struct contacts_id_row row;
        int r = db_one_v(ctx, q, &row, args, n);
        if (r && r != DB_E_NONE)
                return status_fold(r);
        *yes = !r;
        return 0;
}

/*
 * What automatic evidence must not overrule: what a person undid; and, unless the platform itself vouches (unionid),
 * another link that says otherwise. She may well send the number of a friend's order.
 */
static int may_link(struct ctx *ctx, const struct contacts_identity *a, const struct contacts_identity *b,
                    const char *evidence)
{
        bool undone = false, rival = false;
        if (text_eq(evidence, "agent"))
                return 0;
        const struct db_value pair[] = {DB_I(ctx->merchant), DB_I(a->identity_id), DB_I(b->identity_id)};
        int r = exists(ctx, &contacts_q_link_undone, pair, countof(pair), &undone);
        if (r)
                return r;
        if (undone)
                return CONTACTS_E_UNDONE;
        if (text_eq(evidence, "unionid"))
                return 0;
        const struct db_value of_b[] = {DB_I(ctx->merchant), DB_I(b->person_id), DB_T(a->kind), DB_I(a->identity_id),
                                        DB_I(0)};
        r = exists(ctx, &contacts_q_rival, of_b, countof(of_b), &rival);
        if (!r && !rival) {
                const struct db_value of_a[] = {DB_I(ctx->merchant), DB_I(a->person_id), DB_T(b->kind),
                                                DB_I(b->identity_id), DB_I(b->account_id)};
                r = exists(ctx, &contacts_q_rival, of_a, countof(of_a), &rival);
        }
        if (r)
                return r;
        return rival ? CONTACTS_E_CONFLICT : 0;
}

static int told(struct ctx *ctx, int64_t a, int64_t b, int64_t link_id)
{
        struct contacts_identity ia, ib;
        int r = get_both(ctx, a, b, &ia, &ib);
        if (r)
                return r;
        ctx_notice(ctx, "contacts", "person", ia.person_id, 0, NULL);
        if (ib.person_id != ia.person_id)
                ctx_notice(ctx, "contacts", "person", ib.person_id, 0, NULL);
        return status_fold(event_raise(ctx, &contacts_event_linked, &(struct contacts_linked){a, b, link_id}));
}

int contacts_link_make(struct ctx *ctx, int64_t a, int64_t b, const char *evidence, const char *detail,
                       int64_t *link_id)
{
        struct contacts_identity ia, ib;
        int r = get_both(ctx, a, b, &ia, &ib);
        if (r)
                return r;
        if (ia.person_id == ib.person_id)
                return CONTACTS_E_SAME;
        r = may_link(ctx, &ia, &ib, evidence);
        if (r)
                return r;
        *link_id = ctx_new_id(ctx);
        r = status_fold(db_exec(ctx, &contacts_q_link_insert, DB_I(ctx->merchant), DB_I(*link_id), DB_I(a), DB_I(b),
                                DB_T(evidence), DB_T(detail), DB_T(ctx->actor.name), DB_I(ctx->now)));
        if (!r)
                r = contacts_regroup(ctx, ia.person_id, ib.person_id);
        if (!r)
                r = status_fold(audit(ctx, "contacts.link", "link", *link_id, NULL));
        return r ? r : told(ctx, a, b, *link_id);
}

int contacts_link_undo(struct ctx *ctx, int64_t link_id)
{
        struct contacts_link link;
        struct contacts_identity a;
        int r = db_one(ctx, &contacts_q_link_get, &link, DB_I(ctx->merchant), DB_I(link_id));
        if (r)
                return r == DB_E_NONE ? CONTACTS_E_NONE : status_fold(r);
        if (link.undone_at)
                return CONTACTS_E_UNDONE;
        r = contacts_identity_get(ctx, link.identity_a, &a);
        if (!r)
                r = status_fold(db_exec(ctx, &contacts_q_link_undo, DB_I(ctx->merchant), DB_I(link_id), DB_I(ctx->now),
                                        DB_T(ctx->actor.name)));
        if (!r)
                r = contacts_regroup(ctx, a.person_id, a.person_id);
        if (!r)
                r = status_fold(audit(ctx, "contacts.unlink", "link", link_id, NULL));
        return r ? r : told(ctx, link.identity_a, link.identity_b, link_id);
}

static const struct json_field linked_fields[] = {
        JSON_KEY(struct contacts_linked, identity_a, JSON_REQUIRED, "one end"),
        JSON_KEY(struct contacts_linked, identity_b, JSON_REQUIRED, "the other end"),
        JSON_KEY(struct contacts_linked, link_id, JSON_REQUIRED, "the link"),
};
static const struct json_desc linked_desc = JSON_DESC("ContactsLinked", struct contacts_linked, linked_fields);

const struct event contacts_event_linked = {
        .name = "contacts.linked",
        .payload = &linked_desc,
        .summary = "a link between two identities was made or undone; their persons may have changed",
};
