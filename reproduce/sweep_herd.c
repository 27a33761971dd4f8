/* Many that ask at the same moment: how long the last one waits. */
#include "base/base.h"
#include "reproduce/sweep.h"
#include <math.h>

enum { PATIENCE_MS = 5000, JITTER_MS = 10000, CONNECTIONS = 4, ASKERS_MAX = 240 };

static const int64_t answer_times_ms[] = {50, 200, 1000};

typedef enum {
    HERD_ASKERS,  /* all ask one connection at once */
    HERD_SPREAD,  /* at times spread over JITTER_MS */
    HERD_SERIAL,  /* one supervisor starts them: each init ends before the next begins */
    HERD_CALLERS, /* all call one server, which works for each in turn */
    HERD_QUEUED,  /* a request behind so many messages */
    HERD_APART    /* the server lets a process of its own work for each */
} herd_kind;

typedef struct {
    herd_kind kind;
    int64_t answer_ms;
    const char *verb; /* kind of the clause */
} herd_setting;

static void servers_add(sweep *w, const herd_setting *h)
{
    buf *out = &w->text;
    bool apart = h->kind == HERD_APART, queued = h->kind == HERD_QUEUED;
    buf_printf(out, "server worker {\n  name worker\n  on %s message", queued ? h->verb : "call");
    if (apart)
        buf_printf(out,
                   " {\n    Caller = from\n    P = spawn { sleep %" PRId64
                   "; reply_to Caller ok }\n    noreply\n  }\n",
                   h->answer_ms);
    else
        buf_printf(out, " {\n    sleep %" PRId64 "\n%s  }\n", h->answer_ms,
                   queued ? "" : "    reply ok\n");
    buf_add_c(out, "  on call another_request { reply ok }\n}\n");
}

static void tell(sweep *w, const herd_setting *h, uint32_t count)
{
    buf *out = &w->text;
    buf_add_c(out, "limit time 100000000\n");
    switch (h->kind) {
    case HERD_ASKERS:
    case HERD_SPREAD:
        buf_printf(out,
                   "process asker { R = call outside question timeout infinity }\n"
                   "driver {\n  start service(outside, %" PRId64 ", 1)\n",
                   h->answer_ms);
        for (uint32_t i = 0; i < count; i++) {
            if (h->kind == HERD_SPREAD)
                buf_printf(out, "  at %u\n", (uint32_t)JITTER_MS * i / count);
            buf_add_c(out, "  P = spawn asker\n");
        }
        break;
    case HERD_SERIAL:
        buf_add_c(out, "server child_of_it");
        buf_printf(out,
                   " {\n  init { R = call outside question timeout infinity }\n}\n"
                   "supervisor the_supervisor {\n  child child_of_it count %u\n}\ndriver {\n"
                   "  start service(outside, %" PRId64 ", %d)\n  start the_supervisor\n",
                   count * CONNECTIONS, h->answer_ms, CONNECTIONS);
        break;
    case HERD_CALLERS:
    case HERD_APART:
        servers_add(w, h);
        buf_printf(
            out,
            "driver {\n  start worker\n  repeat %u { P = spawn { R = call worker message timeout "
            "infinity } }\n",
            count);
        break;
    case HERD_QUEUED:
        servers_add(w, h);
        buf_printf(out,
                   "driver {\n  start worker\n  repeat %u { %s worker message }\n"
                   "  R = call worker another_request timeout infinity\n",
                   count, strcmp(h->verb, "cast") == 0 ? "cast" : "send");
        break;
    }
    buf_add_c(out, "}\n");
}

/* y: ms that the last one waits for its answer. */
static bool measure(sweep *w, const void *setting, double x, double *y, error *err)
{
    const herd_setting *h = setting;
    uint32_t count = (uint32_t)x;
    sweep_run run;
    tell(w, h, count);
    if (!run_once(w, &run, err)) return false;
    int64_t asked_ms = h->kind == HERD_SPREAD ? (int64_t)JITTER_MS * (count - 1) / count : 0;
    *y = (double)(run.end_ms - asked_ms);
    return true;
}

static uint32_t grid_for(int64_t answer_ms, double *grid)
{
    static const double loads[] = {0.1, 0.3, 0.6, 0.9, 1.3, 2};
    uint32_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(loads); i++) {
        double x = floor(loads[i] * PATIENCE_MS / (double)answer_ms + 0.5);
        x = MAX(MIN(x, (double)ASKERS_MAX), 1.0);
        if (!count || x > grid[count - 1]) grid[count++] = x;
    }
    return count;
}

static bool line_for(sweep *w, herd_setting *h, herd_kind kind, int64_t answer_ms, bool control,
                     const char *suffix, error *err)
{
    double grid[8];
    uint32_t count = grid_for(answer_ms, grid);
    h->kind = kind;
    h->answer_ms = answer_ms;
    buf name = {0};
    span_ms_add(&name, answer_ms);
    load_line *line = line_add(w, control, "%s %s", name.data, suffix);
    buf_release(&name);
    return !line || line_measure(w, line, grid, count, true, measure, h, err);
}

/* "100 at 50 ms, 25 at 200 ms, 5 at 1000 ms" */
static void tips_add(const sweep *w, buf *out)
{
    bool first = true;
    for (uint32_t i = 0; i < w->out->line_count; i++) {
        const load_line *line = &w->out->lines[i];
        if (line->control || !line->tips || strstr(line->name, "supervisor")) continue;
        if (!first) buf_add_c(out, ", ");
        number_add(out, line->x_tip);
        buf_printf(out, " at %s", line->name);
        first = false;
    }
}

static bool begin(sweep *w, herd_setting *h, callback_ix *root)
{
    *root = root_of(&w->s);
    if (*root == NO_IX) {
        w->out->why = "the clause that the finding stands in is not known";
        return false;
    }
    h->verb = kind_of(&w->s, *root);
    w->out->y_label = "ms until the last is through";
    w->out->y_tip = PATIENCE_MS;
    w->out->y_log = true;
    return true;
}

static void say(sweep *w, buf *text)
{
    w->out->told = arena_strndup(&w->out->memory, text->data, text->size);
    buf_release(text);
}

bool sweep_blocking(sweep *w, error *err)
{
    herd_setting h = {0};
    callback_ix root;
    if (!begin(w, &h, &root)) return true;
    uint8_t kind = w->s.m->callbacks.items[root].kind;
    if (kind == CB_INIT || kind == CB_START || kind == CB_RUN || kind == CB_TERMINATE ||
        kind == CB_CONTINUE) {
        w->out->why = "the clause runs once in the life of its process";
        return true;
    }
    bool called = strcmp(h.verb, "call") == 0;
    const char *label = model_callback_label(w->s.m, root, &w->s.memory);
    w->out->title = curve_text(w, "%s: when its callers give up", label);
    w->out->x_label = called ? "callers at once" : "messages in front of a request";
    for (size_t i = 0; i < ARRAY_LEN(answer_times_ms); i++)
        if (!line_for(w, &h, called ? HERD_CALLERS : HERD_QUEUED, answer_times_ms[i], false,
                      "of work", err))
            return false;
    if (called && !line_for(w, &h, HERD_APART, answer_times_ms[1], true,
                            "of work in a process of its own", err))
        return false;
    buf text = {0};
    buf_printf(&text, "a call waits over %d s, its default, behind %s", PATIENCE_MS / 1000,
               called ? "other callers: " : "messages: ");
    tips_add(w, &text);
    buf_printf(&text, " (how long %s works is not in the source: swept)", label);
    if (called) buf_add_c(&text, "; with the work in a process of its own nobody waits for others");
    say(w, &text);
    return true;
}

static bool many_ask(sweep *w, const char *who, bool serial, error *err)
{
    herd_setting h = {0};
    callback_ix root;
    if (!begin(w, &h, &root)) return true;
    bool stated = w->s.m->callbacks.items[root].kind == CB_INIT && serial;
    w->out->title = curve_text(w, "%s: when what they ask is overrun", w->s.f->server_label);
    w->out->x_label = curve_text(w, "%s at once, for each connection of what they ask", who);
    for (size_t i = 0; i < ARRAY_LEN(answer_times_ms); i++)
        if (!line_for(w, &h, HERD_ASKERS, answer_times_ms[i], false, "an answer", err))
            return false;
    if (!line_for(w, &h, HERD_SPREAD, answer_times_ms[1], true, "an answer, asked spread over 10 s",
                  err))
        return false;
    if (stated && !line_for(w, &h, HERD_SERIAL, answer_times_ms[1], false,
                            "an answer, started by one supervisor", err))
        return false;
    buf text = {0};
    buf_printf(&text, "the last of %s waits over %d s from ", who, PATIENCE_MS / 1000);
    tips_add(w, &text);
    buf_printf(&text, " for each connection (how long an answer takes, and how many connections "
                      "there are, is not in the source: swept); spread over 10 s they do not wait");
    if (stated)
        buf_add_c(&text, ". One supervisor starts them one after another: then they never ask at "
                         "once, and the last is up after as many answers as there are children, "
                         "whatever the connections");
    say(w, &text);
    return true;
}

bool sweep_inits(sweep *w, error *err)
{
    return many_ask(w, "inits", true, err);
}

bool sweep_ticks(sweep *w, error *err)
{
    return many_ask(w, "timers that fire in step", false, err);
}
