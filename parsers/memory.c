/* A bump allocator under the parser library. Freeing is only counted back for the allocation made
 * last; the rest goes with the parse. Under AddressSanitizer and in arena debug builds each
 * allocation is a block of its own, so that overruns and uses after free are seen. */
#include "base/base.h"

#include <pthread.h>
#include <tree_sitter/api.h>

#include "parsers/memory.h"

#if defined(LODE_ARENA_DEBUG) || defined(__SANITIZE_ADDRESS__)
#define MEMORY_DEBUG 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_DEBUG 1
#endif
#endif

enum { BLOCK_BYTES = 1 << 20, ALIGNMENT = 16 };

struct memory_block {
    struct memory_block *older, *newer; /* newer only in debug builds */
    size_t size, used;                  /* of data */
    _Alignas(ALIGNMENT) unsigned char data[];
};
typedef struct memory_block memory_block;

/* In front of each allocation. */
typedef struct {
    _Alignas(ALIGNMENT) size_t size; /* usable bytes, a multiple of ALIGNMENT */
    parse_memory *owner;             /* NULL: a block outside any parse */
} header;
_Static_assert(sizeof(header) == ALIGNMENT, "keeps what follows aligned");

static _Thread_local parse_memory *current;

static memory_block *block_add(parse_memory *m, size_t size)
{
    size_t whole = sizeof(memory_block) + size;
    if (m->used_bytes + whole > m->limit_bytes) longjmp(m->over_limit, 1);
    memory_block *b = base_malloc(whole);
    *b = (memory_block){.older = m->blocks, .size = size};
    if (m->blocks) m->blocks->newer = b;
    m->blocks = b;
    m->used_bytes += whole;
    return b;
}

static void *memory_malloc(size_t wanted)
{
    if (wanted > SIZE_MAX / 2) fatal_oom(wanted);
    size_t size = (wanted + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    parse_memory *m = current;
    header *h;
    if (!m) {
        h = base_malloc(sizeof *h + size);
        *h = (header){size, NULL};
        return h + 1;
    }
    memory_block *b = m->blocks;
#ifdef MEMORY_DEBUG
    b = block_add(m, sizeof *h + size);
#else
    if (!b || b->size - b->used < sizeof *h + size)
        b = block_add(m, MAX((size_t)BLOCK_BYTES, sizeof *h + size));
#endif
    h = (header *)(void *)(b->data + b->used);
    b->used += sizeof *h + size;
    *h = (header){size, m};
    return h + 1;
}

static void *memory_calloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) fatal_oom(SIZE_MAX);
    void *memory = memory_malloc(bytes);
    memset(memory, 0, bytes);
    return memory;
}

static void memory_free(void *memory)
{
    if (!memory) return;
    header *h = (header *)memory - 1;
    parse_memory *m = h->owner;
    if (!m) {
        free(h);
        return;
    }
#ifdef MEMORY_DEBUG
    memory_block *b = (memory_block *)(void *)((char *)h - offsetof(memory_block, data));
    if (b->newer) b->newer->older = b->older;
    if (b->older) b->older->newer = b->newer;
    if (m->blocks == b) m->blocks = b->older;
    m->used_bytes -= sizeof *b + b->size;
    free(b);
#else
    memory_block *b = m->blocks;
    if ((unsigned char *)memory + h->size == b->data + b->used) b->used -= sizeof *h + h->size;
#endif
}

static void *memory_realloc(void *memory, size_t wanted)
{
    if (!memory) return memory_malloc(wanted);
    header *h = (header *)memory - 1;
    if (wanted <= h->size) return memory;
    void *moved = memory_malloc(wanted);
    memcpy(moved, memory, h->size);
    memory_free(memory);
    return moved;
}

static void install(void)
{
    ts_set_allocator(memory_malloc, memory_calloc, memory_realloc, memory_free);
}

void memory_enter(parse_memory *m)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
    current = m;
}

void memory_leave(void)
{
    current = NULL;
}

static void blocks_drop(parse_memory *m, memory_block *keep)
{
    while (m->blocks && m->blocks != keep) {
        memory_block *b = m->blocks;
        m->blocks = b->older;
        m->used_bytes -= sizeof *b + b->size;
        free(b);
    }
}

void memory_clear(parse_memory *m)
{
    memory_block *first = NULL;
#ifndef MEMORY_DEBUG
    for (first = m->blocks; first && first->older;) first = first->older;
    if (first && first->size > BLOCK_BYTES) first = NULL;
#endif
    blocks_drop(m, first);
    if (first) {
        first->used = 0;
        first->newer = NULL;
    }
}

void memory_release(parse_memory *m)
{
    blocks_drop(m, NULL);
}
