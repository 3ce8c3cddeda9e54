#include "contract/contract.h"

#include <inttypes.h>
#include <string.h>

static void render_record(struct buf *b, const struct record_type *type, const void *record, int indent);

static void render_list(struct buf *b, const struct field *f, const struct list *list, int indent)
{
    for (size_t i = 0; i < list->count; i++) {
        if (f->kind == FIELD_TEXTS) {
            buf_printf(b, "%*s- %s\n", indent + 2, "", TEXTS_AT(*list, i));
        } else {
            buf_printf(b, "%*s- %zu:\n", indent + 2, "", i + 1);
            render_record(b, f->rows, (const char *)list->items + i * f->rows->size, indent + 4);
        }
    }
}

static void render_scalar(struct buf *b, const struct field *f, const void *at)
{
    char time[CLOCK_TEXT];
    switch (f->kind) {
    case FIELD_INTEGER:
        buf_printf(b, "%" PRId64, *(const int64_t *)at);
        break;
    case FIELD_BOOLEAN:
        buf_put(b, *(const int8_t *)at == 1 ? "yes" : "no");
        break;
    case FIELD_TIME:
        clock_to_text(*(const int64_t *)at, time);
        buf_put(b, time);
        break;
    case FIELD_BYTES:
        buf_put(b, base64_of(b->arena, ((const struct bytes *)at)->data, ((const struct bytes *)at)->len));
        break;
    default:
        buf_put(b, *(const char *const *)at);
    }
    if (f->unit[0] != '\0' && f->kind == FIELD_DECIMAL)
        buf_printf(b, " %s", f->unit);
}

static void render_record(struct buf *b, const struct record_type *type, const void *record, int indent)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct field *f = &type->fields[i];
        const void *at = record_at_const(type, i, record);
        if (record_is_absent(type, i, record) || (f->flags & FLAG_ATTACHED) != 0)
            continue;
        buf_printf(b, "%*s%s: ", indent, "", f->label);
        if (f->kind == FIELD_LIST || f->kind == FIELD_TEXTS) {
            buf_char(b, '\n');
            render_list(b, f, at, indent);
        } else {
            render_scalar(b, f, at);
            buf_char(b, '\n');
        }
    }
}

void verb_render(struct buf *b, const struct verb_row *row, const char *stream, const void *in)
{
    buf_printf(b, "%s\n%s\nStream: %s\nMeaning: %s\n\n", row->in->title, row->doc, stream, row->meaning);
    render_record(b, row->in, in, 0);
}
