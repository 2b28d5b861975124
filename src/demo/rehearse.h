/*
 * The rehearsal: an evening of in-shop consults, played in a demo of its own (simulator and server on a temporary
 * folder, loopback only) with the merchant's own people and shop name. Nothing of it touches the shop.
 */
#ifndef DEMO_REHEARSE_H
#define DEMO_REHEARSE_H

#include "base/json.h"

/* Whose evening it is; what the demo is told with --cast. */
struct rehearse_person {
        const char *login, *name, *role;
};
struct rehearse_cast {
        int64_t account_id, merchant_id;
        const char *merchant, *shop;
        struct rehearse_person *people;
        size_t n;
};
extern const struct json_desc rehearse_cast_desc;

/* What came of it. */
struct rehearse_share {
        const char *name;
        int64_t answered;
};
struct rehearse_refusal {
        const char *code, *text;
};
struct rehearse_report {
        int64_t consults, arrived, twice, answered, received, first_reply_ms, back_after_ms, took_ms;
        bool ok;
        const char *why;               /* of a failed one: what broke; NULL = nothing */
        struct rehearse_share *people; /* who answered how many */
        size_t n_people;
        struct rehearse_refusal *refused; /* what the rules of the platform would have refused */
        size_t n_refused;
};
extern const struct json_desc rehearse_report_desc;

/* Plays it against a demo that is ready; `ready` is its line. Fills *report, also when something broke. */
int rehearse_play(struct arena *, const char *ready, const struct rehearse_cast *, int64_t consults, struct rehearse_report *) MUST;

#endif
