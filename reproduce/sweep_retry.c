/* Work that makes more of itself: callers that ask again at once, and timers armed once more. */
#include "base/base.h"
#include "reproduce/sweep.h"
#include <math.h>

/* PAUSE and LONG count timeouts: how long the server was away, and what is as good as never. */
enum { PATIENCE_MS = 5000, TRIES = 3, COUNT_MAX = 60, PAUSE = 5, LONG = 25 };

typedef struct {
    int64_t work_ms, wait_ms; /* of one message; the call's timeout or the timer's interval */
    bool control;
} retry_setting;

/* Whole numbers around the one from which theory expects it to fail. */
static uint32_t grid_around(double expected, double *grid)
{
    static const double parts[] = {0.2, 0.5, 0.8, 1, 1.3, 2};
    uint32_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        double x = MAX(MIN(floor(expected * parts[i] + 0.5), (double)COUNT_MAX), 1.0);
        if (!count || x > grid[count - 1]) grid[count++] = x;
    }
    return count;
}

static bool line_for(sweep *w, retry_setting *r, double expected, const char *suffix,
                     measure_fn measure, error *err)
{
    double grid[8];
    uint32_t count = grid_around(expected, grid);
    buf name = {0};
    span_ms_add(&name, r->work_ms);
    load_line *line = line_add(w, r->control, "%s %s", name.data, suffix);
    buf_release(&name);
    return !line || line_measure(w, line, grid, count, true, measure, r, err);
}

/* "24 clients at 125 ms an answer, 12 at 250 ms an answer" */
static void tips_add(const sweep *w, buf *out, const char *unit)
{
    bool first = true;
    for (uint32_t i = 0; i < w->out->line_count; i++) {
        const load_line *line = &w->out->lines[i];
        if (line->control || !line->tips) continue;
        if (!first) buf_add_c(out, ", ");
        number_add(out, line->x_tip);
        buf_printf(out, "%s at %s", first ? unit : "", line->name);
        first = false;
    }
}

static void say(sweep *w, buf *text)
{
    w->out->told = arena_strndup(&w->out->memory, text->data, text->size);
    buf_release(text);
}

/* ---- timeout-retry-storm ---- */

/* All ask a server that was away, and ask again whenever their time is up. y: how many timeouts
 * until the last has its answer. */
static bool measure_storm(sweep *w, const void *setting, double x, double *y, error *err)
{
    const retry_setting *r = setting;
    buf *out = &w->text;
    sweep_run run;
    buf_printf(out,
               "limit time %" PRId64
               "\nserver slow {\n  name slow\n  on call question {\n    sleep %" PRId64
               "\n    reply answer\n  }\n  on cast pause { sleep %" PRId64
               " }\n}\nprocess client {\n  Left = %d\n  loop {\n    try {\n"
               "      R = call slow question timeout %" PRId64 "\n      break\n    } catch _ { }\n",
               LONG * r->wait_ms, r->work_ms, PAUSE * r->wait_ms, TRIES, r->wait_ms);
    if (r->control) buf_add_c(out, "    Left = Left - 1\n    if Left == 0 { break }\n");
    buf_printf(out,
               "  }\n}\ndriver {\n  start slow\n  cast slow pause\n"
               "  repeat %.0f { P = spawn client }\n}\n",
               x);
    if (!run_once(w, &run, err)) return false;
    *y = (double)run.end_ms / (double)r->wait_ms;
    return true;
}

/* The timeout of the call that is made again. */
static int64_t call_timeout(const story *s)
{
    for (vec_each(&s->m->edges, e))
        if (e->op != NO_IX && e->kind == EDGE_CALL && e->timeout_ms > 0 &&
            is_evidence(s, s->m->ops.items[e->op].node))
            return e->timeout_ms;
    return PATIENCE_MS;
}

bool sweep_storm(sweep *w, error *err)
{
    static const int64_t parts[] = {20, 10, 5}; /* of the timeout */
    retry_setting r = {.wait_ms = call_timeout(&w->s)};
    if (r.wait_ms > 600000 || r.wait_ms < 40) {
        w->out->why = "its timeout is under 40 ms or over ten minutes";
        return true;
    }
    w->out->title = curve_text(w, "%s: when it does not recover", w->s.f->server_label);
    w->out->x_label = "clients that ask again at once";
    w->out->y_label = "timeouts until all are answered";
    w->out->y_tip = LONG;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        r.work_ms = r.wait_ms / parts[i];
        if (!line_for(w, &r, (double)parts[i], "an answer", measure_storm, err)) return false;
    }
    r.work_ms = r.wait_ms / parts[1];
    r.control = true;
    if (!line_for(w, &r, (double)parts[1], "an answer, given up after three tries", measure_storm,
                  err))
        return false;
    buf text = {0};
    buf_add_c(&text, "after a pause of 5 timeouts the server does not catch up within 25 from ");
    tips_add(w, &text, " clients");
    buf_add_c(&text, " (how long an answer takes is not in the source: swept; the call's "
                     "timeout is ");
    span_ms_add(&text, r.wait_ms);
    buf_printf(&text, "); clients that give up after %d tries let it recover", TRIES);
    say(w, &text);
    return true;
}

/* ---- timer-pileup ---- */

/* Requests spread over one interval, each of which arms the timer once more. y: ms that a request
 * waits for its answer four intervals later. */
static bool measure_pileup(sweep *w, const void *setting, double x, double *y, error *err)
{
    const retry_setting *r = setting;
    buf *out = &w->text;
    sweep_run run;
    int64_t asked_ms = 4 * r->wait_ms;
    buf_printf(out,
               "limit time %" PRId64
               "\nserver piling {\n  name piling\n  state Armed = no\n  on call request {\n",
               asked_ms + 100 * (int64_t)PATIENCE_MS);
    if (r->control)
        buf_printf(out,
                   "    if Armed == no { T = send_after %" PRId64 " self tick }\n    Armed = yes\n",
                   r->wait_ms);
    else buf_printf(out, "    T = send_after %" PRId64 " self tick\n", r->wait_ms);
    buf_printf(out,
               "    reply ok\n  }\n  on call last { stop normal reply ok }\n  on info tick {\n"
               "    sleep %" PRId64 "\n    T2 = send_after %" PRId64 " self tick\n  }\n}\n"
               "driver {\n  start piling\n",
               r->work_ms, r->wait_ms);
    uint32_t count = (uint32_t)x;
    for (uint32_t i = 0; i < count; i++)
        buf_printf(out, "  at %" PRId64 "; R%u = call piling request timeout infinity\n",
                   r->wait_ms * i / count, i);
    buf_printf(out, "  at %" PRId64 "; R = call piling last timeout infinity\n}\n", asked_ms);
    if (!run_once(w, &run, err)) return false;
    *y = (double)MAX(run.end_ms - asked_ms, 1);
    return true;
}

static int64_t interval_at(const model *m, node_ix node)
{
    for (vec_each(&m->effects, e)) {
        if (e->node != node || e->kind != API_TIMER || e->api == NO_IX) continue;
        if (api_get(e->api)->timeout < 0) continue;
        uint32_t n = (uint8_t)api_get(e->api)->timeout;
        if (n >= e->arg_count) continue;
        const model_val *arg = model_value(m, m->effect_args.items[e->arg_first + n]);
        if (arg->kind == VAL_INT && arg->number > 0) return arg->number;
    }
    return 0;
}

bool sweep_pileup(sweep *w, error *err)
{
    static const int64_t parts[] = {40, 20, 5}; /* of the interval */
    retry_setting r = {.wait_ms = interval_at(w->s.m, w->s.f->node)};
    if (r.wait_ms < 40 || r.wait_ms > 3600000) {
        w->out->why = r.wait_ms ? "its interval is under 40 ms or over an hour"
                                : "the interval of the timer is not in the source";
        return true;
    }
    buf every = {0};
    span_ms_add(&every, r.wait_ms);
    w->out->title = curve_text(w, "%s: when its timers leave no time", w->s.f->server_label);
    w->out->x_label =
        curve_text(w, "requests so far, each with a timer of its own, every %s", every.data);
    w->out->y_label = "ms that a request waits";
    w->out->y_tip = PATIENCE_MS;
    w->out->y_log = true;
    bool done = true;
    for (size_t i = 0; i < ARRAY_LEN(parts) && done; i++) {
        r.work_ms = r.wait_ms / parts[i];
        double from = (double)(PATIENCE_MS + r.wait_ms) / (double)r.work_ms;
        done = line_for(w, &r, from, "a tick", measure_pileup, err);
    }
    r.control = true;
    r.work_ms = r.wait_ms / parts[1];
    done =
        done && line_for(w, &r, (double)(parts[1] * 2), "a tick, armed once", measure_pileup, err);
    buf text = {0};
    buf_add_c(&text, "a request waits over 5 s, the default of a call, after ");
    tips_add(w, &text, " requests");
    buf_printf(&text,
               " (how long a tick takes is not in the source: swept; the interval is %s); armed "
               "once it waits for one tick at most",
               every.data);
    say(w, &text);
    buf_release(&every);
    return done;
}
