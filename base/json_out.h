/* JSON writer onto a buffer: commas and escapes are its business. Invalid UTF-8 is written as
 * U+FFFD, so the output is always valid JSON (RFC 8259). */
#ifndef LODE_BASE_JSON_OUT_H
#define LODE_BASE_JSON_OUT_H

#include "base/buf.h"

enum { JSON_DEPTH_MAX = 32 };
typedef struct {
    buf *out;
    int depth;
    bool has_item[JSON_DEPTH_MAX]; /* something was written at this depth already */
    bool after_key;
} json_out;

void json_object(json_out *j);     /* { */
void json_object_end(json_out *j); /* } */
void json_array(json_out *j);      /* [ */
void json_array_end(json_out *j);  /* ] */
void json_key(json_out *j, const char *key);
void json_sv(json_out *j, sv text);
void json_c(json_out *j, const char *text);
void json_i64(json_out *j, int64_t value);
void json_f64(json_out *j, double value); /* null for NaN and infinities */
void json_bool(json_out *j, bool value);
void json_null(json_out *j);

#endif
