#include "base/base.h"

#include "runtime/tree.h"

/* One task of the exhaustive search: source-DPOR with sleep sets, stateless. Every run starts from
 * the beginning and follows the stack of nodes. After each run its races say which threads have to
 * be tried first at earlier nodes. */

bool list_has(const thread_list *list, uint32_t thread)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i] == thread) return true;
    return false;
}

bool node_sleeps(const tree_node *n, uint32_t thread)
{
    for (uint32_t i = 0; i < n->sleep.count; i++)
        if (n->sleep.items[i].thread == thread) return true;
    return false;
}

void node_sleep_add(tree_node *n, const event_def *event, const access_def *accesses)
{
    asleep *a;
    if (n->sleep.count < n->sleep_made) {
        a = &n->sleep.items[n->sleep.count++];
        vec_clear(&a->accesses);
    } else {
        a = vec_add(&n->sleep);
        n->sleep_made++;
    }
    a->event = *event;
    a->thread = event->thread;
    for (uint32_t i = 0; i < event->access_count; i++) vec_push(&a->accesses, accesses[i]);
}

tree_node *node_push(task *t)
{
    if (t->count == t->capacity) {
        uint32_t wanted = t->capacity ? t->capacity * 2 : 64;
        t->nodes = base_realloc(t->nodes, wanted * sizeof *t->nodes);
        memset(t->nodes + t->capacity, 0, (wanted - t->capacity) * sizeof *t->nodes);
        t->capacity = wanted;
    }
    tree_node *n = &t->nodes[t->count++];
    vec_clear(&n->todo);
    vec_clear(&n->done);
    vec_clear(&n->accesses);
    vec_clear(&n->sleep);
    n->choice = n->choices = 0;
    return n;
}

void node_copy(tree_node *to, const tree_node *from)
{
    *to = *from;
    to->todo = to->done = (thread_list){0};
    memset(&to->sleep, 0, sizeof to->sleep);
    to->sleep_made = 0;
    memset(&to->accesses, 0, sizeof to->accesses);
    for (uint32_t i = 0; i < from->todo.count; i++) vec_push(&to->todo, from->todo.items[i]);
    for (uint32_t i = 0; i < from->done.count; i++) vec_push(&to->done, from->done.items[i]);
    for (uint32_t i = 0; i < from->accesses.count; i++)
        vec_push(&to->accesses, from->accesses.items[i]);
    for (uint32_t i = 0; i < from->sleep.count; i++)
        node_sleep_add(to, &from->sleep.items[i].event, from->sleep.items[i].accesses.items);
}

void node_release(tree_node *n)
{
    for (uint32_t i = 0; i < n->sleep_made; i++) vec_release(&n->sleep.items[i].accesses);
    vec_release(&n->sleep);
    vec_release(&n->todo);
    vec_release(&n->done);
    vec_release(&n->accesses);
}

void task_forget(task *t)
{
    t->bounded = t->cut = t->stop = t->driver_stopped = false;
    memset(t->peaks, 0, sizeof t->peaks);
    t->schedules = t->blocked = t->events = 0;
    t->seen = 0;
    t->common = UINT32_MAX;
    vec_clear(&t->classes);
    for (uint32_t i = 0; i < t->outcomes.count; i++) vec_release(&t->outcomes.items[i].path);
    vec_clear(&t->outcomes);
    map64_clear(&t->outcome_index);
    vec_clear(&t->races);
    vec_clear(&t->initials);
    map64_clear(&t->race_index);
}

void task_release(task *t)
{
    task_forget(t);
    for (uint32_t i = 0; i < t->capacity; i++) node_release(&t->nodes[i]);
    free(t->nodes);
    vec_release(&t->classes);
    vec_release(&t->outcomes);
    map64_release(&t->outcome_index);
    vec_release(&t->races);
    vec_release(&t->initials);
    map64_release(&t->race_index);
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

void node_count_bounds(const tree_node *up, tree_node *n)
{
    n->preemptions = (up ? up->preemptions : 0) + (n->keeps != NONE && n->chosen != n->keeps);
    n->delays = (up ? up->delays : 0) + (n->chosen != n->fair);
}

bool node_in_bounds(const rt_options *o, const tree_node *n)
{
    return (o->preemptions_max < 0 || n->preemptions <= (uint32_t)o->preemptions_max) &&
           (o->delays_max < 0 || n->delays <= (uint32_t)o->delays_max);
}

static bool can_move(const run *r, uint32_t thread)
{
    for (uint32_t i = 0; i < r->enabled.count; i++)
        if (r->enabled.items[i] == thread) return true;
    return false;
}

/* What ran last, if it is a process that could simply go on. */
static uint32_t keeps_running(const task *t, const run *r)
{
    if (t->count == 0) return NONE;
    uint32_t last = t->nodes[t->count - 1].chosen;
    if (r->space->threads.items[last].kind != THREAD_PROC) return NONE;
    return can_move(r, last) ? last : NONE;
}

/* One node more, below the last; false if all that could move is asleep: a run like this was seen
 * before. */
static bool extend(worker *w, task *t)
{
    run *r = &w->run;
    uint32_t keeps = keeps_running(t, r);
    tree_node *n = node_push(t), *up = t->count > 1 ? n - 1 : NULL;
    if (up && !r->enabled_timers) {
        const event_def *e = vec_last(&r->events);
        for (uint32_t i = 0; i < up->sleep.count; i++) {
            const asleep *a = &up->sleep.items[i];
            if (!event_conflicts(r, &a->event, a->accesses.items, e))
                node_sleep_add(n, &a->event, a->accesses.items);
        }
    }
    n->fair = r->enabled.items[0];
    n->keeps = keeps;
    n->chosen = NONE;
    for (uint32_t i = 0; i < r->enabled.count && n->chosen == NONE; i++)
        if (!node_sleeps(n, r->enabled.items[i])) n->chosen = r->enabled.items[i];
    /* Under a preemption bound the run goes on with the same process where it can. */
    if (r->space->options->preemptions_max >= 0 && keeps != NONE && !node_sleeps(n, keeps))
        n->chosen = keeps;
    if (n->chosen == NONE) {
        t->count--;
        return false;
    }
    vec_push(&n->todo, n->chosen);
    if (r->enabled_timers) /* timers of one instant: every order, races or not */
        for (uint32_t i = 0; i < r->enabled.count; i++)
            if (r->enabled.items[i] != n->chosen) vec_push(&n->todo, r->enabled.items[i]);
    node_count_bounds(up, n);
    node_run(r, n);
    return true;
}

/* Moves the deepest node that has something left to its next possibility. False: all is done. */
static bool advance(const rt_options *o, task *t)
{
    for (; t->count; t->count--) {
        tree_node *n = &t->nodes[t->count - 1];
        bool edge = t->count == t->fixed;
        if (n->choice + 1 < n->choices && !(edge && t->one_choice)) {
            n->choice++;
            return true;
        }
        if (edge) return false;
        n->choice = 0;
        vec_push(&n->done, n->chosen);
        n->event.thread = n->chosen;
        node_sleep_add(n, &n->event, n->accesses.items);
        for (uint32_t i = 0; i < n->todo.count; i++) {
            uint32_t thread = n->todo.items[i];
            if (list_has(&n->done, thread) || node_sleeps(n, thread)) continue;
            n->chosen = thread;
            node_count_bounds(t->count > 1 ? n - 1 : NULL, n);
            if (node_in_bounds(o, n)) return true;
            vec_push(&n->done, thread);
            t->bounded = true;
        }
    }
    return false;
}

static void race_goes_above(task *t, uint32_t event, const uint32_t *initials, uint32_t count)
{
    uint64_t key = event + 1;
    for (uint32_t i = 0; i < count; i++) key = hash64_mix(key * 31 + initials[i]);
    uint32_t first = 0;
    if (!map64_add(&t->race_index, key, &first)) return; /* told in this slice */
    vec_push(&t->races, (race_above){event, t->initials.count, count});
    for (uint32_t i = 0; i < count; i++) vec_push(&t->initials, initials[i]);
}

static void on_race(void *owner, uint32_t event, const uint32_t *initials, uint32_t count)
{
    task *t = owner;
    if (event >= t->count || count == 0) return;
    if (event < t->fixed) {
        race_goes_above(t, event, initials, count);
        return;
    }
    tree_node *n = &t->nodes[event];
    for (uint32_t i = 0; i < count; i++)
        if (list_has(&n->todo, initials[i])) return;
    vec_push(&n->todo, initials[0]);
}

/* One run: the stack as it stands, then on to the end. True if it was not seen before. */
static bool run_through(worker *w, task *t)
{
    run *r = &w->run;
    run_start(r);
    for (uint32_t i = 0; i + 1 < t->count; i++)
        run_follow(r, t->nodes[i].chosen, t->nodes[i].choice);
    if (t->count) {
        run_enabled(r);
        node_run(r, &t->nodes[t->count - 1]);
    }
    for (;;) {
        run_enabled(r);
        if (r->enabled.count == 0) return true;
        if (!extend(w, t)) return false;
    }
}

static void note_outcome(const run *r, task *t, uint64_t class)
{
    uint32_t shown = r->categories ? r->categories : 1u << RT_NONE;
    t->schedules++;
    vec_push(&t->classes, class);
    t->seen |= shown;
    t->common &= shown;
    t->cut = t->cut || r->cut;
    t->driver_stopped = t->driver_stopped || run_driver_stopped(r);
    run_measures(r, t->peaks);
    t->stop = r->space->options->stop_at_first && r->categories;
    uint64_t hash = run_observed(r);
    uint32_t index = t->outcomes.count;
    if (map64_add(&t->outcome_index, hash, &index))
        *vec_add(&t->outcomes) = (outcome_seen){.hash = hash, .events = UINT32_MAX};
    outcome_seen *o = &t->outcomes.items[index];
    o->schedules++;
    o->mailbox_peak = MAX(o->mailbox_peak, r->mailbox_peak);
    if (o->events <= r->events.count) return;
    o->events = r->events.count;
    vec_clear(&o->path);
    for (uint32_t i = 0; i < t->count; i++)
        vec_push(&o->path, (path_step){t->nodes[i].chosen, t->nodes[i].choice});
}

void task_slice(worker *w, task *t, uint64_t runs)
{
    uint32_t same = 0; /* another task's run came before */
    for (uint64_t i = 0; i < runs && !t->finished && !t->stop; i++) {
        bool fresh = run_through(w, t);
        uint64_t class = race_each(&w->run, &w->races, same, on_race, t);
        t->events += w->run.events.count;
        if (fresh) note_outcome(&w->run, t, class);
        else t->blocked++;
        if (!advance(w->space.options, t)) t->finished = true;
        else same = t->count - 1;
    }
}

/* --- numbers ------------------------------------------------------------------------------------
 */

static uint32_t pid_between(const space *from, space *to, uint32_t pid)
{
    if (pid == 0) return 0;
    const path_def *path = &from->paths.items[pid];
    return space_pid(to, pid_between(from, to, path->parent), path->n);
}

static uint32_t thread_between(const space *from, space *to, thread_list *known, uint32_t thread)
{
    if (thread == NONE) return NONE;
    while (known->count <= thread) vec_push(known, 0);
    if (known->items[thread]) return known->items[thread] - 1;
    thread_def d = from->threads.items[thread];
    uint32_t b = d.kind == THREAD_CHANNEL ? pid_between(from, to, d.b) : d.b;
    uint32_t there = space_thread(to, (thread_kind)d.kind, pid_between(from, to, d.a), b);
    known->items[thread] = there + 1;
    return there;
}

static void event_between(const space *from, space *to, thread_list *known, event_def *e)
{
    e->thread = thread_between(from, to, known, e->thread);
    e->appends_to = pid_between(from, to, e->appends_to);
}

static void task_between(const space *from, space *to, thread_list *known, task *t)
{
    for (uint32_t i = 0; i < t->count; i++) {
        tree_node *n = &t->nodes[i];
        n->chosen = thread_between(from, to, known, n->chosen);
        if (i + 1 < t->fixed) continue; /* all that is asked of those */
        n->fair = thread_between(from, to, known, n->fair);
        n->keeps = thread_between(from, to, known, n->keeps);
        event_between(from, to, known, &n->event);
        for (uint32_t k = 0; k < n->todo.count; k++)
            n->todo.items[k] = thread_between(from, to, known, n->todo.items[k]);
        for (uint32_t k = 0; k < n->done.count; k++)
            n->done.items[k] = thread_between(from, to, known, n->done.items[k]);
        for (uint32_t k = 0; k < n->sleep.count; k++) {
            asleep *a = &n->sleep.items[k];
            a->thread = thread_between(from, to, known, a->thread);
            event_between(from, to, known, &a->event);
        }
    }
}

void task_import(const space *global, worker *w, task *t)
{
    task_between(global, &w->space, &w->to_local, t);
}

void task_export(space *global, worker *w, task *t)
{
    task_between(&w->space, global, &w->to_global, t);
    for (uint32_t i = 0; i < t->initials.count; i++)
        t->initials.items[i] =
            thread_between(&w->space, global, &w->to_global, t->initials.items[i]);
    for (uint32_t i = 0; i < t->outcomes.count; i++)
        for (uint32_t k = 0; k < t->outcomes.items[i].path.count; k++) {
            path_step *step = &t->outcomes.items[i].path.items[k];
            step->thread = thread_between(&w->space, global, &w->to_global, step->thread);
        }
}
