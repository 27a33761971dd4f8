#include "base/base.h"

#include "runtime/explore.h"

/* Races of a finished run, after Abdulla, Aronis, Jonsson, Sagonas, "Source sets: a foundation for
 * optimal dynamic partial order reduction" (JACM 2017), with the observation that two deliveries
 * to one mailbox race only if the receive that took the earlier message would have taken the later
 * one too (Aronis et al., TACAS 2018). Time steps order everything, so each epoch is analysed by
 * itself. */

static bool message_wanted(run *r, uint32_t take_index, term message)
{
    const take_def *t = &r->takes.items[take_index];
    uint32_t ignored;
    term vars[PROGRAM_VARS_MAX];
    return rt_recv_matches(&r->ctx, t->pid, &t->spec, message, &ignored, vars);
}

/* Does it matter that delivery i came before delivery j, both into one mailbox? */
static bool deliveries_race(run *r, const event_def *i, const event_def *j)
{
    if (i->taken_by == NONE) return false;
    uint32_t take = r->events.items[i->taken_by].takes;
    return take != NONE && message_wanted(r, take, j->message);
}

static bool accesses_conflict(const access_def *a, uint32_t a_count, const access_def *b,
                              uint32_t b_count)
{
    for (uint32_t i = 0; i < a_count; i++)
        for (uint32_t k = 0; k < b_count; k++)
            if (a[i].object == b[k].object && (a[i].write || b[k].write)) return true;
    return false;
}

/* Are i and j, i before j, dependent other than by one enabling the other? */
static bool dependent(run *r, uint32_t index_i, uint32_t index_j)
{
    const event_def *i = &r->events.items[index_i], *j = &r->events.items[index_j];
    if (i->appends_to && i->appends_to == j->appends_to && deliveries_race(r, i, j)) return true;
    if (j->appends_to && i->takes != NONE) { /* it gave up; had this come first, it would not */
        const take_def *t = &r->takes.items[i->takes];
        if (t->gave_up && t->pid == j->appends_to && message_wanted(r, i->takes, j->message))
            return true;
    }
    if (i->appends_to && j->takes != NONE && i->taken_by == index_j &&
        r->takes.items[j->takes].may_give_up)
        return true;
    if (((i->touched & j->written) | (i->written & j->touched)) == 0) return false;
    return accesses_conflict(r->accesses.items + i->access_first, i->access_count,
                             r->accesses.items + j->access_first, j->access_count);
}

typedef struct {
    run *r;
    race_work *w;
    uint32_t first; /* event of the epoch */
    uint32_t words; /* of a bitset */
} epoch_view;

static uint64_t *before(const epoch_view *v, uint32_t event)
{
    return v->w->before.items + (size_t)event * v->words;
}

static bool is_before(const epoch_view *v, uint32_t a, uint32_t b)
{
    uint32_t bit = a - v->first;
    return before(v, b)[bit / 64] >> (bit % 64) & 1;
}

static void add_pred(const epoch_view *v, uint32_t pred, uint32_t event)
{
    uint64_t *into = before(v, event);
    const uint64_t *from = before(v, pred);
    for (uint32_t k = 0; k < v->words; k++) into[k] |= from[k];
    uint32_t bit = pred - v->first;
    into[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/* The first events, thread by thread, of what can run instead of `event` so that `last` overtakes
 * it: those after it that do not depend on it, then `last`. */
static void report(const epoch_view *v, uint32_t event, uint32_t last, race_fn fn, void *owner)
{
    race_work *w = v->w;
    vec_clear(&w->initials);
    vec_clear(&w->list);
    for (uint32_t k = event + 1; k <= last; k++) {
        if (k != last && is_before(v, event, k)) continue;
        bool initial = true;
        for (uint32_t n = 0; n < w->list.count && initial; n++)
            if (is_before(v, w->list.items[n], k)) initial = false;
        vec_push(&w->list, k);
        if (initial) vec_push(&w->initials, v->r->events.items[k].thread);
    }
    fn(owner, event, w->initials.items, w->initials.count);
}

/* The last event of the epoch before i that is not known to be before j; NONE: there is none. */
static uint32_t last_unordered(const epoch_view *v, uint32_t i, uint32_t j)
{
    const uint64_t *row = before(v, j);
    uint32_t bit = i - v->first;
    while (bit) {
        uint32_t word = (bit - 1) / 64, used = bit - word * 64;
        uint64_t open = ~row[word] & (used == 64 ? UINT64_MAX : (UINT64_C(1) << used) - 1);
        if (open) return v->first + word * 64 + 63 - (uint32_t)__builtin_clzll(open);
        bit = word * 64;
    }
    return NONE;
}

static void analyse_event(const epoch_view *v, uint32_t j, race_fn fn, void *owner)
{
    run *r = v->r;
    race_work *w = v->w;
    const event_def *e = &r->events.items[j];
    vec_clear(&w->races);
    memset(before(v, j), 0, v->words * sizeof(uint64_t));
    /* Newest first: what is already before j by way of another event is no race. */
    if (e->cause != NONE && e->cause >= v->first && e->cause < j) add_pred(v, e->cause, j);
    if (e->previous != NONE && e->previous >= v->first) add_pred(v, e->previous, j);
    for (uint32_t i = j; (i = last_unordered(v, i, j)) != NONE;) {
        bool enables = r->events.items[i].taken_by == j && !r->takes.items[e->takes].may_give_up;
        if (!enables && !dependent(r, i, j)) continue;
        if (!enables) vec_push(&w->races, i);
        add_pred(v, i, j);
    }
    /* None of these is before another one that is before j: the newest came first. */
    for (uint32_t n = 0; fn && n < w->races.count; n++) report(v, w->races.items[n], j, fn, owner);
}

static uint64_t thread_hash(const run *r, uint32_t thread)
{
    const thread_def *t = &r->space->threads.items[thread];
    uint64_t a = r->space->paths.items[t->a].hash;
    uint64_t b = t->kind == THREAD_CHANNEL ? r->space->paths.items[t->b].hash : t->b;
    return hash64_mix(a * 3 + hash64_mix(b + t->kind));
}

/* An event is known by its thread and by what is before it; a run by the set of its events. */
static uint64_t event_hash(const epoch_view *v, uint32_t j, uint64_t earlier_epochs)
{
    const event_def *e = &v->r->events.items[j];
    uint64_t h = hash64_mix(thread_hash(v->r, e->thread) + earlier_epochs + e->choice * 7919);
    const uint64_t *row = before(v, j);
    for (uint32_t k = 0; k < v->words; k++)
        for (uint64_t bits = row[k]; bits; bits &= bits - 1)
            h += v->w->hashes.items[v->first + k * 64 + (uint32_t)__builtin_ctzll(bits)];
    return hash64_mix(h);
}

/* The first event whose past may differ from the run before, which had the same first `same`
 * events: a delivery's dependence hangs on the receive that took the message, perhaps later. */
static uint32_t stable_events(const run *r, const race_work *w, uint32_t same)
{
    if (same > w->taken.count) same = w->taken.count;
    uint32_t stable = same;
    for (uint32_t i = 0; i < stable; i++) {
        const event_def *e = &r->events.items[i];
        if (!e->appends_to || (e->taken_by < same && w->taken.items[i] < same)) continue;
        for (uint32_t j = i + 1; j < stable; j++)
            if (r->events.items[j].appends_to == e->appends_to) stable = j;
    }
    return stable;
}

/* A process was killed with its next step ready. That step is in no race, for it never happened;
 * it could have come before the kill, and so could all that did not depend on the kill. */
static void report_disabled(run *r, race_work *w, race_fn fn, void *owner)
{
    for (uint32_t i = 0; i < r->disabled.count; i++) {
        uint32_t kill = r->disabled.items[i].event, last = kill;
        epoch_view v = {.r = r, .w = w, .first = kill, .words = w->words};
        while (v.first && !r->events.items[v.first].barrier) v.first--;
        while (last + 1 < r->events.count && !r->events.items[last + 1].barrier) last++;
        fn(owner, kill, &r->disabled.items[i].thread, 1);
        vec_clear(&w->list);
        for (uint32_t k = kill + 1; k <= last; k++) {
            if (is_before(&v, kill, k)) continue;
            bool initial = true;
            for (uint32_t n = 0; n < w->list.count && initial; n++)
                if (is_before(&v, w->list.items[n], k)) initial = false;
            vec_push(&w->list, k);
            if (initial) fn(owner, kill, &r->events.items[k].thread, 1);
        }
    }
}

uint64_t race_each(run *r, race_work *w, uint32_t same, race_fn fn, void *owner)
{
    uint32_t longest = 1, epoch = 0;
    for (uint32_t i = 0; i < r->events.count; i++) {
        if (r->events.items[i].barrier) epoch = i;
        longest = MAX(longest, i - epoch + 1);
    }
    if (w->words < (longest + 63) / 64) {
        w->words = (longest + 63) / 64 + 1;
        same = 0;
    }
    while (w->before.count < w->words * r->events.count) vec_push(&w->before, 0);
    uint32_t stable = stable_events(r, w, same);
    w->hashes.count = w->sums.count = stable;
    epoch_view v = {.r = r, .w = w, .first = 0, .words = w->words};
    uint64_t earlier = 0;
    for (uint32_t j = 0; j < r->events.count; j++) {
        uint64_t sum = j ? w->sums.items[j - 1] : 0;
        if (r->events.items[j].barrier) {
            v.first = j;
            earlier = sum;
        }
        if (j < stable) continue;
        analyse_event(&v, j, fn, owner);
        vec_push(&w->hashes, event_hash(&v, j, earlier));
        vec_push(&w->sums, sum + w->hashes.items[j]);
    }
    if (fn) report_disabled(r, w, fn, owner);
    vec_clear(&w->taken);
    for (uint32_t i = 0; i < r->events.count; i++) vec_push(&w->taken, r->events.items[i].taken_by);
    return r->events.count ? *vec_last(&w->sums) : 0;
}

void race_work_release(race_work *w)
{
    vec_release(&w->before);
    vec_release(&w->hashes);
    vec_release(&w->sums);
    vec_release(&w->taken);
    vec_release(&w->races);
    vec_release(&w->initials);
    vec_release(&w->list);
}

bool event_conflicts(const run *r, const event_def *a, const access_def *a_accesses,
                     const event_def *b)
{
    if (a->barrier || b->barrier) return true;
    if (a->appends_to && a->appends_to == b->appends_to) return true;
    const thread_def *ta = &r->space->threads.items[a->thread];
    const thread_def *tb = &r->space->threads.items[b->thread];
    if (a->appends_to && tb->kind == THREAD_PROC && tb->a == a->appends_to && b->takes != NONE &&
        r->takes.items[b->takes].may_give_up)
        return true;
    /* a's receive may be gone from this run's memory: any receive of a's process counts. */
    if (b->appends_to && ta->kind == THREAD_PROC && ta->a == b->appends_to) return true;
    return accesses_conflict(a_accesses, a->access_count, r->accesses.items + b->access_first,
                             b->access_count);
}
