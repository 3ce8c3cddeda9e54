/* The label drawn, in millimetres: for the printer, and as a picture of the same. */
#include <cairo-pdf.h>
#include <string.h>

#include "base/clock.h"
#include "domain/identifier.h"
#include "labels/labels.h"
#include "labels/labels_legend.h"
#include "paper/sheet.h"

#define MM 2.834645669
#define WIDTH (100 * MM)
#define HEIGHT (60 * MM)
#define EDGE (4 * MM)
#define TEXT_LEFT (30 * MM)
#define LEGEND (13 * MM)

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned int len)
{
    buf_add(closure, data, len);
    return CAIRO_STATUS_SUCCESS;
}

/* Dark modules of a row that touch are one rectangle: no hairline between them in any viewer. */
static void draw_symbol(struct sheet *s, const struct labels_symbol *of, const double box[4])
{
    double w = box[2] / (double)of->width, h = box[3] / (double)of->rows;
    cairo_set_source_rgb(s->cr, 0, 0, 0);
    for (size_t row = 0; row < of->rows; row++)
        for (size_t x = 0, n; x < of->width; x += n) {
            const char *at = of->modules + row * of->width + x;
            size_t left = of->width - x;
            for (n = 1; n < left && at[n] == at[0]; n++)
                ;
            if (*at == '1')
                cairo_rectangle(s->cr, box[0] + (double)x * w, box[1] + (double)row * h, (double)n * w, h);
        }
    cairo_fill(s->cr);
}

/* A line of text in its place; the height it took. */
static double line(struct sheet *s, double x, double y, double width, double size, const char *text)
{
    return sheet_at(s, FACE_TEXT, x, y, width, arena_printf(s->arena, "<span color=\"#000000\" font_size=\"%.1fpt\">%s</span>", size, text));
}

static double draw_text(struct sheet *s, const struct labels_facts *f, const struct din *din, const char *product)
{
    struct arena *a = s->arena;
    double y = 3.4 * MM, width = WIDTH - TEXT_LEFT - EDGE;
    y += line(s, TEXT_LEFT, y, width, 15, arena_printf(a, "<b>%.5s %.2s %s  <span size=\"80%%\">[%c]</span></b>", din->text, din->text + 5,
                                                       din->text + 7, din->check));
    y += line(s, TEXT_LEFT, y, width, 9, arena_printf(a, "<b>%s</b>", sheet_escape(a, f->product)));
    y += line(s, TEXT_LEFT, y, width, 8, arena_printf(a, "product %s  ·  batch %s", product, sheet_escape(a, f->batch_id)));
    y += line(s, TEXT_LEFT, y, width, 8, arena_printf(a, "%s mL  ·  %s viable cells", sheet_escape(a, f->volume_ml), sheet_escape(a, f->cells)));
    if (f->recipient_code != NULL)
        y += line(s, TEXT_LEFT, y, width, 8, arena_printf(a, "for recipient <b>%s</b>", sheet_escape(a, f->recipient_code)));
    y += line(s, TEXT_LEFT, y, width, 11, arena_printf(a, "<b>Expires %s</b>", sheet_escape(a, labels_expiry(a, f->expires_ms))));
    return y;
}

/* the legend right of the linear symbol; where it ends, 0 where there is none */
static double draw_legend(struct sheet *s, const struct labels_facts *f, double top)
{
    if (!f->biohazard)
        return 0;
    labels_legend(s->cr, WIDTH - EDGE - LEGEND, top - MM, LEGEND);
    line(s, 66 * MM, top + 4.6 * MM, 18 * MM, 7.5, "<b>BIOHAZARD</b>");
    return top - MM + LEGEND;
}

/* what stands beside the legend leaves it room */
static double draw_foot(struct sheet *s, const struct labels_facts *f, double y, double legend)
{
    for (size_t i = 0; i < f->statement_count; i++)
        y += line(s, EDGE, y, WIDTH - 2 * EDGE - (y < legend ? LEGEND : 0), 7.5,
                  arena_printf(s->arena, "<b>%s</b>", sheet_escape(s->arena, f->statement[i])));
    return y > legend ? y : legend;
}

static int draw(struct sheet *s, const struct labels_facts *f, struct err *e)
{
    struct labels_symbol matrix, linear;
    char din_text[DIN_LEN + 1], product[9];
    const char *message, *scan;
    struct din din;
    int rc = container_parse(f->container_id, din_text, product, e);
    if (rc == 0)
        rc = labels_message(s->arena, f, &message, e);
    if (rc == 0)
        rc = labels_scan(s->arena, f, &scan, e);
    if (rc == 0)
        rc = din_from_scan(scan, &din, e);
    if (rc == 0)
        rc = labels_matrix(s->arena, message, &matrix, e);
    if (rc == 0)
        rc = labels_linear(s->arena, scan, &linear, e);
    if (rc != 0)
        return rc;
    double below = draw_text(s, f, &din, product) + MM, top = below > 29 * MM ? below : 29 * MM;
    draw_symbol(s, &matrix, (double[]){EDGE, EDGE, 22 * MM, 22 * MM});
    draw_symbol(s, &linear, (double[]){EDGE + 2 * MM, top, 56 * MM, 8 * MM});
    line(s, 66 * MM, top, WIDTH - 66 * MM - EDGE, 9, f->copy > 1 ? arena_printf(s->arena, "copy <b>%lld</b>, reprint", (long long)f->copy)
                                                              : "copy <b>1</b>");
    double end = draw_foot(s, f, top + 9.5 * MM, draw_legend(s, f, top));
    if (end > HEIGHT - 2 * MM)
        return err_raise(e, ERR_LABEL_REFUSED, "container_id", "R07", "the text of its label does not fit on 100 by 60 mm");
    return 0;
}

/* the label on ${surface}, ${scale} of its dots a point; texts are set as on paper, whatever the dots */
static int draw_on(struct arena *a, cairo_surface_t *surface, double scale, const struct labels_facts *f, const char *fonts, struct err *e)
{
    static PangoFontMap *map;            /* read once, kept */
    struct sheet s = {.arena = a, .surface = surface};
    if (map == NULL)
        map = sheet_fonts(fonts);
    if (map == NULL)
        return err_fault(e, "no font DejaVu Sans Condensed in %s", fonts);
    cairo_font_options_t *as_paper = cairo_font_options_create();
    cairo_font_options_set_hint_style(as_paper, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(as_paper, CAIRO_HINT_METRICS_OFF);
    s.cr = cairo_create(surface);
    cairo_scale(s.cr, scale, scale);
    s.context = pango_font_map_create_context(map);
    pango_cairo_context_set_font_options(s.context, as_paper);
    int rc = draw(&s, f, e);
    bool ok = cairo_status(s.cr) == CAIRO_STATUS_SUCCESS && !s.is_spoiled;
    cairo_font_options_destroy(as_paper);
    g_object_unref(s.context);
    cairo_destroy(s.cr);
    return rc == 0 && !ok ? err_fault(e, "cairo could not draw the label") : rc;
}

int labels_pdf(struct arena *a, const struct labels_facts *f, const char *fonts, struct bytes *ret, struct err *e)
{
    struct buf out = buf_new(a);
    char at[CLOCK_TEXT];
    clock_to_text(f->printed_ms / 1000 * 1000, at);
    at[19] = 'Z';
    at[20] = '\0';
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(collect, &out, WIDTH, HEIGHT);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, arena_printf(a, "Label %s, copy %lld", f->container_id, (long long)f->copy));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, at);
    int rc = draw_on(a, surface, 1, f, fonts, e);
    cairo_surface_finish(surface);
    bool ok = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    if (rc == 0 && !ok)
        rc = err_fault(e, "cairo could not write the label");
    *ret = (struct bytes){(const uint8_t *)out.text, out.len};
    return rc;
}

#define DOTS_MM 8                        /* as a thermal printer of 203 dots an inch has them */

int labels_png(struct arena *a, const struct labels_facts *f, const char *fonts, struct bytes *ret, struct err *e)
{
    struct buf out = buf_new(a);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 100 * DOTS_MM, 60 * DOTS_MM);
    cairo_t *paper = cairo_create(surface);
    cairo_set_source_rgb(paper, 1, 1, 1);
    cairo_paint(paper);
    cairo_destroy(paper);
    int rc = draw_on(a, surface, DOTS_MM / MM, f, fonts, e);
    if (rc == 0 && cairo_surface_write_to_png_stream(surface, collect, &out) != CAIRO_STATUS_SUCCESS)
        rc = err_fault(e, "cairo could not write the label's picture");
    cairo_surface_destroy(surface);
    *ret = (struct bytes){(const uint8_t *)out.text, out.len};
    return rc;
}
