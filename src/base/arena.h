/*
 * Arena: memory by lifetime.
 *
 * There are four lifetimes: process, connection, request, job. Whatever a verb allocates comes from
 * the arena of its context and goes when that lifetime ends; domain code contains no free().
 *
 * Memory is taken by moving a pointer inside blocks. An arena has a declared limit: going over it does
 * not fail the allocation (no caller could do anything sensible with NULL) but marks the arena, and the
 * edge that owns it refuses to commit (arena_over()). So overflow is a status, not a crash. Only when the
 * machine itself has no memory left does the process end, which is safe by design: everything
 * acknowledged is on disk.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
        struct arena_block *head; /* newest block */
        size_t used;              /* bytes handed out since init or clear */
        size_t limit;             /* bytes; 0 = no limit */
};

/* A mark to return to: everything allocated after it is dropped. */
struct arena_mark {
        struct arena_block *head;
        size_t at, used;
};

void arena_init(struct arena *, size_t limit);
void arena_clear(struct arena *);   /* drops the contents, keeps one block for reuse */
void arena_release(struct arena *); /* drops everything; harmless on a zeroed arena */
bool arena_over(const struct arena *);

struct arena_mark arena_mark(const struct arena *);
void arena_reset(struct arena *, struct arena_mark);

/* Zeroed memory, aligned for any type. Never NULL. `n` may be 0. */
void *arena_alloc(struct arena *, size_t n) __attribute__((malloc, alloc_size(2), returns_nonnull));

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc_array((a), sizeof(type), (n)))

/* n * size bytes with overflow check (an overflow ends the process: the caller forgot a limit). */
void *arena_alloc_array(struct arena *, size_t size, size_t n) __attribute__((returns_nonnull));

/* Makes an allocation of `old` bytes `n` bytes long (n >= old) and returns it; the last one grows in place, any other is
 * copied. The added bytes are not zeroed. */
void *arena_grow(struct arena *, void *p, size_t old, size_t n) __attribute__((returns_nonnull));

/* Copies. All are NUL-terminated; a NULL source yields NULL. */
char *arena_strdup(struct arena *, const char *);
char *arena_strndup(struct arena *, const char *, size_t n);
void *arena_memdup(struct arena *, const void *, size_t n);

char *arena_printf(struct arena *, const char *fmt, ...) __attribute__((format(printf, 2, 3), returns_nonnull));
char *arena_vprintf(struct arena *, const char *fmt, va_list)
        __attribute__((format(printf, 2, 0), returns_nonnull));

#endif
