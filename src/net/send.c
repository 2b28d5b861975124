/* Sending answers through evhttp. */
#include "net/internal.h"

#include <event2/buffer.h>
#include <event2/http.h>

void send_answer(struct server *s, struct evhttp_request *req, const struct answer *a)
{
        struct evkeyvalq *headers = evhttp_request_get_output_headers(req);
        struct evbuffer *out = evhttp_request_get_output_buffer(req);

        (void)s;
        if (a->mime)
                evhttp_add_header(headers, "Content-Type", a->mime);
        for (const char *const *h = a->headers; h && h[0]; h += 2)
                evhttp_add_header(headers, h[0], h[1]);
        if (a->body.n)
                evbuffer_add(out, a->body.p, a->body.n);
        evhttp_send_reply(req, a->status, NULL, NULL);
}

void send_text(struct server *s, struct evhttp_request *req, int status, const char *text)
{
        send_answer(s, req, &(struct answer){.status = status, .mime = "text/plain; charset=utf-8", .body = bytes_of_text(text)});
}
