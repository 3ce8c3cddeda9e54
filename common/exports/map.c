#include "exports/map.h"

#include <inttypes.h>
#include <string.h>

static const char *const how_words[MAP_HOW_COUNT] = {"text", "number", "absolute id", "extension", "by rule", "left out"};

const struct map_row *map_row(const struct map *map, const char *record, const char *field)
{
    const struct map_row *all = NULL;
    for (size_t i = 0; i < map->count; i++) {
        const struct map_row *row = &map->row[i];
        if (strcmp(row->record, record) != 0 && strcmp(row->record, "*") != 0)
            continue;
        if (strcmp(row->field, field) == 0)
            return row;
        if (strcmp(row->field, "*") == 0 && (all == NULL || strcmp(all->record, "*") == 0))
            all = row;
    }
    return all;
}

const char *map_field_text(struct arena *a, const struct field *f, const void *at)
{
    switch (f->kind) {
    case FIELD_INTEGER:
        return arena_printf(a, "%" PRId64, *(const int64_t *)at);
    case FIELD_BOOLEAN:
        return *(const int8_t *)at == 1 ? "true" : "false";
    case FIELD_TIME: {
        char *text = arena_alloc(a, CLOCK_TEXT);
        clock_to_text(*(const int64_t *)at, text);
        return text;
    }
    case FIELD_BYTES:
        return base64_of(a, ((const struct bytes *)at)->data, ((const struct bytes *)at)->len);
    case FIELD_LIST:
    case FIELD_TEXTS:
    case FIELD_DOCUMENT:
        return NULL;
    default:
        return *(const char *const *)at;
    }
}

/* ---- FHIR's two general forms: quantity and extension */

void map_quantity(struct tree *node, const char *path, const char *value, const char *unit)
{
    static const char *const ucum[][2] = {
        {"mL", "mL"}, {"uL", "uL"}, {"g", "g"}, {"cm", "cm"}, {"cm2", "cm2"}, {"h", "h"}, {"d", "d"}, {"%", "%"}, {"1", "1"},
        {"cells", "{cells}"}, {"cells/mL", "{cells}/mL"}, {"cells/cm", "{cells}/cm"}, {"cells/cm2", "{cells}/cm2"},
        {"degC", "Cel"}, {"\xc2\xb0" "C", "Cel"}, {"degC/min", "Cel/min"}, {"PD", "{PD}"}, {"EU/mL", "[EU]/mL"},
        {"mg/cm2", "mg/cm2"}, {"rpm", "{rpm}"}, {"xg", "[g]"}, {"Pa", "Pa"},
    };
    struct tree *q = tree_at(node, path);
    bool censored = value[0] == '<' || value[0] == '>';
    tree_raw(q, "value", value + censored);
    if (censored)
        tree_text(q, "comparator", value[0] == '<' ? "<" : ">");
    tree_text(q, "unit", unit);
    for (size_t i = 0; i < sizeof ucum / sizeof ucum[0]; i++)
        if (strcmp(ucum[i][0], unit) == 0) {
            tree_text(q, "system", "http://unitsofmeasure.org");
            tree_text(q, "code", ucum[i][1]);
        }
}

static void extend_scalar(const struct facts *f, const struct field *field, const void *at, struct tree *x)
{
    const char *text = map_field_text(f->arena, field, at);
    if (field->kind == FIELD_DECIMAL && field->unit[0] != '\0')
        map_quantity(x, "valueQuantity", text, field->unit);
    else if (field->kind == FIELD_DECIMAL)
        tree_raw(x, "valueDecimal", text);
    else if (field->kind == FIELD_INTEGER)
        tree_raw(x, "valueInteger", text);
    else if (field->kind == FIELD_BOOLEAN)
        tree_raw(x, "valueBoolean", text);
    else
        tree_text(x, field->kind == FIELD_TIME ? "valueDateTime" : "valueString", text);
}

void map_extend(const struct facts *f, const struct record_type *type, size_t i, const void *record, struct tree *node)
{
    const struct field *field = &type->fields[i];
    const void *at = record_at_const(type, i, record);
    const char *url = arena_printf(f->arena, "%s/fhir/%s.%s", f->base, type->name, field->name);
    const struct list *list = at;
    bool many = field->kind == FIELD_LIST || field->kind == FIELD_TEXTS;
    if (record_is_absent(type, i, record) || field->kind == FIELD_DOCUMENT)
        return;
    for (size_t k = 0; k < (many ? list->count : 1); k++) {
        struct tree *x = tree_at(node, "extension[]");
        tree_text(x, "url", url);
        if (field->kind == FIELD_TEXTS)
            tree_text(x, "valueString", TEXTS_AT(*list, k));
        else if (!many)
            extend_scalar(f, field, at, x);
        for (size_t n = 0; field->kind == FIELD_LIST && n < field->rows->count; n++)
            map_extend(f, field->rows, n, (const char *)list->items + k * field->rows->size, x);
    }
}

/* ---- the walk */

static void put(const struct facts *f, const struct map_row *row, const struct field *field, const void *at,
                struct tree *node, const char *path)
{
    const char *text = map_field_text(f->arena, field, at);
    if (row->how == MAP_NUMBER)
        tree_raw(node, path, text);
    else
        tree_text(node, path, row->how == MAP_URI ? facts_uri(f, text) : text);
}

static const char *path_under(const char *target, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(target, prefix, len) == 0 && target[len] == '.' ? target + len + 1 : NULL;
}

/* in the table's order, which is the order of elements where the format has one */
void map_record(const struct facts *f, const struct map *map, const struct record_type *type, const void *record,
                const char *prefix, struct tree *node)
{
    for (size_t k = 0; k < map->count; k++) {
        const struct map_row *row = &map->row[k];
        const char *path = path_under(row->target, prefix);
        bool mine = strcmp(row->record, type->name) == 0 || strcmp(row->record, "*") == 0;
        if (!mine || path == NULL || row->how >= MAP_CODE)
            continue;
        for (size_t i = 0; i < type->count; i++) {
            const struct field *field = &type->fields[i];
            if (map_row(map, type->name, field->name) != row || record_is_absent(type, i, record))
                continue;
            if (row->how == MAP_EXTENSION)
                map_extend(f, type, i, record, node);
            else
                put(f, row, field, record_at_const(type, i, record), node, path);
        }
    }
}

/* ---- what was corrected */

static bool same_text(const char *x, const char *y)
{
    return x == y || (x != NULL && y != NULL && strcmp(x, y) == 0);
}

static bool differs(struct arena *a, const struct record_type *type, size_t i, const void *was, const void *is)
{
    const struct field *field = &type->fields[i];
    const char *now = record_is_absent(type, i, is) ? NULL : map_field_text(a, field, record_at_const(type, i, is));
    return !record_is_absent(type, i, was) && !same_text(map_field_text(a, field, record_at_const(type, i, was)), now);
}

static bool any_differs(struct arena *a, const struct record_type *type, const void *was, const void *is)
{
    bool any = false;
    for (size_t i = 0; i < type->count; i++)
        any = any || differs(a, type, i, was, is);
    return any;
}

/* rows stand in their place: a correction moves none */
static void put_rows_was(const struct facts *f, const struct field *field, const void *was, const void *is, const char *path,
                         const char *prefix, struct tree *node)
{
    const struct list *before = was, *now = is;
    const struct record_type *rows = field->rows;
    for (size_t k = 0; k < before->count && k < now->count; k++) {
        const char *x = (const char *)before->items + k * rows->size, *y = (const char *)now->items + k * rows->size;
        if (!any_differs(f->arena, rows, x, y))
            continue;
        struct tree *item = tree_at(node, arena_printf(f->arena, "%s[]", path));
        tree_text(item, arena_printf(f->arena, "%s%s", prefix, rows->fields[0].name),
                  map_field_text(f->arena, &rows->fields[0], record_at_const(rows, 0, x)));
        map_was(f, rows, x, y, prefix, item);
    }
}

void map_was(const struct facts *f, const struct record_type *type, const void *was, const void *is, const char *prefix,
             struct tree *node)
{
    for (size_t i = 0; was != NULL && i < type->count; i++) {
        const struct field *field = &type->fields[i];
        const void *at = record_at_const(type, i, was);
        const char *path = arena_printf(f->arena, "%s%s", prefix, field->name);
        if (field->kind == FIELD_LIST)
            put_rows_was(f, field, at, record_at_const(type, i, is), path, prefix, node);
        else if (differs(f->arena, type, i, was, is))
            tree_text(node, path, map_field_text(f->arena, field, at));
    }
}

const char *map_was_text(const struct facts *f, const struct record_type *type, const void *was, const void *is)
{
    struct buf b = buf_new(f->arena);
    buf_put(&b, "");
    for (size_t i = 0; was != NULL && i < type->count; i++)
        if (type->fields[i].kind != FIELD_LIST && differs(f->arena, type, i, was, is))
            buf_printf(&b, "%s%s: %s", b.len > 0 ? "; " : "", type->fields[i].name,
                       map_field_text(f->arena, &type->fields[i], record_at_const(type, i, was)));
    return b.text;
}

/* ---- the page */

static void document_one(struct buf *b, const struct map *map)
{
    buf_printf(b, "\n## %s\n\n| record | field | goes to, or why not | how |\n|---|---|---|---|\n", map->title);
    for (size_t i = 0; i < map->count; i++)
        buf_printf(b, "| %s | %s | %s%s%s | %s |\n", strcmp(map->row[i].record, "*") == 0 ? "every other" : map->row[i].record,
                   strcmp(map->row[i].field, "*") == 0 ? "all others" : map->row[i].field,
                   map->row[i].how == MAP_LEFT ? "" : "`", map->row[i].target, map->row[i].how == MAP_LEFT ? "" : "`",
                   how_words[map->row[i].how]);
}

void map_document(struct buf *b)
{
    static const struct map *const all[] = {&fhir_map, &epcis_map, &b2mml_map, &csv_map};
    buf_put(b, "# Exports, field by field\n\nMade by `stemma describe exports`. docs/exports.md says what the formats are for.\n");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        document_one(b, all[i]);
}
