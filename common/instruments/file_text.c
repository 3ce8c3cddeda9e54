#include <string.h>

#include "inside.h"

#define BYTE_ORDER_MARK 0xfeff

/* Where the reader of bytes stands, for what it refuses. */
struct place {
    int line, column;
};

static void put_utf8(struct buf *b, uint32_t c)
{
    if (c < 0x80) {
        buf_char(b, (char)c);
    } else if (c < 0x800) {
        buf_char(b, (char)(0xc0 | c >> 6));
        buf_char(b, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buf_char(b, (char)(0xe0 | c >> 12));
        buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_char(b, (char)(0x80 | (c & 0x3f)));
    } else {
        buf_char(b, (char)(0xf0 | c >> 18));
        buf_char(b, (char)(0x80 | (c >> 12 & 0x3f)));
        buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_char(b, (char)(0x80 | (c & 0x3f)));
    }
}

/* how many bytes the character at ${p} has; 0: it is none */
static size_t utf8_length(const uint8_t *p, size_t left)
{
    size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    return n <= left && text_is_utf8((const char *)p, n) ? n : 0;
}

static bool is_line_end(uint32_t c)
{
    return c == '\r' || c == '\n';
}

static bool is_control(uint32_t c)
{
    return (c < 0x20 && c != '\t' && !is_line_end(c)) || c == 0x7f;
}

static void step(struct place *at, uint32_t c, bool behind_cr)
{
    if (c == '\n' && behind_cr)
        return;
    at->line += is_line_end(c);
    at->column = is_line_end(c) ? 1 : at->column + 1;
}

static uint32_t unit16(struct bytes file, size_t i, bool big)
{
    return big ? (uint32_t)file.data[i] << 8 | file.data[i + 1] : (uint32_t)file.data[i + 1] << 8 | file.data[i];
}

static int from_utf16(const struct reading *r, struct bytes file, struct buf *b)
{
    bool big = file.data[0] == 0xfe, behind_cr = false;
    struct place at = {1, 1};
    for (size_t i = 2; i < file.len; i += 2) {
        if (i + 1 == file.len)
            return file_refuse(r, at.line, at.column, "half of a character at the end");
        uint32_t c = unit16(file, i, big);
        if (c >= 0xd800 && c < 0xe000) {
            uint32_t low = c < 0xdc00 && i + 3 < file.len ? unit16(file, i + 2, big) : 0;
            if (low < 0xdc00 || low > 0xdfff)
                return file_refuse(r, at.line, at.column, "half of a character in UTF-16");
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            i += 2;
        }
        if (is_control(c) || c == BYTE_ORDER_MARK)
            return file_refuse(r, at.line, at.column, "the character U+%04X has no place in a file of text", (unsigned)c);
        put_utf8(b, c);
        step(&at, c, behind_cr);
        behind_cr = c == '\r';
    }
    return 0;
}

static int from_utf8(const struct reading *r, struct bytes file, struct buf *b)
{
    bool marked = file.len >= 3 && memcmp(file.data, "\xef\xbb\xbf", 3) == 0, behind_cr = false;
    struct place at = {1, 1};
    for (size_t i = marked ? 3 : 0, n; i < file.len; i += n) {
        n = utf8_length(file.data + i, file.len - i);
        if (n == 0)
            return file_refuse(r, at.line, at.column, "the byte 0x%02x is no UTF-8 (let the instrument write UTF-8, or UTF-16 with a mark)",
                               file.data[i]);
        if (is_control(file.data[i]))
            return file_refuse(r, at.line, at.column, "the character U+%04X has no place in a file of text", file.data[i]);
        buf_add(b, file.data + i, n);
        step(&at, file.data[i], behind_cr);
        behind_cr = file.data[i] == '\r';
    }
    return 0;
}

/* the text cut in place at its line ends */
static int cut_lines(struct reading *r, char *text, size_t len)
{
    size_t count = 1;
    for (size_t i = 0; i < len; i++)
        count += is_line_end((unsigned char)text[i]);
    if (count > FILE_LINES_MAX)
        return err_raise(r->e, ERR_RESULT_REFUSED, "file", "T52", "it has more than %d lines", FILE_LINES_MAX);
    r->line = ARENA_ARRAY(r->a, struct file_line, count);
    for (size_t i = 0; i <= len;) {
        size_t n = strcspn(text + i, "\r\n");
        bool both = text[i + n] == '\r' && text[i + n + 1] == '\n';
        text[i + n] = '\0';
        r->line[r->line_count++] = (struct file_line){text + i, n};
        i += n + 1 + both;
    }
    return 0;
}

int file_lines(struct reading *r, struct bytes file)
{
    struct buf b = buf_new(r->a);
    bool wide = file.len >= 2 && ((file.data[0] == 0xff && file.data[1] == 0xfe) || (file.data[0] == 0xfe && file.data[1] == 0xff));
    int code = wide ? from_utf16(r, file, &b) : from_utf8(r, file, &b);
    buf_char(&b, '\0');
    return code != 0 ? code : cut_lines(r, b.text, b.len - 1);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static const char *trim(struct arena *a, const char *text, size_t len)
{
    while (len > 0 && is_blank(*text))
        text++, len--;
    while (len > 0 && is_blank(text[len - 1]))
        len--;
    return arena_dup(a, text, len);
}

static int characters(const char *text, size_t len)
{
    int n = 0;
    for (size_t i = 0; i < len; i++)
        n += (text[i] & 0xc0) != 0x80;
    return n;
}

/* how long the cell at ${p} is, its quotes included; elsewhere than in CSV a quote ends nothing and hides no separator */
static size_t cell_length(const char *p, char separator)
{
    const char *q = p;
    if (separator == ',' && *q == '"') {
        for (q++; *q != '\0' && (*q != '"' || q[1] == '"'); q++)
            q += *q == '"';
        q += *q == '"';
    }
    while (*q != '\0' && *q != separator)
        q++;
    return (size_t)(q - p);
}

size_t file_cells(const struct reading *r, size_t line, char separator, struct file_cell *ret)
{
    const char *text = r->line[line].text, *p = text;
    for (size_t n = 0; n < FILE_CELLS_MAX; n++) {
        size_t len = cell_length(p, separator);
        bool quoted = separator == ',' && len >= 2 && p[0] == '"' && p[len - 1] == '"';
        ret[n] = (struct file_cell){quoted ? trim(r->a, p + 1, len - 2) : trim(r->a, p, len), (int)line + 1,
                                    characters(text, (size_t)(p - text)) + 1};
        p += len;
        if (*p == '\0')
            return n + 1;
        p++;
    }
    if (r->out->lacks == NULL)
        r->out->lacks = arena_printf(r->a, "line %zu has more than %d columns", line + 1, FILE_CELLS_MAX);
    return FILE_CELLS_MAX;
}

const char *file_part(struct arena *a, const char *text, char separator, size_t n)
{
    for (;; n--) {
        const char *end = strchr(text, separator);
        size_t len = end != NULL ? (size_t)(end - text) : strlen(text);
        if (n == 0)
            return trim(a, text, len);
        if (end == NULL)
            return "";
        text = end + 1;
    }
}
