/* Private to json_*.c: the library's tree, and the sentences of a fault. */
#ifndef BASE_JSON_TREE_H
#define BASE_JSON_TREE_H

#include "base/json.h"

#include <jansson.h>
#undef JSON_STRICT /* the library's flag for unpacking, which nobody here uses; ours is an enum of base/json.h */

#define JSON_TEXT_MAX (4 << 20) /* bytes */
#define JSON_DEPTH_MAX 64
#define JSON_VALUES_MAX 131072 /* the tree takes some hundred bytes for each */

/* Text -> tree, which the caller gives back with json_decref(). `mend` as JSON_LENIENT says in
 * base/json.h. 0 or JSON_E_SYNTAX. */
int json_tree_load(struct arena *, struct bytes text, bool mend, json_t **out, struct json_fault *) MUST;

/* The text of a string; a NUL in it becomes U+FFFD. */
const char *json_tree_string(struct arena *, const json_t *);

/* A number with its digits: integers exactly, reals in the shortest form that reads back the same. */
const char *json_tree_number(struct arena *, const json_t *);

/* Compact JSON. */
void json_tree_write(struct text *, json_t *);

/* A finite double as JSON; NaN and infinities, which JSON has not, as null. */
void json_write_double(struct text *, double);

/* Fills *fault (may be NULL) and returns `status`. */
int json_refuse(struct json_fault *, int status, const char *path, const char *why, const char *why_zh) MUST;

/* Why a value is refused, for both languages. */
struct json_why {
        const char *en, *zh;
};

/* What a value of the field's type must be: "must be a string". */
struct json_why json_why_type(const struct json_field *);

/* Does the decoded member keep the rules of its field (length, range, choices)? Fills *why when not. */
bool json_rule(struct arena *, const struct json_field *, const void *base, struct json_why *why);

/* The member of a struct that a field describes. */
#define json_member(base, f, type) ((type *)(void *)((char *)(base) + (f)->at))
#define json_member_in(base, f, type) ((type const *)(const void *)((const char *)(base) + (f)->at))
#define json_count(base, f) ((size_t *)(void *)((char *)(base) + (f)->at_count))
#define json_count_in(base, f) (*(const size_t *)(const void *)((const char *)(base) + (f)->at_count))

#endif
