/* Callbacks of the corp: XML, before signing and sealing (wecom-callback.md 10). */
#include "base/xml.h"
#include "sim/push.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#include <string.h>

static void element(struct text *xml, const char *name, const char *value)
{
        text_addf(xml, "<%s>", name);
        if (strspn(value, "0123456789") == strlen(value) && *value && strlen(value) < 12)
                text_add(xml, value);
        else
                xml_cdata(xml, value);
        text_addf(xml, "</%s>", name);
}

/* A value of several: "a\nb" below a list's node becomes Items. */
static void list(struct text *xml, const char *name, const char *value)
{
        text_addf(xml, "<%s>", name);
        while (*value) {
                size_t n = strcspn(value, "\n");
                text_add(xml, "<Item><![CDATA[");
                text_add_n(xml, value, n);
                text_add(xml, "]]></Item>");
                value += n + (value[n] == '\n');
        }
        text_addf(xml, "</%s>", name);
}

static void push(struct sim *sim, const char *agent, const char *name, const char *from, const char *id,
                 const struct node *nodes)
{
        struct target *target = &sim->world.corp.target;
        const char *slash = strchr(name, '/');
        struct arena arena;
        struct text xml;

        ledger_add(sim, "event", target->id, id, "%s", name);
        if (!target->url && !sim->record)
                return;
        arena_init(&arena, 0);
        text_init(&xml, &arena);
        text_add(&xml, "<xml>");
        element(&xml, "ToUserName", target->id);
        element(&xml, "FromUserName", from);
        text_addf(&xml, "<CreateTime>%lld</CreateTime>", (long long)push_now_s(sim));
        element(&xml, "MsgType", "event");
        element(&xml, "Event", slash ? arena_strndup(&arena, name, (size_t)(slash - name)) : name);
        if (slash)
                element(&xml, "ChangeType", slash + 1);
        for (; nodes && nodes->name; nodes++) {
                if (nodes->value && text_eq(nodes->name, "MemChangeList"))
                        list(&xml, nodes->name, nodes->value);
                else if (nodes->value)
                        element(&xml, nodes->name, nodes->value);
        }
        if (agent)
                element(&xml, "AgentID", agent);
        text_add(&xml, "</xml>");
        push_event(sim, target, name, id, xml.p);
        arena_release(&arena);
}

void wecom_event(struct sim *sim, const char *name, const char *id, const struct node *nodes)
{
        push(sim, NULL, name, "sys", id, nodes);
}

void wecom_app_event(struct sim *sim, struct wecom_app *app, const char *name, const char *from,
                     const struct node *nodes)
{
        push(sim, app->agent_id, name, from, from, nodes);
}
