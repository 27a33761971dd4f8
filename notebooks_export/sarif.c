/* SARIF 2.1.0. See export.h. */
#include "base/base.h"
#include "notebooks_export/export.h"

#define FINGERPRINT_KEY "lode/v1"

static void text(json_out *j, const char *key, const char *value)
{
    json_key(j, key);
    json_c(j, value);
}

static void message(json_out *j, const char *key, const char *value)
{
    json_key(j, key);
    json_object(j);
    text(j, "text", value);
    json_object_end(j);
}

/* A relative reference as in RFC 3986: what is not unreserved or `/` is written as %XX. */
static void uri(json_out *j, sv path)
{
    buf out = {0};
    for (size_t i = 0; i < path.size; i++) {
        unsigned char c = (unsigned char)path.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~' || c == '/';
        if (plain) buf_add_char(&out, (char)c);
        else buf_printf(&out, "%%%02X", c);
    }
    json_key(j, "uri");
    json_sv(j, buf_sv(&out));
    buf_release(&out);
}

static void physical_location(json_out *j, const sarif_place *at)
{
    json_key(j, "physicalLocation");
    json_object(j);
    json_key(j, "artifactLocation");
    json_object(j);
    uri(j, at->path);
    text(j, "uriBaseId", "%SRCROOT%");
    json_object_end(j);
    if (at->line) {
        json_key(j, "region");
        json_object(j);
        json_key(j, "startLine");
        json_i64(j, at->line);
        if (at->col) {
            json_key(j, "startColumn");
            json_i64(j, at->col);
        }
        if (at->end_line > at->line) {
            json_key(j, "endLine");
            json_i64(j, at->end_line);
        }
        json_object_end(j);
    }
    json_object_end(j);
}

static void location(json_out *j, const sarif_place *at)
{
    json_object(j);
    physical_location(j, at);
    if (at->note) message(j, "message", at->note);
    json_object_end(j);
}

static void add_rule(json_out *j, const sarif_rule *rule)
{
    json_object(j);
    text(j, "id", rule->id);
    message(j, "shortDescription", rule->title);
    json_key(j, "help");
    json_object(j);
    text(j, "text", rule->title);
    json_key(j, "markdown");
    json_sv(j, rule->help);
    json_object_end(j);
    json_key(j, "defaultConfiguration");
    json_object(j);
    text(j, "level", rule->level);
    json_object_end(j);
    json_key(j, "properties");
    json_object(j);
    json_key(j, "version");
    json_i64(j, rule->version);
    json_key(j, "tags");
    json_array(j);
    json_c(j, rule->family);
    json_array_end(j);
    json_object_end(j);
    json_object_end(j);
}

void sarif_begin(sarif *s, const sarif_run *run, buf *out)
{
    *s = (sarif){.json = {.out = out}};
    json_out *j = &s->json;
    json_object(j);
    text(j, "version", "2.1.0");
    text(j, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_key(j, "runs");
    json_array(j);
    json_object(j);
    json_key(j, "tool");
    json_object(j);
    json_key(j, "driver");
    json_object(j);
    text(j, "name", "Lode");
    text(j, "semanticVersion", run->tool_version);
    json_key(j, "rules");
    json_array(j);
    for (uint32_t i = 0; i < run->rule_count; i++) add_rule(j, &run->rules[i]);
    json_array_end(j);
    json_object_end(j);
    json_object_end(j);
    json_key(j, "originalUriBaseIds");
    json_object(j);
    json_key(j, "%SRCROOT%");
    json_object(j);
    message(j, "description", "The root of the repository");
    json_object_end(j);
    json_object_end(j);
    if (run->repository && *run->repository && run->revision && *run->revision) {
        json_key(j, "versionControlProvenance");
        json_array(j);
        json_object(j);
        text(j, "repositoryUri", run->repository);
        text(j, "revisionId", run->revision);
        json_object_end(j);
        json_array_end(j);
    }
    text(j, "columnKind", "unicodeCodePoints");
    json_key(j, "results");
    json_array(j);
}

/* The evidence is the way that leads to the fault, one step after the other. */
static void code_flow(json_out *j, const sarif_result *r)
{
    json_key(j, "codeFlows");
    json_array(j);
    json_object(j);
    json_key(j, "threadFlows");
    json_array(j);
    json_object(j);
    json_key(j, "locations");
    json_array(j);
    for (uint32_t i = 0; i < r->step_count; i++) {
        json_object(j);
        json_key(j, "location");
        location(j, &r->steps[i]);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
    json_array_end(j);
    json_object_end(j);
    json_array_end(j);
    json_key(j, "relatedLocations");
    json_array(j);
    for (uint32_t i = 0; i < r->step_count; i++) location(j, &r->steps[i]);
    json_array_end(j);
}

void sarif_add(sarif *s, const sarif_run *run, const sarif_result *r)
{
    json_out *j = &s->json;
    json_object(j);
    text(j, "ruleId", run->rules[r->rule].id);
    json_key(j, "ruleIndex");
    json_i64(j, r->rule);
    text(j, "level", r->level);
    message(j, "message", r->message);
    json_key(j, "locations");
    json_array(j);
    location(j, &r->at);
    json_array_end(j);
    json_key(j, "partialFingerprints");
    json_object(j);
    text(j, FINGERPRINT_KEY, r->fingerprint);
    json_object_end(j);
    if (r->step_count) code_flow(j, r);
    if (r->baseline) text(j, "baselineState", r->baseline);
    if (r->suppressed) {
        json_key(j, "suppressions");
        json_array(j);
        json_object(j);
        text(j, "kind", "inSource");
        json_object_end(j);
        json_array_end(j);
    }
    json_key(j, "properties");
    json_object(j);
    text(j, "confidence", r->confidence);
    text(j, "server", r->server);
    json_object_end(j);
    json_object_end(j);
}

/* Ends the results and opens the list of notifications. */
static void open_notes(sarif *s)
{
    json_out *j = &s->json;
    if (s->in_notes) return;
    s->in_notes = true;
    json_array_end(j);
    json_key(j, "invocations");
    json_array(j);
    json_object(j);
    json_key(j, "executionSuccessful");
    json_bool(j, true);
    json_key(j, "toolExecutionNotifications");
    json_array(j);
}

void sarif_note(sarif *s, const char *level, sv path, const char *why)
{
    json_out *j = &s->json;
    sarif_place at = {.path = path};
    open_notes(s);
    json_object(j);
    text(j, "level", level);
    message(j, "message", why);
    json_key(j, "locations");
    json_array(j);
    location(j, &at);
    json_array_end(j);
    json_object_end(j);
}

void sarif_end(sarif *s)
{
    json_out *j = &s->json;
    open_notes(s);
    json_array_end(j);
    json_object_end(j);
    json_array_end(j);
    json_object_end(j);
    json_array_end(j);
    json_object_end(j);
    buf_add_char(j->out, '\n');
}
