/* Running findings: what `lode reproduce`, one or all, and `lode show` share. */
#ifndef LODE_CLI_REPRODUCE_H
#define LODE_CLI_REPRODUCE_H

#include "cli/cli.h"
#include "cli/pipeline.h"
#include "reproduce/reproduce.h"

/* What is asked for. Texts are borrowed. */
typedef struct {
    const char *finding;    /* beginning of a fingerprint, or a row's id; NULL */
    const char *path;       /* folder or repository; NULL: the database */
    const char *rev;        /* NULL: HEAD */
    const char *rule;       /* NULL: all */
    const char *confidence; /* NULL: all */
    const char *repository; /* part of its address; NULL: all */
    const char *edit_out, *svg, *curve, *emit;
    bool all, jsonl, mermaid, control, replay, again;
    uint32_t job_count;
    load_memo *memo; /* shared by all that is measured; NULL: none */
    reproduce_options options;
} reproduce_wish;

/* What came of one finding. */
typedef struct {
    uint32_t index; /* of the finding */
    bool done;      /* false: `why` tells */
    reproduction r;
    load_curve load; /* measured when its line_count > 0 */
    error why;
} reproduced;
void reproduced_release(reproduced *one);
/* Runs one finding, and measures it if load decides. */
void reproduced_make(const pipeline_result *p, const reproduce_wish *w, reproduced *one);
/* Runs many at once; each has its index. */
void reproduced_make_all(const pipeline_result *p, const reproduce_wish *w, reproduced *list,
                         uint32_t count);
/* The failing run, or NULL when there is none. */
const rt_outcome *reproduced_outcome(const reproduced *one);
/* Is the finding one that is wished for? */
bool reproduce_wants(const reproduce_wish *w, const finding *f);

/* Verdicts by rule, gathered. */
typedef struct {
    uint32_t counts[REPRODUCE_VERDICT_COUNT];
    double seconds_sum, seconds_max;
} rule_total;
void rule_total_add(rule_total *totals, const finding *f, const reproduced *one);

/* ---- printing (reproduce_print.c) ----------------------------------------------------------- */

void print_verdict(const finding *f, const reproduced *one);
void print_verdict_json(const finding *f, const reproduced *one);
/* The failing run as a story, the step that fails marked. */
void print_story(const rt_outcome *o);
/* Where each line of a curve tips, and its sentence. */
void print_load(const load_curve *c);
void print_totals(const rule_total *totals);
bool write_text(const char *path, sv text);

/* All that is asked for of one finding: the verdict, its story, files. False: complained. */
bool reproduced_present(const reproduce_wish *w, const pipeline_result *p, const reproduced *one);

/* ---- rows (reproduce_rows.c) ---------------------------------------------------------------- */

/* Runs the findings of the database that are wished for, snapshot after snapshot, and keeps what
 * came of them; with w->all those that have no verdict of these versions and this budget yet.
 * Returns the exit status. */
int reproduce_stored(const cli_args *args, const reproduce_wish *w);

/* ---- kept verdicts (reproduce_kept.c) ------------------------------------------------------- */

/* A row as it is kept; NULL is null. */
typedef struct {
    const char *verdict, *why, *category, *summary, *supposed, *control_change, *schedule,
        *scenario, *digest, *told, *schedules, *ms, *rule, *server;
    load_curve load;
    arena memory;
} stored_verdict;
/* *found: there is one. The caller releases *out. */
bool stored_verdict_read(db *conn, const char *finding_id, stored_verdict *out, bool *found,
                         error *err);
void stored_verdict_release(stored_verdict *v);
/* Runs the kept schedule again; the verdict has one outcome. ERR_INPUT: none is kept. */
bool stored_verdict_replay(const stored_verdict *v, rt_verdict *out, error *err);
/* What is asked for of it. */
typedef struct {
    const char *fingerprint, *svg, *curve; /* files; NULL: none */
    bool mermaid;                          /* only the chart, on stdout */
} verdict_wish;
/* Prints the verdict with its story and load, and writes the charts. ERR_IO: a file. */
bool stored_verdict_show(const stored_verdict *v, const verdict_wish *w, error *err);
/* `lode reproduce ID --replay`: prints the story of the kept schedule; EXIT_BUG when it is not the
 * same to the byte. */
int reproduce_replay_kept(const cli_args *args, const reproduce_wish *w);

#endif
