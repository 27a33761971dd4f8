#include "base/base.h"

#include "runtime/explore.h"

/* The built-in monitors. A binary is {binary, Ref, Size, Whole}: Whole bytes are kept as long as
 * any part of it is referred to, which is what makes small parts of large messages expensive. */

typedef VEC(term) term_list_vec;

enum { DEPTH_MAX = 64 };

static void collect(const run *r, term t, int depth, term_list_vec *seen, uint64_t *bytes)
{
    const term_heap *h = &r->ctx.heap;
    if (term_is_tagged(h, t, 4, ATOM_binary) && term_tag(term_at(h, t, 1)) == T_REF) {
        for (uint32_t i = 0; i < seen->count; i++)
            if (seen->items[i] == term_at(h, t, 1)) return;
        vec_push(seen, term_at(h, t, 1));
        *bytes += (uint64_t)term_int_value(term_at(h, t, 3));
        return;
    }
    for (uint32_t i = 0; i < term_count(h, t) && depth < DEPTH_MAX; i++)
        collect(r, term_at(h, t, i), depth + 1, seen, bytes);
}

void run_measure_binaries(run *r, const rt_proc *p)
{
    const program *pr = r->ctx.program;
    if (!pr->has_binaries || p->status == PROC_DEAD) return;
    term_list_vec seen = {0};
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < p->frame_count; i++) {
        const rt_frame *f = &p->frames[i];
        uint32_t count = f->vars ? pr->templates.items[f->tmpl].var_count : 0;
        for (uint32_t v = 0; v < count; v++) collect(r, f->vars[v], 0, &seen, &bytes);
    }
    for (const rt_signal *s = p->mail_first; s; s = s->next) collect(r, s->body, 0, &seen, &bytes);
    vec_release(&seen);
    if (bytes <= r->binaries_peak) return;
    r->binaries_peak = bytes;
    r->binaries_owner = p->pid;
}

void run_measures(const run *r, uint64_t peaks[MEASURE_COUNT])
{
    const uint64_t of_run[MEASURE_COUNT] = {
        [MEASURE_MESSAGES] = r->mailbox_peak,
        [MEASURE_BYTES] = r->mailbox_words_peak * sizeof(term),
        [MEASURE_BINARIES] = r->binaries_peak,
        [MEASURE_RESTARTS] = r->restarts,
        [MEASURE_HERD] = r->herd_peak,
    };
    for (uint32_t i = 0; i < MEASURE_COUNT; i++) peaks[i] = MAX(peaks[i], of_run[i]);
}
