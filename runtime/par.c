#include "base/base.h"

#include "runtime/par_in.h"

#include <time.h>

static void worker_init(par *s, uint32_t i)
{
    par_self *w = &s->workers[i];
    memset(w, 0, sizeof *w);
    w->system = s;
    w->id = (uint16_t)i;
    atomic_init(&w->inbox, NULL);
    atomic_init(&w->state, WORKER_BUSY);
    atomic_init(&w->parked, 0);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&w->park_lock, NULL);
    pthread_cond_init(&w->park_wake, &attributes);
    pthread_condattr_destroy(&attributes);
}

bool par_open(const par_options *options, par **out, error *err)
{
    if (options->threads < 1 || options->threads > PAR_THREADS_MAX)
        return error_set(err, ERR_INPUT, "threads: 1 to %d, not %u", PAR_THREADS_MAX,
                         options->threads);
    par *s = aligned_alloc(64, sizeof *s);
    if (!s) fatal_oom(sizeof *s);
    memset(s, 0, sizeof *s);
    s->thread_count = options->threads;
    s->scatter = options->scatter;
    s->start_ns = par_clock_ns();
    struct timespec resolution;
    clock_getres(CLOCK_MONOTONIC_COARSE, &resolution);
    s->coarse_ns = (uint64_t)resolution.tv_nsec;
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->name_lock, NULL);
    s->workers = aligned_alloc(64, s->thread_count * sizeof *s->workers);
    if (!s->workers) fatal_oom(s->thread_count * sizeof *s->workers);
    for (uint32_t i = 0; i < s->thread_count; i++) worker_init(s, i);
    *out = s;
    return true;
}

static void *thread_main(void *worker)
{
    par_worker_loop(worker);
    return NULL;
}

uint32_t par_run(par *s, par_handler handler, const uint64_t *state)
{
    par_self *w = &s->workers[0];
    atomic_store_explicit(&s->stop, 0, memory_order_relaxed); /* no thread runs yet */
    s->root = par_spawn(w, handler, state, 0, NULL);
    uint32_t started = 1;
    /* A thread that cannot be had leaves its share to the others. */
    while (started < s->thread_count && pthread_create(&s->workers[started].thread, NULL,
                                                       thread_main, &s->workers[started]) == 0)
        started++;
    par_worker_loop(w);
    for (uint32_t i = 1; i < started; i++) pthread_join(s->workers[i].thread, NULL);
    return s->root_reason;
}

void par_close(par *s)
{
    for (uint32_t c = 0; c < s->chunk_count; c++)
        for (uint32_t i = 0; i < PROC_CHUNK; i++) par_more_release(&s->chunks[c][i]);
    for (uint32_t c = 0; c < s->chunk_count; c++) free(s->chunks[c]);
    for (uint32_t i = 0; i < s->slab_count; i++) free(s->slabs[i]);
    free(s->slabs);
    for (uint32_t i = 0; i < s->name_count; i++) free(s->names[i].text);
    free(s->names);
    for (uint32_t i = 0; i < s->thread_count; i++) {
        free(s->workers[i].dying);
        pthread_mutex_destroy(&s->workers[i].park_lock);
        pthread_cond_destroy(&s->workers[i].park_wake);
    }
    free(s->workers);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->name_lock);
    free(s);
}

par_pid par_me(const par_self *self)
{
    return par_pid_of(self->current);
}

uint32_t par_thread(const par_self *self)
{
    return self->id;
}

par_proc *par_make(par_self *self, par_handler handler, const uint64_t *state, unsigned flags,
                   uint64_t *ref)
{
    par_proc *p = par_proc_new(self);
    p->handler = handler;
    if (state) memcpy(p->state, state, sizeof p->state);
    else memset(p->state, 0, sizeof p->state);
    if (flags & PAR_LINKED) {
        par_map_set(&par_more_of(p)->links, par_pid_of(self->current), 1);
        par_map_set(&par_more_of(self->current)->links, par_pid_of(p), 1);
    }
    if (flags & PAR_MONITORED) {
        uint64_t n = par_ref_new(self);
        par_map_set(&par_more_of(p)->watchers, n, par_pid_of(self->current));
        par_map_set(&par_more_of(self->current)->monitors, n, par_pid_of(p));
        if (ref) *ref = n;
    }
    par_queue(self, p);
    return p;
}

par_pid par_spawn(par_self *self, par_handler handler, const uint64_t *state, unsigned flags,
                  uint64_t *ref)
{
    return par_pid_of(par_make(self, handler, state, flags, ref));
}

static uint64_t wait_for_answer(par_self *self, uint64_t ref, int64_t timeout_ms)
{
    par_proc *p = self->current;
    if (p->ending) return ref; /* wait_key is its reason */
    p->wait = WAIT_REPLY;
    p->wait_key = ref;
    p->deadline_ms = timeout_ms < 0 ? -1 : par_deadline(self, MAX(timeout_ms, 1));
    return ref;
}

uint64_t par_await_start(par_self *self, par_proc *p)
{
    par_message *m = par_signal(self, par_pid_of(p), PAR_START);
    m->ref = par_ref_new(self);
    p->started = true;
    p->found = m;
    return wait_for_answer(self, m->ref, -1);
}

uint64_t par_start(par_self *self, par_handler handler, const uint64_t *state, unsigned flags)
{
    return par_await_start(self, par_make(self, handler, state, flags, NULL));
}

void par_become(par_self *self, par_handler handler)
{
    self->current->handler = handler;
}

static par_message *message(par_self *self, par_pid to, unsigned kind, uint32_t tag, uint64_t a,
                            uint64_t b, uint64_t c)
{
    par_message *m = par_signal(self, to, kind);
    m->tag = tag;
    m->word[0] = a;
    m->word[1] = b;
    m->word[2] = c;
    return m;
}

void par_send(par_self *self, par_pid to, uint32_t tag, uint64_t a, uint64_t b, uint64_t c)
{
    par_post(self, message(self, to, PAR_MESSAGE, tag, a, b, c));
}

void par_cast(par_self *self, par_pid to, uint32_t tag, uint64_t a, uint64_t b, uint64_t c)
{
    par_post(self, message(self, to, PAR_CAST, tag, a, b, c));
}

uint64_t par_call(par_self *self, par_pid to, uint32_t tag, uint64_t a, uint64_t b, uint64_t c,
                  int64_t timeout_ms)
{
    par_message *m = message(self, to, PAR_CALL, tag, a, b, c);
    m->ref = wait_for_answer(self, par_ref_new(self), timeout_ms);
    uint64_t ref = m->ref;
    par_post(self, m);
    return ref;
}

void par_reply(par_self *self, const par_message *request, uint64_t a, uint64_t b, uint64_t c)
{
    par_message *m = (par_message *)(uintptr_t)request;
    par_proc *p = self->current;
    if (self->message == m) {
        self->message = NULL;
    } else { /* answered later: it is in the list of requests */
        par_message *before = (par_message *)(uintptr_t)m->to;
        if (before) before->next = m->next;
        else p->more->requests = m->next;
        if (m->next) m->next->to = m->to;
    }
    m->to = m->from;
    m->from = par_pid_of(p);
    m->kind = PAR_REPLY;
    m->tag = 0;
    m->word[0] = a;
    m->word[1] = b;
    m->word[2] = c;
    par_post(self, m);
}

static void receive(par_self *self, wait_kind wait, uint64_t key, int64_t timeout_ms)
{
    par_proc *p = self->current;
    if (p->ending) return;
    p->wait = (uint8_t)wait;
    p->wait_key = key;
    p->deadline_ms = timeout_ms <= 0 ? timeout_ms : par_deadline(self, timeout_ms);
}

void par_receive_any(par_self *self, int64_t timeout_ms)
{
    receive(self, WAIT_ANY, 0, timeout_ms);
}

void par_receive_tag(par_self *self, uint32_t tag, int64_t timeout_ms)
{
    receive(self, WAIT_TAG, tag, timeout_ms);
}

void par_receive_match(par_self *self, par_match match, int64_t timeout_ms)
{
    receive(self, WAIT_MATCH, (uintptr_t)match, timeout_ms);
}

void par_receive_exit(par_self *self, par_pid from, int64_t timeout_ms)
{
    receive(self, WAIT_EXIT, from, timeout_ms);
}
