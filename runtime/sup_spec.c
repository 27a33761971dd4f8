#include "base/base.h"

#include "runtime/sup.h"

/* What supervisors check when they start and when a child is added, named as supervisor.erl names
 * it. */

static const sym strategy_atoms[] = {ATOM_one_for_one, ATOM_one_for_all, ATOM_rest_for_one,
                                     ATOM_simple_one_for_one};
static const sym auto_atoms[] = {ATOM_never, ATOM_any_significant, ATOM_all_significant};
static const sym restart_atoms[] = {ATOM_permanent, ATOM_transient, ATOM_temporary};

static uint32_t atom_index(const sym *atoms, uint32_t count, term t)
{
    for (uint32_t i = 0; i < count; i++)
        if (t == term_atom(atoms[i])) return i;
    return NONE;
}

term sup_auto_term(const sup *s)
{
    return term_atom(auto_atoms[s->auto_shutdown]);
}

term sup_flags(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s)
{
    const template_def *t = &ctx->program->templates.items[f->tmpl];
    static const sym faults[] = {ATOM_invalid_strategy, ATOM_invalid_intensity, ATOM_invalid_period,
                                 ATOM_invalid_auto_shutdown};
    term flags[] = {term_atom(strategy_atoms[t->strategy]), term_int(t->intensity),
                    term_int(t->period_s), term_atom(auto_atoms[t->auto_shutdown])};
    for (uint32_t i = 0; i < ARRAY_LEN(flags); i++)
        if (t->flag_nodes[i] != NONE && !rt_eval(ctx, p->pid, f->vars, t->flag_nodes[i], &flags[i]))
            return flags[i];
    uint32_t strategy = atom_index(strategy_atoms, ARRAY_LEN(strategy_atoms), flags[0]);
    uint32_t auto_shutdown = atom_index(auto_atoms, ARRAY_LEN(auto_atoms), flags[3]);
    bool holds[] = {strategy != NONE,
                    term_tag(flags[1]) == T_INT && term_int_value(flags[1]) >= 0 &&
                        term_int_value(flags[1]) <= INT32_MAX,
                    term_tag(flags[2]) == T_INT && term_int_value(flags[2]) > 0 &&
                        term_int_value(flags[2]) <= INT32_MAX,
                    auto_shutdown != NONE};
    for (uint32_t i = 0; i < ARRAY_LEN(holds); i++)
        if (!holds[i])
            return TUPLE(&ctx->heap, A(supervisor_data),
                         TUPLE(&ctx->heap, term_atom(faults[i]), flags[i]));
    s->strategy = (uint8_t)strategy;
    s->intensity = (uint32_t)term_int_value(flags[1]);
    s->period_s = (uint32_t)term_int_value(flags[2]);
    s->auto_shutdown = (uint8_t)auto_shutdown;
    s->simple = s->dynamic || s->strategy == STRATEGY_SIMPLE;
    return TERM_NONE;
}

static term fault_of(rt_ctx *ctx, sym what, term value)
{
    return TUPLE(&ctx->heap, term_atom(what), value);
}

static term bad_combination(rt_ctx *ctx, sym key, sym value)
{
    term_heap *h = &ctx->heap;
    term pairs[] = {TUPLE(h, term_atom(key), term_atom(value)), TUPLE(h, A(significant), A(true))};
    return TUPLE(h, A(bad_combination), term_list(h, pairs, 2));
}

term sup_child_check(rt_ctx *ctx, term t, term auto_shutdown, sup_child *out)
{
    const term_heap *h = &ctx->heap;
    if (!term_is_tagged(h, t, 8, ATOM_child) || term_tag(term_at(h, t, 1)) != T_INT)
        return fault_of(ctx, ATOM_invalid_child_spec, t);
    int64_t tmpl = term_int_value(term_at(h, t, 1));
    term restart = term_at(h, t, 4), shutdown = term_at(h, t, 5), type = term_at(h, t, 6);
    term significant = term_at(h, t, 7);
    *out = (sup_child){.tmpl = (uint32_t)tmpl,
                       .args = term_at(h, t, 2),
                       .id = term_at(h, t, 3),
                       .pid = A(undefined)};
    if (out->id == A(no_id)) return A(missing_id);
    if (tmpl < 0 || (uint64_t)tmpl >= ctx->program->templates.count) return A(missing_start);
    uint32_t kind = atom_index(restart_atoms, ARRAY_LEN(restart_atoms), restart);
    if (kind == NONE) return fault_of(ctx, ATOM_invalid_restart_type, restart);
    out->restart = (uint8_t)kind;
    out->significant = significant == A(true);
    if (out->significant && auto_shutdown == A(never))
        return bad_combination(ctx, ATOM_auto_shutdown, ATOM_never);
    if (out->significant && kind == RESTART_PERMANENT)
        return bad_combination(ctx, ATOM_restart, ATOM_permanent);
    if (significant != A(true) && significant != A(false))
        return fault_of(ctx, ATOM_invalid_significant, significant);
    if (type != A(worker) && type != A(supervisor))
        return fault_of(ctx, ATOM_invalid_child_type, type);
    out->is_supervisor = type == A(supervisor);
    bool time = term_tag(shutdown) == T_INT && term_int_value(shutdown) >= 0 &&
                term_int_value(shutdown) <= INT32_MAX;
    if (!time && shutdown != A(infinity) && shutdown != A(brutal_kill))
        return fault_of(ctx, ATOM_invalid_shutdown, shutdown);
    out->shutdown_ms = shutdown == A(infinity)      ? SHUTDOWN_INFINITY
                       : shutdown == A(brutal_kill) ? SHUTDOWN_BRUTAL
                                                    : (int32_t)term_int_value(shutdown);
    return TERM_NONE;
}

term sup_child_term(rt_ctx *ctx, const sup_child *c)
{
    return TUPLE(&ctx->heap, A(child), term_int(c->tmpl), c->args, c->id,
                 term_atom(restart_atoms[c->restart]),
                 c->shutdown_ms == SHUTDOWN_INFINITY ? A(infinity)
                 : c->shutdown_ms == SHUTDOWN_BRUTAL ? A(brutal_kill)
                                                     : term_int(c->shutdown_ms),
                 c->is_supervisor ? A(supervisor) : A(worker), term_bool(c->significant));
}

static term add(rt_ctx *ctx, sup *s, term spec)
{
    sup_child c;
    term fault = sup_child_check(ctx, spec, sup_auto_term(s), &c);
    if (fault == TERM_NONE && sup_find_id(ctx, s, c.id) != NONE)
        fault = fault_of(ctx, ATOM_duplicate_child_name, c.id);
    if (fault == TERM_NONE) vec_push(&s->children, c);
    return fault;
}

static term add_def(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s, const child_def *d)
{
    term_heap *h = &ctx->heap;
    sup_child c = {.tmpl = d->tmpl,
                   .restart = d->restart,
                   .significant = d->significant,
                   .is_supervisor = d->is_supervisor,
                   .shutdown_ms = d->shutdown_ms};
    term count = term_int(1), id;
    if (!rt_eval(ctx, p->pid, f->vars, d->id, &id) ||
        (d->count != NONE && !rt_eval(ctx, p->pid, f->vars, d->count, &count)) ||
        term_tag(count) != T_INT || term_int_value(count) > TERM_COUNT_MAX)
        return A(badarg);
    term fault = TERM_NONE;
    for (int64_t i = 1; i <= term_int_value(count) && fault == TERM_NONE; i++) {
        c.id = d->count == NONE ? id : TUPLE(h, id, term_int(i));
        f->vars[0] = term_int(i);
        if (!rt_eval(ctx, p->pid, f->vars, d->args, &c.args)) return A(badarg);
        fault = add(ctx, s, sup_child_term(ctx, &c));
    }
    return fault;
}

term sup_children(rt_ctx *ctx, rt_proc *p, rt_frame *f, sup *s)
{
    const term_heap *h = &ctx->heap;
    const template_def *t = &ctx->program->templates.items[f->tmpl];
    term fault = TERM_NONE, list = TERM_NONE;
    if (t->children_node != NONE && !rt_eval(ctx, p->pid, f->vars, t->children_node, &list))
        return list;
    for (uint32_t i = 0; i < t->child_count && fault == TERM_NONE; i++)
        fault = add_def(ctx, p, f, s, &ctx->program->children.items[t->child_first + i]);
    for (uint32_t i = 0; i < term_count(h, list) && fault == TERM_NONE; i++)
        fault = add(ctx, s, term_at(h, list, i));
    if (fault != TERM_NONE) return TUPLE(&ctx->heap, A(start_spec), fault);
    if (!s->simple || s->dynamic) return TERM_NONE;
    if (s->children.count != 1)
        return TUPLE(&ctx->heap, A(bad_start_spec), list == TERM_NONE ? A(invalid) : list);
    s->spec = s->children.items[0];
    s->children.count = 0;
    return TERM_NONE;
}

term rt_check_childspecs(rt_ctx *ctx, term list, term auto_shutdown)
{
    term_heap *h = &ctx->heap;
    sup s = {0};
    sup_child c;
    term fault = TERM_NONE;
    if (auto_shutdown == TERM_NONE) auto_shutdown = A(undefined);
    if (term_tag(list) != T_LIST) {
        fault = fault_of(ctx, ATOM_badarg, list);
    } else if (auto_shutdown != A(undefined) &&
               atom_index(auto_atoms, ARRAY_LEN(auto_atoms), auto_shutdown) == NONE) {
        fault = fault_of(ctx, ATOM_badarg, auto_shutdown);
    }
    for (uint32_t i = 0; i < term_count(h, list) && fault == TERM_NONE; i++) {
        fault = sup_child_check(ctx, term_at(h, list, i), auto_shutdown, &c);
        if (fault == TERM_NONE && sup_find_id(ctx, &s, c.id) != NONE)
            fault = fault_of(ctx, ATOM_duplicate_child_name, c.id);
        vec_push(&s.children, c);
    }
    vec_release(&s.children);
    return fault == TERM_NONE ? A(ok) : TUPLE(h, A(error), fault);
}
