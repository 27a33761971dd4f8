/* What `lode scan` found, as SARIF on stdout. */
#include "base/base.h"
#include "base/version.h"
#include "cli/cli.h"
#include "cli/scan.h"
#include "notebooks_export/export.h"

static const char *family_name(char family)
{
    switch (family) {
    case 'O': return "ordering";
    case 'C': return "call-cycles";
    case 'M': return "mailboxes";
    case 'R': return "restarts";
    default: return "structure";
    }
}

static sarif_rule *all_rules(arena *a)
{
    sarif_rule *rules = ARENA_ARRAY(a, sarif_rule, rule_count());
    for (rule_ix i = 0; i < rule_count(); i++) {
        const rule_row *row = rule_get(i);
        rules[i] = (sarif_rule){.id = row->id,
                                .title = row->title,
                                .level = level_name(row->level),
                                .help = cli_rule_page(row->id),
                                .version = row->version,
                                .family = family_name(row->family)};
    }
    return rules;
}

static void add_finding(sarif *s, const sarif_run *run, const findings *all, const finding *f,
                        const char *state, arena *a)
{
    sarif_place *steps = ARENA_ARRAY(a, sarif_place, MAX(f->step_count, 1u));
    for (uint32_t i = 0; i < f->step_count; i++) {
        const finding_step *step = &all->steps.items[f->step_first + i];
        steps[i] = (sarif_place){.path = step->at.path,
                                 .line = step->at.line,
                                 .end_line = step->at.end_line,
                                 .note = step->note};
    }
    sarif_result result = {.rule = f->rule,
                           .level = level_name((level)f->level),
                           .confidence = confidence_name((confidence)f->confidence),
                           .message = f->message,
                           .fingerprint = f->fingerprint,
                           .server = f->server_label,
                           .at = {.path = f->at.path,
                                  .line = f->at.line,
                                  .col = f->at.col,
                                  .end_line = f->at.end_line},
                           .steps = steps,
                           .step_count = f->step_count,
                           .suppressed = f->suppressed,
                           .baseline = state};
    sarif_add(s, run, &result);
}

/* What the baseline has and this run did not find again. */
static void add_absent(sarif *s, const sarif_run *run, const baseline *old)
{
    for (vec_each(&old->rows, row)) {
        rule_ix rule = rule_find(sv_from(row->rule));
        if (row->met || rule == UINT32_MAX) continue;
        sarif_result result = {
            .rule = rule,
            .level = level_name(rule_get(rule)->level),
            .confidence = confidence_name(CONF_POSSIBLE),
            .message = row->message,
            .fingerprint = row->fingerprint,
            .server = "",
            .at = {.path = sv_from(row->path),
                   .line = row->line > 0 && row->line < UINT32_MAX ? (uint32_t)row->line : 0},
            .baseline = "absent"};
        sarif_add(s, run, &result);
    }
}

static void add_notes(sarif *s, const pipeline_result *r)
{
    uint32_t skip_count = 0;
    const snapshot_skip *skips = snapshot_skips(r->snapshot, &skip_count);
    for (uint32_t i = 0; i < r->file_count; i++) {
        const pipeline_file *file = &r->files[i];
        if (!file->analysed) sarif_note(s, "warning", file->entry->path, file->why.text);
        else if (file->partial)
            sarif_note(s, "note", file->entry->path,
                       "read in part: what stands in syntax errors "
                       "was left out");
    }
    for (uint32_t i = 0; i < skip_count; i++)
        sarif_note(s, "note", skips[i].path, skip_reason_name(skips[i].reason));
}

void scan_print_sarif(const pipeline_result *r, const scan_wish *wish)
{
    arena a = {0};
    buf out = {0};
    sarif s;
    sarif_run run = {.tool_version = LODE_VERSION,
                     .rules = all_rules(&a),
                     .rule_count = rule_count(),
                     .repository = wish->repository,
                     .revision = snapshot_about(r->snapshot)->commit};
    sarif_begin(&s, &run, &out);
    for (uint32_t i = 0; i < r->findings.items.count; i++) {
        const finding *f = &r->findings.items.items[i];
        const char *state = NULL;
        if (wish->old)
            state = baseline_has(wish->old, rule_get(f->rule)->id, f->fingerprint) ? "unchanged"
                                                                                   : "new";
        if (f->confidence >= (uint8_t)wish->confidence_min)
            add_finding(&s, &run, &r->findings, f, state, &a);
        if (out.size > 1 << 20) {
            fwrite(out.data, 1, out.size, stdout);
            buf_clear(&out);
        }
    }
    if (wish->old) add_absent(&s, &run, wish->old);
    add_notes(&s, r);
    sarif_end(&s);
    fwrite(out.data, 1, out.size, stdout);
    buf_release(&out);
    arena_release(&a);
}
