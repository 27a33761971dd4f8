#include "base/base.h"
#include "model/protocol.h"

static const pval UNKNOWN = {.kind = PV_UNKNOWN};

void px_used(px *x, pval value, node_ix node, const ppath *path)
{
    if (value.kind == PV_FIELD) {
        bool unset = path_allows(path, value.name, FV_UNSET, 0) &&
                     conds_hold_initially(x->owner, path->conds, value.name);
        px_use(x, USE_READ, value.name, unset ? FV_UNKNOWN : FV_SET, 0, node);
    }
    for (uint32_t i = 0; value.kind == PV_TUPLE && i < value.kid_count; i++)
        px_used(x, value.kids[i], node, path);
}

/* Ends the path at `node`: the field has a value that does not fit there. */
static void crash(px *x, ppath path, sym field, node_ix node, presults *out)
{
    path.ended = true;
    path.crash_field = field;
    path.crash_atom = 0;
    path.crash_node = node;
    px_result(x, out, path, UNKNOWN);
}

bool px_needed(px *x, pval value, node_ix node, ppath *path, presults *out)
{
    px_used(x, value, node, path);
    if (value.kind != PV_FIELD) return true;
    ppath unset = *path;
    if (path_learn(x, &unset, value.name, COND_UNSET, true, 0, node))
        crash(x, unset, value.name, node, out);
    return path_learn(x, path, value.name, COND_UNSET, false, 0, node);
}

/* ---- sequences ---- */

typedef struct {
    ppath path;
    pval *values;
} prow;

/* Evaluates nodes one after the other. Rows whose path ended go to `out`. */
static prow *eval_all(px *x, const node_ix *nodes, uint32_t count, ppath path, presults *out,
                      uint32_t *row_count)
{
    prow *rows = ARENA_ARRAY(x->memory, prow, 1);
    rows[0] = (prow){path, ARENA_ARRAY(x->memory, pval, count ? count : 1)};
    uint32_t n = 1;
    for (uint32_t i = 0; i < count; i++) {
        prow *next = NULL;
        uint32_t next_count = 0;
        for (uint32_t r = 0; r < n; r++) {
            presults got = {0};
            px_eval(x, nodes[i], rows[r].path, &got);
            if (!next)
                next = n == 1 ? ARENA_ARRAY(x->memory, prow, MAX(got.count, 1u))
                              : ARENA_ARRAY(x->memory, prow, PATHS_MAX);
            for (uint32_t k = 0; k < got.count; k++) {
                if (got.items[k].path.ended) {
                    px_result(x, out, got.items[k].path, UNKNOWN);
                    continue;
                }
                if (next_count == PATHS_MAX) break;
                prow *row = &next[next_count++];
                row->path = got.items[k].path;
                row->values = rows[r].values;
                if (got.count > 1) {
                    row->values = ARENA_ARRAY(x->memory, pval, count);
                    memcpy(row->values, rows[r].values, i * sizeof(pval));
                }
                row->values[i] = got.items[k].value;
            }
        }
        rows = next;
        n = next_count;
        if (n == 0) break;
    }
    *row_count = n;
    return rows;
}

static const node_ix *kids_of(const px *x, node_ix node)
{
    return &x->m->kids.items[model_node(x->m, node)->kid_first];
}

static void eval_block(px *x, node_ix node, ppath path, presults *out)
{
    uint32_t count = model_kid_count(x->m, node);
    presults now = {0};
    px_result(x, &now, path, UNKNOWN);
    for (uint32_t i = 0; i < count; i++) {
        presults next = {0};
        for (uint32_t k = 0; k < now.count; k++) {
            presults one = {0};
            px_eval(x, model_kid(x->m, node, i), now.items[k].path, &one);
            for (uint32_t j = 0; j < one.count; j++) {
                presult r = one.items[j];
                if (r.path.ended) px_result(x, out, r.path, UNKNOWN);
                else px_result(x, &next, r.path, i + 1 == count ? r.value : UNKNOWN);
            }
        }
        now = next;
    }
    for (uint32_t k = 0; k < now.count; k++)
        px_result(x, out, now.items[k].path, now.items[k].value);
}

/* ---- terms ---- */

/* Tuples keep their parts; lists and the rest are some term. */
static void eval_term(px *x, node_ix node, ppath path, presults *out)
{
    uint32_t n = 0, count = model_kid_count(x->m, node);
    prow *rows = eval_all(x, kids_of(x, node), count, path, out, &n);
    bool tuple = model_node(x->m, node)->kind == NODE_TUPLE;
    for (uint32_t r = 0; r < n; r++) {
        pval made = pv_tuple(x, rows[r].values, count);
        if (!tuple) made.kind = PV_SET;
        px_result(x, out, rows[r].path, made);
    }
}

/* Maps, structs, records and their updates: `first` kids before the pairs. */
static void eval_fields(px *x, node_ix node, ppath path, presults *out)
{
    const fact_node *at = model_node(x->m, node);
    bool update = at->kind == NODE_MAP_UPDATE || at->kind == NODE_STRUCT_UPDATE ||
                  at->kind == NODE_RECORD_UPDATE;
    bool record = at->kind == NODE_RECORD;
    uint32_t n = 0;
    prow *rows = eval_all(x, kids_of(x, node), at->kid_count, path, out, &n);
    for (uint32_t r = 0; r < n; r++) {
        ppath p = rows[r].path;
        pval base;
        if (update) {
            base = rows[r].values[0];
            if (!px_needed(x, base, node, &p, out)) continue;
        } else if (at->kind == NODE_MAP) base = (pval){.kind = PV_STATE, .fresh = true};
        else base = pv_fresh(x, at->name, record);
        for (uint32_t i = update; i + 1 < at->kid_count; i += 2) {
            const fact_node *key = model_node(x->m, model_strip(x->m, model_kid(x->m, node, i)));
            node_ix written = model_kid(x->m, node, i + 1);
            if (key->kind == NODE_ATOM)
                base = pv_with(x, base, key->name, rows[r].values[i + 1], written);
            else if (base.kind == PV_STATE) base.open = true;
        }
        px_result(x, out, p, base);
    }
}

static void eval_field(px *x, node_ix node, ppath path, presults *out)
{
    const fact_node *at = model_node(x->m, node);
    presults bases = {0};
    px_eval(x, model_kid(x->m, node, 0), path, &bases);
    for (uint32_t i = 0; i < bases.count; i++) {
        ppath p = bases.items[i].path;
        pval base = bases.items[i].value;
        if (p.ended) {
            px_result(x, out, p, UNKNOWN);
            continue;
        }
        sym name = at->name;
        if (at->kind == NODE_INDEX) {
            const fact_node *key = model_node(x->m, model_strip(x->m, model_kid(x->m, node, 1)));
            name = key->kind == NODE_ATOM ? key->name : 0;
            px_used(x, base, node, &p); /* nil[:key] is nil */
        } else if (!px_needed(x, base, node, &p, out)) continue;
        px_result(x, out, p, name ? pv_field(x, base, name) : UNKNOWN);
    }
}

/* ---- control ---- */

/* Elixir variables bound inside do not leak. */
static void add_scoped(px *x, presults *out, const presults *inner, const pbind *env)
{
    for (uint32_t i = 0; i < inner->count; i++) {
        ppath p = inner->items[i].path;
        if (!x->erlang) p.env = env;
        px_result(x, out, p, inner->items[i].value);
    }
}

static void eval_if(px *x, node_ix node, ppath path, presults *out)
{
    presults tests = {0}, inner = {0};
    px_eval(x, model_kid(x->m, node, 0), path, &tests);
    node_ix otherwise = model_kid(x->m, node, 2);
    for (uint32_t i = 0; i < tests.count; i++) {
        presult *t = &tests.items[i];
        if (t->path.ended) {
            px_result(x, out, t->path, UNKNOWN);
            continue;
        }
        pfork f = px_truth(x, t->path, t->value, node);
        if (f.has_yes) px_eval(x, model_kid(x->m, node, 1), f.yes, &inner);
        if (f.has_no && otherwise) px_eval(x, otherwise, f.no, &inner);
        else if (f.has_no) px_result(x, &inner, f.no, pv_make(PV_UNSET, x->m->index->s_nil));
    }
    add_scoped(x, out, &inner, path.env);
}

/* Arms from kid `first` on, tried in order on a value. Returns false when some arm surely takes. */
static bool eval_arms(px *x, node_ix node, uint32_t first, arm_kind kind, ppath path, pval value,
                      presults *out)
{
    ppath at = path;
    bool alive = true;
    uint32_t count = model_kid_count(x->m, node), head_count = 0;
    phead *heads = ARENA_ARRAY(x->memory, phead, count ? count : 1);
    for (uint32_t i = first; i < count; i++) {
        node_ix arm = model_kid(x->m, node, i);
        const fact_node *a = model_node(x->m, arm);
        if (a->kind != NODE_ARM || (a->flags & NODE_FLAG_ARM) != kind) continue;
        const node_ix *patterns = kids_of(x, arm) + 2;
        node_ix guard = model_kid(x->m, arm, 0);
        if (a->kid_count < 3) continue;
        heads[head_count++] = (phead){patterns, guard};
        if (!alive) break;
        pfork f = px_head(x, at, patterns, &value, 1, guard);
        if (f.has_yes) px_eval(x, model_kid(x->m, arm, 1), f.yes, out);
        if (!f.has_no) {
            alive = false;
            break;
        }
        at = f.no;
    }
    if (alive && head_count) crash_if_unmatched(x, path, heads, head_count, &value, 1, node, out);
    return alive;
}

static void eval_case(px *x, node_ix node, ppath path, presults *out)
{
    presults subjects = {0}, inner = {0};
    px_eval(x, model_kid(x->m, node, 0), path, &subjects);
    for (uint32_t i = 0; i < subjects.count; i++) {
        presult *s = &subjects.items[i];
        if (s->path.ended) px_result(x, out, s->path, UNKNOWN);
        else eval_arms(x, node, 1, ARM_CASE, s->path, s->value, &inner);
    }
    add_scoped(x, out, &inner, path.env);
}

static void eval_cond(px *x, node_ix node, ppath path, presults *out)
{
    presults inner = {0};
    ppath at = path;
    for (uint32_t i = 0; i < model_kid_count(x->m, node); i++) {
        node_ix arm = model_kid(x->m, node, i);
        pfork f = px_head(x, at, NULL, NULL, 0, model_kid(x->m, arm, 0));
        if (f.has_yes) px_eval(x, model_kid(x->m, arm, 1), f.yes, &inner);
        if (!f.has_no) break;
        at = f.no;
    }
    add_scoped(x, out, &inner, path.env);
}

/* Evaluates a value and matches it; the ways on go to `yes`, the failed to `no` (may be NULL). */
static void eval_match(px *x, node_ix node, node_ix pattern, node_ix guard, node_ix source,
                       ppath path, presults *yes, presults *no, presults *out)
{
    presults values = {0};
    px_eval(x, source, path, &values);
    for (uint32_t i = 0; i < values.count; i++) {
        presult *v = &values.items[i];
        if (v->path.ended) {
            px_result(x, out, v->path, UNKNOWN);
            continue;
        }
        pfork f = px_head(x, v->path, &pattern, &v->value, 1, guard);
        if (f.has_yes) px_result(x, yes, f.yes, v->value);
        if (f.has_no && no) px_result(x, no, f.no, v->value);
        if (f.has_no && !no) {
            phead head = {&pattern, guard};
            crash_if_unmatched(x, v->path, &head, 1, &v->value, 1, node, out);
        }
    }
}

static void eval_with(px *x, node_ix node, ppath path, presults *out)
{
    presults now = {0}, inner = {0}, failed = {0};
    bool has_else = false;
    px_result(x, &now, path, UNKNOWN);
    for (uint32_t i = 0; i < model_kid_count(x->m, node); i++) {
        node_ix kid = model_kid(x->m, node, i);
        const fact_node *k = model_node(x->m, kid);
        presults next = {0};
        if (k->kind == NODE_ARM) {
            has_else = true;
            continue;
        }
        for (uint32_t r = 0; r < now.count; r++) {
            if (k->kind == NODE_WITH_STEP)
                eval_match(x, kid, model_kid(x->m, kid, 0), model_kid(x->m, kid, 1),
                           model_kid(x->m, kid, 2), now.items[r].path, &next, &failed, out);
            else if (k->kind == NODE_DO)
                px_eval(x, model_kid(x->m, kid, 0), now.items[r].path, &inner);
            else px_eval(x, kid, now.items[r].path, &next);
        }
        now = next;
    }
    for (uint32_t r = 0; r < failed.count; r++) {
        ppath p = failed.items[r].path;
        p.env = path.env;
        if (has_else) eval_arms(x, node, 0, ARM_CASE, p, failed.items[r].value, &inner);
        else px_result(x, &inner, p, failed.items[r].value);
    }
    add_scoped(x, out, &inner, path.env);
}

static void eval_receive(px *x, node_ix node, ppath path, presults *out)
{
    presults inner = {0};
    for (uint32_t i = 0; i < model_kid_count(x->m, node); i++) {
        node_ix arm = model_kid(x->m, node, i);
        const fact_node *a = model_node(x->m, arm);
        if (a->kind != NODE_ARM) continue;
        ppath p = path;
        if ((a->flags & NODE_FLAG_ARM) == ARM_CASE && a->kid_count > 2) {
            pfork f = px_head(x, path, kids_of(x, arm) + 2, &UNKNOWN, 1, model_kid(x->m, arm, 0));
            if (!f.has_yes) continue;
            p = f.yes;
        }
        px_eval(x, model_kid(x->m, arm, 1), p, &inner);
    }
    add_scoped(x, out, &inner, path.env);
}

static void eval_try(px *x, node_ix node, ppath path, presults *out)
{
    presults body = {0}, inner = {0};
    bool catches = false, else_arms = false;
    for (uint32_t i = 1; i < model_kid_count(x->m, node); i++) {
        const fact_node *a = model_node(x->m, model_kid(x->m, node, i));
        arm_kind kind = (arm_kind)(a->flags & NODE_FLAG_ARM);
        catches |= a->kind == NODE_ARM && (kind == ARM_RESCUE || kind == ARM_CATCH);
        else_arms |= a->kind == NODE_ARM && kind == ARM_ELSE;
    }
    px_eval(x, model_kid(x->m, node, 0), path, &body);
    for (uint32_t i = 0; i < body.count; i++) {
        presult *b = &body.items[i];
        if (b->path.ended && catches) continue;
        if (b->path.ended || !else_arms) px_result(x, &inner, b->path, b->value);
        else eval_arms(x, node, 1, ARM_ELSE, b->path, b->value, &inner);
    }
    for (uint32_t i = 1; catches && i < model_kid_count(x->m, node); i++) {
        node_ix arm = model_kid(x->m, node, i);
        const fact_node *a = model_node(x->m, arm);
        arm_kind kind = (arm_kind)(a->flags & NODE_FLAG_ARM);
        if (a->kind != NODE_ARM || (kind != ARM_RESCUE && kind != ARM_CATCH)) continue;
        ppath p = path;
        for (uint32_t k = 2; k < a->kid_count; k++) {
            pfork f = px_match(x, p, model_kid(x->m, arm, k), UNKNOWN);
            if (f.has_yes) p = f.yes;
        }
        px_eval(x, model_kid(x->m, arm, 1), p, &inner);
    }
    add_scoped(x, out, &inner, path.env);
}

/* ---- tests ---- */

static bool is_name(const px *x, node_ix node, const char *name)
{
    return sv_eq_c(model_text(x->m, model_node(x->m, node)->name), name);
}

static void add_fork(px *x, presults *out, pfork f, bool negated)
{
    const struct model_index *index = x->m->index;
    if (f.has_yes)
        px_result(x, out, f.yes, pv_make(PV_ATOM, negated ? index->s_false : index->s_true));
    if (f.has_no)
        px_result(x, out, f.no, pv_make(PV_ATOM, negated ? index->s_true : index->s_false));
}

static void eval_and_or(px *x, node_ix node, bool is_or, ppath path, presults *out)
{
    presults left = {0};
    px_eval(x, model_kid(x->m, node, 0), path, &left);
    for (uint32_t i = 0; i < left.count; i++) {
        presult *l = &left.items[i];
        if (l->path.ended) {
            px_result(x, out, l->path, UNKNOWN);
            continue;
        }
        pfork f = px_truth(x, l->path, l->value, node);
        if (is_or ? f.has_no : f.has_yes)
            px_eval(x, model_kid(x->m, node, 1), is_or ? f.no : f.yes, out);
        if (is_or && f.has_yes)
            px_result(x, out, f.yes,
                      l->value.kind == PV_UNKNOWN ? pv_make(PV_ATOM, x->m->index->s_true)
                                                  : l->value);
        if (!is_or && f.has_no) px_result(x, out, f.no, pv_make(PV_ATOM, x->m->index->s_false));
    }
}

/* Comparison of two values; either may be the literal. */
static void compare(px *x, node_ix node, prow *row, bool negated, presults *out)
{
    pval a = row->values[0], b = row->values[1];
    if (a.kind == PV_ATOM || a.kind == PV_UNSET) {
        pval swap = a;
        a = b;
        b = swap;
    }
    pfork f = {true, true, row->path, row->path};
    if (b.kind == PV_UNSET) f = px_split(x, row->path, a, COND_UNSET, 0, node);
    else if (b.kind == PV_ATOM) f = px_split(x, row->path, a, COND_ATOM, b.name, node);
    else if (b.kind == PV_SET && a.kind == PV_FIELD) {
        /* equal to a term: it is set; unequal says nothing */
        f.has_yes = path_learn(x, &f.yes, a.name, COND_SET, true, 0, node);
    }
    add_fork(x, out, f, negated);
}

/* x in [a, b]: set membership of a field among literal atoms. */
static void eval_in(px *x, node_ix node, ppath path, presults *out)
{
    node_ix list = model_strip(x->m, model_kid(x->m, node, 1));
    presults left = {0};
    px_eval(x, model_kid(x->m, node, 0), path, &left);
    for (uint32_t i = 0; i < left.count; i++) {
        presult *l = &left.items[i];
        if (l->path.ended || model_node(x->m, list)->kind != NODE_LIST) {
            px_result(x, out, l->path, UNKNOWN);
            continue;
        }
        ppath rest = l->path;
        bool alive = true;
        for (uint32_t k = 0; k < model_kid_count(x->m, list) && alive; k++) {
            pfork f = px_match(x, rest, model_kid(x->m, list, k), l->value);
            if (f.has_yes) px_result(x, out, f.yes, pv_make(PV_ATOM, x->m->index->s_true));
            alive = f.has_no;
            rest = f.no;
        }
        if (alive) px_result(x, out, rest, pv_make(PV_ATOM, x->m->index->s_false));
    }
}

static void eval_op(px *x, node_ix node, ppath path, presults *out)
{
    static const char *const strict[] = {"+",  "-",  "*",   "/",   "div", "rem", "<>",
                                         "++", "--", "&&&", "|||", "<<<", ">>>"};
    uint32_t count = model_kid_count(x->m, node);
    if (count == 2 && (is_name(x, node, "and") || is_name(x, node, "or"))) {
        eval_and_or(x, node, is_name(x, node, "or"), path, out);
        return;
    }
    if (count == 2 && is_name(x, node, "in")) {
        eval_in(x, node, path, out);
        return;
    }
    uint32_t n = 0;
    prow *rows = eval_all(x, kids_of(x, node), count, path, out, &n);
    bool equal = is_name(x, node, "==") || is_name(x, node, "===");
    bool unequal = is_name(x, node, "!=") || is_name(x, node, "!==");
    bool is_strict = false;
    for (uint32_t i = 0; i < ARRAY_LEN(strict); i++) is_strict |= is_name(x, node, strict[i]);
    for (uint32_t r = 0; r < n; r++) {
        prow *row = &rows[r];
        if (count == 2 && (equal || unequal)) {
            compare(x, node, row, unequal, out);
        } else if (count == 1 && is_name(x, node, "not")) {
            add_fork(x, out, px_truth(x, row->path, row->values[0], node), true);
        } else {
            bool fits = true;
            for (uint32_t i = 0; i < count && fits; i++) {
                if (is_strict) fits = px_needed(x, row->values[i], node, &row->path, out);
                else px_used(x, row->values[i], node, &row->path);
            }
            if (fits) px_result(x, out, row->path, is_strict ? pv_make(PV_SET, 0) : UNKNOWN);
        }
    }
}

/* ---- everything ---- */

/* A fun: its body is looked through for what it does with the fields, its paths are dropped. */
static void eval_fn(px *x, node_ix node, ppath path, presults *out)
{
    for (uint32_t i = 0; i < model_kid_count(x->m, node); i++) {
        node_ix arm = model_kid(x->m, node, i);
        const fact_node *a = model_node(x->m, arm);
        if (a->kind != NODE_ARM || a->kid_count < 2) continue;
        uint32_t params = a->kid_count - 2;
        pval *unknown = ARENA_ARRAY(x->memory, pval, params ? params : 1);
        pfork f = px_head(x, path, kids_of(x, arm) + 2, unknown, params, model_kid(x->m, arm, 0));
        presults dropped = {0};
        if (f.has_yes) px_eval(x, model_kid(x->m, arm, 1), f.yes, &dropped);
    }
    px_result(x, out, path, pv_make(PV_SET, 0));
}

static void eval_for(px *x, node_ix node, ppath path, presults *out)
{
    presults now = {0}, ended = {0};
    px_result(x, &now, path, UNKNOWN);
    for (uint32_t i = 0; i < model_kid_count(x->m, node) && now.count; i++) {
        node_ix kid = model_kid(x->m, node, i);
        const fact_node *k = model_node(x->m, kid);
        presults next = {0};
        for (uint32_t r = 0; r < now.count; r++) {
            if (k->kind == NODE_GENERATOR)
                eval_match(x, kid, model_kid(x->m, kid, 0), 0, model_kid(x->m, kid, 1),
                           now.items[r].path, &next, &ended, out);
            else
                px_eval(x, k->kind == NODE_DO ? model_kid(x->m, kid, 0) : kid, now.items[r].path,
                        &next);
        }
        now = next;
    }
    px_result(x, out, path, pv_make(PV_SET, 0));
}

void px_eval(px *x, node_ix node, ppath path, presults *out)
{
    if (!node || x->nesting > NESTING_MAX || x->steps >= STEPS_MAX) {
        px_result(x, out, path, UNKNOWN);
        return;
    }
    x->steps++;
    x->nesting++;
    node_ix bare = model_strip(x->m, node);
    if (bare) node = bare;
    const fact_node *at = model_node(x->m, node);
    switch ((node_kind)at->kind) {
    case NODE_ATOM: px_result(x, out, path, pv_of_atom(x, at->name)); break;
    case NODE_INT:
    case NODE_FLOAT:
    case NODE_STRING: px_result(x, out, path, pv_make(PV_SET, 0)); break;
    case NODE_VAR: {
        const pval *bound = path_lookup(&path, at->name);
        px_result(x, out, path, bound ? *bound : UNKNOWN);
        break;
    }
    case NODE_TUPLE:
    case NODE_LIST:
    case NODE_BINARY:
    case NODE_SEGMENT: eval_term(x, node, path, out); break;
    case NODE_MAP:
    case NODE_STRUCT:
    case NODE_RECORD:
    case NODE_MAP_UPDATE:
    case NODE_STRUCT_UPDATE:
    case NODE_RECORD_UPDATE: eval_fields(x, node, path, out); break;
    case NODE_FIELD:
    case NODE_INDEX: eval_field(x, node, path, out); break;
    case NODE_BLOCK: eval_block(x, node, path, out); break;
    case NODE_MATCH:
        eval_match(x, node, model_kid(x->m, node, 0), 0, model_kid(x->m, node, 1), path, out, NULL,
                   out);
        break;
    case NODE_OP: eval_op(x, node, path, out); break;
    case NODE_IF: eval_if(x, node, path, out); break;
    case NODE_CASE: eval_case(x, node, path, out); break;
    case NODE_COND: eval_cond(x, node, path, out); break;
    case NODE_WITH: eval_with(x, node, path, out); break;
    case NODE_RECEIVE: eval_receive(x, node, path, out); break;
    case NODE_TRY: eval_try(x, node, path, out); break;
    case NODE_CATCH: {
        presults inner = {0};
        px_eval(x, model_kid(x->m, node, 0), path, &inner);
        for (uint32_t i = 0; i < inner.count; i++)
            if (!inner.items[i].path.ended)
                px_result(x, out, inner.items[i].path, inner.items[i].value);
        px_result(x, out, path, UNKNOWN);
        break;
    }
    case NODE_FOR: eval_for(x, node, path, out); break;
    case NODE_FN: eval_fn(x, node, path, out); break;
    case NODE_FUN_REF: px_result(x, out, path, pv_make(PV_SET, 0)); break;
    case NODE_CALL:
    case NODE_CALL_REMOTE:
    case NODE_CALL_FUN:
    case NODE_CALL_DYNAMIC: px_call(x, node, path, out); break;
    default: px_result(x, out, path, UNKNOWN); break;
    }
    x->nesting--;
}
