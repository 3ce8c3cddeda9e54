#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "record/record_inner.h"

static const char *bytea_text(struct arena *a, const void *data, size_t len)
{
    char *text = arena_alloc(a, 2 * len + 3);
    text[0] = '\\';
    text[1] = 'x';
    hex_of(data, len, text + 2);
    return text;
}

/* PostgreSQL's array literal, every element quoted. */
static const char *array_text(struct arena *a, const struct list *list)
{
    struct buf b = buf_new(a);
    buf_char(&b, '{');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buf_char(&b, ',');
        record_write_string(&b, TEXTS_AT(*list, i));
    }
    buf_char(&b, '}');
    return b.text;
}

static const char *json_text(struct arena *a, const struct field *f, const void *slot)
{
    struct buf b = buf_new(a);
    record_write_field(&b, f, slot, RECORD_STORED);
    return b.text;
}

static const char *value_text(struct arena *a, const struct field *f, const void *slot)
{
    const struct bytes *bytes = slot;
    char *time;
    switch (f->kind) {
    case FIELD_INTEGER:
        return arena_printf(a, "%" PRId64, *(const int64_t *)slot);
    case FIELD_BOOLEAN:
        return *(const int8_t *)slot ? "t" : "f";
    case FIELD_TIME:
        time = arena_alloc(a, CLOCK_TEXT);
        clock_to_text(*(const int64_t *)slot, time);
        return time;
    case FIELD_BYTES:
        return bytea_text(a, bytes->data, bytes->len);
    case FIELD_DIGEST:
        return arena_printf(a, "\\x%s", *(const char *const *)slot);
    case FIELD_TEXTS:
        return array_text(a, slot);
    case FIELD_LIST:
        return json_text(a, f, slot);
    default:
        return *(const char *const *)slot;
    }
}

void record_to_values(struct arena *a, const struct record_type *type, const void *record, const char **ret_values)
{
    for (size_t i = 0; i < type->count; i++)
        ret_values[i] = record_is_absent(type, i, record)
                            ? NULL
                            : value_text(a, &type->fields[i], record_at_const(type, i, record));
}

/* `2026-03-01 08:30:00[.123456]+00`, or with T between and +00:00 behind as in JSON. Below a millisecond is cut off. */
bool record_stored_time(const char *text, int64_t *ret_ms)
{
    char own[CLOCK_TEXT] = "0000-00-00T00:00:00.000Z";
    if (strlen(text) < 19)
        return false;
    if (clock_from_text(text, strlen(text), ret_ms))
        return true;
    memcpy(own, text, 10);
    memcpy(own + 11, text + 11, 8);
    const char *rest = text + 19;
    if (*rest == '.') {
        size_t digits = strspn(++rest, "0123456789");
        memcpy(own + 20, rest, digits < 3 ? digits : 3);
        rest += digits;
    }
    if ((text[10] != ' ' && text[10] != 'T') || (strcmp(rest, "+00") != 0 && strcmp(rest, "+00:00") != 0))
        return false;
    return clock_from_text(own, CLOCK_TEXT - 1, ret_ms);
}

bool record_stored_bytes(struct arena *a, const char *text, struct bytes *ret)
{
    if (strncmp(text, "\\x", 2) != 0)
        return false;
    size_t len = strlen(text + 2);
    uint8_t *data = arena_alloc(a, len / 2 + 1);
    if (!hex_to(text + 2, len, data))
        return false;
    *ret = (struct bytes){data, len / 2};
    return true;
}

/* One element of an array literal, quoted or bare; returns what follows it, NULL if it is malformed. */
static const char *array_element(const char *p, struct buf *b)
{
    bool quoted = *p == '"';
    if (quoted)
        p++;
    while (*p && (quoted ? *p != '"' : *p != ',' && *p != '}')) {
        if (*p == '\\' && p[1])
            p++;
        buf_char(b, *p++);
    }
    if (!quoted)
        return *p ? p : NULL;
    return *p == '"' ? p + 1 : NULL;
}

static bool array_from_text(struct arena *a, const char *text, struct list *ret)
{
    struct list list = {NULL, 0};
    const char *p = text;
    if (*p++ != '{')
        return false;
    while (*p && *p != '}') {
        struct buf b = buf_new(a);
        p = array_element(p, &b);
        if (!p || (*p != ',' && *p != '}'))
            return false;
        texts_add(a, &list, b.text);
        if (*p == ',')
            p++;
    }
    *ret = list;
    return *p == '}' && p[1] == '\0';
}

static bool integer_from_text(const char *text, int64_t *ret)
{
    char extra;
    return sscanf(text, "%" SCNd64 "%c", ret, &extra) == 1;
}

static bool boolean_from_text(const char *text, int8_t *ret)
{
    *ret = text[0] == 't';
    return strcmp(text, "t") == 0 || strcmp(text, "f") == 0;
}

static bool digest_from_text(struct arena *a, const char *text, const char **ret)
{
    if (strncmp(text, "\\x", 2) == 0)
        text += 2;
    *ret = arena_text(a, text);
    return strlen(text) == 2 * DIGEST_LEN;
}

static bool cell_to_field(struct arena *a, const struct field *f, const char *cell, void *slot, struct err *e)
{
    switch (f->kind) {
    case FIELD_INTEGER:
        return integer_from_text(cell, slot);
    case FIELD_BOOLEAN:
        return boolean_from_text(cell, slot);
    case FIELD_TIME:
        return record_stored_time(cell, slot);
    case FIELD_BYTES:
        return record_stored_bytes(a, cell, slot);
    case FIELD_DIGEST:
        return digest_from_text(a, cell, slot);
    case FIELD_TEXTS:
        return array_from_text(a, cell, slot);
    case FIELD_LIST:
    case FIELD_DOCUMENT:
        return record_read_stored(a, f, cell, slot, e) == 0;
    default:
        *(const char **)slot = arena_text(a, cell);
        return true;
    }
}

int record_from_cells(struct arena *a, const struct record_type *type, const char *const *names,
                      const char *const *cells, size_t n, void *ret, struct err *e)
{
    if (n != type->count)
        return err_fault(e, "record %s has %zu fields, the row %zu columns", type->name, type->count, n);
    record_init(type, ret);
    for (size_t i = 0; i < n; i++) {
        const struct field *f = &type->fields[i];
        if (strcmp(names[i], f->name) != 0)
            return err_fault(e, "record %s: column %zu is %s, not %s", type->name, i, names[i], f->name);
        if (cells[i] && !cell_to_field(a, f, cells[i], record_at(type, i, ret), e))
            return err_fault(e, "record %s: column %s is not of the kind %s", type->name, f->name,
                             field_kind_name(f->kind));
    }
    return 0;
}
