/* Hashes. hash64 is for tables and never stored; sha256 is for keys that are stored. */
#ifndef LODE_BASE_HASH_H
#define LODE_BASE_HASH_H

#include "base/sv.h"

/* 64-bit hash of bytes (FNV-1a with a final mix). Same on every machine. */
uint64_t hash64(sv text);
static inline uint64_t hash64_mix(uint64_t h)
{
    /* The finaliser of MurmurHash3 (Austin Appleby, public domain). */
    h ^= h >> 33;
    h *= UINT64_C(0xff51afd7ed558ccd);
    h ^= h >> 33;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ (h >> 33);
}

/* SHA-256 (FIPS 180-4), streaming. */
typedef struct {
    uint32_t state[8];
    uint64_t length_bytes;
    unsigned char block[64];
} sha256;
void sha256_init(sha256 *h);
void sha256_add(sha256 *h, const void *data, size_t size);
void sha256_end(sha256 *h, unsigned char out[32]);
/* Lower-case hexadecimal; out has room for 2 * size + 1 bytes. */
void hex_encode(const unsigned char *data, size_t size, char *out);
/* False if text is not 2 * size hexadecimal digits. */
bool hex_decode(sv text, unsigned char *out, size_t size);

#endif
