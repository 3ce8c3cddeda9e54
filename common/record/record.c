#include "record/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What C needs to know of each kind to find a field in its struct; every kind is aligned as its first word. */
#define KIND(kind, ctype, max, counts, sql) {sizeof(ctype), _Alignof(ctype), max, sql},
static const struct {
    size_t size, align, max;
    const char *sql;
} kinds[] = {RECORD_KINDS(KIND)};
#undef KIND

static const char *const kind_names[] = {"text", "lines", "integer", "decimal", "boolean", "time", "bytes",
                                         "digest", "word", "stream", "list", "texts", "document"};
_Static_assert(sizeof kind_names / sizeof kind_names[0] == FIELD_KIND_COUNT, "a name for each kind");

size_t field_max(const struct field *f)
{
    return f->max > 0 ? f->max : kinds[f->kind].max;
}

const char *field_kind_name(enum field_kind kind)
{
    return kind_names[kind];
}

const char *field_kind_sql(enum field_kind kind)
{
    return kinds[kind].sql;
}

/* A table that does not fit its struct is a mistake in the program, found at the first request. */
static void plan_check(const struct record_type *type, size_t end)
{
    size_t align = end > 0 ? _Alignof(int64_t) : 1;
    bool all_small = true;
    for (size_t i = 0; i < type->count; i++)
        all_small = all_small && kinds[type->fields[i].kind].align == 1;
    align = all_small ? 1 : align;
    if ((end + align - 1) / align * align != type->size) {
        fprintf(stderr, "record %s: field table and struct differ\n", type->name);
        abort();
    }
}

static void plan_sort(const struct record_type *type, struct record_plan *plan)
{
    for (size_t i = 0; i < type->count; i++) {
        size_t k = i;
        while (k > 0 && strcmp(type->fields[plan->by_key[k - 1]].name, type->fields[i].name) > 0) {
            plan->by_key[k] = plan->by_key[k - 1];
            k--;
        }
        plan->by_key[k] = (uint8_t)i;
    }
}

static void plan_make(const struct record_type *type, struct record_plan *plan)
{
    if (type->count > RECORD_FIELDS_MAX)
        abort();
    size_t at = 0;
    for (size_t i = 0; i < type->count; i++) {
        size_t align = kinds[type->fields[i].kind].align;
        at = (at + align - 1) / align * align;
        plan->offset[i] = (uint16_t)at;
        at += kinds[type->fields[i].kind].size;
    }
    plan_check(type, at);
    plan_sort(type, plan);
    plan->ready = true;
}

const struct record_plan *record_plan(const struct record_type *type)
{
    if (!type->plan->ready)
        plan_make(type, type->plan);
    return type->plan;
}

int record_field(const struct record_type *type, const char *name, size_t len)
{
    const struct record_plan *plan = record_plan(type);
    size_t low = 0, high = type->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const char *here = type->fields[plan->by_key[middle]].name;
        int order = strncmp(name, here, len);
        if (order == 0 && here[len] == '\0')
            return plan->by_key[middle];
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

void *record_at(const struct record_type *type, size_t i, void *record)
{
    return (char *)record + record_plan(type)->offset[i];
}

const void *record_at_const(const struct record_type *type, size_t i, const void *record)
{
    return (const char *)record + record_plan(type)->offset[i];
}

bool record_is_absent(const struct record_type *type, size_t i, const void *record)
{
    const void *slot = record_at_const(type, i, record);
    switch (type->fields[i].kind) {
    case FIELD_INTEGER:
    case FIELD_TIME:
        return *(const int64_t *)slot == INT64_MIN;
    case FIELD_BOOLEAN:
        return *(const int8_t *)slot == BOOLEAN_ABSENT;
    case FIELD_BYTES:
        return ((const struct bytes *)slot)->data == NULL;
    case FIELD_LIST:
    case FIELD_TEXTS:
        return ((const struct list *)slot)->count == 0;
    default:
        return *(const char *const *)slot == NULL;
    }
}

void record_init(const struct record_type *type, void *ret)
{
    if (type->size > 0)
        memset(ret, 0, type->size);
    for (size_t i = 0; i < type->count; i++) {
        enum field_kind kind = type->fields[i].kind;
        if (kind == FIELD_INTEGER || kind == FIELD_TIME)
            *(int64_t *)record_at(type, i, ret) = INT64_MIN;
        else if (kind == FIELD_BOOLEAN)
            *(int8_t *)record_at(type, i, ret) = BOOLEAN_ABSENT;
    }
}

void *record_new(struct arena *a, const struct record_type *type)
{
    void *record = arena_alloc(a, type->size > 0 ? type->size : 1);
    record_init(type, record);
    return record;
}

/* Lists grow at powers of two, so that their size need not be kept. */
static void *list_grow(struct arena *a, struct list *list, size_t size)
{
    if (size > 0 && (list->count & (list->count + 1)) == 0) {
        void *items = arena_alloc(a, (2 * list->count + 1) * size);
        if (list->count > 0)
            memcpy(items, list->items, list->count * size);
        list->items = items;
    }
    return (char *)list->items + list->count++ * size;
}

void *record_list_add(struct arena *a, const struct record_type *type, struct list *list)
{
    void *row = list_grow(a, list, type->size);
    record_init(type, row);
    return row;
}

void record_list_cut(const struct record_type *type, void *record, struct list *list, int8_t *ret_more)
{
    size_t i = 0;
    while (type->fields[i].name != NULL && record_at(type, i, record) != (void *)list)
        i++;
    if (type->fields[i].name == NULL || type->fields[i].kind != FIELD_LIST)
        abort();
    size_t most = field_max(&type->fields[i]);
    if (list->count > most) {
        list->count = most;
        *ret_more = 1;
    }
}

void texts_add(struct arena *a, struct list *list, const char *text)
{
    *(const char **)list_grow(a, list, sizeof(const char *)) = text;
}

bool word_list_has(const struct word_list *list, const char *word)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->words[i], word) == 0)
            return true;
    return false;
}
