#include "base/check.h"

#include "base/json.h"
#include "base/text.h"

#include <string.h>

const char *check_level_name(enum check_level level)
{
        static const char *const names[CHECK_LEVELS] = {"ok", "unknown", "warn", "fail"};

        return (size_t)level < CHECK_LEVELS ? names[level] : "?";
}

bool check_is_of(const struct check *check, const char *kind)
{
        size_t n = kind ? strlen(kind) : 0;

        if (!kind || !check->kinds)
                return kind == check->kinds;
        for (const char *p = check->kinds; (p = strstr(p, kind)); p += n)
                if ((p == check->kinds || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
                        return true;
        return false;
}

int check_say(struct check_result *out, enum check_level level, const char *zh, const char *en, const char *fix_zh,
              const char *fix_en)
{
        out->level = level;
        out->zh = zh;
        out->en = en;
        out->fix_zh = fix_zh;
        out->fix_en = fix_en;
        return 0;
}

void check_fact(struct ctx *ctx, struct check_result *out, const char *name, const char *value)
{
        struct text t;

        text_init(&t, ctx->arena);
        text_add_n(&t, out->facts ? out->facts : "{", out->facts ? strlen(out->facts) - 1 : 1);
        if (out->facts)
                text_add(&t, ",");
        json_quote(&t, name);
        text_add(&t, ":");
        json_quote(&t, value ? value : "");
        text_add(&t, "}");
        out->facts = t.p;
}
