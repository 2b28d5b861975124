#include "platform/errors_impl.h"

#include <stdlib.h>

static int by_code(const void *code, const void *row)
{
        int64_t a = *(const int64_t *)code, b = ((const struct wx_error_row *)row)->code;

        return (a > b) - (a < b);
}

const struct wx_error_row *wx_error_table(const char *kind, size_t *n)
{
        bool wecom = text_eq(kind, "wecom");

        *n = wecom ? wx_errors_wecom_n : wx_errors_weixin_n;
        return wecom ? wx_errors_wecom : wx_errors_weixin;
}

const struct wx_error_row *wx_error(const char *kind, int64_t code)
{
        size_t n;
        const struct wx_error_row *rows = wx_error_table(kind, &n);

        return bsearch(&code, rows, n, sizeof(*rows), by_code);
}
