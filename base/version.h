/* The version of the program, recorded with every run. */
#ifndef LODE_BASE_VERSION_H
#define LODE_BASE_VERSION_H

#define LODE_VERSION "0.1.0"

#endif
