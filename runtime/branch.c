#include "base/base.h"

#include "runtime/tree.h"

#include <pthread.h>
#include <stdatomic.h>

/* Rounds of tasks, and what they have in common. See tree.h. None of these may depend on the
 * number of threads. */
enum { TASKS_MAX = 16, SLICE_RUNS = 64 };

typedef VEC(branch *) branch_list;

typedef struct {
    search *s;
    VEC(task *) tasks;
    branch_list branches; /* those with tasks below or something to be tried */
    uint64_t slice_runs;  /* of this round */
    uint32_t round_tasks; /* how many of them run in this round */
    bool bounded;         /* a bound kept something from being tried */
    /* Threads. The barrier orders all that is not atomic. */
    worker *workers;
    uint32_t worker_count;
    _Atomic(uint32_t) next_task;
    bool over;
    pthread_mutex_t gate;
    pthread_barrier_t barrier;
} forest;

typedef struct {
    forest *f;
    uint32_t index;
} helper;

/* --- branches ----------------------------------------------------------------------------------
 */

static void branch_free(branch *b)
{
    node_release(&b->node);
    vec_release(&b->entries);
    free(b);
}

static bool branch_has(const branch *b, uint32_t thread)
{
    for (uint32_t i = 0; i < b->entries.count; i++)
        if (b->entries.items[i].thread == thread) return true;
    return false;
}

static bool branch_waits(const branch *b)
{
    for (uint32_t i = 0; i < b->entries.count; i++)
        if (!b->entries.items[i].started) return true;
    return false;
}

/* The ways of n's event that are left, as entries of their own. */
static void add_choices(branch *b, const tree_node *n, uint32_t sleepers)
{
    for (uint32_t c = n->choice + 1; c < n->choices; c++)
        vec_push(&b->entries,
                 (branch_entry){
                     .thread = n->chosen, .choice = c, .one_choice = true, .sleepers = sleepers});
}

/* A node of a task's own becomes a branch below `parent`; the task goes on with the node's chosen
 * thread and leaves the rest to others. */
static branch *branch_of_node(forest *f, branch *parent, const task *t, uint32_t depth)
{
    tree_node *n = &t->nodes[depth];
    branch *b = base_calloc(1, sizeof *b);
    b->parent = parent;
    b->depth = depth;
    b->live = 1;
    if (parent) parent->children++;
    if (depth) {
        b->via_thread = t->nodes[depth - 1].chosen;
        b->via_choice = t->nodes[depth - 1].choice;
        b->preemptions = t->nodes[depth - 1].preemptions;
        b->delays = t->nodes[depth - 1].delays;
    }
    node_copy(&b->node, n);
    for (uint32_t i = 0; i < n->todo.count; i++) {
        uint32_t thread = n->todo.items[i];
        bool started = thread == n->chosen || list_has(&n->done, thread);
        vec_push(&b->entries, (branch_entry){.thread = thread,
                                             .started = started,
                                             .known = started,
                                             .sleepers = n->sleep.count});
    }
    /* The other ways of the chosen event come before what sleeps because of it. */
    add_choices(b, n, n->sleep.count);
    event_def event = n->event;
    event.thread = n->chosen;
    node_sleep_add(&b->node, &event, n->accesses.items);
    vec_push(&f->branches, b);
    return b;
}

static bool node_has_more(const tree_node *n)
{
    for (uint32_t i = 0; i < n->todo.count; i++) {
        uint32_t thread = n->todo.items[i];
        if (thread != n->chosen && !list_has(&n->done, thread) && !node_sleeps(n, thread))
            return true;
    }
    return n->choice + 1 < n->choices;
}

/* The highest node of the task's own that has more to be tried, and all above it, become branches.
 */
static void task_split(forest *f, task *t)
{
    uint32_t depth = t->fixed;
    /* The last node is about to be run: what it does is not known yet. */
    while (depth + 1 < t->count && !node_has_more(&t->nodes[depth])) depth++;
    if (depth + 1 >= t->count) return;
    if (t->fixed && !t->one_choice)
        add_choices(t->at, &t->nodes[t->fixed - 1], t->at->entries.items[t->entry].sleepers);
    for (uint32_t i = t->fixed; i <= depth; i++) t->at = branch_of_node(f, t->at, t, i);
    tree_node *n = &t->nodes[depth];
    for (t->entry = 0; t->at->entries.items[t->entry].thread != n->chosen;) t->entry++;
    vec_clear(&n->todo);
    vec_clear(&n->done);
    vec_push(&n->todo, n->chosen);
    t->one_choice = true;
    t->fixed = depth + 1;
}

/* --- starting tasks ----------------------------------------------------------------------------
 */

static void task_start(forest *f, branch *b, uint32_t entry, const tree_node *bounds)
{
    branch_entry *e = &b->entries.items[entry];
    task *t = base_calloc(1, sizeof *t);
    task_forget(t);
    t->at = b;
    t->entry = entry;
    t->one_choice = e->one_choice;
    t->fixed = b->depth + 1;
    for (uint32_t i = 0; i <= b->depth; i++) (void)node_push(t);
    for (const branch *at = b; at->parent; at = at->parent) {
        tree_node *n = &t->nodes[at->depth - 1];
        n->chosen = at->via_thread;
        n->choice = at->via_choice;
    }
    tree_node *n = &t->nodes[b->depth];
    n->chosen = e->thread;
    n->choice = e->choice;
    n->fair = bounds->fair;
    n->keeps = bounds->keeps;
    n->preemptions = bounds->preemptions;
    n->delays = bounds->delays;
    n->event.thread = NONE;
    n->event.appends_to = 0;
    vec_push(&n->todo, e->thread);
    for (uint32_t i = 0; i < e->sleepers; i++) {
        const asleep *a = &b->node.sleep.items[i];
        if (a->thread != e->thread) node_sleep_add(n, &a->event, a->accesses.items);
    }
    vec_push(&f->tasks, t);
    for (branch *at = b; at; at = at->parent) at->live++;
}

/* Starts what may be tried now: an entry goes after those before it are known, for they are asleep
 * for it. */
static void branch_start(forest *f, branch *b)
{
    for (uint32_t i = 0; i < b->entries.count && f->tasks.count < TASKS_MAX; i++) {
        branch_entry *e = &b->entries.items[i];
        if (!e->started) {
            tree_node up = {.preemptions = b->preemptions, .delays = b->delays};
            tree_node n = {.fair = b->node.fair, .keeps = b->node.keeps, .chosen = e->thread};
            node_count_bounds(&up, &n);
            bool needless = !e->one_choice && node_sleeps(&b->node, e->thread);
            bool allowed = node_in_bounds(f->s->options, &n);
            f->bounded = f->bounded || (!needless && !allowed);
            e->started = true;
            if (!e->one_choice) e->sleepers = b->node.sleep.count;
            e->known = needless || !allowed || e->one_choice;
            if (!needless && allowed) task_start(f, b, i, &n);
        }
        if (!b->entries.items[i].known) return;
    }
}

static void start_tasks(forest *f)
{
    uint32_t kept = 0;
    for (uint32_t i = f->branches.count; i-- && f->tasks.count < TASKS_MAX;)
        branch_start(f, f->branches.items[i]); /* the youngest first: they end soonest */
    for (uint32_t i = 0; i < f->tasks.count && f->tasks.count < TASKS_MAX; i++) {
        task_split(f, f->tasks.items[i]);
        for (uint32_t k = f->branches.count; k-- && f->tasks.count < TASKS_MAX;)
            branch_start(f, f->branches.items[k]);
    }
    for (uint32_t i = 0; i < f->branches.count; i++) {
        branch *b = f->branches.items[i];
        if (b->live || b->children || branch_waits(b)) {
            f->branches.items[kept++] = b;
            continue;
        }
        if (b->parent) b->parent->children--;
        branch_free(b);
    }
    f->branches.count = kept;
}

/* --- what a round found ------------------------------------------------------------------------
 */

static void enter_races(const task *t)
{
    for (uint32_t i = 0; i < t->races.count; i++) {
        const race_above *race = &t->races.items[i];
        const uint32_t *initials = t->initials.items + race->initials_first;
        branch *b = t->at;
        bool there = false;
        while (b->depth != race->event) b = b->parent;
        for (uint32_t k = 0; k < race->initials_count; k++)
            there = there || branch_has(b, initials[k]);
        if (!there) vec_push(&b->entries, (branch_entry){.thread = initials[0]});
    }
}

static void enter_task(forest *f, task *t)
{
    search *s = f->s;
    task_export(&s->space, &f->workers[t->worker], t);
    s->verdict->schedules += t->schedules;
    s->verdict->blocked += t->blocked;
    s->verdict->events += t->events;
    s->seen |= t->seen;
    s->common &= t->common;
    s->cut = s->cut || t->cut;
    s->driver_stopped = s->driver_stopped || t->driver_stopped;
    for (uint32_t i = 0; i < MEASURE_COUNT; i++) s->peaks[i] = MAX(s->peaks[i], t->peaks[i]);
    s->stop = t->stop;
    f->bounded = f->bounded || t->bounded;
    for (uint32_t i = 0; i < t->classes.count; i++) {
        uint32_t first = 0;
        if (map64_add(&s->class_index, t->classes.items[i], &first)) s->verdict->classes++;
    }
    for (uint32_t i = 0; i < t->outcomes.count; i++) search_enter(s, &t->outcomes.items[i]);
    if (t->at && !t->at->entries.items[t->entry].known) {
        tree_node *n = &t->nodes[t->fixed - 1];
        n->event.thread = n->chosen;
        node_sleep_add(&t->at->node, &n->event, n->accesses.items);
        t->at->entries.items[t->entry].known = true;
    }
    enter_races(t);
    task_forget(t);
}

/* Enters what the tasks of the round found. False: the search is to stop. */
static bool enter_round(forest *f)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < f->round_tasks && !f->s->stop; i++) enter_task(f, f->tasks.items[i]);
    for (uint32_t i = 0; i < f->tasks.count; i++) {
        task *t = f->tasks.items[i];
        if (!t->finished) {
            f->tasks.items[kept++] = t;
            continue;
        }
        for (branch *b = t->at; b; b = b->parent) b->live--;
        task_release(t);
        free(t);
    }
    f->tasks.count = kept;
    return !f->s->stop;
}

/* --- rounds ------------------------------------------------------------------------------------
 */

static void run_tasks(forest *f, uint32_t index)
{
    for (;;) {
        /* Relaxed: each task is given to one thread; the barrier orders its contents. */
        uint32_t i = atomic_fetch_add_explicit(&f->next_task, 1, memory_order_relaxed);
        if (i >= f->round_tasks) return;
        task *t = f->tasks.items[i];
        t->worker = index;
        task_import(&f->s->space, &f->workers[index], t);
        task_slice(&f->workers[index], t, f->slice_runs);
    }
}

static void *helper_main(void *owner)
{
    const helper *h = owner;
    pthread_mutex_lock(&h->f->gate); /* until it is known how many there are */
    pthread_mutex_unlock(&h->f->gate);
    for (;;) {
        pthread_barrier_wait(&h->f->barrier);
        if (h->f->over) return NULL;
        run_tasks(h->f, h->index);
        pthread_barrier_wait(&h->f->barrier);
    }
}

/* True if everything was tried. */
static bool run_rounds(forest *f)
{
    rt_verdict *v = f->s->verdict;
    while (f->tasks.count) {
        uint64_t left = f->s->options->schedules_max - v->schedules - v->blocked;
        if (left == 0 || search_is_late(f->s)) return false;
        f->round_tasks = (uint32_t)MIN(f->tasks.count, left);
        f->slice_runs = MIN(SLICE_RUNS, left / f->round_tasks);
        atomic_store_explicit(&f->next_task, 0, memory_order_relaxed);
        if (f->worker_count > 1) pthread_barrier_wait(&f->barrier);
        run_tasks(f, 0);
        if (f->worker_count > 1) pthread_barrier_wait(&f->barrier);
        if (!enter_round(f)) return false;
        start_tasks(f);
    }
    return !f->s->cut && !f->bounded;
}

static void workers_init(forest *f)
{
    f->workers = base_calloc(f->worker_count, sizeof *f->workers);
    for (uint32_t i = 0; i < f->worker_count; i++) {
        worker *w = &f->workers[i];
        space_init(&w->space, f->s->space.program, f->s->options);
        run_init(&w->run, &w->space);
        (void)space_pid(&w->space, 0, 0); /* the driver is number 1 */
    }
}

static void workers_release(forest *f)
{
    for (uint32_t i = 0; i < f->worker_count; i++) {
        worker *w = &f->workers[i];
        run_release(&w->run);
        space_release(&w->space);
        race_work_release(&w->races);
        vec_release(&w->to_global);
        vec_release(&w->to_local);
    }
    free(f->workers);
}

/* With as many threads as can be had, this one among them. */
static bool run_threads(forest *f)
{
    pthread_t threads[RT_THREADS_MAX];
    helper helpers[RT_THREADS_MAX];
    uint32_t wanted = f->worker_count, started = 1;
    pthread_mutex_lock(&f->gate);
    for (; started < wanted; started++) {
        helpers[started] = (helper){f, started};
        if (pthread_create(&threads[started], NULL, helper_main, &helpers[started])) break;
    }
    f->worker_count = started;
    pthread_barrier_init(&f->barrier, NULL, started);
    pthread_mutex_unlock(&f->gate);
    bool complete = run_rounds(f);
    f->over = true;
    if (started > 1) pthread_barrier_wait(&f->barrier);
    for (uint32_t i = 1; i < started; i++) pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&f->barrier);
    f->worker_count = wanted;
    return complete;
}

bool search_explore(search *s)
{
    forest f = {.s = s, .gate = PTHREAD_MUTEX_INITIALIZER};
    f.worker_count = MIN(MAX(s->options->threads, 1u), RT_THREADS_MAX);
    workers_init(&f);
    task *root = base_calloc(1, sizeof *root);
    task_forget(root);
    vec_push(&f.tasks, root);
    bool complete = f.worker_count > 1 ? run_threads(&f) : run_rounds(&f);
    search_tell(s);
    for (uint32_t i = 0; i < f.tasks.count; i++) {
        task_release(f.tasks.items[i]);
        free(f.tasks.items[i]);
    }
    vec_release(&f.tasks);
    for (uint32_t i = 0; i < f.branches.count; i++) branch_free(f.branches.items[i]);
    vec_release(&f.branches);
    workers_release(&f);
    return complete;
}
