#include "base/base.h"

#include "runtime/term.h"

void term_atoms_init(sym_table *atoms)
{
    static const struct {
        uint32_t atom;
        const char *text;
    } odd[] = {{ATOM_gen_call, "$gen_call"}, {ATOM_gen_cast, "$gen_cast"}, {ATOM_no_id, "$no_id"}};
    static const char *const names[] = {
#define X(name) #name,
        TERM_ATOMS(X)
#undef X
    };
    for (uint32_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *text = names[i];
        for (uint32_t k = 0; k < ARRAY_LEN(odd); k++)
            if (odd[k].atom == i + 1) text = odd[k].text;
        sym_add(atoms, sv_from(text));
    }
}

static term compound(term_heap *heap, unsigned tag, const term *items, uint32_t count)
{
    if (count > TERM_COUNT_MAX || heap->count + count + 1 > HEAP_WORDS_MAX) {
        heap->full = true;
        count = 0;
        if (heap->count + 1 > HEAP_WORDS_MAX) heap->count = 0;
    }
    if (heap->count + count + 1 > heap->capacity) {
        uint32_t wanted = heap->capacity ? heap->capacity * 2 : 1024;
        while (wanted < heap->count + count + 1) wanted *= 2;
        heap->words = base_realloc(heap->words, wanted * sizeof *heap->words);
        heap->capacity = wanted;
    }
    uint32_t at = heap->count;
    heap->words[at] = count;
    if (count) memcpy(heap->words + at + 1, items, count * sizeof *items);
    heap->count += count + 1;
    return (term)at << 3 | tag;
}

term term_tuple(term_heap *heap, const term *items, uint32_t count)
{
    return compound(heap, T_TUPLE, items, count);
}

term term_list(term_heap *heap, const term *items, uint32_t count)
{
    return compound(heap, T_LIST, items, count);
}

static bool is_compound(term t)
{
    return term_tag(t) == T_TUPLE || term_tag(t) == T_LIST;
}

uint32_t term_count(const term_heap *heap, term t)
{
    return is_compound(t) ? (uint32_t)heap->words[t >> 3] : 0;
}

term term_at(const term_heap *heap, term t, uint32_t i)
{
    return i < term_count(heap, t) ? heap->words[(t >> 3) + 1 + i] : TERM_NONE;
}

bool term_is_tagged(const term_heap *heap, term t, uint32_t count, sym tag)
{
    return term_tag(t) == T_TUPLE && term_count(heap, t) == count && count > 0 &&
           term_at(heap, t, 0) == term_atom(tag);
}

/* The depth of a term is bounded by the program that builds it, not by its input: expressions
 * nest at most SCENARIO_DEPTH_MAX deep, but a loop may wrap a value again and again. */
enum { DEPTH_MAX = 200 };

static int cmp_deep(const term_heap *heap, const sym_table *atoms, term a, term b, int depth)
{
    static const int rank[] = {0, 1, 2, 4, 3, 5, 6, 7};
    if (a == b || depth > DEPTH_MAX) return 0;
    unsigned ta = term_tag(a), tb = term_tag(b);
    if (ta != tb) return rank[ta] < rank[tb] ? -1 : 1;
    if (ta == T_INT) return term_int_value(a) < term_int_value(b) ? -1 : 1;
    if (ta == T_ATOM && atoms)
        return sv_cmp(sym_text(atoms, term_sym(a)), sym_text(atoms, term_sym(b)));
    if (heap->pid_cmp && (ta == T_PID || ta == T_REF)) {
        bool pids = ta == T_PID;
        int order = heap->pid_cmp(heap->pid_owner, pids ? term_pid_value(a) : term_ref_pid(a),
                                  pids ? term_pid_value(b) : term_ref_pid(b));
        if (order) return order;
    }
    if (!is_compound(a)) return a < b ? -1 : 1;
    uint32_t na = term_count(heap, a), nb = term_count(heap, b);
    if (ta == T_TUPLE && na != nb) return na < nb ? -1 : 1;
    for (uint32_t i = 0; i < na && i < nb; i++) {
        int order = cmp_deep(heap, atoms, term_at(heap, a, i), term_at(heap, b, i), depth + 1);
        if (order) return order;
    }
    return na == nb ? 0 : na < nb ? -1 : 1;
}

int term_cmp(const term_heap *heap, const sym_table *atoms, term a, term b)
{
    return cmp_deep(heap, atoms, a, b, 0);
}

bool term_eq(const term_heap *heap, term a, term b)
{
    if (a == b) return true;
    if (!is_compound(a) || term_tag(a) != term_tag(b)) return false;
    return cmp_deep(heap, NULL, a, b, 0) == 0;
}

static void words_deep(const term_heap *heap, term t, int depth, uint32_t *words)
{
    uint32_t count = term_count(heap, t);
    *words += count ? count + 1 : 0;
    if (depth > DEPTH_MAX) return;
    for (uint32_t i = 0; i < count && *words < TERM_COUNT_MAX; i++)
        words_deep(heap, term_at(heap, t, i), depth + 1, words);
}

uint32_t term_words(const term_heap *heap, term t)
{
    uint32_t words = 1;
    words_deep(heap, t, 0, &words);
    return words;
}

bool term_atom_is_plain(sv text)
{
    if (sv_eq_c(text, "EXIT") || sv_eq_c(text, "DOWN")) return true;
    if (text.size == 0 || text.data[0] < 'a' || text.data[0] > 'z') return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_'))
            return false;
    }
    return true;
}

static void print_deep(const term_heap *heap, const sym_table *atoms, term t,
                       term_pid_print_fn pid_print, void *owner, buf *out, int depth)
{
    switch (term_tag(t)) {
    case T_INT: buf_printf(out, "%" PRId64, term_int_value(t)); return;
    case T_ATOM: {
        sv text = sym_text(atoms, term_sym(t));
        bool plain = term_atom_is_plain(text);
        if (!plain) buf_add_char(out, '"');
        buf_add(out, text);
        if (!plain) buf_add_char(out, '"');
        return;
    }
    case T_PID:
        if (pid_print) pid_print(owner, term_pid_value(t), out);
        else buf_printf(out, "<%u>", term_pid_value(t));
        return;
    case T_REF:
        buf_add_c(out, "#");
        buf_printf(out, "%u", term_ref_n(t));
        buf_add_c(out, " of ");
        print_deep(heap, atoms, term_pid(term_ref_pid(t)), pid_print, owner, out, depth);
        return;
    case T_TUPLE:
    case T_LIST: break;
    default: buf_add_c(out, "none"); return;
    }
    bool tuple = term_tag(t) == T_TUPLE;
    buf_add_char(out, tuple ? '{' : '[');
    for (uint32_t i = 0; i < term_count(heap, t); i++) {
        if (i) buf_add_c(out, ", ");
        if (depth > 16 || i > 64) {
            buf_add_c(out, "...");
            break;
        }
        print_deep(heap, atoms, term_at(heap, t, i), pid_print, owner, out, depth + 1);
    }
    buf_add_char(out, tuple ? '}' : ']');
}

void term_print(const term_heap *heap, const sym_table *atoms, term t, term_pid_print_fn pid_print,
                void *owner, buf *out)
{
    print_deep(heap, atoms, t, pid_print, owner, out, 0);
}

void term_heap_release(term_heap *heap)
{
    free(heap->words);
    *heap = (term_heap){0};
}
