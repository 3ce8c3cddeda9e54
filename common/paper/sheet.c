#include "paper/sheet.h"

#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangofc-fontmap.h>
#include <stdio.h>
#include <string.h>

#define FAMILY "DejaVu Sans Condensed"

#ifdef __SANITIZE_ADDRESS__
/* fontconfig keeps what it holds behind offsets, which the leak checker takes for lost. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig.so\n";
}
#endif

static const struct {
    double r, g, b;
    const char *hex;
} inks[INK_COUNT] = {
    [INK_TEXT] = {0.10, 0.12, 0.15, "#1a1f26"},   [INK_QUIET] = {0.36, 0.40, 0.45, "#5c6673"},
    [INK_RULE] = {0.80, 0.83, 0.86, "#ccd4db"},   [INK_SHADE] = {0.95, 0.96, 0.97, "#f2f5f7"},
    [INK_ACCENT] = {0.05, 0.32, 0.40, "#0d5266"}, [INK_GOOD] = {0.08, 0.42, 0.22, "#146b38"},
    [INK_BAD] = {0.66, 0.11, 0.11, "#a81c1c"},    [INK_WARN] = {0.58, 0.36, 0.00, "#945c00"},
};

static const struct {
    const char *font;
    double spacing;                  /* of lines, beyond the font's own */
    enum ink ink;
} faces[FACE_COUNT] = {
    [FACE_TITLE] = {FAMILY " Bold 23", 0, INK_TEXT},      [FACE_CHAPTER] = {FAMILY " Bold 14", 0, INK_ACCENT},
    [FACE_SECTION] = {FAMILY " Bold 9.5", 0, INK_TEXT},   [FACE_TEXT] = {FAMILY " 9", 1.2, INK_TEXT},
    [FACE_TABLE] = {FAMILY " 8", 0.6, INK_TEXT},          [FACE_HEAD] = {FAMILY " Bold 7.2", 0, INK_QUIET},
    [FACE_SMALL] = {FAMILY " 7.2", 0.4, INK_QUIET},       [FACE_MONO] = {"DejaVu Sans Mono 7.6", 0.6, INK_TEXT},
};

/* The files by name, so that no other font of the machine and no cache of its settings has a say. */
static bool add_fonts(FcConfig *config, const char *folder)
{
    static const char *const files[] = {"DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf", "DejaVuSansCondensed-Oblique.ttf",
                                        "DejaVuSansCondensed-BoldOblique.ttf", "DejaVuSansMono.ttf"};
    char path[400];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        int n = snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        if (n < 0 || (size_t)n >= sizeof path || !FcConfigAppFontAddFile(config, (const FcChar8 *)path))
            return false;
    }
    return true;
}

PangoFontMap *sheet_fonts(const char *folder)
{
    FcConfig *config = FcConfigCreate();
    PangoFontMap *map = NULL;
    if (config != NULL && add_fonts(config, folder))
        map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    if (map != NULL) {
        pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config);
        pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 72);
    }
    if (config != NULL)
        FcConfigDestroy(config);     /* the map holds its own reference */
    return map;
}

const char *sheet_escape(struct arena *a, const char *text)
{
    struct buf b = buf_new(a);
    for (const char *p = text == NULL ? "" : text; *p != '\0'; p++) {
        if (*p == '&')
            buf_put(&b, "&amp;");
        else if (*p == '<')
            buf_put(&b, "&lt;");
        else if (*p == '>')
            buf_put(&b, "&gt;");
        else
            buf_char(&b, *p);
    }
    return b.text == NULL ? "" : b.text;
}

void sheet_ink(struct sheet *s, enum ink ink)
{
    cairo_set_source_rgb(s->cr, inks[ink].r, inks[ink].g, inks[ink].b);
}

const char *sheet_ink_hex(enum ink ink)
{
    return inks[ink].hex;
}

PangoLayout *sheet_layout(struct sheet *s, enum face face, double width, const char *markup)
{
    PangoLayout *layout = pango_layout_new(s->context);
    PangoFontDescription *font = pango_font_description_from_string(faces[face].font);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_spacing(layout, (int)(faces[face].spacing * PANGO_SCALE));
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    if (pango_parse_markup(markup, -1, 0, NULL, NULL, NULL, NULL))
        pango_layout_set_markup(layout, markup, -1);
    else
        s->is_spoiled = true;        /* it would be an empty place on paper */
    return layout;
}

double sheet_height(PangoLayout *layout)
{
    int height;
    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

void sheet_put(struct sheet *s, PangoLayout *layout, double x, double y)
{
    cairo_move_to(s->cr, x, y);
    pango_cairo_show_layout(s->cr, layout);
}

double sheet_at(struct sheet *s, enum face face, double x, double y, double width, const char *markup)
{
    PangoLayout *layout = sheet_layout(s, face, width, markup);
    double height = sheet_height(layout);
    sheet_ink(s, faces[face].ink);
    sheet_put(s, layout, x, y);
    g_object_unref(layout);
    return height;
}

PangoLayoutLine *sheet_line_of(PangoLayout *layout, int at, double *ret_height)
{
    PangoRectangle logical;
    PangoLayoutLine *line = pango_layout_get_line_readonly(layout, at);
    if (line == NULL)
        return NULL;
    pango_layout_line_get_extents(line, NULL, &logical);
    *ret_height = (double)(logical.height + pango_layout_get_spacing(layout)) / PANGO_SCALE;
    return line;
}

void sheet_text(struct sheet *s, enum face face, double x, double width, const char *markup)
{
    PangoLayout *layout = sheet_layout(s, face, width, markup);
    PangoLayoutLine *line;
    double height;
    for (int i = 0; (line = sheet_line_of(layout, i, &height)) != NULL; i++) {
        PangoRectangle logical;
        sheet_need(s, height);
        pango_layout_line_get_extents(line, NULL, &logical);
        sheet_ink(s, faces[face].ink);
        cairo_move_to(s->cr, x + (double)logical.x / PANGO_SCALE, s->y - (double)logical.y / PANGO_SCALE);
        pango_cairo_show_layout_line(s->cr, line);
        s->y += height;
    }
    g_object_unref(layout);
}

static void furniture(struct sheet *s)
{
    double y = SHEET_HEIGHT - 40;
    if (s->page > 1) {
        PangoLayout *right = sheet_layout(s, FACE_SMALL, SHEET_SPAN / 2, s->running_right);
        sheet_at(s, FACE_SMALL, SHEET_LEFT, 34, SHEET_SPAN / 2, s->running_left);
        pango_layout_set_alignment(right, PANGO_ALIGN_RIGHT);
        sheet_put(s, right, SHEET_LEFT + SHEET_SPAN / 2, 34);
        g_object_unref(right);
        sheet_line(s, (double[]){SHEET_LEFT, 48, SHEET_RIGHT, 48}, 0.5, INK_RULE);
    }
    sheet_line(s, (double[]){SHEET_LEFT, y - 4, SHEET_RIGHT, y - 4}, 0.5, INK_RULE);
    sheet_at(s, FACE_SMALL, SHEET_LEFT, y, SHEET_SPAN - 70, s->foot);
    PangoLayout *number = sheet_layout(s, FACE_SMALL, 70, arena_printf(s->arena, "Page %d of %d", s->page, s->pages));
    pango_layout_set_alignment(number, PANGO_ALIGN_RIGHT);
    sheet_put(s, number, SHEET_RIGHT - 70, y);
    g_object_unref(number);
    s->y = s->page > 1 ? SHEET_TOP : 40;
}

void sheet_begin(struct sheet *s)
{
    s->page = 1;
    furniture(s);
}

void sheet_end(struct sheet *s)
{
    cairo_show_page(s->cr);
}

void sheet_break(struct sheet *s)
{
    cairo_show_page(s->cr);
    s->page++;
    furniture(s);
    if (s->on_page != NULL)
        s->on_page(s, s->ctx);
}

void sheet_need(struct sheet *s, double height)
{
    if (s->y + height > SHEET_BOTTOM)
        sheet_break(s);
}

void sheet_gap(struct sheet *s, double height)
{
    s->y += height;
}

void sheet_chapter(struct sheet *s, const char *title)
{
    bool is_fresh = s->y <= SHEET_TOP;
    if (!is_fresh && s->y + 150 > SHEET_BOTTOM)
        sheet_break(s);
    else if (!is_fresh)
        sheet_gap(s, 20);
    cairo_pdf_surface_add_outline(s->surface, CAIRO_PDF_OUTLINE_ROOT, title,
                                  arena_printf(s->arena, "page=%d pos=[%d %d]", s->page, (int)SHEET_LEFT, (int)s->y), 0);
    s->y += sheet_at(s, FACE_CHAPTER, SHEET_LEFT, s->y, SHEET_SPAN, sheet_escape(s->arena, title)) + 6;
}

void sheet_section(struct sheet *s, const char *markup, double need)
{
    sheet_need(s, need + 30);
    sheet_gap(s, s->y <= SHEET_TOP ? 0 : 10);
    sheet_text(s, FACE_SECTION, SHEET_LEFT, SHEET_SPAN, markup);
    sheet_gap(s, 3);
}

void sheet_box(struct sheet *s, const double box[4], enum ink fill, enum ink line)
{
    cairo_rectangle(s->cr, box[0], box[1], box[2], box[3]);
    if (fill != INK_COUNT) {
        sheet_ink(s, fill);
        cairo_fill_preserve(s->cr);
    }
    if (line != INK_COUNT) {
        sheet_ink(s, line);
        cairo_set_line_width(s->cr, 0.7);
        cairo_stroke_preserve(s->cr);
    }
    cairo_new_path(s->cr);
}

void sheet_line(struct sheet *s, const double ends[4], double width, enum ink ink)
{
    sheet_ink(s, ink);
    cairo_set_line_width(s->cr, width);
    cairo_move_to(s->cr, ends[0], ends[1]);
    cairo_line_to(s->cr, ends[2], ends[3]);
    cairo_stroke(s->cr);
}
