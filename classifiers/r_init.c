/* blocking-init and init-thundering-herd: what a supervisor waits for while it starts a child. */
#include "base/base.h"
#include "classifiers/r_tree.h"
#include "classifiers/rules.h"

enum { SHORT_SLEEP_MS = 100 };

static bool name_is_one(sv name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (sv_eq_c(name, words[i])) return true;
    return false;
}

/* Functions of libraries that are not in the table but say by their name that they wait. */
static bool says_it_waits(const model *m, const model_op *op)
{
    static const char *const words[] = {"wait_for_tables", "wait_for_shards",  "connect",
                                        "wait_for_table",  "open_connection",  "wait_table",
                                        "run_migrations",  "wait_until_ready", "start_replication",
                                        "migrate"};
    const fact_node *at = model_node(m, op->node);
    if (op->kind != OP_EXTERNAL && op->kind != OP_UNRESOLVED) return false;
    if (at->kind != NODE_CALL_REMOTE) return false;
    /* Clients of web services, generated: every function is a request. */
    static const char *const services[] = {"GoogleApi.", "ExAws", "AWS.", "Stripity", "Stripe."};
    for (size_t i = 0; i < ARRAY_LEN(services); i++)
        if (sv_starts(call_module(m, op->node), sv_from(services[i]))) return true;
    return name_is_one(model_text(m, at->name), words, ARRAY_LEN(words));
}

/* A sleep so short that nobody notices. */
static bool short_sleep(const model *m, const model_effect *e)
{
    if (effect_block(m, e) != BLOCK_SLEEP || !e->arg_count) return false;
    const model_val *v = model_value(m, m->effect_args.items[e->arg_first]);
    return v->kind == VAL_INT && v->number < SHORT_SLEEP_MS && !(e->ctx & CTX_LOOP);
}

/* How bad it is that init does this; 0: not at all. */
static int weight(const model *m, const model_effect *e, block_class *block)
{
    *block = effect_block(m, e);
    if (!effect_in_process(e)) return 0;
    if (e->kind == API_APP_CALL && e->api != NO_IX) {
        static const char *const starts[] = {"ensure_all_started", "ensure_started", "start"};
        *block = BLOCK_WAIT;
        sv name = sv_from(api_get(e->api)->name);
        return name_is_one(name, starts, ARRAY_LEN(starts)) ? 4 : 0;
    }
    if (short_sleep(m, e)) return 0;
    switch (*block) {
    case BLOCK_NET:
    case BLOCK_DB:
    case BLOCK_RPC: return 5;
    case BLOCK_CMD:
    case BLOCK_SLEEP: return 3;
    case BLOCK_WAIT: return 2;
    default: return 0;
    }
}

static bool starts_under_supervisor(const model *m, const model_server *s)
{
    switch (s->kind) {
    case SERVER_GENSERVER:
    case SERVER_STATEM:
    case SERVER_STAGE:
    case SERVER_SUPERVISOR:
    case SERVER_DYNAMIC_SUPERVISOR:
    case SERVER_EVENT: return !m->modules.items[s->module].is_test;
    default: return false;
    }
}

/* The worst thing that an init clause of the server does; NO_IX. */
static effect_ix worst_of_init(const model *m, const model_server *s, block_class *block)
{
    effect_ix worst = NO_IX;
    int heaviest = 0;
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        if (cb->kind != CB_INIT) continue;
        for (effect_ix k = cb->effect_first; k < cb->effect_first + cb->effect_count; k++) {
            const model_effect *e = &m->effects.items[k];
            block_class here;
            int w = weight(m, e, &here);
            if (w && !(e->ctx & CTX_BRANCH)) w += 10;
            if (w <= heaviest) continue;
            heaviest = w;
            worst = k;
            *block = here;
        }
    }
    return worst;
}

static bool makes_a_table(const model_effect *e)
{
    return e->api != NO_IX && !strcmp(api_get(e->api)->module, "mnesia") &&
           strcmp(api_get(e->api)->name, "wait_for_tables") != 0;
}

static confidence confidence_of(const model *m, const model_server *s, const model_effect *e)
{
    if (e->ctx & CTX_BRANCH) return CONF_POSSIBLE;
    /* A call to another node that may fail is often one to the own node. */
    if (effect_block(m, e) == BLOCK_RPC && e->ctx & CTX_CAUGHT) return CONF_POSSIBLE;
    if (effect_block(m, e) == BLOCK_WAIT) return CONF_POSSIBLE;
    /* Applications that are started here are mostly local, and short; so is a local table. */
    if (e->kind == API_APP_CALL || makes_a_table(e)) return CONF_POSSIBLE;
    bool in_tree = s->supervised || s->kind == SERVER_SUPERVISOR || s->kind == SERVER_EVENT;
    return in_tree ? CONF_LIKELY : CONF_POSSIBLE;
}

static const char *what_it_waits_for(block_class block, const model_effect *e)
{
    if (e->kind == API_APP_CALL) return "another application to start";
    return block_label(block);
}

typedef struct {
    const model_op *op;
    reach_path path;
} named_wait;

static bool visit_wait(const model *m, const model_op *op, const reach_path *path, void *payload)
{
    named_wait *found = payload;
    if (op->ctx & CTX_CLOSURE || !says_it_waits(m, op)) return true;
    found->op = op;
    found->path = *path;
    return false;
}

/* Nothing in init that the table knows: what goes by its name. */
static void named_waits_of_init(classify *c, server_ix server)
{
    const model *m = c->m;
    const model_server *s = &m->servers.items[server];
    for (uint32_t i = 0; i < s->callback_count; i++) {
        const model_callback *cb = &m->callbacks.items[s->callback_first + i];
        named_wait found = {0};
        if (cb->kind == CB_INIT) reach_calls(m, cb->clause, visit_wait, &found);
        if (!found.op) continue;
        const char *what = call_label(c, found.op->node);
        finding_add(c, CONF_POSSIBLE, cb->node, server, arena_printf(&c->scratch, "init %s", what),
                    "%s.init calls %s, which by its name waits for something outside: its "
                    "supervisor, and every child after it, waits too",
                    server_label(c, server), what);
        finding_callback(c, s->callback_first + i);
        reach_steps(c, &found.path, found.op->node, "waits here");
        return;
    }
}

/* The same in the start function itself, before the process is there. */
static void slow_start_functions(classify *c)
{
    const model *m = c->m;
    for (vec_each(&m->ops, op)) {
        if (op->clause == NO_IX || op->ctx & (CTX_SPAWNED | CTX_CLOSURE)) continue;
        const model_function *f = &m->functions.items[op->function];
        server_ix server = m->modules.items[f->module].server;
        if (server == NO_IX || !sv_eq_c(model_text(m, f->name), "start_link") ||
            m->files.items[f->file].is_test ||
            !starts_under_supervisor(m, &m->servers.items[server]))
            continue;
        const api_row *row = op->kind == OP_API ? api_get(op->api) : NULL;
        bool slow = row && row->kind == API_BLOCKING && !api_flag(row, "light") &&
                    (row->block == BLOCK_NET || row->block == BLOCK_DB || row->block == BLOCK_WAIT);
        if (!slow && !says_it_waits(m, op)) continue;
        const char *what = call_label(c, op->node);
        finding_add(c, slow && row->block != BLOCK_WAIT ? CONF_LIKELY : CONF_POSSIBLE, op->node,
                    server, arena_printf(&c->scratch, "start_link %s", what),
                    "%s.start_link waits for %s (%s) before it starts the process: its supervisor, "
                    "and every child after it, waits too",
                    server_label(c, server), slow ? block_label(row->block) : "something outside",
                    what);
    }
}

void rule_blocking_init(classify *c)
{
    const model *m = c->m;
    for (server_ix i = 0; i < m->servers.count; i++) {
        const model_server *s = &m->servers.items[i];
        block_class block;
        effect_ix ix = starts_under_supervisor(m, s) ? worst_of_init(m, s, &block) : NO_IX;
        if (ix == NO_IX) {
            if (starts_under_supervisor(m, s)) named_waits_of_init(c, i);
            continue;
        }
        const model_effect *e = &m->effects.items[ix];
        const char *what = call_label(c, e->node);
        const char *who = s->kind == SERVER_EVENT ? "the event manager that adds it"
                                                  : "its supervisor, and every child after it,";
        confidence conf = confidence_of(m, s, e);
        /* A connection is started when it is wanted, by somebody who waits for it. */
        if (server_is_many(m, i)) conf = CONF_POSSIBLE;
        finding_add(c, conf, m->callbacks.items[e->root].node, i,
                    arena_printf(&c->scratch, "init %s", what),
                    "%s.init waits for %s (%s): %s waits too, and where it is slow or away the "
                    "start fails or hangs",
                    server_label(c, i), what_it_waits_for(block, e), what, who);
        finding_callback(c, e->root);
        finding_path_add(c, e, arena_printf(&c->scratch, "waits here (%s)", what));
    }
    slow_start_functions(c);
}

void rule_init_thundering_herd(classify *c)
{
    const model *m = c->m;
    for (server_ix i = 0; i < m->servers.count; i++) {
        const model_server *s = &m->servers.items[i];
        if (!starts_under_supervisor(m, s) || s->kind == SERVER_EVENT || !server_is_many(m, i))
            continue;
        block_class block;
        effect_ix ix = worst_of_init(m, s, &block);
        if (ix == NO_IX) continue;
        const model_effect *e = &m->effects.items[ix];
        if ((block != BLOCK_NET && block != BLOCK_DB && block != BLOCK_RPC) ||
            clause_has_jitter(m, e))
            continue;
        child_ix child = model_child_of(m, i, 0);
        const char *what = call_label(c, e->node);
        finding_add(c, confidence_of(m, s, e), m->callbacks.items[e->root].node, i,
                    arena_printf(&c->scratch, "herd %s", what),
                    "%s is started in numbers and each init waits for %s (%s): on boot and on "
                    "every restart of its supervisor all of them ask at the same moment",
                    server_label(c, i), block_label(block), what);
        finding_callback(c, e->root);
        finding_path_add(c, e, arena_printf(&c->scratch, "asks here (%s)", what));
        if (child != NO_IX)
            finding_step_add(c, m->children.items[child].node, "started in numbers here");
    }
}
