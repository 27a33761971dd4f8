#define LODE_BASE_INTERNAL
#include "base/base.h"

#if defined(__SANITIZE_ADDRESS__) && !defined(LODE_ARENA_DEBUG)
#define LODE_ARENA_DEBUG 1
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer) && !defined(LODE_ARENA_DEBUG)
#define LODE_ARENA_DEBUG 1
#endif
#endif

enum { BLOCK_BYTES_MIN = 16 * 1024, BLOCK_BYTES_MAX = 1024 * 1024, ALIGNMENT = 16 };

struct arena_block {
    arena_block *next;
    size_t size; /* bytes in data */
    size_t used;
    size_t pad; /* keeps data 16-byte aligned */
    unsigned char data[];
};
_Static_assert(sizeof(arena_block) % ALIGNMENT == 0, "data must be aligned");

_Noreturn void fatal_oom(size_t wanted_bytes)
{
    fprintf(stderr, "lode: out of memory: %zu more bytes were wanted\n", wanted_bytes);
    exit(4);
}

void *base_malloc(size_t size)
{
    void *memory = malloc(size ? size : 1);
    if (!memory) fatal_oom(size);
    return memory;
}

void *base_calloc(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);
    if (!memory) fatal_oom(count * size);
    return memory;
}

void *base_realloc(void *memory, size_t size)
{
    void *grown = realloc(memory, size ? size : 1);
    if (!grown) fatal_oom(size);
    return grown;
}

char *base_strdup(const char *text)
{
    size_t length = strlen(text);
    char *copy = base_malloc(length + 1);
    memcpy(copy, text, length + 1);
    return copy;
}

static arena_block *block_new(size_t size)
{
    arena_block *block = base_malloc(sizeof *block + size);
    block->next = NULL;
    block->size = size;
    block->used = 0;
    return block;
}

void *arena_alloc(arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - ALIGNMENT)
        fatal_oom(SIZE_MAX);
    size_t rounded = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (a->limit_bytes && a->used_bytes + rounded > a->limit_bytes) fatal_oom(rounded);
    a->used_bytes += rounded;
    if (a->used_bytes > a->peak_bytes) a->peak_bytes = a->used_bytes;
#ifdef LODE_ARENA_DEBUG
    arena_block *own = block_new(bytes);
    own->used = bytes;
    own->next = a->head;
    a->head = own;
    memset(own->data, 0, bytes);
    return own->data;
#else
    arena_block *block = a->head;
    if (!block || block->size - block->used < rounded) {
        size_t next_size = block ? MIN(block->size * 2, (size_t)BLOCK_BYTES_MAX) : BLOCK_BYTES_MIN;
        block = block_new(MAX(next_size, rounded));
        block->next = a->head;
        a->head = block;
    }
    void *memory = block->data + block->used;
    block->used += rounded;
    memset(memory, 0, bytes);
    return memory;
#endif
}

char *arena_strndup(arena *a, const char *text, size_t length)
{
    char *copy = arena_alloc(a, length + 1, 1);
    if (length) memcpy(copy, text, length);
    return copy;
}

char *arena_printf(arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    char *text = arena_alloc(a, size, 1);
    if (length >= 0) vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}

static void blocks_free(arena_block *block)
{
    while (block) {
        arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_clear(arena *a)
{
#ifdef LODE_ARENA_DEBUG
    blocks_free(a->head);
    a->head = NULL;
#else
    if (a->head) {
        blocks_free(a->head->next);
        a->head->next = NULL;
        a->head->used = 0;
    }
#endif
    a->used_bytes = 0;
}

void arena_release(arena *a)
{
    blocks_free(a->head);
    a->head = NULL;
    a->used_bytes = 0;
}
