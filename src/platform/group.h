/*
 * Customers' groups 客户群 (documents 92120, 92122): which there are, and who is in them. As in every product's header: 0 or
 * WX_E_*, *fault always filled, texts in ctx's arena.
 */
#ifndef PLATFORM_GROUP_H
#define PLATFORM_GROUP_H

#include "platform/wx.h"

#define GROUP_OWNERS_MAX 100

/* Groups of up to 100 owners, 1,000 a page. next_cursor NULL = the last page. */
struct group_page {
        const char *const *chat_ids;
        size_t n;
        const char *next_cursor;
};
int group_list(struct ctx *, int64_t account_id, const char *const *owners, size_t n, const char *cursor, struct group_page *,
               struct wx_fault *) MUST;

struct group_member {
        const char *userid;  /* of staff, or the external_userid of a customer */
        const char *unionid; /* of customers of a bound corp */
        const char *name;
        int64_t type;        /* 1 staff, 2 customer */
        int64_t join_time;   /* s */
        int64_t join_scene;  /* 1 invited, 2 by a link, 3 by a QR code */
};
struct group_chat {
        const char *chat_id, *name, *owner, *notice;
        int64_t create_time; /* s */
        const struct group_member *member_list;
        size_t n;
        const char *member_version;
};
/* The JSON of a group, whole. */
int group_get(struct ctx *, int64_t account_id, const char *chat_id, struct bytes *object, struct wx_fault *) MUST;
enum { GROUP_E_OBJECT = 1 }; /* not JSON, or without its id */
int group_read(struct arena *, struct bytes raw, struct group_chat *) MUST;

#endif
