#include "base/base.h"

#include "runtime/live.h"

static live_proc *self_of(rt_ctx *ctx)
{
    return (live_proc *)ctx;
}

uint64_t live_random(uint64_t *state)
{
    /* splitmix64 (Sebastiano Vigna, public domain). */
    return hash64_mix(*state += UINT64_C(0x9e3779b97f4a7c15));
}

enum { COPY_DEPTH_MAX = 2000 };

static term copy_deep(const term_heap *from, term_heap *to, term t, int depth)
{
    term items[16], copy;
    uint32_t count = term_count(from, t);
    if (term_tag(t) != T_TUPLE && term_tag(t) != T_LIST) return t;
    if (depth > COPY_DEPTH_MAX) {
        to->full = true;
        count = 0;
    }
    term *all = count > ARRAY_LEN(items) ? base_calloc(count, sizeof *all) : items;
    for (uint32_t i = 0; i < count; i++)
        all[i] = copy_deep(from, to, term_at(from, t, i), depth + 1);
    copy = term_tag(t) == T_TUPLE ? term_tuple(to, all, count) : term_list(to, all, count);
    if (all != items) free(all);
    return copy;
}

term live_copy(const term_heap *from, term_heap *to, term t)
{
    return copy_deep(from, to, t, 0);
}

static bool same_deep(const term_heap *ha, term a, const term_heap *hb, term b, int depth)
{
    bool compound = term_tag(a) == T_TUPLE || term_tag(a) == T_LIST;
    if (!compound) return a == b;
    if (term_tag(a) != term_tag(b) || term_count(ha, a) != term_count(hb, b)) return false;
    if (depth > COPY_DEPTH_MAX) return false;
    for (uint32_t i = 0; i < term_count(ha, a); i++)
        if (!same_deep(ha, term_at(ha, a, i), hb, term_at(hb, b, i), depth + 1)) return false;
    return true;
}

/* The content outlives the sender's turn: it lies in its arena until the run is over. */
static wire *wire_new(live_proc *from, term body, term aux)
{
    wire *w = ARENA_NEW(&from->memory, wire);
    term_heap scratch = {0};
    w->body = live_copy(&from->ctx.heap, &scratch, body);
    w->aux = live_copy(&from->ctx.heap, &scratch, aux);
    if (scratch.full) from->ctx.overflow = true;
    if (scratch.count) {
        w->heap.words = ARENA_ARRAY(&from->memory, uint64_t, scratch.count);
        memcpy(w->heap.words, scratch.words, scratch.count * sizeof *scratch.words);
        w->heap.count = w->heap.capacity = scratch.count;
    }
    term_heap_release(&scratch);
    return w;
}

static rt_signal *host_signal_new(rt_ctx *ctx)
{
    live_proc *lp = self_of(ctx);
    rt_signal *s = lp->free_signals;
    if (!s) return ARENA_NEW(&lp->memory, rt_signal);
    lp->free_signals = s->next;
    return s;
}

static void host_signal_free(rt_ctx *ctx, rt_signal *s)
{
    live_proc *lp = self_of(ctx);
    s->next = lp->free_signals;
    lp->free_signals = s;
}

/* Leaves at the end of the turn, behind the processes that were born in it. */
static void host_send(rt_ctx *ctx, rt_signal *s)
{
    live_proc *lp = self_of(ctx);
    wire *w = wire_new(lp, s->body, s->aux);
    w->from = s->from;
    w->to = s->to;
    w->kind = s->kind;
    vec_push(&lp->outbox, w);
    host_signal_free(ctx, s);
}

live_proc *live_proc_new(live *l, uint32_t parent, uint32_t n)
{
    live_proc *lp = base_calloc(1, sizeof *lp);
    lp->world = l;
    lp->ctx.host = &live_host;
    lp->ctx.program = l->s->space.program;
    lp->ctx.memory = &lp->memory;
    lp->ctx.reply_by_ref = l->s->space.reply_by_ref;
    lp->alive = true;
    pthread_mutex_lock(&l->lock);
    lp->p.pid = space_pid(&l->s->space, parent, n);
    lp->p.parent = parent;
    lp->p.born_at = NONE;
    lp->random = hash64_mix(l->random + l->s->space.paths.items[lp->p.pid].hash);
    while (l->by_pid.count <= lp->p.pid) vec_push(&l->by_pid, NULL);
    l->by_pid.items[lp->p.pid] = lp;
    vec_push(&l->procs, lp);
    if (l->procs.count > 20000) lp->ctx.overflow = true;
    pthread_mutex_unlock(&l->lock);
    return lp;
}

static rt_proc *host_spawn(rt_ctx *ctx, rt_proc *parent, uint32_t template_index)
{
    (void)template_index;
    live_proc *lp = self_of(ctx);
    live_proc *child = live_proc_new(lp->world, parent->pid, ++parent->children_made);
    if (child->ctx.overflow) ctx->overflow = true;
    vec_push(&lp->newborn, child);
    return &child->p;
}

void live_move_in(live_proc *parent, live_proc *child)
{
    const term_heap *from = &parent->ctx.heap;
    term_heap *to = &child->ctx.heap;
    rt_proc *p = &child->p;
    for (uint32_t i = 0; i < p->frame_count; i++) {
        rt_frame *f = &p->frames[i];
        uint32_t vars = f->vars ? parent->ctx.program->templates.items[f->tmpl].var_count : 0;
        for (size_t k = 0; k < ARRAY_LEN(f->r); k++) f->r[k] = live_copy(from, to, f->r[k]);
        for (uint32_t k = 0; k < vars; k++) f->vars[k] = live_copy(from, to, f->vars[k]);
    }
    for (uint32_t i = 0; i < p->watchers.count; i++)
        p->watchers.items[i].object = live_copy(from, to, p->watchers.items[i].object);
    p->exit_reason = live_copy(from, to, p->exit_reason);
    p->result = live_copy(from, to, p->result);
}

static bool host_alive(rt_ctx *ctx, uint32_t pid)
{
    live *l = self_of(ctx)->world;
    pthread_mutex_lock(&l->lock);
    bool alive = pid < l->by_pid.count && l->by_pid.items[pid] && l->by_pid.items[pid]->alive;
    pthread_mutex_unlock(&l->lock);
    return alive;
}

static int64_t host_now_ms(rt_ctx *ctx)
{
    return self_of(ctx)->world->now_ms;
}

static void host_message_after(rt_ctx *ctx, rt_proc *p, term ref, int64_t at_ms, term to,
                               term message)
{
    live_proc *lp = self_of(ctx);
    live *l = lp->world;
    if (term_tag(to) == T_PID && !host_alive(ctx, term_pid_value(to))) return;
    live_timer t = {wire_new(lp, message, to), p->pid, ref, at_ms};
    pthread_mutex_lock(&l->lock);
    vec_push(&l->timers, t);
    pthread_mutex_unlock(&l->lock);
}

static int64_t host_timer_left(rt_ctx *ctx, rt_proc *p, term ref, bool cancel)
{
    (void)p;
    live *l = self_of(ctx)->world;
    int64_t left = -1;
    pthread_mutex_lock(&l->lock);
    for (uint32_t i = 0; i < l->timers.count; i++) {
        if (l->timers.items[i].ref != ref) continue;
        left = MAX(0, l->timers.items[i].at_ms - l->now_ms);
        if (cancel) l->timers.items[i] = vec_pop(&l->timers);
        break;
    }
    pthread_mutex_unlock(&l->lock);
    return left;
}

/* Behind the lock. */
static live_name *name_find(live *l, const term_heap *heap, term name)
{
    for (uint32_t i = 0; i < l->names.count; i++)
        if (same_deep(&l->names.items[i].heap, l->names.items[i].name, heap, name, 0))
            return &l->names.items[i];
    return NULL;
}

static uint32_t host_name_get(rt_ctx *ctx, term name)
{
    live *l = self_of(ctx)->world;
    pthread_mutex_lock(&l->lock);
    const live_name *n = name_find(l, &ctx->heap, name);
    uint32_t pid = n ? n->pid : 0;
    pthread_mutex_unlock(&l->lock);
    return pid;
}

static uint32_t claim(live *l, const term_heap *heap, term name, uint32_t pid)
{
    live_name *n = name_find(l, heap, name);
    if (n && n->pid) return n->pid;
    for (uint32_t i = 0; term_tag(name) == T_ATOM && i < l->names.count; i++)
        if (l->names.items[i].pid == pid && term_tag(l->names.items[i].name) == T_ATOM) return 0;
    if (!n) {
        n = vec_add(&l->names);
        n->name = live_copy(heap, &n->heap, name);
    }
    n->pid = pid;
    return pid;
}

static uint32_t host_name_claim(rt_ctx *ctx, term name, uint32_t pid)
{
    live_proc *lp = self_of(ctx);
    live *l = lp->world;
    pthread_mutex_lock(&l->lock);
    bool was_free = !name_find(l, &ctx->heap, name) || !name_find(l, &ctx->heap, name)->pid;
    uint32_t holder = claim(l, &ctx->heap, name, pid);
    pthread_mutex_unlock(&l->lock);
    if (was_free && holder == pid && pid == lp->p.pid) vec_push(&lp->p.names, name);
    return holder;
}

static bool host_name_release(rt_ctx *ctx, term name)
{
    live_proc *lp = self_of(ctx);
    live *l = lp->world;
    pthread_mutex_lock(&l->lock);
    live_name *n = name_find(l, &ctx->heap, name);
    uint32_t holder = n ? n->pid : 0;
    if (n) n->pid = 0;
    pthread_mutex_unlock(&l->lock);
    if (!holder || holder != lp->p.pid || lp->p.status == PROC_DEAD) return holder != 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < lp->p.names.count; i++)
        if (!term_eq(&ctx->heap, lp->p.names.items[i], name))
            lp->p.names.items[kept++] = lp->p.names.items[i];
    lp->p.names.count = kept;
    return true;
}

static uint32_t host_choose(rt_ctx *ctx, rt_proc *p, uint32_t n)
{
    (void)p;
    return (uint32_t)(live_random(&self_of(ctx)->random) % n);
}

/* Before anyone can hear of it, for what it has sent is still in its outbox. */
static void host_ended(rt_ctx *ctx, rt_proc *p)
{
    live_proc *lp = self_of(ctx);
    live *l = lp->world;
    pthread_mutex_lock(&l->lock);
    lp->alive = false;
    for (uint32_t i = 0; i < l->names.count; i++)
        if (l->names.items[i].pid == p->pid) l->names.items[i].pid = 0;
    for (uint32_t i = l->timers.count; i--;)
        if (l->timers.items[i].content->aux == term_pid(p->pid))
            l->timers.items[i] = vec_pop(&l->timers);
    pthread_mutex_unlock(&l->lock);
}

static void host_received(rt_ctx *ctx, rt_proc *p, rt_signal *s, const rt_recv *spec,
                          bool may_give_up)
{
    (void)ctx, (void)p, (void)s, (void)spec, (void)may_give_up;
}

static void host_note(rt_ctx *ctx, rt_proc *p, note_kind kind, term a, term b)
{
    live_proc *lp = self_of(ctx);
    lp->categories |= note_categories(kind);
    if (kind == NOTE_RESTART) lp->restarts++;
    /* Relaxed: a number, which orders nothing but the notes of the report. */
    uint32_t order = atomic_fetch_add_explicit(&lp->world->notes, 1, memory_order_relaxed);
    vec_push(&lp->notes, (note_def){.event = order,
                                    .pid = p->pid,
                                    .time_ms = lp->world->now_ms,
                                    .kind = (uint8_t)kind,
                                    .a = a,
                                    .b = b,
                                    .line = p->line,
                                    .place = p->place});
}

static void host_arrived(rt_ctx *ctx, rt_proc *p, rt_signal *s)
{
    (void)s;
    live_proc *lp = self_of(ctx);
    lp->mailbox_peak = MAX(lp->mailbox_peak, p->mail_count);
    lp->mailbox_words_peak = MAX(lp->mailbox_words_peak, p->mail_words);
    uint32_t mailbox_max = lp->world->s->space.mailbox_max;
    if (mailbox_max && p->mail_count == mailbox_max + 1)
        host_note(ctx, p, NOTE_MAILBOX, term_int(p->mail_count), TERM_NONE);
}

const rt_host live_host = {
    .signal_new = host_signal_new,
    .signal_free = host_signal_free,
    .send = host_send,
    .spawn = host_spawn,
    .alive = host_alive,
    .now_ms = host_now_ms,
    .message_after = host_message_after,
    .timer_left = host_timer_left,
    .name_get = host_name_get,
    .name_claim = host_name_claim,
    .name_release = host_name_release,
    .choose = host_choose,
    .ended = host_ended,
    .received = host_received,
    .arrived = host_arrived,
    .note = host_note,
};
