/* The label in the language of thermal printers, for 8 dots a millimetre: the printer makes the symbols itself. */
#include <string.h>

#include "domain/identifier.h"
#include "labels/labels.h"
#include "labels/labels_legend.h"

#define DOTS_WIDTH 800
#define DOTS_HEIGHT 480
#define EDGE 32
#define TEXT_LEFT 240
#define WRAP_STATEMENT 60
#define WRAP_TEXT 44
#define LEGEND 112                      /* whole bytes a row */
#define WRAP_BESIDE 50

/* A text as field data: the language's own marks, and bytes that are none of ASCII, as hex behind `_`. */
static void put_data(struct buf *b, const char *text, size_t len)
{
    buf_put(b, "^FH_^FD");
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c >= 0x7f || strchr("^~_", c) != NULL)
            buf_printf(b, "_%02X", c);
        else
            buf_char(b, (char)c);
    }
    buf_put(b, "^FS\n");
}

/* How much of ${text} goes on a line of ${max} bytes: whole words where there are any; never half a character. */
static size_t line_of(const char *text, size_t max)
{
    size_t n = strlen(text);
    if (n <= max)
        return n;
    for (n = max; n > 0 && text[n] != ' '; n--)
        ;
    for (size_t cut = max; n == 0; cut--)
        n = ((unsigned char)text[cut] & 0xc0) == 0x80 ? 0 : cut;
    return n;
}

/* Lines of ${size} dots from ${y} on; where the next one goes. */
static int put_text(struct buf *b, int x, int y, int size, size_t wrap, const char *text)
{
    while (*text != '\0') {
        size_t n = line_of(text, wrap);
        buf_printf(b, "^FO%d,%d^A0N,%d,%d", x, y, size, size - size / 10);
        put_data(b, text, n);
        y += size + size / 8;
        text += n + strspn(text + n, " ");
    }
    return y;
}

/* the legend right of the linear symbol, where the printer draws it from its dots; where it ends */
static int put_legend(struct buf *b, struct arena *a, int symbol, int *ret_end, struct err *e)
{
    const char *dots = labels_legend_dots(a, LEGEND, e);
    if (dots == NULL)
        return ERR_FAULT;
    buf_printf(b, "^FO%d,%d^GFA,%d,%d,%d,%s^FS\n", DOTS_WIDTH - EDGE - LEGEND, symbol - 12, LEGEND * LEGEND / 8, LEGEND * LEGEND / 8,
               LEGEND / 8, dots);
    put_text(b, 528, symbol + 38, 24, WRAP_TEXT, "BIOHAZARD");
    *ret_end = symbol - 12 + LEGEND;
    return 0;
}

int labels_zpl(struct arena *a, const struct labels_facts *f, struct bytes *ret, struct err *e)
{
    struct buf b = buf_new(a);
    char din_text[DIN_LEN + 1], product[9];
    const char *message, *scan;
    struct din din;
    int rc = container_parse(f->container_id, din_text, product, e);
    if (rc == 0)
        rc = labels_message(a, f, &message, e);
    if (rc == 0)
        rc = labels_scan(a, f, &scan, e);
    if (rc == 0)
        rc = din_from_scan(scan, &din, e);
    if (rc != 0)
        return rc;
    buf_printf(&b, "^XA\n^CI28\n^PW%d\n^LL%d\n^PQ1\n^FO%d,%d^BXN,6,200", DOTS_WIDTH, DOTS_HEIGHT, EDGE, EDGE);
    put_data(&b, message, strlen(message));
    int y = put_text(&b, TEXT_LEFT, 26, 46, WRAP_TEXT, arena_printf(a, "%.5s %.2s %s [%c]", din.text, din.text + 5, din.text + 7, din.check));
    y = put_text(&b, TEXT_LEFT, y, 28, WRAP_TEXT - 6, f->product);
    y = put_text(&b, TEXT_LEFT, y, 24, WRAP_TEXT, arena_printf(a, "product %s, batch %s", product, f->batch_id));
    y = put_text(&b, TEXT_LEFT, y, 24, WRAP_TEXT, arena_printf(a, "%s mL, %s viable cells", f->volume_ml, f->cells));
    if (f->recipient_code != NULL)
        y = put_text(&b, TEXT_LEFT, y, 24, WRAP_TEXT, arena_printf(a, "for recipient %s", f->recipient_code));
    y = put_text(&b, TEXT_LEFT, y, 34, WRAP_TEXT, arena_printf(a, "Expires %s", labels_expiry(a, f->expires_ms)));
    const int symbol = y > 236 ? y : 236, foot = symbol + 80;
    buf_printf(&b, "^FO%d,%d^BY2^BCN,64,N,N,N,A", EDGE + 16, symbol);
    put_data(&b, scan, strlen(scan));
    put_text(&b, 528, symbol, 28, WRAP_TEXT, f->copy > 1 ? arena_printf(a, "copy %lld, reprint", (long long)f->copy) : "copy 1");
    int end = foot, legend = 0;
    if (f->biohazard && put_legend(&b, a, symbol, &legend, e) != 0)
        return ERR_FAULT;
    for (size_t i = 0; i < f->statement_count; i++)
        end = put_text(&b, EDGE, end, 22, end < legend ? WRAP_BESIDE : WRAP_STATEMENT, f->statement[i]);
    end = end > legend ? end : legend;
    buf_put(&b, "^XZ\n");
    if (end > DOTS_HEIGHT - 8)
        return err_raise(e, ERR_LABEL_REFUSED, "container_id", "R07", "the text of its label does not fit on 100 by 60 mm");
    *ret = (struct bytes){(const uint8_t *)b.text, b.len};
    return 0;
}
