/* A measured curve as a chart in SVG. Colours follow what the reader's screen prefers, light or
 * dark; lines differ by their marks too, so that colour alone says nothing. */
#include "base/base.h"
#include "reproduce/sweep.h"
#include <math.h>

enum {
    WIDTH = 860,
    LEFT = 70,
    RIGHT = 560, /* of the plot; the legend stands beyond */
    TOP = 52,
    BOTTOM = 330,
    TOLD_LINE_PX = 17,
    TOLD_CHARACTERS = 130,
    COLORS = 6
};

typedef struct {
    const load_curve *c;
    buf *out;
    double x_low, x_high, y_low, y_high; /* what the axes span */
} plot;

static void text_add(buf *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size && text[i]; i++) {
        char ch = text[i];
        if (ch == '<') buf_add_c(out, "&lt;");
        else if (ch == '>') buf_add_c(out, "&gt;");
        else if (ch == '&') buf_add_c(out, "&amp;");
        else buf_add_char(out, (unsigned char)ch < ' ' ? ' ' : ch);
    }
}

static double x_px(const plot *p, double x)
{
    double part = log(x / p->x_low) / log(p->x_high / p->x_low);
    return LEFT + part * (RIGHT - LEFT);
}

static double y_px(const plot *p, double y)
{
    double part = p->c->y_log ? log(MAX(y, p->y_low) / p->y_low) / log(p->y_high / p->y_low)
                              : (y - p->y_low) / (p->y_high - p->y_low);
    return BOTTOM - part * (BOTTOM - TOP);
}

static bool span(plot *p)
{
    bool any = false;
    for (uint32_t i = 0; i < p->c->line_count; i++)
        for (uint32_t k = 0; k < p->c->lines[i].point_count; k++) {
            const load_point *at = &p->c->lines[i].points[k];
            if (!any) *p = (plot){p->c, p->out, at->x, at->x, at->y, at->y};
            any = true;
            p->x_low = MIN(p->x_low, at->x);
            p->x_high = MAX(p->x_high, at->x);
            p->y_low = MIN(p->y_low, at->y);
            p->y_high = MAX(p->y_high, at->y);
        }
    if (!any) return false;
    p->y_high = MAX(p->y_high, p->c->y_tip);
    if (p->x_high <= p->x_low) p->x_high = p->x_low * 10;
    if (p->c->y_log) {
        p->y_low = pow(10, floor(log10(MAX(p->y_low, 1))));
        p->y_high = pow(10, ceil(log10(MAX(p->y_high, p->y_low * 10))));
    } else {
        p->y_low = 0;
        p->y_high = p->y_high > 25 ? 100 : ceil(MAX(p->y_high, 1) / 5) * 5;
    }
    return true;
}

static void head(const plot *p, double height)
{
    buf_printf(p->out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" "
               "height=\"%.0f\" role=\"img\">\n<title>",
               WIDTH, height, WIDTH, height);
    text_add(p->out, p->c->title, SIZE_MAX);
    buf_add_c(p->out, "</title>\n<desc>");
    text_add(p->out, p->c->told, SIZE_MAX);
    buf_add_c(p->out,
              "</desc>\n<style>\n"
              "text { font: 12px system-ui, sans-serif; fill: #1f2328 }\n"
              ".t { font-size: 15px; font-weight: 600 }\n"
              ".g { fill: #ffffff } .a { stroke: #57606a; fill: none }\n"
              ".r { stroke: #d0d7de; fill: none } .l { fill: none; stroke-width: 2 }\n"
              ".m { stroke: #57606a; stroke-dasharray: 2 3; fill: none }\n"
              ".c0 { stroke: #0969da } .c1 { stroke: #bc4c00 } .c2 { stroke: #8250df }\n"
              ".c3 { stroke: #bf3989 } .c4 { stroke: #6e5a00 } .c5 { stroke: #1a7f37 }\n"
              ".h { paint-order: stroke; stroke: #ffffff; stroke-width: 3px }\n"
              ".k { stroke-dasharray: 7 4 }\n.p { stroke-width: 2 } .b { font-weight: 600 }\n"
              "@media (prefers-color-scheme: dark) {\n"
              "text { fill: #e6edf3 } .g { fill: #0d1117 } .a, .m { stroke: #9198a1 }\n"
              ".r { stroke: #30363d } .h { stroke: #0d1117 }\n"
              ".c0 { stroke: #58a6ff } .c1 { stroke: #f0883e } .c2 { stroke: #bc8cff }\n"
              ".c3 { stroke: #f778ba } .c4 { stroke: #e3b341 } .c5 { stroke: #3fb950 }\n"
              "}\n</style>\n<rect class=\"g\" width=\"100%\" height=\"100%\"/>\n");
    buf_printf(p->out, "<text class=\"t\" x=\"%d\" y=\"24\">", 16);
    text_add(p->out, p->c->title, SIZE_MAX);
    buf_add_c(p->out, "</text>\n");
}

static void x_tick(const plot *p, double x)
{
    double at = x_px(p, x);
    buf_printf(p->out, "<path class=\"r\" d=\"M%.1f %dV%d\"/>\n", at, TOP, BOTTOM);
    buf_printf(p->out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">", at, BOTTOM + 18);
    buf_printf(p->out, "%g</text>\n", x);
}

static void y_tick(const plot *p, double y)
{
    double at = y_px(p, y);
    buf_printf(p->out, "<path class=\"r\" d=\"M%d %.1fH%d\"/>\n", LEFT, at, RIGHT);
    buf_printf(p->out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n", LEFT - 8,
               at + 4, y);
}

static void axes(const plot *p)
{
    /* Decades, and two steps between where there are few of them. */
    bool fine = log10(p->x_high / p->x_low) < 2.5;
    for (double decade = pow(10, floor(log10(p->x_low))); decade <= p->x_high; decade *= 10)
        for (int step = 1; step <= (fine ? 5 : 1); step += step == 1 ? 1 : 3)
            if (decade * step >= p->x_low && decade * step <= p->x_high) x_tick(p, decade * step);
    if (p->c->y_log)
        for (double y = p->y_low; y <= p->y_high * 1.001; y *= 10) y_tick(p, y);
    else
        for (int i = 0; i <= 4; i++) y_tick(p, p->y_high * i / 4);
    buf_printf(p->out, "<path class=\"a\" d=\"M%d %dV%dH%d\"/>\n", LEFT, TOP, BOTTOM, RIGHT);
    buf_printf(p->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", (LEFT + RIGHT) / 2,
               BOTTOM + 40);
    text_add(p->out, p->c->x_label, SIZE_MAX);
    buf_printf(p->out,
               "</text>\n<text transform=\"rotate(-90)\" x=\"%d\" y=\"18\" "
               "text-anchor=\"middle\">",
               -(TOP + BOTTOM) / 2);
    text_add(p->out, p->c->y_label, SIZE_MAX);
    buf_add_c(p->out, "</text>\n");
    double tip = y_px(p, p->c->y_tip);
    buf_printf(p->out,
               "<path class=\"m\" d=\"M%d %.1fH%d\"/>\n<text class=\"h\" x=\"%d\" y=\"%.1f\" "
               ">fails from here up</text>\n",
               LEFT, tip, RIGHT, LEFT + 6, tip - 5);
}

static void mark(const plot *p, uint32_t index, double x, double y, double size)
{
    static const char *const shapes[] = {
        "<circle class=\"g p c%u\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>\n",
        "<path class=\"g p c%u\" transform=\"translate(%.1f %.1f) scale(%.1f)\" "
        "vector-effect=\"non-scaling-stroke\" d=\"M-1 -1H1V1H-1z\"/>\n",
        "<path class=\"g p c%u\" transform=\"translate(%.1f %.1f) scale(%.1f)\" "
        "vector-effect=\"non-scaling-stroke\" d=\"M0 -1.3L1.2 .9H-1.2z\"/>\n"};
    uint32_t shape = index % ARRAY_LEN(shapes);
    if (shape == 0) buf_printf(p->out, shapes[0], index % COLORS, x, y, size);
    else if (shape == 1) buf_printf(p->out, shapes[1], index % COLORS, x, y, size);
    else buf_printf(p->out, shapes[2], index % COLORS, x, y, size);
}

static void line_draw(const plot *p, uint32_t index)
{
    const load_line *line = &p->c->lines[index];
    buf_printf(p->out, "<polyline class=\"l c%u%s\" points=\"", index % COLORS,
               line->control ? " k" : "");
    for (uint32_t i = 0; i < line->point_count; i++)
        buf_printf(p->out, "%s%.1f,%.1f", i ? " " : "", x_px(p, line->points[i].x),
                   y_px(p, line->points[i].y));
    buf_add_c(p->out, "\"/>\n");
    for (uint32_t i = 0; i < line->point_count; i++)
        mark(p, index, x_px(p, line->points[i].x), y_px(p, line->points[i].y), 2.5);
}

/* Where it tips: a ring on the line, a line down, and the number; numbers side by side keep out of
 * each other's way. */
static void tips_draw(const plot *p)
{
    enum { ROW_PX = 14, NUMBER_PX = 40, ROWS = 3 };
    uint32_t row = 0;
    double after = -1;
    for (uint32_t drawn = 0;;) {
        /* The next one by x. */
        const load_line *line = NULL;
        for (uint32_t i = 0; i < p->c->line_count; i++) {
            const load_line *k = &p->c->lines[i];
            if (k->tips && !(drawn >> i & 1) && (!line || k->x_tip < line->x_tip)) line = k;
        }
        if (!line) return;
        uint32_t index = (uint32_t)(line - p->c->lines);
        drawn |= 1u << index;
        double x = x_px(p, line->x_tip), y = y_px(p, p->c->y_tip);
        row = x < after + NUMBER_PX ? (row + 1) % ROWS : 0;
        after = x;
        bool left = x > RIGHT - NUMBER_PX;
        buf_printf(p->out, "<path class=\"m\" d=\"M%.1f %.1fV%d\"/>\n", x, y, BOTTOM);
        buf_printf(p->out, "<circle class=\"l c%u\" cx=\"%.1f\" cy=\"%.1f\" r=\"7\"/>\n",
                   index % COLORS, x, y);
        buf_printf(p->out, "<text class=\"b h\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">",
                   left ? x - 5 : x + 5, BOTTOM - 7 - ROW_PX * (int)row, left ? "end" : "start");
        number_add(p->out, line->x_tip);
        buf_add_c(p->out, "</text>\n");
    }
}

/* Breaks a text between words into lines of at most so many characters. */
static uint32_t wrapped(const plot *p, const char *text, int x, double y, uint32_t characters,
                        bool draw)
{
    uint32_t lines = 0;
    while (*text) {
        size_t size = strlen(text), cut = size;
        if (size > characters) {
            for (cut = characters; cut && text[cut] != ' '; cut--) {
            }
            if (!cut) cut = characters;
            while (cut < size && ((unsigned char)text[cut] & 0xC0) == 0x80) cut++;
        }
        if (draw) {
            buf_printf(p->out, "<text x=\"%d\" y=\"%.0f\">", x, y + lines * TOLD_LINE_PX);
            text_add(p->out, text, cut);
            buf_add_c(p->out, "</text>\n");
        }
        text += cut;
        while (*text == ' ') text++;
        lines++;
    }
    return lines;
}

static void legend(const plot *p)
{
    double y = TOP + 8;
    for (uint32_t i = 0; i < p->c->line_count; i++) {
        const load_line *line = &p->c->lines[i];
        buf_printf(p->out, "<path class=\"l c%u%s\" d=\"M%d %.0fh28\"/>\n", i % COLORS,
                   line->control ? " k" : "", RIGHT + 18, y);
        mark(p, i, RIGHT + 32, y, 3.5);
        y += TOLD_LINE_PX * wrapped(p, line->name, RIGHT + 54, y + 4, 34, true) + 6;
    }
}

void load_curve_svg(const load_curve *c, buf *out)
{
    plot p = {.c = c, .out = out};
    bool any = span(&p);
    uint32_t told = wrapped(&p, any ? c->told : c->why, 16, 0, TOLD_CHARACTERS, false);
    double below = any ? BOTTOM + 72 : 60;
    head(&p, below + told * TOLD_LINE_PX);
    if (any) {
        axes(&p);
        for (uint32_t i = 0; i < c->line_count; i++) line_draw(&p, i);
        tips_draw(&p);
        legend(&p);
    }
    wrapped(&p, any ? c->told : c->why, 16, below, TOLD_CHARACTERS, true);
    buf_add_c(out, "</svg>\n");
}
