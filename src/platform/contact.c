#include "platform/contact.h"

#include "platform/wx_impl.h"

#include <string.h>

enum { PAGE = 100 };

struct users_out {
        const char *const *follow_user;
        size_t n;
};
static const struct json_field users_fields[] = {JSON_STRS(struct users_out, follow_user, n, 0, 0, "members")};
static const struct json_desc users_desc = JSON_DESC("ContactFollowUsers", struct users_out, users_fields);

const struct wx_api wx_api_contact_follow_users = {
        .name = "contact.follow_users", .kind = "wecom", .method = "GET", .path = "/cgi-bin/externalcontact/get_follow_user_list",
        .out = &users_desc, .settle = WX_READS, .why = "four times a day, before the customers are listed", .source = WECOM_DOC("92571"),
};

int contact_follow_users(struct ctx *ctx, int64_t account_id, const char *const **userids, size_t *n, struct wx_fault *fault)
{
        struct users_out out;
        int r = wx_call(ctx, &wx_api_contact_follow_users, account_id, NULL, &out, fault);

        if (!r) {
                *userids = out.follow_user;
                *n = out.n;
        }
        return r;
}

struct batch_in {
        const char *const *userid_list;
        size_t n;
        const char *cursor;
        int64_t limit;
};
static const struct json_field batch_in_fields[] = {
        JSON_STRS(struct batch_in, userid_list, n, JSON_REQUIRED, CONTACT_USERS_MAX, "members"),
        JSON_STR(struct batch_in, cursor, JSON_OMIT, 0, 0, "of the page before"),
        JSON_INT(struct batch_in, limit, JSON_REQUIRED, 1, PAGE, "most"),
};
static const struct json_desc batch_in_desc = JSON_DESC("ContactBatchIn", struct batch_in, batch_in_fields);
struct row {
        const char *external_contact;
};
static const struct json_field row_fields[] = {JSON_RAW(struct row, external_contact, 0, "who she is")};
static const struct json_desc row_desc = JSON_DESC("ContactBatchRow", struct row, row_fields);
struct batch_out {
        const struct row *external_contact_list;
        size_t n;
        const char *next_cursor;
};
static const struct json_field batch_out_fields[] = {
        JSON_LIST(struct batch_out, external_contact_list, n, 0, 0, &row_desc, "customers"),
        JSON_STR(struct batch_out, next_cursor, 0, 0, 0, "for the next page"),
};
static const struct json_desc batch_out_desc = JSON_DESC("ContactBatch", struct batch_out, batch_out_fields);

const struct wx_api wx_api_contact_batch = {
        .name = "contact.batch", .kind = "wecom", .method = "POST", .path = "/cgi-bin/externalcontact/batch/get_by_user",
        .in = &batch_in_desc, .out = &batch_out_desc, .settle = WX_READS,
        .why = "four times a day, for the customers of the members", .source = WECOM_DOC("92994"),
};

int contact_batch(struct ctx *ctx, int64_t account_id, const char *const *userids, size_t n, const char *cursor,
                  struct contact_page *page, struct wx_fault *fault)
{
        struct batch_in in = {userids, n, cursor, PAGE};
        struct batch_out out;
        int r = wx_call(ctx, &wx_api_contact_batch, account_id, &in, &out, fault);

        if (r)
                return r;
        struct bytes *objects = arena_array(ctx->arena, struct bytes, out.n);
        const char **ids = arena_array(ctx->arena, const char *, out.n);

        *page = (struct contact_page){objects, ids, 0, text_empty(out.next_cursor) ? NULL : out.next_cursor};
        for (size_t i = 0; i < out.n; i++) {
                struct contact_external one;
                struct bytes raw = bytes_of_text(out.external_contact_list[i].external_contact);

                if (contact_read(ctx->arena, raw, &one))
                        continue;
                objects[page->n] = raw;
                ids[page->n++] = one.external_userid;
        }
        return 0;
}

static const struct json_field external_fields[] = {
        JSON_ID(struct contact_external, external_userid, 0, "customer"),
        JSON_STR(struct contact_external, name, 0, 0, 0, "name"),
        JSON_STR(struct contact_external, avatar, 0, 0, 0, "picture"),
        JSON_ID(struct contact_external, unionid, 0, "of a bound corp"),
};
static const struct json_desc external_desc = JSON_DESC("ContactExternal", struct contact_external, external_fields);

int contact_read(struct arena *arena, struct bytes raw, struct contact_external *out)
{
        return json_read(arena, raw, &external_desc, JSON_LENIENT, out, NULL) || text_empty(out->external_userid) ? CONTACT_E_OBJECT
                                                                                                               : 0;
}

const char *contact_place_write(struct arena *arena, int64_t hundred, const char *cursor)
{
        return arena_printf(arena, "%lld:%s", (long long)hundred, cursor ? cursor : "");
}

int contact_place_read(struct arena *arena, const char *text, int64_t *hundred, const char **cursor)
{
        const char *colon = strchr(text, ':');

        if (!colon || text_to_int(arena_strndup(arena, text, (size_t)(colon - text)), 0, 1000000, hundred))
                return CONTACT_E_OBJECT;
        *cursor = text_empty(colon + 1) ? NULL : colon + 1;
        return 0;
}
