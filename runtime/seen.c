#include "base/base.h"

#include "runtime/search.h"

/* What a run looks like from outside, in a form that real OTP can be brought to as well: what each
 * process logged and why it ended. References are all alike, stack traces are left out, and of the
 * reason for an end only the first word counts. */

enum { SEEN_DEPTH_MAX = 64 };

static void print_term(const run *r, term t, int depth, buf *out)
{
    const term_heap *h = &r->ctx.heap;
    switch (term_tag(t)) {
    case T_PID:
        buf_add_char(out, '<');
        space_path_print(r->space, term_pid_value(t), out);
        buf_add_char(out, '>');
        return;
    case T_REF: buf_add_c(out, "#ref"); return;
    case T_TUPLE:
    case T_LIST: break;
    default: term_print(h, &r->ctx.program->atoms, t, NULL, NULL, out); return;
    }
    bool tuple = term_tag(t) == T_TUPLE;
    buf_add_char(out, tuple ? '{' : '[');
    for (uint32_t i = 0; i < term_count(h, t) && depth < SEEN_DEPTH_MAX; i++) {
        if (i) buf_add_c(out, ", ");
        print_term(r, term_at(h, t, i), depth + 1, out);
    }
    buf_add_char(out, tuple ? '}' : ']');
}

static void print_reason(const run *r, term reason, int depth, buf *out)
{
    const term_heap *h = &r->ctx.heap;
    if (term_is_tagged(h, reason, 2, ATOM_shutdown)) {
        buf_add_c(out, "{shutdown, ");
        print_reason(r, term_at(h, reason, 1), depth + 1, out);
        buf_add_char(out, '}');
    } else if (term_tag(reason) == T_TUPLE && term_count(h, reason) && depth < SEEN_DEPTH_MAX) {
        print_reason(r, term_at(h, reason, 0), depth + 1, out);
    } else {
        print_term(r, reason, depth, out);
    }
}

void run_seen_print(const run *r, const uint32_t *order, buf *out)
{
    for (uint32_t i = 0; i < r->procs.count; i++)
        for (uint32_t k = 0; k < r->notes.count; k++) {
            const note_def *n = &r->notes.items[k];
            bool log = n->kind == NOTE_LOG;
            if (n->pid != order[i] || (!log && n->kind != NOTE_EXIT && n->kind != NOTE_CRASH))
                continue;
            space_path_print(r->space, n->pid, out);
            buf_add_c(out, log ? " log " : " exit ");
            if (log) print_term(r, n->a, 0, out);
            else print_reason(r, n->a, 0, out);
            buf_add_char(out, '\n');
        }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void rt_verdict_seen(const rt_verdict *v, buf *out)
{
    json_out j = {.out = out};
    const char **texts = base_calloc(v->outcome_count + 1, sizeof *texts);
    for (uint32_t i = 0; i < v->outcome_count; i++) texts[i] = v->outcomes[i].seen;
    if (v->outcome_count) qsort((void *)texts, v->outcome_count, sizeof *texts, by_text);
    uint32_t herd = 0;
    for (uint32_t i = 0; i < v->outcome_count; i++) herd = MAX(herd, v->outcomes[i].herd_peak);
    json_object(&j);
    json_key(&j, "complete"), json_bool(&j, v->complete);
    json_key(&j, "expectations_met"), json_bool(&j, v->expectations_met);
    json_key(&j, "schedules"), json_i64(&j, (int64_t)v->schedules);
    json_key(&j, "herd_peak"), json_i64(&j, herd);
    json_key(&j, "seen"), json_array(&j);
    for (uint32_t i = 0; i < v->outcome_count; i++)
        if (i == 0 || strcmp(texts[i], texts[i - 1]) != 0) json_c(&j, texts[i]);
    json_array_end(&j);
    json_object_end(&j);
    buf_add_char(out, '\n');
    free((void *)texts);
}
