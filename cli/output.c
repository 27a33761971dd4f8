#include "base/base.h"
#include <sys/ioctl.h>
#include <unistd.h>
#include "cli/cli.h"

static bool colored;

void cli_color_mode(const char *mode)
{
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (strcmp(mode, "always") == 0) colored = true;
    else if (strcmp(mode, "never") == 0) colored = false;
    else
        colored = isatty(STDOUT_FILENO) == 1 && !(no_color && *no_color) &&
                  !(terminal && strcmp(terminal, "dumb") == 0);
}

const char *cli_paint(cli_color color)
{
    static const char *const codes[] = {
        [COLOR_NONE] = "\033[0m",   [COLOR_BOLD] = "\033[1m",    [COLOR_DIM] = "\033[2m",
        [COLOR_RED] = "\033[1;31m", [COLOR_YELLOW] = "\033[33m", [COLOR_BLUE] = "\033[34m"};
    return colored ? codes[color] : "";
}

cli_color cli_level_color(const char *level)
{
    if (strcmp(level, "error") == 0) return COLOR_RED;
    return strcmp(level, "warning") == 0 ? COLOR_YELLOW : COLOR_BLUE;
}

bool cli_format_parse(const char *text, cli_format *out)
{
    static const char *const names[] = {"table", "csv", "json"};
    *out = FORMAT_TABLE;
    if (!text) return true;
    for (int i = 0; i < (int)ARRAY_LEN(names); i++) {
        *out = (cli_format)i;
        if (strcmp(text, names[i]) == 0) return true;
    }
    return false;
}

uint32_t cli_terminal_width(void)
{
    struct winsize size;
    if (isatty(STDOUT_FILENO) != 1 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_col;
}

bool cli_flush(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return true;
    if (errno != EPIPE) log_line(LOG_ERROR, "cannot write to stdout: %s", strerror(errno));
    return false;
}

/* Columns that text takes on a terminal: one a code point, which is close enough for names. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (const char *p = text; *p; p++) width += ((unsigned char)*p & 0xC0) != 0x80;
    return width;
}

static void print_cell(const char *text, size_t width, bool right, bool last, size_t cut)
{
    size_t have = width_of(text), size = strlen(text);
    if (cut && have > cut) {
        size = 0;
        for (size_t seen = 0; text[size]; size++) {
            seen += ((unsigned char)text[size] & 0xC0) != 0x80;
            if (seen == cut) break;
        }
        printf("%.*s…\n", (int)size, text);
        return;
    }
    size_t pad = width > have ? width - have : 0;
    if (right) printf("%*s%s", (int)pad, "", text);
    else if (last) fputs(text, stdout);
    else printf("%s%*s", text, (int)pad, "");
    fputs(last ? "\n" : "  ", stdout);
}

/* The column that a bar is drawn for: the first share or rate. UINT32_MAX: none. */
static uint32_t bar_column(const db_result *r, double *max)
{
    for (uint32_t c = 0; c < db_result_columns(r); c++) {
        sv name = sv_from(db_result_name(r, c));
        if (!db_result_is_number(r, c) ||
            !(sv_starts(name, SV("percent")) || sv_starts(name, SV("per_")) ||
              sv_has(name, SV("_per_"))))
            continue;
        *max = 0;
        for (uint32_t i = 0; i < db_result_rows(r); i++) {
            const char *text = db_result_text(r, i, c);
            if (text) *max = MAX(*max, strtod(text, NULL));
        }
        return *max > 0 ? c : UINT32_MAX;
    }
    return UINT32_MAX;
}

enum { BAR_WIDTH = 24, BAR_WIDTH_MIN = 6 };

/* share of so many columns, to an eighth of one. */
static void print_bar(double share, size_t width)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    unsigned parts = (unsigned)(share * (double)width * 8 + 0.5);
    fputs(cli_paint(COLOR_BLUE), stdout);
    for (unsigned i = 0; i < parts / 8; i++) fputs("█", stdout);
    printf("%s%s\n", eighths[parts % 8], cli_paint(COLOR_NONE));
}

static void print_table(const db_result *r, uint32_t max_width, bool bars)
{
    double bar_max = 0;
    uint32_t bar_of = bars ? bar_column(r, &bar_max) : UINT32_MAX;

    uint32_t columns = db_result_columns(r), rows = db_result_rows(r);
    size_t *widths = base_calloc(columns, sizeof *widths), before = 0;
    for (uint32_t c = 0; c < columns; c++) {
        widths[c] = width_of(db_result_name(r, c));
        for (uint32_t i = 0; i < rows; i++) {
            const char *text = db_result_text(r, i, c);
            if (text) widths[c] = MAX(widths[c], width_of(text));
        }
        if (c + 1 < columns) before += widths[c] + 2;
    }
    size_t used = before + (columns ? widths[columns - 1] : 0) + 3;
    size_t bar_width = max_width > used ? MIN((size_t)BAR_WIDTH, max_width - used) : 0;
    bool with_bar = bar_of != UINT32_MAX && bar_width >= BAR_WIDTH_MIN;
    size_t cut = max_width > before + 10 ? max_width - before : 0;
    fputs(cli_paint(COLOR_BOLD), stdout);
    for (uint32_t c = 0; c < columns; c++)
        print_cell(db_result_name(r, c), widths[c], db_result_is_number(r, c), c + 1 == columns, 0);
    fputs(cli_paint(COLOR_NONE), stdout);
    for (uint32_t i = 0; i < rows; i++) {
        for (uint32_t c = 0; c < columns; c++) {
            const char *text = db_result_text(r, i, c);
            bool last = c + 1 == columns && !with_bar;
            print_cell(text ? text : "", widths[c], db_result_is_number(r, c), last,
                       last ? cut : 0);
        }
        if (!with_bar) continue;
        const char *text = db_result_text(r, i, bar_of);
        print_bar(text ? strtod(text, NULL) / bar_max : 0, bar_width);
    }
    if (rows == 0) printf("(no rows)\n");
    free(widths);
}

/* RFC 4180. */
static void print_csv(const db_result *r)
{
    uint32_t columns = db_result_columns(r);
    for (uint32_t i = 0; i <= db_result_rows(r); i++)
        for (uint32_t c = 0; c < columns; c++) {
            const char *text = i == 0 ? db_result_name(r, c) : db_result_text(r, i - 1, c);
            if (text && strpbrk(text, ",\"\r\n")) {
                putchar('"');
                for (const char *p = text; *p; p++) {
                    if (*p == '"') putchar('"');
                    putchar(*p);
                }
                putchar('"');
            } else if (text) {
                fputs(text, stdout);
            }
            fputs(c + 1 == columns ? "\r\n" : ",", stdout);
        }
}

static void print_json(const db_result *r)
{
    buf out = {0};
    json_out j = {.out = &out};
    json_array(&j);
    for (uint32_t i = 0; i < db_result_rows(r); i++) {
        json_object(&j);
        for (uint32_t c = 0; c < db_result_columns(r); c++) {
            const char *text = db_result_text(r, i, c);
            int64_t whole;
            json_key(&j, db_result_name(r, c));
            if (!text) json_null(&j);
            else if (db_result_is_bool(r, c)) json_bool(&j, text[0] == 't');
            else if (!db_result_is_number(r, c)) json_c(&j, text);
            else if (sv_to_i64(sv_from(text), &whole)) json_i64(&j, whole);
            else json_f64(&j, strtod(text, NULL));
        }
        json_object_end(&j);
    }
    json_array_end(&j);
    printf("%s\n", out.data);
    buf_release(&out);
}

void cli_print_result(const db_result *r, cli_format format, uint32_t max_width)
{
    switch (format) {
    case FORMAT_TABLE: print_table(r, max_width, false); break;
    case FORMAT_CSV: print_csv(r); break;
    case FORMAT_JSON: print_json(r); break;
    }
}

void cli_print_bars(const db_result *r, uint32_t max_width)
{
    print_table(r, max_width, true);
}
