#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

static const char *cell(struct cli *cli, const struct record_type *type, size_t i, const void *record)
{
    const struct field *f = &type->fields[i];
    const void *at = record_at_const(type, i, record);
    if (record_is_absent(type, i, record))
        return "-";
    if (f->kind == FIELD_INTEGER)
        return arena_printf(cli->arena, "%" PRId64, *(const int64_t *)at);
    if (f->kind == FIELD_BOOLEAN)
        return *(const int8_t *)at == 1 ? "yes" : "no";
    if (f->kind == FIELD_TIME) {
        char *text = arena_alloc(cli->arena, CLOCK_TEXT);
        clock_to_text(*(const int64_t *)at, text);
        return text;
    }
    if (f->kind == FIELD_BYTES)
        return arena_printf(cli->arena, "%zu bytes", ((const struct bytes *)at)->len);
    if (f->kind == FIELD_LIST)
        return arena_printf(cli->arena, "%zu of them", ((const struct list *)at)->count);
    if (f->kind == FIELD_TEXTS) {
        const struct list *list = at;
        struct buf b = buf_new(cli->arena);
        for (size_t k = 0; k < list->count; k++)
            buf_printf(&b, "%s%s", k > 0 ? ", " : "", TEXTS_AT(*list, k));
        return b.text;
    }
    return *(const char *const *)at;
}

static void show_table(struct cli *cli, const struct record_type *type, const struct list *rows)
{
    const char **cells = ARENA_ARRAY(cli->arena, const char *, (rows->count + 1) * type->count);
    for (size_t i = 0; i < type->count; i++)
        cells[i] = type->fields[i].label;
    for (size_t k = 0; k < rows->count; k++)
        for (size_t i = 0; i < type->count; i++)
            cells[(k + 1) * type->count + i] = cell(cli, type, i, (const char *)rows->items + k * type->size);
    cli_table(cells, rows->count + 1, type->count);
}

static bool is_shown(const struct record_type *type, size_t i, const void *record)
{
    const struct field *f = &type->fields[i];
    return f->kind != FIELD_LIST && !record_is_absent(type, i, record) && (f->flags & FLAG_SECRET) == 0;
}

/* labels are ASCII: bytes are columns */
static int label_width(const struct record_type *type, const void *record)
{
    int width = 0;
    for (size_t i = 0; i < type->count; i++) {
        int n = (int)strlen(type->fields[i].label);
        if (is_shown(type, i, record) && n > width)
            width = n;
    }
    return width;
}

/* a text of several lines stays in its column */
static void put_value(const char *text, int indent)
{
    size_t n = strlen(text);
    while (n > 0 && text[n - 1] == '\n')
        n--;
    for (size_t i = 0; i < n; i++) {
        putchar(text[i]);
        if (text[i] == '\n' && text[i + 1] != '\n')
            printf("%*s", indent, "");
    }
}

void cli_show(struct cli *cli, const struct record_type *type, const void *record)
{
    if (cli->json) {
        struct buf b = buf_new(cli->arena);
        record_to_json(&b, type, record, RECORD_REPLY);
        puts(b.text);
        return;
    }
    int width = label_width(type, record);
    for (size_t i = 0; i < type->count; i++) {
        const struct field *f = &type->fields[i];
        if (f->kind == FIELD_LIST) {
            if (type->count > 1)
                printf("\n%s\n", f->label);
            show_table(cli, f->rows, record_at_const(type, i, record));
        } else if (is_shown(type, i, record)) {
            printf("%-*s  ", width, f->label);
            put_value(cell(cli, type, i, record), width + 2);
            puts(f->unit[0] != '\0' && f->kind == FIELD_DECIMAL ? arena_printf(cli->arena, " %s", f->unit) : "");
        }
    }
}
