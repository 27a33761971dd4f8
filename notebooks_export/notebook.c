#include "base/base.h"
#include "notebooks_export/export.h"
#include "notebooks_export/notebook.h"

/* One row a notebook: the source it is made from and what is filled in. */
static const struct {
    const char *name, *source, *title, *family, *about;
} notebooks[] = {
    {"overview", "overview", "What was mined, and what came of it", "", ""},
    {"family-ordering", "family", "Ordering: messages in an order that nothing guarantees",
     "ordering",
     "Rules on orders that code relies on and nothing enforces: messages that come before the "
     "state "
     "is ready, answers that come too late, clauses that are never reached."},
    {"family-cycles", "family", "Cycles: processes that wait for each other", "cycles",
     "Rules on rings of processes that wait for each other, and on waiting where somebody waits "
     "for you."},
    {"family-mailbox", "family", "Mailboxes: messages that nobody takes in time", "mailbox",
     "Rules on mailboxes that grow, on callbacks that block, and on messages that nobody expects."},
    {"family-restart", "family", "Restarts: supervision that does not hold", "restart",
     "Rules on supervisors whose strategy, budget or children do not fit together."},
    {"family-structure", "family", "Structure: processes where functions would do", "structure",
     "Rules on processes that serialise work or hold state without need."},
    {"restart-configuration", "restart-configuration", "Restart configuration in depth", "", ""},
    {"protocols", "protocols", "Protocols: what a server takes in which state", "", ""},
    {"reproductions", "reproductions", "Reproductions: findings that were run", "", ""},
    {"growth", "growth", "Growth and life spans", "", ""},
};

static bool write_both(const char *dir, const notebook *n, error *err)
{
    buf text = {0}, path = {0};
    buf_printf(&path, "%s/%s.ipynb", dir, n->name);
    notebook_jupyter(n, &text);
    bool done = file_write(path.data, buf_sv(&text), err);
    buf_clear(&text);
    buf_clear(&path);
    buf_printf(&path, "%s/%s.livemd", dir, n->name);
    notebook_livebook(n, &text);
    done = done && file_write(path.data, buf_sv(&text), err);
    buf_release(&text);
    buf_release(&path);
    return done;
}

static bool write_index(const char *dir, error *err)
{
    buf rows = {0}, text = {0}, path = {0};
    for (uint32_t i = 0; i < ARRAY_LEN(notebooks); i++)
        buf_printf(&rows, "| [%s](%s.ipynb) | %s |\n", notebooks[i].name, notebooks[i].name,
                   notebooks[i].title);
    const template_value values[] = {{"notebooks", rows.data}};
    buf_printf(&path, "%s/README.md", dir);
    bool done = template_fill("notebooks.md", values, ARRAY_LEN(values), &text, err) &&
                file_write(path.data, buf_sv(&text), err);
    buf_release(&rows);
    buf_release(&text);
    buf_release(&path);
    return done;
}

bool export_notebooks(const char *dir, error *err)
{
    bool done = dir_make(dir, err) && write_index(dir, err);
    for (uint32_t i = 0; done && i < ARRAY_LEN(notebooks); i++) {
        arena a = {0};
        notebook n;
        const template_value values[] = {{"title", notebooks[i].title},
                                         {"family", notebooks[i].family},
                                         {"about", notebooks[i].about}};
        done = notebook_read(notebooks[i].source, notebooks[i].name, values, ARRAY_LEN(values), &n,
                             &a, err) &&
               write_both(dir, &n, err);
        notebook_release(&n);
        arena_release(&a);
    }
    return done;
}
