#include "sim/out.h"

#include "base/json.h"

#include <assert.h>

void out_init(struct out *o, struct arena *arena)
{
        *o = (struct out){0};
        text_init(&o->text, arena);
}

static void key(struct out *o, const char *name)
{
        if (o->comma)
                text_add(&o->text, ",");
        o->comma = true;
        if (name) {
                json_quote(&o->text, name);
                text_add(&o->text, ":");
        }
}

static void open_with(struct out *o, const char *name, const char *opener, char closer)
{
        key(o, name);
        text_add(&o->text, opener);
        assert(o->depth < sizeof(o->close));
        o->close[o->depth++] = closer;
        o->comma = false;
}

void out_obj(struct out *o, const char *name)
{
        open_with(o, name, "{", '}');
}

void out_list(struct out *o, const char *name)
{
        open_with(o, name, "[", ']');
}

void out_end(struct out *o)
{
        assert(o->depth);
        text_add_n(&o->text, &o->close[--o->depth], 1);
        o->comma = true;
}

void out_str(struct out *o, const char *name, const char *value)
{
        key(o, name);
        json_quote(&o->text, value ? value : "");
}

void out_opt(struct out *o, const char *name, const char *value)
{
        if (value)
                out_str(o, name, value);
}

void out_int(struct out *o, const char *name, int64_t value)
{
        key(o, name);
        text_addf(&o->text, "%lld", (long long)value);
}

void out_dbl(struct out *o, const char *name, double value)
{
        key(o, name);
        text_addf(&o->text, "%.6f", value);
}

void out_bool(struct out *o, const char *name, bool value)
{
        key(o, name);
        text_add(&o->text, value ? "true" : "false");
}

void out_raw(struct out *o, const char *name, const char *json)
{
        key(o, name);
        text_add(&o->text, json);
}

void out_id(struct out *o, const char *name, const char *digits, bool as_number)
{
        if (as_number)
                out_raw(o, name, digits);
        else
                out_str(o, name, digits);
}
