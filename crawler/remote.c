/* Mirror from https and http. */
#include "base/base.h"

#include "crawler/internal.h"

typedef struct {
    mirror_job *job;
    uint64_t bytes_max;
    uint64_t bytes_before; /* received by earlier connections of this job */
    bool over_limit;
    bool stopped;
    char server_said[100]; /* the last line of the server that begins with "fatal:" or "error:" */
} transfer;

static int on_transfer(const git_indexer_progress *stats, void *payload)
{
    transfer *t = payload;
    const mirror_options *options = t->job->options;
    uint64_t bytes = t->bytes_before + stats->received_bytes;
    t->job->received_bytes = bytes;
    if (options->stop && atomic_load_explicit(options->stop, memory_order_relaxed)) {
        t->stopped = true;
        return GIT_EUSER;
    }
    if (bytes > t->bytes_max) {
        t->over_limit = true;
        return GIT_EUSER;
    }
    if (options->on_progress)
        options->on_progress(options->payload, bytes, stats->received_objects,
                             stats->total_objects);
    return 0;
}

/* A server that breaks off says why among its progress messages. */
static int on_message(const char *text, int length, void *payload)
{
    transfer *t = payload;
    sv rest = {text, (size_t)MAX(length, 0)}, line;
    while (sv_next(&rest, '\n', &line)) {
        line = sv_trim(line);
        if (sv_starts(line, SV("fatal:")) || sv_starts(line, SV("error:")))
            snprintf(t->server_said, sizeof t->server_said, "%.*s", SV_FMT(line));
    }
    return 0;
}

/* What libgit2 says (a part of it), and what it means. */
static const struct {
    const char *text;
    err_kind kind;
    const char *sentence;
} known_messages[] = {
    {"status code: 404", ERR_INPUT, "there is no repository at this address (HTTP 404)"},
    {"status code: 410", ERR_INPUT, "the repository is gone (HTTP 410)"},
    {"status code: 403", ERR_INPUT, "the server refuses access (HTTP 403)"},
    {"status code: 451", ERR_INPUT, "withheld for legal reasons (HTTP 451)"},
    {"Invalid EOF state", ERR_IO, "the connection ended before the answer did"},
};

/* Turns a failure of libgit2 into a sentence that names the repository and says what to do. */
static bool remote_fail(transfer *t, int rc, error *err)
{
    mirror_job *job = t->job;
    const git_error *last = git_error_last();
    const char *why = last && last->message ? last->message : "";
    if (t->stopped) return error_set(err, ERR_IO, "%s: stopped while fetching", job->url);
    if (t->over_limit)
        return error_set(err, ERR_LIMIT, "%s: more than %" PRIu64 " bytes to receive", job->url,
                         t->bytes_max);
    for (size_t i = 0; i < ARRAY_LEN(known_messages); i++) {
        if (strstr(why, known_messages[i].text))
            return error_set(err, known_messages[i].kind, "%s: %s", job->url,
                             known_messages[i].sentence);
    }
    if (rc == GIT_EAUTH)
        return error_set(err, ERR_INPUT,
                         "%s: the server asks for a login: the repository is private or not there",
                         job->url);
    if (*t->server_said) git_fail(err, "%s: the server says \"%s\"", job->url, t->server_said);
    else git_fail(err, "%s", job->url);
    /* What the objects of an existing mirror are blamed for may be the mirror's own damage. */
    if (err && err->kind == ERR_INPUT) job->suspect = true;
    return false;
}

static git_remote_callbacks callbacks_of(transfer *t)
{
    git_remote_callbacks callbacks;
    git_remote_init_callbacks(&callbacks, GIT_REMOTE_CALLBACKS_VERSION);
    callbacks.transfer_progress = on_transfer;
    callbacks.sideband_progress = on_message;
    callbacks.payload = t;
    return callbacks;
}

static bool remote_open(mirror_job *job, transfer *t, git_remote **out, error *err)
{
    git_remote_create_options create;
    git_remote_create_options_init(&create, GIT_REMOTE_CREATE_OPTIONS_VERSION);
    create.repository = job->repo;
    /* insteadOf was applied already, and applies once. */
    create.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
    git_remote_callbacks callbacks = callbacks_of(t);
    git_proxy_options proxy;
    git_proxy_options_init(&proxy, GIT_PROXY_OPTIONS_VERSION);
    proxy.type = GIT_PROXY_AUTO;
    t->bytes_before = job->received_bytes;
    int rc = git_remote_create_with_opts(out, job->source, &create);
    if (rc == 0) rc = git_remote_connect(*out, GIT_DIRECTION_FETCH, &callbacks, &proxy, NULL);
    if (rc == 0) return true;
    remote_fail(t, rc, err);
    git_remote_free(*out);
    *out = NULL;
    return false;
}

static bool list_refs(mirror_job *job, transfer *t, git_remote *remote, error *err)
{
    const git_remote_head **heads;
    size_t count;
    int rc = git_remote_ls(&heads, &count, remote);
    if (rc < 0) return remote_fail(t, rc, err);
    VEC(source_ref) refs = {0};
    for (size_t i = 0; i < count; i++)
        vec_push(&refs, (source_ref){heads[i]->name, heads[i]->symref_target, heads[i]->oid});
    bool found = wanted_find(refs.items, refs.count, job->url, job->ref, &job->wanted, err);
    vec_release(&refs);
    return found;
}

static int download(mirror_job *job, transfer *t, git_remote *remote, bool whole)
{
    char one[600];
    const char *specs[3] = {one, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"};
    git_fetch_options fetch;
    git_fetch_options_init(&fetch, GIT_FETCH_OPTIONS_VERSION);
    fetch.callbacks = callbacks_of(t);
    fetch.proxy_opts.type = GIT_PROXY_AUTO;
    fetch.update_fetchhead = 0;
    fetch.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    snprintf(one, sizeof one, "+%s:refs/lode/wanted", job->wanted.source);
    git_strarray list = {(char **)specs, whole ? 3 : 1};
    if (whole && job->wanted.is_commit_id) {
        list.strings++;
        list.count--;
    }
#if LODE_SHALLOW
    /* Asking a complete mirror for depth 1 again would make it shallow. */
    if (!whole && (git_repository_is_shallow(job->repo) || job->fresh)) fetch.depth = 1;
    else if (git_repository_is_shallow(job->repo)) fetch.depth = GIT_FETCH_DEPTH_UNSHALLOW;
#endif
    int rc = git_remote_download(remote, &list, &fetch);
#if LODE_SHALLOW
    if (rc == GIT_EINVALID && fetch.depth == 1) {
        fetch.depth = GIT_FETCH_DEPTH_FULL; /* a server without shallow clones */
        rc = git_remote_download(remote, &list, &fetch);
    }
#endif
    if (rc == 0 && whole) {
        git_remote_callbacks callbacks = callbacks_of(t);
        rc = git_remote_update_tips(remote, &callbacks, 0, GIT_REMOTE_DOWNLOAD_TAGS_NONE, NULL);
    }
    return rc;
}

/* Whether what is wanted is here already, with as much history as is asked for. */
static bool have_already(mirror_job *job, const git_oid *id)
{
    if (job->fresh) return false;
    if (job->options->full_history && git_repository_is_shallow(job->repo)) return false;
    return mirror_holds(job, id);
}

static bool fetch_wanted(mirror_job *job, transfer *t, git_remote **remote, error *err)
{
    bool whole = job->options->full_history;
    int rc = download(job, t, *remote, whole);
    if (rc < 0 && job->wanted.is_commit_id && !whole && !t->stopped && !t->over_limit) {
        /* The server does not hand out single commits: look in the whole history. */
        git_remote_free(*remote);
        if (!remote_open(job, t, remote, err)) return false;
        whole = true;
        rc = download(job, t, *remote, whole);
    }
    if (rc < 0) return remote_fail(t, rc, err);
    if (!job->wanted.is_commit_id || !whole) return true;
    git_odb *odb = NULL;
    bool there = git_repository_odb(&odb, job->repo) == 0 && git_odb_exists(odb, &job->wanted.id);
    git_odb_free(odb);
    if (!there)
        return error_set(err, ERR_INPUT, "%s: no branch or tag leads to commit %s", job->url,
                         job->wanted.source);
    return true;
}

bool mirror_from_remote(mirror_job *job, error *err)
{
    transfer t = {.job = job};
    git_remote *remote = NULL;
    bool done = false;
    t.bytes_max = job->options->bytes_max ? job->options->bytes_max : UINT64_C(4) << 30;
    if (is_commit_id(job->ref)) {
        git_oid id;
        git_oid_fromstr(&id, job->ref);
        if (have_already(job, &id)) return true;
    }
    if (!remote_open(job, &t, &remote, err)) goto out;
    if (!list_refs(job, &t, remote, err)) goto out;
    if (!have_already(job, &job->wanted.id)) {
        if (mirror_is_partial(job)) {
            /* What libgit2 says is here, it takes to be here with all its blobs. */
            job->suspect = true;
            error_set(err, ERR_INPUT, "%s: the mirror lacks blobs", job->url);
            goto out;
        }
        if (!fetch_wanted(job, &t, &remote, err)) goto out;
        job->changed = true;
    }
    done = mirror_peel(job, &job->wanted.id, err);
out:
    git_remote_free(remote);
    return done;
}
