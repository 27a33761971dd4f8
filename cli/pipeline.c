#include "base/base.h"
#include <pthread.h>
#include <sched.h>
#include "cli/cli.h"
#include "cli/pipeline.h"
#include "cli/quarantine.h"

/* Rises whenever linking, or what is loaded of the model, changes. Front ends and rules have
 * versions of their own. */
enum { MODEL_VERSION = 2 };

void pipeline_version(char *out, size_t size)
{
    buf rules = {0};
    unsigned char digest[32];
    char hex[65];
    sha256 h;
    for (rule_ix i = 0; i < rule_count(); i++)
        buf_printf(&rules, "%s:%u\n", rule_get(i)->id, rule_get(i)->version);
    sha256_init(&h);
    sha256_add(&h, buf_sv(&rules).data, rules.size);
    sha256_end(&h, digest);
    hex_encode(digest, sizeof digest, hex);
    snprintf(out, size, "elixir.%u erlang.%u model.%d rules.%.12s", lang_version(LANG_ELIXIR),
             lang_version(LANG_ERLANG), MODEL_VERSION, hex);
    buf_release(&rules);
}

uint32_t pipeline_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? (uint32_t)count : 1;
}

db_key pipeline_facts_key(const unsigned char oid[20], lang language)
{
    return db_key_make(DB_TABLE_blob, v_bytes((sv){(const char *)oid, 20}),
                       v_text_c(lang_name(language)), v_i32(lang_version(language)));
}

/* Shared by the threads that parse one snapshot. */
typedef struct {
    const pipeline_options *options;
    pipeline_result *result;
    facts *facts;       /* by file */
    atomic_uint next;   /* the next file to take; relaxed: it only hands out numbers, and the
                           results are read after the threads were joined */
    atomic_bool failed; /* relaxed: only makes others stop earlier */
    pthread_mutex_t lock;
    uint32_t done_count; /* under lock */
    error err;           /* under lock: the first that stops the snapshot */
} parse_job;

static void job_fail(parse_job *job, const error *err)
{
    pthread_mutex_lock(&job->lock);
    if (job->err.kind == ERR_NONE) job->err = *err;
    pthread_mutex_unlock(&job->lock);
    atomic_store_explicit(&job->failed, true, memory_order_relaxed);
}

static bool job_stopped(const parse_job *job)
{
    const atomic_bool *stop = job->options->stop;
    return atomic_load_explicit(&job->failed, memory_order_relaxed) ||
           (stop && atomic_load_explicit(stop, memory_order_relaxed));
}

static bool facts_kept(const parse_job *job, const pipeline_file *file, facts *out)
{
    if (!job->options->store) return false;
    buf bytes = {0};
    bool found = facts_store_get(job->options->store,
                                 pipeline_facts_key(file->entry->id, file->lang), &bytes);
    if (found && !facts_decode(buf_sv(&bytes), out, NULL)) {
        facts_release(out);
        memset(out, 0, sizeof *out);
        found = false;
    }
    buf_release(&bytes);
    return found;
}

static void facts_keep(const parse_job *job, const pipeline_file *file, const facts *f)
{
    if (!job->options->store) return;
    buf bytes = {0};
    error err = {0};
    facts_encode(f, &bytes);
    /* Only a cache: a full disk costs time in the next run and nothing else. */
    if (!facts_store_put(job->options->store, pipeline_facts_key(file->entry->id, file->lang),
                         buf_sv(&bytes), &err))
        log_line(LOG_DEBUG, "facts are not kept: %s", err.text);
    buf_release(&bytes);
}

/* False: the snapshot cannot go on. */
static bool parse_file(parse_job *job, parser *p, snapshot_reader *reader, uint32_t index,
                       buf *bytes)
{
    pipeline_file *file = &job->result->files[index];
    facts *f = &job->facts[index];
    error err = {0};
    db_key key = pipeline_facts_key(file->entry->id, (lang)file->lang);
    if (quarantine_has(key)) {
        file->quarantined = true;
        error_set(&file->why, ERR_LIMIT,
                  "its content crashed lode once: it is quarantined "
                  "(facts/quarantine.tsv in the state folder)");
        return true;
    }
    quarantine_enter(key, file->entry->path);
    file->reused = facts_kept(job, file, f);
    if (!file->reused) {
        buf_clear(bytes);
        bool done = snapshot_read(reader, file->entry, bytes, &err) &&
                    parser_run(p, file->lang, buf_sv(bytes), NULL, f, &err);
        if (!done && err.kind != ERR_INPUT && err.kind != ERR_LIMIT) {
            job_fail(job, &err);
            return false;
        }
        if (!done) {
            file->why = err;
            facts_release(f);
            memset(f, 0, sizeof *f);
            return true;
        }
        facts_keep(job, file, f);
    }
    file->analysed = true;
    file->partial = f->partial;
    file->line_count = f->line_count;
    file->error_bytes = f->error_bytes;
    file->error_count = f->error_count;
    return true;
}

static void parse_some(parse_job *job)
{
    parser *p = parser_open();
    snapshot_reader *reader = NULL;
    buf bytes = {0};
    error err = {0};
    bool done = snapshot_reader_open(job->result->snapshot, &reader, &err);
    if (!done) job_fail(job, &err);
    while (done && !job_stopped(job)) {
        uint32_t index = atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed);
        if (index >= job->result->file_count) break;
        done = parse_file(job, p, reader, index, &bytes);
        quarantine_leave();
        pthread_mutex_lock(&job->lock);
        job->done_count++;
        if (job->options->on_progress)
            job->options->on_progress(job->options->payload, job->done_count,
                                      job->result->file_count);
        pthread_mutex_unlock(&job->lock);
    }
    buf_release(&bytes);
    snapshot_reader_close(reader);
    parser_close(p);
}

static void *parse_thread(void *payload)
{
    void *stack = quarantine_thread_begin();
    parse_some(payload);
    quarantine_thread_end(stack);
    return NULL;
}

/* The calling thread works too; a thread that cannot be started is one helper less. */
static bool parse_all(const pipeline_options *options, pipeline_result *result, facts *all,
                      error *err)
{
    enum { THREADS_MAX = 64 };
    parse_job job = {.options = options, .result = result, .facts = all};
    pthread_t threads[THREADS_MAX];
    uint32_t started = 0;
    uint32_t wanted = MIN(options->thread_count, (uint32_t)THREADS_MAX);
    wanted = MIN(wanted, result->file_count);
    pthread_mutex_init(&job.lock, NULL);
    while (started + 1 < wanted && pthread_create(&threads[started], NULL, parse_thread, &job) == 0)
        started++;
    parse_some(&job);
    for (uint32_t i = 0; i < started; i++) pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&job.lock);
    if (job.err.kind != ERR_NONE) {
        *err = job.err;
        return false;
    }
    if (job_stopped(&job)) return error_set(err, ERR_IO, "interrupted");
    return true;
}

static void link_all(pipeline_result *result, const facts *all)
{
    model_input *inputs = base_calloc(result->file_count + 1, sizeof *inputs);
    result->model_files = base_calloc(result->file_count + 1, sizeof *result->model_files);
    uint32_t count = 0;
    for (uint32_t i = 0; i < result->file_count; i++) {
        const pipeline_file *file = &result->files[i];
        if (!file->analysed) {
            result->failed_count++;
            continue;
        }
        if (file->reused) result->reused_count++;
        else result->parsed_count++;
        result->model_files[count] = i;
        inputs[count++] = (model_input){.path = file->entry->path, .facts = &all[i]};
    }
    model_link(&result->model, inputs, count);
    free(inputs);
}

/* Class of a licence file; that of a source file is its language. */
enum { CLASS_LICENCE = LANG_COUNT };
_Static_assert((int)CLASS_LICENCE < (int)SNAPSHOT_CLASS_MAX, "a class each");

static int32_t class_of(void *payload, sv path)
{
    (void)payload;
    lang language = lang_of_path(path);
    if (language != LANG_NONE) return (int32_t)language;
    return licence_is_file(path) ? CLASS_LICENCE : -1;
}

bool pipeline_wants(void *payload, sv path)
{
    return class_of(payload, path) >= 0;
}

void pipeline_wants_name(char *out, size_t size)
{
    /* Rises whenever other files of a language, or other licence files, are wanted. */
    enum { WANTS_VERSION = 1 };
    buf name = {0};
    for (int i = LANG_NONE + 1; i < LANG_COUNT; i++) buf_printf(&name, "%s.", lang_name((lang)i));
    snprintf(out, size, "%s%d", name.data, WANTS_VERSION);
    buf_release(&name);
}

/* Parts the entries into source and licence files. */
static void take_entries(pipeline_result *out)
{
    uint32_t count = 0;
    const snapshot_entry *entries = snapshot_entries(out->snapshot, &count);
    out->files = base_calloc(count + 1, sizeof *out->files);
    out->licences = base_calloc(count + 1, sizeof *out->licences);
    for (uint32_t i = 0; i < count; i++) {
        if (entries[i].class == CLASS_LICENCE) {
            out->licences[out->licence_count++].entry = &entries[i];
            continue;
        }
        pipeline_file *file = &out->files[out->file_count++];
        file->entry = &entries[i];
        file->lang = (uint8_t)entries[i].class;
    }
}

static bool decide_licences(pipeline_result *out, error *err)
{
    snapshot_reader *reader = NULL;
    buf text = {0};
    bool done = snapshot_reader_open(out->snapshot, &reader, err);
    for (uint32_t i = 0; done && i < out->licence_count; i++) {
        pipeline_licence *licence = &out->licences[i];
        error ignored = {0};
        buf_clear(&text);
        /* One that cannot be read says nothing. */
        if (!snapshot_read(reader, licence->entry, &text, &ignored)) buf_clear(&text);
        licence_decide(buf_sv(&text), licence->spdx);
    }
    snapshot_reader_close(reader);
    buf_release(&text);
    return done;
}

bool pipeline_run(const pipeline_options *options, pipeline_result *out, error *err)
{
    snapshot_options wanted = {.class_of = class_of};
    if (!snapshot_open(options->path, options->rev, &wanted, &out->snapshot, err)) return false;
    take_entries(out);
    facts *all = base_calloc(out->file_count + 1, sizeof *all);
    bool done = decide_licences(out, err) && parse_all(options, out, all, err);
    if (options->crash_key) quarantine_enter(*options->crash_key, sv_from(options->path));
    if (done) link_all(out, all);
    for (uint32_t i = 0; i < out->file_count; i++) facts_release(&all[i]);
    free(all);
    if (done && !options->no_rules)
        classify_run(&out->model, options->rule ? rule_find(sv_from(options->rule)) : UINT32_MAX,
                     &out->findings);
    quarantine_leave();
    return done;
}

void pipeline_release(pipeline_result *result)
{
    findings_release(&result->findings);
    model_release(&result->model);
    snapshot_close(result->snapshot);
    free(result->files);
    free(result->licences);
    free(result->model_files);
    memset(result, 0, sizeof *result);
}
