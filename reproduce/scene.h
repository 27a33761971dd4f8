/* What most stories have in common: the place of the finding, the clause it stands in, and how that
 * comes to run. Internal to reproduce/. */
#ifndef LODE_REPRODUCE_SCENE_H
#define LODE_REPRODUCE_SCENE_H

#include "reproduce/story.h"

typedef struct {
    uint32_t at;      /* actor */
    const char *name; /* its name */
    callback_ix root; /* NO_IX: the place is in no callback clause */
    bool starts;      /* runs when the process starts, not by a message */
} scene;

/* The actor of the finding's process; one is made up when the model has no server there. */
scene scene_here(story *s);
/* Puts the body where the finding's clause is; ends it as the model says. */
void scene_body(story *s, const scene *x, deeds body);
/* The driver makes the body run. */
void scene_trigger(story *s, const scene *x);
/* A clause of nobody's text, at the place of the finding's step; its body is empty. */
story_clause *scene_clause(story *s, const scene *x, const char *kind, const char *pattern,
                           uint32_t step);
/* The place of a step of the evidence; the finding's own when there is no such step. */
void step_at(const story *s, uint32_t step, sv *path, uint32_t *line);
void deed_at_step(const story *s, deed *d, uint32_t step);
/* The callback clause at a step of the evidence, of any server; NO_IX. */
callback_ix callback_at_step(const story *s, uint32_t step);
void variable_add(story *s, uint32_t at, const char *name, const char *initial);
/* A server whose clause answers the call with what the variable holds. */
void answers(story *s, uint32_t at, const char *pattern, const char *value);
/* A supervisor with the flags of the one the finding is about, when known; NO_IX else. */
uint32_t scene_supervisor(story *s, const char *name, supervisor_ix ix);
void scene_child(story *s, uint32_t sup, uint32_t child, const char *again, int32_t shutdown_ms);
/* The child of a supervisor that the finding is about; NO_IX. */
child_ix scene_child_of(const story *s);
const char *restart_name(uint8_t type);

#endif
