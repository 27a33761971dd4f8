/* Rules over the actor model. The catalogue is one table (catalogue.def); each rule is one
 * function that reads the model and adds findings with their evidence.
 *
 * A rule never guesses: what it cannot resolve lowers the confidence or keeps it silent. */
#ifndef LODE_CLASSIFIERS_CLASSIFIERS_H
#define LODE_CLASSIFIERS_CLASSIFIERS_H

#include "base/base.h"
#include "model/model.h"

typedef enum { LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR } level;
typedef enum { CONF_POSSIBLE, CONF_LIKELY, CONF_CERTAIN } confidence;
const char *level_name(level l);           /* "error" */
const char *confidence_name(confidence c); /* "certain" */
bool level_parse(sv text, level *out);
bool confidence_parse(sv text, confidence *out);

typedef struct classify classify;
typedef uint32_t rule_ix;

/* One row of the catalogue. */
typedef struct {
    const char *id;   /* fixed for ever: "self-call" */
    char family;      /* 'O', 'C', 'M', 'R', 'S' */
    level level;      /* of a finding, unless the rule sets another */
    uint32_t version; /* rises whenever the result on any input changes */
    confidence most;  /* of a finding, whatever the model resolves */
    void (*run)(classify *c);
    const char *title;   /* one line: what goes wrong at run time */
    const char *implies; /* ids, space-separated, that this one wins over at the same place */
} rule_row;

uint32_t rule_count(void);
const rule_row *rule_get(rule_ix rule);
/* UINT32_MAX when there is none. */
rule_ix rule_find(sv id);

/* One step of the evidence path. */
typedef struct {
    place at;
    const char *note; /* a few words: "waits for Cache ({:load, …}, 5 s)" */
} finding_step;

typedef struct {
    rule_ix rule;
    uint8_t level;      /* level */
    uint8_t confidence; /* confidence */
    bool suppressed;    /* by an inline lode:ignore; kept and counted, not reported */
    place at;
    server_ix server;         /* NO_IX: none */
    const char *server_label; /* module name of the server or of the place; never NULL */
    const char *message;      /* what happens at run time, with the names of the code */
    const char *key;          /* what the fingerprint is made of besides rule and module */
    char fingerprint[33];     /* 128 bits in hexadecimal, zero-terminated */
    uint32_t step_first;      /* into findings.steps */
    uint32_t step_count;
    node_ix node;         /* in the model: valid as long as the model is */
    callback_ix callback; /* NO_IX */
} finding;

/* All findings of a snapshot, sorted by path, line, column, rule, key. Owns its texts. */
typedef struct {
    VEC(finding) items;
    VEC(finding_step) steps;
    arena memory;
} findings;

/* Runs every rule (or only `only`, when not UINT32_MAX) over the model. Keeps one finding per
 * fault: the rule that is most specific wins (rule_row.implies), equal fingerprints are one.
 * Deterministic. *out must be zero; release with findings_release. */
void classify_run(const model *m, rule_ix only, findings *out);
void findings_release(findings *f);

/* ---- who waits for whom ------------------------------------------------------------------------
 */

/* Does the root's process stand still until somebody else has answered? */
bool effect_waits(const model *m, const model_effect *e);
/* How sure it is that the effect happens in the root's process and goes to id.server. */
confidence effect_confidence(const model *m, const model_effect *e);
/* The supervisor that a supervisor call or stop goes to; NO_IX. */
supervisor_ix effect_supervisor(const model *m, const model_effect *e);

/* One wait: the effect, and a callback clause that has to finish for it to end. */
typedef struct {
    effect_ix effect;
    callback_ix waits_for;
    uint8_t confidence; /* of this step */
} wait_step;

/* Calls visit for each callback that the effect may wait for. */
void each_wait(const model *m, effect_ix effect,
               void (*visit)(const wait_step *step, void *payload), void *payload);

/* ---- for rules ------------------------------------------------------------------------------ */

struct classify {
    const model *m;
    rule_ix rule; /* the one that runs */
    findings *out;
    arena scratch;   /* cleared after each rule */
    void *shared;    /* indices shared by rules, built on first use; see shared.h */
    finding dropped; /* last finding, when it stands in a test and is not kept */
    finding *last;   /* &dropped, or NULL: the last one of out */
};

/* Adds a finding of the running rule at `at` (a node). `key` identifies the fault within its
 * module whatever the line numbers are: the callback and tag, the target, the field ... - and not
 * texts that unrelated edits change. The message is a sentence. Returns its index. Findings in
 * test files are dropped here (the population keeps them), so rules need not look. */
uint32_t finding_add(classify *c, confidence conf, node_ix at, server_ix server, const char *key,
                     const char *format, ...) __attribute__((format(printf, 6, 7)));
/* Adds a step to the finding added last. */
void finding_step_add(classify *c, node_ix at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Adds the steps that lead from the root callback to an effect: one for each call on the way
 * ("calls Store.load/1") and one for the effect itself with `note`. */
void finding_path_add(classify *c, const model_effect *effect, const char *note);
/* Changes the level of the finding added last. */
void finding_level(classify *c, level l);
/* Notes the callback of the finding added last. */
void finding_callback(classify *c, callback_ix callback);

#endif
