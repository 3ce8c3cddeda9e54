#include "support/sample.h"

#include <string.h>

#include "base/text.h"

static void put_object(struct buf *b, const struct record_type *type, enum sample_fault fault, size_t at);

static void put_long(struct buf *b, const struct field *f)
{
    size_t n = field_max(f) + 1;
    if (f->kind == FIELD_BYTES)
        n = (field_max(f) + 3) / 3 * 4 + 4;   /* base64 of more bytes than the field takes */
    buf_char(b, '"');
    for (size_t i = 0; i < n; i++)
        buf_char(b, 'A');
    buf_char(b, '"');
}

static void put_value(struct buf *b, const struct field *f)
{
    char time[CLOCK_TEXT];
    switch (f->kind) {
    case FIELD_INTEGER: buf_put(b, "1"); return;
    case FIELD_BOOLEAN: buf_put(b, "true"); return;
    case FIELD_DECIMAL: buf_put(b, "\"1\""); return;
    case FIELD_BYTES: buf_put(b, "\"QUJD\""); return;
    case FIELD_TEXTS: buf_put(b, "[\"x\"]"); return;
    case FIELD_DOCUMENT: buf_put(b, "{}"); return;
    case FIELD_STREAM:
        buf_printf(b, "\"%s%s\"", f->unit[0] != '\0' ? f->unit : "B", strcmp(f->unit, "SYS") == 0 ? "" : "-NONE");
        return;
    case FIELD_WORD: buf_printf(b, "\"%s\"", f->words->words[0]); return;
    case FIELD_DIGEST:
        buf_put(b, "\"0000000000000000000000000000000000000000000000000000000000000000\"");
        return;
    case FIELD_TIME:
        clock_to_text(clock_ms(), time);
        buf_printf(b, "\"%s\"", time);
        return;
    case FIELD_LIST:
        buf_char(b, '[');
        put_object(b, f->rows, SAMPLE_WELL, 0);
        buf_char(b, ']');
        return;
    default: buf_put(b, "\"x\"");
    }
}

static void put_object(struct buf *b, const struct record_type *type, enum sample_fault fault, size_t at)
{
    const char *comma = "";
    buf_char(b, '{');
    for (size_t i = 0; i < type->count; i++) {
        const struct field *f = &type->fields[i];
        if ((f->flags & FLAG_COMPUTED) != 0 || (fault == SAMPLE_MISSING && i == at))
            continue;
        if ((f->flags & (FLAG_REQUIRED | FLAG_KEY)) == 0 && !(i == at && fault != SAMPLE_WELL))
            continue;
        buf_printf(b, "%s\"%s\":", comma, f->name);
        comma = ",";
        if (fault == SAMPLE_TYPE && i == at)
            buf_put(b, f->kind == FIELD_LIST || f->kind == FIELD_TEXTS ? "17" : "[17]");
        else if (fault == SAMPLE_LONG && i == at)
            put_long(b, f);
        else
            put_value(b, f);
    }
    if (fault == SAMPLE_UNKNOWN)
        buf_printf(b, "%s\"zzz_unknown\":1", comma);
    buf_char(b, '}');
}

char *sample_body(struct arena *a, const struct record_type *type, enum sample_fault fault, size_t field)
{
    const struct field *f = field < type->count ? &type->fields[field] : NULL;
    if (fault != SAMPLE_WELL && fault != SAMPLE_UNKNOWN && (f == NULL || (f->flags & FLAG_COMPUTED) != 0))
        return NULL;
    if (fault == SAMPLE_MISSING && (f->flags & (FLAG_REQUIRED | FLAG_ASSIGNED)) != FLAG_REQUIRED)    /* a service fills what is assigned */
        return NULL;
    if (fault == SAMPLE_LONG && f->kind != FIELD_TEXT && f->kind != FIELD_LINES && f->kind != FIELD_BYTES)
        return NULL;
    struct buf b = buf_new(a);
    put_object(&b, type, fault, field);
    return b.text;
}
