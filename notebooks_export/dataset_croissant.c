#include "base/base.h"
#include "notebooks_export/dataset.h"

/* Croissant 1.0 (MLCommons), a vocabulary on schema.org, with the context of its specification. */
static const struct {
    const char *term, *meaning;
} context[] = {
    {"@language", "en"},
    {"@vocab", "https://schema.org/"},
    {"sc", "https://schema.org/"},
    {"cr", "http://mlcommons.org/croissant/"},
    {"rai", "http://mlcommons.org/croissant/RAI/"},
    {"dct", "http://purl.org/dc/terms/"},
    {"citeAs", "cr:citeAs"},
    {"column", "cr:column"},
    {"conformsTo", "dct:conformsTo"},
    {"equivalentProperty", "cr:equivalentProperty"},
    {"extract", "cr:extract"},
    {"field", "cr:field"},
    {"fileProperty", "cr:fileProperty"},
    {"fileObject", "cr:fileObject"},
    {"fileSet", "cr:fileSet"},
    {"format", "cr:format"},
    {"includes", "cr:includes"},
    {"isLiveDataset", "cr:isLiveDataset"},
    {"jsonPath", "cr:jsonPath"},
    {"key", "cr:key"},
    {"md5", "cr:md5"},
    {"parentField", "cr:parentField"},
    {"path", "cr:path"},
    {"recordSet", "cr:recordSet"},
    {"references", "cr:references"},
    {"regex", "cr:regex"},
    {"repeated", "cr:repeated"},
    {"replace", "cr:replace"},
    {"samplingRate", "cr:samplingRate"},
    {"separator", "cr:separator"},
    {"source", "cr:source"},
    {"subField", "cr:subField"},
    {"transform", "cr:transform"},
};
/* Terms whose values are of a type. */
static const struct {
    const char *term, *id, *type;
} typed[] = {
    {"data", "cr:data", "@json"},
    {"dataType", "cr:dataType", "@vocab"},
    {"examples", "cr:examples", "@json"},
};

static void pair(json_out *j, const char *key, const char *text)
{
    json_key(j, key);
    json_c(j, text);
}

static void reference(json_out *j, const char *key, const char *id)
{
    json_key(j, key);
    json_object(j);
    pair(j, "@id", id);
    json_object_end(j);
}

static void write_context(json_out *j)
{
    json_key(j, "@context");
    json_object(j);
    for (uint32_t i = 0; i < ARRAY_LEN(context); i++) pair(j, context[i].term, context[i].meaning);
    for (uint32_t i = 0; i < ARRAY_LEN(typed); i++) {
        json_key(j, typed[i].term);
        json_object(j);
        pair(j, "@id", typed[i].id);
        pair(j, "@type", typed[i].type);
        json_object_end(j);
    }
    json_object_end(j);
}

static const char *format_of(const char *path)
{
    static const struct {
        const char *ending, *format;
    } formats[] = {{".csv.zst", "text/csv"},
                   {".csv", "text/csv"},
                   {".parquet", "application/x-parquet"},
                   {".sql", "application/sql"},
                   {".tsv", "text/tab-separated-values"},
                   {".lock", "text/tab-separated-values"},
                   {".md", "text/markdown"},
                   {".cff", "application/yaml"}};
    for (uint32_t i = 0; i < ARRAY_LEN(formats); i++)
        if (sv_ends(sv_from(path), sv_from(formats[i].ending))) return formats[i].format;
    return "application/octet-stream";
}

static void write_file(json_out *j, const dataset_file *file)
{
    char size[32];
    snprintf(size, sizeof size, "%" PRIu64 " B", file->bytes);
    json_object(j);
    pair(j, "@type", "cr:FileObject");
    pair(j, "@id", file->path);
    pair(j, "name", file->path);
    if (sv_ends(sv_from(file->path), SV(".zst")))
        pair(j, "description", "CSV, compressed with Zstandard");
    pair(j, "contentUrl", file->path);
    pair(j, "contentSize", size);
    pair(j, "encodingFormat", format_of(file->path));
    pair(j, "sha256", file->sha256);
    json_object_end(j);
}

static const char *type_of(db_type type)
{
    switch (type) {
    case DB_I32:
    case DB_I64: return "sc:Integer";
    case DB_F64: return "sc:Float";
    case DB_BOOL: return "sc:Boolean";
    case DB_TIME: return "sc:DateTime";
    default: return "sc:Text";
    }
}

static void write_fields(json_out *j, db_table table, const char *file)
{
    dataset_column columns[DATASET_COLUMNS_MAX];
    const db_table_def *def = db_table_get(table);
    uint32_t count = dataset_columns(table, columns);
    char id[128];
    json_key(j, "field");
    json_array(j);
    for (uint32_t i = 0; i < count; i++) {
        if (columns[i].is_withheld) continue;
        snprintf(id, sizeof id, "%s/%s", def->name, columns[i].name);
        json_object(j);
        pair(j, "@type", "cr:Field");
        pair(j, "@id", id);
        pair(j, "name", columns[i].name);
        pair(j, "description", columns[i].comment);
        pair(j, "dataType", type_of(columns[i].type));
        json_key(j, "source");
        json_object(j);
        reference(j, "fileObject", file);
        json_key(j, "extract");
        json_object(j);
        pair(j, "column", columns[i].name);
        json_object_end(j);
        json_object_end(j);
        json_object_end(j);
    }
    json_array_end(j);
}

static void write_record_sets(json_out *j, const dataset_facts *facts)
{
    char file[128];
    json_key(j, "recordSet");
    json_array(j);
    for (uint32_t t = 0; t < DB_TABLE_COUNT; t++) {
        const db_table_def *def = db_table_get((db_table)t);
        if (facts->with_parquet) snprintf(file, sizeof file, "parquet/%s.parquet", def->name);
        else snprintf(file, sizeof file, "%s/%s.csv.zst", dataset_folder((db_table)t), def->name);
        json_object(j);
        pair(j, "@type", "cr:RecordSet");
        pair(j, "@id", def->name);
        pair(j, "name", def->name);
        pair(j, "description", def->comment);
        write_fields(j, (db_table)t, file);
        json_object_end(j);
    }
    json_array_end(j);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const dataset_file *)a)->path, ((const dataset_file *)b)->path);
}

bool dataset_croissant(dataset_out *out, const dataset_facts *facts, error *err)
{
    const export_dataset_wish *wish = facts->wish;
    const char *title = wish->title ? wish->title : "Lode dataset";
    buf text = {0};
    json_out j = {.out = &text};
    qsort(out->files.items, out->files.count, sizeof *out->files.items, by_path);
    json_object(&j);
    write_context(&j);
    pair(&j, "@type", "sc:Dataset");
    pair(&j, "conformsTo", "http://mlcommons.org/croissant/1.0");
    pair(&j, "name", title);
    pair(&j, "description",
         "Actors, supervision trees, restart configuration and failure modes of Elixir and Erlang "
         "code, mined with Lode. No source text, no names of authors.");
    pair(&j, "version", wish->tool_version);
    if (wish->license) pair(&j, "license", wish->license);
    if (wish->publisher) {
        json_key(&j, "creator");
        json_object(&j);
        pair(&j, "@type", "sc:Organization");
        pair(&j, "name", wish->publisher);
        json_object_end(&j);
    }
    if (facts->released[0]) pair(&j, "datePublished", facts->released);
    pair(&j, "citeAs", "see CITATION.cff");
    json_key(&j, "distribution");
    json_array(&j);
    for (uint32_t i = 0; i < out->files.count; i++) write_file(&j, &out->files.items[i]);
    json_array_end(&j);
    write_record_sets(&j, facts);
    json_object_end(&j);
    buf_add_char(&text, '\n');
    bool done = dataset_write(out, "croissant.json", buf_sv(&text), err);
    buf_release(&text);
    return done;
}
