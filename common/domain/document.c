#include "domain/document.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"

struct reader {
    struct arena *arena;
    struct err *err;
};

static int object_read(struct reader *r, const json_t *object, const struct document_shape *shape, const char *path, void *ret);

static int refuse(struct reader *r, const char *path, const char *why)
{
    return err_raise(r->err, ERR_DOCUMENT_REFUSED, path, "", "%s: %s", path, why);
}

/* plain text of the record: no control characters, bounded in characters */
static int text_read(struct reader *r, const json_t *value, const struct document_key *key, const char *path, const char **ret)
{
    if (!json_is_string(value))
        return refuse(r, path, "a text is needed");
    const char *text = json_string_value(value);
    size_t len = json_string_length(value), chars = 0;
    if (len != strlen(text))
        return refuse(r, path, "a NUL in the text");
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return refuse(r, path, "a control character in the text");
        chars += ((unsigned char)text[i] & 0xC0) != 0x80;
    }
    if (chars < (size_t)key->min || chars > (size_t)key->max)
        return refuse(r, path, "the text is too short or too long");
    *ret = arena_dup(r->arena, text, len);
    return 0;
}

static int name_read(struct reader *r, const json_t *value, const struct document_key *key, const char *path, const char **ret)
{
    int code = text_read(r, value, key, path, ret);
    if (code != 0)
        return code;
    const char *name = *ret;
    if (name[0] < 'a' || name[0] > 'z' || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0')
        return refuse(r, path, "a name is small letters, digits and _");
    return 0;
}

static int decimal_read(struct reader *r, const json_t *value, const char *path, const char **ret)
{
    if (!json_is_string(value) || !decimal_is_valid(json_string_value(value)))
        return refuse(r, path, "a decimal in quotes is needed");
    *ret = arena_text(r->arena, json_string_value(value));
    return 0;
}

static int integer_read(struct reader *r, const json_t *value, const struct document_key *key, const char *path, int *ret)
{
    if (!json_is_integer(value) || json_integer_value(value) < key->min || json_integer_value(value) > key->max)
        return refuse(r, path, "a whole number in its range is needed");
    *ret = (int)json_integer_value(value);
    return 0;
}

static int word_read(struct reader *r, const json_t *value, const struct document_key *key, const char *path, int *ret)
{
    const int i = text_index(key->words, json_string_value(value), -1);
    if (i < 0)
        return refuse(r, path, "not a word of its list");
    *ret = i;
    return 0;
}

static int list_read(struct reader *r, const json_t *value, const struct document_key *key, const char *path,
    struct document_list *ret)
{
    size_t count = json_array_size(value);
    if (!json_is_array(value) || count < (size_t)key->min || count > (size_t)key->max)
        return refuse(r, path, "a list with an allowed number of entries is needed");
    static const struct document_key entry = {.min = 1, .max = 200};
    size_t size = key->kind == DOC_TEXTS ? sizeof(const char *) : key->shape->size;
    char *items = arena_alloc(r->arena, size * (count > 0 ? count : 1));
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(value, i);
        const char *where = arena_printf(r->arena, "%s[%zu]", path, i);
        int code = key->kind == DOC_TEXTS ? text_read(r, item, &entry, where, (const char **)(void *)(items + i * size))
                                          : object_read(r, item, key->shape, where, items + i * size);
        if (code != 0)
            return code;
    }
    *ret = (struct document_list){items, count};
    return 0;
}

static int inner_read(struct reader *r, const json_t *value, const struct document_key *key, const char *path, void **ret)
{
    *ret = arena_alloc(r->arena, key->shape->size);
    return object_read(r, value, key->shape, path, *ret);
}

static int value_read(struct reader *r, const json_t *value, const struct document_key *key, const char *path, void *into)
{
    switch (key->kind) {
    case DOC_TEXT: return text_read(r, value, key, path, into);
    case DOC_NAME: return name_read(r, value, key, path, into);
    case DOC_DECIMAL: return decimal_read(r, value, path, into);
    case DOC_INTEGER: return integer_read(r, value, key, path, into);
    case DOC_WORD: return word_read(r, value, key, path, into);
    case DOC_TEXTS:
    case DOC_OBJECTS: return list_read(r, value, key, path, into);
    case DOC_OBJECT: return inner_read(r, value, key, path, into);
    case DOC_BOOL: break;
    }
    if (!json_is_boolean(value))
        return refuse(r, path, "true or false is needed");
    *(bool *)into = json_is_true(value);
    return 0;
}

static const struct document_key *key_find(const struct document_shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->key_count; i++)
        if (strcmp(shape->keys[i].name, name) == 0)
            return &shape->keys[i];
    return NULL;
}

static int object_read(struct reader *r, const json_t *object, const struct document_shape *shape, const char *path, void *ret)
{
    const char *name, *dot = *path == '\0' ? "" : ".";
    json_t *value;
    if (!json_is_object(object))
        return refuse(r, path, "an object is needed");
    json_object_foreach((json_t *)(uintptr_t)object, name, value) {
        const struct document_key *key = key_find(shape, name);
        const char *where = arena_printf(r->arena, "%s%s%s", path, dot, name);
        if (key == NULL)
            return refuse(r, where, "there is no such key");
        int code = value_read(r, value, key, where, (char *)ret + key->offset);
        if (code != 0)
            return code;
    }
    for (size_t i = 0; i < shape->key_count; i++)
        if (shape->keys[i].required && json_object_get(object, shape->keys[i].name) == NULL)
            return refuse(r, arena_printf(r->arena, "%s%s%s", path, dot, shape->keys[i].name), "required, and missing");
    return 0;
}

int document_read(struct arena *a, const char *json, size_t len, const struct document_shape *shape, void *ret,
    struct err *e)
{
    struct reader r = {a, e};
    json_error_t where;
    if (len > DOCUMENT_BYTES_MAX)
        return err_raise(e, ERR_DOCUMENT_REFUSED, "", "", "a document has at most %d bytes", DOCUMENT_BYTES_MAX);
    json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &where);
    if (root == NULL)
        return err_raise(e, ERR_DOCUMENT_REFUSED, "", "", "not JSON: %s at line %d", where.text, where.line);
    int code = object_read(&r, root, shape, "", ret);
    json_decref(root);
    return code;
}
