#include "sim/picture.h"

#include "sim/sim.h"

#include <string.h>
#include <zlib.h>

#define SIDE 120

static void put32(uint8_t *at, uint32_t n)
{
        for (int i = 0; i < 4; i++)
                at[i] = (uint8_t)(n >> (24 - 8 * i));
}

/* Length, type, data, checksum over type and data. */
static void chunk(struct text *png, const char *type, const void *data, size_t n)
{
        uint8_t word[4];
        uLong crc = crc32(crc32(0, (const Bytef *)type, 4), data, (uInt)n);

        put32(word, (uint32_t)n);
        text_add_n(png, (const char *)word, 4);
        text_add_n(png, type, 4);
        text_add_n(png, data, n);
        put32(word, (uint32_t)crc);
        text_add_n(png, (const char *)word, 4);
}

struct bytes picture_png(struct arena *arena, uint64_t number)
{
        size_t row = 1 + SIDE * 3;
        uint8_t *pixels = arena_alloc(arena, row * SIDE), head[13] = {0};
        uLongf n = compressBound(row * SIDE);
        uint8_t *packed = arena_alloc(arena, n);
        struct text png;

        for (size_t y = 0; y < SIDE; y++)
                for (size_t x = 0; x < SIDE; x++) {
                        uint8_t *p = pixels + y * row + 1 + x * 3;
                        bool in = (x - 60) * (x - 60) + (y - 60) * (y - 60) < 1600;
                        p[0] = (uint8_t)((number * 37 + (in ? 90 : y)) % 200 + 40);
                        p[1] = (uint8_t)((number * 59 + (in ? 20 : x)) % 180 + 50);
                        p[2] = (uint8_t)((number * 83 + (in ? 140 : 10)) % 160 + 60);
                }
        if (compress(packed, &n, pixels, row * SIDE) != Z_OK)
                n = 0; /* cannot happen: the room is compressBound() */
        put32(head, SIDE);
        put32(head + 4, SIDE);
        head[8] = 8; /* bits */
        head[9] = 2; /* red, green, blue */
        text_init(&png, arena);
        text_add_n(&png, "\x89PNG\r\n\x1a\n", 8);
        chunk(&png, "IHDR", head, sizeof(head));
        chunk(&png, "IDAT", packed, n);
        chunk(&png, "IEND", "", 0);
        return bytes_of(png.p, png.n);
}

struct media *media_keep(struct sim *sim, const char *mime, struct bytes bytes)
{
        struct media *media = arena_new(&sim->arena, struct media);
        *media = (struct media){
                .id = rng_text(&sim->rng, &sim->arena, "3", 42),
                .mime = arena_strdup(&sim->arena, mime),
                .bytes = bytes_of(arena_memdup(&sim->arena, bytes.p, bytes.n), bytes.n),
                .created = sim_now(sim),
        };
        map_put(&sim->world.media, &sim->arena, media->id, media);
        return media;
}
