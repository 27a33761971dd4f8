#include "base/base.h"
#include "tests/db/fixture.h"

static fixture f;

static int start(void **state)
{
    (void)state;
    fixture_start(&f);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&f);
    return 0;
}

static const char columns_sql[] =
    "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), "
    "CASE WHEN a.attnotnull THEN 'no' ELSE 'yes' END, "
    "coalesce(col_description(c.oid, a.attnum), ''), coalesce(obj_description(c.oid), '') "
    "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
    "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 "
    "AND NOT a.attisdropped AND c.relname <> 'lode_migration' AND c.relname = $1 "
    "ORDER BY a.attnum";

static void the_catalogue_is_as_tables_def_says(void **state)
{
    (void)state;
    db *conn = fixture_open(&f);
    for (uint32_t t = 0; t < DB_TABLE_COUNT; t++) {
        const db_table_def *def = db_table_get((db_table)t);
        const char *params[] = {def->name};
        db_result *r = NULL;
        assert_done(db_query(conn, columns_sql, params, 1, &r, err));
        if (db_result_rows(r) != def->column_count)
            fail_msg("%s: %u columns in the database, %u in tables.def", def->name,
                     db_result_rows(r), def->column_count);
        for (uint32_t i = 0; i < def->column_count; i++) {
            assert_string_equal(db_result_text(r, i, 1), def->columns[i].name);
            assert_string_equal(db_result_text(r, i, 2), db_type_sql(def->columns[i].type));
            assert_string_equal(db_result_text(r, i, 3), def->columns[i].nullable ? "yes" : "no");
            assert_string_equal(db_result_text(r, i, 4), def->columns[i].comment);
            assert_string_equal(db_result_text(r, i, 5), def->comment);
        }
        db_result_free(r);
    }
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND "
                                          "relnamespace = 'public'::regnamespace AND relname <> "
                                          "'lode_migration'"),
                     DB_TABLE_COUNT);
    db_close(conn);
}

static void everything_explains_itself(void **state)
{
    (void)state;
    db *conn = fixture_open(&f);
    assert_int_equal(
        fixture_number(conn, "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'v', 'm') AND "
                             "relnamespace IN ('public'::regnamespace, 'stats'::regnamespace) AND "
                             "obj_description(oid) IS NULL"),
        0);
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM pg_proc WHERE pronamespace = "
                                          "'public'::regnamespace AND obj_description(oid) IS "
                                          "NULL"),
                     0);
    db_close(conn);
}

/* Without an index, replacing a snapshot would read the whole referring table for each row. */
static void every_foreign_key_can_be_followed_back(void **state)
{
    (void)state;
    db *conn = fixture_open(&f);
    assert_int_equal(
        fixture_number(conn,
                       "SELECT count(*) FROM pg_constraint k WHERE contype = 'f' AND NOT EXISTS "
                       "(SELECT 1 FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indkey[0] = "
                       "k.conkey[1])"),
        0);
    assert_true(fixture_number(conn, "SELECT count(*) FROM pg_constraint WHERE contype = 'f'") >
                40);
    db_close(conn);
}

static void wilson_is_as_published(void **state)
{
    (void)state;
    db *conn = fixture_open(&f);
    /* Values of R's prop.test(correct = FALSE) for 8 of 10 and 0 of 20, times 10^4. */
    assert_int_equal(fixture_number(conn, "SELECT round(wilson_low(8, 10) * 10000)"), 4902);
    assert_int_equal(fixture_number(conn, "SELECT round(wilson_high(8, 10) * 10000)"), 9433);
    assert_int_equal(fixture_number(conn, "SELECT round(wilson_low(0, 20) * 10000)"), 0);
    assert_int_equal(fixture_number(conn, "SELECT round(wilson_high(0, 20) * 10000)"), 1611);
    assert_int_equal(fixture_number(conn, "SELECT wilson_low(0, 0)"), -1);
    db_close(conn);
}

static void migrating_twice_changes_nothing(void **state)
{
    (void)state;
    db *conn = NULL;
    char *url = fixture_database(&f);
    uint32_t applied = 0;
    error e = {0};
    assert_done(db_open(url, &conn, err));
    assert_false(db_schema_check(conn, &e));
    assert_non_null(strstr(e.text, "lode db migrate"));
    assert_done(db_migrate(conn, &applied, err));
    assert_true(applied >= 2);
    assert_done(db_migrate(conn, &applied, err));
    assert_int_equal(applied, 0);
    assert_done(db_schema_check(conn, err));
    db_close(conn);
    free(url);
}

static void a_changed_migration_is_an_error(void **state)
{
    (void)state;
    db *conn = NULL;
    char *url = fixture_database(&f);
    error e = {0};
    db_migration list[] = {{"0001_a", SV("CREATE TABLE a (x int)")},
                           {"0002_b", SV("CREATE TABLE b (x int)")}};
    assert_done(db_open(url, &conn, err));
    assert_done(db_migrate_list(conn, list, 2, NULL, err));
    list[0].sql = SV("CREATE TABLE a (x bigint)");
    assert_false(db_migrate_list(conn, list, 2, NULL, &e));
    assert_int_equal(e.kind, ERR_DB);
    assert_non_null(strstr(e.text, "0001_a"));
    list[0].sql = SV("CREATE TABLE a (x int)");
    assert_false(db_migrate_list(conn, list, 1, NULL, &e));
    assert_non_null(strstr(e.text, "newer"));
    db_close(conn);
    free(url);
}

static void a_failing_migration_leaves_nothing(void **state)
{
    (void)state;
    db *conn = NULL;
    char *url = fixture_database(&f);
    error e = {0};
    const db_migration list[] = {{"0001_a", SV("CREATE TABLE a (x int)")},
                                 {"0002_b", SV("CREATE TABLE b (x int); SELECT no_such()")}};
    assert_done(db_open(url, &conn, err));
    assert_false(db_migrate_list(conn, list, 2, NULL, &e));
    assert_non_null(strstr(e.text, "0002_b"));
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM pg_class WHERE relname IN ('a', "
                                          "'b', 'lode_migration')"),
                     0);
    db_close(conn);
    free(url);
}

static void every_named_query_runs(void **state)
{
    (void)state;
    db *conn = fixture_open(&f);
    const char *nothing[DB_QUERY_PARAMS_MAX] = {NULL};
    assert_true(db_named_query_count() >= 30);
    for (uint32_t i = 0; i < db_named_query_count(); i++) {
        db_named_query q, found;
        db_result *r = NULL;
        error e = {0};
        assert_done(db_named_query_get(i, &q, err));
        assert_true(db_named_query_find(q.name, &found));
        assert_ptr_equal(q.sql.data, found.sql.data);
        for (uint32_t k = 0; k <= q.by_count; k++) {
            char by[32];
            buf sql = {0};
            snprintf(by, sizeof by, "%.*s", SV_FMT(q.by[k ? k - 1 : 0]));
            assert_done(db_named_query_sql(&q, k ? by : NULL, &sql, err));
            if (!db_query(conn, sql.data, nothing, (int)q.param_count, &r, &e))
                fail_msg("%.*s by %s: %s", SV_FMT(q.name), by, e.text);
            assert_true(db_result_columns(r) > 0);
            if (k) assert_string_equal(db_result_name(r, 0), by);
            db_result_free(r);
            buf_release(&sql);
        }
        buf sql = {0};
        assert_false(db_named_query_sql(&q, "weather", &sql, &e));
        assert_int_equal(e.kind, ERR_INPUT);
        buf_release(&sql);
    }
    db_named_query none;
    assert_false(db_named_query_find(SV("no-such-query"), &none));
    db_close(conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_catalogue_is_as_tables_def_says),
        cmocka_unit_test(everything_explains_itself),
        cmocka_unit_test(every_foreign_key_can_be_followed_back),
        cmocka_unit_test(wilson_is_as_published),
        cmocka_unit_test(migrating_twice_changes_nothing),
        cmocka_unit_test(a_changed_migration_is_an_error),
        cmocka_unit_test(a_failing_migration_leaves_nothing),
        cmocka_unit_test(every_named_query_runs),
    };
    return cmocka_run_group_tests(tests, start, end);
}
