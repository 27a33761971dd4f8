#include "base/base.h"

#include <ctype.h>

#include "crawler/crawler.h"

/* Rises whenever the decision on any text changes. */
enum { LICENCE_VERSION = 1, WORDS_BYTES_MAX = 512 << 10, DEPTH_MAX = 3 };

static const struct {
    const char *spdx, *has, *lacks;
} licences[] = {
#define LICENCE(spdx, has, lacks) {spdx, has, lacks},
#include "crawler/licences.def"
#undef LICENCE
};

/* Files that only name their licence: by these words, where there are few others. */
static const struct {
    const char *words, *spdx;
} named[] = {
    {"mit license", "MIT"},
    {"mit licence", "MIT"},
    {"apache license 2 0", "Apache-2.0"},
    {"apache 2 0", "Apache-2.0"},
    {"bsd 3 clause", "BSD-3-Clause"},
    {"bsd 2 clause", "BSD-2-Clause"},
    {"isc license", "ISC"},
    {"mozilla public license 2 0", "MPL-2.0"},
    {"mpl 2 0", "MPL-2.0"},
};

uint32_t licence_version(void)
{
    return LICENCE_VERSION;
}

static bool starts_with(sv name, const char *word)
{
    size_t length = strlen(word);
    return name.size >= length && strncasecmp(name.data, word, length) == 0;
}

bool licence_is_file(sv path)
{
    static const char *const beginnings[] = {"license", "licence", "copying", "unlicense"};
    static const char *const sources[] = {".ex", ".exs", ".erl", ".hrl"};
    sv name = path;
    size_t depth = 0;
    for (size_t i = 0; i < path.size; i++) {
        if (path.data[i] != '/') continue;
        name = sv_slice(path, i + 1, path.size);
        depth++;
    }
    if (depth >= DEPTH_MAX) return false;
    for (size_t i = 0; i < ARRAY_LEN(sources); i++)
        if (sv_ends(name, sv_from(sources[i]))) return false;
    /* https://reuse.software: LICENSES/MIT.txt */
    if (sv_starts(path, SV("LICENSES/")) && depth == 1) return true;
    for (size_t i = 0; i < ARRAY_LEN(beginnings); i++)
        if (starts_with(name, beginnings[i])) return true;
    return false;
}

/* Lower-case words with one blank around each; false for what is no text. */
static bool words_of(sv text, buf *out, uint32_t *count)
{
    bool within = false;
    *count = 0;
    buf_add_char(out, ' ');
    for (size_t i = 0; i < text.size && out->size < WORDS_BYTES_MAX; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '\0') return false;
        if (isalnum(c)) {
            if (!within) ++*count;
            buf_add_char(out, (char)tolower(c));
        } else if (within) {
            buf_add_char(out, ' ');
        }
        within = isalnum(c) != 0;
    }
    buf_add_char(out, ' ');
    return true;
}

static bool has_phrase(sv words, sv phrase)
{
    size_t at = sv_find(words, phrase, 0);
    /* The words begin and end with a blank, so there is a byte before and after. */
    while (at != SIZE_MAX && (words.data[at - 1] != ' ' || words.data[at + phrase.size] != ' '))
        at = sv_find(words, phrase, at + 1);
    return at != SIZE_MAX;
}

static bool fits(sv words, const char *has, const char *lacks)
{
    sv rest = sv_from(has), phrase;
    while (sv_next(&rest, '|', &phrase))
        if (!has_phrase(words, phrase)) return false;
    rest = sv_from(lacks);
    while (sv_next(&rest, '|', &phrase))
        if (phrase.size > 0 && has_phrase(words, phrase)) return false;
    return true;
}

void licence_decide(sv text, char out[LICENCE_BYTES_MAX])
{
    enum { NAMING_WORDS_MAX = 120 };
    buf words = {0};
    uint32_t count = 0;
    size_t length = 0;
    out[0] = '\0';
    if (words_of(text, &words, &count)) {
        for (size_t i = 0; i < ARRAY_LEN(licences); i++) {
            size_t more = strlen(licences[i].spdx) + 5;
            if (length + more >= LICENCE_BYTES_MAX) break;
            if (!fits(buf_sv(&words), licences[i].has, licences[i].lacks)) continue;
            length += (size_t)snprintf(out + length, LICENCE_BYTES_MAX - length, "%s%s",
                                       length ? " AND " : "", licences[i].spdx);
        }
        for (size_t i = 0; i < ARRAY_LEN(named) && !*out && count <= NAMING_WORDS_MAX; i++)
            if (has_phrase(buf_sv(&words), sv_from(named[i].words)))
                snprintf(out, LICENCE_BYTES_MAX, "%s", named[i].spdx);
    }
    if (!*out) snprintf(out, LICENCE_BYTES_MAX, "NOASSERTION");
    buf_release(&words);
}
