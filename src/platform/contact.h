/*
 * WeCom customer contact 客户联系 (documents 92571, 92994): who has customers, and who the customers are. As in every
 * product's header: 0 or WX_E_*, *fault always filled, texts in ctx's arena.
 */
#ifndef PLATFORM_CONTACT_H
#define PLATFORM_CONTACT_H

#include "platform/wx.h"

/* Members inside the app's visible range who may have customers. */
int contact_follow_users(struct ctx *, int64_t account_id, const char *const **userids, size_t *n, struct wx_fault *) MUST;

enum { CONTACT_E_OBJECT = 1 }; /* not JSON, or without its id */

struct contact_external {
        const char *external_userid, *name, *avatar, *unionid; /* unionid: of WeChat users of a bound corp */
};
/* Customers of up to 100 members, 100 a page, each as often as members know her. next_cursor NULL = the last page. */
struct contact_page {
        const struct bytes *objects; /* the JSON of each external_contact */
        const char *const *ids;
        size_t n;
        const char *next_cursor;
};
#define CONTACT_USERS_MAX 100

/* Where a list over many members stands, as a text: which hundred of them, and the platform's cursor in it (NULL = its first
 * page). Reading: CONTACT_E_OBJECT when it is no such text. */
const char *contact_place_write(struct arena *, int64_t hundred, const char *cursor);
int contact_place_read(struct arena *, const char *text, int64_t *hundred, const char **cursor) MUST;

int contact_batch(struct ctx *, int64_t account_id, const char *const *userids, size_t n, const char *cursor,
                  struct contact_page *, struct wx_fault *) MUST;
int contact_read(struct arena *, struct bytes raw, struct contact_external *) MUST;

#endif
