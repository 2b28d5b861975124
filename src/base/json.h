/*
 * JSON: text <-> descriptor <-> struct. The library's tree never leaves json_*.c.
 *
 * A descriptor says which member of a struct belongs to which JSON field. The same descriptor decodes a
 * request, encodes a reply, validates, and is printed as JSON Schema (OpenAPI) and TypeScript.
 *
 *     struct reply_in { int64_t thread_id; const char *text; };
 *     static const struct json_field reply_in_fields[] = {
 *             JSON_KEY(struct reply_in, thread_id, JSON_REQUIRED, "the thread"),
 *             JSON_STR(struct reply_in, text, JSON_REQUIRED, 1, 2048, "what to say; bytes"),
 *     };
 *     const struct json_desc reply_in = JSON_DESC("ReplyIn", struct reply_in, reply_in_fields);
 *
 * Limits: 64 levels deep; 4 MiB of text; 131,072 values; numbers are exact 64-bit integers or doubles.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum json_type {
        JSON_T_STR,  /* const char *; absent or null = NULL */
        JSON_T_ID,   /* const char *: a remote id; number or string in, string out. Digits are kept exactly */
        JSON_T_KEY,  /* int64_t: an id of ours; string in JSON; 0 = absent (null out) */
        JSON_T_INT,  /* int64_t */
        JSON_T_BOOL, /* bool */
        JSON_T_DBL,  /* double */
        JSON_T_RAW,  /* const char *: any JSON value, as compact text */
        JSON_T_OBJ,  /* embedded struct, described by sub */
        JSON_T_PTR,  /* struct pointer, described by sub; absent or null = NULL */
        JSON_T_LIST, /* struct array: pointer and size_t count; elements described by sub */
        JSON_T_STRS, /* const char ** and size_t count: strings, or ids as JSON_T_ID */
};

enum json_flag {
        JSON_REQUIRED = 1, /* in: absent or null is a fault. out: always present */
        JSON_OMIT = 2,     /* out: leave the field away when NULL, 0, false or empty (else null / 0 / false / []) */
};

struct json_desc;

struct json_field {
        const char *name;
        enum json_type type;
        unsigned flags;
        size_t at;                    /* offsetof the member */
        size_t at_count;              /* offsetof the count, for lists */
        int64_t min, max;             /* bytes of a text, range of a number, length of a list; max 0 = no rule */
        const struct json_desc *sub;  /* for OBJ, PTR, LIST */
        const char *const *choices;   /* allowed texts of a STR, ended by NULL; or NULL */
        const char *doc;              /* one line: meaning and unit */
};

struct json_desc {
        const char *name; /* schema name, "ReplyIn" */
        size_t size;      /* sizeof the struct */
        const struct json_field *fields;
        size_t n;
};

#define JSON_DESC(name_, type_, fields_) {(name_), sizeof(type_), (fields_), countof(fields_)}

#define JSON_FIELD_(S, m, T, fl, ...) {.name = #m, .type = (T), .flags = (fl), .at = offsetof(S, m), __VA_ARGS__}
#define JSON_STR(S, m, fl, lo, hi, d) JSON_FIELD_(S, m, JSON_T_STR, fl, .min = (lo), .max = (hi), .doc = (d))
#define JSON_CHOICE(S, m, fl, list, d) JSON_FIELD_(S, m, JSON_T_STR, fl, .choices = (list), .doc = (d))
#define JSON_ID(S, m, fl, d) JSON_FIELD_(S, m, JSON_T_ID, fl, .max = 128, .doc = (d))
#define JSON_KEY(S, m, fl, d) JSON_FIELD_(S, m, JSON_T_KEY, fl, .doc = (d))
#define JSON_INT(S, m, fl, lo, hi, d) JSON_FIELD_(S, m, JSON_T_INT, fl, .min = (lo), .max = (hi), .doc = (d))
#define JSON_BOOL(S, m, fl, d) JSON_FIELD_(S, m, JSON_T_BOOL, fl, .doc = (d))
#define JSON_DBL(S, m, fl, d) JSON_FIELD_(S, m, JSON_T_DBL, fl, .doc = (d))
#define JSON_RAW(S, m, fl, d) JSON_FIELD_(S, m, JSON_T_RAW, fl, .doc = (d))
#define JSON_OBJ(S, m, fl, sub_, d) JSON_FIELD_(S, m, JSON_T_OBJ, fl, .sub = (sub_), .doc = (d))
#define JSON_PTR(S, m, fl, sub_, d) JSON_FIELD_(S, m, JSON_T_PTR, fl, .sub = (sub_), .doc = (d))
#define JSON_LIST(S, m, cnt, fl, hi, sub_, d) \
        JSON_FIELD_(S, m, JSON_T_LIST, fl, .at_count = offsetof(S, cnt), .max = (hi), .sub = (sub_), .doc = (d))
#define JSON_STRS(S, m, cnt, fl, hi, d) \
        JSON_FIELD_(S, m, JSON_T_STRS, fl, .at_count = offsetof(S, cnt), .max = (hi), .doc = (d))

/* Where and why a text was refused: {"list[2].count", "must be 1..100"}. In the caller's arena. */
struct json_fault {
        const char *path; /* "" = the text as a whole */
        const char *why;  /* English, lower case, no full stop */
        const char *why_zh;
};

enum {
        JSON_E_SYNTAX = 1, /* not JSON: bad syntax, bad UTF-8, too deep, too large, duplicate key */
        JSON_E_FIELD = 2,  /* JSON, but not what the descriptor wants; fault.path names the field */
};

enum json_mode {
        JSON_STRICT,  /* our own API: an unknown field or a wrong type is a fault */
        JSON_LENIENT, /* the platform: unknown fields ignored; "5" for 5 and 5 for "5" taken; wrong types = absent;
                         REQUIRED still holds; ranges do not. What people typed may be broken: in strings, NUL, invalid
                         UTF-8 and half surrogate pairs become U+FFFD, raw control characters a blank. A whole number
                         beyond 64 bits is read as a string of its digits */
};

/* Decodes `text` into `out` (zeroed first, desc->size bytes); texts and lists live in the arena.
 * Returns 0, JSON_E_SYNTAX or JSON_E_FIELD with *fault filled (fault may be NULL). */
int json_read(struct arena *, struct bytes text, const struct json_desc *, enum json_mode, void *out,
              struct json_fault *fault) MUST;

/*
 * One text of the platform read into several structs, JSON_LENIENT: parsed once, then taken from as often as needed. json_open()
 * is 0 or JSON_E_SYNTAX (negative never), json_take() 0 or JSON_E_FIELD, also for a text that is no object; what it hands out lives
 * in the arena. json_close() in any case, also behind a failed json_open().
 */
struct json_doc;
int json_open(struct arena *, struct bytes text, struct json_doc **) MUST;
int json_take(const struct json_doc *, const struct json_desc *, void *out) MUST;
void json_close(struct json_doc *);

/* As json_read() from single texts (path and query parameters) into a zeroed struct: one call per parameter, then
 * json_check() for what is required. An empty value is an absent one; STRS takes one text more with each call.
 * JSON_E_FIELD for an unknown name or a bad value. */
int json_read_param(struct arena *, const struct json_desc *, const char *name, const char *value, void *out,
                    struct json_fault *) MUST;

/* Does a struct keep the rules of its descriptor: what is required is there (a number or bool always is), the rest
 * within its limits (an optional number may be 0)? JSON_E_FIELD. */
int json_check(struct arena *, const struct json_desc *, const void *in, struct json_fault *) MUST;

/* Encodes; compact, UTF-8, invalid sequences in texts become U+FFFD. Never fails for a well-formed descriptor. The text
 * of a RAW member goes out as it is: it came from json_read() or json_write(). */
char *json_write(struct arena *, const struct json_desc *, const void *in) __attribute__((returns_nonnull));

/* Does `text` fit the descriptor as a reply: each field there unless OMIT, null only where json_write() makes it, all
 * rules kept? Same statuses as json_read; used by the contract check of tests. */
int json_fits(struct arena *, struct bytes text, const struct json_desc *, struct json_fault *) MUST;

/* The descriptor as JSON Schema (type "object"); sub-descriptors by "#/components/schemas/NAME". */
void json_schema(struct text *, const struct json_desc *);

/*
 * Single values out of a text, for objects that we keep whole: path "order_detail.pay_info.pay_time" or
 * "list.0.name". Number or text alike come as text; objects and lists as compact JSON. NULL when absent or null.
 * Parses each time: for several values decode with a descriptor or json_leaves(). Both mend the text as JSON_LENIENT
 * does.
 */
const char *json_get(struct arena *, struct bytes text, const char *path);

/* All leaves of a text as path -> text (integers keep their digits, reals come in their shortest form; true/false as
 * texts; null left out). A path has at most 1,024 bytes. */
struct json_leaf {
        const char *path, *value;
        char kind; /* of JSON: 's' text, 'n' whole number, 'f' other number, 'b' true or false */
};
int json_leaves(struct arena *, struct bytes text, struct json_leaf **out, size_t *n) MUST; /* JSON_E_SYNTAX */

/* Appends a text as a JSON string with quotes. */
void json_quote(struct text *, const char *);

#endif
