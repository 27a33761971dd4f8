#include "base/base.h"
#include "cli/cli.h"
#include "cli/load.h"

void load_totals_add(load_totals *to, const load_totals *more)
{
    to->repositories += more->repositories;
    to->files += more->files;
    to->bytes += more->bytes;
    to->partial += more->partial;
    to->skipped += more->skipped;
    to->servers += more->servers;
    to->clauses += more->clauses;
    to->edges += more->edges;
    to->unresolved_edges += more->unresolved_edges;
    to->findings += more->findings;
    to->suppressed += more->suppressed;
    for (int i = 0; i < LANG_COUNT; i++) {
        to->lang_bytes[i] += more->lang_bytes[i];
        to->lang_error_bytes[i] += more->lang_error_bytes[i];
    }
}

db_key load_snapshot_key(sv url, const char *commit)
{
    return db_key_make(DB_TABLE_snapshot, v_key(db_repository_key(url)), v_text_c(commit));
}

static const char *family_name(char family)
{
    switch (family) {
    case 'O': return "ordering";
    case 'C': return "cycles";
    case 'M': return "mailbox";
    case 'R': return "restart";
    default: return "structure";
    }
}

void load_rules(db_loader *loader)
{
    for (rule_ix i = 0; i < rule_count(); i++) {
        const rule_row *rule = rule_get(i);
        db_row(loader, DB_TABLE_rule, v_text_c(rule->id), v_i32(rule->version),
               v_text_c(family_name(rule->family)), v_text_c(level_name(rule->level)),
               v_text_c(rule->title));
    }
}

db_key load_file_key(const load_context *c, file_ix file)
{
    return c->files[c->result->model_files[file]];
}

db_key load_place_key(load_context *c, db_table table, const place *at, const char *kind)
{
    db_key first = db_key_make(table, v_key(load_file_key(c, at->file)), v_i32(at->line),
                               v_i32(at->col), v_text_c(kind));
    uint64_t word;
    memcpy(&word, first.bytes, sizeof word);
    uint32_t ordinal = map64_get(&c->seen, word, 0);
    map64_set(&c->seen, word, ordinal + 1);
    return db_key_make(table, v_key(first), v_i32(ordinal));
}

db_value load_server_or_null(const load_context *c, server_ix server)
{
    return server == NO_IX ? v_null(DB_UUID) : v_key(c->servers[server]);
}

db_value load_owner_or_null(const load_context *c, function_ix function)
{
    if (function == NO_IX) return v_null(DB_UUID);
    module_ix module = c->m->functions.items[function].module;
    return load_server_or_null(c, c->m->modules.items[module].server);
}

const char *load_lang_of(const load_context *c, file_ix file)
{
    return lang_name((lang)c->m->files.items[file].lang);
}

bool load_is_test(const load_context *c, file_ix file)
{
    const model_file *f = &c->m->files.items[file];
    return f->is_test || f->is_example || f->is_script;
}

/* An application is deployed: it has release configuration. A library is what else has a build
 * file. */
static const char *kind_of(const pipeline_result *r)
{
    static const char *const marks[] = {"config/runtime.exs", "config/prod.exs",
                                        "config/releases.exs", "config/prod.secret.exs"};
    bool built = false;
    for (uint32_t i = 0; i < r->file_count; i++) {
        sv path = r->files[i].entry->path;
        for (size_t k = 0; k < ARRAY_LEN(marks); k++)
            if (sv_eq_c(path, marks[k])) return "application";
        built = built || sv_ends(path, SV("mix.exs")) || sv_ends(path, SV("rebar.config")) ||
                sv_ends(path, SV(".app.src"));
    }
    const model *m = &r->model;
    for (uint32_t i = 0; i < m->terms.count; i++) {
        node_ix term = m->terms.items[i];
        const fact_node *node = model_node(m, term);
        if (node->kind == NODE_TUPLE && model_is_atom(m, model_kid(m, term, 0), "relx") &&
            node->kid_count > 1)
            return "application";
    }
    return built ? "library" : "unknown";
}

static void add_snapshot(load_context *c, sv url)
{
    const snapshot_info *about = snapshot_about(c->result->snapshot);
    char analysis[128];
    unsigned char commit[32], tree[32];
    size_t oid_size = strlen(about->commit) / 2;
    pipeline_version(analysis, sizeof analysis);
    url = db_url_plain(url);
    db_row(c->loader, DB_TABLE_repository, v_key(db_repository_key(url)), v_text(url),
           v_text(db_url_name(url)));
    if (oid_size > sizeof commit || !hex_decode(sv_from(about->commit), commit, oid_size) ||
        !hex_decode(sv_from(about->tree), tree, oid_size))
        oid_size = 0; /* refused by the table's check: only git snapshots are loaded */
    db_row(c->loader, DB_TABLE_snapshot, v_key(c->snapshot), v_key(db_repository_key(url)),
           v_bytes((sv){(char *)commit, oid_size}), v_bytes((sv){(char *)tree, oid_size}),
           v_time(about->commit_time_s), v_text_c(kind_of(c->result)), v_text_c(LODE_VERSION),
           v_text_c(analysis));
}

/* Why a file was left out, in the words of the table. */
static const char *left_out_reason(const pipeline_file *file)
{
    const error *why = &file->why;
    if (file->quarantined) return "quarantined";
    if (why->kind == ERR_LIMIT) return "limit";
    return why->kind == ERR_INPUT ? "not_text" : "other";
}

static void skip_file(load_context *c, sv path, const char *reason, const char *detail,
                      uint64_t bytes)
{
    lang language = lang_of_path(path);
    c->totals->skipped++;
    db_row(c->loader, DB_TABLE_skipped_file,
           v_key(db_key_make(DB_TABLE_skipped_file, v_key(c->snapshot), v_text(path))),
           v_key(c->snapshot), v_text(path),
           v_text_or_null(sv_from(language == LANG_NONE ? "" : lang_name(language))),
           v_text_c(reason), v_text_or_null(sv_from(detail)),
           bytes ? v_i64((int64_t)bytes) : v_null(DB_I64));
}

static void add_files(load_context *c)
{
    const pipeline_result *r = c->result;
    for (uint32_t i = 0; i < r->file_count; i++) {
        const pipeline_file *file = &r->files[i];
        const snapshot_entry *entry = file->entry;
        c->files[i] = db_key_make(DB_TABLE_file, v_key(c->snapshot), v_text(entry->path));
        if (!file->analysed) {
            skip_file(c, entry->path, left_out_reason(file), file->why.text, entry->size_bytes);
            continue;
        }
        db_row(c->loader, DB_TABLE_blob, v_key(pipeline_facts_key(entry->id, (lang)file->lang)),
               v_bytes((sv){(const char *)entry->id, sizeof entry->id}),
               v_text_c(lang_name((lang)file->lang)), v_i32(lang_version((lang)file->lang)),
               v_i64((int64_t)entry->size_bytes), v_i32(file->line_count), v_i64(file->error_bytes),
               v_i32(file->error_count), v_bool(file->partial));
        c->totals->files++;
        c->totals->bytes += entry->size_bytes;
        c->totals->partial += file->partial;
        c->totals->lang_bytes[file->lang] += entry->size_bytes;
        c->totals->lang_error_bytes[file->lang] += file->error_bytes;
    }
    for (file_ix f = 0; f < c->m->files.count; f++) {
        const model_file *file = &c->m->files.items[f];
        const snapshot_entry *entry = r->files[r->model_files[f]].entry;
        db_row(c->loader, DB_TABLE_file, v_key(load_file_key(c, f)), v_key(c->snapshot),
               v_key(pipeline_facts_key(entry->id, (lang)file->lang)), v_text(entry->path),
               v_text(model_text(c->m, file->application)), v_bool(load_is_test(c, f)));
    }
    uint32_t count = 0;
    const snapshot_skip *skips = snapshot_skips(r->snapshot, &count);
    for (uint32_t i = 0; i < count; i++)
        skip_file(c, skips[i].path, skip_reason_name(skips[i].reason), "", skips[i].size_bytes);
}

static void add_licences(load_context *c)
{
    for (uint32_t i = 0; i < c->result->licence_count; i++) {
        const pipeline_licence *licence = &c->result->licences[i];
        sv oid = {(const char *)licence->entry->id, sizeof licence->entry->id};
        db_key key = db_key_make(DB_TABLE_licence, v_bytes(oid), v_i32(licence_version()));
        db_row(c->loader, DB_TABLE_licence, v_key(key), v_bytes(oid), v_i32(licence_version()),
               v_text_c(licence->spdx));
        db_row(c->loader, DB_TABLE_licence_file,
               v_key(db_key_make(DB_TABLE_licence_file, v_key(c->snapshot),
                                 v_text(licence->entry->path))),
               v_key(c->snapshot), v_key(key), v_text(licence->entry->path));
    }
}

static void add_modules(load_context *c)
{
    for (module_ix i = 0; i < c->m->modules.count; i++) {
        const model_module *module = &c->m->modules.items[i];
        db_key file = load_file_key(c, module->file);
        uint32_t ordinal = i - c->m->files.items[module->file].module_first;
        c->modules[i] = db_key_make(DB_TABLE_module, v_key(file),
                                    v_text(model_text(c->m, module->name)), v_i32(ordinal));
        bool is_code = module->kind != MODULE_USING && module->kind != MODULE_HEADER &&
                       module->kind != MODULE_SCRIPT;
        if (!is_code && module->server == NO_IX) continue;
        db_row(c->loader, DB_TABLE_module, v_key(c->modules[i]), v_key(c->snapshot), v_key(file),
               v_text(model_text(c->m, module->name)), v_text_c(load_lang_of(c, module->file)),
               v_bool(module->is_test || load_is_test(c, module->file)), v_i32(module->line),
               v_i32(MAX(module->line, module->end_line)));
    }
}

static const char *instances_name(uint8_t n)
{
    static const char *const names[] = {"unknown", "one", "few", "many"};
    return names[n];
}

static void add_servers(load_context *c)
{
    for (server_ix i = 0; i < c->m->servers.count; i++) {
        const model_server *server = &c->m->servers.items[i];
        const model_module *module = &c->m->modules.items[server->module];
        sv registered = model_text(c->m, server->registered);
        c->servers[i] = db_key_make(DB_TABLE_server, v_key(c->modules[server->module]));
        c->totals->servers++;
        db_row(c->loader, DB_TABLE_server, v_key(c->servers[i]), v_key(c->snapshot),
               v_key(c->modules[server->module]), v_text(model_text(c->m, module->name)),
               v_text_c(server_kind_name((server_kind)server->kind)),
               v_text_c(load_lang_of(c, module->file)),
               v_bool(module->is_test || load_is_test(c, module->file)),
               v_text_c(registered.size ? "registered" : "unknown"), v_text_or_null(registered),
               v_text_c(instances_name(server->instances)), v_bool(server->supervised),
               v_bool(server->trap_exit), v_i32(module->line));
    }
}

static void add_clauses(load_context *c)
{
    for (callback_ix i = 0; i < c->m->callbacks.count; i++) {
        const model_callback *callback = &c->m->callbacks.items[i];
        uint32_t ordinal = i - c->m->servers.items[callback->server].callback_first;
        place at = callback->node ? model_place(c->m, callback->node)
                                  : model_function_place(c->m, callback->function);
        if (callback->clause != NO_IX) {
            at.line = c->m->clauses.items[callback->clause].line;
            at.end_line = c->m->clauses.items[callback->clause].end_line;
        }
        const char *tag_kind = callback->tag         ? "literal"
                               : callback->catch_all ? "any"
                               : callback->message   ? "unknown"
                                                     : "none";
        c->callbacks[i] =
            db_key_make(DB_TABLE_clause, v_key(c->servers[callback->server]), v_i32(ordinal));
        c->totals->clauses++;
        db_row(c->loader, DB_TABLE_clause, v_key(c->callbacks[i]), v_key(c->snapshot),
               v_key(c->servers[callback->server]), v_key(load_file_key(c, at.file)),
               v_text_c(callback_kind_name((callback_kind)callback->kind)), v_i32(ordinal),
               v_text_or_null(model_text(c->m, callback->tag)),
               callback->tag ? v_i32(callback->tag_arity) : v_null(DB_I32), v_text_c(tag_kind),
               v_i32(at.line), v_i32(MAX(at.line, at.end_line)));
    }
}

/* Reasons of comments on the finding's line. */
static sv suppression_of(const load_context *c, const finding *f)
{
    if (!f->suppressed) return (sv){"", 0};
    for (uint32_t i = 0; i < c->m->ignores.count; i++) {
        const model_ignore *ignore = &c->m->ignores.items[i];
        sv rule = model_text(c->m, ignore->rule);
        if (ignore->file == f->at.file && ignore->line == f->at.line &&
            (sv_eq_c(rule, "*") || sv_eq_c(rule, rule_get(f->rule)->id)))
            return model_text(c->m, ignore->reason);
    }
    return (sv){"", 0};
}

static void add_findings(load_context *c)
{
    const findings *all = &c->result->findings;
    for (uint32_t i = 0; i < all->items.count; i++) {
        const finding *f = &all->items.items[i];
        const rule_row *rule = rule_get(f->rule);
        db_key key = db_key_make(DB_TABLE_finding, v_key(c->snapshot), v_text_c(rule->id),
                                 v_text_c(f->fingerprint));
        if (f->suppressed) c->totals->suppressed++;
        else c->totals->findings++;
        db_row(c->loader, DB_TABLE_finding, v_key(key), v_key(c->snapshot), v_text_c(rule->id),
               v_i32(rule->version), v_text_c(level_name((level)f->level)),
               v_text_c(confidence_name((confidence)f->confidence)),
               v_key(load_file_key(c, f->at.file)), v_text(f->at.path), v_i32(f->at.line),
               v_i32(f->at.col), v_i32(MAX(f->at.line, f->at.end_line)),
               load_server_or_null(c, f->server), v_text_c(f->server_label), v_text_c(f->message),
               v_text_c(f->fingerprint), v_bool(f->suppressed),
               v_text_or_null(suppression_of(c, f)));
        for (uint32_t k = 0; k < f->step_count; k++) {
            const finding_step *step = &all->steps.items[f->step_first + k];
            db_row(c->loader, DB_TABLE_evidence, v_key(key), v_i32(k), v_key(c->snapshot),
                   v_text(step->at.path), v_i32(step->at.line),
                   v_i32(MAX(step->at.line, step->at.end_line)), v_text_c(step->note));
        }
    }
}

void load_snapshot(db_loader *loader, sv url, const pipeline_result *result, load_totals *totals)
{
    const model *m = &result->model;
    load_context c = {.loader = loader, .result = result, .m = m, .totals = totals};
    c.snapshot = load_snapshot_key(url, snapshot_about(result->snapshot)->commit);
    c.files = base_calloc(result->file_count + 1, sizeof *c.files);
    c.modules = base_calloc(m->modules.count + 1, sizeof *c.modules);
    c.servers = base_calloc(m->servers.count + 1, sizeof *c.servers);
    c.callbacks = base_calloc(m->callbacks.count + 1, sizeof *c.callbacks);
    c.states = base_calloc(m->states.count + 1, sizeof *c.states);
    c.supervisors = base_calloc(m->supervisors.count + 1, sizeof *c.supervisors);
    totals->repositories++;
    add_snapshot(&c, url);
    load_rules(loader);
    add_files(&c);
    add_licences(&c);
    add_modules(&c);
    add_servers(&c);
    add_clauses(&c);
    load_edges(&c);
    load_operations(&c);
    load_supervision(&c);
    load_protocols(&c);
    add_findings(&c);
    free(c.files);
    free(c.modules);
    free(c.servers);
    free(c.callbacks);
    free(c.states);
    free(c.supervisors);
    map64_release(&c.seen);
    arena_release(&c.scratch);
}
