#include "base/base.h"

#include "runtime/par_in.h"

void par_die(par_self *w, par_proc *p, uint32_t reason)
{
    if (p->ending != NOT_ENDING) return;
    p->ending = ENDING;
    p->wait_key = reason;
    if (w->dying_count == w->dying_capacity) {
        w->dying_capacity = w->dying_capacity ? w->dying_capacity * 2 : 64;
        w->dying = base_realloc(w->dying, w->dying_capacity * sizeof(par_proc *));
    }
    w->dying[w->dying_count++] = p;
}

static void send_reason(par_self *w, const par_proc *from, par_pid to, unsigned kind, uint64_t ref,
                        uint32_t reason)
{
    par_message *m = par_message_new(w);
    *m = (par_message){
        .kind = (uint8_t)kind, .from = par_pid_of(from), .to = to, .ref = ref, .tag = reason};
    par_post(w, m);
}

/* Whoever waits for the answer of a call or start learns that none will come. */
static void drop(par_self *w, const par_proc *p, par_message *m, uint32_t reason)
{
    if (m->ref && (m->kind == PAR_CALL || m->kind == PAR_START)) {
        m->to = m->from;
        m->from = par_pid_of(p);
        m->kind = PAR_FAILED;
        m->tag = reason;
        par_post(w, m);
        return;
    }
    par_message_free(w, m);
}

static void drop_chain(par_self *w, const par_proc *p, par_message *m, uint32_t reason)
{
    for (par_message *next; m; m = next) {
        next = m->next;
        drop(w, p, m, reason);
    }
}

static void names_release(par *s, par_pid pid)
{
    pthread_mutex_lock(&s->name_lock);
    for (uint32_t i = s->name_count; i--;) {
        if (s->names[i].pid != pid) continue;
        free(s->names[i].text);
        s->names[i] = s->names[--s->name_count];
    }
    pthread_mutex_unlock(&s->name_lock);
}

static void tell_others(par_self *w, par_proc *p, uint32_t reason)
{
    par_more *more = p->more;
    if (more->named) names_release(w->system, par_pid_of(p));
    for (par_map_each(&more->links, i))
        if (more->links.pairs[2 * i])
            send_reason(w, p, more->links.pairs[2 * i], SIGNAL_LINK_EXIT, 0, reason);
    for (par_map_each(&more->watchers, i))
        if (more->watchers.pairs[2 * i])
            send_reason(w, p, more->watchers.pairs[2 * i + 1], SIGNAL_DOWN,
                        more->watchers.pairs[2 * i], reason);
    for (par_map_each(&more->monitors, i)) {
        if (!more->monitors.pairs[2 * i]) continue;
        par_message *m = par_signal(w, more->monitors.pairs[2 * i + 1], SIGNAL_DEMONITOR);
        m->ref = more->monitors.pairs[2 * i];
        par_post(w, m);
    }
    for (par_map_each(&more->timers, i)) {
        par_message *m =
            (par_message *)(uintptr_t)(more->timers.pairs ? more->timers.pairs[2 * i + 1] : 0);
        if (more->timers.pairs[2 * i] && par_wheel_remove(w, m)) par_message_free(w, m);
    }
    drop_chain(w, p, more->requests, reason);
    more->requests = NULL;
    for (par_saved *c = more->saved_first; c; c = c->next)
        for (uint32_t i = c->first; i < c->end; i++) {
            if (c->messages[i]) drop(w, p, c->messages[i], reason);
        }
    par_more_release(p);
}

void par_end(par_self *w, par_proc *p)
{
    uint32_t reason = (uint32_t)p->wait_key;
    if (p->more) tell_others(w, p, reason);
    if (p->found) drop(w, p, p->found, reason);
    drop_chain(w, p, p->in_first, reason);
    p->in_first = p->in_last = p->found = NULL;
    p->ending = ENDED;
    par *s = w->system;
    if (par_pid_of(p) == s->root) {
        s->root_reason = reason;
        /* Release: pairs with the acquire in par_worker_loop; root_reason is read after joining. */
        atomic_store_explicit(&s->stop, 1, memory_order_release);
        for (uint32_t i = 0; i < s->thread_count; i++) par_wake(&s->workers[i]);
    }
    if (++p->generation == 0) p->generation = 1;
    if (p->status != PROC_QUEUED) par_proc_free(w, p);
}

/* For one that has ended, or is about to. */
static void arrive_dead(par_self *w, par_message *m)
{
    switch (m->kind) {
    case PAR_CALL:
        m->tag = PAR_NOPROC;
        m->kind = PAR_FAILED;
        break;
    case SIGNAL_LINK:
        m->tag = PAR_NOPROC;
        m->kind = SIGNAL_LINK_EXIT;
        break;
    case SIGNAL_MONITOR:
        m->tag = PAR_NOPROC;
        m->kind = SIGNAL_DOWN;
        break;
    default: par_message_free(w, m); return;
    }
    par_pid back = m->from;
    m->from = m->to;
    m->to = back;
    par_post(w, m);
}

/* An exit signal that is not ignored: a message if exits are trapped, else the end. */
static void arrive_exit(par_self *w, par_proc *p, par_message *m, bool untrappable)
{
    if (p->trap_exits && !untrappable) {
        m->kind = PAR_EXIT;
        par_mail_add(w, p, m);
        return;
    }
    if (m->tag != PAR_NORMAL || m->from == m->to) par_die(w, p, m->tag);
    par_message_free(w, m);
}

static void arrive_answer(par_self *w, par_proc *p, par_message *m)
{
    if (p->wait != WAIT_REPLY || p->wait_key != m->ref || p->found) {
        par_message_free(w, m); /* late */
        return;
    }
    p->found = m;
    if (p->status == PROC_BLOCKED) par_queue(w, p);
}

static void arrive_deadline(par_self *w, par_proc *p, par_message *m)
{
    bool latest = (int64_t)m->word[0] == p->armed_ms;
    par_message_free(w, m);
    if (!latest) return;
    p->armed_ms = -1;
    if (p->status != PROC_BLOCKED || p->deadline_ms < 0) return;
    if (p->deadline_ms > w->now_ms) {
        par_arm(w, p);
        return;
    }
    par_mail_timeout(w, p);
    par_queue(w, p);
}

void par_arrive(par_self *w, par_proc *p, par_message *m)
{
    if ((uint32_t)(m->to >> 32) != p->generation || p->ending) {
        arrive_dead(w, m);
        return;
    }
    switch (m->kind) {
    case PAR_MESSAGE:
    case PAR_CAST:
    case PAR_CALL: par_mail_add(w, p, m); return;
    case PAR_REPLY:
    case PAR_FAILED: arrive_answer(w, p, m); return;
    case SIGNAL_EXIT: {
        bool kill = m->tag == PAR_KILL;
        if (kill) m->tag = PAR_KILLED;
        arrive_exit(w, p, m, kill);
        return;
    }
    case SIGNAL_LINK_EXIT:
        if (p->more && par_map_remove(&p->more->links, m->from)) arrive_exit(w, p, m, false);
        else par_message_free(w, m);
        return;
    case SIGNAL_LINK: par_map_set(&par_more_of(p)->links, m->from, 1); break;
    case SIGNAL_UNLINK:
        if (p->more) par_map_remove(&p->more->links, m->from);
        break;
    case SIGNAL_MONITOR: par_map_set(&par_more_of(p)->watchers, m->ref, m->from); break;
    case SIGNAL_DEMONITOR:
        if (p->more) par_map_remove(&p->more->watchers, m->ref);
        break;
    case SIGNAL_DOWN:
        if (p->more && par_map_remove(&p->more->monitors, m->ref)) {
            m->kind = PAR_DOWN;
            par_mail_add(w, p, m);
            return;
        }
        break;
    case SIGNAL_DEADLINE: arrive_deadline(w, p, m); return;
    case SIGNAL_FIRE:
        if (p->more && par_map_remove(&p->more->timers, m->ref)) {
            m->kind = PAR_TIMER;
            m->from = m->to;
            m->word[0] = m->word[1];
            par_mail_add(w, p, m);
            return;
        }
        break;
    default: break;
    }
    par_message_free(w, m);
}

void par_trap_exits(par_self *self, bool trap)
{
    self->current->trap_exits = trap;
}

void par_link(par_self *self, par_pid other)
{
    par_proc *p = self->current;
    if (other == par_pid_of(p)) return;
    par_map_set(&par_more_of(p)->links, other, 1);
    par_post(self, par_signal(self, other, SIGNAL_LINK));
}

void par_unlink(par_self *self, par_pid other)
{
    par_proc *p = self->current;
    if (p->more && par_map_remove(&p->more->links, other))
        par_post(self, par_signal(self, other, SIGNAL_UNLINK));
}

uint64_t par_monitor(par_self *self, par_pid other)
{
    uint64_t ref = par_ref_new(self);
    par_map_set(&par_more_of(self->current)->monitors, ref, other);
    par_message *m = par_signal(self, other, SIGNAL_MONITOR);
    m->ref = ref;
    par_post(self, m);
    return ref;
}

void par_demonitor(par_self *self, uint64_t ref)
{
    par_proc *p = self->current;
    par_pid other = p->more ? par_map_remove(&p->more->monitors, ref) : 0;
    if (!other) return;
    par_message *m = par_signal(self, other, SIGNAL_DEMONITOR);
    m->ref = ref;
    par_post(self, m);
}

void par_exit_signal(par_self *self, par_pid to, uint32_t reason)
{
    par_message *m = par_signal(self, to, SIGNAL_EXIT);
    m->tag = reason;
    par_post(self, m);
}

void par_exit(par_self *self, uint32_t reason)
{
    par_die(self, self->current, reason);
}

void par_own(par_self *self, void *memory, void (*release)(void *memory))
{
    vec_push(&par_more_of(self->current)->owned, (par_owned){memory, release});
}

static par_name *name_find(const par *s, sv name)
{
    for (uint32_t i = 0; i < s->name_count; i++)
        if (s->names[i].size == name.size && !memcmp(s->names[i].text, name.data, name.size))
            return &s->names[i];
    return NULL;
}

bool par_register(par_self *self, sv name)
{
    par *s = self->system;
    pthread_mutex_lock(&s->name_lock);
    bool free_now = !name_find(s, name);
    if (free_now) {
        if (s->name_count == s->name_capacity) {
            s->name_capacity = s->name_capacity ? s->name_capacity * 2 : 16;
            s->names = base_realloc(s->names, s->name_capacity * sizeof *s->names);
        }
        char *text = base_malloc(name.size + 1);
        memcpy(text, name.data, name.size);
        s->names[s->name_count++] = (par_name){text, name.size, par_pid_of(self->current)};
        par_more_of(self->current)->named = true;
    }
    pthread_mutex_unlock(&s->name_lock);
    return free_now;
}

par_pid par_whereis(par_self *self, sv name)
{
    par *s = self->system;
    pthread_mutex_lock(&s->name_lock);
    const par_name *found = name_find(s, name);
    par_pid pid = found ? found->pid : 0;
    pthread_mutex_unlock(&s->name_lock);
    return pid;
}
