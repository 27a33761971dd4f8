/* Child specifications in all their forms, to drafts of children. */
#include "base/base.h"
#include "model/internal.h"
#include "model/supervision.h"

enum { SPEC_DEPTH_MAX = 8 };

/* Behaviours and foreign modules whose default child_spec/1 is not a permanent worker. */
static const struct {
    const char *module;
    bool supervisor;
    uint8_t restart;
} KNOWN[] = {
    {"Supervisor", true, RESTART_PERMANENT},
    {"DynamicSupervisor", true, RESTART_PERMANENT},
    {"Task.Supervisor", true, RESTART_PERMANENT},
    {"PartitionSupervisor", true, RESTART_PERMANENT},
    {"Registry", true, RESTART_PERMANENT},
    {"Phoenix.PubSub", true, RESTART_PERMANENT},
    {"Phoenix.PubSub.Supervisor", true, RESTART_PERMANENT},
    {"Phoenix.Presence", true, RESTART_PERMANENT},
    {"Phoenix.Endpoint", true, RESTART_PERMANENT},
    {"Ecto.Repo", true, RESTART_PERMANENT},
    {"Finch", true, RESTART_PERMANENT},
    {"Oban", true, RESTART_PERMANENT},
    {"Cachex", true, RESTART_PERMANENT},
    {"ConCache", true, RESTART_PERMANENT},
    {"Broadway", true, RESTART_PERMANENT},
    {"Cluster.Supervisor", true, RESTART_PERMANENT},
    {"Horde.Registry", true, RESTART_PERMANENT},
    {"Horde.DynamicSupervisor", true, RESTART_PERMANENT},
    {"Horde.Supervisor", true, RESTART_PERMANENT},
    {"ConsumerSupervisor", true, RESTART_PERMANENT},
    {"Absinthe.Subscription", true, RESTART_PERMANENT},
    {"Plug.Cowboy", true, RESTART_PERMANENT},
    {"Bandit", true, RESTART_PERMANENT},
    {"Postgrex", true, RESTART_PERMANENT},
    {"Xandra.Cluster", true, RESTART_PERMANENT},
    {"supervisor", true, RESTART_PERMANENT},
    {"Task", false, RESTART_TEMPORARY},
};

typedef struct {
    supervision *b;
    supervisor_ix supervisor;
    bool dynamic;
    uint32_t depth;
    bool complete;
} reader;

static void read_spec(reader *r, thunk item);

static eval *ev(reader *r)
{
    return &r->b->e;
}

static int known_row(sv module)
{
    for (size_t i = 0; i < ARRAY_LEN(KNOWN); i++)
        if (sv_eq_c(module, KNOWN[i].module)) return (int)i;
    return -1;
}

static child_draft draft_at(reader *r, thunk at)
{
    const model_supervisor *s = &r->b->m->supervisors.items[r->supervisor];
    return (child_draft){.row = {.supervisor = r->supervisor,
                                 .node = at.node,
                                 .module = NO_IX,
                                 .as_supervisor = NO_IX,
                                 .restart = RESTART_PERMANENT,
                                 .shutdown_ms = 5000,
                                 .is_dynamic = r->dynamic || s->dynamic,
                                 .conditional = at.flags & EVAL_CONDITIONAL,
                                 .repeated = at.flags & EVAL_REPEATED}};
}

/* The same child in two branches is one child. */
static void push(reader *r, child_draft draft)
{
    if (!draft.row.shutdown_stated && draft.row.is_supervisor)
        draft.row.shutdown_ms = SHUTDOWN_INFINITY;
    for (uint32_t i = r->b->drafts.count; i-- > 0 && draft.row.conditional;) {
        const model_child *have = &r->b->drafts.items[i].row;
        if (have->supervisor != r->supervisor || r->b->drafts.count - i > 256) break;
        if ((have->node == draft.row.node && have->module == draft.row.module &&
             have->module_name == draft.row.module_name && have->id == draft.row.id) ||
            (have->id && have->id == draft.row.id && have->module == draft.row.module &&
             have->module_name == draft.row.module_name && !draft.row.repeated))
            return;
    }
    vec_push(&r->b->drafts, draft);
}

/* ---- values of the fields ------------------------------------------------------------------- */

static bool set_restart(reader *r, thunk value, model_child *row)
{
    static const struct {
        const char *name;
        uint8_t restart;
    } names[] = {{"permanent", RESTART_PERMANENT},
                 {"transient", RESTART_TRANSIENT},
                 {"intrinsic", RESTART_TRANSIENT},
                 {"temporary", RESTART_TEMPORARY}};
    thunk one = eval_one(ev(r), value);
    /* supervisor2: {permanent, Delay} waits instead of giving up. */
    if (model_node(r->b->m, one.node)->kind == NODE_TUPLE) {
        value = eval_kid(ev(r), one, 0);
        row->restart_delayed = true;
    }
    row->restart = RESTART_UNKNOWN;
    row->restart_stated = true;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (eval_is_atom(ev(r), value, names[i].name)) row->restart = names[i].restart;
    return row->restart != RESTART_UNKNOWN;
}

static void set_shutdown(reader *r, thunk value, model_child *row)
{
    int64_t ms;
    row->shutdown_stated = true;
    row->shutdown_ms = SHUTDOWN_UNKNOWN;
    if (eval_is_atom(ev(r), value, "infinity")) row->shutdown_ms = SHUTDOWN_INFINITY;
    if (eval_is_atom(ev(r), value, "brutal_kill")) row->shutdown_ms = SHUTDOWN_BRUTAL;
    if (eval_int(ev(r), value, &ms) && ms >= 0)
        row->shutdown_ms = ms > INT32_MAX ? INT32_MAX : (int32_t)ms;
}

/* Applies the keys of a child specification map or override list to a draft. */
static void apply_keys(reader *r, thunk options, child_draft *d)
{
    thunk value;
    if (eval_option(ev(r), options, "id", &value) == OPTION_FOUND)
        d->row.id = eval_atom(ev(r), value);
    option_result found = eval_option(ev(r), options, "restart", &value);
    if (found == OPTION_FOUND) set_restart(r, value, &d->row);
    found = eval_option(ev(r), options, "type", &value);
    if (found == OPTION_FOUND) d->row.is_supervisor = eval_is_atom(ev(r), value, "supervisor");
    found = eval_option(ev(r), options, "shutdown", &value);
    if (found == OPTION_FOUND) set_shutdown(r, value, &d->row);
}

/* ---- start functions ------------------------------------------------------------------------ */

static thunk nth(reader *r, thunk list, uint32_t n)
{
    thunks items = {0};
    eval_items(ev(r), list, &items);
    thunk found = {0, list.in, 0};
    if (n < items.count && !(items.items[n].flags & EVAL_STUCK)) found = items.items[n];
    vec_release(&items);
    return found;
}

sym name_of_arguments(supervision *b, thunk args, bool arg_one)
{
    thunk value;
    if (!args.node) return 0;
    if (arg_one) {
        if (eval_option(&b->e, args, "name", &value) == OPTION_FOUND)
            return eval_atom(&b->e, value);
        return 0;
    }
    thunks items = {0};
    sym name = 0;
    eval_items(&b->e, args, &items);
    for (uint32_t i = 0; i < items.count && !name; i++) {
        thunk one = eval_one(&b->e, items.items[i]);
        const fact_node *at = model_node(b->m, one.node);
        if (at->kind == NODE_TUPLE && at->kid_count == 2 &&
            model_is_atom(b->m, model_kid(b->m, one.node, 0), "local"))
            name = eval_atom(&b->e, eval_kid(&b->e, one, 1));
        else if (at->kind == NODE_LIST || at->kind == NODE_OP || at->kind == NODE_MAP)
            if (eval_option(&b->e, one, "name", &value) == OPTION_FOUND)
                name = eval_atom(&b->e, value);
    }
    vec_release(&items);
    return name;
}

/* A start function of OTP itself: the module that matters is an argument, or children are. */
static void start_of_otp(reader *r, child_draft *d, sv module)
{
    static const struct {
        const char *module;
        uint8_t inline_children; /* 1: may be start_link(children, options), 2: options only */
    } rows[] = {{"Supervisor", 1},      {"DynamicSupervisor", 2},
                {"Task.Supervisor", 2}, {"PartitionSupervisor", 2},
                {"GenServer", 0},       {"gen_server", 0},
                {"supervisor", 0},      {"gen_statem", 0},
                {"gen_event", 0},       {"GenStage", 0},
                {"gen_server2", 0},     {"gen_fsm", 0},
                {"supervisor2", 0},     {"Horde.DynamicSupervisor", 2}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!sv_eq_c(module, rows[i].module)) continue;
        thunk first = nth(r, d->args, 0), second = nth(r, d->args, 1);
        thunk one = eval_one(ev(r), first);
        uint8_t kind = model_node(r->b->m, one.node)->kind;
        bool local = kind == NODE_TUPLE;
        sym mod = eval_atom(ev(r), local ? second : first);
        if (mod && model_module_named(r->b->m, mod) != NO_IX) {
            d->row.module = model_module_named(r->b->m, mod);
            d->row.module_name = 0;
            d->init_argument = nth(r, d->args, local ? 2 : 1);
        } else if (rows[i].inline_children && first.node && !mod) {
            bool with_children = rows[i].inline_children == 1;
            d->row.as_supervisor = supervisor_inline(
                r->b, (thunk){d->row.node, first.in, 0}, rows[i].module,
                with_children ? first : (thunk){0}, with_children ? second : first);
        }
        return;
    }
}

static void set_module(reader *r, sym name, child_draft *d)
{
    d->row.module = model_module_named(r->b->m, name);
    d->row.module_name = d->row.module == NO_IX ? name : 0;
}

static void set_start(reader *r, thunk start, child_draft *d)
{
    thunk mfa = eval_one(ev(r), start);
    if (model_node(r->b->m, mfa.node)->kind != NODE_TUPLE || model_kid_count(r->b->m, mfa.node) < 2)
        return;
    sym module = eval_atom(ev(r), eval_kid(ev(r), mfa, 0));
    d->row.start_function = eval_atom(ev(r), eval_kid(ev(r), mfa, 1));
    d->args = eval_kid(ev(r), mfa, 2);
    d->row.start_args = d->args.node;
    if (!module) return;
    set_module(r, module, d);
    d->row.registered = name_of_arguments(r->b, d->args, false);
    start_of_otp(r, d, model_text(r->b->m, module));
}

/* ---- forms ---------------------------------------------------------------------------------- */

/* `use GenServer, restart: :temporary` and what the used behaviour stands for. */
static void apply_use(reader *r, module_ix module, child_draft *d)
{
    const model *m = r->b->m;
    const struct model_index *x = m->index;
    for (size_t i = 0; i < ARRAY_LEN(KNOWN); i++) {
        sym name = model_sym(m, KNOWN[i].module);
        if (!name || map64_get(&x->behaviours, pair64(module, name), NO_IX) == NO_IX) continue;
        d->row.is_supervisor |= KNOWN[i].supervisor;
        if (KNOWN[i].restart != RESTART_PERMANENT) d->row.restart = KNOWN[i].restart;
    }
    static const char *const users[] = {
        "GenServer", "Supervisor", "DynamicSupervisor",  "Agent",
        "Task",      "GenStage",   "ConsumerSupervisor", "GenStateMachine"};
    for (size_t i = 0; i < ARRAY_LEN(users); i++) {
        sym name = model_sym(m, users[i]);
        uint32_t row = name ? map64_get(&x->behaviours, pair64(module, name), NO_IX) : NO_IX;
        if (row == NO_IX || !m->behaviours.items[row].opts) continue;
        function_ix f = m->modules.items[module].function_count
                            ? m->modules.items[module].function_first
                            : NO_IX;
        const eval_scope *in = f == NO_IX || !m->functions.items[f].clause_count
                                   ? NULL
                                   : eval_scope_of(ev(r), m->functions.items[f].clause_first);
        apply_keys(r, (thunk){m->behaviours.items[row].opts, in, 0}, d);
    }
}

/* Special children that are supervisors by themselves. */
static void known_child(reader *r, child_draft *d, sv module, thunk arg)
{
    static const char *const dynamic[] = {"DynamicSupervisor", "Task.Supervisor",
                                          "Horde.DynamicSupervisor", "PartitionSupervisor"};
    for (size_t i = 0; i < ARRAY_LEN(dynamic); i++)
        if (sv_eq_c(module, dynamic[i]))
            d->row.as_supervisor = supervisor_inline(r->b, (thunk){d->row.node, arg.in, 0},
                                                     dynamic[i], (thunk){0}, arg);
}

static void read_module(reader *r, thunk at, sym name, thunk arg)
{
    model *m = r->b->m;
    child_draft d = draft_at(r, at);
    set_module(r, name, &d);
    d.row.id = name;
    d.row.start_function = model_sym(m, "start_link");
    d.row.start_args = arg.node;
    d.args = arg;
    d.arg_one = true;
    d.row.registered = name_of_arguments(r->b, arg, true);
    int known = known_row(model_text(m, name));
    if (d.row.module == NO_IX) {
        if (known >= 0) {
            d.row.is_supervisor = KNOWN[known].supervisor;
            d.row.restart = KNOWN[known].restart;
            if (d.row.registered) d.row.id = d.row.registered;
            known_child(r, &d, model_text(m, name), arg);
        }
        push(r, d);
        return;
    }
    sym child_spec = model_sym(m, "child_spec");
    function_ix f = model_function_of(m, d.row.module, child_spec, 1);
    if (f != NO_IX && r->depth < SPEC_DEPTH_MAX) {
        thunk *args = ARENA_NEW(&ev(r)->memory, thunk);
        *args = arg.node ? arg : (thunk){0, at.in, 0};
        thunks made = {0};
        bool any = false;
        if (eval_apply(ev(r), at, f, args, 1, &made)) {
            uint32_t before = r->b->drafts.count;
            for (uint32_t i = 0; i < made.count; i++) {
                uint8_t kind = model_node(m, made.items[i].node)->kind;
                bool readable = kind == NODE_MAP || kind == NODE_TUPLE || kind == NODE_MAP_UPDATE ||
                                kind == NODE_CALL_REMOTE || kind == NODE_CALL;
                if (readable) read_spec(r, made.items[i]);
            }
            any = r->b->drafts.count > before;
            /* The place of a child is where its supervisor lists it. */
            for (uint32_t i = before; i < r->b->drafts.count; i++) {
                child_draft *one = &r->b->drafts.items[i];
                one->row.node = at.node;
                if (one->row.module == NO_IX && !one->row.module_name) set_module(r, name, one);
                if (!one->row.registered) one->row.registered = d.row.registered;
            }
        }
        vec_release(&made);
        if (any) return;
    }
    apply_use(r, d.row.module, &d);
    push(r, d);
}

static void read_map(reader *r, thunk v)
{
    thunk start;
    child_draft d = draft_at(r, v);
    apply_keys(r, v, &d);
    if (eval_option(ev(r), v, "start", &start) == OPTION_FOUND) set_start(r, start, &d);
    if (d.row.module == NO_IX && !d.row.module_name) r->b->m->unresolved[UNRESOLVED_CHILD]++;
    push(r, d);
}

/* {Id, {M, F, A}, Restart, Shutdown, Type, Modules} */
static void read_old_tuple(reader *r, thunk v)
{
    child_draft d = draft_at(r, v);
    d.row.id = eval_atom(ev(r), eval_kid(ev(r), v, 0));
    set_start(r, eval_kid(ev(r), v, 1), &d);
    set_restart(r, eval_kid(ev(r), v, 2), &d.row);
    d.row.is_supervisor = eval_is_atom(ev(r), eval_kid(ev(r), v, 4), "supervisor");
    set_shutdown(r, eval_kid(ev(r), v, 3), &d.row);
    if (d.row.module == NO_IX && !d.row.module_name) r->b->m->unresolved[UNRESOLVED_CHILD]++;
    push(r, d);
}

/* worker(Mod, args, opts) and supervisor(Mod, args, opts) of Supervisor.Spec. */
static bool read_spec_helper(reader *r, thunk v)
{
    const model *m = r->b->m;
    const fact_node *at = model_node(m, v.node);
    sv name = model_text(m, at->name);
    bool worker = sv_eq_c(name, "worker"), super = sv_eq_c(name, "supervisor");
    uint32_t count = model_arg_count(m, v.node);
    if ((!worker && !super) || count < 2 || count > 3) return false;
    if (at->kind == NODE_CALL_REMOTE &&
        !model_is_atom(m, model_kid(m, v.node, 0), "Supervisor.Spec"))
        return false;
    sym module = eval_atom(ev(r), eval_arg(ev(r), v, 0));
    child_draft d = draft_at(r, v);
    d.row.is_supervisor = super;
    d.args = eval_arg(ev(r), v, 1);
    d.row.start_args = d.args.node;
    d.row.start_function = model_sym(m, "start_link");
    if (module) {
        d.row.id = module;
        set_module(r, module, &d);
        d.row.registered = name_of_arguments(r->b, d.args, false);
    }
    if (count == 3) {
        thunk value;
        apply_keys(r, eval_arg(ev(r), v, 2), &d);
        if (eval_option(ev(r), eval_arg(ev(r), v, 2), "function", &value) == OPTION_FOUND)
            d.row.start_function = eval_atom(ev(r), value);
    }
    if (module) start_of_otp(r, &d, model_text(m, module));
    else r->b->m->unresolved[UNRESOLVED_CHILD]++;
    push(r, d);
    return true;
}

static void read_overridden(reader *r, thunk inner, thunk overrides)
{
    uint32_t before = r->b->drafts.count;
    read_spec(r, inner);
    for (uint32_t i = before; i < r->b->drafts.count; i++) {
        child_draft *d = &r->b->drafts.items[i];
        thunk start;
        apply_keys(r, overrides, d);
        if (eval_option(ev(r), overrides, "start", &start) == OPTION_FOUND) set_start(r, start, d);
        if (d->row.is_supervisor && !d->row.shutdown_stated) d->row.shutdown_ms = SHUTDOWN_INFINITY;
    }
}

static void read_unknown(reader *r, thunk v)
{
    r->b->m->unresolved[UNRESOLVED_CHILD]++;
    if (v.flags & EVAL_STUCK) {
        r->complete = false;
        return;
    }
    push(r, draft_at(r, v));
}

/* super(arg) within an own child_spec/1: what the used behaviour would have said. */
static bool read_super(reader *r, thunk v)
{
    const model *m = r->b->m;
    function_ix f = eval_function(ev(r), v);
    if (f == NO_IX || !eval_is_call(m, v.node, "", "super", 1) ||
        !sv_eq_c(model_text(m, m->functions.items[f].name), "child_spec"))
        return false;
    module_ix module = m->functions.items[f].module;
    child_draft d = draft_at(r, v);
    set_module(r, m->modules.items[module].name, &d);
    d.row.id = m->modules.items[module].name;
    d.row.start_function = model_sym(m, "start_link");
    d.args = eval_arg(ev(r), v, 0);
    d.row.start_args = d.args.node;
    d.arg_one = true;
    d.row.registered = name_of_arguments(r->b, d.args, true);
    apply_use(r, module, &d);
    push(r, d);
    return true;
}

static void read_call(reader *r, thunk v)
{
    model *m = r->b->m;
    const fact_node *at = model_node(m, v.node);
    if (read_spec_helper(r, v) || read_super(r, v)) return;
    if (eval_is_call(m, v.node, "Supervisor", "child_spec", 2)) {
        read_overridden(r, eval_arg(ev(r), v, 0), eval_arg(ev(r), v, 1));
        return;
    }
    if (eval_is_call(m, v.node, "Map", "put", 3) || eval_is_call(m, v.node, "Map", "merge", 2)) {
        /* The third form, Map.put(spec, key, value), is read as a map through eval_option. */
        bool merge = sv_eq_c(model_text(m, at->name), "merge");
        read_overridden(r, eval_arg(ev(r), v, 0), merge ? eval_arg(ev(r), v, 1) : v);
        return;
    }
    if (at->kind == NODE_CALL_REMOTE) {
        sym module = eval_atom(ev(r), eval_kid(ev(r), v, 0));
        sv name = model_text(m, at->name);
        if (module && sv_eq_c(name, "child_spec") && model_arg_count(m, v.node) <= 1) {
            read_module(r, v, module, eval_arg(ev(r), v, 0));
            return;
        }
        if (module && (sv_has(name, SV("child_spec")) || sv_has(name, SV("childspec")) ||
                       sv_has(name, SV("child")))) {
            child_draft d = draft_at(r, v);
            set_module(r, module, &d);
            d.row.id = eval_atom(ev(r), eval_arg(ev(r), v, 0));
            d.row.is_supervisor = true;
            push(r, d);
            return;
        }
    }
    thunk start;
    if (eval_option(ev(r), v, "start", &start) == OPTION_FOUND) read_map(r, v);
    else read_unknown(r, v);
}

static bool readable(const model *m, thunk v)
{
    uint8_t kind = model_node(m, v.node)->kind;
    return v.node && kind != NODE_VAR && kind != NODE_FIELD && kind != NODE_INDEX;
}

static void read_value(reader *r, thunk v)
{
    const model *m = r->b->m;
    const fact_node *at = model_node(m, v.node);
    switch (at->kind) {
    case NODE_ATOM:
        if (model_is_atom(m, v.node, "nil") || model_is_atom(m, v.node, "undefined") ||
            model_is_atom(m, v.node, "false"))
            return;
        read_module(r, v, model_atom_in(m, eval_module(ev(r), &v), v.node), (thunk){0, v.in, 0});
        return;
    case NODE_TUPLE: {
        if (at->kid_count >= 6) {
            read_old_tuple(r, v);
            return;
        }
        sym module = at->kid_count == 2 ? eval_likely_atom(ev(r), eval_kid(ev(r), v, 0)) : 0;
        if (module) read_module(r, v, module, eval_kid(ev(r), v, 1));
        else read_unknown(r, v);
        return;
    }
    case NODE_MAP:
    case NODE_MAP_UPDATE:
        if (at->kind == NODE_MAP_UPDATE) {
            thunk start;
            if (eval_option(ev(r), v, "start", &start) != OPTION_FOUND) {
                read_overridden(r, eval_kid(ev(r), v, 0), v);
                return;
            }
        }
        read_map(r, v);
        return;
    case NODE_LIST:
    case NODE_FOR: {
        thunks items = {0};
        eval_items(ev(r), v, &items);
        for (uint32_t i = 0; i < items.count; i++) read_spec(r, items.items[i]);
        vec_release(&items);
        return;
    }
    case NODE_CALL:
    case NODE_CALL_REMOTE:
    case NODE_CALL_FUN: read_call(r, v); return;
    default: read_unknown(r, v); return;
    }
}

static void read_spec(reader *r, thunk item)
{
    if (r->depth >= SPEC_DEPTH_MAX) {
        r->complete = false;
        return;
    }
    r->depth++;
    thunks all = {0};
    eval_values(ev(r), item, &all);
    uint32_t count = 0, known = 0, before = r->b->drafts.count;
    bool elsewhere = false;
    for (uint32_t i = 0; i < all.count; i++) count += all.items[i].node != 0;
    for (uint32_t i = 0; i < all.count; i++) known += readable(r->b->m, all.items[i]);
    for (uint32_t i = 0; i < all.count; i++) {
        /* Where one alternative is known, an unknown one is not a further child. */
        if (!all.items[i].node || (known && !readable(r->b->m, all.items[i]))) continue;
        if (count > 1) all.items[i].flags |= EVAL_CONDITIONAL;
        elsewhere |= eval_function(ev(r), all.items[i]) != eval_function(ev(r), item);
        read_value(r, all.items[i]);
    }
    /* A child that a helper function makes stands where the helper is called; what a variable
     * holds stands where it was made, unless that is in another file. */
    bool variable = model_node(r->b->m, item.node)->kind == NODE_VAR;
    uint32_t file = model_node(r->b->m, item.node)->reserved;
    for (uint32_t i = before; i < r->b->drafts.count && elsewhere; i++) {
        model_child *row = &r->b->drafts.items[i].row;
        if (row->supervisor != r->supervisor) continue;
        if (!variable || model_node(r->b->m, row->node)->reserved != file) row->node = item.node;
    }
    vec_release(&all);
    r->depth--;
}

bool spec_read(supervision *b, thunk item, supervisor_ix supervisor, bool dynamic)
{
    reader r = {.b = b, .supervisor = supervisor, .dynamic = dynamic, .complete = true};
    read_spec(&r, item);
    return r.complete;
}
