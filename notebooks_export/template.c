#include "base/base.h"
#include "notebooks_export/template.h"

bool template_get(const char *name, sv *out, error *err)
{
    size_t count = 0;
    const embed_file *files = notebooks_export_embed(&count);
    for (size_t i = 0; i < count; i++) {
        const char *slash = strrchr(files[i].path, '/');
        if (slash && strcmp(slash + 1, name) == 0) {
            *out = embed_text(&files[i]);
            return true;
        }
    }
    return error_set(err, ERR_BUG, "there is no template %s", name);
}

bool template_fill(const char *name, const template_value *values, uint32_t count, buf *out,
                   error *err)
{
    sv text;
    size_t at = 0, open;
    if (!template_get(name, &text, err)) return false;
    while ((open = sv_find(text, SV("{{"), at)) != SIZE_MAX) {
        size_t close = sv_find(text, SV("}}"), open);
        sv key = sv_slice(text, open + 2, close);
        uint32_t i = 0;
        while (i < count && !sv_eq_c(key, values[i].name)) i++;
        if (close == SIZE_MAX || i == count)
            return error_set(err, ERR_BUG, "the template %s has no value for %.*s", name,
                             SV_FMT(key));
        buf_add(out, sv_slice(text, at, open));
        buf_add_c(out, values[i].text);
        at = close + 2;
    }
    buf_add(out, sv_slice(text, at, text.size));
    return true;
}
