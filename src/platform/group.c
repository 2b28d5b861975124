#include "platform/group.h"

#include "platform/wx_impl.h"

enum { PAGE = 1000 };

struct owners {
        const char *const *userid_list;
        size_t n;
};
static const struct json_field owners_fields[] = {JSON_STRS(struct owners, userid_list, n, JSON_REQUIRED, GROUP_OWNERS_MAX, "members")};
static const struct json_desc owners_desc = JSON_DESC("GroupOwners", struct owners, owners_fields);

struct list_in {
        struct owners owner_filter;
        const char *cursor;
        int64_t status_filter, limit;
};
static const struct json_field list_in_fields[] = {
        JSON_INT(struct list_in, status_filter, JSON_REQUIRED, 0, 3, "0 = all"),
        JSON_OBJ(struct list_in, owner_filter, JSON_REQUIRED, &owners_desc, "whose; left out it is refused in a large corp (81017)"),
        JSON_STR(struct list_in, cursor, JSON_OMIT, 0, 0, "of the page before"),
        JSON_INT(struct list_in, limit, JSON_REQUIRED, 1, PAGE, "most"),
};
static const struct json_desc list_in_desc = JSON_DESC("GroupListIn", struct list_in, list_in_fields);

struct row {
        const char *chat_id;
};
static const struct json_field row_fields[] = {JSON_STR(struct row, chat_id, 0, 0, 0, "group")};
static const struct json_desc row_desc = JSON_DESC("GroupListRow", struct row, row_fields);
struct list_out {
        const struct row *group_chat_list;
        size_t n;
        const char *next_cursor;
};
static const struct json_field list_out_fields[] = {
        JSON_LIST(struct list_out, group_chat_list, n, 0, 0, &row_desc, "groups"),
        JSON_STR(struct list_out, next_cursor, 0, 0, 0, "for the next page"),
};
static const struct json_desc list_out_desc = JSON_DESC("GroupList", struct list_out, list_out_fields);

const struct wx_api wx_api_group_list = {
        .name = "group.list", .kind = "wecom", .method = "POST", .path = "/cgi-bin/externalcontact/groupchat/list", .in = &list_in_desc,
        .out = &list_out_desc, .settle = WX_READS, .why = "four times a day, for the customers' groups of the members",
        .source = WECOM_DOC("92120"),
};

int group_list(struct ctx *ctx, int64_t account_id, const char *const *owners, size_t n, const char *cursor, struct group_page *page,
               struct wx_fault *fault)
{
        const struct list_in in = {{owners, n}, cursor, 0, PAGE};
        struct list_out out;
        int r = wx_call(ctx, &wx_api_group_list, account_id, &in, &out, fault);

        if (r)
                return r;
        const char **ids = arena_array(ctx->arena, const char *, out.n);
        *page = (struct group_page){ids, 0, text_empty(out.next_cursor) ? NULL : out.next_cursor};
        for (size_t i = 0; i < out.n; i++)
                if (!text_empty(out.group_chat_list[i].chat_id))
                        ids[page->n++] = out.group_chat_list[i].chat_id;
        return 0;
}

struct get_in {
        const char *chat_id;
        int64_t need_name;
};
static const struct json_field get_in_fields[] = {
        JSON_STR(struct get_in, chat_id, JSON_REQUIRED, 1, 64, "group"),
        JSON_INT(struct get_in, need_name, JSON_REQUIRED, 0, 1, "1: members' names too"),
};
static const struct json_desc get_in_desc = JSON_DESC("GroupGetIn", struct get_in, get_in_fields);
struct get_out {
        const char *group_chat;
};
static const struct json_field get_out_fields[] = {JSON_RAW(struct get_out, group_chat, 0, "the group")};
static const struct json_desc get_out_desc = JSON_DESC("GroupGet", struct get_out, get_out_fields);

const struct wx_api wx_api_group_get = {
        .name = "group.get", .kind = "wecom", .method = "POST", .path = "/cgi-bin/externalcontact/groupchat/get", .in = &get_in_desc,
        .out = &get_out_desc, .settle = WX_READS, .why = "when a list names a group, or a callback says that it changed",
        .source = WECOM_DOC("92122"),
};

int group_get(struct ctx *ctx, int64_t account_id, const char *chat_id, struct bytes *object, struct wx_fault *fault)
{
        struct get_out out;
        int r = wx_call(ctx, &wx_api_group_get, account_id, &(struct get_in){chat_id, 1}, &out, fault);

        if (!r)
                *object = bytes_of_text(out.group_chat ? out.group_chat : "{}");
        return r;
}

static const struct json_field member_fields[] = {
        JSON_ID(struct group_member, userid, 0, "who"),       JSON_ID(struct group_member, unionid, 0, "of a bound corp"),
        JSON_STR(struct group_member, name, 0, 0, 0, "name"), JSON_INT(struct group_member, type, 0, 0, 0, "1 staff, 2 customer"),
        JSON_INT(struct group_member, join_time, 0, 0, 0, "s"), JSON_INT(struct group_member, join_scene, 0, 0, 0, "how"),
};
static const struct json_desc member_desc = JSON_DESC("GroupMember", struct group_member, member_fields);
static const struct json_field chat_fields[] = {
        JSON_STR(struct group_chat, chat_id, 0, 0, 0, "group"), JSON_STR(struct group_chat, name, 0, 0, 0, "its name; may be empty"),
        JSON_STR(struct group_chat, owner, 0, 0, 0, "member"),  JSON_STR(struct group_chat, notice, 0, 0, 0, "notice"),
        JSON_INT(struct group_chat, create_time, 0, 0, 0, "s"), JSON_LIST(struct group_chat, member_list, n, 0, 0, &member_desc, "who is in it"),
        JSON_ID(struct group_chat, member_version, 0, "of the list of members"),
};
static const struct json_desc chat_desc = JSON_DESC("GroupChat", struct group_chat, chat_fields);

int group_read(struct arena *arena, struct bytes raw, struct group_chat *out)
{
        return json_read(arena, raw, &chat_desc, JSON_LENIENT, out, NULL) || text_empty(out->chat_id) ? GROUP_E_OBJECT : 0;
}
