#include "base/base.h"

#include "runtime/explore.h"

void space_path_print(const space *s, uint32_t pid, buf *out)
{
    uint32_t numbers[64], count = 0;
    for (uint32_t at = pid; at > 1 && count < ARRAY_LEN(numbers); at = s->paths.items[at].parent)
        numbers[count++] = s->paths.items[at].n;
    buf_add_c(out, "0");
    while (count) buf_printf(out, ".%u", numbers[--count]);
}

/* "cache" for a process that has a name or is the only one of its template, else
 * "worker<0.1.2>". */
void run_pid_print(void *owner, uint32_t pid, buf *out)
{
    const run *r = owner;
    const rt_proc *p = pid < r->by_pid.count ? r->by_pid.items[pid] : NULL;
    if (pid == 1) {
        buf_add_c(out, "driver");
        return;
    }
    if (p && p->tmpl < r->ctx.program->templates.count) {
        sym name = r->ctx.program->templates.items[p->tmpl].name;
        buf_add(out, sym_text(&r->ctx.program->atoms, name));
    }
    buf_add_char(out, '<');
    space_path_print(r->space, pid, out);
    buf_add_char(out, '>');
}

/* How each kind of note reads: %a and %b stand for its terms. NULL: not told. observed: what the
 * process itself could see. */
static const struct {
    const char *format;
    bool observed;
} notes[NOTE_COUNT] = {
    [NOTE_SEND] = {"sends %b to %a", false},
    [NOTE_CAST] = {"casts %b to %a", false},
    [NOTE_CALL] = {"calls %a with %b", false},
    [NOTE_REPLY] = {"replies %b to %a", false},
    [NOTE_REPLIED] = {"gets the reply %b from %a", true},
    [NOTE_CALL_EXIT] = {"call to %b fails: %a", true},
    [NOTE_CALL_TIMEOUT] = {"gives up waiting for %a (asked %b)", true},
    [NOTE_RECEIVE] = {"takes %a", false},
    [NOTE_AFTER] = {"finds nothing to take", false},
    [NOTE_TIMER] = {"timer sends %a to %b", false},
    [NOTE_SPAWN] = {"spawns %a", false},
    [NOTE_START] = {"starts %a", false},
    [NOTE_STARTED] = {"is up", false},
    [NOTE_EXIT] = {"ends: %a", true},
    [NOTE_CRASH] = {"crashes: %a", true},
    [NOTE_EXIT_SIGNAL] = {"sends the exit signal %b to %a", false},
    [NOTE_LINK] = {"links to %a", false},
    [NOTE_UNLINK] = {"unlinks from %a", false},
    [NOTE_MONITOR] = {"monitors %a", false},
    [NOTE_DEMONITOR] = {"stops monitoring %a", false},
    [NOTE_REGISTER] = {"registers %b as %a", false},
    [NOTE_UNREGISTER] = {"unregisters %a", false},
    [NOTE_WHEREIS] = {"looks up %a: %b", true},
    [NOTE_TIMER_SET] = {"sets a timer: %a in %b ms", false},
    [NOTE_TIMER_CANCEL] = {"cancels timer %a", false},
    [NOTE_LOG] = {"log: %a", true},
    [NOTE_ASSERT_FAILED] = {"assertion fails: it is %a", true},
    [NOTE_TRAP] = {"traps exits: %a", false},
    [NOTE_CHOICE] = {"chooses way %a of %b", false},
    [NOTE_LOST] = {"message %a is lost: nobody at %b", false},
    [NOTE_UNHANDLED] = {"drops %a: no clause handles it", true},
    [NOTE_LATE_DROPPED] = {"late reply %a is dropped by its alias", false},
    [NOTE_LATE_REPLY] = {"late reply %a arrives after the call was given up", true},
    [NOTE_STOLEN] = {"receive inside a callback takes %a, meant for the server loop", true},
    [NOTE_RESTART] = {"restarts child %a", true},
    [NOTE_INTENSITY] = {"gives up: child %a fails more than %b times within the period", true},
    [NOTE_MAILBOX] = {"mailbox holds %a messages, over the bound", false},
    [NOTE_DEADLOCK] = {"deadlock: %a", true},
    [NOTE_TERMINATE] = {"runs terminate: %a", false},
    [NOTE_STOP_CHILD] = {"stops %a: %b", false},
};

bool note_is_observed(note_kind kind)
{
    return notes[kind].observed;
}

static void ring_print(const run *r, term members, buf *out)
{
    uint32_t count = term_count(&r->ctx.heap, members);
    for (uint32_t i = 0; i < count; i++) {
        if (i) buf_add_c(out, " waits for ");
        run_pid_print((void *)(uintptr_t)r, term_pid_value(term_at(&r->ctx.heap, members, i)), out);
    }
    if (term_at(&r->ctx.heap, members, 0) != term_at(&r->ctx.heap, members, count - 1))
        buf_add_c(out, ", which will never answer");
}

bool note_print(const run *r, const note_def *n, buf *out)
{
    const char *format = notes[n->kind].format;
    if (!format) return false;
    if (n->kind == NOTE_DEADLOCK) {
        buf_add_c(out, "deadlock: ");
        ring_print(r, n->a, out);
        return true;
    }
    for (const char *c = format; *c; c++) {
        if (*c != '%') {
            buf_add_char(out, *c);
            continue;
        }
        c++;
        term_print(&r->ctx.heap, &r->ctx.program->atoms, *c == 'a' ? n->a : n->b, run_pid_print,
                   (void *)(uintptr_t)r, out);
    }
    return true;
}

void run_schedule_print(const run *r, uint32_t count, buf *out)
{
    for (uint32_t i = 0; i < r->events.count && i < count; i++) {
        const event_def *e = &r->events.items[i];
        const thread_def *t = &r->space->threads.items[e->thread];
        if (i) buf_add_char(out, ' ');
        buf_add_char(out, "pdt"[t->kind]);
        space_path_print(r->space, t->a, out);
        if (t->kind == THREAD_CHANNEL) {
            buf_add_char(out, '>');
            space_path_print(r->space, t->b, out);
        } else if (t->kind == THREAD_TIMER) {
            buf_printf(out, "#%u", t->b);
        }
        if (e->choices > 1) buf_printf(out, "=%u", e->choice + 1);
    }
}
