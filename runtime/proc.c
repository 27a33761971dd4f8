#include "base/base.h"

#include "runtime/proc.h"

rt_frame *rt_push(rt_ctx *ctx, rt_proc *p, frame_kind kind)
{
    if (p->frame_count == p->frame_capacity) {
        uint32_t wanted = p->frame_capacity ? p->frame_capacity * 2 : 4;
        rt_frame *frames = ARENA_ARRAY(ctx->memory, rt_frame, wanted);
        if (p->frame_count) memcpy(frames, p->frames, p->frame_count * sizeof *frames);
        p->frames = frames;
        p->frame_capacity = wanted;
    }
    rt_frame *f = &p->frames[p->frame_count++];
    *f = (rt_frame){.kind = (uint8_t)kind};
    return f;
}

void rt_pop(rt_proc *p, term result)
{
    p->frame_count--;
    p->result = result;
}

static void bind_args(rt_ctx *ctx, const template_def *t, term *vars, term args)
{
    for (uint32_t i = 0; i < t->param_count; i++) vars[1 + i] = term_at(&ctx->heap, args, i);
}

void rt_proc_setup(rt_ctx *ctx, rt_proc *p, uint32_t tmpl, term args, uint32_t starter, bool linked)
{
    const template_def *t = &ctx->program->templates.items[tmpl];
    static const uint8_t frame_of[] = {
        [TEMPLATE_PROCESS] = FRAME_CODE,  [TEMPLATE_SERVER] = FRAME_SERVER,
        [TEMPLATE_STATEM] = FRAME_STATEM, [TEMPLATE_SUPERVISOR] = FRAME_SUP,
        [TEMPLATE_DYNAMIC] = FRAME_SUP,   [TEMPLATE_FUNCTION] = FRAME_CODE,
        [TEMPLATE_DRIVER] = FRAME_CODE,
    };
    term *vars = ARENA_ARRAY(ctx->memory, term, t->var_count);
    bind_args(ctx, t, vars, args);
    p->tmpl = tmpl;
    p->deadline_ms = -1;
    p->status = PROC_WANTS;
    rt_frame *f = rt_push(ctx, p, frame_of[t->kind]);
    f->tmpl = tmpl;
    f->vars = vars;
    f->pc = t->init_code;
    f->r[0] = starter ? term_pid(starter) : TERM_NONE;
    f->r[1] = linked && starter ? term_pid(starter) : term_pid(p->pid);
    f->r[2] = TERM_NONE;
    f->r[5] = args;
    if (term_count(&ctx->heap, args) != t->param_count) {
        rt_exit_soon(ctx, p, TUPLE(&ctx->heap, A(badarity), args));
    }
}

void rt_proc_setup_code(rt_ctx *ctx, rt_proc *p, uint32_t tmpl, const term *vars, uint32_t pc,
                        term task)
{
    uint32_t count = ctx->program->templates.items[tmpl].var_count;
    p->tmpl = tmpl;
    p->deadline_ms = -1;
    p->status = PROC_WANTS;
    if (task != TERM_NONE) rt_push(ctx, p, FRAME_TASK)->r[0] = task;
    rt_frame *f = rt_push(ctx, p, FRAME_CODE);
    f->tmpl = tmpl;
    f->pc = pc;
    f->vars = ARENA_ARRAY(ctx->memory, term, count);
    memcpy(f->vars, vars, count * sizeof *vars);
}

bool rt_reason_is_normal(rt_ctx *ctx, term reason)
{
    return reason == A(normal) || reason == A(shutdown) ||
           term_is_tagged(&ctx->heap, reason, 2, ATOM_shutdown);
}

rt_step rt_exit_soon(rt_ctx *ctx, rt_proc *p, term reason)
{
    p->frame_count = 0;
    p->receiving = false;
    p->deadline_ms = -1;
    p->server = 0;
    p->ending = true;
    p->exit_reason = reason;
    rt_push(ctx, p, FRAME_EXIT);
    return RT_CONT;
}

rt_step rt_raise(rt_ctx *ctx, rt_proc *p, term reason)
{
    p->receiving = false;
    p->deadline_ms = -1;
    p->server = 0;
    while (p->frame_count) {
        rt_frame *f = rt_top(p);
        switch ((frame_kind)f->kind) {
        case FRAME_CODE:
            f->waiting = false;
            while (f->try_count) {
                const rt_try *t = &f->tries[--f->try_count];
                if (t->pattern == NONE || rt_match(ctx, p->pid, f->vars, t->pattern, reason)) {
                    f->pc = t->target;
                    return RT_CONT;
                }
            }
            break;
        case FRAME_SERVER:
            if (rt_server_catch(ctx, p, f, reason)) return RT_CONT;
            break;
        case FRAME_STATEM:
            if (rt_statem_catch(ctx, p, f, reason)) return RT_CONT;
            break;
        case FRAME_SUP:
            if (rt_sup_catch(ctx, p, f, reason)) return RT_CONT;
            break;
        case FRAME_SYSTEM:
            if (rt_system_catch(ctx, p, f, reason)) return RT_CONT;
            break;
        default: break;
        }
        p->frame_count--;
    }
    return rt_exit_soon(ctx, p, reason);
}

rt_step rt_fail(rt_ctx *ctx, rt_proc *p, term reason)
{
    return rt_raise(ctx, p, TUPLE(&ctx->heap, reason, term_list(&ctx->heap, NULL, 0)));
}

void rt_exit_now(rt_ctx *ctx, rt_proc *p, term reason)
{
    bool own = p->ending;
    p->status = PROC_DEAD;
    p->exit_reason = reason;
    p->server = 0;
    p->receiving = false;
    p->deadline_ms = -1;
    p->frame_count = 0;
    rt_touch(ctx, OBJECT_DEAD, p->pid, 0, true);
    rt_touch(ctx, OBJECT_LINK, p->pid, 0, false);
    rt_touch(ctx, OBJECT_REF, p->pid, 0, false);
    rt_note(ctx, p, own && !rt_reason_is_normal(ctx, reason) ? NOTE_CRASH : NOTE_EXIT, reason,
            TERM_NONE);
    /* Names are free before anyone hears of the death (the reference manual's rule for directly
     * visible resources). */
    for (uint32_t i = 0; i < p->names.count; i++) ctx->host->name_release(ctx, p->names.items[i]);
    for (uint32_t i = 0; i < p->links.count; i++)
        rt_signal_send(ctx, p->pid, p->links.items[i], SIG_LINK_EXIT, reason, TERM_NONE);
    for (uint32_t i = 0; i < p->watchers.count; i++)
        rt_signal_send(ctx, p->pid, p->watchers.items[i].watcher, SIG_DOWN, reason,
                       p->watchers.items[i].ref);
    for (rt_signal *s = p->mail_first, *next; s; s = next) {
        next = s->next;
        rt_note_if_lost(ctx, p, s);
        ctx->host->signal_free(ctx, s);
    }
    p->mail_first = p->mail_last = NULL;
    p->mail_count = 0;
    ctx->host->ended(ctx, p);
}

static rt_step exit_step(rt_ctx *ctx, rt_proc *p, rt_frame *f)
{
    (void)f;
    if (!rt_permit(ctx, p)) return RT_WANT;
    rt_exit_now(ctx, p, p->exit_reason);
    return RT_CONT;
}

static rt_step (*const step_of[FRAME_COUNT])(rt_ctx *, rt_proc *, rt_frame *) = {
    [FRAME_CODE] = rt_code_step,
    [FRAME_CALL] = rt_call_step,
    [FRAME_START] = rt_start_step,
    [FRAME_AWAIT] = rt_await_step,
    [FRAME_EXIT] = exit_step,
    [FRAME_SERVER] = rt_server_step,
    [FRAME_STATEM] = rt_statem_step,
    [FRAME_SUP] = rt_sup_step,
    [FRAME_SHUTDOWN] = rt_shutdown_step,
    [FRAME_TASK] = rt_task_step,
    [FRAME_RESPONSE] = rt_response_step,
    [FRAME_SYSTEM] = rt_system_step,
};

/* Local instructions between two visible operations: enough for honest code, and an end for a
 * loop that does nothing. */
enum { LOCAL_STEPS_MAX = 100000 };

void rt_proc_run(rt_ctx *ctx, rt_proc *p)
{
    for (uint32_t steps = 0; p->status != PROC_DEAD; steps++) {
        if (p->frame_count == 0) {
            rt_exit_soon(ctx, p, A(normal));
        } else if (p->frame_count > FRAMES_MAX || steps > LOCAL_STEPS_MAX || ctx->heap.full) {
            if (steps > LOCAL_STEPS_MAX || ctx->heap.full) ctx->overflow = true;
            rt_exit_soon(ctx, p, A(system_limit));
            steps = 0;
        }
        rt_frame *f = rt_top(p);
        rt_step step = step_of[f->kind](ctx, p, f);
        if (step == RT_CONT) continue;
        p->status = step == RT_WANT ? PROC_WANTS : PROC_BLOCKED;
        return;
    }
}

void rt_proc_release(rt_proc *p)
{
    vec_release(&p->links);
    vec_release(&p->unlinking);
    vec_release(&p->monitors);
    vec_release(&p->watchers);
    vec_release(&p->names);
    if (p->owned) p->owned_release(p->owned);
    p->owned = NULL;
}
