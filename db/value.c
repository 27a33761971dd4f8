#include "base/base.h"
#include "db/db.h"

static void add_u64(sha256 *h, uint64_t value)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (unsigned char)(value >> (56 - 8 * i));
    sha256_add(h, bytes, sizeof bytes);
}

/* Type and length go in before each part, so that no two lists of parts give the same bytes. */
db_key db_key_make_(db_table table, const db_value *parts, uint32_t count)
{
    sha256 h;
    sha256_init(&h);
    sv name = sv_from(db_table_get(table)->name);
    add_u64(&h, name.size);
    sha256_add(&h, name.data, name.size);
    for (uint32_t i = 0; i < count; i++) {
        const db_value *v = &parts[i];
        unsigned char head[2] = {v->type, v->is_null};
        sha256_add(&h, head, sizeof head);
        if (v->is_null) continue;
        switch ((db_type)v->type) {
        case DB_UUID: sha256_add(&h, v->as.key.bytes, sizeof v->as.key.bytes); break;
        case DB_TEXT:
        case DB_BYTES:
            add_u64(&h, v->as.text.size);
            if (v->as.text.size) sha256_add(&h, v->as.text.data, v->as.text.size);
            break;
        case DB_I32:
        case DB_I64:
        case DB_BOOL:
        case DB_TIME: add_u64(&h, (uint64_t)v->as.number); break;
        case DB_F64: assert(false && "a key is not made of floating-point numbers"); break;
        }
    }
    unsigned char digest[32];
    sha256_end(&h, digest);
    db_key key;
    memcpy(key.bytes, digest, sizeof key.bytes);
    return key;
}

void db_key_text(db_key key, char out[37])
{
    char hex[33];
    hex_encode(key.bytes, sizeof key.bytes, hex);
    snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

bool db_key_eq(db_key a, db_key b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}
