/* What the symbols say, and the symbols themselves. */
#include "labels/labels.h"

#include <string.h>
#include <time.h>
#include <zint.h>

#include "domain/identifier.h"

static int encode(struct arena *a, int symbology, const char *text, struct labels_symbol *ret, struct err *e)
{
    struct zint_symbol *s = ZBarcode_Create();
    if (s == NULL)
        return err_fault(e, "no memory for a symbol");
    s->symbology = symbology;
    s->option_3 = symbology == BARCODE_DATAMATRIX ? DM_SQUARE : 0;
    int rc = ZBarcode_Encode(s, (const unsigned char *)text, (int)strlen(text));
    if (rc >= ZINT_ERROR)
        rc = err_raise(e, ERR_IDENTIFIER_REFUSED, "container_id", "", "no symbol can be made: %.80s", s->errtxt);
    else {
        struct buf b = buf_new(a);
        for (int row = 0; row < s->rows; row++)
            for (int x = 0; x < s->width; x++)
                buf_char(&b, s->encoded_data[row][x / 8] >> (x % 8) & 1 ? '1' : '0');
        *ret = (struct labels_symbol){(size_t)s->rows, (size_t)s->width, b.text};
        rc = 0;
    }
    ZBarcode_Delete(s);
    return rc;
}

int labels_matrix(struct arena *a, const char *text, struct labels_symbol *ret, struct err *e)
{
    return encode(a, BARCODE_DATAMATRIX, text, ret, e);
}

int labels_linear(struct arena *a, const char *text, struct labels_symbol *ret, struct err *e)
{
    return encode(a, BARCODE_CODE128, text, ret, e);
}

int labels_scan(struct arena *a, const struct labels_facts *f, const char **ret, struct err *e)
{
    char din[DIN_LEN + 1], product[9];
    int rc = container_parse(f->container_id, din, product, e);
    if (rc == 0)
        *ret = arena_printf(a, "=%s%s", din, f->copy > 1 ? DIN_FLAGS_REPRINT : DIN_FLAGS_FIRST);
    return rc;
}

int labels_message(struct arena *a, const struct labels_facts *f, const char **ret, struct err *e)
{
    char din[DIN_LEN + 1], product[9];
    const char *scan;
    struct tm tm;
    time_t s = (time_t)(f->expires_ms / 1000);
    int rc = container_parse(f->container_id, din, product, e);
    if (rc == 0)
        rc = labels_scan(a, f, &scan, e);
    if (rc != 0)
        return rc;
    if (localtime_r(&s, &tm) == NULL || tm.tm_year < 100 || tm.tm_year >= 1000)
        return err_raise(e, ERR_IDENTIFIER_REFUSED, "container_id", "", "its expiry has no place in a symbol");
    *ret = arena_printf(a, "=+03000%s=<%s&>%d%02d%03d%02d%02d", scan, product, tm.tm_year / 100 - 1, tm.tm_year % 100, tm.tm_yday + 1,
                        tm.tm_hour, tm.tm_min);
    return 0;
}

const char *labels_expiry(struct arena *a, int64_t ms)
{
    char text[60];
    struct tm tm;
    time_t s = (time_t)(ms / 1000);
    if (localtime_r(&s, &tm) == NULL || strftime(text, sizeof text, "%Y-%m-%d %H:%M %Z", &tm) == 0)
        return "";
    return arena_text(a, text);
}
