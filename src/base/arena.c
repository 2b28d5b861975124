#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Under the address sanitizer everything not handed out is poisoned, so a step over the end of an allocation is found
 * although the block goes on behind it. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define ARENA_REDZONE 16
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ARENA_REDZONE 0
#endif

#define ARENA_ALIGN 16
#define ARENA_FIRST 4000   /* bytes of the first block: with the allocator's own header it stays below a page */
#define ARENA_BLOCK 262144 /* blocks double up to this */
#define ARENA_KEEP 16384   /* bytes of the block that arena_clear() keeps, at most */

struct arena_block {
        struct arena_block *prev;
        size_t at, size; /* bytes of data taken, bytes of data there are */
        _Alignas(ARENA_ALIGN) unsigned char data[];
};

static void __attribute__((noreturn)) arena_die(const char *why)
{
        /* Not log_event(): it needs memory itself. */
        fprintf(stderr, "{\"level\":\"error\",\"event\":\"fatal\",\"why\":\"%s\"}\n", why);
        abort();
}

static size_t arena_round(size_t n)
{
        if (n > SIZE_MAX / 2)
                arena_die("an allocation of more than half the address space");
        return (n + ARENA_REDZONE + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
}

static void arena_add_block(struct arena *a, size_t room)
{
        size_t size = a->head ? a->head->size * 2 : ARENA_FIRST;

        if (size > ARENA_BLOCK)
                size = ARENA_BLOCK;
        if (size < room)
                size = room;
        struct arena_block *b = malloc(sizeof(*b) + size);
        if (!b)
                arena_die("out of memory");
        b->prev = a->head;
        b->at = 0;
        b->size = size;
        ASAN_POISON_MEMORY_REGION(b->data, size);
        a->head = b;
}

static void arena_drop_block(struct arena *a)
{
        struct arena_block *b = a->head;

        a->head = b->prev;
        ASAN_UNPOISON_MEMORY_REGION(b->data, b->size);
        free(b);
}

static void *arena_take(struct arena *a, size_t n)
{
        size_t room = arena_round(n);

        if (!a->head || a->head->size - a->head->at < room)
                arena_add_block(a, room);
        void *p = a->head->data + a->head->at;
        a->head->at += room;
        a->used += n;
        ASAN_UNPOISON_MEMORY_REGION(p, n);
        return p;
}

void arena_init(struct arena *a, size_t limit)
{
        *a = (struct arena){.limit = limit};
}

void arena_clear(struct arena *a)
{
        a->used = 0;
        if (!a->head)
                return;
        /* Kept is the largest that is small: what serves like requests one after the other stops asking for memory, and one
         * large request does not make a connection hold its largest block for ever. */
        while (a->head->prev && a->head->size > ARENA_KEEP)
                arena_drop_block(a);
        for (struct arena_block *b; (b = a->head->prev);) {
                a->head->prev = b->prev;
                ASAN_UNPOISON_MEMORY_REGION(b->data, b->size);
                free(b);
        }
        a->head->at = 0;
        ASAN_POISON_MEMORY_REGION(a->head->data, a->head->size);
}

void arena_release(struct arena *a)
{
        while (a->head)
                arena_drop_block(a);
        a->used = 0;
}

bool arena_over(const struct arena *a)
{
        return a->limit && a->used > a->limit;
}

struct arena_mark arena_mark(const struct arena *a)
{
        return (struct arena_mark){.head = a->head, .at = a->head ? a->head->at : 0, .used = a->used};
}

void arena_reset(struct arena *a, struct arena_mark m)
{
        while (a->head != m.head)
                arena_drop_block(a);
        if (a->head) {
                a->head->at = m.at;
                ASAN_POISON_MEMORY_REGION(a->head->data + m.at, a->head->size - m.at);
        }
        a->used = m.used;
}

void *arena_alloc(struct arena *a, size_t n)
{
        return memset(arena_take(a, n), 0, n);
}

void *arena_alloc_array(struct arena *a, size_t size, size_t n)
{
        size_t all;

        if (__builtin_mul_overflow(size, n, &all))
                arena_die("an array larger than the address space");
        return arena_alloc(a, all);
}

void *arena_grow(struct arena *a, void *p, size_t old, size_t n)
{
        struct arena_block *b = a->head;
        size_t had = arena_round(old), wants = arena_round(n);

        if (b && b->at >= had && (unsigned char *)p == b->data + b->at - had && b->size - b->at >= wants - had) {
                b->at += wants - had;
                a->used += n - old;
                ASAN_UNPOISON_MEMORY_REGION(p, n);
                return p;
        }
        return memcpy(arena_take(a, n), p, old);
}

char *arena_strdup(struct arena *a, const char *s)
{
        return s ? arena_memdup(a, s, strlen(s) + 1) : NULL;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
        if (!s)
                return NULL;
        n = strnlen(s, n);
        char *p = arena_take(a, n + 1);
        memcpy(p, s, n);
        p[n] = '\0';
        return p;
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
        return p ? memcpy(arena_take(a, n), p, n) : NULL;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list args)
{
        va_list again;

        va_copy(again, args);
        int n = fmt ? vsnprintf(NULL, 0, fmt, again) : -1;
        va_end(again);
        if (n < 0)
                arena_die("a format that cannot be printed");
        char *p = arena_take(a, (size_t)n + 1);
        vsnprintf(p, (size_t)n + 1, fmt, args);
        return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
        va_list args;

        va_start(args, fmt);
        char *p = arena_vprintf(a, fmt, args);
        va_end(args);
        return p;
}
