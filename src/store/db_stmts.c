/* The prepared statements of a connection, found by the address of their query. */
#include "store/db_impl.h"

static struct db_stmt **bucket_of(struct db_stmts *s, const struct query *q)
{
        return &s->buckets[((uintptr_t)q >> 4) % STMT_BUCKETS];
}

static void drop_at(struct db_stmts *s, struct db_stmt **at)
{
        struct db_stmt *st = *at;

        *at = st->next;
        s->n--;
        s->drop(s->conn, st);
}

static void drop_oldest(struct db_stmts *s)
{
        struct db_stmt **at, **oldest = NULL;

        for (size_t i = 0; i < STMT_BUCKETS; i++)
                for (at = &s->buckets[i]; *at; at = &(*at)->next)
                        if (!oldest || (*at)->used < (*oldest)->used)
                                oldest = at;
        if (oldest)
                drop_at(s, oldest);
}

struct db_stmt *db_stmts_find(struct db_stmts *s, const struct query *q)
{
        for (struct db_stmt **at = bucket_of(s, q); *at; at = &(*at)->next) {
                if ((*at)->query != q)
                        continue;
                if ((*at)->sql == q->sql && !q->once) { /* what is made at run time may stand where another one stood */
                        (*at)->used = ++s->clock;
                        return *at;
                }
                drop_at(s, at);
                break;
        }
        return NULL;
}

void db_stmts_add(struct db_stmts *s, struct db_stmt *st, const struct query *q)
{
        struct db_stmt **bucket = bucket_of(s, q);

        if (s->n >= STMTS_MAX)
                drop_oldest(s);
        st->query = q;
        st->sql = q->sql;
        st->used = ++s->clock;
        st->next = *bucket;
        *bucket = st;
        s->n++;
}

void db_stmts_drop(struct db_stmts *s)
{
        for (size_t i = 0; i < STMT_BUCKETS; i++)
                while (s->buckets[i])
                        drop_at(s, &s->buckets[i]);
}
