/* Inside the exhaustive search: its tree, cut into pieces that threads can work on.
 *
 * The search is source-DPOR with sleep sets. A task explores one subtree, depth first, in slices
 * of a few runs. Above the subtree lie branches: nodes that several tasks have below them. What a
 * task learns about its branches (a race whose other order has to be tried there) it keeps until
 * its slice is over; then all tasks' findings are entered, in order of tasks, by one thread, and
 * the tasks of the next round follow from that alone. So what is run, and in what order it counts,
 * depends on the scenario and not on the number of threads or their speed.
 *
 * Each thread numbers processes and threads of control in a space of its own; between slices all
 * is written in the numbers of the search's space. */
#ifndef LODE_RUNTIME_TREE_H
#define LODE_RUNTIME_TREE_H

#include "runtime/search.h"

typedef VEC(uint32_t) thread_list;

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
    thread_list todo; /* threads to be tried; those tried are in `done` too */
    thread_list done;
    VEC(asleep) sleep;
    uint32_t sleep_made; /* that many items of it have memory of their own */
    event_def event;     /* what `chosen` did */
    VEC(access_def) accesses;
} tree_node;

/* A thread to be tried at a branch, or only one way of its next event. */
typedef struct {
    uint32_t thread, choice;
    bool one_choice;   /* only this one */
    bool started;      /* or found needless */
    bool known;        /* what it does is in the branch's sleep set: later ones may start */
    uint32_t sleepers; /* what slept at the branch when it was its turn: so many, the first */
} branch_entry;

typedef struct branch {
    struct branch *parent;           /* NULL: the root */
    uint32_t via_thread, via_choice; /* the step from the parent to here */
    uint32_t depth;
    uint32_t preemptions, delays; /* of the steps to here */
    uint32_t live;                /* tasks below */
    uint32_t children;            /* branches whose parent it is */
    VEC(branch_entry) entries;
    tree_node node; /* fair, keeps and the sleep set are meant */
} branch;

/* A race with an event above the subtree: these threads could go first there. */
typedef struct {
    uint32_t event;
    uint32_t initials_first, initials_count; /* in task.initials */
} race_above;

typedef struct {
    tree_node *nodes; /* from the root of the tree */
    uint32_t count, capacity;
    uint32_t fixed;  /* that many nodes are branches' */
    branch *at;      /* the last of those; NULL: none */
    uint32_t entry;  /* of it, that is explored here */
    bool one_choice; /* of the last fixed node */
    uint32_t worker; /* in whose numbers it is written, while a round runs */
    /* What the last slice found. */
    bool finished, bounded, cut, stop, driver_stopped;
    uint64_t peaks[MEASURE_COUNT];
    uint64_t schedules, blocked, events;
    uint32_t seen, common;
    VEC(uint64_t) classes;
    VEC(outcome_seen) outcomes;
    map64 outcome_index;
    VEC(race_above) races;
    thread_list initials;
    map64 race_index;
} task;

typedef struct {
    space space;
    run run;
    race_work races;
    thread_list to_global, to_local; /* thread number + 1 in the other space; 0: not known yet */
} worker;

/* explore.c */
tree_node *node_push(task *t);
void node_copy(tree_node *to, const tree_node *from); /* to holds nothing */
void node_release(tree_node *n);
void node_sleep_add(tree_node *n, const event_def *event, const access_def *accesses);
bool node_sleeps(const tree_node *n, uint32_t thread);
/* Sets n's preemptions and delays, n being below `up` (NULL: the root). */
void node_count_bounds(const tree_node *up, tree_node *n);
bool node_in_bounds(const rt_options *o, const tree_node *n);
bool list_has(const thread_list *list, uint32_t thread);
/* Runs up to so many schedules of the subtree. */
void task_slice(worker *w, task *t, uint64_t runs);
void task_forget(task *t); /* what the last slice found */
void task_release(task *t);
/* Rewrites t from the search's numbers into w's, or back. Back may add to the search's space. */
void task_import(const space *global, worker *w, task *t);
void task_export(space *global, worker *w, task *t);

#endif
