#include <arpa/inet.h>
#include <string.h>

#include "db/connection.h"

/* Element types of the binary array form (array_send): OIDs of pg_type.dat, fixed since they exist. */
#define OID_BYTEA 17
#define OID_INT8 20
#define OID_TEXT 25
#define ARRAY_HEADER 20

static char *put32(char *at, uint32_t n)
{
    n = htonl(n);
    memcpy(at, &n, sizeof n);
    return at + sizeof n;
}

static char *put_element(char *at, const void *data, size_t len)
{
    if (data == NULL)
        return put32(at, UINT32_MAX);
    at = put32(at, (uint32_t)len);
    memcpy(at, data, len);
    return at + len;
}

static char *put_header(char *at, uint32_t oid, size_t count)
{
    at = put32(at, 1);                       /* dimensions */
    at = put32(at, 1);                       /* may hold NULLs */
    at = put32(at, oid);
    at = put32(at, (uint32_t)count);
    return put32(at, 1);                     /* first index */
}

static char *empty_array(struct arena *a, uint32_t oid, int *ret_len)
{
    char *data = arena_alloc(a, 12), *at = put32(data, 0);
    put32(put32(at, 0), oid);
    *ret_len = 12;
    return data;
}

static char *array_of_bytes(struct arena *a, const struct bytes *list, size_t count, uint32_t oid, int *ret_len)
{
    size_t size = ARRAY_HEADER;
    for (size_t i = 0; i < count; i++)
        size += 4 + list[i].len;
    char *data = arena_alloc(a, size), *at = put_header(data, oid, count);
    for (size_t i = 0; i < count; i++)
        at = put_element(at, list[i].data, list[i].len);
    *ret_len = (int)(at - data);
    return data;
}

static char *array_of_texts(struct arena *a, const char *const *list, size_t count, int *ret_len)
{
    struct bytes *parts = ARENA_ARRAY(a, struct bytes, count);
    for (size_t i = 0; i < count; i++)
        parts[i] = (struct bytes){(const uint8_t *)list[i], list[i] != NULL ? strlen(list[i]) : 0};
    return array_of_bytes(a, parts, count, OID_TEXT, ret_len);
}

static char *array_of_numbers(struct arena *a, const int64_t *list, size_t count, int *ret_len)
{
    char *data = arena_alloc(a, ARRAY_HEADER + count * 12), *at = put_header(data, OID_INT8, count);
    for (size_t i = 0; i < count; i++) {
        at = put32(at, 8);
        at = put32(at, (uint32_t)((uint64_t)list[i] >> 32));
        at = put32(at, (uint32_t)(uint64_t)list[i]);
    }
    *ret_len = (int)(at - data);
    return data;
}

static char *array_of(struct arena *a, const struct db_value *v, int *ret_len)
{
    static const uint32_t oid[] = {[DB_TEXTS] = OID_TEXT, [DB_BYTES_ARRAY] = OID_BYTEA, [DB_INTS] = OID_INT8};
    if (v->count == 0)
        return empty_array(a, oid[v->kind], ret_len);
    if (v->kind == DB_TEXTS)
        return array_of_texts(a, v->of.texts, v->count, ret_len);
    if (v->kind == DB_INTS)
        return array_of_numbers(a, v->of.numbers, v->count, ret_len);
    return array_of_bytes(a, v->of.bytes_array, v->count, OID_BYTEA, ret_len);
}

static struct bytes element_of(struct arena *a, const struct db_value *v)
{
    uint64_t n = (uint64_t)v->of.number;
    switch (v->kind) {
    case DB_TEXT:
        return (struct bytes){(const uint8_t *)v->of.text, strlen(v->of.text)};
    case DB_BYTES:
        return v->of.bytes;
    case DB_BOOL:
        return (struct bytes){(const uint8_t *)(n != 0 ? "t" : "f"), 1};
    case DB_INT: {
        uint8_t *at = arena_alloc(a, 8);
        for (int i = 0; i < 8; i++)
            at[i] = (uint8_t)(n >> (56 - 8 * i));
        return (struct bytes){at, 8};
    }
    default:
        return (struct bytes){NULL, 0};
    }
}

bool db_value_join(struct arena *a, const struct db_value *values, int stride, int count, struct db_value *ret)
{
    struct bytes *list = ARENA_ARRAY(a, struct bytes, count);
    enum db_kind kind = DB_NULL;
    for (int i = 0; i < count; i++) {
        const struct db_value *v = &values[i * stride];
        if (v->kind == DB_TEXTS || v->kind == DB_BYTES_ARRAY || v->kind == DB_INTS || v->kind == DB_JOINED)
            return false;
        if (v->kind != DB_NULL)
            kind = v->kind == DB_BOOL ? DB_TEXT : v->kind;
        list[i] = element_of(a, v);
    }
    *ret = (struct db_value){.kind = DB_JOINED, .joined = kind, .of.bytes_array = list, .count = (size_t)count};
    return true;
}

/* A column of nothing but NULL has no type of its own: in text form it fits any. */
static char *nulls(struct arena *a, size_t count)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < count; i++)
        buf_put(&b, i == 0 ? "{NULL" : ",NULL");
    buf_put(&b, "}");
    return b.text;
}

static void encode_joined(struct arena *a, const struct db_value *v, const char **ret_data, int *ret_len, int *ret_format)
{
    static const uint32_t oid[] = {[DB_TEXT] = OID_TEXT, [DB_BYTES] = OID_BYTEA, [DB_INT] = OID_INT8};
    *ret_format = v->joined != DB_NULL;
    *ret_data = v->joined == DB_NULL ? nulls(a, v->count)
                                     : array_of_bytes(a, v->of.bytes_array, v->count, oid[v->joined], ret_len);
}

void db_value_encode(struct arena *a, const struct db_value *v, const char **ret_data, int *ret_len, int *ret_format)
{
    *ret_data = NULL;
    *ret_len = 0;
    *ret_format = 0;
    switch (v->kind) {
    case DB_NULL:
        break;
    case DB_TEXT:
        *ret_data = v->of.text;
        break;
    case DB_INT:
        *ret_data = arena_printf(a, "%lld", (long long)v->of.number);
        break;
    case DB_BOOL:
        *ret_data = v->of.number != 0 ? "t" : "f";
        break;
    case DB_BYTES:
        *ret_data = (const char *)v->of.bytes.data;
        *ret_len = (int)v->of.bytes.len;
        *ret_format = 1;
        break;
    case DB_JOINED:
        encode_joined(a, v, ret_data, ret_len, ret_format);
        break;
    case DB_TEXTS:
    case DB_BYTES_ARRAY:
    case DB_INTS:
        *ret_data = array_of(a, v, ret_len);
        *ret_format = 1;
        break;
    }
}
