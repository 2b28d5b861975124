/* Reading evhttp's requests. */
#include "net/internal.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <string.h>

const char *request_method(struct evhttp_request *req)
{
        switch (evhttp_request_get_command(req)) {
        case EVHTTP_REQ_GET:
                return "GET";
        case EVHTTP_REQ_POST:
                return "POST";
        case EVHTTP_REQ_PUT:
                return "PUT";
        case EVHTTP_REQ_DELETE:
                return "DELETE";
        case EVHTTP_REQ_HEAD:
                return "HEAD";
        case EVHTTP_REQ_OPTIONS:
                return "OPTIONS";
        default:
                return "OTHER";
        }
}

const char *request_header(struct evhttp_request *req, const char *name)
{
        return evhttp_find_header(evhttp_request_get_input_headers(req), name);
}

const char *request_path(struct arena *a, struct evhttp_request *req)
{
        const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
        const char *path = uri ? evhttp_uri_get_path(uri) : NULL, *decoded;

        return path && path[0] == '/' && !path_decode(a, path, strlen(path), &decoded) ? decoded : NULL;
}

const char *request_query(struct evhttp_request *req)
{
        const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
        const char *query = uri ? evhttp_uri_get_query(uri) : NULL;

        return query ? query : "";
}

struct bytes request_body(struct evhttp_request *req)
{
        struct evbuffer *in = evhttp_request_get_input_buffer(req);
        size_t n = evbuffer_get_length(in);

        return n ? bytes_of(evbuffer_pullup(in, -1), n) : bytes_of("", 0);
}

void request_orphan(struct evhttp_request *req)
{
        if (!evhttp_request_get_connection(req))
                evhttp_request_free(req);
}

/* Browsers list the preferred language first; weights in another order are not worth a parser here. */
bool request_english(const char *accept)
{
        const char *en = accept ? strcasestr(accept, "en") : NULL, *zh = accept ? strcasestr(accept, "zh") : NULL;

        return en && (!zh || en < zh);
}
