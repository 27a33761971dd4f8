#include "base/base.h"

#include "runtime/explore.h"

/* The host of the explored scheduler. */

static run *run_of(rt_ctx *ctx)
{
    return (run *)ctx;
}

static uint32_t event_now(const run *r)
{
    return r->events.count ? r->events.count - 1 : NONE;
}

static rt_signal *host_signal_new(rt_ctx *ctx)
{
    run *r = run_of(ctx);
    rt_signal *s = r->free_signals;
    if (!s) return ARENA_NEW(&r->memory, rt_signal);
    r->free_signals = s->next;
    return s;
}

static void host_signal_free(rt_ctx *ctx, rt_signal *s)
{
    run *r = run_of(ctx);
    s->next = r->free_signals;
    r->free_signals = s;
}

static void thread_grow(run *r, uint32_t thread)
{
    while (r->queues.count <= thread) vec_push(&r->queues, (queue_def){0});
    while (r->since.count <= thread) vec_push(&r->since, 0);
    while (r->last.count <= thread) vec_push(&r->last, 0);
}

static void unsettle(run *r, rt_proc *p)
{
    vec_push(&r->unsettled, p);
}

static void host_send(rt_ctx *ctx, rt_signal *s)
{
    run *r = run_of(ctx);
    s->sent_at = event_now(r);
    if (s->kind == SIG_DEMONITOR) {
        /* When it arrives makes no difference to anyone: 'DOWN' for it is dropped already. */
        rt_deliver(ctx, r->by_pid.items[s->to], s);
        return;
    }
    if (r->space->delivery_instant) {
        vec_push(&r->instant, s);
        return;
    }
    uint32_t thread = space_thread(r->space, THREAD_CHANNEL, s->from, s->to);
    thread_grow(r, thread);
    queue_def *q = &r->queues.items[thread];
    s->next = NULL;
    if (q->last) {
        q->last->next = s;
    } else {
        q->first = s;
        r->since.items[thread] = r->events.count;
        bool listed = false; /* a channel to oneself, being emptied just now */
        for (uint32_t i = 0; i < r->busy.count; i++) listed = listed || r->busy.items[i] == thread;
        if (!listed) vec_push(&r->busy, thread);
    }
    q->last = s;
}

static rt_proc *proc_new(run *r, uint32_t parent, uint32_t n)
{
    uint32_t pid = space_pid(r->space, parent, n);
    rt_proc *p = ARENA_NEW(&r->memory, rt_proc);
    p->pid = pid;
    p->parent = parent;
    p->born_at = event_now(r);
    while (r->by_pid.count <= pid) vec_push(&r->by_pid, NULL);
    r->by_pid.items[pid] = p;
    vec_push(&r->procs, p);
    uint32_t thread = p->thread = space_thread(r->space, THREAD_PROC, pid, 0);
    thread_grow(r, thread);
    r->since.items[thread] = r->events.count;
    unsettle(r, p);
    return p;
}

static rt_proc *host_spawn(rt_ctx *ctx, rt_proc *parent, uint32_t template_index)
{
    (void)template_index;
    run *r = run_of(ctx);
    if (r->procs.count >= 100000) ctx->overflow = true;
    return proc_new(r, parent->pid, ++parent->children_made);
}

static bool host_alive(rt_ctx *ctx, uint32_t pid)
{
    run *r = run_of(ctx);
    rt_touch(ctx, OBJECT_DEAD, pid, 0, false);
    return pid < r->by_pid.count && r->by_pid.items[pid] &&
           r->by_pid.items[pid]->status != PROC_DEAD;
}

static int64_t host_now_ms(rt_ctx *ctx)
{
    return run_of(ctx)->now_ms;
}

static void host_message_after(rt_ctx *ctx, rt_proc *p, term ref, int64_t at_ms, term to,
                               term message)
{
    run *r = run_of(ctx);
    if (term_tag(to) == T_PID) {
        rt_touch(ctx, OBJECT_DEAD, term_pid_value(to), 0, false);
        if (!host_alive(ctx, term_pid_value(to))) return;
    }
    vec_push(&r->timers, (timer_def){.owner = p->pid,
                                     .ref = ref,
                                     .at_ms = at_ms,
                                     .to = to,
                                     .message = message,
                                     .set_at = event_now(r)});
}

static void timer_drop(run *r, uint32_t i)
{
    for (uint32_t k = i + 1; k < r->timers.count; k++) r->timers.items[k - 1] = r->timers.items[k];
    r->timers.count--;
}

static int64_t host_timer_left(rt_ctx *ctx, rt_proc *p, term ref, bool cancel)
{
    (void)p;
    run *r = run_of(ctx);
    rt_touch(ctx, OBJECT_REF, term_ref_pid(ref), term_ref_n(ref), true);
    for (uint32_t i = 0; i < r->timers.count; i++) {
        if (r->timers.items[i].ref != ref) continue;
        int64_t left = r->timers.items[i].at_ms - r->now_ms;
        /* Had its receiver ended, the timer would be gone. */
        if (term_tag(r->timers.items[i].to) == T_PID)
            rt_touch(ctx, OBJECT_DEAD, term_pid_value(r->timers.items[i].to), 0, false);
        if (cancel) timer_drop(r, i);
        return left < 0 ? 0 : left;
    }
    return -1;
}

static uint32_t name_index(run *r, term name)
{
    for (uint32_t i = 0; i < r->names.count; i++)
        if (term_eq(&r->ctx.heap, r->names.items[i].name, name)) return i;
    vec_push(&r->names, (name_def){.name = name});
    return r->names.count - 1;
}

/* Names are numbered in order of first use, which differs between runs: the object is the hash. */
static void name_touch(run *r, term name, bool write)
{
    uint64_t h = term_hash(r, name);
    rt_touch(&r->ctx, OBJECT_NAME, (uint32_t)(h >> 32) & 0x0fffffff, (uint32_t)h, write);
}

static uint32_t host_name_get(rt_ctx *ctx, term name)
{
    run *r = run_of(ctx);
    name_touch(r, name, false);
    uint32_t at = name_index(r, name); /* may move the array */
    return r->names.items[at].pid;
}

static uint32_t host_name_claim(rt_ctx *ctx, term name, uint32_t pid)
{
    run *r = run_of(ctx);
    name_touch(r, name, true);
    uint32_t at = name_index(r, name);
    name_def *n = &r->names.items[at];
    if (n->pid) return n->pid;
    if (term_tag(name) == T_ATOM) { /* a process has one such name at most */
        const rt_proc *holder = r->by_pid.items[pid];
        rt_touch(ctx, OBJECT_REF, pid, 0, true);
        for (uint32_t i = 0; i < holder->names.count; i++)
            if (term_tag(holder->names.items[i]) == T_ATOM) return 0;
    }
    n->pid = pid;
    vec_push(&r->by_pid.items[pid]->names, name);
    return pid;
}

static bool host_name_release(rt_ctx *ctx, term name)
{
    run *r = run_of(ctx);
    name_touch(r, name, true);
    uint32_t at = name_index(r, name);
    name_def *n = &r->names.items[at];
    if (!n->pid) return false;
    rt_proc *holder = r->by_pid.items[n->pid];
    if (term_tag(name) == T_ATOM) rt_touch(ctx, OBJECT_REF, n->pid, 0, true);
    n->pid = 0;
    if (holder->status == PROC_DEAD) return true; /* it is going through its names itself */
    uint32_t kept = 0;
    for (uint32_t i = 0; i < holder->names.count; i++)
        if (!term_eq(&ctx->heap, holder->names.items[i], name))
            holder->names.items[kept++] = holder->names.items[i];
    holder->names.count = kept;
    return true;
}

static uint32_t host_choose(rt_ctx *ctx, rt_proc *p, uint32_t n)
{
    (void)p;
    run *r = run_of(ctx);
    event_def *e = vec_last(&r->events);
    e->choices = n;
    e->choice = r->choice_wanted % n;
    return e->choice;
}

/* Timers for a process end with it, unless they are for its name. */
static void host_ended(rt_ctx *ctx, rt_proc *p)
{
    run *r = run_of(ctx);
    for (uint32_t i = r->timers.count; i-- > 0;) {
        const timer_def *d = &r->timers.items[i];
        if (d->to != term_pid(p->pid)) continue;
        rt_touch(ctx, OBJECT_REF, term_ref_pid(d->ref), term_ref_n(d->ref), true);
        timer_drop(r, i);
    }
}

static void host_received(rt_ctx *ctx, rt_proc *p, rt_signal *s, const rt_recv *spec,
                          bool may_give_up)
{
    run *r = run_of(ctx);
    if (r->events.count == 0) return;
    event_def *e = vec_last(&r->events);
    take_def take = {.spec = *spec,
                     .pid = p->pid,
                     .event = event_now(r),
                     .gave_up = s == NULL,
                     .may_give_up = may_give_up};
    if (spec->kind == RECV_CLAUSES) { /* the variables as they were */
        take.spec.vars = ARENA_ARRAY(&r->memory, term, spec->var_count);
        memcpy(take.spec.vars, spec->vars, spec->var_count * sizeof(term));
    }
    e->takes = r->takes.count;
    vec_push(&r->takes, take);
    if (!s) return;
    if (s->arrived_at != NONE) r->events.items[s->arrived_at].taken_by = event_now(r);
    if (!may_give_up) e->cause = s->arrived_at;
}

static void host_arrived(rt_ctx *ctx, rt_proc *p, rt_signal *s)
{
    run *r = run_of(ctx);
    s->arrived_at = event_now(r);
    if (r->events.count) {
        event_def *e = vec_last(&r->events);
        e->appends_to = p->pid;
        e->message = s->body;
    }
    if (p->mail_count > r->mailbox_peak) {
        r->mailbox_peak = p->mail_count;
        r->mailbox_owner = p->pid;
    }
    if (p->mail_words > r->mailbox_words_peak) r->mailbox_words_peak = p->mail_words;
    if (r->space->mailbox_max && p->mail_count == r->space->mailbox_max + 1)
        rt_note(ctx, p, NOTE_MAILBOX, term_int(p->mail_count), TERM_NONE);
}

static void host_missed(rt_ctx *ctx, rt_proc *p, term message)
{
    run *r = run_of(ctx);
    if (r->events.count == 0) return;
    vec_last(&r->events)->appends_to = p->pid;
    vec_last(&r->events)->message = message;
}

static void host_touch(rt_ctx *ctx, object_kind kind, uint32_t a, uint32_t b, bool write)
{
    run *r = run_of(ctx);
    if (r->events.count == 0) return;
    /* Numbers of processes differ between the spaces of an exploration's threads: paths do not. */
    const path_def *paths = r->space->paths.items;
    uint64_t id = (uint64_t)a << 32 | b;
    if (kind == OBJECT_LINK) id = hash64_mix(paths[a].hash * 31 + paths[b].hash);
    else if (kind != OBJECT_NAME) id = hash64_mix(paths[a].hash * 31 + b);
    uint64_t object = (uint64_t)kind << 60 | id >> 4, bit = UINT64_C(1) << (id & 63);
    event_def *e = vec_last(&r->events);
    e->touched |= bit;
    if (write) e->written |= bit;
    for (uint32_t i = e->access_first; i < r->accesses.count; i++) {
        if (r->accesses.items[i].object != object) continue;
        r->accesses.items[i].write |= write;
        return;
    }
    vec_push(&r->accesses, (access_def){.object = object, .write = write});
    e->access_count++;
}

static const uint32_t category_of[NOTE_COUNT] = {
    [NOTE_DEADLOCK] = 1u << RT_DEADLOCK,
    [NOTE_ASSERT_FAILED] = 1u << RT_ASSERTION,
    [NOTE_INTENSITY] = 1u << RT_INTENSITY_REACHED,
    [NOTE_CALL_TIMEOUT] = 1u << RT_CALL_TIMEOUT,
    [NOTE_CRASH] = 1u << RT_CRASH,
    [NOTE_STOLEN] = 1u << RT_STOLEN_MESSAGE,
    [NOTE_LATE_REPLY] = 1u << RT_LATE_REPLY,
    [NOTE_MAILBOX] = 1u << RT_MAILBOX_BOUND,
    [NOTE_LOST] = 1u << RT_LOST_MESSAGE,
    [NOTE_UNHANDLED] = 1u << RT_LOST_MESSAGE,
};

uint32_t note_categories(note_kind kind)
{
    return category_of[kind];
}

static void host_note(rt_ctx *ctx, rt_proc *p, note_kind kind, term a, term b)
{
    run *r = run_of(ctx);
    r->categories |= category_of[kind];
    /* What counts as observed, an earlier death would have prevented. */
    if (note_is_observed(kind)) host_touch(ctx, OBJECT_LIFE, p->pid, 0, false);
    if (kind == NOTE_RESTART) r->restarts++;
    vec_push(&r->notes, (note_def){.event = event_now(r),
                                   .pid = p->pid,
                                   .time_ms = r->now_ms,
                                   .kind = (uint8_t)kind,
                                   .a = a,
                                   .b = b,
                                   .line = p->line,
                                   .place = p->place});
}

static const rt_host explored_host = {
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
    .missed = host_missed,
    .touch = host_touch,
    .note = host_note,
};

static int pid_cmp(const void *owner, uint32_t a, uint32_t b)
{
    return space_path_cmp(owner, a, b);
}

void run_init(run *r, space *s)
{
    *r = (run){.space = s};
    r->ctx.host = &explored_host;
    r->ctx.program = s->program;
    r->ctx.memory = &r->memory;
    r->ctx.heap.pid_cmp = pid_cmp;
    r->ctx.heap.pid_owner = s;
    r->ctx.reply_by_ref = s->reply_by_ref;
}

void run_clear(run *r)
{
    for (uint32_t i = 0; i < r->procs.count; i++) {
        r->by_pid.items[r->procs.items[i]->pid] = NULL;
        rt_proc_release(r->procs.items[i]);
    }
    vec_clear(&r->procs);
    for (uint32_t i = 0; i < r->busy.count; i++) r->queues.items[r->busy.items[i]] = (queue_def){0};
    vec_clear(&r->busy);
    vec_clear(&r->timers);
    vec_clear(&r->names);
    vec_clear(&r->events);
    vec_clear(&r->accesses);
    vec_clear(&r->takes);
    vec_clear(&r->notes);
    vec_clear(&r->disabled);
    vec_clear(&r->unsettled);
    vec_clear(&r->instant);
    vec_clear(&r->enabled);
    r->free_signals = NULL;
    r->ctx.heap.count = 0;
    r->ctx.heap.full = false;
    r->ctx.overflow = false;
    r->ctx.work = 0;
    r->now_ms = r->herd_at_ms = 0;
    r->epoch = 0;
    r->categories = r->mailbox_peak = r->mailbox_owner = r->restarts = r->herd = r->herd_peak = 0;
    r->mailbox_words_peak = r->binaries_peak = 0;
    r->binaries_owner = 0;
    r->cut = r->horizon_hit = r->ring_noted = false;
    arena_clear(&r->memory);
}

void run_release(run *r)
{
    run_clear(r);
    vec_release(&r->procs);
    vec_release(&r->by_pid);
    vec_release(&r->queues);
    vec_release(&r->busy);
    vec_release(&r->since);
    vec_release(&r->last);
    vec_release(&r->timers);
    vec_release(&r->names);
    vec_release(&r->events);
    vec_release(&r->accesses);
    vec_release(&r->takes);
    vec_release(&r->notes);
    vec_release(&r->disabled);
    vec_release(&r->unsettled);
    vec_release(&r->instant);
    vec_release(&r->enabled);
    vec_release(&r->heaps);
    term_heap_release(&r->ctx.heap);
    arena_release(&r->memory);
}

static void deliver(run *r, rt_proc *to, rt_signal *s)
{
    bool wanted = to->status == PROC_WANTS;
    rt_deliver(&r->ctx, to, s);
    if (wanted && to->status == PROC_DEAD)
        vec_push(&r->disabled, (disabled_def){.event = event_now(r), .thread = to->thread});
}

/* After an event: what it sent arrives if delivery is instant, and every process it woke goes on
 * to its next visible operation. */
static void settle(run *r)
{
    r->ctx.permits = 0;
    uint32_t sent = 0, woken = 0;
    while (sent < r->instant.count || woken < r->unsettled.count) {
        if (woken < r->unsettled.count) {
            rt_proc *p = r->unsettled.items[woken++];
            if (p->status == PROC_DEAD) continue;
            bool wanted = p->status == PROC_WANTS;
            rt_proc_run(&r->ctx, p);
            run_measure_binaries(r, p);
            if (wanted || p->status != PROC_WANTS) continue;
            r->since.items[p->thread] = r->events.count;
            continue;
        }
        rt_signal *s = r->instant.items[sent++];
        rt_proc *to = r->by_pid.items[s->to];
        deliver(r, to, s);
        unsettle(r, to);
    }
    vec_clear(&r->instant);
    vec_clear(&r->unsettled);
}

void run_start(run *r)
{
    run_clear(r);
    rt_proc *driver = proc_new(r, 0, 0);
    rt_proc_setup(&r->ctx, driver, r->space->program->driver, term_list(&r->ctx.heap, NULL, 0), 0,
                  false);
    settle(r);
}

static bool receive_timer(const rt_proc *p)
{
    return p->status == PROC_BLOCKED && p->receiving && p->deadline_ms >= 0 && !p->timed_out;
}

static void sort_fair(run *r)
{
    for (uint32_t i = 1; i < r->enabled.count; i++) {
        uint32_t t = r->enabled.items[i], at = i;
        for (; at && r->since.items[r->enabled.items[at - 1]] > r->since.items[t]; at--)
            r->enabled.items[at] = r->enabled.items[at - 1];
        r->enabled.items[at] = t;
    }
}

static void add_timers(run *r, int64_t at_ms)
{
    for (uint32_t i = 0; i < r->procs.count; i++) {
        const rt_proc *p = r->procs.items[i];
        if (!receive_timer(p) || (at_ms >= 0 && p->deadline_ms != at_ms)) continue;
        uint32_t t = space_thread(r->space, THREAD_TIMER, p->pid, 0);
        thread_grow(r, t);
        vec_push(&r->enabled, t);
    }
    for (uint32_t i = 0; i < r->timers.count; i++) {
        const timer_def *d = &r->timers.items[i];
        if (at_ms >= 0 && d->at_ms != at_ms) continue;
        uint32_t t = space_thread(r->space, THREAD_TIMER, d->owner, term_ref_n(d->ref));
        thread_grow(r, t);
        vec_push(&r->enabled, t);
    }
}

static int64_t next_deadline(const run *r)
{
    int64_t at = INT64_MAX;
    for (uint32_t i = 0; i < r->procs.count; i++)
        if (receive_timer(r->procs.items[i]) && r->procs.items[i]->deadline_ms < at)
            at = r->procs.items[i]->deadline_ms;
    for (uint32_t i = 0; i < r->timers.count; i++)
        if (r->timers.items[i].at_ms < at) at = r->timers.items[i].at_ms;
    return at;
}

void run_enabled(run *r)
{
    vec_clear(&r->enabled);
    r->enabled_timers = false;
    if (r->cut) return;
    if (r->events.count >= r->space->events_max || r->ctx.overflow) {
        r->cut = true;
        return;
    }
    for (uint32_t i = 0; i < r->procs.count; i++)
        if (r->procs.items[i]->status == PROC_WANTS)
            vec_push(&r->enabled, r->procs.items[i]->thread);
    for (uint32_t i = 0; i < r->busy.count; i++) vec_push(&r->enabled, r->busy.items[i]);
    if (r->enabled.count) {
        sort_fair(r);
        if (r->space->timers_early) add_timers(r, -1);
        return;
    }
    int64_t at = next_deadline(r);
    run_check_waits(r, at == INT64_MAX);
    if (at == INT64_MAX) return;
    if (at > r->space->horizon_ms) {
        r->horizon_hit = true;
        return;
    }
    r->enabled_timers = true;
    add_timers(r, at);
}

void run_follow(run *r, uint32_t thread, uint32_t choice)
{
    r->enabled_timers = r->busy.count == 0;
    for (uint32_t i = 0; r->enabled_timers && i < r->procs.count; i++)
        r->enabled_timers = r->procs.items[i]->status != PROC_WANTS;
    if (r->enabled_timers) run_check_waits(r, false);
    run_step(r, thread, choice);
}

/* Takes the first signal off a channel. */
static rt_signal *queue_take(run *r, uint32_t thread)
{
    queue_def *q = &r->queues.items[thread];
    rt_signal *s = q->first;
    q->first = s->next;
    if (!q->first) q->last = NULL;
    s->next = NULL;
    return s;
}

static void deliver_next(run *r, uint32_t thread)
{
    const rt_signal *first = r->queues.items[thread].first;
    uint32_t sent_at = first->sent_at;
    rt_proc *to = r->by_pid.items[first->to];
    vec_last(&r->events)->cause = sent_at;
    /* What one operation sent together (a monitor and the request behind it) arrives together.
     * Delivering may send, and sending may move the queues. */
    bool more = true;
    while (more) {
        rt_signal *s = queue_take(r, thread);
        more = s->kind == SIG_MONITOR;
        deliver(r, to, s);
        first = r->queues.items[thread].first;
        more = more && first && first->sent_at == sent_at;
    }
    unsettle(r, to);
    if (first) {
        r->since.items[thread] = r->events.count;
        return;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < r->busy.count; i++)
        if (r->busy.items[i] != thread) r->busy.items[kept++] = r->busy.items[i];
    r->busy.count = kept;
}

static void fire(run *r, const thread_def *t)
{
    rt_proc *owner = r->by_pid.items[t->a];
    if (t->b == 0) {
        if (owner->deadline_ms > r->now_ms) r->now_ms = owner->deadline_ms;
        owner->timed_out = true;
        unsettle(r, owner);
    } else {
        uint32_t i = 0;
        while (i < r->timers.count &&
               (r->timers.items[i].owner != t->a || term_ref_n(r->timers.items[i].ref) != t->b))
            i++;
        if (i == r->timers.count) return;
        timer_def d = r->timers.items[i];
        timer_drop(r, i);
        if (d.at_ms > r->now_ms) r->now_ms = d.at_ms;
        rt_touch(&r->ctx, OBJECT_REF, t->a, t->b, true);
        owner->line = owner->place = 0;
        rt_note(&r->ctx, owner, NOTE_TIMER, d.message, d.to);
        /* A name is looked up when the timer fires, not when it is set. */
        uint32_t pid = rt_resolve(&r->ctx, owner, d.to);
        if (pid == 0 || pid == NONE || pid >= r->by_pid.count || !r->by_pid.items[pid]) return;
        rt_proc *to = r->by_pid.items[pid];
        rt_signal *s = host_signal_new(&r->ctx);
        *s = (rt_signal){.kind = SIG_MESSAGE, .from = t->a, .to = pid, .body = d.message};
        deliver(r, to, s);
        unsettle(r, to);
    }
    if (r->now_ms != r->herd_at_ms) r->herd = 0;
    r->herd_at_ms = r->now_ms;
    if (++r->herd > r->herd_peak) r->herd_peak = r->herd;
}

void run_step(run *r, uint32_t thread, uint32_t choice)
{
    thread_def t = r->space->threads.items[thread];
    bool barrier = r->enabled_timers;
    if (barrier) r->epoch++;
    thread_grow(r, thread); /* in a replay nothing may have listed it */
    uint32_t previous = r->last.items[thread];
    if (previous >= r->events.count || r->events.items[previous].thread != thread) previous = NONE;
    r->last.items[thread] = r->events.count;
    event_def *e = vec_add(&r->events);
    *e = (event_def){.thread = thread,
                     .previous = previous,
                     .cause = NONE,
                     .epoch = r->epoch,
                     .access_first = r->accesses.count,
                     .taken_by = NONE,
                     .takes = NONE,
                     .barrier = barrier};
    r->choice_wanted = choice;
    switch ((thread_kind)t.kind) {
    case THREAD_PROC: {
        rt_proc *p = r->by_pid.items[t.a];
        e->cause = p->born_at;
        r->ctx.permits = 1;
        rt_proc_run(&r->ctx, p);
        r->ctx.permits = 0;
        r->since.items[thread] = r->events.count;
        break;
    }
    case THREAD_CHANNEL:
        r->ctx.permits = 0;
        deliver_next(r, thread);
        break;
    case THREAD_TIMER:
        r->ctx.permits = 0;
        if (!barrier) rt_touch(&r->ctx, OBJECT_LIFE, t.a, 0, true);
        fire(r, &t);
        break;
    }
    settle(r);
}
