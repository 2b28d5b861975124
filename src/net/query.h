/* Texts of a request line and of headers, decoded. Private to net. */
#ifndef NET_QUERY_H
#define NET_QUERY_H

#include "base/text.h"

/* Walks "a=1&b=%E4%BD%A0": name and value decoded into the arena, '+' is a blank, a part without '=' has value "".
 * URL_E_BAD on a broken one; *next moves on, NULL at the end. */
int query_next(struct arena *, const char **next, char **name, char **value) MUST;

/* A path, or one segment of it; '+' stands for itself. URL_E_BAD: a broken %XX, a NUL, invalid UTF-8. */
int path_decode(struct arena *, const char *, size_t n, const char **out) MUST;

/* Does a comma-separated header ("gzip, br;q=0.5") name `token` with a quality above 0? NULL header: no. */
bool header_lists(const char *header, const char *token);

#endif
