/*
 * A container's label as it is printed: 100 by 60 mm, as PDF and as ZPL for a thermal printer. What stands on it comes from the
 * record alone (R07); nothing is cut: what does not fit is refused. The matrix symbol carries an ISBT 128 compound message, the
 * linear one the donation number; a reprint is told by its flag (R06) and by its copy number.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

struct labels_facts {
    const char *container_id;        /* DIN-productcode */
    const char *batch_id, *product;
    const char *volume_ml, *cells;   /* decimals as recorded */
    const char *recipient_code;      /* NULL: for nobody in particular */
    const char *const *statement;    /* the law's, word for word */
    size_t statement_count;
    bool biohazard;                  /* the legend is printed (21 CFR 1271.90(c)(2)) */
    int64_t expires_ms, printed_ms;
    int64_t copy;                    /* from 1 */
};

/** Modules of a symbol, row by row; a linear symbol has one row. */
struct labels_symbol {
    size_t rows, width;
    const char *modules;             /* rows * width characters, '1' dark */
};

/** labels_matrix(a, text, ret, e), labels_linear(a, text, ret, e): ${text} as DataMatrix (ECC 200, square) and as Code 128.
 *  ERR_IDENTIFIER_REFUSED when it cannot be encoded. */
int labels_matrix(struct arena *a, const char *text, struct labels_symbol *ret, struct err *e);
int labels_linear(struct arena *a, const char *text, struct labels_symbol *ret, struct err *e);

/** labels_scan(f, ret, e): what the linear symbol says: `=`, donation number, flags `00`, of a reprint `05`.
 *  labels_message(f, ret, e): what the matrix says: donation number, product code, expiry in the facility's local time (the
 *  process's TZ), as one compound message. In ${a}. ERR_IDENTIFIER_REFUSED for a container id of another kind. */
int labels_scan(struct arena *a, const struct labels_facts *f, const char **ret, struct err *e);
int labels_message(struct arena *a, const struct labels_facts *f, const char **ret, struct err *e);

/** labels_expiry(a, ms): `2028-11-20 17:54 CET`, local time with the zone's short name. */
const char *labels_expiry(struct arena *a, int64_t ms);

/** labels_pdf(a, f, fonts, ret, e), labels_zpl(a, f, ret, e): the label; same facts, same bytes. ${fonts}: the folder of DejaVu
 *  Sans Condensed. ZPL is for 8 dots a millimetre, in UTF-8. ERR_LABEL_REFUSED when the text does not fit. */
int labels_pdf(struct arena *a, const struct labels_facts *f, const char *fonts, struct bytes *ret, struct err *e);
int labels_zpl(struct arena *a, const struct labels_facts *f, struct bytes *ret, struct err *e);

/** labels_png(a, f, fonts, ret, e): the same drawing as labels_pdf's as a picture to look at, 8 dots a millimetre. */
int labels_png(struct arena *a, const struct labels_facts *f, const char *fonts, struct bytes *ret, struct err *e);
