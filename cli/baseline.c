/* Earlier results. See baseline.h. */
#include "base/base.h"

/* base/json_out.h has functions of these names; jansson's make values and are not used here. */
#define json_object jansson_object
#define json_array jansson_array
#define json_null jansson_null
#include <jansson.h>
#undef json_object
#undef json_array
#undef json_null

#include "cli/baseline.h"

enum { BASELINE_BYTES_MAX = 512 << 20 };

static int by_key(const void *a, const void *b)
{
    const baseline_row *x = a, *y = b;
    int order = strcmp(x->rule, y->rule);
    return order ? order : strcmp(x->fingerprint, y->fingerprint);
}

static void set(char *to, size_t size, const json_t *text)
{
    const char *from = json_string_value(text);
    snprintf(to, size, "%s", from ? from : "");
}

static void add(baseline *b, const json_t *rule, const json_t *fingerprint, const json_t *message,
                const json_t *path, const json_t *line)
{
    baseline_row row = {.line = json_integer_value(line)};
    set(row.rule, sizeof row.rule, rule);
    set(row.fingerprint, sizeof row.fingerprint, fingerprint);
    set(row.message, sizeof row.message, message);
    set(row.path, sizeof row.path, path);
    if (*row.rule && *row.fingerprint) vec_push(&b->rows, row);
}

static void add_sarif(baseline *b, const json_t *result)
{
    const json_t *state = json_object_get(result, "baselineState");
    /* What an earlier run had already seen disappear is no part of its findings. */
    if (state && strcmp(json_string_value(state) ? json_string_value(state) : "", "absent") == 0)
        return;
    const json_t *location = json_array_get(json_object_get(result, "locations"), 0);
    const json_t *physical = json_object_get(location, "physicalLocation");
    add(b, json_object_get(result, "ruleId"),
        json_object_get(json_object_get(result, "partialFingerprints"), "lode/v1"),
        json_object_get(json_object_get(result, "message"), "text"),
        json_object_get(json_object_get(physical, "artifactLocation"), "uri"),
        json_object_get(json_object_get(physical, "region"), "startLine"));
}

static bool read_sarif(baseline *b, const char *path, const json_t *root, error *err)
{
    const json_t *runs = json_object_get(root, "runs"), *run;
    size_t i, k;
    if (!json_is_array(runs))
        return error_set(err, ERR_INPUT, "%s is neither SARIF nor lines of JSON", path);
    json_array_foreach(runs, i, run)
    {
        const json_t *results = json_object_get(run, "results"), *result;
        json_array_foreach(results, k, result) add_sarif(b, result);
    }
    return true;
}

static bool read_lines(baseline *b, const char *path, sv text, error *err)
{
    size_t at = 0;
    for (uint32_t number = 1; at < text.size; number++) {
        size_t end = at;
        while (end < text.size && text.data[end] != '\n') end++;
        sv line = sv_trim(sv_slice(text, at, end));
        at = end + 1;
        if (!line.size) continue;
        json_error_t why;
        json_t *row = json_loadb(line.data, line.size, JSON_REJECT_DUPLICATES, &why);
        if (!row) return error_set(err, ERR_INPUT, "%s:%u: no JSON: %s", path, number, why.text);
        add(b, json_object_get(row, "rule"), json_object_get(row, "fingerprint"),
            json_object_get(row, "message"), json_object_get(row, "path"),
            json_object_get(row, "line"));
        json_decref(row);
    }
    return true;
}

bool baseline_read(baseline *b, const char *path, error *err)
{
    buf text = {0};
    bool done = file_read(path, BASELINE_BYTES_MAX, &text, err);
    if (done) {
        json_error_t why;
        json_t *root = json_loadb(text.data ? text.data : "", text.size, 0, &why);
        done = root && json_object_get(root, "runs") ? read_sarif(b, path, root, err)
                                                     : read_lines(b, path, buf_sv(&text), err);
        json_decref(root);
    }
    buf_release(&text);
    if (b->rows.count) qsort(b->rows.items, b->rows.count, sizeof *b->rows.items, by_key);
    return done;
}

void baseline_release(baseline *b)
{
    vec_release(&b->rows);
}

bool baseline_has(baseline *b, const char *rule, const char *fingerprint)
{
    baseline_row key = {.line = 0};
    snprintf(key.rule, sizeof key.rule, "%s", rule);
    snprintf(key.fingerprint, sizeof key.fingerprint, "%s", fingerprint);
    baseline_row *found =
        b->rows.count ? bsearch(&key, b->rows.items, b->rows.count, sizeof *b->rows.items, by_key)
                      : NULL;
    if (found) found->met = true;
    return found != NULL;
}
