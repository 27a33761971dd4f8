/* One function a rule; the table is catalogue.def. Internal to classifiers/. */
#ifndef LODE_CLASSIFIERS_RULES_H
#define LODE_CLASSIFIERS_RULES_H

#include "classifiers/classifiers.h"

#define RULE(id, family, level, version, most, function, implies, title) void function(classify *c);
#include "classifiers/catalogue.def"
#undef RULE

/* Frees what rules share; see classify.shared. */
void shared_release(classify *c);

#endif
