/*
 * Server-sent events. One stream per console; the last 4,096 events stay in memory for consoles that come back.
 *
 * Everything here runs on the loop thread; push_publish() hands over a copy of the notice.
 */
#include "net/exchange.h"

#include "base/clock.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uthash.h>

#define KEPT 4096              /* events kept for resuming */
#define MAX_BEHIND (256 * 1024) /* bytes a console may be behind before it is dropped */
#define PING_S 20

struct pushed { /* one event as it goes out */
        int64_t id, merchant;
        char *topic;
        char *text; /* "id: ...\nevent: ...\ndata: ...\n\n" */
        size_t n;
};

struct stream {
        struct stream *next, **prev; /* in its room */
        struct room *room;
        struct server *server;
        struct evhttp_request *req;
        int64_t who;
        unsigned tick; /* of the PING_S when it is its turn */
        int64_t until_ms; /* monotonic; 0 = as long as it stays */
        unsigned n_topics;
        char topics[]; /* one after the other, each with its NUL */
};

/* The streams of one merchant: an event looks at no others. */
struct room {
        int64_t merchant;
        struct stream *streams;
        UT_hash_handle hh;
};

struct push {
        struct room *rooms;
        _Atomic size_t n_streams;
        struct pushed kept[KEPT]; /* ring */
        uint64_t count;           /* events ever; the newest is kept[(count - 1) % KEPT] */
        uint64_t whole_from;      /* before this count some were missed */
        int64_t first_id;         /* ids begin with the process's start, so those of another process are a gap */
        struct event *ping;
        unsigned ticks, joined;
};

struct publish {
        struct loop_task task;
        struct server *server;
        struct pushed event;
};

static bool wants(const struct stream *st, const struct pushed *e)
{
        const char *topic = st->topics;

        if (st->room->merchant != e->merchant)
                return false;
        for (size_t i = 0; i < st->n_topics; i++, topic += strlen(topic) + 1)
                if (!strcmp(topic, e->topic))
                        return true;
        return false;
}

static void write_stream(struct stream *st, const char *text, size_t n)
{
        struct evbuffer *buf = evbuffer_new();

        evbuffer_add(buf, text, n);
        evhttp_send_reply_chunk(st->req, buf);
        evbuffer_free(buf);
}

static void room_join(struct push *push, struct stream *st, int64_t merchant)
{
        struct room *room;

        HASH_FIND(hh, push->rooms, &merchant, sizeof(merchant), room);
        if (!room) {
                room = calloc(1, sizeof(*room));
                if (!room)
                        abort(); /* no memory: see base/arena.h */
                room->merchant = merchant;
                HASH_ADD(hh, push->rooms, merchant, sizeof(room->merchant), room);
        }
        st->room = room;
        st->next = room->streams;
        st->prev = &room->streams;
        if (st->next)
                st->next->prev = &st->next;
        room->streams = st;
        st->tick = push->joined++ % PING_S;
        atomic_fetch_add(&push->n_streams, 1);
}

static void room_leave(struct push *push, struct stream *st)
{
        *st->prev = st->next;
        if (st->next)
                st->next->prev = st->prev;
        atomic_fetch_sub(&push->n_streams, 1);
        if (st->room->streams)
                return;
        HASH_DELETE(hh, push->rooms, st->room);
        free(st->room);
}

/* The connection has gone, by the console or by drop(). */
static void on_gone(void *arg)
{
        struct stream *st = arg;

        request_orphan(st->req);
        room_leave(st->server->push, st);
        free(st);
}

/* Ends a stream from our side: a slow console reconnects and resumes. */
static void drop(struct stream *st)
{
        conn_end(st->req);
}

static bool too_slow(const struct stream *st)
{
        return conn_backlog(st->server, st->req) > MAX_BEHIND;
}

static void deliver(struct loop_task *t)
{
        struct publish *p = (struct publish *)t;
        struct push *push = p->server->push;
        struct pushed *slot = &push->kept[push->count % KEPT];
        struct stream *next;
        struct room *room;

        free(slot->topic);
        free(slot->text);
        *slot = p->event;
        slot->id = push->first_id + (int64_t)push->count++;
        /* The id is known only here, so that the order of ids is the order of delivery. */
        slot->n = (size_t)snprintf(slot->text, 28, "id: %020lld", (long long)slot->id);
        slot->text[slot->n] = '\n';
        slot->n = p->event.n;
        HASH_FIND(hh, push->rooms, &slot->merchant, sizeof(slot->merchant), room);
        for (struct stream *st = room ? room->streams : NULL; st; st = next) {
                next = st->next;
                if (!wants(st, slot))
                        continue;
                if (too_slow(st))
                        drop(st);
                else
                        write_stream(st, slot->text, slot->n);
        }
        free(p);
}

void push_publish(struct server *s, const struct notice *n)
{
        struct publish *p = calloc(1, sizeof(*p));
        struct arena a;
        struct text t;

        if (!p)
                abort(); /* no memory: see base/arena.h */
        arena_init(&a, 0);
        text_init(&t, &a);
        text_addf(&t, "id: %020d\nevent: %s\ndata: {\"kind\":\"%s\",\"id\":\"%lld\",\"parent\":", 0, n->topic, n->kind, (long long)n->id);
        if (n->parent)
                text_addf(&t, "\"%lld\"", (long long)n->parent);
        else
                text_add(&t, "null");
        text_add(&t, ",\"body\":");
        text_add(&t, n->body ? n->body : "null");
        text_add(&t, "}\n\n");
        p->server = s;
        p->event = (struct pushed){.merchant = n->merchant, .topic = strdup(n->topic), .text = strndup(t.p, t.n), .n = t.n};
        arena_release(&a);
        p->task.fn = deliver;
        loop_hand(&s->loop, &p->task);
}

/* The newest id, so that the console knows where it stood when it comes again; and whether it must read everything anew. */
static void greet(struct push *push, struct stream *st, bool reset)
{
        char text[64];

        snprintf(text, sizeof(text), "id: %020lld\n%s\n", (long long)push->first_id - 1 + (long long)push->count,
                 reset ? "event: reset\ndata: {}\n" : "");
        write_stream(st, text, strlen(text));
}

static void reset(struct loop_task *t)
{
        struct publish *p = (struct publish *)t;
        struct push *push = p->server->push;
        struct room *room, *next;

        push->whole_from = push->count;
        HASH_ITER(hh, push->rooms, room, next)
                for (struct stream *st = room->streams; st; st = st->next)
                        if (!p->event.merchant || room->merchant == p->event.merchant)
                                greet(push, st, true);
        free(p);
}

void push_reset(struct server *s, int64_t merchant)
{
        struct publish *p = calloc(1, sizeof(*p));

        if (!p)
                abort(); /* no memory: see base/arena.h */
        p->server = s;
        p->event.merchant = merchant;
        p->task.fn = reset;
        loop_hand(&s->loop, &p->task);
}

static void end(struct loop_task *t)
{
        struct publish *p = (struct publish *)t;
        struct stream *next;
        struct room *room;

        HASH_FIND(hh, p->server->push->rooms, &p->event.merchant, sizeof(p->event.merchant), room);
        for (struct stream *st = room ? room->streams : NULL; st; st = next) {
                next = st->next;
                if (!p->event.id || st->who == p->event.id)
                        drop(st);
        }
        free(p);
}

void push_end(struct server *s, int64_t merchant, int64_t who)
{
        struct publish *p = calloc(1, sizeof(*p));

        if (!p)
                abort(); /* no memory: see base/arena.h */
        p->task.fn = end;
        p->server = s;
        p->event.merchant = merchant;
        p->event.id = who;
        loop_hand(&s->loop, &p->task);
}

size_t push_consoles(const struct server *s)
{
        return s->push ? atomic_load(&s->push->n_streams) : 0;
}

/* ---- subscribing ---- */

static int read_query(struct exchange *x)
{
        const char *next = *x->query ? x->query : NULL;
        char *name, *value, *save;

        x->push.last_id = exchange_header(x, "Last-Event-ID");
        while (next) {
                if (query_next(&x->arena, &next, &name, &value))
                        return URL_E_BAD;
                if (!strcmp(name, "last_event_id") && !x->push.last_id)
                        x->push.last_id = value;
                if (strcmp(name, "topics"))
                        continue;
                for (char *t = strtok_r(value, ",", &save); t; t = strtok_r(NULL, ",", &save)) {
                        if (x->push.n == PUSH_TOPICS)
                                return URL_E_BAD;
                        x->push.topics[x->push.n++] = t;
                }
        }
        return x->push.n ? 0 : URL_E_BAD;
}

void push_ask(struct exchange *x)
{
        const struct server_options *o = &x->server->o;
        int r;

        exchange_set_header(x, "Cache-Control", "no-store");
        if (read_query(x)) {
                exchange_say(x, 400, "request.bad", "缺少 topics，例如 topics=inbox,orders。", "topics is missing, as in topics=inbox,orders.", "topics");
                return;
        }
        r = o->subscribe(o->arg, exchange_cookie(x, "zg_session"), x->push.topics, x->push.n, &x->push.grant);
        if (r)
                exchange_refuse(x, r);
        else
                x->push.granted = true;
}

/* What the console missed since `last`, or "reset" when that is not known here any more; then the newest id, so that a
 * console which loses this stream before its next event knows where it stood. */
static void resume(struct push *push, struct stream *st, const char *last)
{
        uint64_t oldest = push->count > KEPT ? push->count - KEPT : 0, from = push->count;
        int64_t id;
        bool known = true;

        if (!text_empty(last)) {
                known = !text_to_int(last, 0, INT64_MAX - 1, &id) && id >= push->first_id - 1;
                from = known ? (uint64_t)(id + 1 - push->first_id) : 0;
                known = known && from >= oldest && from >= push->whole_from && from <= push->count;
        }
        for (; known && from < push->count; from++)
                if (wants(st, &push->kept[from % KEPT]))
                        write_stream(st, push->kept[from % KEPT].text, push->kept[from % KEPT].n);
        greet(push, st, !known);
}

static struct stream *stream_new(struct exchange *x)
{
        size_t n = 0, at = 0;
        struct stream *st;

        for (size_t i = 0; i < x->push.n; i++)
                n += strlen(x->push.topics[i]) + 1;
        st = calloc(1, sizeof(*st) + n);
        if (!st)
                abort(); /* no memory: see base/arena.h */
        for (size_t i = 0; i < x->push.n; i++) {
                memcpy(st->topics + at, x->push.topics[i], strlen(x->push.topics[i]) + 1);
                at += strlen(x->push.topics[i]) + 1;
        }
        st->n_topics = (unsigned)x->push.n;
        st->server = x->server;
        st->req = x->req;
        st->who = x->push.grant.who;
        return st;
}

void push_begin(struct exchange *x)
{
        static const char *const headers[] = {"Cache-Control", "no-store", "X-Accel-Buffering", "no", NULL};
        struct server *s = x->server;
        struct stream *st;

        if (s->stopping) {
                send_problem(s, x->req, 503, "server.busy", "服务器正在重启。", "The server is restarting.");
                return;
        }
        if (!evhttp_request_get_connection(x->req)) { /* left meanwhile */
                request_orphan(x->req);
                return;
        }
        st = stream_new(x);
        st->until_ms = x->push.grant.for_ms > 0 ? clock_mono_ms() + x->push.grant.for_ms : 0;
        room_join(s->push, st, x->push.grant.merchant);
        conn_stream(s, st->req, on_gone, st);
        send_headers(s, st->req, &(struct answer){.mime = "text/event-stream; charset=utf-8", .headers = headers});
        evhttp_send_reply_start(st->req, 200, "OK");
        write_stream(st, "retry: 1000\n", 12);
        resume(s->push, st, x->push.last_id);
}

/* Every second a part of the streams, so that ten thousand consoles are not written to at once. */
static void on_ping(evutil_socket_t fd, short what, void *arg)
{
        struct push *push = arg;
        int64_t now = clock_mono_ms();
        struct stream *st, *after;
        struct room *room, *next;

        (void)fd, (void)what;
        push->ticks++;
        HASH_ITER(hh, push->rooms, room, next)
        {
                for (st = room->streams; st; st = after) {
                        after = st->next;
                        if (st->until_ms && now >= st->until_ms)
                                drop(st); /* the last one takes its room with it: `next` is known already */
                        else if (st->tick == push->ticks % PING_S)
                                write_stream(st, ":\n\n", 3);
                }
        }
}

int push_open(struct server *s)
{
        struct timespec now;
        struct timeval every = {1, 0};
        struct push *push = calloc(1, sizeof(*push));

        if (!push)
                return fatal(ENOMEM, "no memory for the event streams");
        s->push = push;
        /* To the nanosecond: two processes that start together must not take each other's ids for their own. */
        clock_gettime(CLOCK_REALTIME, &now);
        push->first_id = ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000) << 20 | now.tv_nsec % 1000000;
        push->ping = event_new(s->loop.base, -1, EV_PERSIST, on_ping, push);
        if (!push->ping || event_add(push->ping, &every))
                return fatal(ENOMEM, "cannot start the streams' timer");
        return 0;
}

void push_close(struct server *s)
{
        while (s->push->rooms)
                drop(s->push->rooms->streams);
}

void push_free(struct server *s)
{
        if (s->push->ping)
                event_free(s->push->ping);
        for (size_t i = 0; i < KEPT; i++) {
                free(s->push->kept[i].topic);
                free(s->push->kept[i].text);
        }
        free(s->push);
        s->push = NULL;
}
