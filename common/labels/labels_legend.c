/* The biohazard legend (21 CFR 1271.3(h)), by the measures of 29 CFR 1910.145(f)(8)(ii) in units of its gap: three rings of 30
 * that are open, about a middle of 6, and one ring across them. */
#include "labels/labels_legend.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

#define THIRD (2 * M_PI / 3)
#define REACH 26.0                      /* from the middle to the outermost point: 11 + 15 */
#define DOTS_WIDE(n) (((size_t)(n) + 7) / 8)

static void disc(cairo_t *cr, double x, double radius)
{
    cairo_new_path(cr);
    cairo_arc(cr, x, 0, radius, 0, 2 * M_PI);
    cairo_fill(cr);
}

/* one of the three: a disc, hollowed from outside */
static void blades(cairo_t *cr, void (*ink)(cairo_t *, bool))
{
    for (int i = 0; i < 3; i++, cairo_rotate(cr, THIRD)) {
        ink(cr, true);
        disc(cr, 11, 15);
    }
    for (int i = 0; i < 3; i++, cairo_rotate(cr, THIRD)) {
        ink(cr, false);
        disc(cr, 15, 10.5);
        cairo_rectangle(cr, 20, -2, 10, 4);        /* where a ring is open */
        cairo_rectangle(cr, 0, -0.5, 6, 1);
        cairo_fill(cr);
    }
    disc(cr, 0, 3);
}

/* the ring across, seen in the hollows only, a gap away from what is around them */
static void ring(cairo_t *cr, void (*ink)(cairo_t *, bool))
{
    for (int i = 0; i < 3; i++, cairo_rotate(cr, THIRD)) {
        cairo_save(cr);
        cairo_new_path(cr);
        cairo_arc(cr, 15, 0, 9.5, 0, 2 * M_PI);
        cairo_clip(cr);
        ink(cr, true);
        cairo_set_line_width(cr, 3.5);
        cairo_new_path(cr);
        cairo_arc(cr, 0, 0, 11.75, 0, 2 * M_PI);
        cairo_stroke(cr);
        cairo_restore(cr);
    }
}

static void draw(cairo_t *cr, double x, double y, double size, void (*ink)(cairo_t *, bool))
{
    cairo_save(cr);
    cairo_translate(cr, x + size / 2, y + size * 0.545);    /* the middle lies below the box's, for one ring stands upright */
    cairo_scale(cr, size / (2 * REACH), size / (2 * REACH));
    cairo_rotate(cr, -M_PI / 2);
    blades(cr, ink);
    ring(cr, ink);
    cairo_restore(cr);
}

static void on_paper(cairo_t *cr, bool dark)
{
    cairo_set_source_rgb(cr, dark ? 0 : 1, dark ? 0 : 1, dark ? 0 : 1);
}

void labels_legend(cairo_t *cr, double x, double y, double size)
{
    draw(cr, x, y, size, on_paper);
}

static void on_mask(cairo_t *cr, bool dark)
{
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_rgba(cr, 0, 0, 0, dark ? 1 : 0);
}

const char *labels_legend_dots(struct arena *a, int dots, struct err *e)
{
    struct buf hex = buf_new(a);
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_A8, dots, dots);
    cairo_t *cr = cairo_create(s);
    draw(cr, 0, 0, dots, on_mask);
    cairo_destroy(cr);
    cairo_surface_flush(s);
    bool ok = cairo_surface_status(s) == CAIRO_STATUS_SUCCESS;
    const unsigned char *row = ok ? cairo_image_surface_get_data(s) : NULL;
    for (int y = 0; ok && y < dots; y++, row += cairo_image_surface_get_stride(s))
        for (size_t byte = 0; byte < DOTS_WIDE(dots); byte++) {
            unsigned bits = 0;
            for (size_t x = 8 * byte; x < 8 * byte + 8; x++)
                bits = bits << 1 | (x < (size_t)dots && row[x] >= 128);
            buf_printf(&hex, "%02X", bits);
        }
    cairo_surface_destroy(s);
    if (!ok)
        err_fault(e, "cairo could not draw the legend");
    return ok ? hex.text : NULL;
}
