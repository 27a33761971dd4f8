#include "base/base.h"

#include "base/version.h"
#include "crawler/pkt.h"
#include "crawler/wire.h"

/* Hosts tell git from browsers by the name of the client. */
#define AGENT "git/2.0 (lode " LODE_VERSION ")"
enum { REFS_MAX = 200000, LIST_BYTES_MAX = 32 << 20 };

bool wire_start(wire *w, mirror_job *job)
{
    memset(w, 0, sizeof *w);
    w->job = job;
    w->bytes_max = job->options->bytes_max ? job->options->bytes_max : UINT64_C(4) << 30;
    sv source = sv_from(job->source);
    while (sv_ends(source, SV("/"))) source.size--;
    int length = snprintf(w->base, sizeof w->base, "%.*s", SV_FMT(source));
    return length > 0 && (size_t)length < sizeof w->base - 64;
}

/* Statuses that settle the matter, whatever the protocol. */
static const struct {
    int status;
    err_kind kind;
    const char *sentence;
} final_statuses[] = {
    {401, ERR_INPUT, "the server asks for a login: the repository is private or not there"},
    {403, ERR_INPUT, "the server refuses access (HTTP 403)"},
    {404, ERR_INPUT, "there is no repository at this address (HTTP 404)"},
    {410, ERR_INPUT, "the repository is gone (HTTP 410)"},
    {429, ERR_IO, "the server asks for a pause (HTTP 429)"},
    {451, ERR_INPUT, "withheld for legal reasons (HTTP 451)"},
};

static wire_outcome judge_status(const wire *w, int status, error *err)
{
    const char *url = w->job->url;
    if (status == 200) return WIRE_DONE;
    for (size_t i = 0; i < ARRAY_LEN(final_statuses); i++) {
        if (final_statuses[i].status != status) continue;
        error_set(err, final_statuses[i].kind, "%s: %s", url, final_statuses[i].sentence);
        return WIRE_FAILED;
    }
    if (status < 500) return WIRE_UNFIT;
    error_set(err, ERR_IO, "%s: the server failed (HTTP %d)", url, status);
    return WIRE_FAILED;
}

/* Sends a request below the repository's address and counts what came. */
static wire_outcome send(wire *w, http_request *request, const char *path, http_response *response,
                         error *err)
{
    mirror_job *job = w->job;
    char url[HTTP_URL_MAX + 64];
    snprintf(url, sizeof url, "%s%s", w->base, path);
    request->url = url;
    request->user_agent = AGENT;
    request->silence_s = job->options->silence_s;
    request->stop = job->options->stop;
    request->headers[0] = "Git-Protocol: version=2";
    if (request->is_post) {
        request->headers[1] = "Content-Type: application/x-git-upload-pack-request";
        request->headers[2] = "Accept: application/x-git-upload-pack-result";
    }
    uint64_t left = w->bytes_max - MIN(w->bytes_max, job->received_bytes);
    if (request->bytes_max == 0 || request->bytes_max > left) request->bytes_max = MAX(left, 1);
    bool done = http_run(job->options->session, request, response, err);
    job->received_bytes += response->received_bytes;
    if (done) return WIRE_DONE;
    if (response->too_large) {
        error_set(err, ERR_LIMIT, "%s: more than %" PRIu64 " bytes to receive", job->url,
                  request->bytes_max < left ? request->bytes_max : w->bytes_max);
    } else {
        error_prefix(err, "%s", job->url);
    }
    return WIRE_FAILED;
}

/* --- what the server can do ----------------------------------------------------------------- */

typedef struct {
    wire *w;
    bool is_version_2, ended;
} features;

static bool has_word(sv words, const char *word)
{
    sv piece;
    while (sv_next(&words, ' ', &piece))
        if (sv_eq_c(piece, word)) return true;
    return false;
}

static bool on_feature(void *payload, pkt_kind kind, sv line, error *err)
{
    features *f = payload;
    (void)err;
    line = sv_trim(line);
    if (kind == PKT_FLUSH) f->ended = f->is_version_2;
    if (kind != PKT_DATA) return true;
    if (sv_eq(line, SV("version 2"))) f->is_version_2 = true;
    if (sv_starts(line, SV("fetch="))) {
        sv words = sv_slice(line, strlen("fetch="), line.size);
        f->w->can_shallow = has_word(words, "shallow");
        f->w->can_filter = has_word(words, "filter");
    }
    /* Repositories with other object ids are not read. */
    if (sv_starts(line, SV("object-format=")) && !sv_eq(line, SV("object-format=sha1")))
        f->w->can_shallow = false;
    return true;
}

wire_outcome wire_features(wire *w, error *err)
{
    static const char path[] = "/info/refs?service=git-upload-pack";
    if (w->features_known) return WIRE_DONE;
    http_response response = {0};
    http_request request = {.follow = true, .bytes_max = LIST_BYTES_MAX};
    wire_outcome outcome = send(w, &request, path, &response, err);
    if (outcome == WIRE_DONE) outcome = judge_status(w, response.status, err);
    if (outcome == WIRE_DONE) {
        features f = {.w = w};
        pkt_reader reader = {0};
        sv url = sv_from(response.url);
        bool sound = pkt_feed(&reader, buf_sv(&response.body), on_feature, &f, NULL);
        pkt_release(&reader);
        /* What follows goes where this was found, as git does it. */
        if (sound && f.ended && sv_ends(url, sv_from(path)))
            snprintf(w->base, sizeof w->base, "%.*s", (int)(url.size - strlen(path)), url.data);
        else outcome = WIRE_UNFIT;
        w->features_known = outcome == WIRE_DONE;
    }
    http_release(&response);
    return outcome;
}

/* --- refs ------------------------------------------------------------------------------------ */

typedef struct {
    VEC(source_ref) refs;
    arena *a;
    bool ended;
    bool refused; /* the server said ERR */
} ref_reader;

/* "OID NAME[ symref-target:TARGET][ peeled:OID]" */
static bool on_ref(void *payload, pkt_kind kind, sv line, error *err)
{
    ref_reader *r = payload;
    source_ref ref = {0};
    unsigned char id[GIT_OID_RAWSZ];
    sv oid, name, more;
    if (kind == PKT_FLUSH) r->ended = true;
    if (kind != PKT_DATA) return true;
    line = sv_trim(line);
    if (sv_starts(line, SV("ERR "))) r->refused = true;
    if (!sv_next(&line, ' ', &oid) || !sv_next(&line, ' ', &name)) return true;
    if (!hex_decode(oid, id, sizeof id) || memchr(name.data, '\0', name.size)) return true;
    if (r->refs.count == REFS_MAX)
        return error_set(err, ERR_LIMIT, "the server names more than %d refs", REFS_MAX);
    git_oid_fromraw(&ref.id, id);
    ref.name = arena_strndup(r->a, name.data, name.size);
    while (sv_next(&line, ' ', &more)) {
        sv key = SV("symref-target:");
        if (sv_starts(more, key))
            ref.symref_target = arena_strndup(r->a, more.data + key.size, more.size - key.size);
    }
    vec_push(&r->refs, ref);
    /* A symbolic ref is what its target is: the target need not be asked for. */
    if (ref.symref_target)
        vec_push(&r->refs, (source_ref){.name = ref.symref_target, .id = ref.id});
    return true;
}

static wire_outcome ask_refs(wire *w, sv question, ref_reader *r, http_response *response,
                             error *err)
{
    http_request request = {.is_post = true, .body = question, .bytes_max = LIST_BYTES_MAX};
    wire_outcome outcome = send(w, &request, "/git-upload-pack", response, err);
    if (outcome != WIRE_DONE) return outcome;
    /* It may have moved, or be a server that wants to be asked what it can do first. */
    bool refused = response->status >= 300 && response->status < 500 && response->status != 429;
    if (refused && !w->features_known) {
        outcome = wire_features(w, err);
        return outcome == WIRE_DONE ? ask_refs(w, question, r, response, err) : outcome;
    }
    outcome = judge_status(w, response->status, err);
    if (outcome != WIRE_DONE) return outcome;
    error limit = {0};
    pkt_reader reader = {0};
    bool sound = pkt_feed(&reader, buf_sv(&response->body), on_ref, r, &limit);
    pkt_release(&reader);
    if (limit.kind == ERR_LIMIT) {
        error_set(err, ERR_LIMIT, "%s: %s", w->job->url, limit.text);
        return WIRE_FAILED;
    }
    /* A server of an older version ends with an empty answer or a complaint. */
    return sound && r->ended && !r->refused ? WIRE_DONE : WIRE_UNFIT;
}

wire_outcome wire_list(wire *w, const char *const *prefixes, uint32_t prefix_count,
                       source_ref **refs, size_t *ref_count, arena *a, error *err)
{
    ref_reader r = {.a = a};
    http_response response = {0};
    buf question = {0};
    pkt_line(&question, "command=ls-refs");
    pkt_line(&question, "agent=%s", "lode/" LODE_VERSION);
    pkt_delim(&question);
    pkt_line(&question, "symrefs");
    for (uint32_t i = 0; i < prefix_count; i++) pkt_line(&question, "ref-prefix %s", prefixes[i]);
    pkt_flush(&question);
    wire_outcome outcome = ask_refs(w, buf_sv(&question), &r, &response, err);
    *ref_count = r.refs.count;
    *refs = ARENA_ARRAY(a, source_ref, r.refs.count);
    if (r.refs.count > 0) memcpy(*refs, r.refs.items, r.refs.count * sizeof **refs);
    vec_release(&r.refs);
    buf_release(&question);
    http_release(&response);
    return outcome;
}

/* --- packs ----------------------------------------------------------------------------------- */

typedef struct {
    wire *w;
    git_indexer *indexer;
    git_indexer_progress progress;
    pkt_reader reader;
    VEC(git_oid) shallow; /* what the server says is cut off */
    bool in_shallow, in_pack, pack_seen, ended;
    char server_said[160];
} pack_reader;

static int on_objects(const git_indexer_progress *stats, void *payload)
{
    pack_reader *p = payload;
    mirror_job *job = p->w->job;
    const mirror_options *options = job->options;
    if (options->stop && atomic_load_explicit(options->stop, memory_order_relaxed))
        return GIT_EUSER;
    if (options->on_progress)
        options->on_progress(options->payload, job->received_bytes + stats->received_bytes,
                             stats->received_objects, stats->total_objects);
    return 0;
}

/* The side band: 1 is the pack, 2 what is said to people, 3 why it broke off. */
static bool on_band(pack_reader *p, sv line, error *err)
{
    sv rest = sv_slice(line, 1, line.size), said;
    if (line.size == 0) return true;
    if (line.data[0] == 1) {
        p->pack_seen = true;
        int rc = git_indexer_append(p->indexer, rest.data, rest.size, &p->progress);
        if (rc == GIT_EUSER) return error_set(err, ERR_IO, "stopped while fetching");
        return rc == 0 || git_fail(err, "the pack");
    }
    if (line.data[0] == 3 && !*p->server_said)
        return error_set(err, ERR_IO, "the server says \"%.*s\"",
                         (int)MIN(sv_trim(rest).size, (size_t)100), sv_trim(rest).data);
    if (line.data[0] == 3) return error_set(err, ERR_IO, "the server says \"%s\"", p->server_said);
    while (sv_next(&rest, '\n', &said)) {
        said = sv_trim(said);
        if (sv_starts(said, SV("fatal:")) || sv_starts(said, SV("error:")))
            snprintf(p->server_said, sizeof p->server_said, "%.*s", SV_FMT(said));
    }
    return true;
}

static bool on_fetch(void *payload, pkt_kind kind, sv line, error *err)
{
    pack_reader *p = payload;
    if (kind == PKT_DELIM) p->in_shallow = false;
    if (kind == PKT_FLUSH) p->ended = true;
    if (kind != PKT_DATA) return true;
    if (p->in_pack) return on_band(p, line, err);
    line = sv_trim(line);
    if (sv_starts(line, SV("ERR ")))
        return error_set(err, sv_has(line, SV("not our ref")) ? ERR_INPUT : ERR_IO,
                         "the server says \"%.*s\"", (int)MIN(line.size, (size_t)100),
                         line.data + 4);
    if (sv_eq(line, SV("packfile"))) p->in_pack = true;
    else if (sv_eq(line, SV("shallow-info"))) p->in_shallow = true;
    else if (p->in_shallow && sv_starts(line, SV("shallow "))) {
        git_oid id;
        unsigned char raw[GIT_OID_RAWSZ];
        if (!hex_decode(sv_slice(line, 8, line.size), raw, sizeof raw))
            return error_set(err, ERR_INPUT, "the server does not speak git's protocol");
        git_oid_fromraw(&id, raw);
        if (p->shallow.count < REFS_MAX) vec_push(&p->shallow, id);
    }
    return true;
}

static bool on_pack_bytes(void *payload, sv bytes, error *err)
{
    pack_reader *p = payload;
    return pkt_feed(&p->reader, bytes, on_fetch, p, err);
}

/* Adds the commits that are cut off to the repository's list, before the pack is there. */
static bool keep_shallow(pack_reader *p, error *err)
{
    enum { SHALLOW_BYTES_MAX = 16 << 20 };
    buf path = {0}, text = {0};
    char hex[GIT_OID_HEXSZ + 1];
    bool done = true, changed = false;
    buf_printf(&path, "%sshallow", git_repository_path(p->w->job->repo));
    if (path_exists(path.data)) done = file_read(path.data, SHALLOW_BYTES_MAX, &text, err);
    for (vec_each(&p->shallow, id)) {
        git_oid_tostr(hex, sizeof hex, id);
        if (sv_has(buf_sv(&text), sv_from(hex))) continue;
        buf_printf(&text, "%s\n", hex);
        changed = true;
    }
    if (done && changed) done = file_write(path.data, buf_sv(&text), err);
    buf_release(&path);
    buf_release(&text);
    return done;
}

static void add_ids(buf *out, const char *word, const git_oid *ids, uint32_t count)
{
    char hex[GIT_OID_HEXSZ + 1];
    for (uint32_t i = 0; i < count; i++) {
        git_oid_tostr(hex, sizeof hex, &ids[i]);
        pkt_line(out, "%s %s", word, hex);
    }
}

static void write_question(const wire *w, const wire_want *want, buf *out)
{
    pkt_line(out, "command=fetch");
    pkt_line(out, "agent=%s", "lode/" LODE_VERSION);
    pkt_delim(out);
    pkt_line(out, "no-progress");
    pkt_line(out, "ofs-delta");
    /* Only for what is had does the server need to know where history is cut off. */
    if (want->one_commit && git_repository_is_shallow(w->job->repo))
        add_ids(out, "shallow", want->haves, want->have_count);
    if (want->one_commit) pkt_line(out, "deepen 1");
    if (want->no_blobs) pkt_line(out, "filter blob:none");
    add_ids(out, "want", want->wants, want->want_count);
    add_ids(out, "have", want->haves, want->have_count);
    pkt_line(out, "done");
    pkt_flush(out);
}

static bool open_indexer(pack_reader *p, buf *folder, error *err)
{
    git_repository *repo = p->w->job->repo;
    git_indexer_options options;
    git_indexer_options_init(&options, GIT_INDEXER_OPTIONS_VERSION);
    options.progress_cb = on_objects;
    options.progress_cb_payload = p;
    buf_printf(folder, "%sobjects/pack", git_repository_path(repo));
    git_odb *odb = NULL;
    int rc = git_repository_odb(&odb, repo);
    if (rc == 0) rc = git_indexer_new(&p->indexer, folder->data, 0, odb, &options);
    git_odb_free(odb);
    return rc == 0 || git_fail(err, "the pack");
}

/* What the transfer and the pack come to. */
static wire_outcome finish(pack_reader *p, wire_outcome outcome, int status, error *err)
{
    mirror_job *job = p->w->job;
    if (outcome == WIRE_FAILED && *p->server_said && err && err->kind == ERR_IO)
        error_set(err, ERR_IO, "%s: the server says \"%s\"", job->url, p->server_said);
    if (outcome == WIRE_DONE) outcome = judge_status(p->w, status, err);
    if (outcome != WIRE_DONE) return outcome;
    if (*p->server_said) {
        error_set(err, ERR_IO, "%s: the server says \"%s\"", job->url, p->server_said);
        return WIRE_FAILED;
    }
    if (!p->ended || !p->pack_seen || pkt_is_torn(&p->reader)) {
        error_set(err, ERR_IO, "%s: the connection ended before the answer did", job->url);
        return WIRE_FAILED;
    }
    if (!keep_shallow(p, err)) return WIRE_FAILED;
    git_odb *odb = NULL;
    job->changed = true;
    if (git_indexer_commit(p->indexer, &p->progress) < 0 ||
        git_repository_odb(&odb, job->repo) < 0 || git_odb_refresh(odb) < 0) {
        git_fail(err, "%s: the pack", job->url);
        outcome = WIRE_FAILED;
    }
    git_odb_free(odb);
    return outcome;
}

wire_outcome wire_fetch(wire *w, const wire_want *want, error *err)
{
    pack_reader p = {.w = w};
    buf question = {0}, folder = {0};
    http_response response = {0};
    wire_outcome outcome = WIRE_FAILED;
    write_question(w, want, &question);
    if (open_indexer(&p, &folder, err)) {
        http_request request = {.is_post = true,
                                .body = buf_sv(&question),
                                .bytes_max = w->bytes_max,
                                .on_body = on_pack_bytes,
                                .payload = &p};
        outcome = send(w, &request, "/git-upload-pack", &response, err);
        outcome = finish(&p, outcome, response.status, err);
        const mirror_options *options = w->job->options;
        if (options->on_progress)
            options->on_progress(options->payload, w->job->received_bytes,
                                 p.progress.received_objects, p.progress.total_objects);
    } else {
        error_prefix(err, "%s", w->job->url);
    }
    git_indexer_free(p.indexer);
    pkt_release(&p.reader);
    vec_release(&p.shallow);
    buf_release(&question);
    buf_release(&folder);
    http_release(&response);
    return outcome;
}
