#include "base/base.h"

#include "runtime/par_in.h"

#include <time.h>

/* A hierarchical wheel (Varghese, Lauck, SOSP 1987): six levels of 64 slots, 1 ms at the lowest.
 * Timers in it are messages, linked by next and, backwards, by `from`; word[2] says which slot. */

static par_message *back(const par_message *m)
{
    return (par_message *)(uintptr_t)m->from;
}

static void set_back(par_message *m, const par_message *to)
{
    m->from = (uintptr_t)to;
}

static void put(par_wheel *wheel, par_message *m)
{
    int64_t at = MAX((int64_t)m->word[0], wheel->tick_ms + 1), left = at - wheel->tick_ms;
    unsigned level = 0;
    while (level + 1 < WHEEL_LEVELS && left >> (WHEEL_BITS * (level + 1))) level++;
    int64_t furthest = wheel->tick_ms + (INT64_C(1) << (WHEEL_BITS * WHEEL_LEVELS)) - 1;
    at = MIN(at, furthest);
    par_message **slot = &wheel->slots[level][(at >> (WHEEL_BITS * level)) & (WHEEL_SLOTS - 1)];
    m->next = *slot;
    if (m->next) set_back(m->next, m);
    set_back(m, NULL);
    m->word[2] = (uintptr_t)slot;
    *slot = m;
}

void par_wheel_add(par_self *w, par_message *m, int64_t at_ms)
{
    if (w->wheel.count++ == 0) w->wheel.tick_ms = w->now_ms;
    m->word[0] = (uint64_t)at_ms;
    put(&w->wheel, m);
}

bool par_wheel_remove(par_self *w, par_message *m)
{
    uintptr_t slot = (uintptr_t)m->word[2], first = (uintptr_t)w->wheel.slots;
    if (slot < first || slot >= first + sizeof w->wheel.slots) return false;
    if (m->next) set_back(m->next, back(m));
    if (back(m)) back(m)->next = m->next;
    else *(par_message **)slot = m->next;
    w->wheel.count--;
    return true;
}

/* Slots of higher levels whose time begins now come down. */
static void cascade(par_wheel *wheel)
{
    for (unsigned level = 1; level < WHEEL_LEVELS; level++) {
        int64_t at = wheel->tick_ms >> (WHEEL_BITS * level);
        par_message **slot = &wheel->slots[level][at & (WHEEL_SLOTS - 1)];
        par_message *chain = *slot;
        *slot = NULL;
        for (par_message *next; chain; chain = next) {
            next = chain->next;
            /* One that is due in this very ms goes to the slot that is about to fire. */
            wheel->tick_ms--;
            put(wheel, chain);
            wheel->tick_ms++;
        }
        if (at & (WHEEL_SLOTS - 1)) return;
    }
}

void par_wheel_run(par_self *w, int64_t now_ms)
{
    par_wheel *wheel = &w->wheel;
    while (wheel->count && wheel->tick_ms < now_ms) {
        wheel->tick_ms++;
        if ((wheel->tick_ms & (WHEEL_SLOTS - 1)) == 0) cascade(wheel);
        par_message **slot = &wheel->slots[0][wheel->tick_ms & (WHEEL_SLOTS - 1)];
        /* Posting may add to the wheel, but never to this slot: that would be 64 ms from now. */
        for (par_message *m; (m = *slot);) {
            *slot = m->next;
            if (m->next) set_back(m->next, NULL);
            wheel->count--;
            m->word[2] = 0;
            par_post(w, m);
        }
    }
}

int64_t par_wheel_next(const par_wheel *wheel)
{
    if (wheel->count == 0) return -1;
    for (int64_t at = wheel->tick_ms + 1;; at++)
        if ((at & (WHEEL_SLOTS - 1)) == 0 || wheel->slots[0][at & (WHEEL_SLOTS - 1)]) return at;
}

int64_t par_deadline(const par_self *w, int64_t after_ms)
{
    /* The coarse clock lags by at most its resolution and costs a quarter of the exact one. */
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    uint64_t ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    ns += w->system->coarse_ns - w->system->start_ns;
    return (int64_t)((ns + 999999) / 1000000) + after_ms;
}

void par_arm(par_self *w, par_proc *p)
{
    if (p->armed_ms >= 0 && p->armed_ms <= p->deadline_ms) return; /* it will look again then */
    p->armed_ms = p->deadline_ms;
    par_message *m = par_message_new(w);
    *m = (par_message){.kind = SIGNAL_DEADLINE, .to = par_pid_of(p)};
    par_wheel_add(w, m, p->deadline_ms);
}

uint64_t par_timer_start(par_self *self, int64_t after_ms, uint32_t tag, uint64_t word)
{
    par_proc *p = self->current;
    uint64_t ref = par_ref_new(self);
    par_message *m = par_message_new(self);
    *m = (par_message){.kind = SIGNAL_FIRE, .to = par_pid_of(p), .ref = ref, .tag = tag};
    m->word[1] = word;
    par_map_set(&par_more_of(p)->timers, ref, (uintptr_t)m);
    par_wheel_add(self, m, par_deadline(self, MAX(after_ms, 0)));
    return ref;
}

bool par_timer_cancel(par_self *self, uint64_t ref)
{
    par_proc *p = self->current;
    uint64_t found = p->more ? par_map_remove(&p->more->timers, ref) : 0;
    par_message *m = (par_message *)(uintptr_t)found;
    if (found && par_wheel_remove(self, m)) par_message_free(self, m);
    return found != 0;
}

int64_t par_now_ms(const par_self *self)
{
    return self->now_ms;
}
