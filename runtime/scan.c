#include "base/base.h"

#include "runtime/parse.h"

typedef struct {
    sv file_name, text;
    size_t at;
    size_t line_begin;
    uint32_t line;
    token_list *out;
    error *err;
    bool line_start, blank, tight;
    uint32_t comment_first;
    int nested;
} scanner;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_word_char(char c)
{
    return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool fail(scanner *s, const char *what)
{
    return error_set(s->err, ERR_INPUT, "%.*s:%u:%zu: %s", SV_FMT(s->file_name), s->line,
                     s->at - s->line_begin + 1, what);
}

/* White space and comments. A comment behind a token belongs to that token. */
static void skip(scanner *s)
{
    uint32_t newlines = 0;
    s->tight = true;
    while (s->at < s->text.size) {
        char c = s->text.data[s->at];
        if (c == '\n') {
            s->line++;
            s->line_begin = ++s->at;
            s->line_start = true;
            if (++newlines > 1) s->blank = true;
        } else if (c == ' ' || c == '\t' || c == '\r') {
            s->at++;
        } else if (c == '#') {
            size_t end = sv_find(s->text, SV("\n"), s->at);
            if (end == SIZE_MAX) end = s->text.size;
            sv comment = sv_trim(sv_slice(s->text, s->at, end));
            if (!s->line_start && s->out->tokens.count)
                vec_last(&s->out->tokens)->trailing = comment;
            else vec_push(&s->out->comments, comment);
            s->at = end;
            newlines = 0;
        } else {
            return;
        }
        s->tight = false;
    }
}

static bool scan_string(scanner *s, token *t)
{
    size_t from = ++s->at;
    while (s->at < s->text.size && s->text.data[s->at] != '"') {
        unsigned char c = (unsigned char)s->text.data[s->at];
        if (c < 0x20 || c == '\\')
            return fail(s, "a string holds no backslash and no control character, and ends on its "
                           "line with \"");
        s->at++;
    }
    if (s->at == s->text.size) return fail(s, "the string is not closed; add \"");
    t->kind = TOKEN_STRING;
    t->text = sv_slice(s->text, from, s->at++);
    return true;
}

static bool scan_token(scanner *s, token *t)
{
    static const char *const marks[] = {"==", "!=", "<=", ">=", "++", "<", ">", "=",
                                        "{",  "}",  "[",  "]",  "(",  ")", ",", "|",
                                        "^",  "+",  "-",  "*",  "/",  "@", ";"};
    size_t from = s->at;
    char c = s->text.data[s->at];
    if (c == '"') return scan_string(s, t);
    if (is_word_char(c)) {
        while (s->at < s->text.size && is_word_char(s->text.data[s->at])) s->at++;
        t->text = sv_slice(s->text, from, s->at);
        bool reserved = sv_eq_c(t->text, "EXIT") || sv_eq_c(t->text, "DOWN");
        t->kind = is_digit(c)                                         ? TOKEN_INT
                  : !reserved && (c == '_' || (c >= 'A' && c <= 'Z')) ? TOKEN_VAR
                                                                      : TOKEN_WORD;
        if (t->kind == TOKEN_INT && (!sv_to_i64(t->text, &t->value) || t->value > INT64_MAX / 16)) {
            s->at = from;
            return fail(s, "this is no number; names begin with a letter");
        }
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (!sv_starts(sv_slice(s->text, s->at, s->text.size), sv_from(marks[i]))) continue;
        s->at += strlen(marks[i]);
        t->kind = TOKEN_MARK;
        t->text = sv_slice(s->text, from, s->at);
        return true;
    }
    return fail(s, "this character means nothing here; texts stand in \"quotes\"");
}

bool scan(sv file_name, sv text, token_list *out, error *err)
{
    scanner s = {.file_name = file_name, .text = text, .line = 1, .out = out, .err = err};
    s.line_start = true;
    if (text.size > PROGRAM_BYTES_MAX)
        return error_set(err, ERR_LIMIT, "%.*s: a scenario has at most %d bytes", SV_FMT(file_name),
                         PROGRAM_BYTES_MAX);
    for (;;) {
        uint32_t comment_first = out->comments.count;
        skip(&s);
        token t = {.line_start = s.line_start,
                   .after_blank = s.blank,
                   .tight = s.tight,
                   .line = s.line,
                   .column = (uint32_t)(s.at - s.line_begin + 1),
                   .comment_first = comment_first,
                   .comment_count = out->comments.count - comment_first};
        s.line_start = s.blank = false;
        if (s.at < text.size && !scan_token(&s, &t)) return false;
        vec_push(&out->tokens, t);
        if (t.kind == TOKEN_END) return true;
    }
}

void token_list_release(token_list *list)
{
    vec_release(&list->tokens);
    vec_release(&list->comments);
}
