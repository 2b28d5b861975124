#include "sim/cursor.h"

#include "base/crypt.h"
#include "sim/sim.h"

#include <stdio.h>
#include <string.h>

/* "NUMBER in 16 hex digits" + "seal in 16 hex digits"; the seal covers what the text is for. */
static char *make(struct sim *sim, struct arena *arena, const char *prefix, const char *what, uint64_t number)
{
        uint8_t mac[32];
        const char *covered = arena_printf(arena, "%s|%016llx", what, (unsigned long long)number);

        crypt_hmac_sha256(bytes_of(sim->secret, sizeof(sim->secret)), bytes_of_text(covered), mac);
        return arena_printf(arena, "%s%016llx%s", prefix, (unsigned long long)number,
                            crypt_hex(arena, bytes_of(mac, 8)));
}

static int read(struct sim *sim, struct arena *arena, const char *prefix, const char *what, const char *text,
                uint64_t *number)
{
        unsigned long long n;
        char digits[17];

        if (!text_starts(text, prefix) || strlen(text) != strlen(prefix) + 32)
                return CURSOR_E_BAD;
        memcpy(digits, text + strlen(prefix), 16);
        digits[16] = 0;
        if (sscanf(digits, "%16llx", &n) != 1 || !crypt_same(text, make(sim, arena, prefix, what, n)))
                return CURSOR_E_BAD;
        *number = n;
        return 0;
}

char *cursor_make(struct sim *sim, struct arena *arena, const struct kf_account *kf, size_t place)
{
        return make(sim, arena, "4gw7", arena_printf(arena, "cursor|%s", kf->open_kfid), place);
}

int cursor_read(struct sim *sim, struct arena *arena, const struct kf_account *kf, const char *text, size_t *place)
{
        uint64_t n;
        int r = read(sim, arena, "4gw7", arena_printf(arena, "cursor|%s", kf->open_kfid), text, &n);
        if (!r)
                *place = (size_t)n;
        return r;
}

char *cursor_push_token(struct sim *sim, struct arena *arena, const struct kf_account *kf)
{
        return make(sim, arena, "ENC", arena_printf(arena, "token|%s", kf->open_kfid), (uint64_t)sim_now(sim));
}

int cursor_push_token_check(struct sim *sim, struct arena *arena, const struct kf_account *kf, const char *text)
{
        uint64_t made;
        int r = read(sim, arena, "ENC", arena_printf(arena, "token|%s", kf->open_kfid), text, &made);
        if (r)
                return r;
        return (int64_t)made + PUSH_TOKEN_LIFE_S * INT64_C(1000) < sim_now(sim) ? CURSOR_E_EXPIRED : 0;
}

char *cursor_key_make(struct sim *sim, struct arena *arena, const char *list, size_t place)
{
        return make(sim, arena, "", list, place);
}

int cursor_key_read(struct sim *sim, struct arena *arena, const char *list, const char *text, size_t *place)
{
        uint64_t n;
        int r = read(sim, arena, "", list, text, &n);
        if (!r)
                *place = (size_t)n;
        return r;
}
