/* Whose thread it is. Pure. */
#include "inbox/parts.h"

int64_t inbox_assign_to(const struct assign_facts *f)
{
        if (f->assigned_to && f->assigned_active)
                return f->assigned_to;
        /* She comes back: to the one who knows her. Never to somebody picked by count: an agent who is out to lunch
         * would get threads nobody else looks at, while an unassigned one is seen by all. */
        if (f->reopened && f->last_agent && f->last_active)
                return f->last_agent;
        return 0;
}
