/* Addresses and paths: whatever comes in, the mirror's place stays below its root, and what is
 * shown is valid UTF-8 without control characters. Built by `make FUZZ=1 BUILD=build-fuzz fuzz`. */
#include "base/base.h"

#include "crawler/crawler.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena a = {0};
    buf shown = {0};
    error err = {0};
    url_kind kind;
    sv raw = {(const char *)data, size};
    char *text = arena_strndup(&a, raw.data, size);

    bool good = url_check(raw, &kind, &err);
    check(good == (kind != URL_NONE) && good == (err.kind == ERR_NONE));

    char *path = mirror_path("/m", text, &a);
    sv rest = sv_from(path), piece;
    check(sv_starts(rest, SV("/m/")) && sv_ends(rest, SV(".git")));
    while (sv_next(&rest, '/', &piece))
        check(!sv_eq(piece, SV("..")) && !sv_eq(piece, SV(".")) && piece.size < 256);

    path_escape(raw, &shown);
    for (size_t i = 0; i < shown.size; i++) check((unsigned char)shown.data[i] >= ' ');
    check(shown.size >= size && shown.size <= 4 * size);
    buf_release(&shown);
    arena_release(&a);
    return 0;
}
