#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/number.h"
#include "record/record_document.h"
#include "record/record_inner.h"

struct reader {
    struct arena *arena;
    enum record_mode mode;
    size_t depth;
    struct err *e;
};

/* Where in the body we are; spelled out only for a refusal. */
struct place {
    const struct place *up;
    const char *name;
    size_t name_len;
    size_t row;
};
#define NO_ROW SIZE_MAX

static size_t spell(const struct place *at, char *path, size_t size)
{
    size_t used = at->up ? spell(at->up, path, size) : 0;
    if (used >= size)
        return used;
    int n = at->row != NO_ROW ? snprintf(path + used, size - used, "[%zu]", at->row)
                              : snprintf(path + used, size - used, "%s%.*s", used > 0 ? "." : "",
                                         (int)at->name_len, at->name);
    return used + (size_t)n;
}

__attribute__((format(printf, 4, 5))) static int refuse(struct reader *r, const struct place *at, int code,
                                                        const char *format, ...)
{
    char path[64] = "", what[300];
    if (at)
        spell(at, path, sizeof path);
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return err_raise(r->e, code, path, NULL, "%s %s", at ? path : "the body", what);
}

/* An answer may well be an empty list. ASSIGNED and COMPUTED are the service's to fill, so a client need not send them even where they are required;
 * PERSONAL and SECRET never reach a statement. */
static bool is_needed(const struct field *f, enum record_mode mode)
{
    if (!(f->flags & FLAG_REQUIRED))
        return false;
    if (mode == RECORD_CLIENT)
        return !(f->flags & (FLAG_ASSIGNED | FLAG_COMPUTED));
    if (mode == RECORD_STATEMENT)
        return !(f->flags & (FLAG_PERSONAL | FLAG_SECRET | FLAG_ATTACHED)) && f->kind != FIELD_LINES;
    return f->kind != FIELD_LIST && f->kind != FIELD_TEXTS;
}

static int need_string(struct reader *r, const struct place *at, const json_t *value)
{
    return json_is_string(value) ? 0 : refuse(r, at, ERR_FIELD_TYPE, "must be a string");
}

static size_t characters(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += (text[i] & 0xc0) != 0x80;
    return n;
}

static int check_text(struct reader *r, const struct place *at, const json_t *value, size_t max)
{
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    if (characters(text, len) > max)
        return refuse(r, at, ERR_FIELD_TOO_LONG, "is longer than %zu characters", max);
    char path[64] = "";
    spell(at, path, sizeof path);
    return record_check_text(text, len, path, r->e);
}

static const char *keep(struct reader *r, const json_t *value)
{
    return arena_dup(r->arena, json_string_value(value), json_string_length(value));
}

static int read_text(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot)
{
    int code = need_string(r, at, value);
    if (code == 0 && (f->flags & FLAG_REQUIRED) && json_string_length(value) == 0)
        code = refuse(r, at, ERR_FIELD_MISSING, "is empty");
    if (code == 0)
        code = check_text(r, at, value, field_max(f));
    if (code == 0)
        *(const char **)slot = keep(r, value);
    return code;
}

/* What travels beside the record, such as the statement itself: line feeds are part of it, and no other control is. */
static int read_lines(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot)
{
    int code = need_string(r, at, value);
    if (code != 0)
        return code;
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    if (len > field_max(f))
        return refuse(r, at, ERR_FIELD_TOO_LONG, "is longer than %zu bytes", field_max(f));
    if ((f->flags & FLAG_REQUIRED) && len == 0)
        return refuse(r, at, ERR_FIELD_MISSING, "is empty");
    for (size_t i = 0; i < len; i++)
        if ((text[i] >= 0 && text[i] < ' ' && text[i] != '\n') || text[i] == 0x7f)
            return refuse(r, at, ERR_FIELD_TYPE, "holds a control character");
    *(const char **)slot = keep(r, value);
    return 0;
}

static int read_integer(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot)
{
    if (!json_is_integer(value))
        return refuse(r, at, ERR_FIELD_TYPE, "must be a whole number");
    int64_t n = json_integer_value(value), most = f->max > 0 ? (int64_t)f->max : INTEGER_MAX;
    if (n > most || n < -most)
        return refuse(r, at, ERR_FIELD_RANGE, "must be within %" PRId64 " and %" PRId64, -most, most);
    *(int64_t *)slot = n;
    return 0;
}

static int read_decimal(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot)
{
    if (!json_is_string(value) || !decimal_is_valid(json_string_value(value)))
        return refuse(r, at, ERR_FIELD_TYPE, "must be a decimal in a string, such as \"12.5\"");
    if (json_string_length(value) > field_max(f))
        return refuse(r, at, ERR_FIELD_TOO_LONG, "is longer than %zu characters", field_max(f));
    *(const char **)slot = keep(r, value);
    return 0;
}

static int read_boolean(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot)
{
    (void)f;
    if (!json_is_boolean(value))
        return refuse(r, at, ERR_FIELD_TYPE, "must be true or false");
    *(int8_t *)slot = json_is_true(value) ? 1 : 0;
    return 0;
}

static int read_time(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot)
{
    (void)f;
    int64_t ms = 0;
    bool good = json_is_string(value) && clock_from_text(json_string_value(value), json_string_length(value), &ms);
    if (!good && r->mode == RECORD_STORED && json_is_string(value))
        good = record_stored_time(json_string_value(value), &ms);
    if (!good)
        return refuse(r, at, ERR_FIELD_TYPE, "must be a UTC time such as \"2026-03-01T08:30:00.000Z\"");
    *(int64_t *)slot = ms;
    return 0;
}

static int read_bytes(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot)
{
    struct bytes bytes;
    int code = need_string(r, at, value);
    if (code != 0)
        return code;
    const char *text = json_string_value(value);
    bool stored = r->mode == RECORD_STORED && strncmp(text, "\\x", 2) == 0;
    if (stored ? !record_stored_bytes(r->arena, text, &bytes)
               : !base64_to(r->arena, text, json_string_length(value), &bytes))
        return refuse(r, at, ERR_FIELD_TYPE, "must be bytes in base64");
    if (bytes.len > field_max(f))
        return refuse(r, at, ERR_FIELD_TOO_LONG, "is longer than %zu bytes", field_max(f));
    *(struct bytes *)slot = bytes;
    return 0;
}

static int read_digest(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot)
{
    (void)f;
    uint8_t digest[DIGEST_LEN];
    const char *hex = json_is_string(value) ? json_string_value(value) : "";
    if (r->mode == RECORD_STORED && strncmp(hex, "\\x", 2) == 0)
        hex += 2;
    if (strlen(hex) != 2 * DIGEST_LEN || !hex_to(hex, 2 * DIGEST_LEN, digest))
        return refuse(r, at, ERR_FIELD_TYPE, "must be 64 lower-case hex digits");
    *(const char **)slot = arena_text(r->arena, hex);
    return 0;
}

static int read_word(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot)
{
    int code = need_string(r, at, value);
    if (code != 0)
        return code;
    if (!word_list_has(f->words, json_string_value(value))) {
        struct buf words = buf_new(r->arena);
        for (size_t i = 0; i < f->words->count; i++)
            buf_printf(&words, "%s%s", i > 0 ? ", " : "", f->words->words[i]);
        return refuse(r, at, ERR_FIELD_RANGE, "must be one of %s", words.text);
    }
    *(const char **)slot = keep(r, value);
    return 0;
}

/* The unit of a STREAM field is the letters of the kind of thing it names, "" for any. */
static bool is_of_kind(const char *id, const char *letters)
{
    size_t n = strlen(letters);
    const char behind = strcmp(letters, "SYS") == 0 ? '\0' : '-';      /* the log's own stream is the only one of its kind */
    return n == 0 || (strncmp(id, letters, n) == 0 && id[n] == behind);
}

static int read_stream(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot)
{
    const char *id = json_is_string(value) ? json_string_value(value) : "";
    if (!record_stream_is_valid(id) || !is_of_kind(id, f->unit))
        return refuse(r, at, ERR_FIELD_TYPE, strcmp(f->unit, "SYS") == 0 ? "must be %s" : "must be an identifier such as %s-2026000123",
                      *f->unit ? f->unit : "B");
    *(const char **)slot = keep(r, value);
    return 0;
}

static int need_array(struct reader *r, const struct place *at, const struct field *f, const json_t *value)
{
    if (!json_is_array(value))
        return refuse(r, at, ERR_FIELD_TYPE, "must be a list");
    if (json_array_size(value) > field_max(f))
        return refuse(r, at, ERR_FIELD_TOO_LONG, "has more than %zu entries", field_max(f));
    if (json_array_size(value) == 0 && is_needed(f, r->mode))
        return refuse(r, at, ERR_FIELD_MISSING, "is empty");
    return 0;
}

#define TEXTS_ITEM_MAX 400

static int read_texts(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot)
{
    int code = need_array(r, at, f, value);
    struct list list = {NULL, 0};
    for (size_t i = 0; code == 0 && i < json_array_size(value); i++) {
        const struct place here = {at, NULL, 0, i};
        const json_t *item = json_array_get(value, i);
        code = need_string(r, &here, item);
        if (code == 0)
            code = check_text(r, &here, item, TEXTS_ITEM_MAX);
        if (code == 0)
            texts_add(r->arena, &list, keep(r, item));
    }
    if (code == 0)
        *(struct list *)slot = list;
    return code;
}

static int read_object(struct reader *r, const struct place *at, const struct record_type *type, const json_t *object,
                       void *ret);

static int read_list(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot)
{
    int code = need_array(r, at, f, value);
    struct list list = {NULL, 0};
    r->depth += 2;                /* the array, and the object in it */
    if (code == 0 && r->depth > RECORD_DEPTH_MAX)
        code = refuse(r, at, ERR_FIELD_TYPE, "is nested too deeply");
    for (size_t i = 0; code == 0 && i < json_array_size(value); i++) {
        const struct place here = {at, NULL, 0, i};
        code = read_object(r, &here, f->rows, json_array_get(value, i), record_list_add(r->arena, f->rows, &list));
    }
    r->depth -= 2;
    if (code == 0)
        *(struct list *)slot = list;
    return code;
}

static int read_document(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot)
{
    struct buf b = buf_new(r->arena);
    char path[64] = "";
    spell(at, path, sizeof path);
    int code = record_document_write(&b, value, path, r->depth + 1, r->e);
    if (code == 0 && b.len > field_max(f))
        code = refuse(r, at, ERR_FIELD_TOO_LONG, "is longer than %zu bytes", field_max(f));
    if (code == 0)
        *(const char **)slot = b.text;
    return code;
}

typedef int read_kind(struct reader *r, const struct place *at, const struct field *f, const json_t *value, void *slot);
static read_kind *const readers[FIELD_KIND_COUNT] = {
    [FIELD_TEXT] = read_text,       [FIELD_LINES] = read_lines,
    [FIELD_INTEGER] = read_integer, [FIELD_DECIMAL] = read_decimal,
    [FIELD_BOOLEAN] = read_boolean, [FIELD_TIME] = read_time,       [FIELD_BYTES] = read_bytes,
    [FIELD_DIGEST] = read_digest,   [FIELD_WORD] = read_word,       [FIELD_STREAM] = read_stream,
    [FIELD_LIST] = read_list,       [FIELD_TEXTS] = read_texts,     [FIELD_DOCUMENT] = read_document,
};

static int may_be_sent(struct reader *r, const struct place *at, const struct field *f)
{
    if (r->mode == RECORD_CLIENT && (f->flags & FLAG_COMPUTED))
        return refuse(r, at, ERR_FIELD_UNKNOWN, "is computed by the service and must not be sent");
    if (r->mode == RECORD_STATEMENT && ((f->flags & (FLAG_PERSONAL | FLAG_SECRET | FLAG_ATTACHED)) || f->kind == FIELD_LINES))
        return refuse(r, at, ERR_FIELD_UNKNOWN, "must not be in a statement");
    return 0;
}

static int read_member(struct reader *r, const struct place *at, const struct record_type *type, int i,
                       const json_t *value, void *ret)
{
    if (i < 0)
        return refuse(r, at, ERR_FIELD_UNKNOWN, "is not a field of %s", type->name);
    const struct field *f = &type->fields[i];
    int code = may_be_sent(r, at, f);
    if (code == 0 && json_is_null(value))
        return r->mode == RECORD_STORED ? 0 : refuse(r, at, ERR_FIELD_TYPE, "is null; leave it out");
    return code != 0 ? code : readers[f->kind](r, at, f, value, record_at(type, (size_t)i, ret));
}

static int check_needed(struct reader *r, const struct place *up, const struct record_type *type, const void *record)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct field *f = &type->fields[i];
        const struct place here = {up, f->name, strlen(f->name), NO_ROW};
        if (is_needed(f, r->mode) && record_is_absent(type, i, record))
            return refuse(r, &here, ERR_FIELD_MISSING, "is missing");
    }
    return 0;
}

static int read_object(struct reader *r, const struct place *at, const struct record_type *type, const json_t *object,
                       void *ret)
{
    if (!json_is_object(object))
        return refuse(r, at, at ? ERR_FIELD_TYPE : ERR_BODY_MALFORMED, "must be an object");
    record_init(type, ret);
    int code = 0;
    const char *key;
    json_t *value, *whole = json_incref((json_t *)(uintptr_t)object);
    json_object_foreach(whole, key, value) {
        const struct place here = {at, key, strlen(key) < 40 ? strlen(key) : 40, NO_ROW};
        code = read_member(r, &here, type, record_field(type, key, strlen(key)), value, ret);
        if (code != 0)
            break;
    }
    json_decref(whole);
    return code != 0 ? code : check_needed(r, at, type, ret);
}

static int check_canonical(struct reader *r, const struct record_type *type, const char *json, size_t len,
                           const void *record)
{
    struct buf b = buf_new(r->arena);
    record_to_json(&b, type, record, RECORD_STATEMENT);
    if (len > 0 && json[len - 1] == '\n')
        len--;
    if (b.len != len || memcmp(b.text, json, len) != 0)
        return err_raise(r->e, ERR_STATEMENT_MALFORMED, "body", NULL, "the body is not in its one canonical form");
    return 0;
}

int record_from_json(struct arena *a, const struct record_type *type, const char *json, size_t len,
                     enum record_mode mode, void *ret, struct err *e)
{
    json_error_t why;
    json_t *whole = json_loadb(json, len, JSON_REJECT_DUPLICATES, &why);
    if (!whole)
        return err_raise(e, ERR_BODY_MALFORMED, NULL, NULL, "not JSON in one reading: %s (byte %d)", why.text, why.position);
    struct reader r = {a, mode, 1, e};
    void *record = record_new(a, type);
    int code = read_object(&r, NULL, type, whole, record);
    json_decref(whole);
    if (code == 0 && mode == RECORD_STATEMENT)
        code = check_canonical(&r, type, json, len, record);
    if (code == 0 && type->size > 0)
        memcpy(ret, record, type->size);
    return code;
}

int record_read_stored(struct arena *a, const struct field *f, const char *json, void *slot, struct err *e)
{
    json_error_t why;
    json_t *value = json_loads(json, JSON_REJECT_DUPLICATES, &why);
    if (!value)
        return err_raise(e, ERR_BODY_MALFORMED, f->name, NULL, "%s is not JSON: %s", f->name, why.text);
    struct reader r = {a, RECORD_STORED, 1, e};
    const struct place here = {NULL, f->name, strlen(f->name), NO_ROW};
    int code = readers[f->kind](&r, &here, f, value, slot);
    json_decref(value);
    return code;
}

/* What a person typed, as the JSON value its kind wants; NULL if it is none. */
static json_t *typed_value(enum field_kind kind, const char *text)
{
    json_error_t why;
    char *end;
    errno = 0;
    long long n;
    switch (kind) {
    case FIELD_INTEGER:
        n = strtoll(text, &end, 10);
        return errno == 0 && end != text && *end == '\0' ? json_integer(n) : NULL;
    case FIELD_BOOLEAN:
        return strcmp(text, "true") == 0 ? json_true() : strcmp(text, "false") == 0 ? json_false() : NULL;
    case FIELD_LIST:
    case FIELD_DOCUMENT:
        return json_loads(text, JSON_REJECT_DUPLICATES, &why);
    default:
        return json_string(text);
    }
}

int record_from_text(struct arena *a, const struct record_type *type, const char *name, const char *text, void *record,
                     struct err *e)
{
    struct reader r = {a, RECORD_CLIENT, 1, e};
    const struct place here = {NULL, name, strnlen(name, 40), NO_ROW};
    int i = record_field(type, name, strlen(name)), code;
    if (i >= 0 && type->fields[i].kind == FIELD_TEXTS) {
        code = record_check_text(text, strlen(text), name, e);
        if (code == 0)
            texts_add(a, record_at(type, (size_t)i, record), arena_text(a, text));
        return code;
    }
    json_t *value = typed_value(i >= 0 ? type->fields[i].kind : FIELD_TEXT, text);
    code = value ? read_member(&r, &here, type, i, value, record)
                 : refuse(&r, &here, ERR_FIELD_TYPE, "must be of the kind %s", field_kind_name(type->fields[i].kind));
    json_decref(value);
    return code;
}
