#include "sim/multipart.h"

#include <string.h>
#include <strings.h>

/* Value of name="..." in a header line, or NULL. */
static char *quoted(struct arena *arena, const char *line, const char *name)
{
        char *start = strcasestr(arena_strdup(arena, line), arena_printf(arena, "; %s=\"", name));
        if (!start)
                return NULL;
        start = strchr(start, '"') + 1;
        char *end = strchr(start, '"');
        return end ? arena_strndup(arena, start, (size_t)(end - start)) : NULL;
}

static int add_part(struct arena *arena, struct multipart *out, const char *part, size_t n)
{
        const char *blank = memmem(part, n, "\r\n\r\n", 4);
        if (!blank)
                return MULTIPART_E_BAD;
        char *headers = arena_strndup(arena, part, (size_t)(blank - part));
        struct bytes data = bytes_of(blank + 4, n - (size_t)(blank + 4 - part));
        const char *name = quoted(arena, headers, "name"), *filename = quoted(arena, headers, "filename");

        if (!name)
                return MULTIPART_E_BAD;
        if (filename) {
                char *mime = strcasestr(headers, "\r\nContent-Type: ");
                out->file = data;
                out->filename = filename;
                out->file_field = name;
                if (mime)
                        out->mime = arena_strndup(arena, mime + 16, strcspn(mime + 16, "\r;"));
        } else if (out->n_fields < countof(out->field)) {
                out->field[out->n_fields].name = name;
                out->field[out->n_fields++].value = arena_strndup(arena, data.p, data.n);
        }
        return 0;
}

int multipart_read(struct arena *arena, const char *content_type, struct bytes body, struct multipart *out)
{
        const char *b = content_type ? strcasestr(content_type, "boundary=") : NULL;
        const char *at = body.p, *end = at + body.n;

        *out = (struct multipart){.mime = "application/octet-stream"};
        if (!b || !body.n)
                return MULTIPART_E_BAD;
        b += 9;
        b += *b == '"';
        char *boundary = arena_printf(arena, "--%.*s", (int)strcspn(b, "\"; "), b);
        size_t n = strlen(boundary);
        /* Each part lies between two boundaries and ends with the line end before the next one. */
        const char *open = memmem(at, (size_t)(end - at), boundary, n);
        while (open && end - open >= (ptrdiff_t)n + 2 && memcmp(open + n, "--", 2)) {
                const char *part = open + n + 2;
                const char *next = memmem(part, (size_t)(end - part), boundary, n);
                if (!next || next - part < 2)
                        return MULTIPART_E_BAD;
                if (add_part(arena, out, part, (size_t)(next - part) - 2))
                        return MULTIPART_E_BAD;
                open = next;
        }
        return open && end - open >= (ptrdiff_t)n + 2 ? 0 : MULTIPART_E_BAD;
}

const char *multipart_field(const struct multipart *m, const char *name)
{
        for (size_t i = 0; i < m->n_fields; i++)
                if (text_eq(m->field[i].name, name))
                        return m->field[i].value;
        return NULL;
}
