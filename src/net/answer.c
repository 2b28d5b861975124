/* A worker's half of a request: decode, run, encode, or say in a sentence what is wrong. */
#include "net/exchange.h"

#include "base/log.h"

#include <string.h>
#include <strings.h>

/* ---- problems (RFC 9457) ---- */

struct problem_out {
        const char *type, *title, *code, *detail, *field;
        int64_t status;
};
static const struct json_field problem_fields[] = {
        JSON_STR(struct problem_out, type, JSON_REQUIRED, 0, 0, "always about:blank"),
        JSON_STR(struct problem_out, title, JSON_REQUIRED, 0, 0, "the status in words"),
        JSON_INT(struct problem_out, status, JSON_REQUIRED, 0, 0, "HTTP status"),
        JSON_STR(struct problem_out, code, JSON_REQUIRED, 0, 0, "stable machine code"),
        JSON_STR(struct problem_out, detail, JSON_REQUIRED, 0, 0, "the sentence for the person"),
        JSON_STR(struct problem_out, field, JSON_OMIT, 0, 0, "the field that is wrong, on 400"),
};
const struct json_desc problem_desc = JSON_DESC("Problem", struct problem_out, problem_fields);

const char *status_title(int status)
{
        static const struct {
                int status;
                const char *title;
        } rows[] = {
                {200, "OK"},
                {201, "Created"},
                {202, "Accepted"},
                {204, "No Content"},
                {302, "Found"},
                {303, "See Other"},
                {304, "Not Modified"},
                {400, "Bad Request"},
                {401, "Unauthorized"},
                {403, "Forbidden"},
                {404, "Not Found"},
                {405, "Method Not Allowed"},
                {409, "Conflict"},
                {413, "Content Too Large"},
                {415, "Unsupported Media Type"},
                {422, "Unprocessable Content"},
                {429, "Too Many Requests"},
                {500, "Internal Server Error"},
                {502, "Bad Gateway"},
                {503, "Service Unavailable"},
        };

        for (size_t i = 0; i < countof(rows); i++)
                if (rows[i].status == status)
                        return rows[i].title;
        return status < 400 ? "OK" : status < 500 ? "Client Error" : "Server Error";
}

struct bytes problem_write(struct arena *a, int status, const char *code, const char *detail, const char *field)
{
        struct problem_out p = {"about:blank", status_title(status), code, detail, field, status};

        return bytes_of_text(json_write(a, &problem_desc, &p));
}

void exchange_say(struct exchange *x, int status, const char *code, const char *zh, const char *en, const char *field)
{
        if (status == 503)
                exchange_set_header(x, "Retry-After", "1");
        x->answer = (struct answer){.status = status,
                                    .mime = "application/problem+json; charset=utf-8",
                                    .body = problem_write(&x->arena, status, code, exchange_english(x) ? en : zh, field),
                                    .headers = x->out_headers};
}

static void say_field(struct exchange *x, const struct json_fault *fault)
{
        const char *path = text_empty(fault->path) ? NULL : fault->path;

        exchange_say(x, 400, "request.bad",
            path ? arena_printf(&x->arena, "字段 %s：%s", path, fault->why_zh ? fault->why_zh : fault->why)
                 : arena_printf(&x->arena, "请求内容无法读取：%s", fault->why_zh ? fault->why_zh : fault->why),
            path ? arena_printf(&x->arena, "field %s: %s", path, fault->why)
                 : arena_printf(&x->arena, "the request cannot be read: %s", fault->why),
            path);
}

void exchange_refuse(struct exchange *x, int r)
{
        if (r == CALL_NO_SESSION)
                exchange_say(x, 401, "session.none", "请先登录。", "Please sign in.", NULL);
        else if (r == CALL_FORBIDDEN)
                exchange_say(x, 403, "session.forbidden", "您没有做这件事的权限，或页面已过期，请刷新。",
                             "You may not do this, or the page is out of date: reload it.", NULL);
        else if (r == CALL_BUSY)
                exchange_say(x, 503, "server.busy", "服务器正忙，请稍后再试。", "The server is busy; try again.", NULL);
        else
                exchange_say(x, 500, "server.error", "服务器出错了，已记录。请稍后再试。",
                             "Something went wrong here and was logged. Try again later.", NULL);
}

/* Translates what `run` answered. */
static void say_status(struct exchange *x, int r)
{
        const struct problem *p = x->match.route->problems;

        while (r > 0 && p && p->status && p->status != r)
                p++;
        if (r > 0 && p && p->status) {
                exchange_say(x, p->http, p->code, x->why_zh ? x->why_zh : p->zh, x->why_en ? x->why_en : p->en, NULL);
                return;
        }
        if (r > 0)
                log_event(LOG_ERROR, "route.undeclared_status", "path", x->match.route->path, "status", log_int(r), NULL);
        exchange_refuse(x, r);
}

/* ---- decoding ---- */

static bool has_body(const struct exchange *x)
{
        return !strcmp(x->method, "POST") || !strcmp(x->method, "PUT");
}

static int read_params(struct exchange *x, const struct json_desc *desc, void *in, struct json_fault *fault)
{
        const char *next = *x->query ? x->query : NULL;
        char *name, *value;
        int r = 0;

        for (size_t i = 0; !r && i < x->match.n; i++)
                r = json_read_param(&x->arena, desc, x->match.names[i], x->match.values[i], in, fault);
        /* A body's fields come from the body alone. */
        if (has_body(x) && !(x->match.route->flags & ROUTE_UPLOAD))
                next = NULL;
        while (!r && next) {
                if (query_next(&x->arena, &next, &name, &value)) {
                        *fault = (struct json_fault){"", "a query parameter is not valid percent-encoded UTF-8", "查询参数编码不正确"};
                        return JSON_E_SYNTAX;
                }
                if (*name)
                        r = json_read_param(&x->arena, desc, name, value, in, fault);
        }
        return r;
}

/* Path parameters are members of the same struct as the body's fields, so the body is read first and may not name them;
 * what is required is checked when all is in. */
static int read_in(struct exchange *x, void *in, struct json_fault *fault)
{
        const struct json_desc *desc = x->match.route->in;
        struct json_desc body;
        struct json_field *fields;
        int r = 0;

        if (has_body(x) && x->body.n && !(x->match.route->flags & ROUTE_UPLOAD)) {
                fields = arena_memdup(&x->arena, desc->fields, desc->n * sizeof(*fields));
                body = *desc;
                body.fields = fields;
                body.n = 0;
                for (size_t i = 0; i < desc->n; i++) {
                        bool in_path = false;

                        for (size_t j = 0; j < x->match.n; j++)
                                in_path |= !strcmp(x->match.names[j], desc->fields[i].name);
                        if (!in_path)
                                fields[body.n++] = desc->fields[i];
                }
                r = json_read(&x->arena, x->body, &body, JSON_STRICT, in, fault);
        }
        if (!r)
                r = read_params(x, desc, in, fault);
        return r ? r : json_check(&x->arena, desc, in, fault);
}

static bool is_json(const struct exchange *x)
{
        const char *type = exchange_header(x, "Content-Type");

        return type && strncasecmp(type, "application/json", 16) == 0 && strchr("; ", type[16]);
}

/* ---- running ---- */

static void encode(struct exchange *x, const void *out)
{
        const struct route *route = x->match.route;
        const char *body = NULL;

        if (route->flags & ROUTE_BYTES) {
                /* Bytes came from somebody: opened in a window of their own they run nothing. */
                exchange_set_header(x, "Content-Security-Policy", "default-src 'none'; sandbox");
                x->answer = (struct answer){.status = route->ok ? route->ok : 200, .mime = x->mime, .body = x->bytes,
                                            .headers = x->out_headers};
        } else {
                body = route->out ? json_write(&x->arena, route->out, out) : NULL;
                x->answer = (struct answer){.status = route->ok ? route->ok : body ? 200 : 204,
                                            .mime = body ? "application/json; charset=utf-8" : NULL,
                                            .body = bytes_of_text(body),
                                            .headers = x->out_headers};
        }
        watch_reply(x->server, route, x->answer.status, body);
}

static void run(struct exchange *x)
{
        const struct route *route = x->match.route;
        struct json_fault fault = {0};
        struct call call = {
                .route = route,
                .exchange = x,
                .arena = &x->arena,
                .session = exchange_cookie(x, "zg_session"),
                .csrf = exchange_header(x, "X-CSRF-Token"),
                .in = route->in ? arena_alloc(&x->arena, route->in->size) : NULL,
                .out = route->out ? arena_alloc(&x->arena, route->out->size) : NULL,
        };
        int r = 0;

        if (route->in)
                r = read_in(x, (void *)(uintptr_t)call.in, &fault);
        if (r) {
                say_field(x, &fault);
                return;
        }
        r = x->server->o.run(x->server->o.arg, &call);
        x->merchant = call.merchant;
        if (r) {
                say_status(x, r);
                watch_reply(x->server, route, x->answer.status, NULL);
        } else {
                encode(x, call.out);
        }
}

void exchange_answer(struct exchange *x)
{
        const struct route *route;
        const char *decoded;

        exchange_set_header(x, "Cache-Control", "no-store");
        exchange_set_header(x, "X-Content-Type-Options", "nosniff");
        if (!x->path || path_decode(&x->arena, x->path, strlen(x->path), &decoded)) {
                exchange_say(x, 400, "request.path", "网址不正确。", "The address is broken.", NULL);
                return;
        }
        match_route(&x->arena, x->server->o.registry, x->server->o.demo, x->method, x->path, &x->match);
        route = x->match.route;
        if (!route && x->match.allow)
                exchange_set_header(x, "Allow", x->match.allow);
        if (!route && x->match.allow)
                exchange_say(x, 405, "request.method", "这个地址不支持这种操作。", "This address does not take this method.", NULL);
        else if (!route)
                exchange_say(x, 404, "request.unknown", "没有这个地址。", "There is no such address.", NULL);
        else if (has_body(x) && x->body.n && !(route->flags & ROUTE_UPLOAD) && !is_json(x))
                exchange_say(x, 415, "request.type", "请用 application/json 提交。", "Send application/json.", NULL);
        else
                run(x);
}
