/* How much may still be said. Pure: the facts come from thread.c, the clock from the context. */
#include "inbox/parts.h"

void inbox_budget_of(const struct budget_facts *f, int64_t now, struct inbox_budget *b)
{
        *b = (struct inbox_budget){.window_until = f->her_last ? f->her_last + INBOX_WINDOW_MS : 0};
        bool open = f->her_last && now < b->window_until;
        if (open && f->used < INBOX_REPLIES) {
                b->replies_left = INBOX_REPLIES - f->used;
                b->auto_left = f->auto_used < INBOX_AUTOMATIC ? INBOX_AUTOMATIC - f->auto_used : 0;
                if (b->auto_left > b->replies_left)
                        b->auto_left = b->replies_left;
        }

        /* The order tells the person what to do first: a window that is closed is no reason to call the administrator.
         */
        if (f->read_only)
                b->refused = INBOX_E_READ_ONLY;
        else if (!open)
                b->refused = INBOX_E_WINDOW_CLOSED;
        else if (!text_eq(f->owner, "desk"))
                b->refused = INBOX_E_OWNER;
        else if (b->replies_left == 0)
                b->refused = INBOX_E_BUDGET;
}

bool inbox_session_begins(const char *owner, int64_t before, int64_t now)
{
        /* A session in the WeCom client stays there until its end is told; but that it ran out is told to nobody. */
        return text_eq(owner, "ended") || before == 0 || now - before >= INBOX_WINDOW_MS;
}
