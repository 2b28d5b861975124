/*
 * State tables: states are rows, moves are rows, one function per domain moves an object.
 *
 * A domain declares its states and the allowed moves; state_move() answers whether a move is allowed. The table is
 * checked at start (every state reachable, no move out of a terminal state) and printed into docs/states.md.
 */
#ifndef BASE_STATE_H
#define BASE_STATE_H

#include "base/status.h"
#include "base/text.h"

struct state_row {
        const char *name; /* as stored and as in JSON */
        bool terminal;
        const char *zh, *en; /* what a person reads */
        const char *doc;
};

struct state_move {
        const char *from, *to;
        const char *cause; /* what makes it: "platform", "merchant accepts", ... */
};

struct state_table {
        const char *name; /* "aftersales.case" */
        const char *first; /* state of a new object, or NULL when any state may be first (remote objects) */
        const struct state_row *states;
        size_t n_states;
        const struct state_move *moves;
        size_t n_moves;
};

enum {
        STATE_E_UNKNOWN = 1, /* no such state in the table */
        STATE_E_SAME = 2,    /* from equals to: nothing to do */
        STATE_E_ILLEGAL = 3, /* no such move; the caller decides whether the remote truth wins anyway */
};

int state_move(const struct state_table *, const char *from, const char *to) MUST;
const struct state_row *state_row(const struct state_table *, const char *name); /* NULL when unknown */
int state_check(const struct state_table *) MUST; /* -EINVAL and a log line when the table is inconsistent */

#endif
