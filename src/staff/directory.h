/* The members of WeCom: keeping them, linking them with people, and what their leaving means. Private. */
#ifndef STAFF_DIRECTORY_H
#define STAFF_DIRECTORY_H

#include "staff/staff.h"

#define STAFF_LEFT 5    /* the platform's words for a member's status; 0 is ours */
#define STAFF_OFF 2
#define STAFF_ACTIVE 1
#define STAFF_OUTSIDE 0

/* What the platform told of a member. */
struct staff_seen {
        const char *userid, *name, *department; /* NULL = not told: stays as it was */
        int64_t status;
};
extern const struct json_desc staff_seen_desc;

/*
 * Keeps what was told. Who is active no more loses his sessions in this very transaction; who left or was disabled there
 * is disabled here as well, but for a merchant's last owner, who has his password. Of strangers who left, or whom the app may
 * not see, nothing is kept.
 */
int staff_member_keep(struct ctx *, int64_t account_id, const struct staff_seen *) MUST;
int staff_member_get(struct ctx *, int64_t account_id, const char *userid, struct staff_member *) MUST; /* STAFF_E_NONE */
int staff_member_rename(struct ctx *, int64_t account_id, const char *from, const char *to) MUST;

/* Links a member with a person made for him: supervisor (of an owner's hand alone), agent, warehouse or reader. STAFF_E_NONE,
 * _MEMBER, _LINKED, _GIVE. */
int staff_link_new(struct ctx *, int64_t account_id, const char *userid, const char *role, int64_t *staff_id) MUST;
/* With one who has a password. STAFF_E_NONE, _LINKED, _GIVE. */
int staff_link_known(struct ctx *, int64_t account_id, const char *userid, int64_t staff_id) MUST;
/* His sessions end; a person without a password is disabled. STAFF_E_NONE, _GIVE. */
int staff_unlink(struct ctx *, int64_t account_id, const char *userid) MUST;

/* Whom a whole list did not name though he was there before. */
int staff_members_missing(struct ctx *, int64_t account_id, int64_t since, const char *const **userids, size_t *n) MUST;

/* Word to the consoles: something of these members changed. */
void staff_tell(struct ctx *, int64_t account_id);
const char *staff_status_name(int64_t status); /* "active" "disabled" "inactive" "left" "outside" */
/* An audit row about a member; `why` may be NULL. */
int staff_note(struct ctx *, const char *act, int64_t staff_id, const char *userid, const char *why) MUST;

#endif
