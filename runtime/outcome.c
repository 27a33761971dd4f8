#include "base/base.h"

#include "runtime/explore.h"

static const char *const category_names[RT_CATEGORY_COUNT] = {
    "deadlock",       "assertion",  "intensity_reached", "call_timeout", "crash",
    "stolen_message", "late_reply", "mailbox_bound",     "lost_message", "none"};

const char *rt_category_name(rt_category category)
{
    return (unsigned)category < RT_CATEGORY_COUNT ? category_names[category] : "";
}

bool rt_category_parse(sv text, rt_category *out)
{
    for (uint32_t i = 0; i < RT_CATEGORY_COUNT; i++) {
        if (!sv_eq_c(text, category_names[i])) continue;
        *out = (rt_category)i;
        return true;
    }
    return false;
}

rt_category run_category(uint32_t categories)
{
    for (uint32_t i = 0; i < RT_NONE; i++)
        if (categories >> i & 1) return (rt_category)i;
    return RT_NONE;
}

static uint64_t hash_deep(const run *r, term t, int depth)
{
    const term_heap *h = &r->ctx.heap;
    switch (term_tag(t)) {
    case T_ATOM: return hash64(sym_text(&r->ctx.program->atoms, term_sym(t)));
    case T_PID: return r->space->paths.items[term_pid_value(t)].hash + 1;
    case T_REF:
        return hash64_mix(r->space->paths.items[term_ref_pid(t)].hash + term_ref_n(t) * 31 + 2);
    case T_TUPLE:
    case T_LIST: {
        uint64_t sum = term_tag(t) * 1000003 + term_count(h, t);
        for (uint32_t i = 0; i < term_count(h, t) && depth < 64; i++)
            sum = hash64_mix(sum * 31 + hash_deep(r, term_at(h, t, i), depth + 1));
        return sum;
    }
    default: return hash64_mix(t + 3);
    }
}

uint64_t term_hash(const run *r, term t)
{
    return hash_deep(r, t, 0);
}

uint64_t run_observed(const run *r)
{
    /* Each process's own sequence of observations; the processes in no order. */
    uint64_t *chains = base_calloc(r->space->paths.count, sizeof *chains);
    for (uint32_t i = 0; i < r->notes.count; i++) {
        const note_def *n = &r->notes.items[i];
        if (!note_is_observed((note_kind)n->kind)) continue;
        uint64_t h = hash64_mix(n->kind + 17 * term_hash(r, n->a) + 31 * term_hash(r, n->b));
        chains[n->pid] = hash64_mix(chains[n->pid] * 3 + h);
    }
    /* How long a mailbox got depends on how equivalent steps happened to be ordered. */
    uint64_t whole = r->categories & ~(1u << RT_MAILBOX_BOUND);
    for (uint32_t i = 0; i < r->procs.count; i++) {
        uint32_t pid = r->procs.items[i]->pid;
        whole += hash64_mix(r->space->paths.items[pid].hash * 5 + chains[pid]);
    }
    free(chains);
    return hash64_mix(whole);
}

/* Does q hold the request that p waits for: unread in its mailbox, or being handled? */
static bool holds_request(const run *r, const rt_proc *q, term ref)
{
    const term_heap *h = r->heaps.count ? r->heaps.items[q->pid] : &r->ctx.heap;
    if (ref == TERM_NONE) return true;
    for (int pass = 0; pass < 2; pass++) {
        rt_signal *s = pass == 0 ? NULL : q->mail_first;
        for (;; s = s->next) {
            if (pass == 1 && !s) break;
            term from = pass == 0 ? q->handling : term_at(h, s->body, 1);
            if (pass == 1 && term_tag(s->body) != T_TUPLE) continue;
            term tag = term_at(h, from, 1);
            if (term_is_tagged(h, tag, 2, ATOM_alias)) tag = term_at(h, tag, 1);
            if (tag == ref) return true;
            if (pass == 0) break;
        }
    }
    return false;
}

static const rt_proc *waits_for(const run *r, const rt_proc *p)
{
    if (p->status != PROC_BLOCKED || p->server == 0) return NULL;
    const rt_proc *q = r->by_pid.items[p->server];
    return q && q->status == PROC_BLOCKED && holds_request(r, q, p->wait_ref) ? q : NULL;
}

static void note_wait(run *r, rt_proc *p, term list)
{
    p->line = p->place = 0;
    rt_note(&r->ctx, p, NOTE_DEADLOCK, list, TERM_NONE);
}

/* A process on a ring, reached by following who waits for whom; once per ring. */
static bool find_ring(run *r, rt_proc *start)
{
    term members[64];
    uint32_t count = 0;
    const rt_proc *p = start;
    do {
        if (count + 1 == ARRAY_LEN(members)) return false;
        members[count++] = term_pid(p->pid);
        p = waits_for(r, p);
        if (p && space_path_cmp(r->space, p->pid, start->pid) < 0)
            return false; /* the ring is told by its first process */
    } while (p && p != start);
    if (!p) return false;
    members[count++] = term_pid(start->pid);
    note_wait(r, start, term_list(&r->ctx.heap, members, count));
    return true;
}

void run_check_waits(run *r, bool at_end)
{
    if (r->ring_noted) return;
    for (uint32_t i = 0; i < r->procs.count; i++) {
        rt_proc *p = r->procs.items[i];
        if (p->status == PROC_BLOCKED && p->server && find_ring(r, p)) r->ring_noted = true;
    }
    if (r->ring_noted || !at_end) return;
    /* Nothing can happen any more: whoever still waits for an answer waits for ever. */
    for (uint32_t i = 0; i < r->procs.count; i++) {
        rt_proc *p = r->procs.items[i];
        if (p->status != PROC_BLOCKED || !p->server) continue;
        term members[] = {term_pid(p->pid), term_pid(p->server)};
        note_wait(r, p, term_list(&r->ctx.heap, members, 2));
        r->ring_noted = true;
    }
}
