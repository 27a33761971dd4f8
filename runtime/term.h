/* Terms: the values that scenarios compute with and send. A term is one word; tuples and lists
 * live in a heap that only grows and is dropped with the run. Terms never change. */
#ifndef LODE_RUNTIME_TERM_H
#define LODE_RUNTIME_TERM_H

#include "base/buf.h"
#include "base/sym.h"

typedef uint64_t term;

/* The low three bits of a term. Zero as a whole word is TERM_NONE: "no value". */
enum { T_NONE, T_INT, T_ATOM, T_PID, T_REF, T_TUPLE, T_LIST };
#define TERM_NONE ((term)0)

enum {
    PID_MAX = 1 << 24,        /* processes that may ever live in one exploration */
    TERM_COUNT_MAX = 1 << 16, /* elements of one tuple or list */
    HEAP_WORDS_MAX = 1 << 24,
};

typedef struct {
    uint64_t *words;
    uint32_t count;
    uint32_t capacity;
    /* The order of processes; NULL: that of their numbers. */
    int (*pid_cmp)(const void *owner, uint32_t a, uint32_t b);
    const void *pid_owner;
    bool full; /* HEAP_WORDS_MAX was reached: terms built since are empty, the run is to be cut */
} term_heap;

/* Atoms the runtime itself speaks of, interned first and in this order. */
/* clang-format off */
#define TERM_ATOMS(X) \
    X(ok) X(error) X(undefined) X(true) X(false) X(normal) X(shutdown) X(kill) X(killed) \
    X(noproc) X(timeout) X(infinity) X(ignore) X(process) X(DOWN) X(EXIT) X(exit) X(alias) \
    X(gen_server) X(gen_call) X(gen_cast) X(system) X(terminate) X(call) X(calling_self) \
    X(already_started) X(already_present) X(not_found) X(running) X(restarting) \
    X(simple_one_for_one) X(function_clause) X(badmatch) X(case_clause) X(badarg) X(badarith) \
    X(badarity) X(bad_return_value) X(nocatch) X(via) X(partition) X(init) X(start_child) \
    X(terminate_child) X(restart_child) X(delete_child) X(which_children) X(count_children) \
    X(get_childspec) X(try_again_restart) X(failed_to_start_child) X(worker) X(supervisor) \
    X(specs) X(active) X(supervisors) X(workers) X(max_children) X(permanent) X(transient) \
    X(temporary) X(brutal_kill) X(child) X(fun) X(ack) X(reply) X(nil) X(agent) X(task) \
    X(state_timeout) X(enter) X(cast) X(info) X(internal) X(keep) X(stop) X(system_limit) \
    X(name_conflict) X(unbound) X(driver) X(put_state) X(get_state) X(suspend) X(resume) \
    X(no_connection) X(one_for_one) X(one_for_all) X(rest_for_one) X(self) X(async) X(await) \
    X(duplicate_child_name) X(bad_child) X(significant) X(any_significant) X(all_significant) \
    X(never) X(id) X(nonode) X(generic_timeout) X(gen_statem) X(bad_start_spec) X(invalid) \
    X(timeout_value) X(assertion_failed) X(yes) X(no) X(start_spec) X(bad_combination) \
    X(missing_id) X(missing_start) X(invalid_restart_type) X(invalid_shutdown) \
    X(invalid_child_type) X(invalid_significant) X(invalid_child_spec) X(invalid_strategy) \
    X(invalid_intensity) X(invalid_period) X(invalid_auto_shutdown) X(supervisor_data) \
    X(auto_shutdown) X(restart) X(bad_return) X(no_id) X(replace_state) X(sys) \
    X(callback_failed) X(no_request) X(no_reply) X(abs) X(global) X(binary) X(spawn_reply) \
    X(cancel) X(update) X(postpone) X(bad_state_enter_return_from_state_function) \
    X(bad_action_from_state_function) X(bad_return_from_state_function)
/* clang-format on */

enum {
    ATOM_NO_SYMBOL,
#define X(name) ATOM_##name,
    TERM_ATOMS(X)
#undef X
        ATOM_PREDEFINED_END
};
#define A(name) term_atom(ATOM_##name)

static inline unsigned term_tag(term t)
{
    return (unsigned)(t & 7);
}
static inline term term_int(int64_t value)
{
    return (term)value << 3 | T_INT;
}
static inline int64_t term_int_value(term t)
{
    return (int64_t)t >> 3;
}
static inline term term_atom(sym name)
{
    return (term)name << 3 | T_ATOM;
}
static inline term term_bool(bool value)
{
    return value ? A(true) : A(false);
}
static inline sym term_sym(term t)
{
    return (sym)(t >> 3);
}
static inline term term_pid(uint32_t pid)
{
    return (term)pid << 3 | T_PID;
}
static inline uint32_t term_pid_value(term t)
{
    return (uint32_t)(t >> 3);
}
/* The n-th reference that process pid made. */
static inline term term_ref(uint32_t pid, uint32_t n)
{
    return (term)pid << 35 | (term)n << 3 | T_REF;
}
static inline uint32_t term_ref_pid(term t)
{
    return (uint32_t)(t >> 35);
}
static inline uint32_t term_ref_n(term t)
{
    return (uint32_t)(t >> 3);
}

/* Interns TERM_ATOMS into an empty table. */
void term_atoms_init(sym_table *atoms);

/* A tuple or list of count items (copied). */
term term_tuple(term_heap *heap, const term *items, uint32_t count);
term term_list(term_heap *heap, const term *items, uint32_t count);
#define TUPLE(heap, ...)                                                                           \
    term_tuple((heap), (const term[]){__VA_ARGS__}, sizeof((term[]){__VA_ARGS__}) / sizeof(term))
/* Number of elements of a tuple or list; 0 for anything else. */
uint32_t term_count(const term_heap *heap, term t);
/* The i-th element, from 0; TERM_NONE if there is none. */
term term_at(const term_heap *heap, term t, uint32_t i);
/* True for a tuple of this size whose first element is the atom. */
bool term_is_tagged(const term_heap *heap, term t, uint32_t count, sym tag);
bool term_eq(const term_heap *heap, term a, term b);
/* Order as in Erlang: number < atom (by text) < reference < pid < tuple < list. */
int term_cmp(const term_heap *heap, const sym_table *atoms, term a, term b);
/* Words a term takes, itself included; at most TERM_COUNT_MAX are counted. */
uint32_t term_words(const term_heap *heap, term t);

/* Writes a name for a process; NULL writes <number>. */
typedef void (*term_pid_print_fn)(void *owner, uint32_t pid, buf *out);
/* Appends the term as the scenario language writes it; deeper than 16 levels shows "...". */
void term_print(const term_heap *heap, const sym_table *atoms, term t, term_pid_print_fn pid_print,
                void *owner, buf *out);
/* True if the text reads as an atom without quotes. */
bool term_atom_is_plain(sv text);

void term_heap_release(term_heap *heap);

#endif
