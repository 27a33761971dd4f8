#include "base/base.h"
#include "base/embed.h"
#include "classifiers/classifiers.h"
#include "cli/cli.h"

EMBED_DECLARE(cli);

static const char *family_title(char family)
{
    switch (family) {
    case 'O': return "Ordering protocols";
    case 'C': return "Call cycles";
    case 'M': return "Mailboxes and memory";
    case 'R': return "Restart configuration and start-up";
    default: return "Structure";
    }
}

static void list_text(void)
{
    char family = '\0';
    for (rule_ix i = 0; i < rule_count(); i++) {
        const rule_row *rule = rule_get(i);
        if (rule->family != family)
            printf("%s%s%s%s\n", i ? "\n" : "", cli_paint(COLOR_BOLD), family_title(rule->family),
                   cli_paint(COLOR_NONE));
        family = rule->family;
        const char *word = level_name(rule->level);
        printf("  %s%-7s%s %-28s %s\n", cli_paint(cli_level_color(word)), word,
               cli_paint(COLOR_NONE), rule->id, rule->title);
    }
}

static void add_rule(json_out *j, const rule_row *rule)
{
    char family[2] = {rule->family, '\0'};
    json_object(j);
    json_key(j, "id");
    json_c(j, rule->id);
    json_key(j, "family");
    json_c(j, family);
    json_key(j, "level");
    json_c(j, level_name(rule->level));
    json_key(j, "version");
    json_i64(j, rule->version);
    json_key(j, "title");
    json_c(j, rule->title);
    json_object_end(j);
}

static void list_json(void)
{
    buf out = {0};
    json_out j = {.out = &out};
    json_array(&j);
    for (rule_ix i = 0; i < rule_count(); i++) add_rule(&j, rule_get(i));
    json_array_end(&j);
    printf("%s\n", out.data);
    buf_release(&out);
}

sv cli_rule_page(const char *id)
{
    size_t count = 0;
    const embed_file *files = cli_embed(&count);
    buf path = {0};
    sv page = SV("");
    buf_printf(&path, "../classifiers/docs/%s.md", id);
    for (size_t i = 0; i < count; i++) {
        if (!sv_eq(sv_from(files[i].path), buf_sv(&path))) continue;
        sv text = embed_text(&files[i]);
        if (sv_starts(text, SV("# "))) text = sv_slice(text, sv_find(text, SV("\n"), 0), text.size);
        page = sv_trim(text);
    }
    buf_release(&path);
    return page;
}

static int explain(const cli_args *args, const char *id)
{
    rule_ix index = rule_find(sv_from(id));
    if (index == UINT32_MAX) {
        const char *known[256], *nearest;
        uint32_t count = MIN(rule_count(), (uint32_t)ARRAY_LEN(known));
        for (uint32_t i = 0; i < count; i++) known[i] = rule_get(i)->id;
        nearest = cli_nearest(id, known, count);
        if (nearest) return cli_usage(args, "there is no rule %s; did you mean %s?", id, nearest);
        return cli_usage(args, "there is no rule %s; `lode rules` lists them", id);
    }
    const rule_row *rule = rule_get(index);
    printf("%s%s%s  %s, version %u, %s\n\n%s\n", cli_paint(COLOR_BOLD), rule->id,
           cli_paint(COLOR_NONE), level_name(rule->level), rule->version,
           family_title(rule->family), rule->title);
    if (rule->implies && rule->implies[0])
        printf("\nAt the same place it stands for these too: %s\n", rule->implies);
    printf("\n%.*s\n", SV_FMT(cli_rule_page(rule->id)));
    return EXIT_DONE;
}

int cmd_rules(int argc, char **argv)
{
    cli_args args;
    cli_format format;
    int status = 0;
    if (!cli_parse(argc, argv, 0, 1, &args, &status)) return status;
    if (!cli_format_parse(cli_value(&args, "--format"), &format) || format == FORMAT_CSV)
        return cli_usage(&args, "--format is table or json");
    if (args.position_count == 1) status = explain(&args, args.positions[0]);
    else if (format == FORMAT_JSON) list_json();
    else list_text();
    return cli_flush() ? status : EXIT_ENVIRONMENT;
}
