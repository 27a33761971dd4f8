#include "base/base.h"

#include "runtime/par_in.h"

#include <time.h>

enum {
    SLICE_WORK = 256,      /* messages a process handles and sends before others have their turn */
    SLICE_MAX = 1 << 14,   /* the same for one that still has what was there when its turn came */
    CHECK_SLICES_MAX = 64, /* between two looks at the clock */
    CHECK_NS = 20000,      /* the same in time */
    SHARE_NS = 20000,      /* moving a process costs under 1 us: worth it for a wait like this */
    SHARE_MAX = 256,       /* processes given away at once */
    TAKE_OVER_NS = 5000,   /* threads whose slices are longer have no time for others' work */
    SPINS = 1000,          /* looks at the inbox before a thread sleeps */
};

uint64_t par_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void pause_briefly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    atomic_signal_fence(memory_order_seq_cst);
#endif
}

void par_wake(par_self *worker)
{
    pthread_mutex_lock(&worker->park_lock);
    pthread_cond_signal(&worker->park_wake);
    pthread_mutex_unlock(&worker->park_lock);
}

static void inbox_push(par_self *worker, par_message *m)
{
    par_message *old = atomic_load_explicit(&worker->inbox, memory_order_relaxed);
    do {
        m->next = old;
        /* Pairs with the exchange in read_inbox: what was written to m and for m is seen there.
         * Sequentially consistent, with the load of `parked` behind it, against the store of
         * `parked` and the load of the inbox in park(): one of the two sees the other. */
    } while (!atomic_compare_exchange_weak(&worker->inbox, &old, m));
    if (atomic_load(&worker->parked)) par_wake(worker);
}

static par_message *reversed(par_message *m)
{
    par_message *first = NULL;
    for (par_message *next; m; m = next) {
        next = m->next;
        m->next = first;
        first = m;
    }
    return first;
}

void par_drain(par_self *w, par_proc *p)
{
    /* Acquire: pairs with the exchange that put the message there, in post_remote. */
    par_message *m = atomic_exchange_explicit(&p->remote, NULL, memory_order_acquire);
    m = reversed(m);
    for (par_message *next; m; m = next) {
        next = m->next;
        par_arrive(w, p, m);
    }
}

/* Sequentially consistent: see procs_refill. */
static void notify(par_self *w, par_message *notice, const par_proc *p)
{
    uint16_t home = atomic_load(&p->home);
    if (home == HOME_NOBODY) par_message_free(w, notice);
    else inbox_push(&w->system->workers[home], notice);
}

static void post_remote(par_self *w, par_proc *p, par_message *m)
{
    par_pid to = m->to;
    par_message *old = atomic_load_explicit(&p->remote, memory_order_relaxed);
    do {
        m->next = old;
        /* Pairs with par_drain, and with the load in procs_refill. */
    } while (!atomic_compare_exchange_weak(&p->remote, &old, m));
    if (old) return; /* whoever put the first one there has told the home */
    par_message *notice = par_message_new(w);
    notice->kind = SIGNAL_NOTICE;
    notice->to = to;
    notify(w, notice, p);
}

/* A process whose home has no work comes to its sender. */
static bool take_over(par_self *w, par_proc *p, uint16_t home)
{
    if (home == HOME_NOBODY || w->system->scatter || w->slice_ns > TAKE_OVER_NS) return false;
    par_self *other = &w->system->workers[home];
    uint32_t idle = WORKER_IDLE;
    /* Acquire: pairs with the release of the store in go_idle, after which the other thread touches
     * none of its processes; and with the store below, of another lender. */
    if (atomic_load_explicit(&other->state, memory_order_relaxed) != WORKER_IDLE ||
        !atomic_compare_exchange_strong_explicit(&other->state, &idle, WORKER_LENT,
                                                 memory_order_acquire, memory_order_relaxed))
        return false;
    bool mine =
        atomic_load_explicit(&p->home, memory_order_relaxed) == home && p->status == PROC_BLOCKED;
    /* Release: pairs with the acquire in par_post of other threads. */
    if (mine) atomic_store_explicit(&p->home, w->id, memory_order_release);
    /* Release: pairs with the acquire in go_busy and above. */
    atomic_store_explicit(&other->state, WORKER_IDLE, memory_order_release);
    return mine;
}

void par_post(par_self *w, par_message *m)
{
    w->posted++;
    par_proc *p = par_proc_of(w->system, m->to);
    /* Acquire: pairs with the release of whoever gave the process to this thread; what it wrote
     * to the process is seen. No other thread changes a home that is this one. */
    uint16_t home = atomic_load_explicit(&p->home, memory_order_acquire);
    if (home != w->id && !take_over(w, p, home)) {
        post_remote(w, p, m);
        return;
    }
    /* What the sender sent from another thread, earlier, comes first. Whatever it put there it
     * sees, since it came here by an acquire. */
    if (atomic_load_explicit(&p->remote, memory_order_relaxed)) par_drain(w, p);
    /* par_arrive() for the most frequent case: a message for who waits for any. */
    if (p->status == PROC_BLOCKED && p->wait == WAIT_ANY && p->ending == NOT_ENDING &&
        m->kind >= PAR_MESSAGE && m->kind <= PAR_CALL && (uint32_t)(m->to >> 32) == p->generation) {
        p->found = m;
        par_queue(w, p);
        return;
    }
    par_arrive(w, p, m);
}

void par_bury(par_self *w)
{
    while (w->dying_count) par_end(w, w->dying[--w->dying_count]);
}

static void read_inbox(par_self *w)
{
    /* Acquire: pairs with inbox_push. */
    par_message *m = atomic_exchange_explicit(&w->inbox, NULL, memory_order_acquire);
    m = reversed(m);
    for (par_message *next; m; m = next) {
        next = m->next;
        if (m->kind == SIGNAL_NOTICE) {
            par_proc *p = par_proc_of(w->system, m->to);
            if (atomic_load_explicit(&p->home, memory_order_acquire) != w->id) {
                notify(w, m, p); /* it has moved */
                continue;
            }
            par_drain(w, p);
        } else {
            for (par_proc *p = (par_proc *)(uintptr_t)m->word[0], *after; p; p = after) {
                after = p->next;
                par_queue(w, p);
            }
        }
        par_message_free(w, m);
    }
    par_bury(w);
}

void par_keep(par_proc *p, par_message *m)
{
    par_more *more = par_more_of(p);
    m->next = more->requests;
    m->to = 0;
    if (m->next) m->next->to = (uintptr_t)m;
    more->requests = m;
}

static void handled(par_self *w, par_proc *p, par_message *m)
{
    bool wants_answer = m->kind == PAR_CALL || (m->kind == PAR_START && m->ref);
    if (!wants_answer) {
        par_message_free(w, m);
    } else if (m->kind == PAR_START && !p->ending) {
        w->message = m;
        par_reply(w, m, par_pid_of(p), 0, 0);
    } else {
        par_keep(p, m);
    }
}

static void run_slice(par_self *w, par_proc *p)
{
    static const par_message plain_start = {.kind = PAR_START};
    if (p->ending == ENDED) {
        par_proc_free(w, p);
        return;
    }
    p->status = PROC_RUNNING;
    w->current = p;
    /* Who is sent more than its share handles all of it in one turn, while it is in the cache. */
    const par_message *until = w->system->scatter ? NULL : p->in_last;
    uint64_t slice = w->system->scatter ? 1 : SLICE_WORK;
    uint64_t work = 0, begun = w->posted;
    for (; work + (w->posted - begun) < slice || (until && work < SLICE_MAX); work++) {
        par_message *m = p->found;
        if (m) {
            p->found = NULL;
        } else if (!p->started) {
            p->started = true;
            w->message = NULL;
            p->handler(w, p->state, &plain_start);
        } else if (!(m = par_mail_take(w, p))) {
            if (p->deadline_ms == 0) {
                par_mail_timeout(w, p);
                continue;
            }
            p->status = PROC_BLOCKED;
            if (p->deadline_ms > 0) par_arm(w, p);
            w->current = NULL;
            return;
        }
        if (m) {
            if (m == until) until = NULL;
            p->wait = WAIT_ANY;
            p->deadline_ms = -1;
            w->message = m;
            p->handler(w, p->state, m);
            if (w->message) handled(w, p, m);
        }
        if (w->dying_count == 0) continue;
        par_bury(w);
        if (p->ending) {
            w->current = NULL;
            return;
        }
    }
    w->current = NULL;
    par_queue(w, p);
}

/* Half of the run queue goes to a thread without work. */
static void share(par_self *w)
{
    par *s = w->system;
    /* Relaxed: a hint; the bit is taken by the atomic below, and the inbox orders the rest. */
    uint64_t hungry = atomic_load_explicit(&s->hungry, memory_order_relaxed);
    if (hungry == 0) return;
    uint32_t to = (uint32_t)__builtin_ctzll(hungry);
    uint64_t bit = UINT64_C(1) << to;
    if (!(atomic_fetch_and_explicit(&s->hungry, ~bit, memory_order_relaxed) & bit)) return;
    uint32_t count = MIN(w->run_count / 2, SHARE_MAX);
    par_proc *first = w->run_first, *last = NULL;
    for (uint32_t i = 0; i < count; i++) {
        last = w->run_first;
        w->run_first = last->next;
        /* Release: pairs with the acquire in par_post: the new home may post to it at once. */
        atomic_store_explicit(&last->home, (uint16_t)to, memory_order_release);
    }
    last->next = NULL;
    w->run_count -= count;
    par_message *m = par_message_new(w);
    m->kind = SIGNAL_ADOPT;
    m->word[0] = (uintptr_t)first;
    inbox_push(&s->workers[to], m);
}

static void read_clock(par_self *w)
{
    w->now_ns = par_clock_ns();
    w->now_ms = (int64_t)((w->now_ns - w->system->start_ns) / 1000000);
    if (w->wheel.count && w->wheel.tick_ms < w->now_ms) {
        par_wheel_run(w, w->now_ms);
        par_bury(w);
    }
}

static void check(par_self *w)
{
    uint64_t before = w->now_ns;
    read_clock(w);
    uint64_t slice_ns = (w->now_ns - before) / w->slices;
    w->slice_ns = (w->slice_ns * 3 + slice_ns) / 4;
    w->slices = 0;
    w->check_after = (uint32_t)MIN(CHECK_SLICES_MAX, CHECK_NS / (w->slice_ns + 1) + 1);
    if (w->system->scatter) w->check_after = 1;
    if (w->run_count >= 2 && (w->system->scatter || w->run_count * w->slice_ns > SHARE_NS))
        share(w);
}

static bool has_news(par_self *w)
{
    return atomic_load(&w->inbox) || atomic_load_explicit(&w->system->stop, memory_order_acquire);
}

static void park(par_self *w)
{
    int64_t next_ms = par_wheel_next(&w->wheel);
    pthread_mutex_lock(&w->park_lock);
    atomic_store(&w->parked, 1); /* see inbox_push */
    int result = 0;
    while (!has_news(w) && result == 0) {
        if (next_ms < 0) {
            result = pthread_cond_wait(&w->park_wake, &w->park_lock);
            continue;
        }
        uint64_t at = w->system->start_ns + (uint64_t)next_ms * 1000000u;
        struct timespec until = {.tv_sec = (time_t)(at / 1000000000u),
                                 .tv_nsec = (long)(at % 1000000000u)};
        result = pthread_cond_timedwait(&w->park_wake, &w->park_lock, &until);
    }
    atomic_store(&w->parked, 0);
    pthread_mutex_unlock(&w->park_lock);
}

/* Without work: others may take processes over and give some. */
static void idle(par_self *w)
{
    par *s = w->system;
    uint64_t bit = UINT64_C(1) << w->id;
    atomic_fetch_or_explicit(&s->hungry, bit, memory_order_relaxed);
    /* Release: pairs with take_over. From here on no process is touched. */
    atomic_store_explicit(&w->state, WORKER_IDLE, memory_order_release);
    for (uint32_t i = 0; s->thread_count > 1 && i < SPINS && !has_news(w); i++) pause_briefly();
    if (!has_news(w)) park(w);
    uint32_t state = WORKER_IDLE;
    /* Acquire: pairs with the release in take_over. */
    while (!atomic_compare_exchange_weak_explicit(&w->state, &state, WORKER_BUSY,
                                                  memory_order_acquire, memory_order_relaxed)) {
        state = WORKER_IDLE;
        pause_briefly();
    }
    atomic_fetch_and_explicit(&s->hungry, ~bit, memory_order_relaxed);
    w->slices = 0;
    read_clock(w);
}

void par_worker_loop(par_self *w)
{
    w->check_after = 1;
    read_clock(w);
    /* Acquire: pairs with par_end and par_close. */
    while (!atomic_load_explicit(&w->system->stop, memory_order_acquire)) {
        /* Relaxed: the exchange in read_inbox acquires. */
        if (atomic_load_explicit(&w->inbox, memory_order_relaxed)) read_inbox(w);
        par_proc *p = w->run_first;
        if (!p) {
            idle(w);
            continue;
        }
        w->run_first = p->next;
        if (!w->run_first) w->run_last = NULL;
        w->run_count--;
        run_slice(w, p);
        if (++w->slices >= w->check_after) check(w);
    }
}
