/* Front ends: bytes of one blob to facts. */
#ifndef LODE_PARSERS_PARSERS_H
#define LODE_PARSERS_PARSERS_H

#include "parsers/facts.h"

/* Caps on one blob. Zero in a field: the default. */
typedef struct {
    uint32_t bytes_max;  /* larger blobs are ERR_LIMIT; default 1 MiB */
    uint32_t time_ms;    /* parse time; default 5,000 */
    uint32_t memory_max; /* bytes the parser may hold; default 256 MiB */
} parse_limits;

/* A parser that is kept for many blobs; belongs to one thread. */
typedef struct parser parser;
parser *parser_open(void);
void parser_close(parser *p);

/* Parses source as language and fills *out (which must be zero; to be released by the caller even
 * after a failure). ERR_LIMIT: a cap was hit (the sentence says which). A source with syntax
 * errors is no failure: out->error_bytes and partial tell. ERR_INPUT: not text at all (NUL
 * bytes). CRLF and a byte-order mark are accepted; bytes that are not UTF-8 are kept as they are.
 */
bool parser_run(parser *p, lang language, sv source, const parse_limits *limits, facts *out,
                error *err);

/* Language by file name: .ex .exs; .erl .hrl .app.src .escript, rebar.config; LANG_NONE else. */
lang lang_of_path(sv path);
const char *lang_name(lang language); /* "elixir" */
/* Rises whenever facts of any input change; part of the key under which facts are kept. */
uint32_t lang_version(lang language);

#endif
