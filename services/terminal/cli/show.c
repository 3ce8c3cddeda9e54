#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define COLUMN_MAX 44

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
    if (f->kind == FIELD_TEXTS) {
        const struct list *list = at;
        struct buf b = buf_new(cli->arena);
        for (size_t k = 0; k < list->count; k++)
            buf_printf(&b, "%s%s", k > 0 ? ", " : "", TEXTS_AT(*list, k));
        return b.text;
    }
    return *(const char *const *)at;
}

static int columns_of(const char *text)
{
    int n = 0;
    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static void put_cell(const char *text, int width)
{
    int n = columns_of(text);
    printf("%s%*s", text, width > n ? width - n + 2 : 2, "");
}

static void show_table(struct cli *cli, const struct record_type *type, const struct list *rows)
{
    int width[RECORD_FIELDS_MAX] = {0};
    bool strong = isatty(STDOUT_FILENO) != 0;
    for (size_t i = 0; i < type->count; i++) {
        width[i] = columns_of(type->fields[i].label);
        for (size_t k = 0; k < rows->count; k++) {
            int n = columns_of(cell(cli, type, i, (const char *)rows->items + k * type->size));
            width[i] = n > width[i] ? n : width[i];
        }
        width[i] = width[i] > COLUMN_MAX && i + 1 < type->count ? COLUMN_MAX : width[i];
    }
    fputs(strong ? "\033[1m" : "", stdout);
    for (size_t i = 0; i < type->count; i++)
        put_cell(type->fields[i].label, width[i]);
    puts(strong ? "\033[0m" : "");
    for (size_t k = 0; k < rows->count; k++) {
        for (size_t i = 0; i < type->count; i++)
            put_cell(cell(cli, type, i, (const char *)rows->items + k * type->size), width[i]);
        puts("");
    }
    if (rows->count == 0)
        puts("(none)");
}

void cli_show(struct cli *cli, const struct record_type *type, const void *record)
{
    if (cli->json) {
        struct buf b = buf_new(cli->arena);
        record_to_json(&b, type, record, RECORD_REPLY);
        puts(b.text);
        return;
    }
    for (size_t i = 0; i < type->count; i++) {
        const struct field *f = &type->fields[i];
        if (f->kind == FIELD_LIST) {
            if (type->count > 1)
                printf("\n%s\n", f->label);
            show_table(cli, f->rows, record_at_const(type, i, record));
        } else if (!record_is_absent(type, i, record) && (f->flags & FLAG_SECRET) == 0) {
            printf("%-28s %s%s%s\n", f->label, cell(cli, type, i, record), f->unit[0] != '\0' && f->kind == FIELD_DECIMAL ? " " : "",
                   f->kind == FIELD_DECIMAL ? f->unit : "");
        }
    }
}

int cli_refused(struct cli *cli, int code, const struct err *e)
{
    const struct err_row *row = err_row(code);
    if (cli->json)
        fprintf(stderr, "{\"code\":\"%s\",\"field\":\"%s\",\"rule\":\"%s\"}\n", row->code, e->field, e->rule);
    fprintf(stderr, "%s: %s", code > 0 ? "refused" : "failed", code > 0 ? row->sentence : "");
    fprintf(stderr, "%s%s", code > 0 ? " " : "", e->text);
    if (e->field[0] != '\0')
        fprintf(stderr, " [field %s]", e->field);
    if (e->rule[0] != '\0')
        fprintf(stderr, " [rule %s]", e->rule);
    fprintf(stderr, "\n");
    if (code > 0 && row->hint[0] != '\0')
        fprintf(stderr, "        %s\n", row->hint);
    return code > 0 ? 1 : 2;
}
