/* The ground every room stands on: memory, text, containers, errors, logging.
 *
 * Included first in every .c file. It ends by poisoning the C library functions whose
 * misuse is a classic source of memory faults, so that a use does not compile. */
#ifndef LODE_BASE_H
#define LODE_BASE_H

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/arena.h"
#include "base/sv.h"
#include "base/vec.h"
#include "base/map.h"
#include "base/sym.h"
#include "base/buf.h"
#include "base/json_out.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/file.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* Outside base/, memory comes from base_malloc and friends or from an arena, so that running
 * out of it is handled in one place. */
#ifndef LODE_BASE_INTERNAL
#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol gets malloc calloc realloc
#endif

#endif
