/* The harness: bytes to syntax tree to facts, within caps on size, time and memory. */
#include "base/base.h"

#include <time.h>

#include "parsers/front_end.h"
#include "parsers/memory.h"
#include "parsers/parsers.h"

const TSLanguage *tree_sitter_elixir(void);
const TSLanguage *tree_sitter_erlang(void);

/* Raise a version whenever facts of any input change. */
const lang_row lang_rows[LANG_COUNT] = {
    [LANG_NONE] = {.name = "none"},
    [LANG_ELIXIR] = {"elixir", tree_sitter_elixir, elixir_lower, 1},
    [LANG_ERLANG] = {"erlang", tree_sitter_erlang, erlang_lower, 1},
};

static const parse_limits LIMITS_DEFAULT = {
    .bytes_max = 1 << 20, .time_ms = 5000, .memory_max = 256u << 20};

struct parser {
    parse_memory memory;
};

parser *parser_open(void)
{
    return base_calloc(1, sizeof(parser));
}

void parser_close(parser *p)
{
    if (!p) return;
    memory_release(&p->memory);
    free(p);
}

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool out_of_time(TSParseState *state)
{
    return now_ms() >= *(const uint64_t *)state->payload;
}

static const char *read_all(void *payload, uint32_t at, TSPoint position, uint32_t *size)
{
    (void)position;
    const sv *source = payload;
    *size = at < source->size ? (uint32_t)source->size - at : 0;
    return *size ? source->data + at : "";
}

/* Outermost error nodes, without recursion, and only where the tree says that there are any. */
static void count_errors(TSNode root, facts *f)
{
    if (!ts_node_has_error(root)) return;
    f->partial = true;
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    for (;;) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        bool error_here = ts_node_is_error(node);
        if (error_here) f->error_bytes += ts_node_end_byte(node) - ts_node_start_byte(node);
        if (error_here || ts_node_is_missing(node)) f->error_count++;
        if (!error_here && ts_node_has_error(node) && ts_tree_cursor_goto_first_child(&cursor))
            continue;
        while (!ts_tree_cursor_goto_next_sibling(&cursor))
            if (!ts_tree_cursor_goto_parent(&cursor)) goto out;
    }
out:
    ts_tree_cursor_delete(&cursor);
}

static uint32_t count_lines(sv source)
{
    uint32_t lines = 0;
    const char *at = source.data;
    const char *end = source.data + source.size;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        lines++;
        if (!newline) break;
        at = newline + 1;
    }
    return lines;
}

/* Between memory_enter and memory_leave. A parser of the library is made for each source and
 * left to the memory: so nothing of a stopped parse can reach the next one. */
static bool parse_and_lower(parser *p, const lang_row *row, sv source, const parse_limits *limits,
                            facts *out, error *err)
{
    TSParser *ts = ts_parser_new();
    if (!ts_parser_set_language(ts, row->grammar()))
        return error_set(err, ERR_BUG, "the %s grammar does not fit the parser library: rebuild",
                         row->name);
    uint64_t deadline_ms = now_ms() + limits->time_ms;
    TSInput input = {.payload = &source, .read = read_all, .encoding = TSInputEncodingUTF8};
    TSParseOptions options = {.payload = &deadline_ms, .progress_callback = out_of_time};
    TSTree *tree = ts_parser_parse_with_options(ts, NULL, input, options);
    if (!tree)
        return error_set(err, ERR_LIMIT, "parsing took more than %u ms: raise the limit or skip it",
                         limits->time_ms);
    /* The tree stands; no more is needed but a cursor, and front ends own memory of their own. */
    p->memory.limit_bytes = SIZE_MAX;
    TSNode root = ts_tree_root_node(tree);
    count_errors(root, out);
    row->lower(out, root, source);
    return true;
}

bool parser_run(parser *p, lang language, sv source, const parse_limits *limits, facts *out,
                error *err)
{
    parse_limits caps = limits ? *limits : LIMITS_DEFAULT;
    if (!caps.bytes_max) caps.bytes_max = LIMITS_DEFAULT.bytes_max;
    if (!caps.time_ms) caps.time_ms = LIMITS_DEFAULT.time_ms;
    if (!caps.memory_max) caps.memory_max = LIMITS_DEFAULT.memory_max;
    if ((unsigned)language >= LANG_COUNT || !lang_rows[language].grammar)
        return error_set(err, ERR_BUG, "there is no front end for language %d", (int)language);
    if (source.size > caps.bytes_max)
        return error_set(err, ERR_LIMIT, "%zu bytes are over the limit of %u for one file",
                         source.size, caps.bytes_max);
    if (source.size > 0 && memchr(source.data, 0, source.size))
        return error_set(err, ERR_INPUT, "not text: there is a NUL byte");
    facts_init(out, language);
    out->source_bytes = (uint32_t)source.size;
    out->line_count = count_lines(source);

    p->memory.limit_bytes = caps.memory_max;
    bool done;
    if (setjmp(p->memory.over_limit) == 0) {
        memory_enter(&p->memory);
        done = parse_and_lower(p, &lang_rows[language], source, &caps, out, err);
    } else {
        done = error_set(err, ERR_LIMIT, "parsing took more than %u bytes of memory: skip it",
                         caps.memory_max);
    }
    memory_leave();
    memory_clear(&p->memory);
    return done;
}

typedef struct {
    const char *suffix;
    lang language;
} suffix_row;

static const suffix_row SUFFIXES[] = {
    {".ex", LANG_ELIXIR},          {".exs", LANG_ELIXIR},     {".erl", LANG_ERLANG},
    {".hrl", LANG_ERLANG},         {".app.src", LANG_ERLANG}, {".escript", LANG_ERLANG},
    {"rebar.config", LANG_ERLANG},
};

lang lang_of_path(sv path)
{
    size_t slash = path.size;
    while (slash > 0 && path.data[slash - 1] != '/') slash--;
    sv name = sv_slice(path, slash, path.size);
    for (size_t i = 0; i < ARRAY_LEN(SUFFIXES); i++) {
        bool whole = SUFFIXES[i].suffix[0] != '.';
        sv suffix = sv_from(SUFFIXES[i].suffix);
        if (whole ? sv_eq(name, suffix) : name.size > suffix.size && sv_ends(name, suffix))
            return SUFFIXES[i].language;
    }
    return LANG_NONE;
}

const char *lang_name(lang language)
{
    return (unsigned)language < LANG_COUNT ? lang_rows[language].name : "none";
}

uint32_t lang_version(lang language)
{
    return (unsigned)language < LANG_COUNT ? lang_rows[language].version : 0;
}
