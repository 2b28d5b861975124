/* callback decode: why does a callback fail? For operators. */
#include "cli/commands.h"

#include "app/app.h"
#include "base/crypt.h"
#include "platform/decode.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_INPUT (4 << 20)

struct flag {
        const char *name;
        const char **to;
        bool secret; /* @file is read */
};

static int read_stream(struct arena *a, FILE *f, struct bytes *out)
{
        char *buf = arena_alloc(a, MAX_INPUT + 1);
        size_t n = fread(buf, 1, MAX_INPUT + 1, f);

        if (n > MAX_INPUT)
                return -EFBIG;
        *out = bytes_of(buf, n);
        return 0;
}

static int read_file(struct arena *a, const char *path, struct bytes *out)
{
        FILE *f = strcmp(path, "-") ? fopen(path, "rb") : stdin;
        int r;

        if (!f) {
                fprintf(stderr, "zhanggui callback: cannot read %s: %s\n", path, strerror(errno));
                return -errno;
        }
        r = read_stream(a, f, out);
        if (f != stdin)
                fclose(f);
        if (r)
                fprintf(stderr, "zhanggui callback: %s is larger than 4 MiB\n", path);
        return r;
}

/* The first line of the file that "@file" names. */
static int resolve_secret(struct arena *a, const char **value)
{
        struct bytes b;
        int r;

        if (!*value || (*value)[0] != '@')
                return 0;
        r = read_file(a, *value + 1, &b);
        if (!r)
                *value = arena_strndup(a, b.p, strcspn(b.p, "\r\n"));
        return r;
}

static bool read_flags(struct arena *a, int argc, char **argv, const struct flag *flags, size_t n)
{
        for (int i = 0; i < argc; i++) {
                size_t f = 0;

                while (f < n && strcmp(flags[f].name, argv[i]))
                        f++;
                if (f == n || i + 1 == argc) {
                        fprintf(stderr, "zhanggui callback decode: %s \"%s\"; see zhanggui callback --help\n",
                                f == n ? "unknown flag" : "a value is missing after", argv[i]);
                        return false;
                }
                *flags[f].to = argv[++i];
                if (flags[f].secret && resolve_secret(a, flags[f].to))
                        return false;
        }
        return true;
}

static int decode(struct arena *a, int argc, char **argv)
{
        struct wx_decode d = {0};
        const char *body = "-";
        struct bytes plain;
        int r;
        const struct flag flags[] = {
                {"--aes-key", &d.aes_key, true},     {"--body", &body, false},           {"--kind", &d.kind, false},
                {"--nonce", &d.nonce, false},        {"--receive-id", &d.receive_id, false}, {"--signature", &d.signature, false},
                {"--timestamp", &d.timestamp, false}, {"--token", &d.token, true},
        };

        if (!read_flags(a, argc, argv, flags, countof(flags)))
                return 2;
        const char *missing = "";
        for (size_t i = 0; i < countof(flags); i++)
                if (!*flags[i].to)
                        missing = arena_printf(a, "%s %s", missing, flags[i].name);
        if (*missing) {
                fprintf(stderr, "zhanggui callback decode: still needed:%s; see zhanggui callback --help\n", missing);
                return 2;
        }
        if (read_file(a, body, &d.body))
                return 2;
        r = wx_decode(a, &d, &plain);
        if (r) {
                fprintf(stderr, "%s\n", r < 0 ? "the program itself failed; its log line says why" : wx_cb_sentence(r));
                return 1;
        }
        fwrite(plain.p, 1, plain.n, stdout);
        if (isatty(STDOUT_FILENO))
                putchar('\n');
        return 0;
}

int cmd_callback(int argc, char **argv)
{
        struct arena a;
        int r;

        if (argc < 1 || strcmp(argv[0], "decode")) {
                fprintf(stderr, "zhanggui callback: the only act is \"decode\"; see zhanggui callback --help\n");
                return 2;
        }
        if (crypt_init())
                return 1;
        arena_init(&a, 0);
        r = decode(&a, argc - 1, argv + 1);
        arena_release(&a);
        return r;
}

int cmd_openapi(int argc, char **argv)
{
        struct arena a;

        (void)argv;
        if (argc) {
                fprintf(stderr, "zhanggui openapi: takes no arguments\n");
                return 2;
        }
        arena_init(&a, 0);
        puts(route_openapi(&a, &app_registry, ZHANGGUI_VERSION));
        arena_release(&a);
        return 0;
}
