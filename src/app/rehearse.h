/*
 * The rehearsal: an evening of in-shop consults, played in a demo of its own (demo.h: simulator and server on a temporary
 * folder, loopback only) with the merchant's own people and shop name. Nothing of it touches the shop.
 */
#ifndef APP_REHEARSE_H
#define APP_REHEARSE_H

#include "app/app.h"
#include "net/route.h"

#define REHEARSE_MAX 100 /* consults of one evening */

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

/* The server's half of the button: starts the command beside this server; its report comes back through the control socket. */
extern const struct json_desc rehearse_in_desc;
int rehearse_start(struct ctx *, const void *in, void *out);
extern const struct problem rehearse_problems[];
void rehearse_stop(struct app *); /* ends one that is under way; harmless without */

#endif
