/* The accounts themselves, and who is whom there. */
#include "sim/mp/mp.h"

#include "base/crypt.h"
#include "sim/sim.h"

#include <string.h>

#define FANS_MAX 200 /* of the population: the rest may follow later */

static struct mps *mps(struct sim *sim)
{
        return &sim->world.mps;
}

struct mp *mp_find(struct sim *sim, const char *appid)
{
        for (size_t i = 0; i < mps(sim)->n; i++)
                if (text_eq(mps(sim)->of[i]->appid, appid))
                        return mps(sim)->of[i];
        return NULL;
}

struct mp_agent *mp_agent(struct mp *mp, const char *kf_account)
{
        for (size_t i = 0; i < mp->agents.n; i++)
                if (text_eq(mp->agents.v[i]->account, kf_account))
                        return mp->agents.v[i];
        return NULL;
}

static void add_agent(struct sim *sim, struct mp *mp, const char *name, const char *nickname, bool online)
{
        struct mp_agent *agent = arena_new(&sim->arena, struct mp_agent);
        *agent = (struct mp_agent){
                .account = arena_printf(&sim->arena, "%s@%s", name, mp->origin_id),
                .nickname = nickname,
                .wx = arena_printf(&sim->arena, "wx_%s", name),
                .head = "https://mmbiz.qpic.cn/sim/agent",
                .id = 1001 + mp->agents_ever++,
                .online = online,
        };
        vec_push(&sim->arena, &mp->agents, agent);
}

static int add_mp(struct sim *sim, enum mp_kind kind, const char *name)
{
        struct mp *mp = arena_new(&sim->arena, struct mp);

        mp->place = (unsigned)mps(sim)->n;
        mp->kind = kind;
        mp->name = name;
        mp->appid = rng_text(&sim->rng, &sim->arena, "wx", 16);
        mp->secret = rng_text(&sim->rng, &sim->arena, "", 32);
        mp->origin_id = rng_digits(&sim->rng, &sim->arena, "gh_", 12);
        mp->mode = MP_SECURE;
        mps(sim)->of[mps(sim)->n++] = mp;
        mp->target.mp = mp;
        mp->target.id = mp->appid;
        mp->target.encoding_aes_key = rng_text(&sim->rng, &sim->arena, "", 43);
        if (kind == MP_OFFICIAL) {
                add_agent(sim, mp, "linxia", "林夏", true);
                add_agent(sim, mp, "zhoumo", "周末", false);
        }
        return envelope_key_init(&mp->target.key, rng_text(&sim->rng, &sim->arena, "", 24), mp->target.encoding_aes_key,
                                 mp->appid);
}

int mp_init(struct sim *sim)
{
        int r = add_mp(sim, MP_OFFICIAL, "云溪女装公众号");
        r = r ? r : add_mp(sim, MP_PROGRAM, "云溪小程序");
        return status_fold(r);
}

/* 27 characters from the account and the person, whoever asks first. */
static const char *derive_openid(struct sim *sim, const struct mp *mp, const struct person *person)
{
        static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
        uint8_t hash[32];
        char text[28];

        crypt_sha256(bytes_of_text(arena_printf(&sim->arena, "%s %s", mp->appid, person->external_userid)), hash);
        for (size_t i = 0; i < 27; i++)
                text[i] = digits[hash[i] % 64];
        text[27] = 0;
        return arena_printf(&sim->arena, "o%s", text);
}

struct mp_fan *mp_fan(struct sim *sim, struct mp *mp, struct person *person)
{
        struct mp_fan *fan = person->mp_fan[mp->place];

        if (fan)
                return fan;
        fan = arena_new(&sim->arena, struct mp_fan);
        *fan = (struct mp_fan){.mp = mp, .person = person, .openid = derive_openid(sim, mp, person), .remark = ""};
        person->mp_fan[mp->place] = fan;
        vec_push(&sim->arena, &mp->fans, fan);
        map_put(&mps(sim)->by_openid, &sim->arena, fan->openid, fan);
        return fan;
}

struct mp_fan *mp_fan_by_openid(struct sim *sim, const struct mp *mp, const char *openid)
{
        struct mp_fan *fan = map_get(&mps(sim)->by_openid, openid);
        return fan && fan->mp == mp ? fan : NULL;
}

void mp_population(struct sim *sim)
{
        struct world *w = &sim->world;

        for (size_t i = 0; i < w->people.n && i < FANS_MAX; i += 2) {
                mp_follow(sim, mp_fan(sim, mps(sim)->of[0], w->people.v[i]), "ADD_SCENE_QR_CODE");
                (void)mp_fan(sim, mps(sim)->of[1], w->people.v[i]);
        }
}

void mp_release(struct sim *sim)
{
        struct map *maps[] = {&mps(sim)->by_openid, &mps(sim)->codes, &mps(sim)->grants, &mps(sim)->browsers,
                              &mps(sim)->clears};
        for (size_t i = 0; i < countof(maps); i++)
                map_release(maps[i]);
}
