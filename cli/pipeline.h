/* The one path from a snapshot to its model and findings; scan, crawl and model share it. */
#ifndef LODE_CLI_PIPELINE_H
#define LODE_CLI_PIPELINE_H

#include <stdatomic.h>

#include "base/base.h"
#include "classifiers/classifiers.h"
#include "crawler/crawler.h"
#include "db/db.h"
#include "model/model.h"
#include "parsers/parsers.h"

/* Zero is a usable value for every field but path. */
typedef struct {
    const char *path;        /* git directory, work tree or plain folder */
    const char *rev;         /* NULL: HEAD */
    uint32_t thread_count;   /* 0: 1 */
    bool no_rules;           /* the model only */
    const char *rule;        /* only this one; NULL: all. Must exist */
    facts_store *store;      /* kept facts; NULL: parse everything */
    const db_key *crash_key; /* quarantined should linking or a rule crash; NULL: nothing is */
    const atomic_bool *stop; /* ends early with ERR_IO when it becomes true; NULL: never */
    /* Called by one thread at a time as files are done; may be NULL. */
    void (*on_progress)(void *payload, uint32_t done, uint32_t total);
    void *payload;
} pipeline_options;

/* A source file of the snapshot, sorted by path. */
typedef struct {
    const snapshot_entry *entry;
    uint8_t lang;     /* lang */
    bool analysed;    /* has facts; false: why tells */
    bool partial;     /* something was cut, or there are syntax errors */
    bool reused;      /* facts came from the store */
    bool quarantined; /* not analysed, since its content crashed the program once */
    uint32_t line_count;
    uint32_t error_bytes, error_count;
    error why;
} pipeline_file;

/* A licence file of the snapshot. */
typedef struct {
    const snapshot_entry *entry;
    char spdx[LICENCE_BYTES_MAX]; /* see licence_decide */
} pipeline_licence;

typedef struct {
    snapshot *snapshot;
    pipeline_file *files;
    uint32_t file_count;
    pipeline_licence *licences;
    uint32_t licence_count;
    uint32_t *model_files; /* file_ix of the model to index of files */
    uint32_t parsed_count, reused_count, failed_count;
    model model;
    findings findings;
} pipeline_result;

/* Opens, parses, links, classifies. The result is the same whatever the number of threads. *out
 * must be zero; to be released even after a failure. ERR_INPUT: no such repository or revision.
 * A file that cannot be analysed is no failure: files[i].why. */
bool pipeline_run(const pipeline_options *options, pipeline_result *out, error *err);
void pipeline_release(pipeline_result *result);

/* Which files of a repository are read, for mirror_options.wants; the payload is not looked at. And
 * the name of this choice, which follows from the languages. */
bool pipeline_wants(void *payload, sv path);
void pipeline_wants_name(char *out, size_t size);

/* What the facts are kept under in the store. */
db_key pipeline_facts_key(const unsigned char oid[20], lang language);
/* Name of the store of kept facts below the state folder. */
#define PIPELINE_STORE "facts"

/* Versions of front ends, model and rules in one text: results of equal versions are equal. */
void pipeline_version(char *out, size_t size);
/* Processors that this process may use, 1 or more. */
uint32_t pipeline_processors(void);

#endif
