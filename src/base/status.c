#include "base/status.h"
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The compiler's __FILE__ begins at the build folder; the log begins at the source's. */
static const char *from_src(const char *file)
{
        const char *at = file;

        for (const char *p = file; (p = strstr(p, "src/")); p++)
                if (p == file || p[-1] == '/')
                        at = p;
        return at;
}

int status_fatal(const char *file, int line, int err, const char *fmt, ...)
{
        char why[512];
        va_list args;

        if (err <= 0)
                err = EIO;
        va_start(args, fmt);
        vsnprintf(why, sizeof(why), fmt, args);
        va_end(args);
        log_event(LOG_ERROR, "fatal", "file", from_src(file), "line", log_int(line), "errno", strerrorname_np(err),
                  "why", why, NULL);
        return -err;
}

int status_fold_at(const char *file, int line, int r)
{
        return r > 0 ? status_fatal(file, line, EPROTO, "a status nobody here expects: %d", r) : r;
}
