/* Mirror by git's protocol version 2: one commit, and of its blobs those that are wanted. */
#include "base/base.h"

#include "crawler/wire.h"

enum { MARKS_BYTES_MAX = 16 << 20, WANTS_A_REQUEST = 16000, HAVES_MAX = 4 };

/* --- the file "lode-partial": a line "COMMIT NAME" for each commit that is here as wanted ------
 */

static void marks_path(const mirror_job *job, buf *out)
{
    buf_printf(out, "%slode-partial", git_repository_path(job->repo));
}

bool mirror_is_partial(const mirror_job *job)
{
    buf path = {0};
    marks_path(job, &path);
    bool partial = path_exists(path.data);
    buf_release(&path);
    return partial;
}

static bool marks_read(const mirror_job *job, buf *out)
{
    buf path = {0};
    marks_path(job, &path);
    bool done = file_read(path.data, MARKS_BYTES_MAX, out, NULL);
    buf_release(&path);
    return done;
}

static void mark_line(const mirror_job *job, const git_oid *commit, buf *out)
{
    char hex[GIT_OID_HEXSZ + 1];
    git_oid_tostr(hex, sizeof hex, commit);
    buf_printf(out, "%s %s\n", hex, job->options->wants_name);
}

/* Adds a line for commit; NULL: only makes the file. */
static bool marks_add(const mirror_job *job, const git_oid *commit, error *err)
{
    buf path = {0}, text = {0};
    marks_path(job, &path);
    marks_read(job, &text);
    if (commit) mark_line(job, commit, &text);
    bool done = file_write(path.data, buf_sv(&text), err);
    buf_release(&path);
    buf_release(&text);
    return done || error_prefix(err, "%s", job->url);
}

bool mirror_holds(mirror_job *job, const git_oid *id)
{
    git_odb *odb = NULL;
    bool there = git_repository_odb(&odb, job->repo) == 0 && git_odb_exists(odb, id);
    git_odb_free(odb);
    if (!there) return false;
    bool suspect = job->suspect;
    there = mirror_peel(job, id, NULL);
    job->suspect = suspect;
    if (!there || !mirror_is_partial(job)) return there;
    if (!job->options->wants) return false;
    buf text = {0}, line = {0};
    mark_line(job, &job->commit, &line);
    there = marks_read(job, &text) && sv_has(buf_sv(&text), buf_sv(&line));
    buf_release(&text);
    buf_release(&line);
    return there;
}

/* Commits whose trees are here: the latest that were marked, and HEAD. */
static uint32_t find_haves(const mirror_job *job, git_oid haves[HAVES_MAX])
{
    buf text = {0};
    git_odb *odb = NULL;
    uint32_t count = 0;
    unsigned char raw[GIT_OID_RAWSZ];
    if (job->fresh || git_repository_odb(&odb, job->repo) < 0) return 0;
    marks_read(job, &text);
    sv rest = sv_trim(buf_sv(&text));
    while (rest.size > 0 && count + 1 < HAVES_MAX) {
        size_t at = rest.size;
        while (at > 0 && rest.data[at - 1] != '\n') at--;
        if (hex_decode(sv_slice(rest, at, at + GIT_OID_HEXSZ), raw, sizeof raw)) {
            git_oid_fromraw(&haves[count], raw);
            if (git_odb_exists(odb, &haves[count])) count++;
        }
        rest = sv_trim(sv_slice(rest, 0, at));
    }
    git_oid head;
    if (git_reference_name_to_id(&head, job->repo, "HEAD") == 0 && git_odb_exists(odb, &head)) {
        bool known = false;
        for (uint32_t i = 0; i < count; i++) known = known || git_oid_equal(&haves[i], &head);
        if (!known) haves[count++] = head;
    }
    git_odb_free(odb);
    buf_release(&text);
    return count;
}

/* --- the wanted blobs ------------------------------------------------------------------------- */

static int32_t class_of(void *payload, sv path)
{
    const mirror_options *options = payload;
    return options->wants(options->wants_payload, path) ? 0 : -1;
}

static int compare_ids(const void *a, const void *b)
{
    return git_oid_cmp(a, b);
}

/* The ids of wanted blobs of job->commit that are not here, each once. */
static bool find_missing(mirror_job *job, oid_list *out, error *err)
{
    snapshot *s = base_calloc(1, sizeof *s);
    git_commit *commit = NULL;
    s->options = (snapshot_options){.class_of = class_of, .payload = (void *)job->options};
    snapshot_options_fill(&s->options);
    s->root = (char *)git_repository_path(job->repo);
    s->missing = out;
    bool done = git_commit_lookup(&commit, job->repo, &job->commit) == 0
                    ? snapshot_walk_git(s, job->repo, git_commit_tree_id(commit), err)
                    : git_fail(err, "%s", job->url);
    git_commit_free(commit);
    snapshot_close(s);
    if (out->count == 0) return done;
    qsort(out->items, out->count, sizeof *out->items, compare_ids);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < out->count; i++)
        if (!git_oid_equal(&out->items[i], &out->items[kept - 1]))
            out->items[kept++] = out->items[i];
    out->count = kept;
    return done;
}

static bool fetch_blobs(wire *w, error *err)
{
    mirror_job *job = w->job;
    oid_list missing = {0};
    bool done = find_missing(job, &missing, err);
    for (uint32_t i = 0; done && i < missing.count; i += WANTS_A_REQUEST) {
        wire_want want = {.wants = missing.items + i,
                          .want_count = MIN(missing.count - i, (uint32_t)WANTS_A_REQUEST)};
        wire_outcome outcome = wire_fetch(w, &want, err);
        if (outcome == WIRE_UNFIT)
            error_set(err, ERR_IO, "%s: the server gives no single blobs", job->url);
        done = outcome == WIRE_DONE;
    }
    uint32_t asked = missing.count;
    vec_clear(&missing);
    if (done && asked > 0) done = find_missing(job, &missing, err);
    if (done && missing.count > 0)
        done = error_set(err, ERR_IO, "%s: the server left out %u of %u blobs", job->url,
                         missing.count, asked);
    vec_release(&missing);
    return done;
}

/* --- the commit ------------------------------------------------------------------------------- */

static wire_outcome fetch_commit(wire *w, bool filter, error *err)
{
    mirror_job *job = w->job;
    git_oid haves[HAVES_MAX];
    wire_want want = {.wants = &job->wanted.id,
                      .want_count = 1,
                      .haves = haves,
                      .have_count = find_haves(job, haves),
                      .one_commit = true,
                      .no_blobs = filter};
    wire_outcome outcome = wire_fetch(w, &want, err);
    if (outcome == WIRE_DONE && !mirror_peel(job, &job->wanted.id, err)) return WIRE_FAILED;
    return outcome;
}

/* What is wanted and not here yet, or only in part. */
static wire_outcome fetch_snapshot(wire *w, error *err)
{
    mirror_job *job = w->job;
    wire_outcome outcome = wire_features(w, err);
    if (outcome != WIRE_DONE) return outcome;
    bool filter = w->can_filter && job->options->wants;
    bool partial = mirror_is_partial(job);
    if (!w->can_shallow || (partial && !filter)) return WIRE_UNFIT;
    if (filter && !partial && !marks_add(job, NULL, err)) return WIRE_FAILED;
    git_odb *odb = NULL;
    bool there = git_repository_odb(&odb, job->repo) == 0 && git_odb_exists(odb, &job->wanted.id) &&
                 mirror_peel(job, &job->wanted.id, NULL);
    git_odb_free(odb);
    if (!there) outcome = fetch_commit(w, filter, err);
    if (outcome != WIRE_DONE || !filter) return outcome;
    job->changed = true;
    return fetch_blobs(w, err) && marks_add(job, &job->commit, err) ? WIRE_DONE : WIRE_FAILED;
}

/* The refs that the wanted one may be, as git looks for them. */
static wire_outcome find_wanted(wire *w, error *err)
{
    mirror_job *job = w->job;
    arena a = {0};
    const char *head[] = {"HEAD"};
    const char *forms[] = {job->ref, arena_printf(&a, "refs/%s", job->ref),
                           arena_printf(&a, "refs/tags/%s", job->ref),
                           arena_printf(&a, "refs/heads/%s", job->ref)};
    bool is_head = *job->ref == '\0' || strcmp(job->ref, "HEAD") == 0;
    source_ref *refs = NULL;
    size_t count = 0;
    wire_outcome outcome =
        wire_list(w, is_head ? head : forms, is_head ? 1 : (uint32_t)ARRAY_LEN(forms), &refs,
                  &count, &a, err);
    /* Why there is nothing is seen in the whole list, which libgit2 asks for. */
    error ignored = {0};
    if (outcome == WIRE_DONE &&
        !wanted_find(refs, count, job->url, job->ref, &job->wanted, &ignored))
        outcome = WIRE_UNFIT;
    arena_release(&a);
    return outcome;
}

bool mirror_from_wire(mirror_job *job, bool *unfit, error *err)
{
    wire w;
    wire_outcome outcome = WIRE_DONE;
    bool shallow = job->fresh || git_repository_is_shallow(job->repo);
    *unfit = job->options->full_history || !wire_start(&w, job);
    if (*unfit) return false;
    if (is_commit_id(job->ref)) wanted_find(NULL, 0, job->url, job->ref, &job->wanted, err);
    else outcome = find_wanted(&w, err);
    if (outcome == WIRE_DONE && (job->fresh || !mirror_holds(job, &job->wanted.id)))
        /* A mirror with history goes on as one. */
        outcome = shallow ? fetch_snapshot(&w, err) : WIRE_UNFIT;
    if (outcome == WIRE_DONE) return mirror_peel(job, &job->wanted.id, err);
    *unfit = outcome == WIRE_UNFIT;
    return false;
}
