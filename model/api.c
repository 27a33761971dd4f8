/* The API table and its lookup. */
#include "base/base.h"
#include "model/internal.h"
#include <pthread.h>

static const api_row ROWS[] = {
#define API(module, name, arity, kind, block, receiver, message, timeout, timeout_default, server, \
            flags, source)                                                                         \
    {module,  name,    arity,           kind,   block, receiver,                                   \
     message, timeout, timeout_default, server, flags, source},
#include "model/api.def"
#undef API
};

static map64 index_; /* hash of (module, name) -> first row; written once under index_once */
static pthread_once_t index_once = PTHREAD_ONCE_INIT;

static uint64_t row_key(sv module, sv name)
{
    return hash64_mix(hash64(module) * 31 + hash64(name));
}

static void index_build(void)
{
    for (uint32_t i = 0; i < ARRAY_LEN(ROWS); i++) {
        uint32_t held = i;
        map64_add(&index_, row_key(sv_from(ROWS[i].module), sv_from(ROWS[i].name)), &held);
    }
}

const api_row *api_get(api_ix row)
{
    return &ROWS[row];
}

uint32_t api_count(void)
{
    return ARRAY_LEN(ROWS);
}

api_ix api_find(sv module, sv name, uint32_t arity)
{
    pthread_once(&index_once, index_build);
    api_ix first = map64_get(&index_, row_key(module, name), NO_IX);
    if (first == NO_IX) {
        /* Every Ecto repository is a module of its own: My.App.Repo.all/1 is Repo.all/1. */
        if (module.size > 5 && sv_ends(module, SV(".Repo")))
            return api_find(SV("Repo"), name, arity);
        return NO_IX;
    }
    api_ix any = NO_IX;
    for (api_ix i = first; i < ARRAY_LEN(ROWS); i++) {
        const api_row *row = &ROWS[i];
        if (!sv_eq_c(module, row->module) || !sv_eq_c(name, row->name)) break;
        if (row->arity < 0) any = i;
        else if ((uint32_t)row->arity == arity) return i;
    }
    return any;
}

static int name_order(const void *left, const void *right)
{
    return sv_cmp(*(const sv *)left, *(const sv *)right);
}

bool api_is_builtin(sv name)
{
    static const sv names[] = {
#define BUILTIN(text) {text, sizeof text - 1},
#include "model/builtins.def"
#undef BUILTIN
    };
    return bsearch(&name, names, ARRAY_LEN(names), sizeof names[0], name_order) != NULL;
}

bool api_is_standard(const api_row *row)
{
    static const char *const elixir[] = {"Agent",    "Application", "DynamicSupervisor",
                                         "Enum",     "File",        "GenServer",
                                         "Kernel",   "Keyword",     "Map",
                                         "Node",     "Port",        "Process",
                                         "Stream",   "Supervisor",  "System",
                                         "Registry", "Task",        "Task.Supervisor"};
    for (size_t i = 0; i < ARRAY_LEN(elixir); i++)
        if (strcmp(row->module, elixir[i]) == 0) return true;
    return strstr(row->source, "(3)") != NULL;
}

bool api_flag(const api_row *row, const char *word)
{
    sv rest = sv_from(row->flags), piece;
    while (sv_next(&rest, ' ', &piece))
        if (sv_eq_c(piece, word)) return true;
    return false;
}
