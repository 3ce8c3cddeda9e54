#include "record/record_document.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "record/record_inner.h"

struct writer {
    struct buf *b;
    const char *path;
    struct err *e;
};

static int write_value(struct writer *w, const json_t *value, size_t depth);

static bool key_is_valid(const char *key)
{
    size_t n = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return key[n] == '\0' && n >= 1 && n <= 40 && key[0] >= 'a' && key[0] <= 'z';
}

static int compare_keys(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static int write_object(struct writer *w, const json_t *object, size_t depth)
{
    size_t n = json_object_size(object), i = 0;
    const char **keys = ARENA_ARRAY(w->b->arena, const char *, n + 1);
    const char *key;
    json_t *value, *whole = json_incref((json_t *)(uintptr_t)object);
    json_object_foreach(whole, key, value)
        keys[i++] = key;
    json_decref(whole);
    qsort(keys, n, sizeof *keys, compare_keys);
    buf_char(w->b, '{');
    for (i = 0; i < n; i++) {
        if (!key_is_valid(keys[i]))
            return err_raise(w->e, ERR_FIELD_TYPE, w->path, NULL, "%s holds the key \"%.40s\"; keys are lower-case words", w->path,
                             keys[i]);
        buf_printf(w->b, "%s\"%s\":", i > 0 ? "," : "", keys[i]);
        int code = write_value(w, json_object_get(object, keys[i]), depth + 1);
        if (code != 0)
            return code;
    }
    buf_char(w->b, '}');
    return 0;
}

static int write_array(struct writer *w, const json_t *array, size_t depth)
{
    buf_char(w->b, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0)
            buf_char(w->b, ',');
        int code = write_value(w, json_array_get(array, i), depth + 1);
        if (code != 0)
            return code;
    }
    buf_char(w->b, ']');
    return 0;
}

static int write_integer(struct writer *w, int64_t n)
{
    if (n > INTEGER_MAX || n < -INTEGER_MAX)
        return err_raise(w->e, ERR_FIELD_RANGE, w->path, NULL, "%s holds the number %" PRId64 ", beyond 2^53", w->path, n);
    buf_printf(w->b, "%" PRId64, n);
    return 0;
}

static int write_string(struct writer *w, const json_t *value)
{
    int code = record_check_text(json_string_value(value), json_string_length(value), w->path, w->e);
    if (code == 0)
        record_write_string(w->b, json_string_value(value));
    return code;
}

static int write_value(struct writer *w, const json_t *value, size_t depth)
{
    if ((json_is_object(value) || json_is_array(value)) && depth > RECORD_DEPTH_MAX)
        return err_raise(w->e, ERR_FIELD_TYPE, w->path, NULL, "%s is nested too deeply", w->path);
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return write_object(w, value, depth);
    case JSON_ARRAY:
        return write_array(w, value, depth);
    case JSON_STRING:
        return write_string(w, value);
    case JSON_INTEGER:
        return write_integer(w, json_integer_value(value));
    case JSON_REAL:
        return err_raise(w->e, ERR_FIELD_TYPE, w->path, NULL,
                         "%s holds a number with a fraction; write decimals as strings", w->path);
    default:
        buf_put(w->b, json_is_null(value) ? "null" : json_is_true(value) ? "true" : "false");
        return 0;
    }
}

int record_document_write(struct buf *b, const json_t *value, const char *path, size_t depth, struct err *e)
{
    struct writer w = {b, path, e};
    if (!json_is_object(value))
        return err_raise(e, ERR_FIELD_TYPE, path, NULL, "%s must be an object", path);
    return write_value(&w, value, depth);
}
