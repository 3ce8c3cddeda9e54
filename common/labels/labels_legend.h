/*
 * The biohazard legend of a label: drawn once, as a path for the PDF and as dots for a thermal printer. When it stands on a
 * label follows from the record (domain/label.h); nothing here decides.
 */
#pragma once
#include <cairo.h>

#include "base/arena.h"
#include "base/error.h"

/** labels_legend(cr, x, y, size): the three-lobed symbol, black on white, in a square of ${size} in the units of ${cr}. */
void labels_legend(cairo_t *cr, double x, double y, double size);

/** labels_legend_dots(a, dots, e): the same as hex of ${dots} rows, each of whole bytes, 1 is dark; NULL: a fault is in ${e}. */
const char *labels_legend_dots(struct arena *a, int dots, struct err *e);
