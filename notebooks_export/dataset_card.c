#include "base/base.h"
#include "notebooks_export/dataset.h"
#include "notebooks_export/template.h"

static const char *const type_names[] = {
    [DB_UUID] = "uuid",
    [DB_TEXT] = "text",
    [DB_I32] = "integer",
    [DB_I64] = "bigint",
    [DB_F64] = "double",
    [DB_BOOL] = "boolean",
    [DB_BYTES] = "hexadecimal text",
    [DB_TIME] = "timestamp, UTC",
};

static const char *title_of(const dataset_facts *facts)
{
    return facts->wish->title ? facts->wish->title : "Lode dataset";
}

static void table_rows(const dataset_facts *facts, buf *out)
{
    buf_add_c(out, "| table | rows | what a row is |\n|---|---:|---|\n");
    for (uint32_t t = 0; t < DB_TABLE_COUNT; t++) {
        const db_table_def *def = db_table_get((db_table)t);
        buf_printf(out, "| `%s/%s` | %" PRIu64 " | %s |\n", dataset_folder((db_table)t), def->name,
                   facts->rows[t], def->comment);
    }
    buf_add_char(out, '\n');
}

static void withheld_columns(buf *out)
{
    dataset_column columns[DATASET_COLUMNS_MAX];
    for (uint32_t t = 0; t < DB_TABLE_COUNT; t++) {
        uint32_t count = dataset_columns((db_table)t, columns);
        for (uint32_t i = 0; i < count; i++)
            if (columns[i].is_withheld)
                buf_printf(out, "%s`%s.%s`", out->size ? ", " : "", db_table_get((db_table)t)->name,
                           columns[i].name);
    }
}

/* A YAML or CFF text in double quotes. */
static void quoted(buf *out, const char *text)
{
    json_out j = {.out = out};
    json_c(&j, text);
}

static bool write_card(dataset_out *out, const dataset_facts *facts, error *err)
{
    const char *license = facts->wish->license;
    buf tables = {0}, withheld = {0}, title = {0}, spdx = {0}, license_text = {0}, text = {0};
    char repositories[16], snapshots[16];
    snprintf(repositories, sizeof repositories, "%u", facts->repository_count);
    snprintf(snapshots, sizeof snapshots, "%u", facts->snapshot_count);
    table_rows(facts, &tables);
    withheld_columns(&withheld);
    quoted(&title, title_of(facts));
    quoted(&spdx, license ? license : "unknown");
    if (license) buf_printf(&license_text, "The data: %s. ", license);
    else buf_add_c(&license_text, "Whoever publishes the data states its licence here. ");
    buf_add_c(&license_text, "The repositories it speaks of have licences of their own.");
    const template_value values[] = {
        {"title", title_of(facts)},
        {"title_yaml", title.data},
        {"license_yaml", spdx.data},
        {"license_text", license_text.data},
        {"version", facts->wish->tool_version},
        {"repositories", repositories},
        {"snapshots", snapshots},
        {"released", facts->released[0] ? facts->released : "none"},
        {"analysis", facts->analysis[0] ? facts->analysis : "none"},
        {"tables", tables.data},
        {"withheld", withheld.data},
        {"parquet_row",
         facts->with_parquet
             ? "| `parquet/*.parquet` | all of them as Parquet, written by DuckDB |\n"
             : ""},
        {"history_row",
         dataset_find(out, "history.lock")
             ? "| `history.lock` | older snapshots that are in the tables too; crawl it before "
               "`corpus.lock` |\n"
             : ""},
    };
    bool done = template_fill("card.md", values, ARRAY_LEN(values), &text, err) &&
                dataset_write(out, "README.md", buf_sv(&text), err);
    buf_release(&tables);
    buf_release(&withheld);
    buf_release(&title);
    buf_release(&spdx);
    buf_release(&license_text);
    buf_release(&text);
    return done;
}

static bool write_citation(dataset_out *out, const dataset_facts *facts, error *err)
{
    buf text = {0};
    buf_add_c(&text, "cff-version: 1.2.0\nmessage: If you use this dataset, please cite it.\n"
                     "type: dataset\ntitle: ");
    quoted(&text, title_of(facts));
    buf_add_c(&text, "\nauthors:\n  - name: ");
    quoted(&text,
           facts->wish->publisher ? facts->wish->publisher : "The publisher of this dataset");
    buf_add_c(&text, "\nabstract: ");
    quoted(&text, "Actors, supervision trees, restart configuration and failure modes of Elixir "
                  "and Erlang code, mined with Lode.");
    if (facts->released[0]) buf_printf(&text, "\ndate-released: \"%s\"", facts->released);
    if (facts->wish->license) {
        buf_add_c(&text, "\nlicense: ");
        quoted(&text, facts->wish->license);
    }
    buf_add_c(&text, "\nkeywords:\n  - Erlang/OTP\n  - Elixir\n  - concurrency\n"
                     "  - static analysis\nreferences:\n  - type: software\n    title: Lode\n"
                     "    version: ");
    quoted(&text, facts->wish->tool_version);
    buf_add_c(&text, "\n    authors:\n      - name: The authors of Lode\n");
    bool done = dataset_write(out, "CITATION.cff", buf_sv(&text), err);
    buf_release(&text);
    return done;
}

static bool write_dictionary(dataset_out *out, error *err)
{
    buf text = {0};
    buf_add_c(&text, "table\tcolumn\ttype\tnull\tin_dataset\tmeaning\n");
    for (uint32_t t = 0; t < DB_TABLE_COUNT; t++) {
        dataset_column columns[DATASET_COLUMNS_MAX];
        const db_table_def *def = db_table_get((db_table)t);
        uint32_t count = dataset_columns((db_table)t, columns);
        buf_printf(&text, "%s\t\t\t\tyes\t%s\n", def->name, def->comment);
        for (uint32_t i = 0; i < count; i++)
            buf_printf(&text, "%s\t%s\t%s\t%s\t%s\t%s\n", def->name, columns[i].name,
                       type_names[columns[i].type], columns[i].nullable ? "yes" : "no",
                       columns[i].is_withheld ? "no" : "yes", columns[i].comment);
    }
    bool done = dataset_write(out, "dictionary.tsv", buf_sv(&text), err);
    buf_release(&text);
    return done;
}

static void comment_sql(buf *text, const char *comment)
{
    buf_add_c(text, " -- ");
    buf_add_c(text, comment);
    buf_add_char(text, '\n');
}

static bool write_schema(dataset_out *out, error *err)
{
    buf text = {0};
    buf_add_c(&text, "-- The tables of this dataset for PostgreSQL. In this folder:\n"
                     "--   createdb lode_data && psql -v ON_ERROR_STOP=1 -f schema.sql lode_data\n"
                     "-- The program zstd unpacks the files.\n");
    for (uint32_t t = 0; t < DB_TABLE_COUNT; t++) {
        dataset_column columns[DATASET_COLUMNS_MAX];
        const db_table_def *def = db_table_get((db_table)t);
        uint32_t count = dataset_columns((db_table)t, columns), last = count - 1;
        while (columns[last].is_withheld) last--;
        buf_printf(&text, "\n-- %s\nCREATE TABLE \"%s\" (\n", def->comment, def->name);
        for (uint32_t i = 0; i < count; i++) {
            if (columns[i].is_withheld) continue;
            const char *type = columns[i].type == DB_BYTES ? "text" : db_type_sql(columns[i].type);
            buf_printf(&text, "    \"%s\" %s%s%s", columns[i].name, type,
                       columns[i].nullable ? "" : " NOT NULL", i < last ? "," : "");
            comment_sql(&text, columns[i].comment);
        }
        buf_printf(&text,
                   ");\n\\copy \"%s\" FROM PROGRAM 'zstd -dc %s/%s.csv.zst' (FORMAT csv, HEADER)\n",
                   def->name, dataset_folder((db_table)t), def->name);
    }
    bool done = dataset_write(out, "schema.sql", buf_sv(&text), err);
    buf_release(&text);
    return done;
}

bool dataset_card(dataset_out *out, const dataset_facts *facts, error *err)
{
    return write_card(out, facts, err) && write_citation(out, facts, err) &&
           write_dictionary(out, err) && write_schema(out, err);
}
