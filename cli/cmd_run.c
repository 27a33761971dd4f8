#include "base/base.h"
#include "cli/cli.h"
#include "reproduce/reproduce.h"
#include "runtime/runtime.h"

#include <unistd.h>

enum { SCENARIO_BYTES_MAX = 4 << 20 };

static bool parse_mode(const cli_args *args, rt_options *o, int *status)
{
    static const struct {
        const char *option;
        rt_mode mode;
    } modes[] = {
        {"--random", RT_RANDOM}, {"--pct", RT_PCT}, {"--pos", RT_POS}, {"--live", RT_LIVE}};
    const char *schedule = cli_value(args, "--replay");
    int64_t seed, count = 0, preemptions, delays, ms, threads,
                  cores = sysconf(_SC_NPROCESSORS_ONLN);
    cores = MIN(MAX(cores, 1), RT_THREADS_MAX);
    if (!cli_number(args, "--seed", 0, INT64_MAX, 1, &seed) ||
        !cli_number(args, "--schedules", 1, INT64_MAX, (int64_t)o->schedules_max, &count) ||
        !cli_number(args, "--preemptions", 0, 1000, -1, &preemptions) ||
        !cli_number(args, "--delays", 0, 1000, -1, &delays) ||
        !cli_number(args, "--budget", 1, INT32_MAX, 0, &ms) ||
        !cli_number(args, "--threads", 1, RT_THREADS_MAX, cores, &threads)) {
        *status = EXIT_USAGE;
        return false;
    }
    o->seed = (uint64_t)seed;
    o->preemptions_max = (int32_t)preemptions;
    o->delays_max = (int32_t)delays;
    o->wall_ms_max = ms;
    o->threads = (uint32_t)threads;
    if (cli_value(args, "--seed") && !cli_value(args, "--explore")) o->mode = RT_ONCE;
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        if (!cli_value(args, modes[i].option)) continue;
        o->mode = modes[i].mode;
        if (!cli_value(args, "--schedules")) count = 1000;
    }
    o->schedules_max = (uint64_t)count;
    if (schedule) {
        o->mode = RT_REPLAY;
        o->schedule = sv_from(schedule);
    }
    o->delivery_instant = cli_value(args, "--instant") != NULL;
    o->timers_early = cli_value(args, "--early-timers") != NULL;
    o->reply_by_ref = cli_value(args, "--reply-by-ref") != NULL;
    o->minimise = cli_value(args, "--minimise") != NULL;
    if (cli_value(args, "--seen")) o->outcomes_max = UINT32_MAX;
    return true;
}

static int format(sv file, sv text)
{
    error err = {0};
    buf out = {0};
    bool done = rt_format(file, text, &out, &err);
    if (done) fwrite(out.data, 1, out.size, stdout);
    buf_release(&out);
    return done ? EXIT_DONE : cli_fail(&err);
}

static int emit(const cli_args *args, sv file, sv text)
{
    error err = {0};
    buf out = {0};
    const char *word = cli_value(args, "--emit");
    bool terms = strcmp(word, "terms") == 0, done;
    if (!terms && strcmp(word, "erlang") != 0 && strcmp(word, "elixir") != 0)
        return cli_usage(args, "%s is nothing that can be emitted; terms, erlang, elixir are",
                         word);
    if (terms) done = rt_terms(file, text, &out, &err);
    else done = reproduce_emit_scenario(file, text, word, &out, &err);
    if (terms) buf_add_c(&out, ".\n");
    if (done) fwrite(out.data, 1, out.size, stdout);
    buf_release(&out);
    return done ? EXIT_DONE : cli_fail(&err);
}

static int reduce(const cli_args *args, sv file, sv text, const rt_options *o)
{
    error err = {0};
    buf out = {0};
    rt_category category;
    const char *word = cli_value(args, "--reduce");
    if (!rt_category_parse(sv_from(word), &category))
        return cli_usage(args, "%s is no category; one is deadlock", word);
    bool done = rt_minimise(file, text, o, category, &out, &err);
    if (done) fwrite(out.data, 1, out.size, stdout);
    buf_release(&out);
    return done ? EXIT_DONE : cli_fail(&err);
}

static int run(const cli_args *args, sv file, sv text, const rt_options *o)
{
    error err = {0};
    buf out = {0};
    rt_verdict verdict;
    if (!rt_run(file, text, o, &verdict, &err)) return cli_fail(&err);
    if (cli_value(args, "--seen")) rt_verdict_seen(&verdict, &out);
    else if (cli_value(args, "--json")) rt_verdict_json(&verdict, &out);
    else rt_verdict_print(&verdict, &out);
    fwrite(out.data, 1, out.size, stdout);
    int status = verdict.expectations_met ? EXIT_DONE : EXIT_FINDINGS;
    buf_release(&out);
    rt_verdict_release(&verdict);
    return status;
}

static int one_file(const cli_args *args, const char *path, const rt_options *o)
{
    error err = {0};
    buf text = {0};
    int status;
    sv file = sv_from(path);
    if (!file_read(path, SCENARIO_BYTES_MAX, &text, &err)) return cli_fail(&err);
    if (cli_value(args, "--format")) status = format(file, buf_sv(&text));
    else if (cli_value(args, "--emit")) status = emit(args, file, buf_sv(&text));
    else if (cli_value(args, "--reduce")) status = reduce(args, file, buf_sv(&text), o);
    else status = run(args, file, buf_sv(&text), o);
    buf_release(&text);
    return status;
}

int cmd_run(int argc, char **argv)
{
    cli_args args;
    int status = 0, worst = EXIT_DONE;
    if (!cli_parse(argc, argv, 1, CLI_POSITIONS_MAX, &args, &status)) return status;
    rt_options o = rt_options_default();
    if (!parse_mode(&args, &o, &status)) return status;
    for (uint32_t i = 0; i < args.position_count; i++) {
        status = one_file(&args, args.positions[i], &o);
        worst = MAX(worst, status);
        if (status != EXIT_DONE && status != EXIT_FINDINGS) break;
    }
    return cli_flush() ? worst : EXIT_ENVIRONMENT;
}
