/* Raw requests: handed to a function on the loop thread, answered from any thread. */
#include "net/internal.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>

#define RAW_ARENA (32 * 1024 * 1024) /* bytes of one request */
#define RAW_ARENA_KEEP (64 * 1024)   /* one that used more gives its memory back */

static struct raw *raw_take(struct server *s)
{
        struct raw *raw = s->spare;

        if (raw) {
                s->spare = raw->next_spare;
                s->n_spare--;
                return raw;
        }
        raw = calloc(1, sizeof(*raw));
        if (raw)
                arena_init(&raw->arena, RAW_ARENA);
        return raw;
}

static void raw_give_back(struct raw *raw)
{
        struct server *s = raw->server;
        struct arena arena = raw->arena;

        s->in_flight--;
        if (arena.used > RAW_ARENA_KEEP || s->n_spare >= RESERVED_RAW) {
                arena_release(&arena);
                free(raw);
                return;
        }
        arena_clear(&arena);
        *raw = (struct raw){.arena = arena, .next_spare = s->spare};
        s->spare = raw;
        s->n_spare++;
}

void raw_spare_release(struct server *s)
{
        struct raw *next;

        for (struct raw *raw = s->spare; raw; raw = next) {
                next = raw->next_spare;
                arena_release(&raw->arena);
                free(raw);
        }
        s->spare = NULL;
        s->n_spare = 0;
}

void raw_begin(struct server *s, struct evhttp_request *req, const struct raw_row *row)
{
        struct bytes body = request_body(req);
        struct raw *raw;

        if (body.n > (row->max_body ? row->max_body : MAX_BODY)) {
                send_problem(s, req, 413, "request.large", "提交的内容过大。", "The body is too large.");
                return;
        }
        raw = raw_take(s);
        if (!raw) {
                send_problem(s, req, 503, "server.busy", "服务器正忙，请稍后再试。", "The server is busy; try again.");
                return;
        }
        raw->server = s;
        raw->req = req;
        raw->method = request_method(req);
        raw->path = request_path(&raw->arena, req);
        raw->query = request_query(req);
        raw->body = body;
        s->in_flight++;
        if (raw->path)
                row->fn(row->arg, raw);
        else
                raw_reply(raw, 400, "text/plain; charset=utf-8", bytes_of_text("the path is broken\n"), NULL);
}

const char *raw_method(const struct raw *raw)
{
        return raw->method;
}

const char *raw_path(const struct raw *raw)
{
        return raw->path;
}

const char *raw_query(const struct raw *raw)
{
        return raw->query;
}

const char *raw_param(struct raw *raw, const char *name)
{
        const char *next = *raw->query ? raw->query : NULL;
        char *n, *v;

        while (next)
                if (!query_next(&raw->arena, &next, &n, &v) && !strcmp(n, name))
                        return v;
        return NULL;
}

const char *raw_header(const struct raw *raw, const char *name)
{
        return request_header(raw->req, name);
}

const char *raw_host(const struct raw *raw)
{
        const char *host = request_header(raw->req, "Host");

        return host ? host : "";
}

const char *raw_peer(const struct raw *raw)
{
        struct evhttp_connection *conn = evhttp_request_get_connection(raw->req);
        char *peer = NULL;
        ev_uint16_t port;

        if (conn)
                evhttp_connection_get_peer(conn, &peer, &port);
        return peer ? peer : "";
}

struct bytes raw_body(const struct raw *raw)
{
        return raw->body;
}

struct arena *raw_arena(struct raw *raw)
{
        return &raw->arena;
}

/* ---- answering ---- */

static void send_plain(struct loop_task *t)
{
        struct raw *raw = (struct raw *)t;

        if (raw->answer.status == 0)
                conn_end(raw->req);
        else
                send_answer(raw->server, raw->req, &raw->answer);
        raw_give_back(raw);
}

/* The same from the loop itself, not from below evhttp's call of us: the answer leaves at once. */
static void send_handed(struct loop_task *t)
{
        struct raw *raw = (struct raw *)t;
        struct server *s = raw->server;
        struct bufferevent *bev = conn_bufferevent(raw->req);
        bool plain = raw->answer.status != 0 && !s->tls;

        send_plain(t);
        if (plain && bev)
                conn_flush(s, bev);
}

/* The client has left; the next drip finds it gone. */
static void on_slow_gone(void *arg)
{
        struct raw *raw = arg;

        request_orphan(raw->req);
        raw->gone = true;
}

static void drip(void *arg)
{
        struct raw *raw = arg;
        struct answer *a = &raw->answer;
        size_t left = a->body.n - raw->sent, piece = (a->body.n + a->pieces - 1) / a->pieces;
        struct evbuffer *buf;

        if (raw->gone) {
                raw_give_back(raw);
                return;
        }
        /* Nobody waits for drops when the server stops. */
        if (piece > left || raw->server->stopping)
                piece = left;
        buf = evbuffer_new();
        evbuffer_add(buf, (const char *)a->body.p + raw->sent, piece);
        evhttp_send_reply_chunk(raw->req, buf);
        evbuffer_free(buf);
        raw->sent += piece;
        if (raw->sent < a->body.n) {
                server_later(raw->server, a->pause_ms, drip, raw);
                return;
        }
        conn_answered(raw->server, raw->req);
        evhttp_send_reply_end(raw->req);
        raw_give_back(raw);
}

static void send_slowly(struct loop_task *t)
{
        struct raw *raw = (struct raw *)t;

        if (!evhttp_request_get_connection(raw->req) || !strcmp(raw->method, "HEAD")) {
                send_plain(t);
                return;
        }
        conn_stream(raw->server, raw->req, on_slow_gone, raw);
        send_headers(raw->server, raw->req, &raw->answer);
        evhttp_send_reply_start(raw->req, raw->answer.status, status_title(raw->answer.status));
        drip(raw);
}

static const char *const *copy_headers(struct arena *a, const char *const *headers)
{
        size_t n = 0;
        const char **copy;

        while (headers && headers[n])
                n += 2;
        copy = arena_array(a, const char *, n + 1);
        for (size_t i = 0; i < n; i++)
                copy[i] = arena_strdup(a, headers[i]);
        return copy;
}

static void reply(struct raw *raw, const struct answer *answer, void (*fn)(struct loop_task *))
{
        raw->answer = *answer;
        raw->answer.mime = arena_strdup(&raw->arena, answer->mime);
        raw->task.fn = fn;
        /* On the loop thread the body need not be copied: it is sent before this returns. Closing must wait until evhttp
         * has come back from calling us. */
        if (loop_here(&raw->server->loop) && answer->status != 0 && !answer->pieces) {
                fn(&raw->task);
                return;
        }
        raw->answer.body.p = arena_memdup(&raw->arena, answer->body.p, answer->body.n);
        raw->answer.headers = copy_headers(&raw->arena, answer->headers);
        if (fn == send_plain)
                raw->task.fn = send_handed;
        loop_hand(&raw->server->loop, &raw->task);
}

void raw_reply(struct raw *raw, int status, const char *mime, struct bytes body, const char *const *headers)
{
        reply(raw, &(struct answer){.status = status, .mime = mime, .body = body, .headers = headers}, send_plain);
}

void raw_reply_slowly(struct raw *raw, int status, const char *mime, struct bytes body, unsigned pieces, unsigned pause_ms)
{
        reply(raw, &(struct answer){.status = status, .mime = mime, .body = body, .pieces = pieces ? pieces : 1, .pause_ms = pause_ms},
              send_slowly);
}
