/* String view: text that somebody else owns. May hold any byte, NUL included. */
#ifndef LODE_BASE_SV_H
#define LODE_BASE_SV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    const char *data; /* may be NULL only when size is 0 */
    size_t size;
} sv;

#define SV(literal) ((sv){"" literal "", sizeof(literal) - 1})
#define SV_FMT(v) (int)(v).size, (v).data /* for "%.*s" */

static inline sv sv_from(const char *text)
{
    return (sv){text, text ? strlen(text) : 0};
}
static inline bool sv_eq(sv a, sv b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}
static inline bool sv_eq_c(sv a, const char *b)
{
    return sv_eq(a, sv_from(b));
}
/* Byte order, shorter first among equals. */
int sv_cmp(sv a, sv b);
bool sv_starts(sv text, sv prefix);
bool sv_ends(sv text, sv suffix);
/* First position of needle at or after from; SIZE_MAX when there is none. */
size_t sv_find(sv text, sv needle, size_t from);
static inline bool sv_has(sv text, sv needle)
{
    return sv_find(text, needle, 0) != SIZE_MAX;
}
/* The part from `from` (inclusive) to `to` (exclusive), clamped to the text. */
sv sv_slice(sv text, size_t from, size_t to);
/* Without leading and trailing ASCII white space. */
sv sv_trim(sv text);
/* Takes the next piece up to separator off *rest; false when nothing is left. */
bool sv_next(sv *rest, char separator, sv *piece);
/* Decimal integer with optional sign and `_` between digits; false if it is none or overflows. */
bool sv_to_i64(sv text, int64_t *out);

#endif
