/* Sentences about what became true at the platform: what customers have, what was asked, orders, cases, the ledger. */
#include "base/json.h"
#include "sim/scenario/play.h"

#include <stdlib.h>
#include <string.h>

/* How many elements of the answer's "items" have these values; NULL = any. */
static unsigned count_items(struct play *p, const char *const member[2], const char *const value[2])
{
        unsigned n = 0;

        struct json_leaf *leaf = NULL;
        size_t n_leaves = 0;

        if (!p->answer.body || json_leaves(&p->arena, bytes_of_text(p->answer.body), &leaf, &n_leaves))
                return 0;
        for (size_t i = 0; i < n_leaves; i++) {
                const char *path = leaf[i].path;
                size_t head = strcspn(path, ".") + 1;

                if (!text_starts(path, "items."))
                        continue;
                head += strcspn(path + head, ".") + 1;
                if (!text_eq(path + head, member[0]) || !text_eq(leaf[i].value, value[0]))
                        continue;
                bool fits = !member[1];
                for (size_t j = 0; !fits && j < n_leaves; j++)
                        fits = !strncmp(leaf[j].path, path, head) && text_eq(leaf[j].path + head, member[1]) &&
                               text_eq(leaf[j].value, value[1]);
                n += fits;
        }
        return n;
}

/* The same over all pages of a list. */
static const char *count_pages(struct play *p, const char *path, const char *const member[2], const char *const value[2],
                               unsigned *n)
{
        const char *since = "0";

        for (bool more = true; more;) {
                const char *why = play_sim(p, "GET", play_why(p, "%s&since=%s", path, since), NULL);

                if (why)
                        return why;
                *n += count_items(p, member, value);
                since = play_answer(p, "next");
                more = text_eq(play_answer(p, "more"), "true");
        }
        return NULL;
}

static const char *times(struct play *p, unsigned n, const char *want, const char *what)
{
        return text_eq(play_why(p, "%u", n), want) ? NULL : play_why(p, "%s %u times", what, n);
}

/* ---- what a customer has on her phone ---- */

static const char *has(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *why = play_sim(p, "GET", play_why(p, "/sim/received?customer=%s", arg[1]), NULL);
        return why ? why
                   : times(p, count_items(p, (const char *const[]){"text", NULL}, (const char *const[]){arg[0], NULL}), arg[2],
                           "she has it");
}

static const char *received(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, has, (const char *const[ARGS_MAX]){arg[0], arg[1], "1"});
}

static const char *received_times(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_at_rest(p, has, arg);
}

static const char *never_received(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_at_rest(p, has, (const char *const[ARGS_MAX]){arg[0], arg[1], "0"});
}

/* ---- what was asked of it ---- */

static const char *asked(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *const member[] = {"path", arg[1] ? "errcode" : NULL};
        unsigned n = 0;
        const char *why = count_pages(p, "/sim/log?limit=100", member, arg, &n);

        return why ? why : n ? NULL : arg[1] ? "no such answer" : "nobody asked";
}

static const char *unasked(struct play *p, const char *const arg[ARGS_MAX])
{
        return asked(p, arg) ? NULL : "it was asked";
}

static const char *must_be_asked(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, asked, (const char *const[ARGS_MAX]){arg[0]});
}

static const char *must_not_be_asked(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_at_rest(p, unasked, (const char *const[ARGS_MAX]){arg[0]});
}

static const char *must_have_answered(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, asked, (const char *const[ARGS_MAX]){arg[1], arg[0]});
}

static const char *must_not_have_answered(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_at_rest(p, unasked, (const char *const[ARGS_MAX]){arg[1], arg[0]});
}

/* ---- orders, cases, the ledger ---- */

static const char *order_is(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *why = play_sim(p, "GET", play_why(p, "/sim/order/%s", arg[0]), NULL), *status = play_answer(p, "status");
        return why ? why : text_eq(status, arg[1]) ? NULL : play_why(p, "it is %s", status);
}

static const char *order_must_be(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, order_is, arg);
}

static const char *case_is(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *why = play_sim(p, "GET", play_why(p, "/sim/aftersale/%s", arg[0]), NULL), *got = play_answer(p, arg[2]);
        return why ? why : text_eq(got, arg[1]) ? NULL : play_why(p, "it is %s", got ? got : "missing");
}

static const char *case_must_be(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, case_is, (const char *const[ARGS_MAX]){arg[0], arg[1], "status"});
}

static const char *case_must_go_to(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, case_is, (const char *const[ARGS_MAX]){arg[0], arg[1], "address_id"});
}

static const char *case_agreed_times(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_at_rest(p, case_is, (const char *const[ARGS_MAX]){arg[0], arg[1], "accepts"});
}

static const char *rows_in_ledger(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *const member[] = {"what", arg[2] ? "id" : NULL}, *const value[] = {arg[0], arg[2]};
        unsigned n = 0;
        const char *why = count_pages(p, play_why(p, "/sim/ledger?limit=1000&what=%s", arg[0]), member, value, &n);

        return why ? why : times(p, n, arg[1], "it stands there");
}

static const char *ledger_times(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_at_rest(p, rows_in_ledger, (const char *const[ARGS_MAX]){arg[0], arg[1]});
}

static const char *ledger_times_of(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_at_rest(p, rows_in_ledger, (const char *const[ARGS_MAX]){arg[0], arg[2], arg[1]});
}

static const struct sentence rows[] = {
        {"platform must have received TEXT for CUSTOMER", "it is on her phone, once", received, .check = true},
        {"platform must have received TEXT for CUSTOMER NUMBER times", "", received_times, .check = true},
        {"platform must not have received TEXT for CUSTOMER", "", never_received, .check = true},
        {"platform must have been asked PATH", "by anybody, whatever it answered", must_be_asked, .check = true},
        {"platform must not have been asked PATH", "", must_not_be_asked, .check = true},
        {"platform must have answered NUMBER to PATH", "an errcode", must_have_answered, .check = true},
        {"platform must not have answered NUMBER to PATH", "", must_not_have_answered, .check = true},
        {"order ORDER must be NUMBER", "the status at the platform", order_must_be, .check = true},
        {"case CASE must be WORD", "", case_must_be, .check = true},
        {"case CASE must go to WORD", "an address_id", case_must_go_to, .check = true},
        {"case CASE must have been agreed NUMBER times", "", case_agreed_times, .check = true},
        {"ledger must show WORD NUMBER times", "rows: push ack nack gave_up dropped said received ...", ledger_times, .check = true},
        {"ledger must show WORD of WORD NUMBER times", "rows of this kind and id", ledger_times_of, .check = true},
};

const struct sentence_table sentences_platform = {"What must be true at the platform", rows, countof(rows)};
