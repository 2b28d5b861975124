/* Sending answers through evhttp. */
#include "net/internal.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <string.h>

static bool is_head(struct evhttp_request *req)
{
        return evhttp_request_get_command(req) == EVHTTP_REQ_HEAD;
}

void send_headers(struct server *s, struct evhttp_request *req, const struct answer *a)
{
        struct evkeyvalq *headers = evhttp_request_get_output_headers(req);
        char length[24];

        bool dated = false;

        if (a->mime)
                (void)evhttp_add_header(headers, "Content-Type", a->mime);
        for (const char *const *h = a->headers; h && h[0]; h += 2) {
                (void)evhttp_add_header(headers, h[0], h[1]);
                dated = dated || !strcmp(h[0], "Date"); /* the simulator's clock may be wrong on purpose */
        }
        if (!dated)
                (void)evhttp_add_header(headers, "Date", s->date);
        if (s->stopping || a->pieces)
                (void)evhttp_add_header(headers, "Connection", "close");
        /* evhttp would tell the length of what it sends; these two are told what is meant. */
        if (is_head(req) || a->pieces) {
                snprintf(length, sizeof(length), "%zu", a->body.n);
                (void)evhttp_add_header(headers, "Content-Length", length);
        }
}

void send_answer(struct server *s, struct evhttp_request *req, const struct answer *a)
{
        send_headers(s, req, a);
        if (a->body.n && !is_head(req))
                evbuffer_add(evhttp_request_get_output_buffer(req), a->body.p, a->body.n);
        conn_answered(s, req);
        evhttp_send_reply(req, a->status, status_title(a->status), NULL);
}

void send_problem(struct server *s, struct evhttp_request *req, int status, const char *code, const char *zh, const char *en)
{
        static const char *const again[] = {"Retry-After", "1", NULL};
        bool english = request_english(request_header(req, "Accept-Language"));
        struct arena arena;

        arena_init(&arena, 0);
        send_answer(s, req, &(struct answer){.status = status,
                                             .mime = "application/problem+json; charset=utf-8",
                                             .body = problem_write(&arena, status, code, english ? en : zh, NULL),
                                             .headers = status == 503 ? again : NULL});
        arena_release(&arena);
}
