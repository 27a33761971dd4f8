#include "base/base.h"

#include "runtime/proc.h"

void rt_signal_send(rt_ctx *ctx, uint32_t from, uint32_t to, signal_kind kind, term body, term aux)
{
    rt_signal *s = ctx->host->signal_new(ctx);
    *s = (rt_signal){.kind = (uint8_t)kind, .from = from, .to = to, .body = body, .aux = aux};
    ctx->host->send(ctx, s);
}

term rt_ref_new(rt_proc *p)
{
    return term_ref(p->pid, ++p->refs_made);
}

uint32_t rt_resolve(rt_ctx *ctx, rt_proc *p, term to)
{
    (void)p;
    switch (term_tag(to)) {
    case T_PID: return term_pid_value(to);
    case T_REF: return term_ref_pid(to);
    case T_ATOM: return ctx->host->name_get(ctx, to);
    case T_TUPLE:
        if (term_is_tagged(&ctx->heap, to, 3, ATOM_via) ||
            term_is_tagged(&ctx->heap, to, 2, ATOM_global))
            return ctx->host->name_get(ctx, to);
        return NONE;
    default: return NONE;
    }
}

bool rt_message(rt_ctx *ctx, rt_proc *p, term to, term message)
{
    uint32_t pid = rt_resolve(ctx, p, to);
    if (pid == NONE) return false;
    if (pid == 0) {
        rt_note(ctx, p, NOTE_LOST, message, to);
        return false;
    }
    if (term_tag(to) == T_REF) rt_signal_send(ctx, p->pid, pid, SIG_ALIAS, message, to);
    else rt_signal_send(ctx, p->pid, pid, SIG_MESSAGE, message, TERM_NONE);
    return true;
}

static bool link_remove(rt_proc *p, uint32_t other)
{
    for (uint32_t i = 0; i < p->links.count; i++) {
        if (p->links.items[i] != other) continue;
        for (uint32_t k = i + 1; k < p->links.count; k++) p->links.items[k - 1] = p->links.items[k];
        p->links.count--;
        return true;
    }
    return false;
}

static bool link_has(const rt_proc *p, uint32_t other)
{
    for (uint32_t i = 0; i < p->links.count; i++)
        if (p->links.items[i] == other) return true;
    return false;
}

/* The last unlink from other that it has not answered; until it does, its link and exit signals
 * are from before and mean nothing (the link protocol of OTP 23 and later). n 0: whichever. */
static bool unlinking_end(rt_proc *p, uint32_t other, uint32_t n)
{
    for (uint32_t i = 0; i < p->unlinking.count; i++) {
        rt_unlinking u = p->unlinking.items[i];
        if (u.other != other || (n && u.n != n)) continue;
        p->unlinking.items[i] = vec_pop(&p->unlinking);
        return true;
    }
    return false;
}

static bool is_unlinking(const rt_proc *p, uint32_t other)
{
    for (uint32_t i = 0; i < p->unlinking.count; i++)
        if (p->unlinking.items[i].other == other) return true;
    return false;
}

bool rt_link(rt_ctx *ctx, rt_proc *p, uint32_t other)
{
    rt_touch(ctx, OBJECT_LINK, p->pid, other, true);
    if (other == p->pid || link_has(p, other)) return true;
    rt_touch(ctx, OBJECT_DEAD, other, 0, false);
    if (!p->trap_exit && !ctx->host->alive(ctx, other)) return false;
    (void)unlinking_end(p, other, 0);
    vec_push(&p->links, other);
    rt_signal_send(ctx, p->pid, other, SIG_LINK, TERM_NONE, TERM_NONE);
    return true;
}

void rt_unlink(rt_ctx *ctx, rt_proc *p, uint32_t other)
{
    rt_touch(ctx, OBJECT_LINK, p->pid, other, true);
    if (!link_remove(p, other)) return;
    (void)unlinking_end(p, other, 0);
    vec_push(&p->unlinking, (rt_unlinking){.other = other, .n = ++p->unlinks_made});
    rt_signal_send(ctx, p->pid, other, SIG_UNLINK, TERM_NONE, term_int(p->unlinks_made));
}

rt_monitor *rt_monitor_find(rt_proc *p, term ref)
{
    if (term_tag(ref) != T_REF || term_ref_pid(ref) != p->pid) return NULL;
    for (uint32_t i = 0; i < p->monitors.count; i++)
        if (p->monitors.items[i].n == term_ref_n(ref)) return &p->monitors.items[i];
    return NULL;
}

void rt_monitor_add(rt_ctx *ctx, rt_proc *p, term ref, uint32_t target, term object,
                    alias_kind alias)
{
    vec_push(&p->monitors,
             (rt_monitor){.n = term_ref_n(ref),
                          .target = target,
                          .object = object,
                          .monitors = target != 0,
                          .alias = alias != ALIAS_NONE,
                          .alias_by_demonitor = target != 0 && alias != ALIAS_EXPLICIT,
                          .alias_by_reply = alias == ALIAS_REPLY});
    if (target) rt_signal_send(ctx, p->pid, target, SIG_MONITOR, object, ref);
}

static void monitor_drop(rt_proc *p, rt_monitor *m)
{
    size_t at = (size_t)(m - p->monitors.items);
    for (size_t k = at + 1; k < p->monitors.count; k++)
        p->monitors.items[k - 1] = p->monitors.items[k];
    p->monitors.count--;
}

static void flush_down(rt_ctx *ctx, rt_proc *p, term ref)
{
    rt_signal *s = rt_take(ctx, p, &(rt_recv){.kind = RECV_DOWN, .key = ref});
    if (s) ctx->host->signal_free(ctx, s);
}

bool rt_demonitor(rt_ctx *ctx, rt_proc *p, term ref, bool flush)
{
    rt_monitor *m = rt_monitor_find(p, ref);
    /* With a flush it is all one whether 'DOWN' came before or would have come after. */
    if (!flush && term_tag(ref) == T_REF) rt_touch(ctx, OBJECT_REF, p->pid, term_ref_n(ref), true);
    if (m && m->alias) rt_touch(ctx, OBJECT_ALIAS, p->pid, term_ref_n(ref), true);
    if (!m || !m->monitors) {
        if (flush) flush_down(ctx, p, ref);
        return false;
    }
    uint32_t target = m->target;
    if (!flush) rt_touch(ctx, OBJECT_DEAD, target, 0, false);
    m->monitors = false;
    if (m->alias_by_demonitor) m->alias = false;
    if (!m->alias) monitor_drop(p, m);
    rt_signal_send(ctx, p->pid, target, SIG_DEMONITOR, TERM_NONE, ref);
    return true;
}

bool rt_unalias(rt_ctx *ctx, rt_proc *p, term ref)
{
    rt_monitor *m = rt_monitor_find(p, ref);
    if (!m || !m->alias) return false;
    rt_touch(ctx, OBJECT_ALIAS, p->pid, term_ref_n(ref), true);
    m->alias = false;
    if (!m->monitors) monitor_drop(p, m);
    return true;
}

static void mailbox_add(rt_ctx *ctx, rt_proc *p, rt_signal *s)
{
    s->next = NULL;
    s->prev = p->mail_last;
    if (p->mail_last) p->mail_last->next = s;
    else p->mail_first = s;
    p->mail_last = s;
    p->mail_count++;
    p->mail_words += term_words(&ctx->heap, s->body);
    ctx->host->arrived(ctx, p, s);
}

static void become_message(rt_ctx *ctx, rt_proc *p, rt_signal *s, term message)
{
    s->kind = SIG_MESSAGE;
    s->body = message;
    mailbox_add(ctx, p, s);
}

/* An exit signal that is not ignored: a message if exits are trapped, else the end. */
static void exit_arrives(rt_ctx *ctx, rt_proc *p, rt_signal *s, term reason, bool untrappable)
{
    rt_touch(ctx, OBJECT_TRAP, p->pid, 0, false);
    if (p->trap_exit && !untrappable) {
        become_message(ctx, p, s, TUPLE(&ctx->heap, A(EXIT), term_pid(s->from), reason));
        return;
    }
    bool self = s->from == p->pid;
    ctx->host->signal_free(ctx, s);
    if (reason == A(normal) && !self) return;
    rt_touch(ctx, OBJECT_LIFE, p->pid, 0, true);
    p->ending = false;
    p->line = 0;
    p->place = 0;
    rt_exit_now(ctx, p, reason);
}

static void link_exit_arrives(rt_ctx *ctx, rt_proc *p, rt_signal *s)
{
    rt_touch(ctx, OBJECT_LINK, p->pid, s->from, false);
    if (!link_remove(p, s->from)) {
        ctx->host->signal_free(ctx, s);
        return;
    }
    /* Had p ended before this came, s->from would have heard of it. */
    rt_touch(ctx, OBJECT_LINK, p->pid, 0, true);
    exit_arrives(ctx, p, s, s->body, false);
}

static void down_arrives(rt_ctx *ctx, rt_proc *p, rt_signal *s)
{
    rt_monitor *m = rt_monitor_find(p, s->aux);
    rt_touch(ctx, OBJECT_REF, p->pid, term_ref_n(s->aux), false);
    if (!m || !m->monitors) {
        ctx->host->signal_free(ctx, s);
        return;
    }
    term object = m->object, tag = m->tag == TERM_NONE ? A(DOWN) : m->tag;
    m->monitors = false;
    if (m->alias_by_demonitor) m->alias = false;
    if (!m->alias) monitor_drop(p, m);
    become_message(ctx, p, s, TUPLE(&ctx->heap, tag, s->aux, A(process), object, s->body));
}

static void alias_arrives(rt_ctx *ctx, rt_proc *p, rt_signal *s)
{
    rt_monitor *m = rt_monitor_find(p, s->aux);
    rt_touch(ctx, OBJECT_ALIAS, p->pid, term_ref_n(s->aux), false);
    if (!m || !m->alias) {
        rt_note(ctx, p, NOTE_LATE_DROPPED, s->body, term_pid(s->from));
        ctx->host->signal_free(ctx, s);
        return;
    }
    if (m->alias_by_reply) {
        rt_touch(ctx, OBJECT_ALIAS, p->pid, term_ref_n(s->aux), true);
        if (m->monitors) (void)rt_demonitor(ctx, p, s->aux, false);
        else (void)rt_unalias(ctx, p, s->aux);
    }
    become_message(ctx, p, s, s->body);
}

static void watcher_remove(rt_proc *p, term ref)
{
    for (uint32_t i = 0; i < p->watchers.count; i++) {
        if (p->watchers.items[i].ref != ref) continue;
        for (uint32_t k = i + 1; k < p->watchers.count; k++)
            p->watchers.items[k - 1] = p->watchers.items[k];
        p->watchers.count--;
        return;
    }
}

/* Would its sender care? Requests are monitored, replies and notices have no one behind them. */
static bool is_loss(const rt_ctx *ctx, term body)
{
    const term_heap *h = &ctx->heap;
    if (term_tag(body) != T_TUPLE) return true;
    term tag = term_at(h, body, 0);
    if (term_tag(tag) == T_REF || term_is_tagged(h, tag, 2, ATOM_alias)) return false;
    return tag != A(DOWN) && tag != A(EXIT) && tag != A(gen_call) && tag != A(system) &&
           tag != A(ack) && tag != A(timeout);
}

void rt_note_if_lost(rt_ctx *ctx, rt_proc *p, const rt_signal *s)
{
    if (term_tag(s->aux) == T_REF) return; /* to an alias: nobody misses what is left of it */
    if (s->from != p->pid && is_loss(ctx, s->body))
        rt_note(ctx, p, NOTE_LOST, s->body, term_pid(p->pid));
}

static void missed(rt_ctx *ctx, rt_proc *p, term message)
{
    rt_touch(ctx, OBJECT_LIFE, p->pid, 0, false);
    if (ctx->host->missed) ctx->host->missed(ctx, p, message);
}

/* What a process that has ended answers. */
static void deliver_to_dead(rt_ctx *ctx, rt_proc *p, rt_signal *s)
{
    term_heap *h = &ctx->heap;
    switch ((signal_kind)s->kind) {
    case SIG_EXIT:
    case SIG_LINK_EXIT: /* a little earlier it might have ended the process its own way */
        rt_touch(ctx, OBJECT_LIFE, p->pid, 0, true);
        if (p->trap_exit && ctx->host->missed)
            ctx->host->missed(ctx, p, TUPLE(h, A(EXIT), term_pid(s->from), s->body));
        break;
    case SIG_LINK: rt_signal_send(ctx, p->pid, s->from, SIG_LINK_EXIT, A(noproc), TERM_NONE); break;
    case SIG_MONITOR: rt_signal_send(ctx, p->pid, s->from, SIG_DOWN, A(noproc), s->aux); break;
    case SIG_MESSAGE:
        missed(ctx, p, s->body);
        rt_note_if_lost(ctx, p, s);
        break;
    case SIG_ALIAS:
        missed(ctx, p, s->body);
        rt_note(ctx, p, NOTE_LATE_DROPPED, s->body, term_pid(s->from));
        break;
    case SIG_DOWN: {
        const rt_monitor *m = rt_monitor_find(p, s->aux);
        term tag = m && m->tag != TERM_NONE ? m->tag : A(DOWN);
        if (m) missed(ctx, p, TUPLE(h, tag, s->aux, A(process), m->object, s->body));
        break;
    }
    default: break;
    }
    ctx->host->signal_free(ctx, s);
}

void rt_deliver(rt_ctx *ctx, rt_proc *p, rt_signal *s)
{
    /* Whether it still lives decides who is told of its end, or told noproc. */
    if (s->kind == SIG_LINK || s->kind == SIG_UNLINK || s->kind == SIG_MONITOR)
        rt_touch(ctx, OBJECT_DEAD, p->pid, 0, false);
    rt_touch(ctx, OBJECT_LIFE, p->pid, 0, false);
    if (p->status == PROC_DEAD) {
        deliver_to_dead(ctx, p, s);
        return;
    }
    switch ((signal_kind)s->kind) {
    case SIG_MESSAGE: mailbox_add(ctx, p, s); return;
    case SIG_ALIAS: alias_arrives(ctx, p, s); return;
    case SIG_EXIT:
        if (s->body == A(kill)) exit_arrives(ctx, p, s, A(killed), true);
        else exit_arrives(ctx, p, s, s->body, false);
        return;
    case SIG_LINK_EXIT: link_exit_arrives(ctx, p, s); return;
    case SIG_DOWN: down_arrives(ctx, p, s); return;
    case SIG_LINK:
        rt_touch(ctx, OBJECT_LINK, p->pid, s->from, true);
        if (!link_has(p, s->from) && !is_unlinking(p, s->from)) vec_push(&p->links, s->from);
        break;
    case SIG_UNLINK:
        rt_touch(ctx, OBJECT_LINK, p->pid, s->from, true);
        link_remove(p, s->from);
        rt_signal_send(ctx, p->pid, s->from, SIG_UNLINK_ACK, TERM_NONE, s->aux);
        break;
    case SIG_UNLINK_ACK:
        rt_touch(ctx, OBJECT_LINK, p->pid, s->from, true);
        (void)unlinking_end(p, s->from, (uint32_t)term_int_value(s->aux));
        break;
    case SIG_MONITOR:
        vec_push(&p->watchers, (rt_watcher){.watcher = s->from, .ref = s->aux, .object = s->body});
        break;
    case SIG_DEMONITOR: watcher_remove(p, s->aux); break;
    }
    ctx->host->signal_free(ctx, s);
}
