/* The one file of a multipart/form-data body, as media uploads carry it, and its plain fields. */
#ifndef SIM_MULTIPART_H
#define SIM_MULTIPART_H

#include "base/text.h"

struct multipart {
        struct bytes file;
        const char *filename, *file_field, *mime;
        struct {
                const char *name, *value;
        } field[8];
        size_t n_fields;
};

enum { MULTIPART_E_BAD = 1 };
int multipart_read(struct arena *, const char *content_type, struct bytes body, struct multipart *) MUST;
const char *multipart_field(const struct multipart *, const char *name); /* NULL when absent */

#endif
