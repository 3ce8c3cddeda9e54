#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "record/record_inner.h"

void record_write_string(struct buf *b, const char *text)
{
    buf_char(b, '"');
    while (*text) {
        size_t plain = strcspn(text, "\"\\\n");
        buf_add(b, text, plain);
        text += plain;
        if (*text) {
            char escaped[2] = {'\\', *text == '\n' ? 'n' : *text};
            buf_add(b, escaped, 2);
            text++;
        }
    }
    buf_char(b, '"');
}

static void write_integer(struct buf *b, int64_t value)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRId64, value);
    buf_add(b, digits, (size_t)n);
}

static void write_time(struct buf *b, int64_t ms)
{
    char text[CLOCK_TEXT];
    clock_to_text(ms, text);
    record_write_string(b, text);
}

static void write_texts(struct buf *b, const struct list *list)
{
    buf_char(b, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buf_char(b, ',');
        record_write_string(b, TEXTS_AT(*list, i));
    }
    buf_char(b, ']');
}

static void write_rows(struct buf *b, const struct record_type *type, const struct list *list, enum record_mode mode)
{
    buf_char(b, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buf_char(b, ',');
        record_to_json(b, type, (const char *)list->items + i * type->size, mode);
    }
    buf_char(b, ']');
}

void record_write_field(struct buf *b, const struct field *f, const void *slot, enum record_mode mode)
{
    const struct bytes *bytes = slot;
    switch (f->kind) {
    case FIELD_INTEGER:
        write_integer(b, *(const int64_t *)slot);
        break;
    case FIELD_TIME:
        write_time(b, *(const int64_t *)slot);
        break;
    case FIELD_BOOLEAN:
        buf_put(b, *(const int8_t *)slot ? "true" : "false");
        break;
    case FIELD_BYTES:
        record_write_string(b, base64_of(b->arena, bytes->data, bytes->len));
        break;
    case FIELD_TEXTS:
        write_texts(b, slot);
        break;
    case FIELD_LIST:
        write_rows(b, f->rows, slot, mode);
        break;
    case FIELD_DOCUMENT:
        buf_put(b, *(const char *const *)slot);
        break;
    default:
        record_write_string(b, *(const char *const *)slot);
    }
}

static unsigned left_out(enum record_mode mode)
{
    switch (mode) {
    case RECORD_CLIENT:
        return FLAG_COMPUTED;
    case RECORD_STATEMENT:
    case RECORD_LOG:
        return FLAG_SECRET | FLAG_PERSONAL | FLAG_ATTACHED;
    default:
        return 0;
    }
}

void record_to_json(struct buf *b, const struct record_type *type, const void *record, enum record_mode mode)
{
    const struct record_plan *plan = record_plan(type);
    unsigned omit = left_out(mode);
    char between = '{';
    for (size_t k = 0; k < type->count; k++) {
        size_t i = plan->by_key[k];
        const struct field *f = &type->fields[i];
        if ((f->flags & omit) != 0 || (mode == RECORD_STATEMENT && f->kind == FIELD_LINES) || record_is_absent(type, i, record))
            continue;
        buf_char(b, between);
        buf_char(b, '"');
        buf_put(b, f->name);
        buf_add(b, "\":", 2);
        record_write_field(b, f, record_at_const(type, i, record), mode);
        between = ',';
    }
    buf_put(b, between == '{' ? "{}" : "}");
}
