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
        const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
        char *decoded;

        if (!path || path[0] != '/')
                return NULL;
        /* In a path "+" is itself: only percent signs are decoded. */
        if (!strchr(path, '%'))
                return utf8_valid(path, strlen(path)) ? arena_strdup(a, path) : NULL;
        if (strchr(path, '+') || url_decode(a, path, strlen(path), &decoded))
                return NULL;
        return decoded;
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

int query_next(struct arena *a, const char **next, char **name, char **value)
{
        const char *s = *next, *end = strchrnul(s, '&'), *eq = memchr(s, '=', (size_t)(end - s));
        size_t n = (size_t)((eq ? eq : end) - s);

        *next = *end ? end + 1 : NULL;
        if (url_decode(a, s, n, name))
                return URL_E_BAD;
        if (!eq) {
                *value = arena_strdup(a, "");
                return 0;
        }
        return url_decode(a, eq + 1, (size_t)(end - eq - 1), value) ? URL_E_BAD : 0;
}
