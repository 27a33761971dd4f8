/* The grammar of the reference page, drawn from at random: what it says is a scenario, the parser
 * takes; its layout is a fixed point; and the runtime gives a verdict on it. */
#include "base/base.h"
#include "runtime/runtime.h"

#include <setjmp.h>
#include <cmocka.h>

enum { DEPTH_MAX = 15, BYTES_MAX = 20000 };

typedef struct {
    sv name;
    sv body;
    int least; /* depth of its smallest sentence */
} rule;

typedef struct {
    VEC(rule) rules;
    buf out;
    uint64_t random;
    int depth, loops;
    uint32_t made; /* templates */
    bool tight;    /* the last token was a template's name */
    bool full;     /* long enough: the smallest sentences from here on */
} generator;

static uint32_t below(generator *g, uint32_t n)
{
    g->random ^= g->random << 13;
    g->random ^= g->random >> 7;
    g->random ^= g->random << 17;
    return (uint32_t)(g->random >> 33) % n;
}

static rule *find(generator *g, sv name)
{
    for (uint32_t i = 0; i < g->rules.count; i++)
        if (sv_eq(g->rules.items[i].name, name)) return &g->rules.items[i];
    fail_msg("the grammar has no rule %.*s", SV_FMT(name));
    return NULL;
}

/* The next symbol of a rule's text: a terminal with its quotes, a word, or one mark. */
static sv symbol(sv *text)
{
    while (text->size && strchr(" \n", text->data[0])) *text = sv_slice(*text, 1, text->size);
    if (text->size == 0) return *text;
    size_t end = 1;
    if (text->data[0] == '"') {
        while (text->data[end] != '"') end++;
        end++;
    } else if (!strchr("()[]{}|", text->data[0])) {
        while (end < text->size && !strchr(" \n()[]{}|\"", text->data[end])) end++;
    }
    sv s = sv_slice(*text, 0, end);
    *text = sv_slice(*text, end, text->size);
    return s;
}

/* Splits off what stands up to the closing mark. */
static sv group(sv *text, char open, char close)
{
    sv from = *text;
    for (int depth = 1; depth;) {
        sv s = symbol(text);
        assert_true(s.size > 0);
        if (s.data[0] == open && s.size == 1) depth++;
        if (s.data[0] == close && s.size == 1) depth--;
    }
    return sv_slice(from, 0, from.size - text->size - 1);
}

static bool next_alternative(sv *text, sv *out)
{
    if (!text->data) return false;
    sv from = *text;
    int depth = 0;
    while (text->size) {
        size_t left = text->size;
        sv s = symbol(text);
        if (s.size == 0) break;
        if (s.size == 1 && strchr("([{", s.data[0])) depth++;
        if (s.size == 1 && strchr(")]}", s.data[0])) depth--;
        if (depth || s.data[0] != '|' || s.size != 1) continue;
        (void)left;
        *out = sv_slice(from, 0, from.size - text->size - 1);
        return true;
    }
    *out = from;
    *text = (sv){0};
    return true;
}

/* Depth of the smallest sentence of a text; optional parts count nothing. */
static int least_of(generator *g, sv text)
{
    int least = INT32_MAX;
    sv alternative;
    while (next_alternative(&text, &alternative)) {
        int deep = 0;
        for (sv s = symbol(&alternative); s.size; s = symbol(&alternative)) {
            int d = 0;
            if (s.data[0] == '{') (void)group(&alternative, '{', '}');
            else if (s.data[0] == '[') (void)group(&alternative, '[', ']');
            else if (s.data[0] == '(') d = least_of(g, group(&alternative, '(', ')'));
            else if (s.data[0] >= 'a' && s.data[0] <= 'z') d = find(g, s)->least;
            deep = MAX(deep, d);
        }
        least = MIN(least, deep);
    }
    return least;
}

static void put(generator *g, const char *text)
{
    bool joined = g->tight && strcmp(text, "(") == 0;
    if (!joined && g->out.size) buf_add_char(&g->out, ' ');
    buf_add_c(&g->out, text);
    g->tight = false;
}

static void token(generator *g, sv name)
{
    static const char *const atoms[] = {"a",      "ok",      "shutdown", "\"two words\"",
                                        "normal", "infinity"};
    static const char *const vars[] = {"V", "W", "X"};
    static const char *const states[] = {"S", "T"};
    static const char *const names[] = {"p0", "s0", "u0", "f0"};
    char text[32];
    if (sv_eq_c(name, "END")) {
        buf_add_c(&g->out, below(g, 2) ? " ;" : "\n");
    } else if (sv_eq_c(name, "NEW")) {
        snprintf(text, sizeof text, "made%u", ++g->made);
        put(g, text);
        g->tight = true;
    } else if (sv_eq_c(name, "NAME")) {
        put(g, names[below(g, ARRAY_LEN(names))]);
        g->tight = true;
    } else if (sv_eq_c(name, "NUMBER") || sv_eq_c(name, "SECONDS")) {
        snprintf(text, sizeof text, "%u", below(g, 20) + (name.data[0] == 'S'));
        put(g, text);
    } else if (sv_eq_c(name, "STRING")) {
        put(g, "\"lib/a.ex:3\"");
    } else if (sv_eq_c(name, "ATOM")) {
        put(g, atoms[below(g, ARRAY_LEN(atoms))]);
    } else if (sv_eq_c(name, "STATE")) {
        put(g, states[below(g, ARRAY_LEN(states))]);
    } else {
        assert_true(sv_eq_c(name, "VAR"));
        put(g, vars[below(g, ARRAY_LEN(vars))]);
    }
}

static void draw(generator *g, sv text);

static void sequence(generator *g, sv text)
{
    bool deep = g->depth >= DEPTH_MAX || g->full;
    for (sv s = symbol(&text); s.size; s = symbol(&text)) {
        char c = s.data[0];
        g->full = g->full || g->out.size > BYTES_MAX;
        if (c == '{' && s.size == 1) {
            sv inner = group(&text, '{', '}');
            for (uint32_t n = deep ? 0 : below(g, 6); n; n--) draw(g, inner);
        } else if (c == '[' && s.size == 1) {
            sv inner = group(&text, '[', ']');
            if (!deep && below(g, 2)) draw(g, inner);
        } else if (c == '(' && s.size == 1) {
            draw(g, group(&text, '(', ')'));
        } else if (c == '"') {
            char word[40];
            snprintf(word, sizeof word, "%.*s", (int)(s.size - 2), s.data + 1);
            put(g, strcmp(word, "break") == 0 && !g->loops ? "postpone" : word);
        } else if (c >= 'a' && c <= 'z') {
            int loops = g->loops;
            if (sv_eq_c(s, "loop_block")) g->loops++;
            if (sv_eq_c(s, "template") || sv_eq_c(s, "driver") || sv_eq_c(s, "operation"))
                g->loops = 0; /* a block that runs elsewhere */
            g->depth++;
            draw(g, find(g, s)->body);
            g->depth--;
            g->loops = loops;
        } else {
            token(g, s);
        }
    }
}

static void draw(generator *g, sv text)
{
    sv alternative, chosen = {0}, all = text;
    int least = least_of(g, text);
    uint32_t seen = 0;
    while (next_alternative(&all, &alternative)) {
        if ((g->depth >= DEPTH_MAX || g->full) && least_of(g, alternative) > least) continue;
        if (below(g, ++seen) == 0) chosen = alternative;
    }
    sequence(g, chosen);
}

static void read_grammar(generator *g, const buf *page)
{
    sv text = buf_sv(page);
    size_t from = sv_find(text, SV("```ebnf\n"), 0);
    assert_true(from != SIZE_MAX);
    text = sv_slice(text, from + 8, sv_find(text, SV("\n```"), from));
    while (text.size) {
        sv name = symbol(&text);
        if (name.size == 0) break;
        (void)symbol(&text); /* = */
        sv rest = text;
        for (sv s = symbol(&text); !sv_eq_c(s, ";"); s = symbol(&text)) assert_true(s.size > 0);
        *vec_add(&g->rules) = (rule){
            .name = name, .body = sv_slice(rest, 0, rest.size - text.size - 1), .least = 1000};
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < g->rules.count; i++) {
            int least = least_of(g, g->rules.items[i].body) + 1;
            if (least >= g->rules.items[i].least) continue;
            g->rules.items[i].least = least;
            changed = true;
        }
    }
    for (uint32_t i = 0; i < g->rules.count; i++) assert_true(g->rules.items[i].least < 1000);
}

/* Names that the drawn text uses. */
static const char templates[] = "process p0(S) { exit normal }\n"
                                "server s0(S) { on call X { reply X } }\n"
                                "supervisor u0 { }\n"
                                "function f0(S) { return S }\n";

static uint32_t check(const buf *text)
{
    buf once = {0}, twice = {0};
    error err = {0};
    uint32_t failures = 0;
    if (!rt_format(SV("drawn"), buf_sv(text), &once, &err) ||
        !rt_format(SV("drawn"), buf_sv(&once), &twice, &err) ||
        !sv_eq(buf_sv(&once), buf_sv(&twice))) {
        print_error("%s\n%.*s\n", err.text[0] ? err.text : "formatting twice changes it",
                    (int)MIN(text->size, 3000), text->data);
        failures = 1;
    }
    rt_options o = rt_options_default();
    o.schedules_max = 5;
    o.events_max = 100;
    rt_verdict v;
    if (!failures && rt_run(SV("drawn"), buf_sv(text), &o, &v, &err)) {
        buf out = {0};
        rt_verdict_json(&v, &out);
        assert_true(out.size > 0);
        buf_release(&out);
        rt_verdict_release(&v);
    } else if (!failures && err.kind == ERR_BUG) {
        print_error("%s\n", err.text);
        failures = 1;
    }
    buf_release(&once);
    buf_release(&twice);
    return failures;
}

static void test_drawn_scenarios(void **state)
{
    (void)state;
    generator g = {.random = UINT64_C(88172645463325252)};
    buf page = {0};
    error err = {0};
    uint32_t failures = 0;
    uint64_t bytes = 0;
    assert_true(file_read("docs/scenario-language.md", 1 << 20, &page, &err));
    read_grammar(&g, &page);
    for (uint32_t i = 0; i < 300 && failures < 5; i++) {
        buf_clear(&g.out);
        buf_add_c(&g.out, templates);
        g.made = 0;
        g.full = g.tight = false;
        draw(&g, find(&g, SV("scenario"))->body);
        buf_add_char(&g.out, '\n');
        bytes += g.out.size;
        failures += check(&g.out);
    }
    buf_release(&g.out);
    buf_release(&page);
    vec_release(&g.rules);
    assert_int_equal(failures, 0);
    assert_true(bytes > 300000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_drawn_scenarios)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
