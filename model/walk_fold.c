/* The walk, functions over data whose result is known when their arguments are: reading and
 * writing keys of maps and of option lists, and what passes its argument on. */
#include "base/base.h"
#include "model/walk.h"

typedef enum {
    FOLD_GET,   /* the value under a key */
    FOLD_FETCH, /* {ok, Value} of a key, or an error */
    FOLD_PUT,   /* the container with the key set */
    FOLD_INIT,  /* {ok, {Flags, Specs}}: what Supervisor.init returns */
    FOLD_SAME   /* the argument itself, or one with the same keys */
} fold_kind;

/* container, key and value are the positions of these arguments. */
static const struct {
    const char *module, *name;
    uint8_t arity, kind, container, key, value;
} FOLDS[] = {
    {"Access", "get", 2, FOLD_GET, 0, 1, 0},
    {"Access", "get", 3, FOLD_GET, 0, 1, 0},
    {"Enum", "into", 2, FOLD_SAME, 0, 0, 0},
    {"Keyword", "fetch", 2, FOLD_FETCH, 0, 1, 0},
    {"Keyword", "fetch!", 2, FOLD_GET, 0, 1, 0},
    {"Keyword", "get", 2, FOLD_GET, 0, 1, 0},
    {"Keyword", "get", 3, FOLD_GET, 0, 1, 0},
    {"Keyword", "validate!", 2, FOLD_SAME, 0, 0, 0},
    {"Map", "fetch", 2, FOLD_FETCH, 0, 1, 0},
    {"Map", "fetch!", 2, FOLD_GET, 0, 1, 0},
    {"Map", "get", 2, FOLD_GET, 0, 1, 0},
    {"Map", "get", 3, FOLD_GET, 0, 1, 0},
    {"Map", "new", 1, FOLD_SAME, 0, 0, 0},
    {"Map", "put", 3, FOLD_PUT, 0, 1, 2},
    {"Map", "replace!", 3, FOLD_PUT, 0, 1, 2},
    {"Supervisor", "child_spec", 2, FOLD_SAME, 0, 0, 0},
    {"Supervisor", "init", 2, FOLD_INIT, 0, 1, 0},
    {"maps", "find", 2, FOLD_FETCH, 1, 0, 0},
    {"maps", "from_list", 1, FOLD_SAME, 0, 0, 0},
    {"maps", "get", 2, FOLD_GET, 1, 0, 0},
    {"maps", "get", 3, FOLD_GET, 1, 0, 0},
    {"maps", "put", 3, FOLD_PUT, 2, 0, 1},
    {"maps", "update", 3, FOLD_PUT, 2, 0, 1},
    {"proplists", "get_value", 2, FOLD_GET, 1, 0, 0},
    {"proplists", "get_value", 3, FOLD_GET, 1, 0, 0},
};

static val_ix put(walk *w, val_ix container, val_ix key, val_ix value)
{
    val_ix kids[3] = {container, key, value};
    return val_make(&w->vals, VAL_MAP, 0, 1, kids, 3);
}

val_ix walk_fold(walk *w, sv module, sv name, const val_ix *args, uint32_t count)
{
    for (uint32_t i = 0; i < ARRAY_LEN(FOLDS); i++) {
        if (FOLDS[i].arity != count || !sv_eq_c(name, FOLDS[i].name) ||
            !sv_eq_c(module, FOLDS[i].module))
            continue;
        val_ix container = args[FOLDS[i].container], key = args[FOLDS[i].key];
        const model_val *k = model_value(w->m, key);
        switch ((fold_kind)FOLDS[i].kind) {
        case FOLD_SAME: return container;
        case FOLD_PUT:
            return k->kind == VAL_ATOM ? put(w, container, key, args[FOLDS[i].value]) : 0;
        case FOLD_INIT: {
            val_ix inner[2] = {key, container};
            val_ix pair[2] = {val_atom(&w->vals, w->m->index->s_ok),
                              val_make(&w->vals, VAL_TUPLE, 0, 0, inner, 2)};
            return val_make(&w->vals, VAL_TUPLE, 0, 0, pair, 2);
        }
        case FOLD_GET: return k->kind == VAL_ATOM ? walk_field(w, container, k->name) : 0;
        case FOLD_FETCH: {
            val_ix value = k->kind == VAL_ATOM ? walk_field(w, container, k->name) : 0;
            if (!value) return 0;
            val_ix pair[2] = {val_atom(&w->vals, w->m->index->s_ok), value};
            return walk_union(w, val_make(&w->vals, VAL_TUPLE, 0, 0, pair, 2),
                              val_atom(&w->vals, w->m->index->s_error));
        }
        }
    }
    return 0;
}
