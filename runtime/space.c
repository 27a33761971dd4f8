#include "base/base.h"

#include "runtime/explore.h"

/* What all runs of one exploration share: the numbers of processes and of what moves. */

void space_init(space *s, const program *p, const rt_options *options)
{
    *s = (space){.program = p, .options = options};
    s->horizon_ms = p->horizon_ms ? p->horizon_ms : options->horizon_ms;
    s->events_max = p->events_max ? p->events_max : options->events_max;
    s->mailbox_max = p->mailbox_max ? p->mailbox_max : options->mailbox_max;
    s->delivery_instant = options->delivery_instant || p->delivery_instant;
    s->timers_early = options->timers_early || p->timers_early;
    s->reply_by_ref = options->reply_by_ref || p->reply_by_ref;
    vec_push(&s->paths, (path_def){0});
}

int space_path_cmp(const space *s, uint32_t a, uint32_t b)
{
    const path_def *paths = s->paths.items;
    uint32_t la[64], lb[64], na = 0, nb = 0;
    for (uint32_t at = a; at > 1 && na < 64; at = paths[at].parent) la[na++] = paths[at].n;
    for (uint32_t at = b; at > 1 && nb < 64; at = paths[at].parent) lb[nb++] = paths[at].n;
    while (na && nb) {
        na--, nb--;
        if (la[na] != lb[nb]) return la[na] < lb[nb] ? -1 : 1;
    }
    return na == nb ? 0 : na < nb ? -1 : 1;
}

void space_release(space *s)
{
    vec_release(&s->paths);
    vec_release(&s->threads);
    map64_release(&s->path_index);
    map64_release(&s->thread_index);
}

uint32_t space_pid(space *s, uint32_t parent, uint32_t n)
{
    uint32_t pid = s->paths.count;
    if (pid >= PID_MAX) return PID_MAX - 1;
    if (!map64_add(&s->path_index, pair64(parent, n), &pid)) return pid;
    uint64_t hash = hash64_mix(s->paths.items[parent].hash * 31 + n + 1);
    vec_push(&s->paths, (path_def){.parent = parent, .n = n, .hash = hash});
    return pid;
}

uint32_t space_thread(space *s, thread_kind kind, uint32_t a, uint32_t b)
{
    uint32_t thread = s->threads.count;
    uint64_t key = (uint64_t)kind << 60 | (uint64_t)a << 32 | b;
    if (!map64_add(&s->thread_index, key, &thread)) return thread;
    vec_push(&s->threads, (thread_def){.kind = (uint8_t)kind, .a = a, .b = b});
    return thread;
}
