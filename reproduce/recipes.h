/* The stories of each rule. Internal to reproduce/. */
#ifndef LODE_REPRODUCE_RECIPES_H
#define LODE_REPRODUCE_RECIPES_H

#include "reproduce/story.h"

#define RECIPE(rule, tell, predicted) void tell(story *s);
#define NO_RECIPE(rule, why)
#include "reproduce/recipes.def"
#undef RECIPE
#undef NO_RECIPE

#endif
