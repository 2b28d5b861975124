/* Named queries of groups. Private. */
#ifndef GROUPS_ROWS_H
#define GROUPS_ROWS_H

#include "groups/groups.h"

struct group_chat;

extern const struct query groups_q_keep, groups_q_get, groups_q_list, groups_q_of_identity, groups_q_dismiss;
extern const struct query groups_q_member_keep, groups_q_member_sweep;
extern const struct holder groups_holds; /* holdings.c */

/* Keeps a group as it was read, members included. */
int groups_keep(struct ctx *, int64_t account_id, const struct group_chat *) MUST;
int groups_dismiss(struct ctx *, int64_t account_id, const char *chat_id) MUST;

#endif
