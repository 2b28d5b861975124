/*
 * The applier's window: entries of one stream, in order of seq, given out in turn between merchants and in order within each. So
 * an entry of a quiet merchant is the next but few, however many of a loud one came before it.
 *
 * What is applied is then no longer all that lies before some seq. A position therefore has two parts: every entry up to `seq`, and
 * those behind it that `ahead` names, a bit for each seq from seq + 1 on, four in a hexadecimal digit, the lowest first. Both are
 * written in the transaction that applies. Private to the applier's thread.
 */
#ifndef STORE_LEDGER_WINDOW_H
#define STORE_LEDGER_WINDOW_H

#include "store/ledger_impl.h"

#include <uthash.h>

#define LEDGER_WINDOW 8192 /* entries; a power of two */
#define LEDGER_SPAN 16384  /* from the first to the last: bits of `ahead` at most */

struct window_queue;

struct ledger_window {
        struct window_entry {
                const struct ledger_entry *e;
                struct ledger_item *item; /* whose it is; NULL = an arena's */
                uint64_t next;            /* of its merchant; 0 = the last */
                bool applied;             /* or taken */
        } at[LEDGER_WINDOW];              /* entry number i at [i % LEDGER_WINDOW]; numbers begin with 1 */
        uint64_t begin, end;              /* the first that is not applied, and behind the last */
        struct window_queue *queues, *turns; /* of merchants with waiting entries: by merchant, and in the order of their turns */
        uint64_t taken[LEDGER_WINDOW];
        size_t n_taken;
        struct ledger_position from;      /* as it is committed; `ahead` is ours */
};

struct ledger_window *window_new(void); /* NULL = no memory */
void window_free(struct ledger_window *, struct ledger *);

/* An empty window that goes on from there. */
void window_begin(struct ledger_window *, struct ledger_position);
bool window_empty(const struct ledger_window *);
/* May an entry of this stream and seq be added behind the others? */
bool window_room(const struct ledger_window *, int64_t stream, int64_t seq);
/* With an item it belongs to the window; without, the entry outlives it. One that is applied already is passed over. */
void window_add(struct ledger_window *, const struct ledger_entry *, struct ledger_item *);

/* Takes the next in turn; NULL when none is left. */
const struct ledger_entry *window_take(struct ledger_window *);
/* The position once what was taken is committed, in the arena. */
struct ledger_position window_position(const struct ledger_window *, struct arena *);
/* It is committed: the position moves, items that lie before it are given to `done`. */
void window_keep(struct ledger_window *, struct ledger_position, struct ledger_list *done);
/* It is not: what was taken waits again, each in its place. */
void window_undo(struct ledger_window *);
/* The position moved without us: what it is past has been applied. Nothing is taken. */
void window_resync(struct ledger_window *, struct ledger_position, struct ledger_list *done);

#endif
