/* PostgreSQL's COPY BINARY form ("Binary Format" of the COPY command's manual page). */
#include "base/base.h"
#include "db/private.h"

/* PostgreSQL counts microseconds from 2000-01-01. */
enum { EPOCH_2000_S = 946684800 };

static void add_u16(buf *out, uint16_t value)
{
    char bytes[2] = {(char)(value >> 8), (char)value};
    buf_add(out, (sv){bytes, sizeof bytes});
}

static void add_u32(buf *out, uint32_t value)
{
    char bytes[4];
    for (int i = 0; i < 4; i++) bytes[i] = (char)(value >> (24 - 8 * i));
    buf_add(out, (sv){bytes, sizeof bytes});
}

static void add_u64(buf *out, uint64_t value)
{
    add_u32(out, (uint32_t)(value >> 32));
    add_u32(out, (uint32_t)value);
}

/* Length of a valid UTF-8 sequence at p (RFC 3629) other than NUL, or 0. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80) return p[0] != 0;
    size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 0;
    if (n == 0 || p[0] > 0xF4 || left < n) return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
        (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return n;
}

static void add_clean_text(buf *out, sv text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.size;) {
        size_t n = utf8_length((const unsigned char *)text.data + i, text.size - i);
        if (n == 0) {
            buf_add(out, sv_slice(text, from, i));
            buf_add_c(out, "\xEF\xBF\xBD");
            from = ++i;
        } else {
            i += n;
        }
    }
    buf_add(out, sv_slice(text, from, text.size));
}

/* The length goes before the field and is known only after it. */
static void add_text_field(buf *out, sv text)
{
    size_t at = out->size;
    add_u32(out, 0);
    add_clean_text(out, text);
    uint32_t length = (uint32_t)(out->size - at - 4);
    for (int i = 0; i < 4; i++) out->data[at + (size_t)i] = (char)(length >> (24 - 8 * i));
}

static bool add_field(const db_value *v, buf *out)
{
    int64_t n = v->as.number;
    switch ((db_type)v->type) {
    case DB_UUID:
        add_u32(out, sizeof v->as.key.bytes);
        buf_add(out, (sv){(const char *)v->as.key.bytes, sizeof v->as.key.bytes});
        return true;
    case DB_TEXT:
        if (v->as.text.size > INT32_MAX / 4) return false;
        add_text_field(out, v->as.text);
        return true;
    case DB_BYTES:
        if (v->as.text.size > INT32_MAX) return false;
        add_u32(out, (uint32_t)v->as.text.size);
        buf_add(out, v->as.text);
        return true;
    case DB_I32:
        if (n < INT32_MIN || n > INT32_MAX) return false;
        add_u32(out, 4);
        add_u32(out, (uint32_t)(int32_t)n);
        return true;
    case DB_I64:
        add_u32(out, 8);
        add_u64(out, (uint64_t)n);
        return true;
    case DB_F64: {
        uint64_t bits;
        memcpy(&bits, &v->as.real, sizeof bits);
        add_u32(out, 8);
        add_u64(out, bits);
        return true;
    }
    case DB_BOOL:
        add_u32(out, 1);
        buf_add_char(out, n != 0);
        return true;
    case DB_TIME:
        /* 200,000 years: far beyond any commit and within PostgreSQL's range. */
        if (n < -INT64_C(200000000000) || n > INT64_C(6000000000000)) return false;
        add_u32(out, 8);
        add_u64(out, (uint64_t)((n - EPOCH_2000_S) * 1000000));
        return true;
    }
    return false;
}

bool copy_row(db_table table, const db_value *values, uint32_t count, buf *out, error *err)
{
    const db_table_def *def = db_table_get(table);
    if (count != def->column_count)
        return error_set(err, ERR_BUG, "table %s has %u columns, the row %u", def->name,
                         def->column_count, count);
    size_t before = out->size;
    add_u16(out, (uint16_t)count);
    for (uint32_t i = 0; i < count; i++) {
        const db_column_def *column = &def->columns[i];
        const char *fault = NULL;
        if (values[i].type != column->type) fault = "value of another type";
        else if (values[i].is_null && !column->nullable) fault = "null value";
        else if (values[i].is_null) add_u32(out, UINT32_MAX);
        else if (!add_field(&values[i], out)) fault = "value out of range";
        if (fault) {
            out->size = before;
            return error_set(err, ERR_BUG, "%s for column %s.%s", fault, def->name, column->name);
        }
    }
    return true;
}

void copy_head(buf *out)
{
    buf_add(out, (sv){"PGCOPY\n\377\r\n\0", 11});
    add_u32(out, 0); /* flags */
    add_u32(out, 0); /* header extension */
}

void copy_tail(buf *out)
{
    add_u16(out, UINT16_MAX);
}
