#define _GNU_SOURCE
#include "base/base.h"
#include <time.h>
#include <unistd.h>

static log_level level_max = LOG_INFO;

void log_set_level(log_level level)
{
    level_max = level;
}

void log_line(log_level level, const char *format, ...)
{
    static const char *const names[] = {"error: ", "warning: ", "", "debug: "};
    if (level > level_max) return;
    char line[2048];
    int used = snprintf(line, sizeof line, "lode: %s", names[level]);
    va_list args;
    va_start(args, format);
    int more = vsnprintf(line + used, sizeof line - (size_t)used - 1, format, args);
    va_end(args);
    size_t length = (size_t)used + (more < 0 ? 0 : (size_t)more);
    if (length > sizeof line - 2) length = sizeof line - 2;
    /* What was mined may be quoted here: it must not speak to the terminal. */
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7F) line[i] = '?';
    }
    line[length++] = '\n';
    /* stderr is unbuffered text for people: a lost line is no reason to fail. */
    if (write(STDERR_FILENO, line, length) < 0) return;
}

int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_start(progress *p, const char *what, uint64_t total)
{
    *p = (progress){.what = what,
                    .total = total,
                    .started_ms = monotonic_ms(),
                    .terminal = isatty(STDERR_FILENO) == 1};
}

void progress_step(progress *p, uint64_t done, const char *now_at)
{
    if (!p->terminal) return;
    int64_t now = monotonic_ms();
    if (now - p->started_ms < 2000 || now - p->drawn_ms < 100) return;
    p->drawn_ms = now;
    p->visible = true;
    if (p->total)
        fprintf(stderr, "\r\033[K%" PRIu64 "/%" PRIu64 " %s  %.60s", done, p->total, p->what,
                now_at ? now_at : "");
    else fprintf(stderr, "\r\033[K%" PRIu64 " %s  %.60s", done, p->what, now_at ? now_at : "");
    fflush(stderr);
}

void progress_end(progress *p)
{
    if (p->visible) fputs("\r\033[K", stderr);
    p->visible = false;
}
