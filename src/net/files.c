/* The embedded console, from memory. */
#include "net/internal.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <string.h>
#include <zlib.h>

#define CSP \
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; " \
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

static const struct file_row *find_file(const struct server *s, const char *path)
{
        for (size_t i = 0; i < s->o.n_files; i++)
                if (!strcmp(s->o.files[i].path, path))
                        return &s->o.files[i];
        return NULL;
}

/* Few clients do not take gzip; they get it unpacked on the fly. */
static int add_unpacked(struct evbuffer *out, const struct file_row *f)
{
        z_stream z = {.next_in = (unsigned char *)(uintptr_t)f->gz, .avail_in = (uInt)*f->n};
        unsigned char buf[16384];
        int r = inflateInit2(&z, 16 + MAX_WBITS);

        while (r == Z_OK) {
                z.next_out = buf;
                z.avail_out = sizeof(buf);
                r = inflate(&z, Z_NO_FLUSH);
                evbuffer_add(out, buf, sizeof(buf) - z.avail_out);
        }
        inflateEnd(&z);
        return r == Z_STREAM_END ? 0 : -EIO;
}

/* The last four bytes of a gzip file tell. */
static size_t unpacked_size(const struct file_row *f)
{
        const unsigned char *end = f->gz + *f->n;

        return *f->n < 18 ? 0 : (size_t)end[-4] | (size_t)end[-3] << 8 | (size_t)end[-2] << 16 | (size_t)end[-1] << 24;
}

static void add_headers(struct evkeyvalq *h, const struct file_row *f)
{
        evhttp_add_header(h, "Content-Type", f->mime);
        evhttp_add_header(h, "ETag", f->etag);
        evhttp_add_header(h, "Vary", "Accept-Encoding");
        /* Names below /assets/ carry a hash of their content. */
        evhttp_add_header(h, "Cache-Control", text_starts(f->path, "/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
        evhttp_add_header(h, "Content-Security-Policy", CSP);
        evhttp_add_header(h, "X-Content-Type-Options", "nosniff");
        evhttp_add_header(h, "Referrer-Policy", "same-origin");
}

void files_serve(struct server *s, struct evhttp_request *req, const char *path)
{
        const struct file_row *f = find_file(s, strcmp(path, "/") ? path : "/index.html");
        const char *match = request_header(req, "If-None-Match"), *accept = request_header(req, "Accept-Encoding");
        struct evkeyvalq *headers = evhttp_request_get_output_headers(req);
        struct evbuffer *out = evhttp_request_get_output_buffer(req);

        if (strcmp(request_method(req), "GET") && strcmp(request_method(req), "HEAD")) {
                send_problem(s, req, 405, "request.method", "这个地址不支持这种操作。", "This address does not take this method.");
                return;
        }
        /* The console routes its own paths; a missing file with an ending is really missing. */
        if (!f && !strchr(strrchr(path, '/'), '.'))
                f = find_file(s, "/index.html");
        if (!f) {
                send_problem(s, req, 404, "request.unknown", "没有这个地址。", "There is no such address.");
                return;
        }
        add_headers(headers, f);
        if (match && strstr(match, f->etag)) {
                send_answer(s, req, &(struct answer){.status = 304});
                return;
        }
        /* The body stays where it is, in the program's own pages. A HEAD is told the length of the unpacked file only. */
        if (!strcmp(request_method(req), "HEAD")) {
                send_answer(s, req, &(struct answer){.status = 200, .body.n = unpacked_size(f)});
        } else if (header_lists(accept, "gzip")) {
                evhttp_add_header(headers, "Content-Encoding", "gzip");
                evbuffer_add_reference(out, f->gz, *f->n, NULL, NULL);
                send_answer(s, req, &(struct answer){.status = 200});
        } else if (add_unpacked(out, f)) {
                evbuffer_drain(out, evbuffer_get_length(out));
                send_problem(s, req, 500, "server.error", "程序里的文件损坏了，请重新安装。", "A file inside the program is broken; install it again.");
        } else {
                send_answer(s, req, &(struct answer){.status = 200});
        }
}
