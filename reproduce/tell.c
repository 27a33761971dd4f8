/* A story as a scenario of the runtime. */
#include "base/base.h"
#include "reproduce/recipes.h"

enum {
    HANGS = 1 << RT_DEADLOCK,
    TIMES_OUT = 1 << RT_CALL_TIMEOUT,
    CRASHES = 1 << RT_CRASH,
    GIVES_UP = 1 << RT_INTENSITY_REACHED,
    STEALS = 1 << RT_STOLEN_MESSAGE,
    COMES_LATE = 1 << RT_LATE_REPLY,
    OVERFLOWS = 1 << RT_MAILBOX_BOUND,
    LOSES = 1 << RT_LOST_MESSAGE,
    BREAKS = 1 << RT_ASSERTION
};

static const recipe recipes[] = {
#define RECIPE(rule, tell, predicted) {rule, tell, predicted, NULL},
#define NO_RECIPE(rule, why) {rule, NULL, 0, "predicts no failure at run time: " why},
#include "reproduce/recipes.def"
#undef RECIPE
#undef NO_RECIPE
};

const recipe *recipe_of(sv rule)
{
    for (size_t i = 0; i < ARRAY_LEN(recipes); i++)
        if (sv_eq_c(rule, recipes[i].rule)) return &recipes[i];
    return NULL;
}

bool reproduce_supports(sv rule)
{
    const recipe *r = recipe_of(rule);
    return r && r->tell;
}

void story_make(story *s, const recipe *r)
{
    s->title = s->f->message;
    if (r->tell) r->tell(s);
    else s->unsupported = r->why_none;
}

typedef struct {
    const story *s;
    buf *out;
    uint32_t depth;
    telling how;
} teller;

void place_add(buf *out, sv path, uint32_t line)
{
    if (!line) return;
    buf_add_c(out, " @ \"");
    for (size_t i = 0; i < path.size; i++)
        buf_add_char(out,
                     path.data[i] == '"' || (unsigned char)path.data[i] < ' ' ? '_' : path.data[i]);
    buf_printf(out, ":%u\"", line);
}

static void indent(teller *t)
{
    for (uint32_t i = 0; i < t->depth; i++) buf_add_c(t->out, "  ");
}

static void tell_deed(teller *t, const deed *d)
{
    uint8_t shape = deed_get((do_kind)d->kind)->shape;
    if (shape == TURNS) t->depth--;
    indent(t);
    if (d->kind == DO_CHOOSE) {
        buf_printf(t->out, "# %s\n", d->text ? d->text : "not known");
        indent(t);
    }
    deed_tell(d, &t->how, t->out);
    if (shape == OPENS || d->kind == DO_OR || d->kind == DO_ELSE) t->depth++;
    else if (shape != TURNS && !strstr(deed_get((do_kind)d->kind)->text[TELL_SCENARIO], "%@"))
        place_add(t->out, d->path, d->line);
    buf_add_char(t->out, '\n');
}

/* A try is closed by the catch of everything: its DO_END needs to know. */
static void tell_deeds(teller *t, const deeds *list)
{
    uint8_t open[32];
    uint32_t depth = 0;
    for (vec_each(list, d)) {
        if (deed_get((do_kind)d->kind)->shape == OPENS && depth < ARRAY_LEN(open))
            open[depth++] = d->kind;
        deed copy = *d;
        if (d->kind == DO_END && depth && open[--depth] == DO_TRY) copy.kind = DO_CATCH;
        tell_deed(t, &copy);
    }
}

static void tell_server(teller *t, const actor *a)
{
    buf *out = t->out;
    buf_printf(out, "server %s", a->name);
    place_add(out, a->path, a->line);
    buf_add_c(out, " {\n");
    if (!a->unnamed) buf_printf(out, "  name %s\n", a->name);
    for (uint32_t i = 0; i < a->variables.count; i++)
        buf_printf(out, "  state %s = %s\n", a->variables.items[i], a->initials.items[i]);
    t->depth = 2;
    if (a->init.count) {
        buf_add_c(out, "  init {\n");
        tell_deeds(t, &a->init);
        buf_add_c(out, "  }\n");
    }
    for (vec_each(&a->clauses, c)) {
        buf_printf(out, "  on %s %s", c->kind, c->pattern);
        place_add(out, c->path, c->line);
        buf_add_c(out, " {\n");
        tell_deeds(t, &c->body);
        buf_add_c(out, "  }\n");
    }
    buf_add_c(out, "}\n\n");
}

static void tell_supervisor_actor(teller *t, const actor *a)
{
    buf *out = t->out;
    bool dynamic = a->kind == ACTOR_DYNAMIC;
    buf_printf(out, "%s %s", dynamic ? "dynamic_supervisor" : "supervisor", a->name);
    place_add(out, a->path, a->line);
    buf_printf(out, " {\n  name %s\n", a->name);
    if (!dynamic) buf_printf(out, "  strategy %s\n", a->strategy);
    buf_printf(out, "  intensity %" PRId64 " per %" PRId64 "\n", a->intensity, a->period_s);
    for (vec_each(&a->children, c)) {
        if (dynamic) break; /* started by a request */
        buf_printf(out, "  child %s", c->name);
        if (c->count > 1) buf_printf(out, " count %" PRId64, c->count);
        if (c->restart) buf_printf(out, " restart %s", c->restart);
        if (c->shutdown_ms == SHUTDOWN_INFINITY) buf_add_c(out, " shutdown infinity");
        else if (c->shutdown_ms == SHUTDOWN_BRUTAL) buf_add_c(out, " shutdown brutal_kill");
        else if (c->shutdown_ms > 0) buf_printf(out, " shutdown %d", c->shutdown_ms);
        place_add(out, c->path, c->line);
        buf_add_char(out, '\n');
    }
    buf_add_c(out, "}\n\n");
}

static void quoted(buf *out, const char *text)
{
    buf_add_char(out, '"');
    for (; *text; text++)
        buf_add_char(out,
                     *text == '"' || *text == '\\' || (unsigned char)*text < ' ' ? '\'' : *text);
    buf_add_char(out, '"');
}

void story_tell(const story *s, uint32_t predicted, buf *out)
{
    teller t = {.s = s, .out = out};
    buf_add_c(out, "scenario ");
    quoted(out, s->title);
    buf_add_char(out, '\n');
    for (vec_each(&s->assumed, text)) buf_printf(out, "# supposed: %s\n", *text);
    if (s->control) buf_printf(out, "# control: %s\n", s->control_text);
    if (s->time_ms) buf_printf(out, "limit time %" PRId64 "\n", s->time_ms);
    if (s->mailbox_max) buf_printf(out, "limit mailbox %u\n", s->mailbox_max);
    if (s->reply_by_ref) buf_add_c(out, "option reply_by_ref\n");
    buf_add_char(out, '\n');
    for (vec_each(&s->actors, a)) {
        if (a->kind == ACTOR_SERVER) tell_server(&t, a);
        else tell_supervisor_actor(&t, a);
    }
    buf_add_c(out, "driver {\n");
    t.depth = 1;
    tell_deeds(&t, &s->driver);
    /* `expect some` asks for all of its categories, and any of these is the failure: which one it
     * is, is known when it has run. */
    buf_printf(out, "}\n\n%s", s->control ? "expect never" : "# predicted, any of:");
    bool first = true;
    for (uint32_t i = 0; i < RT_CATEGORY_COUNT; i++) {
        if (!(predicted >> i & 1)) continue;
        buf_printf(out, "%s %s", first ? "" : ",", rt_category_name((rt_category)i));
        first = false;
    }
    buf_add_char(out, '\n');
}
