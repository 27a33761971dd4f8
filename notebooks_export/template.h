/* Texts of templates/ with {{name}} filled in. */
#ifndef LODE_NOTEBOOKS_EXPORT_TEMPLATE_H
#define LODE_NOTEBOOKS_EXPORT_TEMPLATE_H

#include "base/base.h"
#include "base/embed.h"

EMBED_DECLARE(notebooks_export);

typedef struct {
    const char *name, *text;
} template_value;
/* The embedded file templates/NAME. ERR_BUG: there is none. */
bool template_get(const char *name, sv *out, error *err);
/* Appends the template with its values. ERR_BUG: it names a value that is not given. */
bool template_fill(const char *name, const template_value *values, uint32_t count, buf *out,
                   error *err);

#endif
