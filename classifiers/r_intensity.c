/* The restart budget: default-intensity-fanout, dynamic-default-intensity, low-intensity,
 * disabled-intensity. */
#include "base/base.h"
#include "classifiers/r_tree.h"
#include "classifiers/rules.h"

enum { FANOUT_MIN = 5, DISABLED_MIN = 1000, REPEATED_WEIGHT = 5 };

/* What kind of children a supervisor has. */
typedef struct {
    uint32_t fixed;       /* static, always there, can be restarted */
    uint32_t conditional; /* static on some configuration, can be restarted */
    uint32_t repeated;    /* lists of unknown length */
    uint32_t dynamic;     /* templates and start_child sites whose children can be restarted */
    uint32_t unknown;     /* dynamic ones whose restart type is only assumed */
    uint32_t temporary;   /* never restarted */
    uint32_t supervisors; /* of all, those that are supervisors */
    uint32_t io;          /* of all, those that talk to network or database */
    const model_child *first, *first_io;
} census;

/* A start_child on a supervisor that also has a list of its own adds a child to it; on one that is
 * empty or dynamic it starts any number. */
static bool in_numbers(const model *m, const model_supervisor *s, const model_child *c)
{
    if (s->dynamic) return true;
    if (c->id) return false;
    for (uint32_t i = 0; i < s->child_count; i++)
        if (!m->children.items[s->child_first + i].is_dynamic) return false;
    return true;
}

static census count_children(const model *m, const model_supervisor *s)
{
    census n = {0};
    for (uint32_t i = 0; i < s->child_count; i++) {
        const model_child *c = &m->children.items[s->child_first + i];
        const fact_node *at = model_node(m, c->node);
        if (at->reserved && m->files.items[at->reserved - 1].is_test) continue;
        if (!child_restarts(c)) {
            n.temporary++;
            continue;
        }
        if (!n.first) n.first = c;
        bool known = c->restart_stated || c->module != NO_IX || c->module_name;
        if (c->is_dynamic && !in_numbers(m, s, c)) n.conditional++;
        else if (c->is_dynamic && !known) n.unknown++;
        else if (c->is_dynamic) n.dynamic++;
        else if (c->repeated) n.repeated++;
        else if (c->conditional) n.conditional++;
        else n.fixed++;
        n.supervisors += c->is_supervisor || c->as_supervisor != NO_IX;
        effect_ix effect;
        if (!server_does_io(m, child_server(m, c), &effect)) continue;
        n.io++;
        if (!n.first_io) n.first_io = c;
    }
    return n;
}

static void child_steps(classify *c, const model_supervisor *s, const char *note)
{
    uint32_t said = 0;
    for (uint32_t i = 0; i < s->child_count && said < 8; i++) {
        const model_child *child = &c->m->children.items[s->child_first + i];
        if (!child_restarts(child)) continue;
        finding_step_add(c, child->node, "%s: %s", child_label(c, child), note);
        said++;
    }
}

void rule_default_intensity_fanout(classify *c)
{
    const model *m = c->m;
    for (supervisor_ix i = 0; i < m->supervisors.count; i++) {
        const model_supervisor *s = &m->supervisors.items[i];
        if (s->intensity_stated || s->intensity < 0 || s->dynamic || s->partition ||
            supervisor_in_test(m, i))
            continue;
        census n = count_children(m, s);
        uint32_t all = n.fixed + n.conditional + n.repeated * REPEATED_WEIGHT;
        if (all < FANOUT_MIN) continue;
        confidence conf = n.fixed >= FANOUT_MIN ? CONF_CERTAIN : CONF_LIKELY;
        /* How long a list is, and whether what it makes ever fails, is not known. */
        if (n.fixed + n.conditional < FANOUT_MIN && !n.io) conf = CONF_POSSIBLE;
        uint32_t at_least = n.fixed + n.conditional;
        finding_add(c, conf, s->node, NO_IX, supervisor_key(c, i),
                    "%s restarts %s%u children under the default budget of %" PRId32
                    " restarts in %" PRId32 " s: %" PRId32
                    " crashes of any of them within that time, one outage that several share, end "
                    "them all%s",
                    supervisor_label(c, i), n.repeated ? "a list and " : "", at_least, s->intensity,
                    s->period_s, s->intensity + 1,
                    s->is_root ? " and with them the application" : "");
        if (s->is_root) finding_level(c, LEVEL_ERROR);
        if (n.first_io)
            finding_step_add(c, n.first_io->node, "%s talks to the network or a database",
                             child_label(c, n.first_io));
        child_steps(c, s, "its restarts count");
    }
}

void rule_dynamic_default_intensity(classify *c)
{
    const model *m = c->m;
    for (supervisor_ix i = 0; i < m->supervisors.count; i++) {
        const model_supervisor *s = &m->supervisors.items[i];
        if (!s->dynamic || s->intensity_stated || s->intensity < 0 || s->max_children >= 0 ||
            supervisor_in_test(m, i) || supervisor_of_tasks(m, i))
            continue;
        census n = count_children(m, s);
        if (n.temporary && !n.dynamic && !n.unknown && !n.repeated) continue;
        bool known = n.dynamic + n.repeated > 0;
        finding_add(c, known ? CONF_CERTAIN : CONF_POSSIBLE, s->node, NO_IX, supervisor_key(c, i),
                    "%s keeps the default of %" PRId32 " restarts in %" PRId32
                    " s for however many children are started under it: when %" PRId32
                    " of %s crash within that time, all of them are stopped",
                    supervisor_label(c, i), s->intensity, s->period_s, s->intensity + 1,
                    n.first ? child_label(c, n.first) : "them");
        child_steps(c, s, "started at run time, restarted after a crash");
    }
}

/* Why a stated budget is too low; NULL when it is not. */
static const char *too_low(const model *m, const model_supervisor *s, const census *n,
                           confidence *conf, level *at)
{
    uint32_t fixed = n->fixed + n->conditional;
    bool dynamic = n->dynamic + n->unknown + n->repeated > 0;
    (void)m;
    *at = LEVEL_WARNING;
    *conf = CONF_LIKELY;
    if (s->intensity == 0) {
        if (!dynamic && fixed == 1 && n->io == 0) return NULL; /* hands the failure on */
        /* Each of them has a budget of its own, and gives up only after it. */
        if (!dynamic && n->supervisors == fixed && fixed > 0) return NULL;
        if (s->strategy == STRATEGY_ONE_FOR_ALL || s->strategy == STRATEGY_REST_FOR_ONE)
            *at = LEVEL_NOTE;
        if (n->io || dynamic) *conf = CONF_CERTAIN;
        return "the first crash of any of them ends all of them";
    }
    if (s->intensity == 1 && (dynamic || fixed >= FANOUT_MIN || (s->is_root && fixed >= 2))) {
        if (n->unknown && !n->dynamic && !n->repeated) *conf = CONF_POSSIBLE;
        if (!dynamic && fixed < FANOUT_MIN) *conf = CONF_POSSIBLE;
        return "the second crash of any of them ends all of them";
    }
    if (!dynamic || s->period_s <= 0) return NULL;
    /* Less than one restart in five seconds, shared by a list of network clients. */
    if (n->repeated + n->dynamic > 0 && s->intensity <= 20 && s->intensity * 5 < s->period_s) {
        *conf = CONF_POSSIBLE; /* how many there are decides, and that is not in the source */
        return "they share a budget that one outage uses up";
    }
    return NULL;
}

void rule_low_intensity(classify *c)
{
    const model *m = c->m;
    for (supervisor_ix i = 0; i < m->supervisors.count; i++) {
        const model_supervisor *s = &m->supervisors.items[i];
        if (!s->intensity_stated || s->intensity < 0 || supervisor_in_test(m, i) ||
            supervisor_of_tasks(m, i))
            continue;
        census n = count_children(m, s);
        if (n.fixed + n.conditional + n.dynamic + n.repeated + n.unknown == 0) continue;
        confidence conf;
        level at;
        const char *why = too_low(m, s, &n, &conf, &at);
        if (!why) continue;
        finding_add(c, conf, s->flags_node ? s->flags_node : s->node, NO_IX, supervisor_key(c, i),
                    "%s allows %" PRId32 " restarts in %" PRId32 " s for %s: %s",
                    supervisor_label(c, i), s->intensity, s->period_s,
                    n.dynamic + n.repeated + n.unknown
                        ? "children started in numbers"
                        : arena_printf(&c->scratch, "%u children", n.fixed + n.conditional),
                    why);
        finding_level(c, at);
        finding_step_add(c, s->node, "the supervisor is set up here");
        if (n.first_io)
            finding_step_add(c, n.first_io->node, "%s talks to the network or a database",
                             child_label(c, n.first_io));
        child_steps(c, s, "can be restarted");
    }
}

void rule_disabled_intensity(classify *c)
{
    const model *m = c->m;
    for (supervisor_ix i = 0; i < m->supervisors.count; i++) {
        const model_supervisor *s = &m->supervisors.items[i];
        if (!s->intensity_stated || s->intensity < 0 || s->period_s < 0 || supervisor_in_test(m, i))
            continue;
        census n = count_children(m, s);
        bool restarts = n.fixed + n.conditional + n.dynamic + n.repeated + n.unknown > 0;
        if (!restarts && (n.temporary || s->children_complete)) continue;
        int64_t period = MAX(s->period_s, 1), rate = s->intensity / period;
        bool many = s->intensity >= DISABLED_MIN, fast = s->intensity > 10 * period;
        if (!many && !fast) continue;
        confidence conf = many && fast                  ? CONF_CERTAIN
                          : fast && s->intensity >= 100 ? CONF_LIKELY
                                                        : CONF_POSSIBLE;
        if (many && !fast && rate == 0 && period >= 3600) conf = CONF_LIKELY;
        finding_add(c, conf, s->flags_node ? s->flags_node : s->node, NO_IX, supervisor_key(c, i),
                    "%s allows %" PRId32 " restarts in %" PRId32
                    " s: a child that cannot start is restarted over and over, and nobody above "
                    "is told",
                    supervisor_label(c, i), s->intensity, s->period_s);
        finding_step_add(c, s->node, "the supervisor is set up here");
        child_steps(c, s, "would be restarted for ever");
    }
}
