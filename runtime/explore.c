#include "base/base.h"

#include "runtime/search.h"

/* Source-DPOR with sleep sets, stateless: every run starts from the beginning and follows the
 * stack of nodes. After each complete run its races say which threads have to be tried first at
 * earlier nodes. */

typedef struct {
    event_def event; /* what the thread would do next */
    VEC(access_def) accesses;
    uint32_t thread;
} asleep;

typedef struct {
    uint32_t chosen, choice, choices;
    uint32_t fair;        /* what the fair order would take */
    uint32_t keeps;       /* the process that ran last and could go on; NONE */
    uint32_t preemptions; /* up to and including this node */
    uint32_t delays;
    VEC(uint32_t) todo; /* threads to be tried; those tried are in `done` too */
    VEC(uint32_t) done;
    VEC(asleep) sleep;
    event_def event; /* what `chosen` did */
    VEC(access_def) accesses;
} tree_node;

typedef struct {
    search *s;
    tree_node *nodes;
    uint32_t count, capacity;
    bool bounded; /* a bound kept something from being tried */
} tree;

typedef VEC(uint32_t) thread_list;

static bool list_has(const uint32_t *items, uint32_t count, uint32_t thread)
{
    for (uint32_t i = 0; i < count; i++)
        if (items[i] == thread) return true;
    return false;
}

static bool sleeps(const tree_node *n, uint32_t thread)
{
    for (uint32_t i = 0; i < n->sleep.count; i++)
        if (n->sleep.items[i].thread == thread) return true;
    return false;
}

static void sleep_add(tree_node *n, const event_def *event, const access_def *accesses)
{
    asleep *a = vec_add(&n->sleep);
    a->event = *event;
    a->thread = event->thread;
    for (uint32_t i = 0; i < event->access_count; i++) vec_push(&a->accesses, accesses[i]);
}

static void sleep_clear(tree_node *n)
{
    for (uint32_t i = 0; i < n->sleep.count; i++) vec_release(&n->sleep.items[i].accesses);
    vec_clear(&n->sleep);
}

static tree_node *node_push(tree *t)
{
    if (t->count == t->capacity) {
        uint32_t wanted = t->capacity ? t->capacity * 2 : 256;
        t->nodes = base_realloc(t->nodes, wanted * sizeof *t->nodes);
        memset(t->nodes + t->capacity, 0, (wanted - t->capacity) * sizeof *t->nodes);
        t->capacity = wanted;
    }
    tree_node *n = &t->nodes[t->count++];
    vec_clear(&n->todo);
    vec_clear(&n->done);
    vec_clear(&n->accesses);
    sleep_clear(n);
    n->choice = n->choices = 0;
    return n;
}

static void tree_release(tree *t)
{
    for (uint32_t i = 0; i < t->capacity; i++) {
        tree_node *n = &t->nodes[i];
        sleep_clear(n);
        vec_release(&n->sleep);
        vec_release(&n->todo);
        vec_release(&n->done);
        vec_release(&n->accesses);
    }
    free(t->nodes);
}

/* Executes the node's choice and keeps what it did. */
static void node_run(run *r, tree_node *n)
{
    run_step(r, n->chosen, n->choice);
    const event_def *e = vec_last(&r->events);
    n->event = *e;
    n->choices = e->choices;
    vec_clear(&n->accesses);
    for (uint32_t i = 0; i < e->access_count; i++)
        vec_push(&n->accesses, r->accesses.items[e->access_first + i]);
}

static void count_bounds(const tree *t, tree_node *n)
{
    const tree_node *up = t->count > 1 ? n - 1 : NULL;
    n->preemptions = (up ? up->preemptions : 0) + (n->keeps != NONE && n->chosen != n->keeps);
    n->delays = (up ? up->delays : 0) + (n->chosen != n->fair);
}

static bool in_bounds(const tree *t, const tree_node *n)
{
    const rt_options *o = t->s->options;
    return (o->preemptions_max < 0 || n->preemptions <= (uint32_t)o->preemptions_max) &&
           (o->delays_max < 0 || n->delays <= (uint32_t)o->delays_max);
}

/* What ran last, if it is a process that could simply go on. */
static uint32_t keeps_running(const tree *t, const run *r)
{
    if (t->count == 0) return NONE;
    uint32_t last = t->nodes[t->count - 1].chosen;
    if (r->space->threads.items[last].kind != THREAD_PROC) return NONE;
    return list_has(r->enabled.items, r->enabled.count, last) ? last : NONE;
}

/* One node more, below the last; false if all that could move is asleep: a run like this was seen
 * before. */
static bool extend(tree *t)
{
    run *r = &t->s->run;
    uint32_t keeps = keeps_running(t, r);
    tree_node *n = node_push(t);
    if (t->count > 1 && !r->enabled_timers) {
        const tree_node *up = n - 1;
        for (uint32_t i = 0; i < up->sleep.count; i++) {
            const asleep *a = &up->sleep.items[i];
            const event_def *e = &r->events.items[r->events.count - 1];
            if (!event_conflicts(r, &a->event, a->accesses.items, e))
                sleep_add(n, &a->event, a->accesses.items);
        }
    }
    n->fair = r->enabled.items[0];
    n->keeps = keeps;
    n->chosen = NONE;
    for (uint32_t i = 0; i < r->enabled.count && n->chosen == NONE; i++)
        if (!sleeps(n, r->enabled.items[i])) n->chosen = r->enabled.items[i];
    /* Under a preemption bound the run goes on with the same process where it can. */
    if (t->s->options->preemptions_max >= 0 && keeps != NONE && !sleeps(n, keeps))
        n->chosen = keeps;
    if (n->chosen == NONE) {
        t->count--;
        return false;
    }
    vec_push(&n->todo, n->chosen);
    if (r->enabled_timers) /* timers of one instant: every order, races or not */
        for (uint32_t i = 0; i < r->enabled.count; i++)
            if (r->enabled.items[i] != n->chosen) vec_push(&n->todo, r->enabled.items[i]);
    count_bounds(t, n);
    node_run(r, n);
    return true;
}

/* Moves the deepest node that has something left to its next possibility. False: all is done. */
static bool advance(tree *t)
{
    for (; t->count; t->count--) {
        tree_node *n = &t->nodes[t->count - 1];
        if (n->choice + 1 < n->choices) {
            n->choice++;
            return true;
        }
        n->choice = 0;
        vec_push(&n->done, n->chosen);
        n->event.thread = n->chosen;
        sleep_add(n, &n->event, n->accesses.items);
        for (uint32_t i = 0; i < n->todo.count; i++) {
            uint32_t thread = n->todo.items[i];
            if (list_has(n->done.items, n->done.count, thread) || sleeps(n, thread)) continue;
            n->chosen = thread;
            count_bounds(t, n);
            if (in_bounds(t, n)) return true;
            vec_push(&n->done, thread);
            t->bounded = true;
        }
    }
    return false;
}

static void on_race(void *owner, uint32_t event, const uint32_t *initials, uint32_t count)
{
    tree *t = owner;
    if (event >= t->count) return;
    tree_node *n = &t->nodes[event];
    for (uint32_t i = 0; i < count; i++)
        if (list_has(n->todo.items, n->todo.count, initials[i])) return;
    if (count) vec_push(&n->todo, initials[0]);
}

/* One run: the stack as it stands, then on to the end. True if it was not seen before. */
static bool run_through(tree *t)
{
    run *r = &t->s->run;
    run_start(r);
    for (uint32_t i = 0; i < t->count; i++) {
        run_enabled(r);
        if (i + 1 == t->count) node_run(r, &t->nodes[i]);
        else run_step(r, t->nodes[i].chosen, t->nodes[i].choice);
    }
    for (;;) {
        run_enabled(r);
        if (r->enabled.count == 0) return true;
        if (!extend(t)) return false;
    }
}

bool search_explore(search *s)
{
    tree t = {.s = s};
    bool complete = false;
    for (;;) {
        uint32_t same = t.count ? t.count - 1 : 0;
        bool fresh = run_through(&t);
        uint64_t class = race_each(&s->run, &s->races, same, on_race, &t);
        s->verdict->events += s->run.events.count;
        if (fresh) {
            uint32_t first = 0;
            s->verdict->schedules++;
            if (map64_add(&s->class_index, class, &first)) s->verdict->classes++;
            search_record(s);
        } else {
            s->verdict->blocked++;
        }
        if (s->stop) break;
        if (!advance(&t)) {
            complete = !s->cut && !t.bounded;
            break;
        }
        if (s->verdict->schedules + s->verdict->blocked >= s->options->schedules_max) break;
    }
    tree_release(&t);
    return complete;
}
