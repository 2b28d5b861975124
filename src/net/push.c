/*
 * Server-sent events. One stream per console; the last 4,096 events stay in memory for consoles that come back.
 *
 * Everything here runs on the loop thread; push_publish() hands over a copy of the notice.
 */
#include "net/internal.h"

#include "base/clock.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>

#define KEPT 4096              /* events kept for resuming */
#define MAX_TOPICS 16
#define MAX_BEHIND (256 * 1024) /* bytes a console may be behind before it is dropped */
#define PING_S 20

struct pushed { /* one event as it goes out */
        int64_t id, merchant;
        char *topic;
        char *text; /* "id: ...\nevent: ...\ndata: ...\n\n" */
        size_t n;
};

struct stream {
        struct stream *next, **prev;
        struct server *server;
        struct evhttp_request *req;
        int64_t merchant;
        const char *topics[MAX_TOPICS];
        size_t n_topics;
        struct arena arena;
};

struct push {
        struct stream *streams;
        _Atomic size_t n_streams;
        struct pushed kept[KEPT]; /* ring */
        uint64_t count;           /* events ever; the newest is kept[(count - 1) % KEPT] */
        int64_t first_id;         /* ids begin with the process's start, so a restart is seen as a gap */
        struct event *ping;
        bool closing;
};

struct publish {
        struct loop_task task;
        struct server *server;
        struct pushed event;
};

static bool wants(const struct stream *st, const struct pushed *e)
{
        if (st->merchant != e->merchant)
                return false;
        for (size_t i = 0; i < st->n_topics; i++)
                if (!strcmp(st->topics[i], e->topic))
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

static void stream_free(struct stream *st)
{
        *st->prev = st->next;
        if (st->next)
                st->next->prev = st->prev;
        atomic_fetch_sub(&st->server->push->n_streams, 1);
        arena_release(&st->arena);
        free(st);
}

/* The console is gone. Ending the reply frees the request, which would leak otherwise (stack notes, 1). */
static void on_close(struct evhttp_connection *c, void *arg)
{
        struct stream *st = arg;

        evhttp_connection_set_closecb(c, NULL, NULL);
        evhttp_send_reply_end(st->req);
        stream_free(st);
}

/* Ends a stream from our side: a slow console reconnects and resumes. */
static void drop(struct stream *st)
{
        struct evhttp_connection *c = evhttp_request_get_connection(st->req);

        evhttp_connection_set_closecb(c, NULL, NULL);
        evhttp_connection_free(c);
        stream_free(st);
}

static bool too_slow(const struct stream *st)
{
        struct bufferevent *bev = evhttp_connection_get_bufferevent(evhttp_request_get_connection(st->req));

        return evbuffer_get_length(bufferevent_get_output(bev)) > MAX_BEHIND;
}

static void deliver(struct loop_task *t)
{
        struct publish *p = (struct publish *)t;
        struct push *push = p->server->push;
        struct pushed *slot = &push->kept[push->count % KEPT];
        struct stream *next;

        free(slot->topic);
        free(slot->text);
        *slot = p->event;
        slot->id = push->first_id + (int64_t)push->count++;
        /* The id is known only here, so that the order of ids is the order of delivery. */
        slot->n = (size_t)snprintf(slot->text, 28, "id: %020lld", (long long)slot->id);
        slot->text[slot->n] = '\n';
        slot->n = p->event.n;
        for (struct stream *st = push->streams; st; st = next) {
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

size_t push_consoles(const struct server *s)
{
        return s->push ? atomic_load(&s->push->n_streams) : 0;
}

/* ---- subscribing ---- */

static int read_topics(struct stream *st, const char *query, const char **last_id)
{
        const char *next = *query ? query : NULL;
        char *name, *value, *save;

        while (next) {
                if (query_next(&st->arena, &next, &name, &value))
                        return 400;
                if (!strcmp(name, "last_event_id"))
                        *last_id = value;
                if (strcmp(name, "topics"))
                        continue;
                for (char *t = strtok_r(value, ",", &save); t; t = strtok_r(NULL, ",", &save)) {
                        if (st->n_topics == MAX_TOPICS)
                                return 400;
                        st->topics[st->n_topics++] = t;
                }
        }
        return st->n_topics ? 0 : 400;
}

static const char *session_of(struct arena *a, struct evhttp_request *req)
{
        const char *s = request_header(req, "Cookie");

        for (; s && *s; s = strchr(s, ';')) {
                s += strspn(s, "; ");
                if (text_starts(s, "zg_session="))
                        return arena_strndup(a, s + 11, strcspn(s + 11, ";"));
        }
        return NULL;
}

/* What the console missed since `last`, or "reset" when that is not known here any more. */
static void resume(struct push *push, struct stream *st, const char *last)
{
        uint64_t oldest = push->count > KEPT ? push->count - KEPT : 0, from;
        int64_t id;

        if (text_empty(last))
                return;
        if (text_to_int(last, 0, INT64_MAX, &id) || id < push->first_id - 1 ||
            (from = (uint64_t)(id + 1 - push->first_id)) < oldest || from > push->count) {
                static const char reset[] = "event: reset\ndata: {}\n\n";

                write_stream(st, reset, sizeof(reset) - 1);
                return;
        }
        for (; from < push->count; from++)
                if (wants(st, &push->kept[from % KEPT]))
                        write_stream(st, push->kept[from % KEPT].text, push->kept[from % KEPT].n);
}

static void stream_begin(struct server *s, struct stream *st, const char *last)
{
        struct evkeyvalq *headers = evhttp_request_get_output_headers(st->req);
        struct evhttp_connection *c = evhttp_request_get_connection(st->req);
        struct timeval never = {365L * 24 * 3600, 0};

        evhttp_add_header(headers, "Content-Type", "text/event-stream; charset=utf-8");
        evhttp_add_header(headers, "Cache-Control", "no-store");
        evhttp_add_header(headers, "X-Accel-Buffering", "no");
        st->next = s->push->streams;
        st->prev = &s->push->streams;
        if (st->next)
                st->next->prev = &st->next;
        s->push->streams = st;
        atomic_fetch_add(&s->push->n_streams, 1);
        evhttp_connection_set_closecb(c, on_close, st);
        bufferevent_set_timeouts(evhttp_connection_get_bufferevent(c), &never, NULL);
        evhttp_send_reply_start(st->req, 200, NULL);
        write_stream(st, "retry: 1000\n\n", 13);
        resume(s->push, st, last);
}

void push_subscribe(struct server *s, struct evhttp_request *req)
{
        struct stream *st = calloc(1, sizeof(*st));
        const char *last = request_header(req, "Last-Event-ID");
        int status = st ? 0 : 503, r;

        if (st) {
                st->server = s;
                st->req = req;
                arena_init(&st->arena, 64 * 1024);
                status = s->push->closing ? 503 : read_topics(st, request_query(req), &last);
        }
        if (!status) {
                /* A short look-up of the session; consoles connect rarely. */
                r = s->o.subscribe(s->o.arg, session_of(&st->arena, req), st->topics, st->n_topics, &st->merchant);
                status = r == CALL_NO_SESSION ? 401 : r == CALL_FORBIDDEN ? 403 : r ? 503 : 0;
        }
        if (!status) {
                stream_begin(s, st, last);
                return;
        }
        send_text(s, req, status, status == 400 ? "topics=inbox,orders is needed" : "not now");
        if (st)
                arena_release(&st->arena);
        free(st);
}

static void on_ping(evutil_socket_t fd, short what, void *arg)
{
        struct push *push = arg;

        (void)fd, (void)what;
        for (struct stream *st = push->streams; st; st = st->next)
                write_stream(st, ":\n\n", 3);
}

int push_open(struct server *s)
{
        struct timeval every = {PING_S, 0};
        struct push *push = calloc(1, sizeof(*push));

        if (!push)
                return fatal(ENOMEM, "no memory for the event streams");
        s->push = push;
        push->first_id = clock_wall_ms() << 20;
        push->ping = event_new(s->loop.base, -1, EV_PERSIST, on_ping, push);
        if (!push->ping || event_add(push->ping, &every))
                return fatal(ENOMEM, "cannot start the streams' timer");
        return 0;
}

struct closing {
        struct loop_task task;
        struct server *server;
        pthread_mutex_t lock;
        pthread_cond_t done;
        bool closed;
};

static void close_streams(struct loop_task *t)
{
        struct closing *c = (struct closing *)t;

        c->server->push->closing = true;
        while (c->server->push->streams)
                drop(c->server->push->streams);
        pthread_mutex_lock(&c->lock);
        c->closed = true;
        pthread_cond_signal(&c->done);
        pthread_mutex_unlock(&c->lock);
}

void push_close(struct server *s)
{
        struct closing c = {.task.fn = close_streams, .server = s};

        pthread_mutex_init(&c.lock, NULL);
        pthread_cond_init(&c.done, NULL);
        loop_hand(&s->loop, &c.task);
        pthread_mutex_lock(&c.lock);
        while (!c.closed)
                pthread_cond_wait(&c.done, &c.lock);
        pthread_mutex_unlock(&c.lock);
        pthread_cond_destroy(&c.done);
        pthread_mutex_destroy(&c.lock);
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
