/* A failing run as a message sequence chart. */
#include "base/base.h"
#include "reproduce/reproduce.h"

enum { COLUMNS_MAX = 24, ROWS_MAX = 400, COLUMN_PX = 170, ROW_PX = 34, LABEL_MAX = 60 };

typedef struct {
    const char *columns[COLUMNS_MAX];
    uint32_t count;
} chart;

static uint32_t column(chart *c, const char *process)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (strcmp(c->columns[i], process) == 0) return i;
    if (c->count < COLUMNS_MAX) c->columns[c->count++] = process;
    return c->count - 1;
}

/* The column of the process that an event's words name after one of these beginnings. */
static bool peer(const chart *c, const rt_trace_event *e, uint32_t *out)
{
    static const char *const verbs[] = {"calls ", "casts to ",   "casts ",
                                        "sends ", "replies to ", "starts "};
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (strncmp(e->event, verbs[i], strlen(verbs[i])) != 0) continue;
        /* The first word that is a process, after the verb. */
        const char *at = e->event + strlen(verbs[i]);
        for (uint32_t k = 0; k < c->count; k++) {
            const char *name = c->columns[k];
            size_t short_size = strcspn(name, "<");
            const char *found = strstr(at, name);
            bool short_fits = strncmp(at, name, short_size) == 0 &&
                              (at[short_size] == ' ' || at[short_size] == '\0');
            if (found == at || short_fits) {
                *out = k;
                return true;
            }
        }
    }
    return false;
}

static bool is_failure(const rt_outcome *o, uint32_t i)
{
    static const char *const words[] = {
        "crashes",  "deadlock", "waits for ever", "never answer", "times out",
        "gives up", "is lost",  "drops",          "meant for",    "ring",
        "late",     "bound",    "does not hold",  "fails"};
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (strstr(o->trace[i].event, words[k])) return true;
    return false;
}

static void label(buf *out, const char *text, bool xml)
{
    size_t n = 0;
    for (; *text && n < LABEL_MAX; text++, n++) {
        char ch = *text;
        if (xml && ch == '<') buf_add_c(out, "&lt;");
        else if (xml && ch == '>') buf_add_c(out, "&gt;");
        else if (xml && ch == '&') buf_add_c(out, "&amp;");
        else if (!xml && (ch == ';' || ch == '#' || ch == '\n')) buf_add_char(out, ' ');
        else buf_add_char(out, ch);
    }
    if (*text) buf_add_c(out, "...");
}

static void collect(chart *c, const rt_outcome *o)
{
    for (uint32_t i = 0; i < o->trace_count; i++) (void)column(c, o->trace[i].process);
}

void reproduce_mermaid(const rt_outcome *o, buf *out)
{
    chart c = {0};
    collect(&c, o);
    buf_add_c(out, "sequenceDiagram\n");
    for (uint32_t i = 0; i < c.count; i++) {
        buf_printf(out, "    participant p%u as ", i);
        label(out, c.columns[i], false);
        buf_add_char(out, '\n');
    }
    for (uint32_t i = 0; i < o->trace_count && i < ROWS_MAX; i++) {
        const rt_trace_event *e = &o->trace[i];
        uint32_t from = column(&c, e->process), to;
        if (peer(&c, e, &to) && to != from)
            buf_printf(out, "    p%u->>p%u: %" PRId64 " ms ", from, to, e->time_ms);
        else if (is_failure(o, i))
            buf_printf(out, "    Note over p%u: FAILS %" PRId64 " ms ", from, e->time_ms);
        else buf_printf(out, "    Note over p%u: %" PRId64 " ms ", from, e->time_ms);
        label(out, e->event, false);
        if (*e->place) buf_printf(out, " (%s)", e->place);
        buf_add_char(out, '\n');
    }
}

void reproduce_svg(const rt_outcome *o, buf *out)
{
    chart c = {0};
    collect(&c, o);
    uint32_t rows = MIN(o->trace_count, (uint32_t)ROWS_MAX);
    uint32_t width = c.count * COLUMN_PX + 420, height = rows * ROW_PX + 80;
    buf_printf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" width=\"%u\" "
               "font-family=\"sans-serif\" font-size=\"12\">\n<title>",
               width, height, width);
    label(out, o->summary, true);
    buf_add_c(out,
              "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
              "<defs><marker id=\"a\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" "
              "markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/>"
              "</marker></defs>\n");
    for (uint32_t i = 0; i < c.count; i++) {
        uint32_t x = i * COLUMN_PX + COLUMN_PX / 2;
        buf_printf(out, "<text x=\"%u\" y=\"24\" text-anchor=\"middle\" font-weight=\"bold\">", x);
        label(out, c.columns[i], true);
        buf_printf(out,
                   "</text>\n<line x1=\"%u\" y1=\"34\" x2=\"%u\" y2=\"%u\" stroke=\"#999\"/>\n", x,
                   x, height - 20);
    }
    for (uint32_t i = 0; i < rows; i++) {
        const rt_trace_event *e = &o->trace[i];
        uint32_t from = column(&c, e->process), to = from, y = 60 + i * ROW_PX;
        uint32_t x = from * COLUMN_PX + COLUMN_PX / 2;
        bool bad = is_failure(o, i);
        const char *color = bad ? "#c00" : "#000";
        if (peer(&c, e, &to) && to != from)
            buf_printf(out,
                       "<line x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\" stroke=\"%s\" "
                       "marker-end=\"url(#a)\"/>\n",
                       x, y, to * COLUMN_PX + COLUMN_PX / 2, y, color);
        else
            buf_printf(out, "<circle cx=\"%u\" cy=\"%u\" r=\"%d\" fill=\"%s\"/>\n", x, y,
                       bad ? 6 : 3, color);
        buf_printf(out, "<text x=\"%u\" y=\"%u\" fill=\"%s\"%s>",
                   MIN(x, to * COLUMN_PX + COLUMN_PX / 2) + 8, y - 4, color,
                   bad ? " font-weight=\"bold\"" : "");
        label(out, e->event, true);
        if (*e->place) {
            buf_add_c(out, " [");
            label(out, e->place, true);
            buf_add_char(out, ']');
        }
        buf_add_c(out, "</text>\n");
    }
    buf_add_c(out, "</svg>\n");
}
