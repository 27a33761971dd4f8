/* Facts as bytes and back. One table says which fields there are and what they must satisfy.
 *
 * The encoding: magic, version, then LEB128 numbers. Fields marked DELTA are stored as the zigzag
 * difference from the same field of the item before. */
#include "base/base.h"

#include "parsers/facts.h"

static const char MAGIC[4] = {'L', 'D', 'F', 'A'};
enum { ENCODING_VERSION = 1, WALK_MAX = 1 << 26 };

typedef enum {
    CHECK_NONE,
    CHECK_BELOW, /* arg: first value that is wrong */
    CHECK_SYM,
    CHECK_NODE,
    CHECK_MODULE,
    CHECK_MODULE_1, /* index + 1, 0: none */
    CHECK_FUNCTION,
    CHECK_FUNCTION_1
} field_check;

enum { DELTA = 1 };

typedef struct {
    uint8_t offset, width, check, arg, how;
} field_row;

#define FIELD(type, name, check, arg, how)                                                         \
    {                                                                                              \
        offsetof(type, name), sizeof(((type *)0)->name), check, arg, how                           \
    }
#define PLAIN(type, name) FIELD(type, name, CHECK_NONE, 0, 0)
#define STEP(type, name) FIELD(type, name, CHECK_NONE, 0, DELTA)
#define BOOLEAN(type, name) FIELD(type, name, CHECK_BELOW, 2, 0)
#define ENUM(type, name, last) FIELD(type, name, CHECK_BELOW, (last) + 1, 0)
#define SYM(type, name) FIELD(type, name, CHECK_SYM, 0, 0)
#define NODE(type, name) FIELD(type, name, CHECK_NODE, 0, DELTA)
#define MODULE(type) FIELD(type, module, CHECK_MODULE, 0, 0)

static const field_row NODE_FIELDS[] = {ENUM(fact_node, kind, NODE_KIND_COUNT - 1),
                                        PLAIN(fact_node, flags),
                                        PLAIN(fact_node, col),
                                        STEP(fact_node, line),
                                        STEP(fact_node, end_line),
                                        SYM(fact_node, name),
                                        STEP(fact_node, kid_first),
                                        PLAIN(fact_node, kid_count)};
static const field_row INDEX_FIELDS[] = {{0, sizeof(node_ix), CHECK_NODE, 0, DELTA}};
static const field_row MODULE_FIELDS[] = {
    SYM(fact_module, name),        ENUM(fact_module, kind, MODULE_SCRIPT),
    BOOLEAN(fact_module, is_test), FIELD(fact_module, parent, CHECK_MODULE_1, 0, 0),
    PLAIN(fact_module, line),      PLAIN(fact_module, end_line)};
static const field_row FUNCTION_FIELDS[] = {MODULE(fact_function),
                                            SYM(fact_function, name),
                                            PLAIN(fact_function, arity),
                                            PLAIN(fact_function, default_count),
                                            ENUM(fact_function, kind, FUNCTION_MACRO_PRIVATE),
                                            BOOLEAN(fact_function, is_test),
                                            BOOLEAN(fact_function, is_delegate),
                                            BOOLEAN(fact_function, is_impl),
                                            STEP(fact_function, clause_first),
                                            PLAIN(fact_function, clause_count),
                                            STEP(fact_function, line),
                                            STEP(fact_function, end_line)};
static const field_row CLAUSE_FIELDS[] = {FIELD(fact_clause, function, CHECK_FUNCTION, 0, DELTA),
                                          STEP(fact_clause, param_first),
                                          NODE(fact_clause, guard),
                                          NODE(fact_clause, body),
                                          STEP(fact_clause, line),
                                          STEP(fact_clause, end_line),
                                          PLAIN(fact_clause, col),
                                          BOOLEAN(fact_clause, conditional)};
static const field_row USE_FIELDS[] = {MODULE(fact_use), SYM(fact_use, target),
                                       NODE(fact_use, opts), PLAIN(fact_use, line)};
static const field_row IMPORT_FIELDS[] = {MODULE(fact_import), SYM(fact_import, target),
                                          NODE(fact_import, only), NODE(fact_import, except),
                                          PLAIN(fact_import, line)};
static const field_row BEHAVIOUR_FIELDS[] = {MODULE(fact_behaviour), SYM(fact_behaviour, name),
                                             PLAIN(fact_behaviour, line)};
static const field_row ATTRIBUTE_FIELDS[] = {MODULE(fact_attribute), SYM(fact_attribute, name),
                                             NODE(fact_attribute, value),
                                             PLAIN(fact_attribute, line)};
static const field_row MACRO_FIELDS[] = {MODULE(fact_macro),       SYM(fact_macro, name),
                                         PLAIN(fact_macro, arity), STEP(fact_macro, param_first),
                                         NODE(fact_macro, body),   PLAIN(fact_macro, line)};
static const field_row RECORD_FIELDS[] = {MODULE(fact_record),
                                          SYM(fact_record, name),
                                          BOOLEAN(fact_record, is_struct),
                                          STEP(fact_record, field_first),
                                          PLAIN(fact_record, field_count),
                                          PLAIN(fact_record, line)};
static const field_row FIELD_FIELDS[] = {SYM(fact_field, name), NODE(fact_field, value)};
static const field_row INCLUDE_FIELDS[] = {MODULE(fact_include), SYM(fact_include, path),
                                           BOOLEAN(fact_include, is_lib),
                                           PLAIN(fact_include, line)};
static const field_row EXPORT_FIELDS[] = {MODULE(fact_export), SYM(fact_export, name),
                                          PLAIN(fact_export, arity)};
static const field_row DOC_FIELDS[] = {MODULE(fact_doc),
                                       FIELD(fact_doc, function, CHECK_FUNCTION_1, 0, 0),
                                       ENUM(fact_doc, kind, DOC_COMMENT),
                                       SYM(fact_doc, text),
                                       PLAIN(fact_doc, line),
                                       PLAIN(fact_doc, end_line)};
static const field_row IGNORE_FIELDS[] = {PLAIN(fact_ignore, line), SYM(fact_ignore, rule),
                                          SYM(fact_ignore, reason)};

typedef struct {
    size_t vec_offset; /* of the VEC in facts */
    size_t item_size;
    const field_row *fields;
    uint32_t field_count;
} array_row;

#define ARRAY(name, fields)                                                                        \
    {                                                                                              \
        offsetof(facts, name), sizeof(*((facts *)0)->name.items), fields, ARRAY_LEN(fields)        \
    }
static const array_row ARRAYS[] = {
    ARRAY(nodes, NODE_FIELDS),
    ARRAY(kids, INDEX_FIELDS),
    ARRAY(modules, MODULE_FIELDS),
    ARRAY(functions, FUNCTION_FIELDS),
    ARRAY(clauses, CLAUSE_FIELDS),
    ARRAY(uses, USE_FIELDS),
    ARRAY(imports, IMPORT_FIELDS),
    ARRAY(behaviours, BEHAVIOUR_FIELDS),
    ARRAY(attributes, ATTRIBUTE_FIELDS),
    ARRAY(macros, MACRO_FIELDS),
    ARRAY(records, RECORD_FIELDS),
    ARRAY(fields, FIELD_FIELDS),
    ARRAY(includes, INCLUDE_FIELDS),
    ARRAY(exports, EXPORT_FIELDS),
    ARRAY(docs, DOC_FIELDS),
    ARRAY(ignores, IGNORE_FIELDS),
    ARRAY(terms, INDEX_FIELDS),
};

/* Every VEC has this layout. */
typedef VEC(unsigned char) byte_vec;

static byte_vec vec_at(const facts *f, const array_row *row)
{
    byte_vec v;
    memcpy(&v, (const char *)f + row->vec_offset, sizeof v);
    return v;
}

static uint32_t field_get(const unsigned char *item, const field_row *field)
{
    uint32_t wide;
    uint16_t narrow;
    switch (field->width) {
    case 1: return item[field->offset];
    case 2: memcpy(&narrow, item + field->offset, sizeof narrow); return narrow;
    default: memcpy(&wide, item + field->offset, sizeof wide); return wide;
    }
}

static void field_set(unsigned char *item, const field_row *field, uint32_t value)
{
    uint16_t narrow = (uint16_t)value;
    switch (field->width) {
    case 1: item[field->offset] = (unsigned char)value; break;
    case 2: memcpy(item + field->offset, &narrow, sizeof narrow); break;
    default: memcpy(item + field->offset, &value, sizeof value); break;
    }
}

/* -- encode -- */

static void number_add(buf *out, uint32_t value)
{
    while (value >= 0x80) {
        buf_add_char(out, (char)(value | 0x80));
        value >>= 7;
    }
    buf_add_char(out, (char)value);
}

static uint32_t zigzag(uint32_t difference)
{
    return difference << 1 ^ (difference & 0x80000000u ? UINT32_MAX : 0);
}

static uint32_t unzigzag(uint32_t coded)
{
    return coded >> 1 ^ (coded & 1 ? UINT32_MAX : 0);
}

static void array_encode(const facts *f, const array_row *row, buf *out)
{
    static const unsigned char ZERO[64];
    byte_vec v = vec_at(f, row);
    const unsigned char *before = ZERO;
    number_add(out, v.count);
    for (uint32_t i = 0; i < v.count; i++) {
        const unsigned char *item = v.items + i * row->item_size;
        for (uint32_t k = 0; k < row->field_count; k++) {
            const field_row *field = &row->fields[k];
            uint32_t value = field_get(item, field);
            number_add(out, field->how == DELTA ? zigzag(value - field_get(before, field)) : value);
        }
        before = item;
    }
}

void facts_encode(const facts *f, buf *out)
{
    buf_add(out, (sv){MAGIC, sizeof MAGIC});
    number_add(out, ENCODING_VERSION);
    number_add(out, f->lang);
    number_add(out, f->partial);
    number_add(out, f->source_bytes);
    number_add(out, f->error_bytes);
    number_add(out, f->error_count);
    number_add(out, f->line_count);
    number_add(out, f->symbols.count);
    for (uint32_t i = 1; i < f->symbols.count; i++) {
        sv text = f->symbols.items[i];
        number_add(out, (uint32_t)text.size);
        buf_add(out, text);
    }
    for (size_t i = 0; i < ARRAY_LEN(ARRAYS); i++) array_encode(f, &ARRAYS[i], out);
}

/* -- decode -- */

typedef struct {
    const unsigned char *at, *end;
    bool bad;
} reader;

static uint32_t number_read(reader *r)
{
    uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        if (r->at == r->end) break;
        unsigned char byte = *r->at++;
        if (shift == 28 && byte > 0x0F) break;
        value |= (uint32_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return value;
    }
    r->bad = true;
    r->at = r->end;
    return 0;
}

static uint32_t left(const reader *r)
{
    return (uint32_t)MIN((size_t)(r->end - r->at), UINT32_MAX);
}

static void symbols_decode(reader *r, facts *f)
{
    uint32_t count = number_read(r);
    for (uint32_t i = 1; i < count && !r->bad; i++) {
        uint32_t size = number_read(r);
        if (size == 0 || size > left(r)) {
            r->bad = true;
            return;
        }
        sym made = sym_add(&f->symbols, (sv){(const char *)r->at, size});
        r->at += size;
        if (made != i) r->bad = true; /* the same text twice */
    }
}

static void array_decode(reader *r, facts *f, const array_row *row)
{
    static const unsigned char ZERO[64];
    byte_vec v = {0};
    uint32_t count = number_read(r);
    /* Each field takes a byte at least, so hostile counts cannot ask for much. */
    if (r->bad || count > left(r) / row->field_count) {
        r->bad = true;
        return;
    }
    if (count == 0) return;
    v.items = base_calloc(count, row->item_size);
    v.capacity = count;
    const unsigned char *before = ZERO;
    for (; v.count < count && !r->bad; v.count++) {
        unsigned char *item = v.items + v.count * row->item_size;
        for (uint32_t k = 0; k < row->field_count; k++) {
            const field_row *field = &row->fields[k];
            uint32_t value = number_read(r);
            if (field->how == DELTA) value = unzigzag(value) + field_get(before, field);
            if (field->width < 4 && value >> (8 * field->width)) r->bad = true;
            field_set(item, field, value);
        }
        before = item;
    }
    memcpy((char *)f + row->vec_offset, &v, sizeof v);
}

static bool field_fits(const facts *f, const field_row *field, uint32_t value)
{
    switch ((field_check)field->check) {
    case CHECK_NONE: return true;
    case CHECK_BELOW: return value < field->arg;
    case CHECK_SYM: return value == 0 || value < f->symbols.count;
    case CHECK_NODE: return value < f->nodes.count;
    case CHECK_MODULE: return value < f->modules.count;
    case CHECK_MODULE_1: return value <= f->modules.count;
    case CHECK_FUNCTION: return value < f->functions.count;
    case CHECK_FUNCTION_1: return value <= f->functions.count;
    }
    return false;
}

static bool array_fits(const facts *f, const array_row *row)
{
    byte_vec v = vec_at(f, row);
    for (uint32_t i = 0; i < v.count; i++)
        for (uint32_t k = 0; k < row->field_count; k++)
            if (!field_fits(f, &row->fields[k],
                            field_get(v.items + i * row->item_size, &row->fields[k])))
                return false;
    return true;
}

static bool range_fits(uint32_t first, uint32_t count, uint32_t limit)
{
    return count == 0 || (first < limit && count <= limit - first);
}

static bool ranges_fit(const facts *f)
{
    for (vec_each(&f->nodes, n))
        if (!range_fits(n->kid_first, n->kid_count, f->kids.count)) return false;
    for (uint32_t i = 0; i < f->functions.count; i++) {
        const fact_function *fn = &f->functions.items[i];
        if (!range_fits(fn->clause_first, fn->clause_count, f->clauses.count)) return false;
        if (fn->default_count > fn->arity) return false;
        for (uint32_t k = 0; k < fn->clause_count; k++)
            if (f->clauses.items[fn->clause_first + k].function != i) return false;
    }
    for (vec_each(&f->clauses, c))
        if (!range_fits(c->param_first, f->functions.items[c->function].arity, f->kids.count))
            return false;
    for (vec_each(&f->macros, m))
        if (m->arity < -1 ||
            !range_fits(m->param_first, m->arity > 0 ? (uint32_t)m->arity : 0, f->kids.count))
            return false;
    for (vec_each(&f->records, rec))
        if (!range_fits(rec->field_first, rec->field_count, f->fields.count)) return false;
    for (uint32_t i = 0; i < f->modules.count; i++)
        if (f->modules.items[i].parent > i) return false;
    return true;
}

/* Parents before children (Kahn's algorithm): no cycle, no path over NODE_DEPTH_MAX, and a walk
 * from every root visits at most WALK_MAX nodes although nodes may be shared. */
static bool nodes_are_trees(const facts *f)
{
    uint32_t count = f->nodes.count;
    uint32_t *parents = base_calloc(count, sizeof *parents);
    uint32_t *depth = base_calloc(count, sizeof *depth);
    uint32_t *order = base_calloc(count, sizeof *order);
    uint64_t *visits = base_calloc(count, sizeof *visits);
    uint64_t visits_total = 0;
    uint32_t ordered = 0;
    bool fits = true;
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t k = 0; k < f->nodes.items[i].kid_count; k++) parents[facts_kid(f, i, k)]++;
    for (uint32_t i = 1; i < count; i++)
        if (parents[i] == 0) order[ordered++] = i;
    for (uint32_t done = 0; done < ordered && fits; done++) {
        uint32_t i = order[done];
        /* One walk from each root; a node without parents is one, or is never visited. */
        if (visits[i] == 0) visits[i] = 1;
        visits_total += visits[i];
        fits = depth[i] < NODE_DEPTH_MAX && visits_total <= WALK_MAX;
        for (uint32_t k = 0; k < f->nodes.items[i].kid_count; k++) {
            uint32_t kid = facts_kid(f, i, k);
            if (kid == 0) continue;
            depth[kid] = MAX(depth[kid], depth[i] + 1);
            visits[kid] = MIN(visits[kid] + visits[i], (uint64_t)WALK_MAX + 1);
            if (--parents[kid] == 0) order[ordered++] = kid;
        }
    }
    fits = fits && (count == 0 || ordered == count - 1);
    free(parents);
    free(depth);
    free(order);
    free(visits);
    return fits;
}

bool facts_decode(sv bytes, facts *f, error *err)
{
    const unsigned char *start = (const unsigned char *)bytes.data;
    reader r = {start, start + bytes.size, false};
    if (bytes.size < sizeof MAGIC || memcmp(start, MAGIC, sizeof MAGIC) != 0)
        return error_set(err, ERR_INPUT, "stored facts: not in our format: parse the blob again");
    r.at += sizeof MAGIC;
    uint32_t version = number_read(&r);
    if (version != ENCODING_VERSION)
        return error_set(err, ERR_INPUT, "stored facts: format %u, not %d: parse the blob again",
                         version, ENCODING_VERSION);
    uint32_t language = number_read(&r);
    uint32_t partial = number_read(&r);
    f->lang = (uint8_t)language;
    f->partial = partial;
    f->source_bytes = number_read(&r);
    f->error_bytes = number_read(&r);
    f->error_count = number_read(&r);
    f->line_count = number_read(&r);
    symbols_decode(&r, f);
    for (size_t i = 0; i < ARRAY_LEN(ARRAYS) && !r.bad; i++) array_decode(&r, f, &ARRAYS[i]);
    bool fits = !r.bad && r.at == r.end && language < LANG_COUNT && partial < 2 && f->nodes.count;
    for (size_t i = 0; i < ARRAY_LEN(ARRAYS) && fits; i++) fits = array_fits(f, &ARRAYS[i]);
    fits = fits && f->nodes.items[0].kind == NODE_NONE && f->nodes.items[0].kid_count == 0;
    if (fits && ranges_fit(f) && nodes_are_trees(f)) return true;
    facts_release(f);
    return error_set(err, ERR_INPUT, "stored facts: damaged: parse the blob again");
}
