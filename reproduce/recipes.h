/* The stories of each rule. Internal to reproduce/. */
#ifndef LODE_REPRODUCE_RECIPES_H
#define LODE_REPRODUCE_RECIPES_H

#include "reproduce/story.h"

#define RECIPE(rule, tell, predicted) void tell(story *s);
#include "reproduce/recipes.def"
#undef RECIPE

#endif
