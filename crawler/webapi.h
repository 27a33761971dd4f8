/* JSON APIs over HTTP: kept answers, limits of servers, tokens in turn. */
#ifndef LODE_CRAWLER_WEBAPI_H
#define LODE_CRAWLER_WEBAPI_H

/* base/json_out.h has functions of these names; jansson's make values and are not used here. */
#define json_object jansson_object
#define json_array jansson_array
#define json_null jansson_null
#include <jansson.h>
#undef json_object
#undef json_array
#undef json_null

#include "crawler/discover.h"
#include "crawler/http.h"

enum { WEBAPI_TOKENS_MAX = 16 };

/* Zero is ready, but for options; ended by webapi_end. */
typedef struct {
    const discover_options *options;
    discover_told *told;
    crawler_session *session;
    char token[WEBAPI_TOKENS_MAX][256];
    int64_t token_free_at[WEBAPI_TOKENS_MAX]; /* unix time at which its limit is reset; 0: now */
    uint32_t token_count, token_now;
    int64_t free_at; /* the same without tokens */
    char user_agent[200];
    uint32_t found; /* for on_progress */
} webapi;

void webapi_begin(webapi *a, const discover_options *options, discover_told *told);
void webapi_end(webapi *a);
/* The answer to GET url; to be given to json_decref. */
bool webapi_get(webapi *a, const char *url, json_t **out, error *err);

/* Text of a member; "" when it is not there or no text. Lives as long as the object. */
const char *webapi_text(const json_t *object, const char *key);
/* Number of a member; -1 when it is not there or no number. */
int64_t webapi_number(const json_t *object, const char *key);

#endif
