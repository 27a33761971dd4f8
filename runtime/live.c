#include "base/base.h"

#include "runtime/live.h"

/* Visible operations in one turn, or one less: few, so that others come between. */
enum { PERMITS_MAX = 3 };

static void quiet(par_self *self, live *l);
static void live_handle(par_self *self, uint64_t *state, const par_message *m);

static void add_pending(live *l, uint64_t count)
{
    /* Relaxed: the caller's own part of the count is taken off later, in done(). */
    atomic_fetch_add_explicit(&l->pending, count, memory_order_relaxed);
}

static void done(par_self *self, live *l)
{
    /* Pairs with itself: the last one sees what all others did before theirs. */
    if (atomic_fetch_sub_explicit(&l->pending, 1, memory_order_acq_rel) == 1) quiet(self, l);
}

static live_proc *proc_by_pid(live *l, uint32_t pid)
{
    pthread_mutex_lock(&l->lock);
    live_proc *lp = pid < l->by_pid.count ? l->by_pid.items[pid] : NULL;
    pthread_mutex_unlock(&l->lock);
    return lp;
}

/* From now on it runs by itself; its first turn is owed. */
static void publish(par_self *self, live_proc *lp)
{
    uint64_t state[PAR_STATE_WORDS] = {(uintptr_t)lp};
    add_pending(lp->world, 1);
    lp->par = par_spawn(self, live_handle, state, 0, NULL);
}

static void end_of_turn(par_self *self, live_proc *lp)
{
    live *l = lp->world;
    for (uint32_t i = 0; i < lp->newborn.count; i++) live_move_in(lp, lp->newborn.items[i]);
    for (uint32_t i = 0; i < lp->newborn.count; i++) publish(self, lp->newborn.items[i]);
    vec_clear(&lp->newborn);
    /* Signals may be long on their way: now and then they leave with a later turn. */
    bool held = live_random(&lp->random) % 4 == 0;
    for (uint32_t i = 0; !held && i < lp->outbox.count; i++) {
        const wire *w = lp->outbox.items[i];
        const live_proc *to = proc_by_pid(l, w->to);
        if (!to) continue;
        add_pending(l, 1);
        par_send(self, to->par, LIVE_SIGNAL, (uintptr_t)w, 0, 0);
    }
    if (!held) vec_clear(&lp->outbox);
    if ((lp->p.status == PROC_WANTS || lp->outbox.count) && !lp->run_pending) {
        lp->run_pending = true;
        add_pending(l, 1);
        par_send(self, par_me(self), LIVE_GO_ON, 0, 0, 0);
    }
}

static void deliver(live_proc *lp, const wire *w)
{
    rt_signal *s = lp->ctx.host->signal_new(&lp->ctx);
    *s = (rt_signal){.kind = w->kind, .from = w->from, .to = w->to, .arrived_at = NONE};
    s->body = live_copy(&w->heap, &lp->ctx.heap, w->body);
    s->aux = live_copy(&w->heap, &lp->ctx.heap, w->aux);
    rt_deliver(&lp->ctx, &lp->p, s);
}

/* A timer of this process: names are looked up when it fires, not when it is set. */
static void fire(live_proc *lp, const wire *w)
{
    term message = live_copy(&w->heap, &lp->ctx.heap, w->body);
    term to = live_copy(&w->heap, &lp->ctx.heap, w->aux);
    lp->p.line = lp->p.place = 0;
    rt_note(&lp->ctx, &lp->p, NOTE_TIMER, message, to);
    uint32_t pid = rt_resolve(&lp->ctx, &lp->p, to);
    if (pid != 0 && pid != NONE)
        rt_signal_send(&lp->ctx, lp->p.pid, pid, SIG_MESSAGE, message, TERM_NONE);
}

static void live_handle(par_self *self, uint64_t *state, const par_message *m)
{
    live_proc *lp = (live_proc *)(uintptr_t)state[0];
    live *l = lp->world;
    const wire *w = (const wire *)(uintptr_t)m->word[0];
    lp->ctx.permits = (uint32_t)(live_random(&lp->random) % (PERMITS_MAX + 1));
    if (m->kind == PAR_MESSAGE && m->tag == LIVE_SIGNAL) {
        deliver(lp, w);
        /* What was ready to move may as well let others come first. */
        if (lp->p.status == PROC_WANTS) lp->ctx.permits = 0;
    } else if (m->kind == PAR_MESSAGE && m->tag == LIVE_GO_ON) {
        lp->run_pending = false;
    } else if (m->kind == PAR_MESSAGE && m->tag == LIVE_TIMEOUT) {
        lp->p.timed_out = true;
    } else if (m->kind == PAR_MESSAGE && m->tag == LIVE_FIRE) {
        fire(lp, w);
    }
    if (lp->p.status != PROC_DEAD) rt_proc_run(&lp->ctx, &lp->p);
    end_of_turn(self, lp);
    /* Relaxed: a bound, not an exact one. */
    atomic_fetch_add_explicit(&l->handled, 1, memory_order_relaxed);
    done(self, l);
}

static bool receive_timer(const rt_proc *p)
{
    return p->status == PROC_BLOCKED && p->receiving && p->deadline_ms >= 0 && !p->timed_out;
}

static int64_t next_deadline(const live *l)
{
    int64_t at = INT64_MAX;
    for (uint32_t i = 0; i < l->procs.count; i++)
        if (receive_timer(&l->procs.items[i]->p)) at = MIN(at, l->procs.items[i]->p.deadline_ms);
    for (uint32_t i = 0; i < l->timers.count; i++) at = MIN(at, l->timers.items[i].at_ms);
    return at;
}

/* One of those due at this instant, drawn by lot. */
static void fire_one(par_self *self, live *l, int64_t at)
{
    uint64_t count = 0, chosen;
    for (uint32_t i = 0; i < l->procs.count; i++)
        count += receive_timer(&l->procs.items[i]->p) && l->procs.items[i]->p.deadline_ms == at;
    for (uint32_t i = 0; i < l->timers.count; i++) count += l->timers.items[i].at_ms == at;
    chosen = live_random(&l->random) % count;
    add_pending(l, 1);
    for (uint32_t i = 0; i < l->procs.count; i++) {
        const live_proc *lp = l->procs.items[i];
        if (!receive_timer(&lp->p) || lp->p.deadline_ms != at || chosen-- != 0) continue;
        par_send(self, lp->par, LIVE_TIMEOUT, 0, 0, 0);
        return;
    }
    for (uint32_t i = 0; i < l->timers.count; i++) {
        live_timer t = l->timers.items[i];
        if (t.at_ms != at || chosen-- != 0) continue;
        l->timers.items[i] = vec_pop(&l->timers);
        par_send(self, l->by_pid.items[t.owner]->par, LIVE_FIRE, (uintptr_t)t.content, 0, 0);
        return;
    }
}

/* The run, as the explored scheduler would see it now. */
static void show_procs(live *l, run *r)
{
    vec_clear(&r->procs);
    vec_clear(&r->heaps);
    while (r->by_pid.count < l->by_pid.count) vec_push(&r->by_pid, NULL);
    for (uint32_t pid = 0; pid < l->by_pid.count; pid++) {
        live_proc *lp = l->by_pid.items[pid];
        r->by_pid.items[pid] = lp ? &lp->p : NULL;
        vec_push(&r->heaps, lp ? &lp->ctx.heap : NULL);
    }
    for (uint32_t i = 0; i < l->procs.count; i++) vec_push(&r->procs, &l->procs.items[i]->p);
    r->now_ms = l->now_ms;
}

/* Nothing moves and nothing is on its way: this thread is alone. */
static void quiet(par_self *self, live *l)
{
    run *r = &l->s->run;
    int64_t at = next_deadline(l);
    uint32_t noted = r->notes.count;
    show_procs(l, r);
    run_check_waits(r, at == INT64_MAX);
    for (uint32_t i = noted; i < r->notes.count; i++)
        r->notes.items[i].event = atomic_fetch_add_explicit(&l->notes, 1, memory_order_relaxed);
    for (uint32_t i = 0; i < l->procs.count; i++)
        l->cut = l->cut || l->procs.items[i]->ctx.overflow;
    if (atomic_load_explicit(&l->handled, memory_order_relaxed) > l->s->options->events_max)
        l->cut = true;
    if (l->cut || at == INT64_MAX || at > l->s->space.horizon_ms) {
        r->horizon_hit = at != INT64_MAX;
        par_send(self, l->root, LIVE_OVER, 0, 0, 0);
        return;
    }
    l->now_ms = MAX(l->now_ms, at);
    fire_one(self, l, at);
}

static void root(par_self *self, uint64_t *state, const par_message *m)
{
    live *l = (live *)(uintptr_t)state[0];
    if (m->kind == PAR_MESSAGE) {
        par_exit(self, PAR_NORMAL);
        return;
    }
    l->root = par_me(self);
    live_proc *driver = live_proc_new(l, 0, 0);
    rt_proc_setup(&driver->ctx, &driver->p, driver->ctx.program->driver,
                  term_list(&driver->ctx.heap, NULL, 0), 0, false);
    publish(self, driver);
}

static int note_order(const void *a, const void *b)
{
    const note_def *x = a, *y = b;
    return x->event < y->event ? -1 : x->event > y->event;
}

/* What happened, into s->run. */
static void collect(live *l, run *r)
{
    r->cut = l->cut;
    show_procs(l, r);
    for (uint32_t i = 0; i < l->procs.count; i++) {
        const live_proc *lp = l->procs.items[i];
        r->categories |= lp->categories;
        r->restarts += lp->restarts;
        r->ctx.work += lp->ctx.work;
        if (lp->mailbox_peak > r->mailbox_peak) {
            r->mailbox_peak = lp->mailbox_peak;
            r->mailbox_owner = lp->p.pid;
        }
        r->mailbox_words_peak = MAX(r->mailbox_words_peak, lp->mailbox_words_peak);
        for (uint32_t k = 0; k < lp->notes.count; k++) {
            note_def n = lp->notes.items[k];
            n.a = live_copy(&lp->ctx.heap, &r->ctx.heap, n.a);
            n.b = live_copy(&lp->ctx.heap, &r->ctx.heap, n.b);
            vec_push(&r->notes, n);
        }
        rt_proc *p = &l->procs.items[i]->p;
        p->exit_reason = live_copy(&lp->ctx.heap, &r->ctx.heap, p->exit_reason);
    }
    if (r->notes.count) qsort(r->notes.items, r->notes.count, sizeof(note_def), note_order);
}

static void release(live *l, run *r)
{
    for (uint32_t i = 0; i < l->procs.count; i++) {
        live_proc *lp = l->procs.items[i];
        r->by_pid.items[lp->p.pid] = NULL;
        rt_proc_release(&lp->p);
        vec_release(&lp->outbox);
        vec_release(&lp->newborn);
        vec_release(&lp->notes);
        term_heap_release(&lp->ctx.heap);
        arena_release(&lp->memory);
        free(lp);
    }
    vec_clear(&r->procs);
    vec_clear(&r->heaps);
    for (uint32_t i = 0; i < l->names.count; i++) term_heap_release(&l->names.items[i].heap);
    vec_release(&l->procs);
    vec_release(&l->by_pid);
    vec_release(&l->names);
    vec_release(&l->timers);
    pthread_mutex_destroy(&l->lock);
}

static bool run_once(search *s, uint64_t seed, error *err)
{
    live l = {.s = s, .random = seed};
    par *system;
    par_options options = {.threads = MAX(s->options->threads, 1), .scatter = true};
    if (!par_open(&options, &system, err)) return false;
    pthread_mutex_init(&l.lock, NULL);
    run_clear(&s->run);
    uint64_t state[PAR_STATE_WORDS] = {(uintptr_t)&l};
    (void)par_run(system, root, state);
    par_close(system);
    collect(&l, &s->run);
    search_record(s);
    s->verdict->schedules++;
    s->verdict->events += atomic_load_explicit(&l.handled, memory_order_relaxed);
    release(&l, &s->run);
    return true;
}

bool search_live(search *s, error *err)
{
    uint64_t seed = s->options->seed;
    while (s->verdict->schedules < s->options->schedules_max && !s->stop)
        if (!run_once(s, live_random(&seed), err)) return false;
    return true;
}
