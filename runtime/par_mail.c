#include "base/base.h"

#include "runtime/par_in.h"

#include <sys/mman.h>

/* Keys of saved messages: the tag, or one of these. */
enum { KEY_SYSTEM = PAR_TAG_MAX + 1, KEY_GONE };

static uint32_t key_of(const par_message *m)
{
    switch (m->kind) {
    case PAR_MESSAGE:
    case PAR_CAST:
    case PAR_CALL:
    case PAR_TIMER: return m->tag;
    default: return KEY_SYSTEM;
    }
}

static bool matches(const par_proc *p, const par_message *m)
{
    switch ((wait_kind)p->wait) {
    case WAIT_ANY: return true;
    case WAIT_TAG: return key_of(m) == p->wait_key;
    case WAIT_MATCH: return ((par_match)(uintptr_t)p->wait_key)(p->state, m);
    case WAIT_EXIT: return m->kind == PAR_EXIT && m->from == p->wait_key;
    case WAIT_REPLY: break;
    }
    return false;
}

enum { LARGE_PAGE = 2 << 20, PREFETCH_BYTES = 1024 };
enum { SAVED_MIN = 32, SAVED_MAX = 1 << 17, SAVED_LARGE = 1 << 16 };

static par_saved *saved_new(uint32_t capacity)
{
    size_t keys = (sizeof(par_saved) + capacity * sizeof(uint32_t) + 7) & ~(size_t)7;
    size_t size = keys + capacity * sizeof(par_message *);
    par_saved *c;
    if (capacity < SAVED_LARGE) {
        c = base_malloc(size);
    } else { /* a mailbox in the millions: large pages, where the system has them */
        size = (size + LARGE_PAGE - 1) & ~(size_t)(LARGE_PAGE - 1);
        c = aligned_alloc(LARGE_PAGE, size);
        if (!c) fatal_oom(size);
        (void)madvise(c, size, MADV_HUGEPAGE);
    }
    *c = (par_saved){.capacity = capacity, .messages = (par_message **)((char *)c + keys)};
    return c;
}

static void save(par_proc *p, par_message *m)
{
    par_more *more = par_more_of(p);
    par_saved *c = more->saved_last;
    if (!c || c->end == c->capacity) {
        par_saved *last = c;
        c = saved_new(last ? MIN(last->capacity * 2, SAVED_MAX) : SAVED_MIN);
        if (last) last->next = c;
        else more->saved_first = c;
        more->saved_last = c;
    }
    c->keys[c->end] = key_of(m);
    c->messages[c->end++] = m;
    c->live++;
}

void par_mail_add(par_self *w, par_proc *p, par_message *m)
{
    /* Blocked, it has looked at all there was; but who waits for an answer looks at nothing. */
    if (p->status == PROC_BLOCKED && p->wait != WAIT_REPLY) {
        if (matches(p, m)) {
            p->found = m;
            par_queue(w, p);
        } else {
            save(p, m);
        }
        return;
    }
    m->next = NULL;
    if (p->in_last) p->in_last->next = m;
    else p->in_first = m;
    p->in_last = m;
}

/* What is left moves together when most of it is gone. */
static void compact(par_saved *c)
{
    uint32_t kept = 0;
    for (uint32_t i = c->first; i < c->end; i++) {
        if (!c->messages[i]) continue;
        c->keys[kept] = c->keys[i];
        c->messages[kept++] = c->messages[i];
    }
    c->first = 0;
    c->end = kept;
}

/* Takes out c's i-th message; c may be gone afterwards. before: the chunk before it, or NULL. */
static par_message *unsave(par_more *more, par_saved *before, par_saved *c, uint32_t i)
{
    par_message *m = c->messages[i];
    c->messages[i] = NULL;
    c->keys[i] = KEY_GONE;
    if (--c->live == 0) {
        if (before) before->next = c->next;
        else more->saved_first = c->next;
        if (more->saved_last == c) more->saved_last = before;
        free(c);
        return m;
    }
    while (!c->messages[c->first]) c->first++;
    if (c->end - c->first >= SAVED_MIN && c->live * 4 < c->end - c->first) compact(c);
    return m;
}

/* The first place from i with this key, or c->end. Sixteen at a time, without a branch each. */
static uint32_t find_key(const par_saved *c, uint32_t i, uint32_t key)
{
    for (; i + 16 <= c->end; i += 16) {
        uint32_t any = 0;
        for (uint32_t k = 0; k < 16; k++) any |= c->keys[i + k] == key;
        if (any) break;
    }
    while (i < c->end && c->keys[i] != key) i++;
    return i;
}

static par_message *take_saved(par_proc *p)
{
    par_more *more = p->more;
    uint32_t key = p->wait == WAIT_TAG ? (uint32_t)p->wait_key : KEY_SYSTEM;
    par_saved *before = NULL;
    for (par_saved *c = more->saved_first; c; before = c, c = c->next) {
        uint32_t i = c->first;
        if (p->wait == WAIT_ANY) return unsave(more, before, c, i);
        for (; i < c->end; i++) {
            if (p->wait != WAIT_MATCH) i = find_key(c, i, key);
            if (i == c->end) break;
            if (c->messages[i] && matches(p, c->messages[i])) return unsave(more, before, c, i);
        }
    }
    return NULL;
}

par_message *par_mail_take(par_self *w, par_proc *p)
{
    (void)w;
    if (p->wait == WAIT_REPLY) return NULL; /* comes by itself, past the mailbox */
    if (p->more && p->more->saved_first) {
        par_message *m = take_saved(p);
        if (m) return m;
    }
    for (par_message *m; (m = p->in_first);) {
        p->in_first = m->next;
        /* Messages of a long queue mostly lie in the order they came. */
        __builtin_prefetch((const void *)((uintptr_t)m + PREFETCH_BYTES));
        if (!p->in_first) p->in_last = NULL;
        if (matches(p, m)) return m;
        save(p, m);
    }
    return NULL;
}

void par_mail_timeout(par_self *w, par_proc *p)
{
    par_message *m = par_message_new(w);
    *m = (par_message){.to = par_pid_of(p), .kind = PAR_TIMEOUT};
    if (p->wait == WAIT_REPLY) {
        m->kind = PAR_FAILED;
        m->tag = PAR_TIMED_OUT;
        m->ref = p->wait_key;
    }
    p->found = m;
}
