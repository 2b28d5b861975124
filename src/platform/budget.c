#include "platform/wx_impl.h"

#include "base/crypt.h"

/* The platform does not say which bucket ran dry: minute, hour, day. So the pause grows with each refusal in a row. */
static int64_t pause_ms(int64_t errcode, int64_t refusals)
{
        static const int64_t steps[] = {60 * 1000, 10 * 60 * 1000, 60 * 60 * 1000};
        uint16_t jitter;

        switch (errcode) {
        case 45009:
                return steps[refusals < (int64_t)countof(steps) ? refusals - 1 : (int64_t)countof(steps) - 1];
        case 45011:
                return steps[0];
        case 45033: /* too many at once: spread the next tries */
                crypt_random(&jitter, sizeof(jitter));
                return 2000 + jitter % 1000;
        default:
                return 0;
        }
}

struct wx_slot *wx_slot(struct wx *wx, int64_t merchant_id, int64_t account_id)
{
        struct wx_slot **head = &wx->slots[(uint64_t)account_id % WX_SLOTS];

        for (struct wx_slot *s = *head; s; s = s->next) {
                if (s->merchant_id == merchant_id && s->account_id == account_id)
                        return s;
        }
        struct wx_slot *made = arena_new(&wx->arena, struct wx_slot);
        made->merchant_id = merchant_id;
        made->account_id = account_id;
        made->next = *head;
        return *head = made;
}

static struct wx_pause *pause_of(struct wx_slot *slot, const char *api)
{
        struct wx_pause *p = slot->pauses;

        while (p && !text_eq(p->api, api))
                p = p->next;
        return p;
}

/* A business clock set back must not make a pause longer than it was. */
static int64_t left_of(struct wx_pause *p, int64_t now)
{
        if (p->until - now > p->length)
                p->until = now + p->length;
        return p->until > now ? p->until - now : 0;
}

int wx_budget_check(struct wx *wx, const struct wx_account *account, const struct wx_api *api, struct wx_fault *fault)
{
        int64_t now = clock_now(wx->options.clock);
        struct wx_pause *p;

        pthread_mutex_lock(&wx->lock);
        p = pause_of(wx_slot(wx, account->merchant_id, account->account_id), api->name);
        if (p) {
                fault->retry_after_ms = left_of(p, now);
                fault->errcode = fault->retry_after_ms ? p->errcode : 0;
        }
        pthread_mutex_unlock(&wx->lock);
        if (!fault->retry_after_ms)
                return 0;
        fault->errmsg = "paused here: the budget is not back yet";
        return WX_E_BUSY;
}

/* With the lock held. */
static struct wx_pause *pause_made(struct wx *wx, struct wx_slot *slot, const char *api)
{
        struct wx_pause *p = pause_of(slot, api);

        if (p)
                return p;
        p = arena_new(&wx->arena, struct wx_pause);
        p->api = arena_strdup(&wx->arena, api);
        p->next = slot->pauses;
        return slot->pauses = p;
}

/* With the lock held. True when others must hear of it. */
static bool take_note(struct wx *wx, struct wx_slot *slot, const char *api, int64_t errcode, struct wx_pause **out)
{
        int64_t now = clock_now(wx->options.clock);
        bool empty = pause_ms(errcode, 1) > 0, told;
        struct wx_pause *p = *out = empty ? pause_made(wx, slot, api) : pause_of(slot, api);

        if (!p)
                return false;
        if (!empty) {
                told = p->refusals > 0;
                p->errcode = p->refusals = p->until = 0;
                return told;
        }
        if (left_of(p, now)) /* calls that were under way together count as one refusal */
                return false;
        p->refusals = p->errcode == errcode ? p->refusals + 1 : 1;
        p->errcode = errcode;
        p->length = pause_ms(p->errcode, p->refusals);
        p->until = now + p->length;
        return true;
}

void wx_budget_note(struct wx *wx, const struct wx_account *account, const struct wx_api *api, struct wx_fault *fault)
{
        struct wx_pause_word word = {.merchant_id = account->merchant_id, .account_id = account->account_id, .api = api->name};
        struct wx_pause *p;
        bool tell;

        pthread_mutex_lock(&wx->lock);
        tell = take_note(wx, wx_slot(wx, account->merchant_id, account->account_id), api->name, fault->errcode, &p);
        if (p && p->refusals) {
                fault->retry_after_ms = word.left_ms = left_of(p, clock_now(wx->options.clock));
                word.errcode = p->errcode;
                word.refusals = p->refusals;
        }
        pthread_mutex_unlock(&wx->lock);
        if (tell && wx->options.paused)
                wx->options.paused(wx->options.paused_arg, &word);
}

void wx_budget_hear(struct wx *wx, const struct wx_pause_word *word)
{
        int64_t longest = pause_ms(word->errcode, word->refusals);
        struct wx_pause *p;

        if (word->left_ms && (word->refusals < 1 || word->left_ms < 0 || word->left_ms > longest))
                return;
        pthread_mutex_lock(&wx->lock);
        p = pause_made(wx, wx_slot(wx, word->merchant_id, word->account_id), word->api);
        p->errcode = word->left_ms ? word->errcode : 0;
        p->refusals = word->left_ms ? word->refusals : 0;
        p->length = word->left_ms;
        p->until = word->left_ms ? clock_now(wx->options.clock) + word->left_ms : 0;
        pthread_mutex_unlock(&wx->lock);
}

static size_t list_slot(struct wx_slot *slot, int64_t now, struct wx_budget *out)
{
        size_t n = 0;

        for (struct wx_pause *p = slot->pauses; p; p = p->next) {
                int64_t left = left_of(p, now);

                if (left && out)
                        out[n] = (struct wx_budget){slot->account_id, p->api, p->errcode, p->refusals, left};
                n += left > 0;
        }
        return n;
}

static size_t list_all(struct wx *wx, int64_t merchant_id, int64_t now, struct wx_budget *out)
{
        size_t n = 0;

        for (size_t i = 0; i < WX_SLOTS; i++) {
                for (struct wx_slot *s = wx->slots[i]; s; s = s->next) {
                        if (s->merchant_id == merchant_id)
                                n += list_slot(s, now, out ? out + n : NULL);
                }
        }
        return n;
}

void wx_budget_list(struct wx *wx, struct arena *arena, int64_t merchant_id, struct wx_budget **out, size_t *n)
{
        int64_t now = clock_now(wx->options.clock);

        pthread_mutex_lock(&wx->lock);
        *n = list_all(wx, merchant_id, now, NULL);
        *out = arena_array(arena, struct wx_budget, *n);
        list_all(wx, merchant_id, now, *out);
        pthread_mutex_unlock(&wx->lock);
}
