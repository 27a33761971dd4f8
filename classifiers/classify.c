#include "base/base.h"
#include "classifiers/classifiers.h"
#include "classifiers/rules.h"

static const rule_row CATALOGUE[] = {
#define RULE(id, family, level, version, most, function, implies, title)                           \
    {id, family, level, version, most, function, title, implies},
#include "classifiers/catalogue.def"
#undef RULE
};

uint32_t rule_count(void)
{
    return ARRAY_LEN(CATALOGUE);
}

const rule_row *rule_get(rule_ix rule)
{
    return &CATALOGUE[rule];
}

rule_ix rule_find(sv id)
{
    for (uint32_t i = 0; i < ARRAY_LEN(CATALOGUE); i++)
        if (sv_eq_c(id, CATALOGUE[i].id)) return i;
    return UINT32_MAX;
}

static const char *const LEVELS[] = {"note", "warning", "error"};
static const char *const CONFIDENCES[] = {"possible", "likely", "certain"};

const char *level_name(level l)
{
    return LEVELS[l];
}

const char *confidence_name(confidence c)
{
    return CONFIDENCES[c];
}

static bool word_parse(sv text, const char *const *words, unsigned count, unsigned *out)
{
    for (unsigned i = 0; i < count; i++) {
        if (!sv_eq_c(text, words[i])) continue;
        *out = i;
        return true;
    }
    return false;
}

bool level_parse(sv text, level *out)
{
    return word_parse(text, LEVELS, ARRAY_LEN(LEVELS), (unsigned *)out);
}

bool confidence_parse(sv text, confidence *out)
{
    return word_parse(text, CONFIDENCES, ARRAY_LEN(CONFIDENCES), (unsigned *)out);
}

static int finding_order(const void *left, const void *right)
{
    const finding *a = left, *b = right;
    int order = sv_cmp(a->at.path, b->at.path);
    if (order) return order;
    if (a->at.line != b->at.line) return a->at.line < b->at.line ? -1 : 1;
    if (a->at.col != b->at.col) return a->at.col < b->at.col ? -1 : 1;
    if (a->rule != b->rule) return a->rule < b->rule ? -1 : 1;
    order = strcmp(a->key, b->key);
    if (order) return order;
    return strcmp(a->message, b->message);
}

static void fingerprint(finding *f)
{
    sha256 h;
    unsigned char digest[32];
    sha256_init(&h);
    const char *parts[] = {rule_get(f->rule)->id, f->server_label, f->key};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) sha256_add(&h, parts[i], strlen(parts[i]) + 1);
    sha256_end(&h, digest);
    hex_encode(digest, 16, f->fingerprint);
}

static bool lists_id(const char *list, const char *id)
{
    sv rest = sv_from(list), word;
    while (sv_next(&rest, ' ', &word))
        if (sv_eq_c(word, id)) return true;
    return false;
}

/* Do two findings speak of one fault: the same line, or (for the same callback) one's place is
 * the other's last step? */
static bool same_place(const finding *a, const finding *b)
{
    return sv_eq(a->at.path, b->at.path) && a->at.line == b->at.line;
}

/* Drops findings that a more specific one implies, and repetitions of a fingerprint. */
static void one_fault_one_finding(findings *out)
{
    uint32_t kept = 0;
    map64 seen = {0};
    for (uint32_t i = 0; i < out->items.count; i++) {
        finding *f = &out->items.items[i];
        bool implied = false;
        for (uint32_t j = i; j-- > 0 && !implied && same_place(&out->items.items[j], f);)
            implied = lists_id(rule_get(out->items.items[j].rule)->implies, rule_get(f->rule)->id);
        for (uint32_t j = i + 1; j < out->items.count && !implied; j++) {
            if (!same_place(&out->items.items[j], f)) break;
            implied = lists_id(rule_get(out->items.items[j].rule)->implies, rule_get(f->rule)->id);
        }
        uint32_t mark = 0;
        uint64_t print = hash64(sv_from(f->fingerprint));
        if (implied || !map64_add(&seen, print, &mark)) f->step_count = UINT32_MAX;
    }
    for (uint32_t i = 0; i < out->items.count; i++)
        if (out->items.items[i].step_count != UINT32_MAX)
            out->items.items[kept++] = out->items.items[i];
    out->items.count = kept;
    map64_release(&seen);
}

static void apply_ignores(const model *m, findings *out)
{
    for (vec_each(&out->items, f)) {
        for (vec_each(&m->ignores, i)) {
            if (i->file != f->at.file || i->line != f->at.line) continue;
            sv rule = model_text(m, i->rule);
            if (sv_eq_c(rule, "*") || sv_eq_c(rule, rule_get(f->rule)->id)) f->suppressed = true;
        }
    }
}

void classify_run(const model *m, rule_ix only, findings *out)
{
    classify c = {.m = m, .out = out};
    for (rule_ix r = 0; r < rule_count(); r++) {
        if (only != UINT32_MAX && only != r) continue;
        c.rule = r;
        CATALOGUE[r].run(&c);
        arena_clear(&c.scratch);
    }
    shared_release(&c);
    arena_release(&c.scratch);
    for (vec_each(&out->items, f)) fingerprint(f);
    if (out->items.count) qsort(out->items.items, out->items.count, sizeof(finding), finding_order);
    one_fault_one_finding(out);
    apply_ignores(m, out);
}

void findings_release(findings *f)
{
    vec_release(&f->items);
    vec_release(&f->steps);
    arena_release(&f->memory);
}

/* ---- for rules ---- */

static const char *vprint(arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    char *text = arena_alloc(a, size, 1);
    if (length >= 0) vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}

/* The innermost module around a place. */
static const char *module_label(const model *m, place at, arena *a)
{
    const model_file *file = &m->files.items[at.file];
    const model_module *best = NULL;
    for (uint32_t i = 0; i < file->module_count; i++) {
        const model_module *mod = &m->modules.items[file->module_first + i];
        if (mod->line <= at.line && at.line <= mod->end_line && (!best || mod->line >= best->line))
            best = mod;
    }
    sv name = best ? model_text(m, best->name) : at.path;
    return arena_strndup(a, name.data, name.size);
}

uint32_t finding_add(classify *c, confidence conf, node_ix at, server_ix server, const char *key,
                     const char *format, ...)
{
    place where = model_place(c->m, at);
    findings *out = c->out;
    conf = MIN(conf, rule_get(c->rule)->most);
    finding f = {.rule = c->rule,
                 .level = (uint8_t)rule_get(c->rule)->level,
                 .confidence = (uint8_t)conf,
                 .at = where,
                 .server = server,
                 .node = at,
                 .callback = NO_IX,
                 .step_first = out->steps.count};
    va_list args;
    va_start(args, format);
    f.message = vprint(&out->memory, format, args);
    va_end(args);
    f.key = arena_strndup(&out->memory, key, strlen(key));
    if (server != NO_IX) {
        sv name = model_text(c->m, c->m->modules.items[c->m->servers.items[server].module].name);
        f.server_label = arena_strndup(&out->memory, name.data, name.size);
    } else {
        f.server_label = module_label(c->m, where, &out->memory);
    }
    bool test = c->m->files.items[where.file].is_test;
    /* Production code reached from a server that exists for tests only. */
    if (server != NO_IX) test |= c->m->modules.items[c->m->servers.items[server].module].is_test;
    if (test) {
        c->dropped = f;
        c->last = &c->dropped;
        return UINT32_MAX;
    }
    vec_push(&out->items, f);
    c->last = NULL;
    return out->items.count - 1;
}

/* The finding that steps go to; NULL when the last one was dropped. */
static finding *last_finding(classify *c)
{
    return c->last || c->out->items.count == 0 ? NULL : vec_last(&c->out->items);
}

void finding_step_add(classify *c, node_ix at, const char *format, ...)
{
    finding *f = last_finding(c);
    if (!f) return;
    finding_step step = {.at = model_place(c->m, at)};
    va_list args;
    va_start(args, format);
    step.note = vprint(&c->out->memory, format, args);
    va_end(args);
    vec_push(&c->out->steps, step);
    f->step_count++;
}

void finding_path_add(classify *c, const model_effect *effect, const char *note)
{
    frame_ix path[64];
    uint32_t depth = 0;
    for (frame_ix at = effect->frame; at != NO_IX && depth < ARRAY_LEN(path);
         at = c->m->frames.items[at].parent)
        path[depth++] = at;
    while (depth-- > 0) {
        const model_frame *frame = &c->m->frames.items[path[depth]];
        if (!frame->call) continue;
        /* Recursion says the same once more. */
        const model_frame *above =
            frame->parent == NO_IX ? NULL : &c->m->frames.items[frame->parent];
        if (above && above->function == frame->function && above->call == frame->call) continue;
        finding_step_add(c, frame->call, "calls %s",
                         model_function_label(c->m, frame->function, &c->scratch));
    }
    finding_step_add(c, effect->node, "%s", note);
}

void finding_level(classify *c, level l)
{
    finding *f = last_finding(c);
    if (f) f->level = (uint8_t)l;
}

void finding_callback(classify *c, callback_ix callback)
{
    finding *f = last_finding(c);
    if (f) f->callback = callback;
}
