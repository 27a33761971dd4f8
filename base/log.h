/* Messages to people, on stderr; stdout is data. */
#ifndef LODE_BASE_LOG_H
#define LODE_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

typedef enum { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG } log_level;

/* Messages above this level are not written. LOG_INFO at start. Set before threads start. */
void log_set_level(log_level level);
/* "lode: error: ..." and so on, one line, one write: lines of threads do not mix. Control
 * characters become `?`; what is over 2,000 bytes is cut. */
void log_line(log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A progress line on stderr, drawn only on a terminal, after 2 s, ten times a second at most. */
typedef struct {
    const char *what; /* "repositories" */
    uint64_t total;   /* 0: unknown */
    int64_t started_ms;
    int64_t drawn_ms;
    bool terminal;
    bool visible;
} progress;
void progress_start(progress *p, const char *what, uint64_t total);
void progress_step(progress *p, uint64_t done, const char *now_at);
void progress_end(progress *p);

/* Milliseconds of the monotonic clock. */
int64_t monotonic_ms(void);

#endif
