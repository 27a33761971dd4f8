/* Arena: memory that lives together and is freed at once.
 *
 * Built with -DLODE_ARENA_DEBUG (implied under AddressSanitizer) each allocation is one malloc,
 * so that the sanitizers and valgrind see overruns between neighbours. */
#ifndef LODE_BASE_ARENA_H
#define LODE_BASE_ARENA_H

#include <stddef.h>

typedef struct arena_block arena_block;

/* Zero is an empty arena, ready for use. Not thread-safe: one arena belongs to one thread. */
typedef struct {
    arena_block *head;  /* block that allocations come from; NULL when empty */
    size_t used_bytes;  /* bytes handed out since the last clear */
    size_t peak_bytes;  /* the most that used_bytes has been */
    size_t limit_bytes; /* 0: none; going over it is fatal_oom(), so callers check first */
} arena;

/* Memory for count objects of size bytes, aligned for any type, zeroed. Never NULL. */
void *arena_alloc(arena *a, size_t count, size_t size);
/* A zero-terminated copy of length bytes. */
char *arena_strndup(arena *a, const char *text, size_t length);
/* printf into the arena; the result is zero-terminated. */
char *arena_printf(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Drops everything; keeps one block for reuse and the peak. */
void arena_clear(arena *a);
/* Drops everything and the blocks. The arena is as zero-initialised, but for the peak. */
void arena_release(arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc((a), (count), sizeof(type)))

/* Checked general allocation for what does not fit an arena's lifetime. Never NULL for a size
 * over zero; out of memory ends the program with a message and exit status 4. */
void *base_malloc(size_t size);
void *base_calloc(size_t count, size_t size);
void *base_realloc(void *memory, size_t size);
char *base_strdup(const char *text);

/* The one place where running out of memory is handled: prints and exits with status 4. */
_Noreturn void fatal_oom(size_t wanted_bytes);

#endif
