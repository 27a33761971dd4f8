/* Verdicts that are kept: read back, run again. */
#include "base/base.h"
#include "cli/reproduce.h"

static const char *kept(arena *memory, const db_result *r, uint32_t row, uint32_t column)
{
    const char *text = db_result_text(r, row, column);
    return text ? arena_strndup(memory, text, strlen(text)) : NULL;
}

static double real_at(const db_result *r, uint32_t row, uint32_t column)
{
    const char *text = db_result_text(r, row, column);
    return text ? strtod(text, NULL) : 0;
}

/* The line of a row whose lines stand in order; a new one when it differs from the last. */
static void read_load(stored_verdict *v, const db_result *r)
{
    enum { NAME, CONTROL, X_LABEL, Y_LABEL, Y_TIP, X_TIP, X, Y, POSITION };
    arena *memory = &v->load.memory;
    uint32_t rows = db_result_rows(r);
    load_curve *c = &v->load;
    c->why = "";
    c->title = arena_printf(memory, "%s: %s", v->rule, v->server);
    c->told = v->told ? arena_strndup(memory, v->told, strlen(v->told)) : "";
    if (!rows) return;
    c->lines = ARENA_ARRAY(memory, load_line, rows);
    load_point *points = ARENA_ARRAY(memory, load_point, rows);
    c->x_label = kept(memory, r, 0, X_LABEL);
    c->y_label = kept(memory, r, 0, Y_LABEL);
    c->y_tip = real_at(r, 0, Y_TIP);
    for (uint32_t i = 0; i < rows; i++) {
        if (!i || strcmp(db_result_text(r, i, POSITION), db_result_text(r, i - 1, POSITION)) != 0)
            c->lines[c->line_count++] =
                (load_line){.name = kept(memory, r, i, NAME),
                            .control = *db_result_text(r, i, CONTROL) == 't',
                            .points = &points[i],
                            .tips = db_result_text(r, i, X_TIP) != NULL,
                            .x_tip = real_at(r, i, X_TIP)};
        points[i] = (load_point){real_at(r, i, X), real_at(r, i, Y)};
        c->lines[c->line_count - 1].point_count++;
    }
    /* What spans more than percents is drawn by decades, as when it was measured. */
    for (uint32_t i = 0; i < rows; i++) c->y_log |= points[i].y > 100;
}

bool stored_verdict_read(db *conn, const char *finding_id, stored_verdict *out, bool *found,
                         error *err)
{
    const char *params[] = {finding_id};
    db_result *r = NULL, *lines = NULL;
    bool done =
        db_query(conn,
                 "SELECT p.verdict, p.why, p.category, p.summary, p.supposed, p.control_change, "
                 "p.schedule, p.scenario, p.trace_digest, p.told, p.schedules, "
                 "round(p.seconds::numeric * 1000), p.rule, g.server FROM reproduction p "
                 "JOIN finding g ON g.id = p.finding_id WHERE p.finding_id = $1",
                 params, 1, &r, err) &&
        db_query(conn,
                 "SELECT l.name, l.is_control, l.x_label, l.y_label, l.y_tip, l.x_tip, p.x, p.y, "
                 "l.position FROM reproduction_line l JOIN reproduction_point p "
                 "ON p.finding_id = l.finding_id AND p.line = l.position "
                 "WHERE l.finding_id = $1 ORDER BY l.position, p.position",
                 params, 1, &lines, err);
    *out = (stored_verdict){0};
    *found = done && db_result_rows(r) > 0;
    if (*found) {
        const char **fields[] = {
            &out->verdict,        &out->why,      &out->category, &out->summary, &out->supposed,
            &out->control_change, &out->schedule, &out->scenario, &out->digest,  &out->told,
            &out->schedules,      &out->ms,       &out->rule,     &out->server};
        for (uint32_t i = 0; i < ARRAY_LEN(fields); i++) *fields[i] = kept(&out->memory, r, 0, i);
        read_load(out, lines);
    }
    db_result_free(r);
    db_result_free(lines);
    return done;
}

void stored_verdict_release(stored_verdict *v)
{
    load_curve_release(&v->load);
    arena_release(&v->memory);
    *v = (stored_verdict){0};
}

bool stored_verdict_replay(const stored_verdict *v, rt_verdict *out, error *err)
{
    if (!v->schedule || !v->scenario)
        return error_set(err, ERR_INPUT, "it did not fail: there is no schedule to run again");
    return reproduce_replay(sv_from(v->scenario), sv_from(v->schedule), out, err);
}

static void print_kept(const stored_verdict *v, const rt_outcome *o, const char *fingerprint)
{
    bool fails = strcmp(v->verdict, "reproduced") == 0;
    printf("\nverdict      %s%s%s", cli_paint(fails ? COLOR_RED : COLOR_YELLOW), v->verdict,
           cli_paint(COLOR_NONE));
    if (v->summary) printf(": %s", v->summary);
    else if (v->why) printf(": %s", v->why);
    printf("\nrun          %s %s, %s ms\n", v->schedules,
           strcmp(v->schedules, "1") == 0 ? "schedule" : "schedules", v->ms);
    if (v->control_change) printf("control      %s\n", v->control_change);
    sv rest = sv_from(v->supposed ? v->supposed : ""), line;
    while (sv_next(&rest, '\n', &line))
        if (line.size) printf("supposed     %.*s\n", SV_FMT(line));
    if (o) print_story(o);
    print_load(&v->load);
    if (o)
        printf("charts       lode show %.12s --svg FILE (the run), --mermaid%s\n", fingerprint,
               v->load.line_count ? ", --curve FILE (load)" : "");
}

bool stored_verdict_show(const stored_verdict *v, const verdict_wish *w, error *err)
{
    rt_verdict again = {0};
    bool done = true;
    if (v->schedule && !stored_verdict_replay(v, &again, err)) return false;
    const rt_outcome *o = again.outcome_count ? &again.outcomes[0] : NULL;
    buf text = {0};
    if (w->mermaid && o) {
        reproduce_mermaid(o, &text);
        done = write_text("-", buf_sv(&text));
    } else if (!w->mermaid) {
        print_kept(v, o, w->fingerprint);
    }
    buf_clear(&text);
    if (w->svg && o) {
        reproduce_svg(o, &text);
        done = write_text(w->svg, buf_sv(&text)) && done;
    }
    if ((w->svg || w->mermaid) && !o)
        log_line(LOG_WARNING, "it did not fail: there is no run to draw");
    buf_clear(&text);
    if (w->curve && v->load.line_count) {
        load_curve_svg(&v->load, &text);
        done = write_text(w->curve, buf_sv(&text)) && done;
    } else if (w->curve) {
        log_line(LOG_WARNING, "load is not measured: there is no curve");
    }
    buf_release(&text);
    rt_verdict_release(&again);
    return done || error_set(err, ERR_IO, "not everything could be written");
}

/* Runs the kept schedule again and prints the story; the bytes are to be those of the first time.
 */
static int replay(const stored_verdict *v, error *err)
{
    rt_verdict again = {0};
    char digest[65] = "";
    buf text = {0};
    if (!stored_verdict_replay(v, &again, err)) return cli_fail(err);
    if (again.outcome_count) {
        reproduce_digest(&again.outcomes[0], digest);
        reproduce_told(&again.outcomes[0], &text);
        fwrite(text.data, 1, text.size, stdout);
    }
    buf_release(&text);
    rt_verdict_release(&again);
    if (v->digest && strcmp(digest, v->digest) == 0) return EXIT_DONE;
    log_line(LOG_ERROR, "the run differs from the one that was kept: %s, not %s", digest,
             v->digest ? v->digest : "any");
    return EXIT_BUG;
}

int reproduce_replay_kept(const cli_args *args, const reproduce_wish *w)
{
    const char *params[] = {w->finding};
    db *conn = NULL;
    db_result *r = NULL;
    stored_verdict v = {0};
    bool found = false;
    error err = {0};
    int status = EXIT_DONE;
    if (!cli_db_open(args, true, &conn, &err) ||
        !db_query(conn,
                  "SELECT g.id FROM current_finding g WHERE starts_with(g.fingerprint, lower($1)) "
                  "OR g.id::text = lower($1) ORDER BY g.id",
                  params, 1, &r, &err))
        status = cli_fail(&err);
    else if (db_result_rows(r) != 1)
        status = cli_usage(args, "%u findings have an id that begins with %s", db_result_rows(r),
                           w->finding);
    else if (!stored_verdict_read(conn, db_result_text(r, 0, 0), &v, &found, &err))
        status = cli_fail(&err);
    else if (!found)
        status = cli_usage(args, "it was not run yet: `lode reproduce %s` does", w->finding);
    else status = replay(&v, &err);
    stored_verdict_release(&v);
    db_result_free(r);
    db_close(conn);
    return status;
}
