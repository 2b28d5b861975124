#include "platform/callback.h"
#include "platform/callback_impl.h"

#include <string.h>

/*
 * Reported from the field: pushes that reach a shop through a third-party platform can carry the nested object flattened
 * into a text of lines. Lines may be "name: value", or the bare values in the documented order; this is that order.
 * Whatever is found here only triggers a fetch of the truth, so a wrong reading costs one call.
 */
static const struct flat {
        const char *key, *fields[3];
} flats[] = {
        {"finder_shop_aftersale_status_update", {"status", "after_sale_order_id", "order_id"}},
        {"finder_shop_complaint", {"complaint_id", "after_sale_order_id", "order_id"}},
        {"finder_shop_present_aftersale_status_update", {"status", "after_sale_order_id", "order_id"}},
        {"order_info", {"order_id"}},
};

/* Does the line carry its own name ("order_id: 1", "order_id=1")? Then its field is that, not the one of its place. */
static const char *line_name(struct arena *arena, const char *line, size_t n, size_t *value_at)
{
        size_t i = 0;

        while (i < n && (line[i] == '_' || (line[i] >= 'a' && line[i] <= 'z')))
                i++;
        if (!i || i >= n || !strchr(":=", line[i]))
                return NULL;
        *value_at = i + 1;
        return arena_strndup(arena, line, i);
}

static size_t unflatten(struct arena *arena, const struct flat *flat, const char *value, struct json_leaf *out)
{
        size_t made = 0, place = 0;

        while (*value && made < countof(flat->fields)) {
                size_t n = strcspn(value, "\r\n"), at = 0;
                const char *line = value, *name;

                value += n + strspn(value + n, "\r\n");
                while (n && strchr(" \t", *line))
                        line++, n--;
                name = line_name(arena, line, n, &at);
                if (!name && n && place < countof(flat->fields))
                        name = flat->fields[place++];
                while (at < n && strchr(" \t", line[at]))
                        at++;
                while (n > at && strchr(" \t", line[n - 1]))
                        n--;
                if (name && n > at)
                        out[made++] = (struct json_leaf){arena_printf(arena, "%s.%s", flat->key, name),
                                                         arena_strndup(arena, line + at, n - at)};
        }
        return made;
}

/* Adds the leaves that a flattened body hides; the text itself stays a leaf. */
static void mend(struct arena *arena, struct wx_event *event)
{
        for (size_t f = 0; f < countof(flats); f++) {
                const char *value = wx_event_get(event, flats[f].key);
                struct json_leaf *all;

                if (text_empty(value))
                        continue;
                all = arena_array(arena, struct json_leaf, event->n + countof(flats[f].fields));
                memcpy(all, event->leaves, event->n * sizeof(*all));
                event->n += unflatten(arena, &flats[f], value, all + event->n);
                event->leaves = all;
        }
}

const char *wx_event_get(const struct wx_event *event, const char *path)
{
        return cb_leaf(event->leaves, event->n, path);
}

int wx_event_read(struct arena *arena, enum wx_kind kind, struct bytes plain, struct wx_event *out)
{
        struct json_leaf *leaves;
        const char *type, *when;
        int r;

        *out = (struct wx_event){.kind = kind, .type = "", .raw = plain};
        if (!utf8_valid(plain.p, plain.n))
                return WX_CB_E_TEXT;
        r = cb_leaves(arena, plain, &leaves, &out->n);
        if (r)
                return r;
        out->leaves = leaves;
        if (kind == WX_SHOP)
                mend(arena, out);
        type = wx_event_get(out, "Event");
        if (text_empty(type))
                type = wx_event_get(out, "MsgType");
        out->type = type ? type : "";
        out->change = wx_event_get(out, "ChangeType");
        out->from = wx_event_get(out, "FromUserName");
        out->to = wx_event_get(out, "ToUserName");
        when = wx_event_get(out, "CreateTime");
        if (!when || text_to_int(when, 0, INT64_MAX / 1000, &out->create_time))
                out->create_time = 0;
        return 0;
}
