/*
 * Answers under construction: JSON written member by member. The platform's objects are wide, irregular and sometimes
 * wrong on purpose (ids once as numbers, once as strings), which a descriptor could not say.
 *
 *     out_obj(o, "order"); out_str(o, "order_id", id); out_list(o, "lines"); ... out_end(o); out_end(o);
 *
 * In a list the key is NULL. out_init() leaves room for members of an object that the caller wraps.
 */
#ifndef SIM_OUT_H
#define SIM_OUT_H

#include "base/text.h"

struct out {
        struct text text;
        char close[24]; /* what ends each open object or list */
        unsigned depth;
        bool comma;
};

void out_init(struct out *, struct arena *);
void out_obj(struct out *, const char *key);
void out_list(struct out *, const char *key);
void out_end(struct out *);
void out_str(struct out *, const char *key, const char *value); /* NULL is written as "" : the platform's way */
void out_int(struct out *, const char *key, int64_t value);
void out_bool(struct out *, const char *key, bool value);
void out_raw(struct out *, const char *key, const char *json);
void out_dbl(struct out *, const char *key, double value);
/* An id of digits: bare number or quoted. */
void out_id(struct out *, const char *key, const char *digits, bool as_number);
/* Like out_str, but a missing value leaves the member away. */
void out_opt(struct out *, const char *key, const char *value);

#endif
