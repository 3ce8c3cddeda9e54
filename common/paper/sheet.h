/*
 * Pages of A4 and text that flows over them: headings, paragraphs, page breaks, running head and foot. Lengths are points
 * from the page's top left corner. Text is Pango markup; what comes from the record goes through sheet_escape.
 */
#pragma once
#include <cairo.h>
#include <pango/pangocairo.h>

#include "base/text.h"

#define SHEET_WIDTH 595.276
#define SHEET_HEIGHT 841.89
#define SHEET_LEFT 46.0
#define SHEET_RIGHT (SHEET_WIDTH - 46.0)
#define SHEET_SPAN (SHEET_RIGHT - SHEET_LEFT)
#define SHEET_TOP 62.0
#define SHEET_BOTTOM (SHEET_HEIGHT - 54.0)

enum ink { INK_TEXT, INK_QUIET, INK_RULE, INK_SHADE, INK_ACCENT, INK_GOOD, INK_BAD, INK_WARN, INK_COUNT };
enum face { FACE_TITLE, FACE_CHAPTER, FACE_SECTION, FACE_TEXT, FACE_TABLE, FACE_HEAD, FACE_SMALL, FACE_MONO, FACE_COUNT };

struct sheet {
    struct arena *arena;
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoContext *context;
    double y;                        /* where the next thing goes */
    bool is_spoiled;                 /* a text could not be set: the paper is none */
    int page, pages;                 /* pages: 0 while they are counted */
    const char *running_left, *running_right, *foot;   /* markup */
    void (*on_page)(struct sheet *s, void *ctx);       /* after each page break: a table's head again; NULL: nothing */
    void *ctx;
};

/** sheet_fonts(folder): a font map of the fonts in ${folder} alone; NULL without our family. Caller unrefs. */
PangoFontMap *sheet_fonts(const char *folder);

/** sheet_escape(a, text): ${text} for markup; "" for NULL. */
const char *sheet_escape(struct arena *a, const char *text);

/** sheet_ink(s, ink), sheet_ink_hex(ink): draw in this colour; its name in markup. */
void sheet_ink(struct sheet *s, enum ink ink);
const char *sheet_ink_hex(enum ink ink);

/** sheet_layout(s, face, width, markup): text set in ${width}; caller unrefs. */
PangoLayout *sheet_layout(struct sheet *s, enum face face, double width, const char *markup);

/** sheet_height(layout): its height in points. sheet_put(s, layout, x, y): draw it. */
double sheet_height(PangoLayout *layout);
void sheet_put(struct sheet *s, PangoLayout *layout, double x, double y);

/** sheet_line_of(layout, at, ret_height): line ${at} and its height; NULL behind the last. */
PangoLayoutLine *sheet_line_of(PangoLayout *layout, int at, double *ret_height);

/** sheet_text(s, face, x, width, markup): a paragraph at the current place, broken over pages where it must be. */
void sheet_text(struct sheet *s, enum face face, double x, double width, const char *markup);

/** sheet_at(s, face, x, y, width, markup): text at a fixed place; returns its height. */
double sheet_at(struct sheet *s, enum face face, double x, double y, double width, const char *markup);

/** sheet_chapter(s, title), sheet_section(s, markup, need): headings; a chapter stands in the outline. A section keeps
 *  ${need} points after it on the same page. */
void sheet_chapter(struct sheet *s, const char *title);
void sheet_section(struct sheet *s, const char *markup, double need);

/** sheet_need(s, height): a page break unless ${height} is left. sheet_break(s): a page break. sheet_gap(s, height): space. */
void sheet_need(struct sheet *s, double height);
void sheet_break(struct sheet *s);
void sheet_gap(struct sheet *s, double height);

/** sheet_box(s, x, y, w, h, fill, line): a rectangle; INK_COUNT for neither. sheet_line(s, x, y, x2, y2, ink). */
void sheet_box(struct sheet *s, const double box[4], enum ink fill, enum ink line);
void sheet_line(struct sheet *s, const double ends[4], double width, enum ink ink);

/** sheet_begin(s), sheet_end(s): the first page's furniture; the last page is out. */
void sheet_begin(struct sheet *s);
void sheet_end(struct sheet *s);
