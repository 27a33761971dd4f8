#include "base/base.h"
#include "model/protocol.h"

static const pval UNKNOWN = {.kind = PV_UNKNOWN};

/* ---- tables ---- */

typedef struct {
    const char *module, *name;
    int8_t argument;
} strict_row;
static const strict_row STRICT_ROWS[] = {
#define STRICT(module, name, argument) {module, name, argument},
#include "model/strict.def"
#undef STRICT
};

/* Functions that read or change a map: positions of the map, key and value among the arguments. */
typedef enum { MAP_PUT, MAP_GET, MAP_MERGE, MAP_FORGET } map_what;
static const struct {
    const char *module, *name;
    uint8_t arity, what;
    int8_t map, key, value;
} MAP_ROWS[] = {
    {"Map", "put", 3, MAP_PUT, 0, 1, 2},          {"Map", "replace", 3, MAP_PUT, 0, 1, 2},
    {"Map", "replace!", 3, MAP_PUT, 0, 1, 2},     {"Map", "update!", 3, MAP_PUT, 0, 1, -1},
    {"Map", "update", 4, MAP_PUT, 0, 1, -1},      {"Map", "get", 2, MAP_GET, 0, 1, -1},
    {"Map", "get", 3, MAP_GET, 0, 1, -1},         {"Map", "fetch!", 2, MAP_GET, 0, 1, -1},
    {"Map", "merge", 2, MAP_MERGE, 0, -1, 1},     {"Map", "delete", 2, MAP_FORGET, 0, 1, -1},
    {"Map", "put_new", 3, MAP_FORGET, 0, 1, 2},   {"Keyword", "put", 3, MAP_PUT, 0, 1, 2},
    {"Keyword", "get", 2, MAP_GET, 0, 1, -1},     {"Keyword", "get", 3, MAP_GET, 0, 1, -1},
    {"maps", "put", 3, MAP_PUT, 2, 0, 1},         {"maps", "update", 3, MAP_PUT, 2, 0, 1},
    {"maps", "get", 2, MAP_GET, 1, 0, -1},        {"maps", "get", 3, MAP_GET, 1, 0, -1},
    {"maps", "merge", 2, MAP_MERGE, 0, -1, 1},    {"maps", "remove", 2, MAP_FORGET, 1, 0, -1},
    {"", "struct", 2, MAP_MERGE, 0, -1, 1},       {"", "struct!", 2, MAP_MERGE, 0, -1, 1},
    {"Kernel", "struct", 2, MAP_MERGE, 0, -1, 1},
};

/* Type tests that neither nil and undefined nor any other atom passes. */
static const char *const TYPE_TESTS[] = {
    "is_pid",   "is_binary",   "is_bitstring", "is_map",    "is_list",
    "is_tuple", "is_integer",  "is_float",     "is_number", "is_reference",
    "is_port",  "is_function", "is_record",    "is_struct", "is_map_key",
};

sv call_module_text(const px *x, node_ix call)
{
    const fact_node *at = model_node(x->m, call);
    if (at->kind != NODE_CALL_REMOTE) return SV("");
    const fact_node *module = model_node(x->m, model_strip(x->m, model_kid(x->m, call, 0)));
    return module->kind == NODE_ATOM ? model_text(x->m, module->name) : SV("");
}

static int strict_argument(sv module, sv name)
{
    for (size_t i = 0; i < ARRAY_LEN(STRICT_ROWS); i++) {
        const strict_row *row = &STRICT_ROWS[i];
        if (!sv_eq_c(module, row->module)) continue;
        if (row->name[0] == '*' || sv_eq_c(name, row->name)) return row->argument;
    }
    return -1;
}

static bool carries_state(const pval *v, uint32_t depth)
{
    if (v->kind == PV_FIELD || v->kind == PV_STATE) return true;
    for (uint32_t i = 0; i < v->kid_count && depth < 3; i++)
        if (carries_state(&v->kids[i], depth + 1)) return true;
    return false;
}

static sym literal_key(const px *x, node_ix call, int argument)
{
    if (argument < 0) return 0;
    node_ix node = model_strip(x->m, model_arg(x->m, call, (uint32_t)argument));
    const fact_node *at = model_node(x->m, node);
    return at->kind == NODE_ATOM ? at->name : 0;
}

/* ---- changes of maps ---- */

static pval merge(px *x, pval base, pval from, node_ix call, uint32_t argument)
{
    if (base.kind != PV_STATE) return base;
    if (from.kind == PV_STATE && from.fresh) {
        /* oldest first, so that the newest stays on top */
        const pfield *list[256];
        uint32_t count = 0;
        for (const pfield *f = from.fields; f && count < ARRAY_LEN(list); f = f->next)
            list[count++] = f;
        while (count-- > 0)
            base = pv_with(x, base, list[count]->name, list[count]->value, list[count]->node);
        base.open |= from.open;
        return base;
    }
    node_ix list = model_strip(x->m, model_arg(x->m, call, argument));
    const fact_node *at = model_node(x->m, list);
    bool known = at->kind == NODE_LIST;
    for (uint32_t i = 0; known && i < at->kid_count; i++) {
        node_ix pair = model_kid(x->m, list, i);
        const fact_node *p = model_node(x->m, pair);
        const fact_node *key = model_node(x->m, model_kid(x->m, pair, 0));
        if (p->kind != NODE_TUPLE || key->kind != NODE_ATOM) known = false;
        else base = pv_with(x, base, key->name, UNKNOWN, pair);
    }
    if (known) return base;
    base.open = true;
    base.fields = NULL;
    return base;
}

static bool map_function(px *x, node_ix call, sv module, sv name, const pval *args, uint32_t count,
                         ppath *path, presults *out)
{
    for (size_t i = 0; i < ARRAY_LEN(MAP_ROWS); i++) {
        __typeof__(&MAP_ROWS[0]) row = &MAP_ROWS[i];
        if (row->arity != count || !sv_eq_c(name, row->name) || !sv_eq_c(module, row->module))
            continue;
        pval map = args[row->map];
        if (map.kind == PV_ATOM && row->what == MAP_MERGE) map = pv_fresh(x, map.name, false);
        if (map.kind != PV_STATE) return false;
        sym key = literal_key(x, call, row->key);
        pval value = row->value >= 0 ? args[row->value] : UNKNOWN;
        switch ((map_what)row->what) {
        case MAP_GET: px_result(x, out, *path, key ? pv_field(x, map, key) : UNKNOWN); break;
        case MAP_PUT:
            if (key) map = pv_with(x, map, key, value, call);
            else map.open = true;
            px_result(x, out, *path, map);
            break;
        case MAP_MERGE:
            px_result(x, out, *path, merge(x, map, value, call, (uint32_t)row->value));
            break;
        case MAP_FORGET:
            if (key) map = pv_with(x, map, key, UNKNOWN, call);
            else map.open = true;
            px_result(x, out, *path, map);
            break;
        }
        return true;
    }
    return false;
}

/* put_in(state.conn, v), put_in(state[:conn], v), put_in(state, [:conn], v), update_in the same. */
static bool put_in(px *x, node_ix call, ppath path, presults *out)
{
    const fact_node *at = model_node(x->m, call);
    sv name = model_text(x->m, at->name);
    bool put = sv_eq_c(name, "put_in");
    if (at->kind != NODE_CALL || (!put && !sv_eq_c(name, "update_in"))) return false;
    uint32_t count = model_arg_count(x->m, call);
    node_ix target = model_arg(x->m, call, 0), base_node = target;
    sym key = 0;
    bool deep = false;
    if (count == 3) {
        node_ix keys = model_strip(x->m, model_arg(x->m, call, 1));
        const fact_node *first = model_node(x->m, model_kid(x->m, keys, 0));
        key = first->kind == NODE_ATOM ? first->name : 0;
        deep = model_kid_count(x->m, keys) > 1;
    } else if (count == 2) {
        uint32_t guard = 0;
        for (; guard < 32; guard++) {
            const fact_node *t = model_node(x->m, base_node);
            if (t->kind != NODE_FIELD && t->kind != NODE_INDEX) break;
            const fact_node *index = model_node(x->m, model_kid(x->m, base_node, 1));
            key = t->kind == NODE_FIELD ? t->name : index->kind == NODE_ATOM ? index->name : 0;
            base_node = model_kid(x->m, base_node, 0);
        }
        deep = guard > 1;
    } else return false;
    presults bases = {0};
    px_eval(x, base_node, path, &bases);
    for (uint32_t i = 0; i < bases.count; i++) {
        if (bases.items[i].path.ended) {
            px_result(x, out, bases.items[i].path, UNKNOWN);
            continue;
        }
        presults values = {0};
        px_eval(x, model_arg(x->m, call, count - 1), bases.items[i].path, &values);
        for (uint32_t k = 0; k < values.count; k++) {
            pval base = bases.items[i].value;
            if (base.kind == PV_STATE && key)
                base = pv_with(x, base, key,
                               deep  ? pv_make(PV_SET, 0)
                               : put ? values.items[k].value
                                     : UNKNOWN,
                               call);
            px_result(x, out, values.items[k].path, values.items[k].path.ended ? UNKNOWN : base);
        }
    }
    return true;
}

/* ---- tests ---- */

static bool type_test(px *x, node_ix call, sv name, const pval *args, uint32_t count, ppath path,
                      presults *out)
{
    const struct model_index *index = x->m->index;
    if (count == 0) return false;
    pfork f = {0};
    bool found = sv_eq_c(name, "is_nil") && count == 1;
    if (found) f = px_split(x, path, args[0], COND_UNSET, 0, call);
    for (size_t i = 0; !found && i < ARRAY_LEN(TYPE_TESTS); i++) {
        if (!sv_eq_c(name, TYPE_TESTS[i])) continue;
        found = true;
        f = px_split(x, path, args[0], COND_SET, 0, call);
        if (args[0].kind == PV_SET || args[0].kind == PV_FIELD) {
            f.has_no = true; /* another kind of term */
            if (args[0].kind == PV_SET) f.no = path;
        }
    }
    if (!found) return false;
    if (f.has_yes) px_result(x, out, f.yes, pv_make(PV_ATOM, index->s_true));
    if (f.has_no) px_result(x, out, f.no, pv_make(PV_ATOM, index->s_false));
    return true;
}

/* ---- following functions ---- */

void px_run_function(px *x, function_ix function, const pval *args, uint32_t count, ppath path,
                     node_ix call, presults *out)
{
    const model_function *fn = &x->m->functions.items[function];
    const pbind *outer = path.env;
    function_ix caller = x->function;
    module_ix caller_module = x->module;
    bool caller_erlang = x->erlang, alive = true;
    x->stack[x->depth++] = function;
    x->function = function;
    x->module = fn->module;
    x->erlang = x->m->files.items[fn->file].lang == LANG_ERLANG;
    ppath at = path;
    at.env = NULL;
    presults inner = {0};
    pval *values = ARENA_ARRAY(x->memory, pval, fn->arity ? fn->arity : 1);
    for (uint32_t i = 0; i < count && i < fn->arity; i++) values[i] = args[i];
    phead *heads = ARENA_ARRAY(x->memory, phead, fn->clause_count ? fn->clause_count : 1);
    uint32_t head_count = 0;
    for (uint32_t i = 0; i < fn->clause_count && alive; i++) {
        const model_clause *clause = &x->m->clauses.items[fn->clause_first + i];
        if (!clause->body) continue;
        const node_ix *patterns = &x->m->kids.items[clause->param_first];
        heads[head_count++] = (phead){patterns, clause->guard};
        pfork f = px_head(x, at, patterns, values, fn->arity, clause->guard);
        if (f.has_yes) px_eval(x, clause->body, f.yes, &inner);
        alive = f.has_no;
        at = f.no;
    }
    ppath start = path;
    start.env = NULL;
    if (alive && head_count)
        crash_if_unmatched(x, start, heads, head_count, values, fn->arity, call, &inner);
    x->depth--;
    x->function = caller;
    x->module = caller_module;
    x->erlang = caller_erlang;
    for (uint32_t i = 0; i < inner.count; i++) {
        ppath p = inner.items[i].path;
        p.env = outer;
        px_result(x, out, p, inner.items[i].value);
    }
}

/* Is it worth following this call, and possible? */
static bool may_follow(const px *x, function_ix target, const pval *args, uint32_t count)
{
    if (target == NO_IX || x->depth >= HELPER_DEPTH_MAX) return false;
    const model_function *fn = &x->m->functions.items[target];
    if (fn->kind != FUNCTION_PUBLIC && fn->kind != FUNCTION_PRIVATE) return false;
    if (fn->clause_count > 60) return false;
    for (uint32_t i = 0; i < x->depth; i++)
        if (x->stack[i] == target) return false;
    if (fn->default_count && count < fn->arity) return false;
    for (uint32_t i = 0; i < count; i++)
        if (carries_state(&args[i], 0)) return true;
    return x->track_all && fn->module == x->module;
}

/* GenServer.start_link(__MODULE__, arg, _), gen_server:start_link(_, ?MODULE, Arg, _), and what
 * other libraries make of it (Registration.start_link(name, __MODULE__, arg, ..)): keeps the
 * argument of init, which stands behind the module. */
static void capture_start(px *x, node_ix call, sv name, const pval *args, uint32_t count,
                          ppath path)
{
    if (!sv_starts(name, SV("start"))) return;
    sym own = x->m->modules.items[x->module].name;
    for (uint32_t i = 0; i + 1 < count && i < 4; i++) {
        const fact_node *at = model_node(x->m, model_strip(x->m, model_arg(x->m, call, i)));
        if (at->kind != NODE_ATOM || at->name != own) continue;
        if (x->starts.count < 8) vec_push(&x->starts, (presult){path, args[i + 1]});
        return;
    }
}

static bool is_reply(sv module, sv name)
{
    return sv_eq_c(name, "reply") &&
           (sv_eq_c(module, "GenServer") || sv_eq_c(module, "gen_server") ||
            sv_eq_c(module, "gen_statem") || sv_eq_c(module, "gen_fsm"));
}

static bool is_error(const px *x, const pval *v)
{
    if (v->kind == PV_TUPLE && v->kid_count) v = &v->kids[0];
    return v->kind == PV_ATOM && v->name == x->m->index->s_error;
}

static bool does_not_return(sv module, sv name, uint32_t count)
{
    static const char *const names[] = {"raise", "reraise", "throw", "error"};
    bool base = sv_eq_c(module, "") || sv_eq_c(module, "erlang") || sv_eq_c(module, "Kernel");
    if (!base) return false;
    if (sv_eq_c(name, "exit")) return count == 1;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (sv_eq_c(name, names[i])) return count > 0;
    return false;
}

/* Writing a value down does not need it. */
static bool only_tells(sv module)
{
    static const char *const modules[] = {"Logger",    "logger", "lager", "error_logger",
                                          "io",        "io_lib", "IO",    "couch_log",
                                          "telemetry", "Inspect"};
    for (size_t i = 0; i < ARRAY_LEN(modules); i++)
        if (sv_eq_c(module, modules[i])) return true;
    return false;
}

/* A call with evaluated arguments. */
static void call_row(px *x, node_ix call, ppath path, const pval *args, uint32_t count,
                     presults *out)
{
    const fact_node *at = model_node(x->m, call);
    bool named = at->kind == NODE_CALL || at->kind == NODE_CALL_REMOTE;
    sv module = call_module_text(x, call), name = named ? model_text(x->m, at->name) : SV("");
    function_ix target = named ? model_call_target(x->m, x->function, call) : NO_IX;
    if (x->capture) capture_start(x, call, name, args, count, path);
    if (may_follow(x, target, args, count)) {
        px_run_function(x, target, args, count, path, call, out);
        return;
    }
    if (named && target == NO_IX) {
        if (map_function(x, call, module, name, args, count, &path, out)) return;
        if (type_test(x, call, name, args, count, path, out)) return;
        if (does_not_return(module, name, count)) {
            path.ended = true;
            px_result(x, out, path, UNKNOWN);
            return;
        }
        if (is_reply(module, name) && count == 2)
            path.reply = is_error(x, &args[1]) ? REPLY_REFUSED : REPLY_PLAIN;
        int strict = -1;
        for (uint32_t i = 0; i < count && strict < 0; i++)
            if (args[i].kind == PV_FIELD) strict = strict_argument(module, name);
        if (strict >= 0 && (uint32_t)strict < count &&
            !px_needed(x, args[strict], call, &path, out))
            return;
    }
    for (uint32_t i = 0; i < count && !only_tells(module); i++) px_used(x, args[i], call, &path);
    px_result(x, out, path, UNKNOWN);
}

void px_call(px *x, node_ix node, ppath path, presults *out)
{
    if (put_in(x, node, path, out)) return;
    const fact_node *at = model_node(x->m, node);
    uint32_t count = at->kid_count;
    uint32_t first = count - model_arg_count(x->m, node);
    /* All kids are evaluated: a computed module or fun may be a field too. */
    presults now = {0};
    px_result(x, &now, path, pv_tuple(x, NULL, 0));
    for (uint32_t i = 0; i < count; i++) {
        presults next = {0};
        for (uint32_t k = 0; k < now.count; k++) {
            presults one = {0};
            px_eval(x, model_kid(x->m, node, i), now.items[k].path, &one);
            for (uint32_t j = 0; j < one.count; j++) {
                presult r = one.items[j];
                if (r.path.ended) {
                    px_result(x, out, r.path, UNKNOWN);
                    continue;
                }
                if (i < first) {
                    if (r.value.kind != PV_ATOM && !px_needed(x, r.value, node, &r.path, out))
                        continue;
                    px_result(x, &next, r.path, now.items[k].value);
                    continue;
                }
                pval *all = ARENA_ARRAY(x->memory, pval, i - first + 1);
                if (i > first) memcpy(all, now.items[k].value.kids, (i - first) * sizeof(pval));
                all[i - first] = r.value;
                px_result(x, &next, r.path,
                          (pval){.kind = PV_TUPLE, .kids = all, .kid_count = i - first + 1});
            }
        }
        now = next;
    }
    for (uint32_t k = 0; k < now.count; k++)
        call_row(x, node, now.items[k].path, now.items[k].value.kids, now.items[k].value.kid_count,
                 out);
}
