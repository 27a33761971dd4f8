/* Strategy, intensity and period of a supervisor. */
#include "base/base.h"
#include "model/internal.h"
#include "model/supervision.h"

static strategy strategy_of(supervision *b, thunk t)
{
    static const char *const names[] = {[STRATEGY_ONE_FOR_ONE] = "one_for_one",
                                        [STRATEGY_ONE_FOR_ALL] = "one_for_all",
                                        [STRATEGY_REST_FOR_ONE] = "rest_for_one",
                                        [STRATEGY_SIMPLE_ONE_FOR_ONE] = "simple_one_for_one"};
    for (uint8_t i = STRATEGY_ONE_FOR_ONE; i < ARRAY_LEN(names); i++)
        if (eval_is_atom(&b->e, t, names[i])) return i;
    return STRATEGY_UNKNOWN;
}

static int32_t number_of(supervision *b, thunk t)
{
    int64_t number;
    if (!eval_int(&b->e, t, &number) || number < 0 || number > INT32_MAX) return -2;
    return (int32_t)number;
}

static void flag(supervision *b, option_result found, thunk value, int32_t standard, int32_t *out,
                 bool *stated)
{
    *stated = found == OPTION_FOUND;
    *out = found == OPTION_FOUND ? number_of(b, value) : found == OPTION_ABSENT ? standard : -2;
}

void flags_of_options(supervision *b, thunk options, model_supervisor *out)
{
    thunk value = {0};
    out->max_children = -1;
    if (!options.node) {
        out->intensity = 3;
        out->period_s = 5;
        return;
    }
    out->flags_node = options.node;
    option_result found = eval_option(&b->e, options, "strategy", &value);
    if (found == OPTION_FOUND) {
        out->strategy = (uint8_t)strategy_of(b, value);
        out->strategy_stated = true;
        out->flags_node = value.node;
    }
    found = eval_option(&b->e, options, "max_restarts", &value);
    flag(b, found, value, 3, &out->intensity, &out->intensity_stated);
    if (found == OPTION_FOUND) out->flags_node = value.node;
    found = eval_option(&b->e, options, "max_seconds", &value);
    flag(b, found, value, 5, &out->period_s, &out->period_stated);
    found = eval_option(&b->e, options, "max_children", &value);
    if (found != OPTION_ABSENT && !eval_is_atom(&b->e, value, "infinity"))
        out->max_children = found == OPTION_FOUND ? number_of(b, value) : -2;
    if (found == OPTION_UNKNOWN) out->max_children = -1;
}

static void flags_of_tuple(supervision *b, thunk flags, model_supervisor *out)
{
    out->strategy = (uint8_t)strategy_of(b, eval_kid(&b->e, flags, 0));
    out->intensity = number_of(b, eval_kid(&b->e, flags, 1));
    out->period_s = number_of(b, eval_kid(&b->e, flags, 2));
    out->strategy_stated = out->intensity_stated = out->period_stated = true;
}

static void flags_of_map(supervision *b, thunk flags, model_supervisor *out)
{
    thunk value = {0};
    option_result found = eval_option(&b->e, flags, "strategy", &value);
    out->strategy = STRATEGY_ONE_FOR_ONE;
    if (found != OPTION_ABSENT) out->strategy = STRATEGY_UNKNOWN;
    if (found == OPTION_FOUND) {
        out->strategy = (uint8_t)strategy_of(b, value);
        out->strategy_stated = true;
        out->flags_node = value.node;
    }
    found = eval_option(&b->e, flags, "intensity", &value);
    flag(b, found, value, 1, &out->intensity, &out->intensity_stated);
    if (found == OPTION_FOUND) out->flags_node = value.node;
    found = eval_option(&b->e, flags, "period", &value);
    flag(b, found, value, 5, &out->period_s, &out->period_stated);
}

void flags_of_term(supervision *b, thunk flags, model_supervisor *out)
{
    out->intensity = out->period_s = -2;
    out->max_children = -1;
    thunk one = eval_one(&b->e, flags);
    if (!one.node) return;
    out->flags_node = one.node;
    switch (model_node(b->m, one.node)->kind) {
    case NODE_TUPLE:
        if (model_kid_count(b->m, one.node) == 3) flags_of_tuple(b, one, out);
        return;
    case NODE_MAP:
    case NODE_MAP_UPDATE:
    case NODE_CALL_REMOTE: flags_of_map(b, one, out); return;
    default: return;
    }
}
