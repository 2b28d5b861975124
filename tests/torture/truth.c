/* What the simulator saw. Its ledger is a ring, so it is read while it happens. */
#include "torture/torture.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 1000
#define PAUSE_MS 50

struct row {
        int64_t seq, at;
        const char *what, *account, *id, *detail;
};

struct page {
        struct row *items;
        size_t n;
        int64_t next;
        bool more, ok;
};

static const struct json_field row_fields[] = {
        JSON_INT(struct row, seq, JSON_REQUIRED, 0, 0, ""), JSON_INT(struct row, at, JSON_REQUIRED, 0, 0, ""),
        JSON_STR(struct row, what, JSON_REQUIRED, 0, 0, ""), JSON_STR(struct row, account, 0, 0, 0, ""),
        JSON_STR(struct row, id, 0, 0, 0, ""), JSON_STR(struct row, detail, 0, 0, 0, ""),
};
static const struct json_desc row_desc = JSON_DESC("Row", struct row, row_fields);
static const struct json_field page_fields[] = {
        JSON_LIST(struct page, items, n, JSON_REQUIRED, 0, &row_desc, ""),
        JSON_INT(struct page, next, JSON_REQUIRED, 0, 0, ""),
        JSON_BOOL(struct page, more, JSON_REQUIRED, ""),
        JSON_BOOL(struct page, ok, 0, ""),
};
static const struct json_desc page_desc = JSON_DESC("Page", struct page, page_fields);

static void *grow(void *p, size_t n, size_t *cap, size_t size)
{
        if (n < *cap)
                return p;
        *cap = *cap ? *cap * 2 : 1024;
        p = reallocarray(p, *cap, size);
        if (!p)
                give_up("no memory for what happened");
        return p;
}

/* "external_userid type" */
static void said(struct truth *t, const struct row *row)
{
        const char *end = strchrnul(row->detail, ' ');

        if (strstr(row->detail, "(no URL: lost)"))
                return;
        t->said = grow(t->said, t->n_said, &t->cap_said, sizeof *t->said);
        t->said[t->n_said++] = (struct said){
                .account = keep(row->account),
                .who = keep_n(row->detail, (size_t)(end - row->detail)),
                .msgid = keep(row->id),
                .in_shop = text_starts(row->account, "wx"),
        };
}

/* "event, try 1, 345 us, msg_signature" */
static void acked(struct truth *t, const struct row *row)
{
        const char *signature = strrchr(row->detail, ' ');

        words_add(&t->acked, keep(signature + 1));
        if (text_starts(row->detail, "commkf_send_msg_to_kf,"))
                words_add(&t->heard, keep(row->id));
        t->ack_at = grow(t->ack_at, t->n_acks, &t->cap_acks, sizeof *t->ack_at);
        t->ack_at[t->n_acks++] = row->at;
}

/* "who type text" */
static void received(struct truth *t, const struct row *row)
{
        const char *type = strchr(row->detail, ' '), *text = type ? strchr(type + 1, ' ') : NULL;

        if (text)
                words_add(&t->received, keep(text + 1));
}

static void take(struct truth *t, const struct row *row)
{
        if ((uint64_t)row->seq != t->seen + 1)
                give_up("the simulator forgot what happened: row %lld follows %llu", (long long)row->seq,
                        (unsigned long long)t->seen);
        t->seen = (uint64_t)row->seq;
        if (text_eq(row->what, "said"))
                said(t, row);
        else if (text_eq(row->what, "ack"))
                acked(t, row);
        else if (text_eq(row->what, "received"))
                received(t, row);
        else if (text_eq(row->what, "agreed"))
                words_add(&t->agreed, keep(row->id));
        else if (text_eq(row->what, "case") && text_eq(row->detail, "USER_WAIT_RETURN"))
                words_add(&t->to_return, keep(row->id));
        else if (text_eq(row->what, "nack") && strstr(row->detail, "HTTP 503"))
                t->turned_away++;
        else if (text_eq(row->what, "gave_up"))
                t->gave_up++;
}

/* One page; false when there is nothing more for now. */
static bool read_page(struct truth *t, struct client *client, struct arena *arena)
{
        struct page page;
        const char *reply, *url;

        arena_clear(arena);
        url = arena_printf(arena, "%s/sim/ledger?since=%llu&limit=%d", t->url, (unsigned long long)t->seen, PAGE);
        if (client_call(client, "GET", url, NULL, &reply) != 200)
                give_up("the simulator does not tell what happened");
        if (json_read(arena, bytes_of_text(reply), &page_desc, JSON_LENIENT, &page, NULL))
                give_up("the simulator's ledger is not understood");
        pthread_mutex_lock(&t->lock);
        for (size_t i = 0; i < page.n; i++)
                take(t, &page.items[i]);
        pthread_mutex_unlock(&t->lock);
        return page.more;
}

static void *truth_main(void *arg)
{
        struct truth *t = arg;
        struct client *client = client_open();
        struct arena arena;
        bool last, more;

        arena_init(&arena, 0);
        do {
                last = t->stopping; /* read before the page: what happened until then is on it */
                do
                        more = read_page(t, client, &arena);
                while (more);
                if (!last)
                        pause_ms(PAUSE_MS);
        } while (!last);
        arena_release(&arena);
        client_close(client);
        return NULL;
}

void truth_start(struct truth *t, const char *simulator)
{
        *t = (struct truth){.url = simulator};
        pthread_mutex_init(&t->lock, NULL);
        if (pthread_create(&t->thread, NULL, truth_main, t))
                give_up("no thread");
}

void truth_stop(struct truth *t)
{
        t->stopping = true;
        pthread_join(t->thread, NULL);
}

const char *truth_next_return(struct truth *t)
{
        const char *id = NULL;

        pthread_mutex_lock(&t->lock);
        if (t->to_return.n > 0)
                id = t->to_return.v[--t->to_return.n];
        pthread_mutex_unlock(&t->lock);
        return id;
}
