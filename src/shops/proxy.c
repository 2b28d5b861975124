/* The merchant's own way out. */
#include "shops/rows.h"

#include "base/seal.h"
#include "store/audit.h"

#include <string.h>

#define URL_MAX 500
#define HOST_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"

static const char *const schemes[] = {"http://", "https://", "socks5://"};

/* Behind the scheme; NULL when there is none of ours. */
static const char *behind_scheme(const char *url)
{
        for (size_t i = 0; i < countof(schemes); i++)
                if (text_starts(url, schemes[i]))
                        return url + strlen(schemes[i]);
        return NULL;
}

/* Behind the credentials, where host and port begin. */
static const char *behind_user(const char *rest)
{
        const char *at = strrchr(rest, '@');

        return at ? at + 1 : rest;
}

static bool is_place(const char *place)
{
        size_t n = *place == '[' ? strcspn(place, "]") + 1 : strspn(place, HOST_LETTERS);
        int64_t port;

        if (n < 1 || n > 255 || place[n < strlen(place) ? n : strlen(place)] != ':')
                return false;
        if (*place == '[' && (n < 4 || strspn(place + 1, "0123456789abcdefABCDEF:.") != n - 2))
                return false;
        return !text_to_int(place + n + 1, 1, 65535, &port);
}

struct shops_slip shops_proxy_slip(struct arena *a, const char *url)
{
        const char *rest = behind_scheme(url);

        (void)a;
        if (strlen(url) > URL_MAX || strpbrk(url, " \t\r\n\"'\\") || strspn(url, "\x7f") || strstr(url, "\xe3\x80\x80"))
                return (struct shops_slip){"url", "代理地址里有空格、引号或换行，或者太长，请重新复制。",
                                           "The proxy's address has blanks, quotes or line ends in it, or is too long: copy it again."};
        if (!rest)
                return (struct shops_slip){"url", "代理地址要以 http://、https:// 或 socks5:// 开头。",
                                           "A proxy's address begins with http://, https:// or socks5://."};
        if (!is_place(behind_user(rest)))
                return (struct shops_slip){"url", "代理地址要写明主机和端口，例如 socks5://用户:密码@203.0.113.8:1080，后面不带路径。",
                                           "A proxy's address names host and port, as in socks5://user:password@203.0.113.8:1080, and no path."};
        return (struct shops_slip){0};
}

int shops_set_proxy(struct ctx *ctx, const char *url)
{
        const char *rest, *host;
        struct bytes sealed;
        int r;

        if (text_empty(url)) {
                r = db_exec(ctx, &shops_q_proxy_drop, DB_I(ctx->merchant));
                return r ? status_fold(r) : status_fold(audit(ctx, "shops.proxy", "merchant", ctx->merchant, "{\"host\":null}"));
        }
        if (shops_proxy_slip(ctx->arena, url).field)
                return SHOPS_E_BAD;
        rest = behind_scheme(url);
        host = arena_printf(ctx->arena, "%.*s%s", (int)(rest - url), url, behind_user(rest));
        sealed = seal_close(ctx->arena, ctx->keys, bytes_of_text(url),
                            seal_where(ctx->arena, ctx->merchant, SHOPS_PROXY_TABLE, ctx->merchant));
        r = db_exec(ctx, &shops_q_proxy_save, DB_I(ctx->merchant), DB_T(host), DB_B(sealed), DB_I(ctx->now));
        return r ? status_fold(r)
                 : status_fold(audit(ctx, "shops.proxy", "merchant", ctx->merchant, arena_printf(ctx->arena, "{\"host\":\"%s\"}", host)));
}

int shops_proxy_host(struct ctx *ctx, const char **host)
{
        struct shops_proxy_row row;
        int r = db_one(ctx, &shops_q_proxy_get, &row, DB_I(ctx->merchant));

        *host = r ? NULL : row.host;
        return r == DB_E_NONE ? 0 : status_fold(r);
}
