#include "base/base.h"
#include "notebooks_export/notebook.h"

/* restart-stated: restart_stated */
static void add_variable(buf *out, sv name)
{
    for (size_t i = 0; i < name.size; i++)
        buf_add_char(out, name.data[i] == '-' ? '_' : name.data[i]);
}

/* nbformat keeps a text as its lines, each with its line break but the last. */
static void source_lines(json_out *j, sv text)
{
    json_key(j, "source");
    json_array(j);
    while (text.size > 0) {
        size_t end = sv_find(text, SV("\n"), 0);
        end = end == SIZE_MAX ? text.size : end + 1;
        json_sv(j, sv_slice(text, 0, end));
        text = sv_slice(text, end, text.size);
    }
    json_array_end(j);
}

static void jupyter_cell(json_out *j, const notebook *n, const cell *c, sv text)
{
    static const char *const endings[] = {"text", "query", "code", "code"};
    bool is_code = c->kind != CELL_MARKDOWN;
    buf id = {0};
    /* At most 64 characters of [a-zA-Z0-9-_], by the format. */
    buf_printf(&id, "%.20s-%.*s-%s", n->name, (int)MIN(c->id.size, (size_t)36), c->id.data,
               endings[c->kind]);
    json_object(j);
    json_key(j, "cell_type");
    json_c(j, is_code ? "code" : "markdown");
    if (is_code) {
        json_key(j, "execution_count");
        json_null(j);
    }
    json_key(j, "id");
    json_c(j, id.data);
    json_key(j, "metadata");
    json_object(j);
    json_object_end(j);
    if (is_code) {
        json_key(j, "outputs");
        json_array(j);
        json_array_end(j);
    }
    source_lines(j, text);
    json_object_end(j);
    buf_release(&id);
}

static void jupyter_metadata(json_out *j)
{
    json_key(j, "metadata");
    json_object(j);
    json_key(j, "kernelspec");
    json_object(j);
    json_key(j, "display_name");
    json_c(j, "Python 3");
    json_key(j, "language");
    json_c(j, "python");
    json_key(j, "name");
    json_c(j, "python3");
    json_object_end(j);
    json_key(j, "language_info");
    json_object(j);
    json_key(j, "name");
    json_c(j, "python");
    json_object_end(j);
    json_object_end(j);
    json_key(j, "nbformat");
    json_i64(j, 4);
    json_key(j, "nbformat_minor");
    json_i64(j, 5);
}

void notebook_jupyter(const notebook *n, buf *out)
{
    json_out j = {.out = out};
    buf text = {0};
    json_object(&j);
    json_key(&j, "cells");
    json_array(&j);
    for (uint32_t i = 0; i < n->cells.count; i++) {
        const cell *c = &n->cells.items[i];
        if (c->kind == CELL_ELIXIR) continue;
        buf_clear(&text);
        if (c->kind == CELL_QUERY) {
            add_variable(&text, c->id);
            buf_printf(&text, " = ask(\"%.*s\", r\"\"\"\n%.*s\n\"\"\")\n", SV_FMT(c->id),
                       SV_FMT(c->text));
            add_variable(&text, c->id);
            buf_add_c(&text, ".head(30)");
        } else {
            buf_add(&text, c->text);
        }
        jupyter_cell(&j, n, c, buf_sv(&text));
    }
    json_array_end(&j);
    jupyter_metadata(&j);
    json_object_end(&j);
    buf_add_char(out, '\n');
    buf_release(&text);
}

static void elixir_cell(buf *out, sv text)
{
    buf_printf(out, "```elixir\n%.*s\n```\n\n", SV_FMT(text));
}

/* What a cell leaves in `picture` is shown by a cell of its own: that one needs Kino. */
static void show_picture(buf *out)
{
    elixir_cell(out, SV("Kino.HTML.new(picture)"));
}

void notebook_livebook(const notebook *n, buf *out)
{
    buf text = {0};
    /* Livebook runs the packages' cell first and wants it at the top, after the title. */
    const cell *packages = NULL;
    for (uint32_t i = 0; i < n->cells.count; i++)
        if (n->cells.items[i].kind == CELL_ELIXIR && sv_eq_c(n->cells.items[i].id, "packages"))
            packages = &n->cells.items[i];
    bool packages_due = packages != NULL;
    for (uint32_t i = 0; i < n->cells.count; i++) {
        const cell *c = &n->cells.items[i];
        if (c == packages || c->kind == CELL_PYTHON) continue;
        buf_clear(&text);
        if (c->kind == CELL_MARKDOWN && packages_due) {
            sv rest = c->text, title;
            sv_next(&rest, '\n', &title);
            buf_printf(out, "%.*s\n\n", SV_FMT(title));
            elixir_cell(out, packages->text);
            buf_printf(out, "## About\n\n%.*s\n\n", SV_FMT(sv_trim(rest)));
            packages_due = false;
        } else if (c->kind == CELL_MARKDOWN) {
            buf_printf(out, "%.*s\n\n", SV_FMT(c->text));
        } else if (c->kind == CELL_QUERY) {
            add_variable(&text, c->id);
            buf_printf(&text, " = Ask.query(\"%.*s\", ~S\"\"\"\n%.*s\n\"\"\")", SV_FMT(c->id),
                       SV_FMT(c->text));
            elixir_cell(out, buf_sv(&text));
            buf_clear(&text);
            buf_add_c(&text, "Kino.DataTable.new(");
            add_variable(&text, c->id);
            buf_add_char(&text, ')');
            elixir_cell(out, buf_sv(&text));
        } else {
            elixir_cell(out, c->text);
            if (sv_starts(c->text, SV("picture =")) || sv_has(c->text, SV("\npicture =")))
                show_picture(out);
        }
    }
    while (out->size > 1 && out->data[out->size - 1] == '\n' && out->data[out->size - 2] == '\n')
        out->data[--out->size] = '\0';
    buf_release(&text);
}
