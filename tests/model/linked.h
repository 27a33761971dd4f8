/* Links sources given as text and prints what a test wants to see of the model: stable lines. */
#ifndef LODE_TESTS_MODEL_LINKED_H
#define LODE_TESTS_MODEL_LINKED_H

#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "model/model.h"
#include "parsers/parsers.h"

enum { LINKED_FILES_MAX = 4 };

typedef struct {
    const char *path, *text;
} source;

typedef struct {
    model m;
    facts facts[LINKED_FILES_MAX];
    uint32_t count;
    arena scratch;
    buf text; /* of the last print */
} linked;

/* Sources in the order of their paths; the first without a path ends them. */
static inline linked *linked_open(const source *sources)
{
    linked *l = base_calloc(1, sizeof *l);
    model_input inputs[LINKED_FILES_MAX];
    parser *p = parser_open();
    while (l->count < LINKED_FILES_MAX && sources[l->count].path) {
        sv path = sv_from(sources[l->count].path);
        error err = {0};
        if (!parser_run(p, lang_of_path(path), sv_from(sources[l->count].text), NULL,
                        &l->facts[l->count], &err))
            fail_msg("%s", err.text);
        assert_int_equal(l->facts[l->count].error_bytes, 0);
        inputs[l->count] = (model_input){path, &l->facts[l->count]};
        l->count++;
    }
    parser_close(p);
    model_link(&l->m, inputs, l->count);
    return l;
}

static inline void linked_close(linked *l)
{
    model_release(&l->m);
    for (uint32_t i = 0; i < l->count; i++) facts_release(&l->facts[i]);
    arena_release(&l->scratch);
    buf_release(&l->text);
    free(l);
}

static inline void linked_ctx(linked *l, uint16_t ctx)
{
    static const char *const words[] = {"spawned", "task",   "awaited",   "closure", "caught",
                                        "loop",    "branch", "in-server", "not-self"};
    for (uint32_t i = 0; i < ARRAY_LEN(words); i++)
        if (ctx & (1u << i)) buf_printf(&l->text, " %s", words[i]);
}

static inline const char *linked_server(linked *l, server_ix server)
{
    const model *m = &l->m;
    if (server == NO_IX) return "?";
    sv name = model_text(m, m->modules.items[m->servers.items[server].module].name);
    return arena_strndup(&l->scratch, name.data, name.size);
}

static inline void linked_timeout(linked *l, int32_t ms, bool stated)
{
    const char *word = ms == TIMEOUT_NEVER        ? "infinity"
                       : ms == TIMEOUT_UNKNOWN_MS ? "unknown"
                       : ms == TIMEOUT_NONE_MS    ? NULL
                                                  : "";
    if (!word) return;
    if (*word) buf_printf(&l->text, " %s", word);
    else buf_printf(&l->text, " %d ms", ms);
    if (stated) buf_add_c(&l->text, " stated");
}

static const char *const LINKED_IDS[] = {"unknown", "self",     "caller",     "named",
                                         "module",  "own-kind", "supervisor", "controller"};

/* "S.handle_call(:a): GenServer.call named T {:b, …} 5000 ms branch @3", one effect a line. */
static inline void linked_effects(linked *l)
{
    model *m = &l->m;
    l->text.size = 0;
    for (vec_each(&m->effects, e)) {
        bool erlang = m->files.items[model_place(m, e->node).file].lang == LANG_ERLANG;
        buf_printf(&l->text, "%s: ", model_callback_label(m, e->root, &l->scratch));
        if (e->api == NO_IX) buf_add_c(&l->text, e->kind == EFFECT_RECEIVE ? "receive" : "foreign");
        else buf_printf(&l->text, "%s.%s", api_get(e->api)->module, api_get(e->api)->name);
        if (e->id.kind != ID_UNKNOWN)
            buf_printf(&l->text, " %s%s%s", LINKED_IDS[e->id.kind], e->id.same_key ? "=" : "",
                       e->id.by_tag ? "~" : "");
        if (e->id.server != NO_IX) buf_printf(&l->text, " %s", linked_server(l, e->id.server));
        if (e->message)
            buf_printf(&l->text, " %s", model_message_label(m, e->message, erlang, &l->scratch));
        linked_timeout(l, e->timeout_ms, e->timeout_stated);
        linked_ctx(l, e->ctx);
        buf_printf(&l->text, " @%u\n", model_place(m, e->node).line);
    }
}

static inline bool linked_says(const linked *l, const char *part)
{
    return sv_has(buf_sv(&l->text), sv_from(part));
}

#define assert_says(l, part)                                                                       \
    do {                                                                                           \
        if (!linked_says((l), (part)))                                                             \
            fail_msg("no \"%s\" in\n%.*s", (part), SV_FMT(buf_sv(&(l)->text)));                    \
    } while (0)
#define assert_silent(l, part)                                                                     \
    do {                                                                                           \
        if (linked_says((l), (part)))                                                              \
            fail_msg("\"%s\" in\n%.*s", (part), SV_FMT(buf_sv(&(l)->text)));                       \
    } while (0)

/* One case of a table: sources, a line (or part) that has to be there, one that must not. */
typedef struct {
    const char *name;
    source sources[LINKED_FILES_MAX];
    const char *says[4];
    const char *silent[2];
} linked_case;

static inline void linked_check(const linked_case *cases, size_t count, void (*print)(linked *l))
{
    for (size_t i = 0; i < count; i++) {
        const linked_case *c = &cases[i];
        linked *l = linked_open(c->sources);
        print(l);
        for (size_t k = 0; k < ARRAY_LEN(c->says) && c->says[k]; k++)
            if (!linked_says(l, c->says[k]))
                fail_msg("%s: no \"%s\" in\n%.*s", c->name, c->says[k], SV_FMT(buf_sv(&l->text)));
        for (size_t k = 0; k < ARRAY_LEN(c->silent) && c->silent[k]; k++)
            if (linked_says(l, c->silent[k]))
                fail_msg("%s: \"%s\" in\n%.*s", c->name, c->silent[k], SV_FMT(buf_sv(&l->text)));
        linked_close(l);
    }
}

#endif
