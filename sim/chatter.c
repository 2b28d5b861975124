#include "sim/chatter.h"

#include "sim/chat.h"
#include "sim/sim.h"

static struct kf_account *account_for(const struct corp *corp, const struct person *p)
{
        for (size_t i = 0; i < corp->n_kf; i++)
                if (corp->kf[(p->place + i) % corp->n_kf]->managed)
                        return corp->kf[(p->place + i) % corp->n_kf];
        return NULL;
}

size_t chatter_say(struct sim *sim, size_t n, size_t people, size_t in_shop, size_t open)
{
        struct world *w = &sim->world;
        struct arena arena;
        size_t said = 0;

        while (w->people.n < people)
                world_person(sim, NULL);
        arena_init(&arena, 0);
        while (said < n && people > 0 && (size_t)sim->pushes.open <= open) {
                struct person *p = w->people.v[sim->chatter % people];
                struct kf_account *kf = account_for(&w->corp, p);
                char *text = arena_printf(&arena, "第 %llu 句", (unsigned long long)++sim->chatter);

                if (p->place % 100 < in_shop)
                        shop_say(sim, p, w->shops[p->place / 100 % w->n_shops], "text", text_body(&arena, text), text);
                else if (kf)
                        chat_say(sim, p, kf, "text", text_body(&arena, text), text);
                said++;
                arena_clear(&arena);
        }
        arena_release(&arena);
        return said;
}
