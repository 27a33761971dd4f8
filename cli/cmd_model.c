#include "base/base.h"
#include "cli/cli.h"
#include "cli/model_print.h"

static int print(const cli_args *args, const pipeline_options *options, bool dot)
{
    pipeline_result r = {0};
    buf out = {0};
    error err = {0};
    int status = EXIT_DONE;
    model_filter filter = {.server = sv_from(cli_value(args, "--server")),
                           .tests = cli_value(args, "--tests") != NULL};
    if (pipeline_run(options, &r, &err)) {
        if (dot) model_print_dot(&r.model, &filter, &out);
        else model_print_text(&r.model, &filter, &out);
        fwrite(buf_sv(&out).data, 1, out.size, stdout);
        if (!cli_flush()) status = EXIT_ENVIRONMENT;
    } else {
        status = cli_fail(&err);
    }
    buf_release(&out);
    pipeline_release(&r);
    return status;
}

int cmd_model(int argc, char **argv)
{
    cli_args args;
    error err = {0};
    int64_t jobs;
    int status = 0;
    if (!cli_parse(argc, argv, 1, 1, &args, &status)) return status;
    const char *format = cli_value(&args, "--format");
    bool dot = format && strcmp(format, "dot") == 0;
    if (format && !dot && strcmp(format, "text") != 0)
        return cli_usage(&args, "--format is text or dot, not %s", format);
    if (!cli_number(&args, "--jobs", 1, 64, pipeline_processors(), &jobs)) return EXIT_USAGE;
    if (!crawler_init(&err)) return cli_fail(&err);
    pipeline_options options = {.path = args.positions[0],
                                .rev = cli_value(&args, "--rev"),
                                .thread_count = (uint32_t)jobs,
                                .no_rules = true};
    status = print(&args, &options, dot);
    crawler_end();
    return status;
}
