#include "base/base.h"
#include <zstd.h>
#include "notebooks_export/dataset.h"

/* Free text of people and machines is left out: it may hold names, addresses, paths of the machine
 * that crawled, or pieces of source. */
static const struct {
    db_table table;
    const char *column;
    const char *instead; /* NULL: nothing */
} withheld[] = {
    {DB_TABLE_finding, "suppression", NULL},
    {DB_TABLE_skipped_file, "detail", NULL},
    {DB_TABLE_failure, "reason", NULL},
    {DB_TABLE_audit_label, "annotator", "'reader ' || dense_rank() OVER (ORDER BY t.annotator)"},
};

/* Where the place of a row is: how its file is joined as p, and whether it has lines. */
typedef enum { LINES_NONE, LINES_ONE, LINES_RANGE } line_kind;
static const struct {
    db_table table;
    const char *join;
    line_kind lines;
} places[] = {
    {DB_TABLE_file, "p.file_id = t.id", LINES_NONE},
    {DB_TABLE_module, "p.file_id = t.file_id", LINES_RANGE},
    {DB_TABLE_server, "p.file_id = (SELECT m.file_id FROM module m WHERE m.id = t.module_id)",
     LINES_ONE},
    {DB_TABLE_clause, "p.file_id = t.file_id", LINES_RANGE},
    {DB_TABLE_message_edge, "p.file_id = t.file_id", LINES_ONE},
    {DB_TABLE_receive, "p.file_id = t.file_id", LINES_RANGE},
    {DB_TABLE_timer, "p.file_id = t.file_id", LINES_ONE},
    {DB_TABLE_spawn, "p.file_id = t.file_id", LINES_ONE},
    {DB_TABLE_supervisor, "p.file_id = t.file_id", LINES_ONE},
    {DB_TABLE_child,
     "p.file_id = (SELECT v.file_id FROM supervisor v WHERE v.id = t.supervisor_id)", LINES_ONE},
    {DB_TABLE_documented_order, "p.file_id = t.file_id", LINES_ONE},
    {DB_TABLE_unresolved_target, "p.file_id = t.file_id", LINES_ONE},
    {DB_TABLE_finding, "p.snapshot_id = t.snapshot_id AND p.path = t.path", LINES_RANGE},
    {DB_TABLE_evidence, "p.snapshot_id = t.snapshot_id AND p.path = t.path", LINES_RANGE},
};

static int place_of(db_table table)
{
    for (uint32_t i = 0; i < ARRAY_LEN(places); i++)
        if (places[i].table == table) return (int)i;
    return -1;
}

static bool has_swhid(db_table table)
{
    return place_of(table) >= 0 || table == DB_TABLE_snapshot || table == DB_TABLE_blob;
}

uint32_t dataset_columns(db_table table, dataset_column out[DATASET_COLUMNS_MAX])
{
    const db_table_def *def = db_table_get(table);
    uint32_t count = 0;
    assert(def->column_count < DATASET_COLUMNS_MAX);
    for (uint32_t i = 0; i < def->column_count; i++) {
        const db_column_def *c = &def->columns[i];
        out[count] = (dataset_column){c->name, c->type, c->comment, c->nullable, false};
        for (uint32_t k = 0; k < ARRAY_LEN(withheld); k++)
            if (withheld[k].table == table && strcmp(withheld[k].column, c->name) == 0 &&
                !withheld[k].instead)
                out[count].is_withheld = true;
        count++;
    }
    if (has_swhid(table))
        out[count++] = (dataset_column){
            "swhid", DB_TEXT,
            "Software Hash Identifier (ISO/IEC 18670) of the place, with its context; null: none",
            true, false};
    return count;
}

/* What crawling the same commits again does not give: when something happened, and what was done
 * with findings afterwards. */
const char *dataset_folder(db_table table)
{
    static const db_table done_later[] = {DB_TABLE_corpus, DB_TABLE_reproduction,
                                          DB_TABLE_reproduction_line, DB_TABLE_reproduction_point};
    for (uint32_t i = 0; i < ARRAY_LEN(done_later); i++)
        if (done_later[i] == table) return "log";
    return db_table_get(table)->owner == DB_LOG ? "log" : "tables";
}

/* Qualified identifiers: a semicolon in a value is escaped, and so is the percent sign. */
bool dataset_places(db *conn, error *err)
{
    return db_exec(
        conn,
        "CREATE TEMP TABLE dataset_place ON COMMIT DROP AS "
        "SELECT f.id AS file_id, f.snapshot_id, f.path, "
        "CASE WHEN length(b.oid) = 20 AND length(s.commit_oid) = 20 THEN "
        "'swh:1:cnt:' || encode(b.oid, 'hex') || CASE WHEN r.url ~ '^https?://' THEN ';origin=' || "
        "replace(replace(regexp_replace(r.url, '://[^/@]*@', '://'), '%', '%25'), ';', '%3B') ELSE "
        "'' END || ';anchor=swh:1:rev:' || encode(s.commit_oid, 'hex') || ';path=/' || "
        "replace(replace(f.path, '%', '%25'), ';', '%3B') END AS swhid "
        "FROM file f JOIN blob b ON b.id = f.blob_id JOIN snapshot s ON s.id = f.snapshot_id "
        "JOIN repository r ON r.id = s.repository_id; ANALYZE dataset_place",
        err);
}

static const char *instead_of(db_table table, const char *column)
{
    for (uint32_t k = 0; k < ARRAY_LEN(withheld); k++)
        if (withheld[k].table == table && strcmp(withheld[k].column, column) == 0)
            return withheld[k].instead;
    return NULL;
}

static void column_sql(db_table table, const dataset_column *c, buf *sql)
{
    const char *instead = instead_of(table, c->name);
    if (instead) buf_printf(sql, "%s AS %s", instead, c->name);
    else if (table == DB_TABLE_repository && strcmp(c->name, "url") == 0)
        buf_add_c(sql, "regexp_replace(t.url, '://[^/@]*@', '://') AS url");
    else if (c->type == DB_BYTES) buf_printf(sql, "encode(t.%s, 'hex') AS %s", c->name, c->name);
    else if (c->type == DB_BOOL) buf_printf(sql, "t.%s::text AS %s", c->name, c->name);
    else if (c->type == DB_TIME)
        buf_printf(sql,
                   "to_char(t.%s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS %s",
                   c->name, c->name);
    else buf_printf(sql, "t.%s", c->name);
}

static void swhid_sql(db_table table, buf *sql)
{
    int place = place_of(table);
    if (table == DB_TABLE_snapshot) {
        buf_add_c(sql, "CASE WHEN length(t.commit_oid) = 20 THEN 'swh:1:rev:' || "
                       "encode(t.commit_oid, 'hex') END AS swhid");
        return;
    }
    if (table == DB_TABLE_blob) {
        buf_add_c(sql,
                  "CASE WHEN length(t.oid) = 20 THEN 'swh:1:cnt:' || encode(t.oid, 'hex') END AS "
                  "swhid");
        return;
    }
    buf_add_c(sql, "p.swhid");
    if (places[place].lines != LINES_NONE)
        buf_add_c(sql, " || CASE WHEN t.line > 0 THEN ';lines=' || t.line ELSE '' END");
    if (places[place].lines == LINES_RANGE)
        buf_add_c(sql, " || CASE WHEN t.line > 0 AND t.end_line > t.line THEN '-' || t.end_line "
                       "ELSE '' END");
    buf_add_c(sql, " AS swhid");
}

static bool has_column(const db_table_def *def, const char *name)
{
    for (uint32_t i = 0; i < def->column_count; i++)
        if (strcmp(def->columns[i].name, name) == 0) return true;
    return false;
}

/* A total order that has nothing to do with how the rows came: rows of one file stand together,
 * which compresses well, then the primary key. */
static void order_sql(const db_table_def *def, buf *sql)
{
    buf_add_c(sql, " ORDER BY ");
    if (has_column(def, "snapshot_id")) buf_add_c(sql, "t.snapshot_id, ");
    if (has_column(def, "file_id")) buf_add_c(sql, "t.file_id, ");
    for (uint32_t i = 0; i < 2; i++)
        buf_printf(sql, "%st.%s%s", i ? ", " : "", def->columns[i].name,
                   def->columns[i].type == DB_TEXT ? " COLLATE \"C\"" : "");
}

static void table_sql(db_table table, buf *sql)
{
    const db_table_def *def = db_table_get(table);
    dataset_column columns[DATASET_COLUMNS_MAX];
    uint32_t count = dataset_columns(table, columns);
    int place = place_of(table);
    const char *separator = "COPY (SELECT ";
    for (uint32_t i = 0; i < count; i++) {
        if (columns[i].is_withheld) continue;
        buf_add_c(sql, separator);
        if (i == def->column_count) swhid_sql(table, sql);
        else column_sql(table, &columns[i], sql);
        separator = ", ";
    }
    buf_printf(sql, " FROM %s t", def->name);
    if (place >= 0) buf_printf(sql, " LEFT JOIN dataset_place p ON %s", places[place].join);
    /* Versions that older programs left behind and nothing speaks of any more. */
    if (table == DB_TABLE_rule)
        buf_add_c(sql,
                  " WHERE t.version = (SELECT max(r.version) FROM rule r WHERE r.name = t.name) "
                  "OR EXISTS (SELECT 1 FROM finding g WHERE g.rule = t.name AND "
                  "g.rule_version = t.version)");
    order_sql(def, sql);
    buf_add_c(sql, ") TO STDOUT (FORMAT csv, HEADER)");
}

typedef struct {
    FILE *file;
    ZSTD_CCtx *zstd;
    void *piece;
    size_t piece_size;
    const char *path;
    uint64_t rows;
    buf pending; /* rows are short: they are handed over in larger pieces */
} compressor;

static bool compress(compressor *c, sv bytes, ZSTD_EndDirective end, error *err)
{
    ZSTD_inBuffer in = {bytes.data, bytes.size, 0};
    size_t left;
    do {
        ZSTD_outBuffer out = {c->piece, c->piece_size, 0};
        left = ZSTD_compressStream2(c->zstd, &out, &in, end);
        if (ZSTD_isError(left))
            return error_set(err, ERR_BUG, "%s: %s", c->path, ZSTD_getErrorName(left));
        if (fwrite(c->piece, 1, out.pos, c->file) != out.pos)
            return error_set(err, ERR_IO, "%s: %s", c->path, strerror(errno));
    } while (end == ZSTD_e_end ? left != 0 : in.pos < in.size);
    return true;
}

static bool take_row(void *payload, sv row, error *err)
{
    enum { PIECE_BYTES = 1 << 17 };
    compressor *c = payload;
    c->rows++;
    buf_add(&c->pending, row);
    if (c->pending.size < PIECE_BYTES) return true;
    bool done = compress(c, buf_sv(&c->pending), ZSTD_e_continue, err);
    buf_clear(&c->pending);
    return done;
}

bool dataset_table(db *conn, dataset_out *out, db_table table, uint64_t *rows, error *err)
{
    enum { LEVEL = 3 };
    buf sql = {0}, path = {0}, name = {0};
    buf_printf(&name, "%s/%s.csv.zst", dataset_folder(table), db_table_get(table)->name);
    buf_printf(&path, "%s/%s", out->dir, dataset_folder(table));
    bool done = dir_make(path.data, err);
    buf_clear(&path);
    buf_printf(&path, "%s/%s", out->dir, name.data);
    compressor c = {.path = path.data, .piece_size = ZSTD_CStreamOutSize()};
    table_sql(table, &sql);
    c.file = done ? fopen(path.data, "wb") : NULL;
    if (done && !c.file) done = error_set(err, ERR_IO, "%s: %s", path.data, strerror(errno));
    if (done) {
        c.piece = base_malloc(c.piece_size);
        c.zstd = ZSTD_createCCtx();
        ZSTD_CCtx_setParameter(c.zstd, ZSTD_c_compressionLevel, LEVEL);
        ZSTD_CCtx_setParameter(c.zstd, ZSTD_c_checksumFlag, 1);
        done = db_copy_out(conn, sql.data, take_row, &c, err) &&
               compress(&c, buf_sv(&c.pending), ZSTD_e_end, err);
        if (fclose(c.file) != 0 && done)
            done = error_set(err, ERR_IO, "%s: %s", path.data, strerror(errno));
        ZSTD_freeCCtx(c.zstd);
        free(c.piece);
    }
    done = done && dataset_note(out, name.data, err);
    if (done && c.rows > 0) *rows = c.rows - 1; /* without the head */
    buf_release(&c.pending);
    buf_release(&sql);
    buf_release(&path);
    buf_release(&name);
    return done || error_prefix(err, "the table %s", db_table_get(table)->name);
}
