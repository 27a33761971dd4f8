#include "base/base.h"

#include "runtime/search.h"

static const char *keep(search *s, buf *text)
{
    const char *kept = arena_strndup(&s->verdict->memory, text->data ? text->data : "", text->size);
    buf_clear(text);
    return kept;
}

/* The note that the outcome is named after: the first of the gravest kind. */
static const note_def *leading_note(const run *r, rt_category category)
{
    static const note_kind kinds[RT_CATEGORY_COUNT][2] = {
        [RT_DEADLOCK] = {NOTE_DEADLOCK, NOTE_DEADLOCK},
        [RT_ASSERTION] = {NOTE_ASSERT_FAILED, NOTE_ASSERT_FAILED},
        [RT_INTENSITY_REACHED] = {NOTE_INTENSITY, NOTE_INTENSITY},
        [RT_CALL_TIMEOUT] = {NOTE_CALL_TIMEOUT, NOTE_CALL_TIMEOUT},
        [RT_CRASH] = {NOTE_CRASH, NOTE_CRASH},
        [RT_STOLEN_MESSAGE] = {NOTE_STOLEN, NOTE_STOLEN},
        [RT_LATE_REPLY] = {NOTE_LATE_REPLY, NOTE_LATE_REPLY},
        [RT_MAILBOX_BOUND] = {NOTE_MAILBOX, NOTE_MAILBOX},
        [RT_LOST_MESSAGE] = {NOTE_LOST, NOTE_UNHANDLED},
    };
    if (category == RT_NONE) return NULL;
    for (uint32_t i = 0; i < r->notes.count; i++) {
        note_kind kind = (note_kind)r->notes.items[i].kind;
        if (kind == kinds[category][0] || kind == kinds[category][1]) return &r->notes.items[i];
    }
    return NULL;
}

static const char *summary(search *s, rt_category category)
{
    run *r = &s->run;
    buf text = {0};
    const note_def *n = leading_note(r, category);
    if (!n) {
        buf_printf(&text, "all goes well, until %" PRId64 " ms", r->now_ms);
    } else {
        run_pid_print(r, n->pid, &text);
        buf_add_char(&text, ' ');
        note_print(r, n, &text);
        buf_printf(&text, ", at %" PRId64 " ms", n->time_ms);
    }
    const char *kept = keep(s, &text);
    buf_release(&text);
    return kept;
}

static void write_trace(search *s, rt_outcome *o)
{
    run *r = &s->run;
    arena *memory = &s->verdict->memory;
    buf text = {0};
    o->trace = ARENA_ARRAY(memory, rt_trace_event, r->notes.count + 1);
    o->trace_count = 0;
    for (uint32_t i = 0; i < r->notes.count; i++) {
        const note_def *n = &r->notes.items[i];
        if (!note_print(r, n, &text)) continue;
        rt_trace_event *e = &o->trace[o->trace_count++];
        e->event = keep(s, &text);
        run_pid_print(r, n->pid, &text);
        e->process = keep(s, &text);
        e->time_ms = n->time_ms;
        e->line = n->line;
        e->place = arena_strndup(memory, sym_text(&r->ctx.program->atoms, n->place).data,
                                 sym_text(&r->ctx.program->atoms, n->place).size);
    }
    run_schedule_print(r, UINT32_MAX, &text);
    o->schedule = keep(s, &text);
    buf_release(&text);
}

/* What each process observed, in spawn-path order: what the outcome is. */
static void observations(search *s, rt_outcome *o)
{
    run *r = &s->run;
    buf text = {0};
    uint32_t *order = base_calloc(r->procs.count + 1, sizeof *order);
    for (uint32_t i = 0; i < r->procs.count; i++) {
        uint32_t pid = r->procs.items[i]->pid, at = i;
        for (; at && space_path_cmp(r->space, order[at - 1], pid) > 0; at--)
            order[at] = order[at - 1];
        order[at] = pid;
    }
    for (uint32_t i = 0; i < r->procs.count; i++)
        for (uint32_t k = 0; k < r->notes.count; k++) {
            const note_def *n = &r->notes.items[k];
            if (n->pid != order[i] || !note_is_observed((note_kind)n->kind)) continue;
            run_pid_print(r, n->pid, &text);
            buf_add_c(&text, ": ");
            note_print(r, n, &text);
            buf_add_char(&text, '\n');
        }
    o->log = keep(s, &text);
    run_seen_print(r, order, &text);
    o->seen = keep(s, &text);
    free(order);
    buf_release(&text);
}

bool run_driver_stopped(const run *r)
{
    const rt_proc *driver = r->by_pid.items[1];
    return driver->status != PROC_DEAD || driver->exit_reason != A(normal);
}

/* The place of an outcome among those kept; NONE: it is not. */
static uint32_t found_at(search *s, uint64_t hash)
{
    uint32_t index = map64_get(&s->found_index, hash, NONE);
    if (index != NONE) return index < s->found.count ? index : NONE;
    s->verdict->outcomes_total++;
    index = s->found.count;
    bool kept = index < s->options->outcomes_max;
    map64_set(&s->found_index, hash, kept ? index : UINT32_MAX - 2);
    if (!kept) return NONE;
    *vec_add(&s->found) = (found_outcome){.events = UINT32_MAX};
    return index;
}

/* s->run is the run of this outcome to be told. */
static void write_outcome(search *s, rt_outcome *o)
{
    run *r = &s->run;
    o->categories = r->categories ? r->categories : 1u << RT_NONE;
    o->category = run_category(r->categories);
    o->summary = summary(s, o->category);
    write_trace(s, o);
    observations(s, o);
    buf owner = {0};
    if (r->mailbox_owner) run_pid_print(r, r->mailbox_owner, &owner);
    o->mailbox_owner = keep(s, &owner);
    buf_release(&owner);
    o->mailbox_bytes_peak = r->mailbox_words_peak * sizeof(term);
    o->binary_bytes_peak = r->binaries_peak;
    owner = (buf){0};
    if (r->binaries_owner) run_pid_print(r, r->binaries_owner, &owner);
    o->binary_owner = keep(s, &owner);
    buf_release(&owner);
    o->restarts = r->restarts;
    o->herd_peak = r->herd_peak;
    o->work = r->ctx.work;
    o->end_ms = r->now_ms;
}

void search_record(search *s)
{
    run *r = &s->run;
    uint64_t hash = run_observed(r);
    uint32_t shown = r->categories ? r->categories : 1u << RT_NONE;
    s->seen |= shown;
    s->common &= shown;
    s->cut = s->cut || r->cut;
    s->driver_stopped = s->driver_stopped || run_driver_stopped(r);
    run_measures(r, s->peaks);
    if (s->options->stop_at_first && r->categories) s->stop = true;
    uint32_t index = found_at(s, hash);
    if (index == NONE) return;
    found_outcome *f = &s->found.items[index];
    f->out.schedules++;
    f->out.mailbox_peak = MAX(f->out.mailbox_peak, r->mailbox_peak);
    if (f->events <= r->events.count) return;
    f->events = r->events.count;
    f->out.hash = hash;
    write_outcome(s, &f->out);
}

void search_enter(search *s, const outcome_seen *o)
{
    uint32_t index = found_at(s, o->hash);
    if (index == NONE) return;
    found_outcome *f = &s->found.items[index];
    f->out.schedules += o->schedules;
    f->out.mailbox_peak = MAX(f->out.mailbox_peak, o->mailbox_peak);
    if (f->events <= o->events) return;
    f->events = o->events;
    f->out.hash = o->hash;
    vec_clear(&f->path);
    for (uint32_t i = 0; i < o->path.count; i++) vec_push(&f->path, o->path.items[i]);
}

void search_tell(search *s)
{
    run *r = &s->run;
    for (uint32_t i = 0; i < s->found.count; i++) {
        found_outcome *f = &s->found.items[i];
        run_start(r);
        for (uint32_t k = 0; k < f->path.count; k++) {
            run_follow(r, f->path.items[k].thread, f->path.items[k].choice);
        }
        run_enabled(r); /* looks for what waits for ever */
        write_outcome(s, &f->out);
    }
}

static bool expectation_met(const search *s, const expectation *x)
{
    switch ((expect_kind)x->kind) {
    case EXPECT_SOME: return (s->seen & x->categories) == x->categories;
    case EXPECT_NEVER: return (s->seen & x->categories) == 0;
    case EXPECT_ALWAYS:
        return s->verdict->schedules && (s->common & x->categories) == x->categories;
    case EXPECT_AT_MOST: return s->peaks[x->measure] <= (uint64_t)x->number;
    case EXPECT_AT_LEAST: return s->peaks[x->measure] >= (uint64_t)x->number;
    case EXPECT_PASSED: return s->verdict->schedules && !s->driver_stopped;
    case EXPECT_CLASSES: return (int64_t)s->verdict->classes == x->number;
    default: return (int64_t)s->verdict->outcomes_total == x->number;
    }
}

static void check_expectations(search *s)
{
    static const char *const kinds[] = {"some",     "never",  "always",  "at_most",
                                        "at_least", "passed", "classes", "outcomes"};
    static const char *const measures[] = {"messages", "bytes", "binaries", "restarts", "herd"};
    const program *p = s->space.program;
    buf text = {0};
    for (uint32_t i = 0; i < p->expectations.count; i++) {
        const expectation *x = &p->expectations.items[i];
        if (expectation_met(s, x)) continue;
        buf_printf(&text, "line %u: expect %s", x->line, kinds[x->kind]);
        for (uint32_t c = 0; c < RT_CATEGORY_COUNT; c++)
            if (x->categories >> c & 1) buf_printf(&text, " %s", rt_category_name((rt_category)c));
        if (x->kind == EXPECT_AT_MOST || x->kind == EXPECT_AT_LEAST)
            buf_printf(&text, " %" PRId64 " %s: the peak is %" PRIu64, x->number,
                       measures[x->measure], s->peaks[x->measure]);
        if (x->kind == EXPECT_CLASSES)
            buf_printf(&text, " %" PRId64 ": there are %" PRIu64, x->number, s->verdict->classes);
        if (x->kind == EXPECT_OUTCOMES)
            buf_printf(&text, " %" PRId64 ": there are %" PRIu64, x->number,
                       s->verdict->outcomes_total);
        buf_add_char(&text, '\n');
    }
    s->verdict->expectations_met = text.size == 0;
    s->verdict->expectations_text = keep(s, &text);
    buf_release(&text);
}

static int outcome_order(const void *a, const void *b)
{
    const rt_outcome *x = a, *y = b;
    if (x->category != y->category) return x->category < y->category ? -1 : 1;
    if (x->trace_count != y->trace_count) return x->trace_count < y->trace_count ? -1 : 1;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

void search_finish(search *s, bool complete, const char *why)
{
    rt_verdict *v = s->verdict;
    check_expectations(s);
    v->complete = complete;
    v->incomplete_why = complete ? "" : why;
    v->horizon_ms = s->space.horizon_ms;
    v->outcomes = ARENA_ARRAY(&v->memory, rt_outcome, s->found.count + 1);
    v->outcome_count = s->found.count;
    for (uint32_t i = 0; i < s->found.count; i++) v->outcomes[i] = s->found.items[i].out;
    if (v->outcome_count) qsort(v->outcomes, v->outcome_count, sizeof *v->outcomes, outcome_order);
}
