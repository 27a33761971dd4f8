/* Running findings, one or many side by side. */
#include "base/base.h"
#include <pthread.h>
#include <stdatomic.h>
#include "cli/reproduce.h"

void reproduced_release(reproduced *one)
{
    reproduction_release(&one->r);
    load_curve_release(&one->load);
}

void reproduced_make(const pipeline_result *p, const reproduce_wish *w, reproduced *one)
{
    const findings *all = &p->findings;
    const char *rule = rule_get(all->items.items[one->index].rule)->id;
    one->done = reproduce_run(&p->model, all, one->index, &w->options, &one->r, &one->why);
    if (one->done && reproduce_is_load(sv_from(rule)) && !w->options.scenario_only)
        one->done = reproduce_load(&p->model, all, one->index, w->memo, &one->load, &one->why);
}

typedef struct {
    const pipeline_result *p;
    const reproduce_wish *w;
    reproduced *list;
    uint32_t count;
    atomic_uint next; /* relaxed: it only hands out numbers */
} work;

static void *work_through(void *payload)
{
    work *k = payload;
    for (;;) {
        uint32_t i = atomic_fetch_add_explicit(&k->next, 1, memory_order_relaxed);
        if (i >= k->count) return NULL;
        reproduced_make(k->p, k->w, &k->list[i]);
    }
}

void reproduced_make_all(const pipeline_result *p, const reproduce_wish *w, reproduced *list,
                         uint32_t count)
{
    enum { THREADS_MAX = 64 };
    pthread_t threads[THREADS_MAX];
    work k = {.p = p, .w = w, .list = list, .count = count};
    uint32_t started = 0, wanted = MIN(MIN(w->job_count, count), (uint32_t)THREADS_MAX);
    while (started + 1 < wanted && pthread_create(&threads[started], NULL, work_through, &k) == 0)
        started++;
    work_through(&k);
    for (uint32_t i = 0; i < started; i++) pthread_join(threads[i], NULL);
}

const rt_outcome *reproduced_outcome(const reproduced *one)
{
    bool failed = one->done && one->r.run.outcome_count &&
                  (one->r.verdict == REPRODUCED || one->r.verdict == REPRODUCED_BOTH);
    return failed ? &one->r.run.outcomes[one->r.outcome] : NULL;
}

bool reproduce_wants(const reproduce_wish *w, const finding *f)
{
    if (f->suppressed) return false;
    if (w->rule && strcmp(rule_get(f->rule)->id, w->rule) != 0) return false;
    if (w->finding && strncmp(f->fingerprint, w->finding, strlen(w->finding)) != 0) return false;
    return !w->confidence || strcmp(confidence_name((confidence)f->confidence), w->confidence) == 0;
}

void rule_total_add(rule_total *totals, const finding *f, const reproduced *one)
{
    rule_total *t = &totals[f->rule];
    t->counts[one->r.verdict]++;
    t->seconds_sum += one->r.seconds;
    t->seconds_max = MAX(t->seconds_max, one->r.seconds);
}
