/* Supervision trees as text. */
#include "base/base.h"
#include "model/model.h"

enum { PRINT_DEPTH_MAX = 12 };

static const char *const STRATEGIES[] = {"unknown", "one_for_one", "one_for_all", "rest_for_one",
                                         "simple_one_for_one"};
static const char *const RESTARTS[] = {"unknown", "permanent", "transient", "temporary"};

static void print_number(buf *out, const char *what, int32_t value, bool stated)
{
    if (value < 0) buf_printf(out, " %s=?", what);
    else buf_printf(out, " %s=%" PRId32 "%s", what, value, stated ? "" : " (default)");
}

static void print_supervisor(const model *m, supervisor_ix s, uint32_t depth, bool *printed,
                             buf *out);

static void print_child(const model *m, const model_child *c, uint32_t depth, bool *printed,
                        buf *out)
{
    sv name = c->module != NO_IX ? model_text(m, m->modules.items[c->module].name)
              : c->module_name   ? model_text(m, c->module_name)
                                 : SV("?");
    buf_printf(out, "%*s- %.*s", (int)(depth * 2), "", SV_FMT(name));
    if (c->id && !sv_eq(model_text(m, c->id), name))
        buf_printf(out, " id=%.*s", SV_FMT(model_text(m, c->id)));
    if (c->registered) buf_printf(out, " name=%.*s", SV_FMT(model_text(m, c->registered)));
    buf_printf(out, " %s%s", RESTARTS[c->restart], c->restart_stated ? "" : " (default)");
    if (c->shutdown_ms == SHUTDOWN_INFINITY) buf_add_c(out, " shutdown=infinity");
    else if (c->shutdown_ms == SHUTDOWN_BRUTAL) buf_add_c(out, " shutdown=kill");
    else print_number(out, "shutdown", c->shutdown_ms, true);
    if (!c->shutdown_stated) buf_add_c(out, " (default)");
    if (c->is_supervisor) buf_add_c(out, " supervisor");
    if (c->is_dynamic) buf_add_c(out, " dynamic");
    if (c->conditional) buf_add_c(out, " conditional");
    if (c->repeated) buf_add_c(out, " repeated");
    place at = model_place(m, c->node);
    buf_printf(out, " @%.*s:%" PRIu32 "\n", SV_FMT(at.path), at.line);
    if (c->as_supervisor == NO_IX) return;
    if (printed[c->as_supervisor]) buf_printf(out, "%*s(above)\n", (int)(depth * 2 + 2), "");
    else print_supervisor(m, c->as_supervisor, depth + 1, printed, out);
}

static void print_supervisor(const model *m, supervisor_ix s, uint32_t depth, bool *printed,
                             buf *out)
{
    const model_supervisor *row = &m->supervisors.items[s];
    printed[s] = true;
    sv module = row->module == NO_IX ? SV("?") : model_text(m, m->modules.items[row->module].name);
    buf_printf(out, "%*ssupervisor %.*s%s", (int)(depth * 2), "", SV_FMT(module),
               row->server == NO_IX ? " (inline)" : "");
    if (row->registered) buf_printf(out, " name=%.*s", SV_FMT(model_text(m, row->registered)));
    buf_printf(out, " %s%s", STRATEGIES[row->strategy], row->strategy_stated ? "" : " (default)");
    print_number(out, "intensity", row->intensity, row->intensity_stated);
    print_number(out, "period", row->period_s, row->period_stated);
    if (row->max_children >= 0) buf_printf(out, " max_children=%" PRId32, row->max_children);
    if (row->is_root) buf_add_c(out, " root");
    if (row->dynamic) buf_add_c(out, " dynamic");
    if (row->partition) buf_add_c(out, " partition");
    if (!row->children_complete) buf_add_c(out, " incomplete");
    place at = model_place(m, row->node);
    buf_printf(out, " @%.*s:%" PRIu32 "\n", SV_FMT(at.path), at.line);
    for (uint32_t i = 0; i < row->child_count && depth < PRINT_DEPTH_MAX; i++)
        print_child(m, &m->children.items[row->child_first + i], depth + 1, printed, out);
}

void model_supervision_print(const model *m, buf *out)
{
    bool *printed = base_calloc(m->supervisors.count + 1, sizeof *printed);
    for (int pass = 0; pass < 3; pass++)
        for (supervisor_ix s = 0; s < m->supervisors.count; s++) {
            const model_supervisor *row = &m->supervisors.items[s];
            bool now = pass == 0 ? row->is_root : pass == 1 ? row->parent == NO_IX : true;
            if (now && !printed[s]) print_supervisor(m, s, 0, printed, out);
        }
    free(printed);
}
