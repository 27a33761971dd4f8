/* call-cycle, boot-order-cycle and stop-call-cycle: rings of processes that wait for one another.
 * A ring is one of callback clauses: the clause of A waits for a clause of B that can match the
 * message, and that clause waits for A, whichever of A's clauses would have to answer. */
#include "base/base.h"
#include "classifiers/rules.h"
#include "classifiers/waits.h"

enum { RING_MAX = 4, RINGS_MAX = 2000, STEPS_MAX = 200000 };

typedef VEC(wait_step) wait_steps;

typedef struct {
    classify *c;
    wait_steps steps; /* all waits, by root callback */
    uint32_t *first;  /* root -> first step; callbacks + 1 entries */
    wait_step ring[RING_MAX];
    uint32_t depth;
    uint32_t budget;
    map64 seen;   /* rings by the set of their callbacks and messages */
    map64 ringed; /* pairs of servers on a reported ring, smaller index first */
    uint32_t found;
    int wanted; /* which of the three rules runs */
} ring_search;

enum { RING_CALL, RING_BOOT, RING_STOP };

static void collect_step(const wait_step *step, void *payload)
{
    wait_steps *steps = payload;
    vec_push(steps, *step);
}

static void collect(ring_search *s)
{
    const model *m = s->c->m;
    s->first = base_calloc(m->callbacks.count + 1, sizeof *s->first);
    for (callback_ix root = 0; root < m->callbacks.count; root++) {
        const model_callback *cb = &m->callbacks.items[root];
        s->first[root] = s->steps.count;
        if (cb->kind == CB_AGENT_FUN || m->servers.items[cb->server].kind == SERVER_OTHER ||
            m->modules.items[m->servers.items[cb->server].module].is_test)
            continue;
        for (uint32_t i = 0; i < cb->effect_count; i++) {
            const model_effect *e = &m->effects.items[cb->effect_first + i];
            if (e->ctx & CTX_IN_SERVER) continue;
            each_wait(m, cb->effect_first + i, collect_step, &s->steps);
        }
    }
    s->first[m->callbacks.count] = s->steps.count;
}

/* A ring is told once, whatever member the search started from. */
static bool ring_is_new(ring_search *s)
{
    uint64_t h = s->depth;
    const model *m = s->c->m;
    for (uint32_t i = 0; i < s->depth; i++) {
        const model_effect *e = &m->effects.items[s->ring[i].effect];
        h += hash64_mix(pair64(e->root, e->node));
    }
    uint32_t mark = 0;
    return map64_add(&s->seen, h, &mark);
}

static int ring_kind(const ring_search *s)
{
    const model *m = s->c->m;
    int kind = RING_CALL;
    for (uint32_t i = 0; i < s->depth; i++) {
        const model_effect *e = &m->effects.items[s->ring[i].effect];
        bool stops = e->kind == API_STOP || e->kind == API_APP_CALL ||
                     (e->kind == API_SUP_CALL && api_flag(api_get(e->api), "terminate_child"));
        if (stops) return RING_STOP;
        if (e->kind == API_START || m->callbacks.items[s->ring[i].waits_for].kind == CB_INIT)
            kind = RING_BOOT;
    }
    return kind;
}

static const char *ring_key(ring_search *s)
{
    const model *m = s->c->m;
    buf text = {0};
    for (uint32_t i = 0; i < s->depth; i++) {
        const model_effect *e = &m->effects.items[s->ring[i].effect];
        const model_frame *frame = &m->frames.items[e->frame];
        buf_printf(&text, "%s%s>%s", i ? ";" : "", callback_key(s->c, e->root),
                   function_key(s->c, frame->function));
    }
    const char *key = arena_strndup(&s->c->scratch, buf_sv(&text).data, text.size);
    buf_release(&text);
    return key;
}

static void report_ring(ring_search *s)
{
    classify *c = s->c;
    const model *m = c->m;
    if (ring_kind(s) != s->wanted || !ring_is_new(s)) return;
    confidence conf = CONF_CERTAIN;
    for (uint32_t i = 0; i < s->depth; i++) conf = MIN(conf, (confidence)s->ring[i].confidence);
    const model_effect *head = &m->effects.items[s->ring[0].effect];
    const model_callback *cb = &m->callbacks.items[head->root];
    /* Many processes of the first module: the ring closes on another one. */
    if (m->servers.items[cb->server].instances == INSTANCES_MANY && conf > CONF_POSSIBLE)
        conf = CONF_POSSIBLE;
    buf text = {0};
    const model_effect *first_to_end = head;
    for (uint32_t i = 0; i < s->depth; i++) {
        const model_effect *e = &m->effects.items[s->ring[i].effect];
        buf_printf(&text, "%s%s waits for %s", i ? ", whose clause " : "",
                   model_callback_label(m, e->root, &c->scratch), target_phrase(c, e));
        /* The ring ends with the first wait that gives up. */
        if (e->timeout_ms >= 0 &&
            (first_to_end->timeout_ms < 0 || e->timeout_ms < first_to_end->timeout_ms))
            first_to_end = e;
    }
    finding_add(c, conf, head->node, cb->server, ring_key(s), "%s: each waits for the other (%s)",
                text.data, wait_phrase(c, first_to_end));
    finding_callback(c, head->root);
    buf_release(&text);
    for (uint32_t i = 0; i < s->depth; i++) {
        const model_effect *e = &m->effects.items[s->ring[i].effect];
        const model_callback *step = &m->callbacks.items[e->root];
        finding_step_add(c, step->node, "%s runs", model_callback_label(m, e->root, &c->scratch));
        finding_path_add(c, e, arena_printf(&c->scratch, "waits for %s", target_phrase(c, e)));
    }
    s->found++;
    for (uint32_t i = 0; i < s->depth; i++) {
        const model_effect *e = &m->effects.items[s->ring[i].effect];
        server_ix from = m->callbacks.items[e->root].server;
        server_ix to = m->callbacks.items[s->ring[i].waits_for].server;
        map64_set(&s->ringed, pair64(MIN(from, to), MAX(from, to)), 1);
    }
}

static bool on_ring(const ring_search *s, server_ix server)
{
    const model *m = s->c->m;
    for (uint32_t i = 0; i < s->depth; i++)
        if (m->callbacks.items[m->effects.items[s->ring[i].effect].root].server == server)
            return true;
    return false;
}

/* Follows waits from a callback; closes when a wait goes to the server it began with. */
static void search(ring_search *s, callback_ix at, server_ix home)
{
    const model *m = s->c->m;
    for (uint32_t i = s->first[at]; i < s->first[at + 1]; i++) {
        const wait_step *step = &s->steps.items[i];
        server_ix next = m->callbacks.items[step->waits_for].server;
        if (s->budget == 0 || s->found >= RINGS_MAX) return;
        s->budget--;
        bool own = next == m->callbacks.items[at].server;
        if (own) continue; /* self-call speaks of that */
        s->ring[s->depth++] = *step;
        /* An init is that of a new process: it closes the ring only where the ring began. */
        bool fresh = m->callbacks.items[step->waits_for].kind == CB_INIT;
        callback_ix began = m->effects.items[s->ring[0].effect].root;
        if (next == home && (!fresh || step->waits_for == began)) report_ring(s);
        else if (next != home && s->depth < RING_MAX && !on_ring(s, next))
            search(s, step->waits_for, home);
        s->depth--;
    }
}

/* A stop or terminate_child waits for whatever the worker is doing, not only for terminate. */
static void search_stops(ring_search *s)
{
    const model *m = s->c->m;
    for (callback_ix root = 0; root < m->callbacks.count; root++) {
        const model_callback *owner = &m->callbacks.items[root];
        map64 done = {0};
        for (uint32_t i = s->first[root]; i < s->first[root + 1]; i++) {
            const wait_step *step = &s->steps.items[i];
            const model_effect *e = &m->effects.items[step->effect];
            bool stops = e->kind == API_STOP ||
                         (e->kind == API_SUP_CALL && api_flag(api_get(e->api), "terminate_child"));
            server_ix worker = m->callbacks.items[step->waits_for].server;
            if (!stops || worker == owner->server || !seen_first(&done, e->node, worker)) continue;
            const model_server *w = &m->servers.items[worker];
            for (uint32_t k = 0; k < w->callback_count; k++) {
                callback_ix busy = w->callback_first + k;
                for (uint32_t b = s->first[busy]; b < s->first[busy + 1]; b++) {
                    const wait_step *back = &s->steps.items[b];
                    if (m->callbacks.items[back->waits_for].server != owner->server) continue;
                    s->ring[0] = *step;
                    s->ring[1] = *back;
                    s->depth = 2;
                    report_ring(s);
                    s->depth = 0;
                }
            }
        }
        map64_release(&done);
    }
}

/* ---- two servers that call each other from clauses that need not be one request -------------- */

enum { RACE_SITES_MAX = 8, RACE_BACK_MAX = 6 };

/* A call of one server by another: `step` says which wait. */
typedef struct {
    server_ix from, to;
    uint32_t step;
} cross_call;

static int by_pair(const void *a, const void *b)
{
    const cross_call *x = a, *y = b;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    if (x->to != y->to) return x->to < y->to ? -1 : 1;
    return x->step < y->step ? -1 : x->step > y->step;
}

typedef VEC(cross_call) cross_calls;

static const cross_call *first_of(const cross_calls *calls, server_ix from, server_ix to)
{
    uint32_t low = 0, high = calls->count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        const cross_call *at = &calls->items[mid];
        if (at->from < from || (at->from == from && at->to < to)) low = mid + 1;
        else high = mid;
    }
    return low < calls->count && calls->items[low].from == from && calls->items[low].to == to
               ? &calls->items[low]
               : NULL;
}

/* One call for each place that calls: the first of its waits. */
static uint32_t distinct_sites(const ring_search *s, const cross_calls *calls,
                               const cross_call *first, const wait_step **sites, uint32_t max)
{
    const model *m = s->c->m;
    uint32_t count = 0;
    for (const cross_call *at = first;
         at < calls->items + calls->count && at->from == first->from && at->to == first->to &&
         count < max;
         at++) {
        const wait_step *step = &s->steps.items[at->step];
        bool seen = false;
        for (uint32_t i = 0; i < count && !seen; i++)
            seen = m->effects.items[sites[i]->effect].node == m->effects.items[step->effect].node;
        if (!seen) sites[count++] = step;
    }
    return count;
}

static bool runs_many(const model *m, server_ix server)
{
    const model_server *s = &m->servers.items[server];
    return s->instances == INSTANCES_MANY || s->kind == SERVER_CHANNEL;
}

static void report_race(ring_search *s, const wait_step *step, const wait_step *const *back,
                        uint32_t back_count)
{
    classify *c = s->c;
    const model *m = c->m;
    const model_effect *e = &m->effects.items[step->effect];
    const model_effect *b = &m->effects.items[back[0]->effect];
    server_ix one = m->callbacks.items[e->root].server, other = m->callbacks.items[b->root].server;
    confidence conf = MIN((confidence)step->confidence, (confidence)back[0]->confidence);
    conf = MIN(conf, CONF_LIKELY);
    if (runs_many(m, one) || runs_many(m, other)) conf = CONF_POSSIBLE;
    const model_effect *first_to_end =
        b->timeout_ms >= 0 && (e->timeout_ms < 0 || b->timeout_ms < e->timeout_ms) ? b : e;
    const char *label = model_callback_label(m, e->root, &c->scratch);
    finding_add(c, conf, e->node, one,
                arena_printf(&c->scratch, "race:%s>%s<>%s", callback_key(c, e->root),
                             function_key(c, m->frames.items[e->frame].function),
                             server_label(c, other)),
                "%s waits for %s while %s may be waiting for %s: when both happen at once each "
                "waits for the other (%s)",
                label, target_phrase(c, e), model_callback_label(m, b->root, &c->scratch),
                target_phrase(c, b), wait_phrase(c, first_to_end));
    finding_callback(c, e->root);
    finding_step_add(c, m->callbacks.items[e->root].node, "%s runs", label);
    finding_path_add(c, e, arena_printf(&c->scratch, "waits for %s", target_phrase(c, e)));
    for (uint32_t i = 0; i < back_count; i++) {
        const model_effect *other_way = &m->effects.items[back[i]->effect];
        finding_step_add(c, m->callbacks.items[other_way->root].node, "meanwhile %s runs",
                         model_callback_label(m, other_way->root, &c->scratch));
        finding_path_add(c, other_way,
                         arena_printf(&c->scratch, "waits for %s", target_phrase(c, other_way)));
    }
}

/* A calls B from some clause and B calls A from some clause: no single request goes round, but the
 * two can be on their way at the same time. */
static void search_races(ring_search *s, const map64 *ringed)
{
    const model *m = s->c->m;
    cross_calls calls = {0};
    for (uint32_t i = 0; i < s->steps.count; i++) {
        const wait_step *step = &s->steps.items[i];
        const model_effect *e = &m->effects.items[step->effect];
        const model_callback *from = &m->callbacks.items[e->root];
        server_ix to = m->callbacks.items[step->waits_for].server;
        bool other_process = e->kind == API_CALL && from->kind != CB_INIT && from->server != to &&
                             !(e->ctx & (CTX_CLOSURE | CTX_SPAWNED)) && !e->id.by_tag;
        if (other_process) vec_push(&calls, (cross_call){from->server, to, i});
    }
    if (calls.count) qsort(calls.items, calls.count, sizeof *calls.items, by_pair);
    for (uint32_t i = 0; i < calls.count; i++) {
        const cross_call *at = &calls.items[i];
        bool first = i == 0 || at->from != at[-1].from || at->to != at[-1].to;
        if (!first || at->from > at->to || map64_get(ringed, pair64(at->from, at->to), 0)) continue;
        const cross_call *back = first_of(&calls, at->to, at->from);
        if (!back) continue;
        const wait_step *there[RACE_SITES_MAX], *here[RACE_SITES_MAX];
        uint32_t there_count = distinct_sites(s, &calls, at, there, RACE_SITES_MAX);
        uint32_t here_count = distinct_sites(s, &calls, back, here, RACE_SITES_MAX);
        /* Told once for each place of the rarer direction: that is where a repair is smallest. */
        bool swap = here_count < there_count;
        const wait_step **few = swap ? here : there, **many = swap ? there : here;
        uint32_t few_count = MIN(here_count, there_count);
        uint32_t many_count = MAX(here_count, there_count);
        for (uint32_t k = 0; k < few_count; k++)
            report_race(s, few[k], many, MIN(many_count, (uint32_t)RACE_BACK_MAX));
    }
    vec_release(&calls);
}

static sym application_of(const model *m, server_ix server)
{
    return m->files.items[m->modules.items[m->servers.items[server].module].file].application;
}

/* application:stop(App) waits for every process of App, whatever it is doing: one that calls the
 * server that asked waits for ever. */
static void search_application_stops(ring_search *s)
{
    const model *m = s->c->m;
    for (effect_ix i = 0; i < m->effects.count; i++) {
        const model_effect *e = &m->effects.items[i];
        if (e->kind != API_APP_CALL || !api_flag(api_get(e->api), "stop") ||
            (e->ctx & (CTX_SPAWNED | CTX_IN_SERVER)) || !effect_waits(m, e))
            continue;
        server_ix owner = m->callbacks.items[e->root].server;
        if (m->callbacks.items[e->root].kind == CB_AGENT_FUN) continue;
        const model_val *app = model_value(m, e->message);
        for (callback_ix busy = 0; busy < m->callbacks.count; busy++) {
            server_ix worker = m->callbacks.items[busy].server;
            sym of = application_of(m, worker);
            if (worker == owner || !of || of == application_of(m, owner)) continue;
            if (app->kind == VAL_ATOM && app->name != of) continue;
            for (uint32_t b = s->first[busy]; b < s->first[busy + 1]; b++) {
                const wait_step *back = &s->steps.items[b];
                if (m->callbacks.items[back->waits_for].server != owner) continue;
                bool known = app->kind == VAL_ATOM;
                s->ring[0] = (wait_step){i, busy, known ? CONF_LIKELY : CONF_POSSIBLE};
                s->ring[1] = *back;
                s->depth = 2;
                report_ring(s);
                s->depth = 0;
            }
        }
    }
}

static void rings(classify *c, int wanted)
{
    ring_search s = {.c = c, .wanted = wanted};
    collect(&s);
    for (callback_ix root = 0; root < c->m->callbacks.count && wanted != RING_STOP; root++) {
        s.budget = STEPS_MAX;
        search(&s, root, c->m->callbacks.items[root].server);
    }
    if (wanted == RING_CALL) search_races(&s, &s.ringed);
    if (wanted == RING_STOP) {
        search_stops(&s);
        search_application_stops(&s);
    }
    vec_release(&s.steps);
    map64_release(&s.seen);
    map64_release(&s.ringed);
    free(s.first);
}

void rule_call_cycle(classify *c)
{
    rings(c, RING_CALL);
}

void rule_boot_order_cycle(classify *c)
{
    rings(c, RING_BOOT);
}

void rule_stop_call_cycle(classify *c)
{
    rings(c, RING_STOP);
}
