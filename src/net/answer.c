/* A worker's half of a request: decode, run, encode, or say in a sentence what is wrong. */
#include "net/exchange.h"

#include "base/log.h"

#include <string.h>

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

static const char *title_of(int status)
{
        switch (status) {
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 409: return "Conflict";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        default: return "Internal Server Error";
        }
}

static void say(struct exchange *x, int status, const char *code, const char *zh, const char *en, const char *field)
{
        struct problem_out p = {"about:blank", title_of(status), code, exchange_english(x) ? en : zh, field, status};

        if (status == 503)
                exchange_set_header(x, "Retry-After", "1");
        x->answer = (struct answer){.status = status,
                                    .mime = "application/problem+json; charset=utf-8",
                                    .body = bytes_of_text(json_write(&x->arena, &problem_desc, &p)),
                                    .headers = x->out_headers};
}

static void say_field(struct exchange *x, const struct json_fault *fault)
{
        const char *path = text_empty(fault->path) ? NULL : fault->path;

        say(x, 400, "request.bad",
            path ? arena_printf(&x->arena, "字段 %s：%s", path, fault->why_zh ? fault->why_zh : fault->why)
                 : arena_printf(&x->arena, "请求内容无法读取：%s", fault->why_zh ? fault->why_zh : fault->why),
            path ? arena_printf(&x->arena, "field %s: %s", path, fault->why)
                 : arena_printf(&x->arena, "the request cannot be read: %s", fault->why),
            path);
}

/* Translates what `run` answered. */
static void say_status(struct exchange *x, int r)
{
        const struct problem *p = x->match.route->problems;

        if (r == CALL_NO_SESSION) {
                say(x, 401, "session.none", "请先登录。", "Please sign in.", NULL);
        } else if (r == CALL_FORBIDDEN) {
                say(x, 403, "session.forbidden", "您没有做这件事的权限，或页面已过期，请刷新。",
                    "You may not do this, or the page is out of date: reload it.", NULL);
        } else if (r == CALL_BUSY) {
                say(x, 503, "server.busy", "服务器正忙，请稍后再试。", "The server is busy; try again.", NULL);
        } else {
                while (r > 0 && p && p->status && p->status != r)
                        p++;
                if (r > 0 && p && p->status) {
                        say(x, p->http, p->code, x->why_zh ? x->why_zh : p->zh, x->why_en ? x->why_en : p->en, NULL);
                        return;
                }
                if (r > 0)
                        log_event(LOG_ERROR, "route.undeclared_status", "path", x->match.route->path, "status", log_int(r), NULL);
                say(x, 500, "server.error", "服务器出错了，已记录。请稍后再试。",
                    "Something went wrong here and was logged. Try again later.", NULL);
        }
}

/* ---- decoding ---- */

static int read_params(struct exchange *x, const struct json_desc *desc, void *in, struct json_fault *fault)
{
        const char *next = *x->query ? x->query : NULL;
        char *name, *value;
        int r = 0;

        for (size_t i = 0; !r && i < x->match.n; i++)
                r = json_read_param(&x->arena, desc, x->match.names[i], x->match.values[i], in, fault);
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

static bool has_body(const struct exchange *x)
{
        return !strcmp(x->method, "POST") || !strcmp(x->method, "PUT");
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

        return type && text_starts(type, "application/json");
}

/* ---- running ---- */

static void encode(struct exchange *x, const void *out)
{
        const struct route *route = x->match.route;
        const char *body = NULL;

        if (route->flags & ROUTE_BYTES) {
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

        exchange_set_header(x, "Cache-Control", "no-store");
        exchange_set_header(x, "X-Content-Type-Options", "nosniff");
        if (!x->path) {
                say(x, 400, "request.path", "网址不正确。", "The address is broken.", NULL);
                return;
        }
        match_route(&x->arena, x->server->o.registry, x->server->o.demo, x->method, x->path, &x->match);
        route = x->match.route;
        if (!route && x->match.path_known)
                say(x, 405, "request.method", "这个地址不支持这种操作。", "This address does not take this method.", NULL);
        else if (!route)
                say(x, 404, "request.unknown", "没有这个地址。", "There is no such address.", NULL);
        else if (has_body(x) && x->body.n && !(route->flags & ROUTE_UPLOAD) && !is_json(x))
                say(x, 415, "request.type", "请用 application/json 提交。", "Send application/json.", NULL);
        else
                run(x);
}
