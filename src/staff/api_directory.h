/* Shapes and handlers of the directory, for the table in api.c. Private. */
#ifndef STAFF_API_DIRECTORY_H
#define STAFF_API_DIRECTORY_H

#include "staff/api.h"

extern const struct json_desc staff_directory_desc, staff_links_in_desc, staff_link_in_desc, staff_sync_in_desc, staff_corp_in_desc;

int staff_get_directory(struct ctx *, const void *in, void *out) MUST;
int staff_post_links(struct ctx *, const void *in, void *out) MUST;
int staff_delete_link(struct ctx *, const void *in, void *out) MUST;
int staff_post_sync(struct ctx *, const void *in, void *out) MUST;
int staff_put_corp(struct ctx *, const void *in, void *out) MUST;

#endif
