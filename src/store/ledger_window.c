#include "store/ledger_window.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

/* The waiting entries of a merchant. */
struct window_queue {
        int64_t merchant;
        uint64_t first, last;
        struct window_queue *prev, *next; /* whose turn comes before and after */
        UT_hash_handle hh;
};

static struct window_entry *entry(struct ledger_window *w, uint64_t i)
{
        return &w->at[i % LEDGER_WINDOW];
}

static int64_t seq_of(const struct ledger_window *w, uint64_t i)
{
        return w->at[i % LEDGER_WINDOW].e->seq;
}

/* ---- whose turn it is ---- */

static struct window_queue *queue_of(struct ledger_window *w, int64_t merchant)
{
        struct window_queue *q;

        HASH_FIND(hh, w->queues, &merchant, sizeof(merchant), q);
        if (q)
                return q;
        q = calloc(1, sizeof(*q));
        if (!q)
                abort(); /* no memory: see base/arena.h */
        q->merchant = merchant;
        HASH_ADD(hh, w->queues, merchant, sizeof(q->merchant), q);
        DL_APPEND(w->turns, q);
        return q;
}

static void queue_end(struct ledger_window *w, struct window_queue *q)
{
        DL_DELETE(w->turns, q);
        HASH_DELETE(hh, w->queues, q);
        free(q);
}

static void wait_last(struct ledger_window *w, uint64_t i)
{
        struct window_queue *q = queue_of(w, entry(w, i)->e->merchant_id);

        entry(w, i)->next = 0;
        if (q->first)
                entry(w, q->last)->next = i;
        else
                q->first = i;
        q->last = i;
}

static void wait_first(struct ledger_window *w, uint64_t i)
{
        struct window_queue *q = queue_of(w, entry(w, i)->e->merchant_id);

        entry(w, i)->next = q->first;
        q->first = i;
        if (!q->last)
                q->last = i;
}

const struct ledger_entry *window_take(struct ledger_window *w)
{
        struct window_queue *q = w->turns;
        uint64_t i;

        if (!q)
                return NULL;
        i = q->first;
        q->first = entry(w, i)->next;
        if (q->first) {
                DL_DELETE(w->turns, q);
                DL_APPEND(w->turns, q);
        } else {
                queue_end(w, q);
        }
        entry(w, i)->applied = true;
        w->taken[w->n_taken++] = i;
        return entry(w, i)->e;
}

void window_undo(struct ledger_window *w)
{
        while (w->n_taken > 0) {
                uint64_t i = w->taken[--w->n_taken];

                entry(w, i)->applied = false;
                wait_first(w, i);
        }
}

/* ---- positions ---- */

static int digit(char c)
{
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

static bool named(const struct ledger_position *at, int64_t seq)
{
        size_t bit = (size_t)(seq - at->seq - 1);

        return seq <= at->seq || (bit / 4 < strlen(at->ahead) && digit(at->ahead[bit / 4]) >> bit % 4 & 1);
}

static void name(char *ahead, int64_t from, int64_t seq)
{
        size_t bit = (size_t)(seq - from - 1);

        ahead[bit / 4] = "0123456789abcdef"[digit(ahead[bit / 4]) | 1 << bit % 4];
}

struct ledger_position window_position(const struct ledger_window *w, struct arena *a)
{
        struct ledger_position to = {.stream = w->from.stream, .seq = w->from.seq};
        int64_t known = w->from.seq + 4 * (int64_t)strlen(w->from.ahead), last = known;
        uint64_t i = w->begin;
        size_t n;
        char *ahead;

        if (i < w->end && seq_of(w, i) - 1 > to.seq)
                to.seq = seq_of(w, i) - 1; /* numbers of entries that were never written */
        for (; i < w->end && w->at[i % LEDGER_WINDOW].applied; i++)
                to.seq = seq_of(w, i);
        if (w->end > i && seq_of(w, w->end - 1) > last)
                last = seq_of(w, w->end - 1);
        n = last > to.seq ? (size_t)(last - to.seq + 3) / 4 : 0;
        ahead = arena_alloc(a, n + 1);
        memset(ahead, '0', n);
        ahead[n] = '\0';
        for (; i < w->end; i++)
                if (w->at[i % LEDGER_WINDOW].applied)
                        name(ahead, to.seq, seq_of(w, i));
        /* Those that were not read yet are named still. */
        for (int64_t seq = to.seq + 1; seq <= known; seq++)
                if (named(&w->from, seq))
                        name(ahead, to.seq, seq);
        while (n > 0 && ahead[n - 1] == '0')
                ahead[--n] = '\0';
        to.ahead = ahead;
        return to;
}

static void move(struct ledger_window *w, struct ledger_position to, struct ledger_list *done)
{
        char *was = w->from.ahead;

        w->from = to;
        w->from.ahead = strdup(to.ahead ? to.ahead : "");
        if (!w->from.ahead)
                abort(); /* no memory: see base/arena.h */
        free(was);
        for (; w->begin < w->end && entry(w, w->begin)->applied; w->begin++)
                if (entry(w, w->begin)->item)
                        ledger_list_add(done, entry(w, w->begin)->item);
}

void window_keep(struct ledger_window *w, struct ledger_position to, struct ledger_list *done)
{
        w->n_taken = 0;
        move(w, to, done);
}

void window_resync(struct ledger_window *w, struct ledger_position to, struct ledger_list *done)
{
        while (w->turns)
                queue_end(w, w->turns);
        for (uint64_t i = w->begin; i < w->end; i++) {
                entry(w, i)->applied = named(&to, entry(w, i)->e->seq);
                if (!entry(w, i)->applied)
                        wait_last(w, i);
        }
        move(w, to, done);
}

/* ---- filling ---- */

struct ledger_window *window_new(void)
{
        struct ledger_window *w = calloc(1, sizeof(*w));

        if (w)
                w->begin = w->end = 1;
        return w;
}

void window_free(struct ledger_window *w, struct ledger *l)
{
        struct ledger_list rest;

        if (!w)
                return;
        ledger_list_init(&rest);
        while (w->turns)
                queue_end(w, w->turns);
        for (; w->begin < w->end; w->begin++)
                if (entry(w, w->begin)->item)
                        ledger_list_add(&rest, entry(w, w->begin)->item);
        pthread_mutex_lock(&l->lock);
        ledger_items_free(l, &rest);
        pthread_mutex_unlock(&l->lock);
        free(w->from.ahead);
        free(w);
}

void window_begin(struct ledger_window *w, struct ledger_position from)
{
        move(w, from, NULL); /* nothing is in it */
}

bool window_empty(const struct ledger_window *w)
{
        return w->begin == w->end;
}

bool window_room(const struct ledger_window *w, int64_t stream, int64_t seq)
{
        if (window_empty(w))
                return true;
        return w->end - w->begin < LEDGER_WINDOW && stream == w->from.stream && seq - seq_of(w, w->begin) <= LEDGER_SPAN;
}

void window_add(struct ledger_window *w, const struct ledger_entry *e, struct ledger_item *item)
{
        uint64_t i = w->end++;

        if (i == w->begin)
                w->from.stream = e->stream;
        *entry(w, i) = (struct window_entry){.e = e, .item = item, .applied = named(&w->from, e->seq)};
        if (!entry(w, i)->applied)
                wait_last(w, i);
}
