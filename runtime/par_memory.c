#include "base/base.h"

#include "runtime/par_in.h"

#include <sys/mman.h>

enum {
    SLAB_MESSAGES = 4 * MAGAZINE,
    SLAB_MESSAGES_BIG = 64 * MAGAZINE, /* 2 MiB: one large page */
    SLABS_SMALL = 16,
    PROC_BATCH = 256,
    PROC_KEEP_MAX = 4096
};

static void *aligned(size_t alignment, size_t size)
{
    void *memory = aligned_alloc(alignment, size);
    if (!memory) fatal_oom(size);
    return memory;
}

static void slab_keep(par *s, void *slab)
{
    if (s->slab_count == s->slab_capacity) {
        s->slab_capacity = s->slab_capacity ? s->slab_capacity * 2 : 64;
        s->slabs = base_realloc(s->slabs, s->slab_capacity * sizeof *s->slabs);
    }
    s->slabs[s->slab_count++] = slab;
}

/* Messages that one thread makes and another frees come back by the magazine, through the lock. */
void par_messages_refill(par_self *w)
{
    par *s = w->system;
    if (w->spare_messages) {
        w->free_messages = w->spare_messages;
        w->spare_messages = NULL;
        w->free_count = MAGAZINE;
        return;
    }
    pthread_mutex_lock(&s->lock);
    par_message *m = s->full_magazines;
    if (m) {
        s->full_magazines = (par_message *)(uintptr_t)m->word[0];
        pthread_mutex_unlock(&s->lock);
        w->free_messages = m;
        w->free_count = MAGAZINE;
        return;
    }
    bool big = s->slab_count >= SLABS_SMALL;
    uint32_t count = big ? SLAB_MESSAGES_BIG : SLAB_MESSAGES;
    size_t size = count * sizeof(par_message);
    par_message *slab = aligned(big ? size : 64, size);
    if (big) (void)madvise(slab, size, MADV_HUGEPAGE); /* faster where the system has them */
    slab_keep(s, slab);
    for (uint32_t i = count; i -= MAGAZINE;) {
        slab[i].word[0] = (uintptr_t)s->full_magazines;
        s->full_magazines = &slab[i];
    }
    for (uint32_t i = 0; i < count; i++) slab[i].next = (i + 1) % MAGAZINE ? &slab[i + 1] : NULL;
    pthread_mutex_unlock(&s->lock);
    w->free_messages = slab;
    w->free_count = MAGAZINE;
}

void par_messages_spill(par_self *w)
{
    par *s = w->system;
    if (w->spare_messages) {
        pthread_mutex_lock(&s->lock);
        w->spare_messages->word[0] = (uintptr_t)s->full_magazines;
        s->full_magazines = w->spare_messages;
        pthread_mutex_unlock(&s->lock);
    }
    w->spare_messages = w->free_messages;
    w->free_messages = NULL;
    w->free_count = 0;
}

static void chunk_new(par *s)
{
    if (s->chunk_count == PROC_CHUNKS_MAX) fatal_oom(PROC_CHUNK * sizeof(par_proc));
    par_proc *chunk = aligned(64, PROC_CHUNK * sizeof *chunk);
    memset(chunk, 0, PROC_CHUNK * sizeof *chunk);
    for (uint32_t i = 0; i < PROC_CHUNK; i++) atomic_init(&chunk[i].home, HOME_NOBODY);
    s->chunks[s->chunk_count++] = chunk;
    s->chunk_used = 0;
}

static void procs_refill(par_self *w)
{
    par *s = w->system;
    pthread_mutex_lock(&s->lock);
    for (uint32_t i = 0; i < PROC_BATCH; i++) {
        par_proc *p = s->free_procs;
        if (p) {
            s->free_procs = p->next;
        } else {
            if (s->chunk_count == 0 || s->chunk_used == PROC_CHUNK) chunk_new(s);
            p = &s->chunks[s->chunk_count - 1][s->chunk_used++];
            p->index = (s->chunk_count - 1) << PROC_CHUNK_BITS | (s->chunk_used - 1);
            p->generation = 1;
        }
        p->next = w->free_procs;
        w->free_procs = p;
        w->free_proc_count++;
    }
    pthread_mutex_unlock(&s->lock);
    for (par_proc *p = w->free_procs; p; p = p->next) {
        /* Late messages for the slot's last process. Sequentially consistent with the load in
         * par_drain's callers: either they see that the slot has a home and tell it, or their
         * message is seen here. */
        atomic_store(&p->home, w->id);
        if (atomic_load(&p->remote)) par_drain(w, p);
    }
}

par_proc *par_proc_new(par_self *w)
{
    if (!w->free_procs) procs_refill(w);
    par_proc *p = w->free_procs;
    w->free_procs = p->next;
    w->free_proc_count--;
    p->in_first = p->in_last = p->found = NULL;
    p->more = NULL;
    p->deadline_ms = p->armed_ms = -1;
    p->wait = WAIT_ANY;
    p->ending = NOT_ENDING;
    p->trap_exits = p->started = false;
    return p;
}

void par_proc_free(par_self *w, par_proc *p)
{
    p->status = PROC_FREE;
    p->next = w->free_procs;
    w->free_procs = p;
    if (++w->free_proc_count < PROC_KEEP_MAX) return;
    par *s = w->system;
    pthread_mutex_lock(&s->lock);
    while (w->free_proc_count > PROC_KEEP_MAX / 2) {
        p = w->free_procs;
        w->free_procs = p->next;
        w->free_proc_count--;
        /* Only a home gives up a home; see procs_refill for the other side. */
        atomic_store(&p->home, HOME_NOBODY);
        p->next = s->free_procs;
        s->free_procs = p;
    }
    pthread_mutex_unlock(&s->lock);
}

static uint32_t map_home(const par_map *m, uint64_t key)
{
    return (uint32_t)hash64_mix(key) & (m->capacity - 1);
}

uint64_t par_map_get(const par_map *m, uint64_t key)
{
    if (m->count == 0) return 0;
    for (uint32_t i = map_home(m, key); m->pairs[2 * i]; i = (i + 1) & (m->capacity - 1))
        if (m->pairs[2 * i] == key) return m->pairs[2 * i + 1];
    return 0;
}

static void map_put(par_map *m, uint64_t key, uint64_t value)
{
    uint32_t i = map_home(m, key);
    while (m->pairs[2 * i] && m->pairs[2 * i] != key) i = (i + 1) & (m->capacity - 1);
    m->count += m->pairs[2 * i] == 0;
    m->pairs[2 * i] = key;
    m->pairs[2 * i + 1] = value;
}

void par_map_set(par_map *m, uint64_t key, uint64_t value)
{
    if (m->count * 4 >= m->capacity * 3) {
        par_map old = *m;
        m->capacity = old.capacity ? old.capacity * 2 : 4;
        m->pairs = base_calloc((size_t)m->capacity * 2, sizeof *m->pairs);
        m->count = 0;
        for (uint32_t i = 0; i < old.capacity; i++)
            if (old.pairs[2 * i]) map_put(m, old.pairs[2 * i], old.pairs[2 * i + 1]);
        free(old.pairs);
    }
    map_put(m, key, value);
}

uint64_t par_map_remove(par_map *m, uint64_t key)
{
    if (m->count == 0) return 0;
    uint32_t mask = m->capacity - 1, i = map_home(m, key);
    while (m->pairs[2 * i] != key) {
        if (!m->pairs[2 * i]) return 0;
        i = (i + 1) & mask;
    }
    uint64_t value = m->pairs[2 * i + 1];
    /* Those behind that belong further up move into the gap. */
    for (uint32_t k = (i + 1) & mask; m->pairs[2 * k]; k = (k + 1) & mask) {
        uint32_t home = map_home(m, m->pairs[2 * k]);
        if (((k - home) & mask) < ((k - i) & mask)) continue;
        m->pairs[2 * i] = m->pairs[2 * k];
        m->pairs[2 * i + 1] = m->pairs[2 * k + 1];
        i = k;
    }
    m->pairs[2 * i] = 0;
    m->count--;
    return value;
}

void par_map_release(par_map *m)
{
    free(m->pairs);
    *m = (par_map){0};
}

par_more *par_more_of(par_proc *p)
{
    if (!p->more) p->more = base_calloc(1, sizeof *p->more);
    return p->more;
}

void par_more_release(par_proc *p)
{
    par_more *more = p->more;
    if (!more) return;
    for (par_saved *c = more->saved_first, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    for (uint32_t i = 0; i < more->owned.count; i++)
        more->owned.items[i].release(more->owned.items[i].memory);
    vec_release(&more->owned);
    par_map_release(&more->links);
    par_map_release(&more->monitors);
    par_map_release(&more->watchers);
    par_map_release(&more->timers);
    free(more);
    p->more = NULL;
}
