/* One process and more messages than it works off: from which rate on they stay in the mailbox. */
#include "base/base.h"
#include "reproduce/sweep.h"

enum { MESSAGES = 100, SENDERS = 5, LEFT_TIP = 3 };

/* How long a message takes is rarely in the source: it is swept, in decades. */
static const int64_t service_times_ms[] = {1, 10, 100, 1000};

typedef enum { QUEUE_FLOOD, QUEUE_CALLS, QUEUE_STARTS } queue_kind;

typedef struct {
    queue_kind kind;
    bool control;
    int64_t service_ms;
    const char *verb; /* "cast", "send" */
} queue_setting;

static void server_add(sweep *w, const queue_setting *q, const char *kind, bool replies)
{
    buf_printf(&w->text,
               "server taker {\n  name taker\n  on %s message {\n    sleep %" PRId64 "\n%s  }\n}\n",
               kind, q->service_ms, replies ? "    reply ok\n" : "");
}

/* The server, and for requests who makes one. */
static void templates_add(sweep *w, const queue_setting *q)
{
    buf *out = &w->text;
    switch (q->kind) {
    case QUEUE_FLOOD: {
        bool cast = strcmp(q->verb, "cast") == 0;
        server_add(w, q, q->control ? "call" : cast ? "cast" : "info", q->control);
        return;
    }
    case QUEUE_STARTS:
        buf_printf(out, "server child_of_any {\n  init { ");
        if (q->control) buf_add_c(out, "noreply continue go");
        else buf_printf(out, "sleep %" PRId64, q->service_ms);
        buf_printf(out,
                   " }\n  on continue go { sleep %" PRId64
                   " }\n}\ndynamic_supervisor taker {\n  name taker\n}\nprocess asker { S = "
                   "start_child taker child child_of_any restart temporary }\n",
                   q->service_ms);
        return;
    default: break;
    }
    server_add(w, q, "call", true);
    if (q->control) /* who asks reads the table himself */
        buf_printf(out, "process asker { sleep %" PRId64 " }\n", q->service_ms);
    else buf_add_c(out, "process asker { R = call taker message timeout infinity }\n");
}

/* What happens when a message is due. */
static void arrival_add(buf *out, const queue_setting *q)
{
    if (q->kind != QUEUE_FLOOD) buf_add_c(out, "P = spawn asker\n");
    else if (q->control) buf_add_c(out, "R = call taker message timeout infinity\n");
    else buf_printf(out, "%s taker message\n", q->verb);
}

/* MESSAGES evenly spaced ones; y: how many of 100 stay behind. */
static bool measure(sweep *w, const void *setting, double a_second, double *y, error *err)
{
    const queue_setting *q = setting;
    buf *out = &w->text;
    double between_ms = 1000 / a_second;
    buf_printf(out, "limit time %.0f\n", between_ms * MESSAGES);
    templates_add(w, q);
    buf_add_c(out, "driver {\n  start taker\n");
    bool apart = q->kind == QUEUE_FLOOD && q->control;
    for (uint32_t sender = 0; sender < (apart ? (uint32_t)SENDERS : 1); sender++) {
        if (apart) buf_add_c(out, "  P = spawn {\n");
        for (uint32_t i = sender; i < MESSAGES; i += apart ? (uint32_t)SENDERS : 1) {
            buf_printf(out, "  at %.0f; ", between_ms * i);
            arrival_add(out, q);
        }
        if (apart) buf_add_c(out, "  }\n");
    }
    buf_add_c(out, "}\n");
    sweep_run run;
    if (!run_once(w, &run, err)) return false;
    uint32_t behind = run.mailbox_peak > (apart ? (uint32_t)SENDERS : 1) ? run.mailbox_peak - 1 : 0;
    *y = 100.0 * behind / MESSAGES;
    return true;
}

/* Measures each service time, and one control. `of`: what takes the time. */
static bool measure_all(sweep *w, queue_setting *q, int64_t stated_ms, const char *of, error *err)
{
    static const double loads[] = {0.25, 0.5, 0.8, 0.95, 1.1, 1.5, 2.5, 4};
    const int64_t *times = stated_ms ? &stated_ms : service_times_ms;
    uint32_t count = stated_ms ? 1 : (uint32_t)ARRAY_LEN(service_times_ms);
    double grid[ARRAY_LEN(loads)];
    w->out->y_label = "stays in the mailbox of each 100 sent";
    w->out->y_tip = LEFT_TIP;
    for (uint32_t i = 0; i <= count; i++) {
        q->control = i == count;
        q->service_ms = times[q->control ? count / 2 : i];
        for (size_t k = 0; k < ARRAY_LEN(loads); k++)
            grid[k] = loads[k] * 1000 / (double)q->service_ms;
        buf name = {0};
        span_ms_add(&name, q->service_ms);
        load_line *line = line_add(w, q->control, "%s %s%s", name.data, of,
                                   q->control ? ", without the fault" : "");
        buf_release(&name);
        if (!line_measure(w, line, grid, ARRAY_LEN(loads), false, measure, q, err)) return false;
    }
    return true;
}

/* "1030 a second at 1 ms a message, 103 at 10 ms, ..." */
static void tips_add(const sweep *w, buf *out, const char *unit)
{
    bool first = true;
    for (uint32_t i = 0; i < w->out->line_count; i++) {
        const load_line *line = &w->out->lines[i];
        if (line->control || !line->tips) continue;
        if (!first) buf_add_c(out, ", ");
        number_add(out, line->x_tip);
        if (first) buf_printf(out, " %s a second at %s", unit, line->name);
        else
            buf_printf(out, " at %.*s",
                       (int)strcspn(strstr(line->name, " ") + 1, " ") +
                           (int)(strstr(line->name, " ") + 1 - line->name),
                       line->name);
        first = false;
    }
}

/* The sleeps that the clause states, in ms; 0: none. */
static int64_t stated_sleep(const story *s, callback_ix callback)
{
    const model *m = s->m;
    const model_callback *cb = &m->callbacks.items[callback];
    int64_t sum = 0;
    for (uint32_t i = 0; i < cb->effect_count; i++) {
        const model_effect *e = &m->effects.items[cb->effect_first + i];
        if (e->api == NO_IX || e->kind != API_BLOCKING || e->ctx & CTX_SPAWNED || !e->arg_count)
            continue;
        const model_val *arg = model_value(m, m->effect_args.items[e->arg_first]);
        if (api_get(e->api)->block != BLOCK_SLEEP || arg->kind != VAL_INT) continue;
        if (arg->number > 0 && arg->number < 600000) sum += arg->number;
    }
    return MIN(sum, 600000);
}

static bool begin(sweep *w, callback_ix *root)
{
    *root = root_of(&w->s);
    if (*root == NO_IX) w->out->why = "the clause that the finding stands in is not known";
    return *root != NO_IX;
}

static void say(sweep *w, const buf *text)
{
    w->out->told = arena_strndup(&w->out->memory, text->data, text->size);
}

bool sweep_flood(sweep *w, error *err)
{
    queue_setting q = {.kind = QUEUE_FLOOD};
    callback_ix root;
    if (!begin(w, &root)) return true;
    q.verb = strcmp(kind_of(&w->s, root), "cast") == 0 ? "cast" : "send";
    const char *label = model_callback_label(w->s.m, root, &w->s.memory);
    int64_t stated = stated_sleep(&w->s, root);
    w->out->title = curve_text(w, "%s: when its mailbox grows", label);
    w->out->x_label = "messages a second";
    if (!measure_all(w, &q, stated, "a message", err)) return false;
    buf text = {0};
    buf_printf(&text, "the mailbox of %s grows without bound from ", w->s.f->server_label);
    tips_add(w, &text, "messages");
    buf_printf(&text,
               stated ? " (it sleeps so long)" : " (how long %s takes is not in the source: swept)",
               label);
    if (sv_has(sv_from(w->s.f->message), SV("again and again")))
        buf_add_c(&text, "; a loop that does nothing else sends faster than that");
    buf_add_c(&text, "; with a call each sender has at most one message in it");
    say(w, &text);
    buf_release(&text);
    return true;
}

bool sweep_bottleneck(sweep *w, error *err)
{
    queue_setting q = {.kind = QUEUE_CALLS};
    callback_ix root;
    if (!begin(w, &root)) return true;
    const char *label = model_callback_label(w->s.m, root, &w->s.memory);
    int64_t stated = stated_sleep(&w->s, root);
    w->out->title = curve_text(w, "%s: when its callers queue", label);
    w->out->x_label = "requests a second";
    if (!measure_all(w, &q, stated, "an answer", err)) return false;
    buf text = {0};
    buf_printf(&text, "callers of %s queue without end from ", label);
    tips_add(w, &text, "requests");
    buf_add_c(&text, stated ? " (it sleeps so long)"
                            : " (how long an answer takes is not in the source: swept)");
    buf_add_c(&text, "; callers that read for themselves do not queue");
    say(w, &text);
    buf_release(&text);
    return true;
}

/* Does the finding's place start a child, and not list them? */
static bool starts_child(const story *s)
{
    const model *m = s->m;
    for (vec_each(&m->effects, e))
        if (e->node == s->f->node && e->api != NO_IX)
            return api_flag(api_get(e->api), "start_child");
    return false;
}

bool sweep_hot_supervisor(sweep *w, error *err)
{
    bool starts = starts_child(&w->s);
    queue_setting q = {.kind = starts ? QUEUE_STARTS : QUEUE_CALLS};
    w->out->title = curve_text(w, "%s: when the supervisor falls behind", w->s.f->server_label);
    w->out->x_label = "requests a second";
    if (!measure_all(w, &q, 0, starts ? "an init" : "a listing", err)) return false;
    buf text = {0};
    buf_add_c(&text, "the supervisor falls behind, with its restarts too, from ");
    tips_add(w, &text, "requests");
    buf_printf(&text, " (how long %s takes is not in the source: swept); %s",
               starts ? "the child's init" : "a listing",
               starts ? "an init that hands its work to handle_continue does not hold it up"
                      : "a look into a registry does not ask it at all");
    say(w, &text);
    buf_release(&text);
    return true;
}
