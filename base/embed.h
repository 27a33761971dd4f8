/* Files that are part of the program. A room that has embed.txt (glob patterns below the room, one
 * a line) gets, from the build, the function
 *     const embed_file *ROOM_embed(size_t *count);
 * which the room declares with EMBED_DECLARE(ROOM). Files come in byte order of their paths. */
#ifndef LODE_BASE_EMBED_H
#define LODE_BASE_EMBED_H

#include "base/sv.h"

typedef struct {
    const char *path; /* below the room: "queries/servers.sql" */
    const char *data; /* followed by a NUL byte */
    const char *end;
} embed_file;

#define EMBED_DECLARE(room) const embed_file *room##_embed(size_t *count)

static inline sv embed_text(const embed_file *file)
{
    return (sv){file->data, (size_t)(file->end - file->data)};
}

#endif
