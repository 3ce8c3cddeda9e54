#include "wire/envelope.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#define ENVELOPE_MAX 1000

static void put(struct buf *b, const char *key, const char *value)
{
    buf_printf(b, "%s\"%s\":\"%s\"", b->text[b->len - 1] == '{' ? "" : ",", key, value);
}

void envelope_to_json(struct buf *b, const struct envelope *env)
{
    buf_char(b, '{');
    put(b, "verb", env->verb);
    put(b, "token", env->token);
    put(b, "phase", env->phase);
    put(b, "command", env->command);
    put(b, "stream", env->stream);
    buf_printf(b, ",\"deadline_ms\":%" PRId64 "}", env->deadline_ms);
}

/* words of the protocol hold no character that JSON would escape */
static bool is_plain(const char *s)
{
    for (; *s != '\0'; s++)
        if (*s <= ' ' || *s > '~' || *s == '"' || *s == '\\')
            return false;
    return true;
}

static int take_text(struct arena *a, json_t *object, const char *key, size_t max, const char **ret, struct err *e)
{
    json_t *v = json_object_get(object, key);
    *ret = "";
    if (v == NULL)
        return 0;
    if (!json_is_string(v) || json_string_length(v) > max || !is_plain(json_string_value(v)))
        return err_raise(e, ERR_ENVELOPE_MALFORMED, key, "", "%s is no plain text of at most %zu characters", key, max);
    *ret = arena_text(a, json_string_value(v));
    return 0;
}

static int take_all(struct arena *a, json_t *object, struct envelope *ret, struct err *e)
{
    static const char *const known[] = {"verb", "token", "phase", "command", "stream", "deadline_ms"};
    const char *key;
    json_t *v;
    json_object_foreach(object, key, v) {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            found = found || strcmp(known[i], key) == 0;
        if (!found)
            return err_raise(e, ERR_ENVELOPE_MALFORMED, "", "", "the envelope has no field %.40s", key);
    }
    int code = take_text(a, object, "verb", 80, &ret->verb, e);
    if (code == 0)
        code = take_text(a, object, "token", 64, &ret->token, e);
    if (code == 0)
        code = take_text(a, object, "phase", 8, &ret->phase, e);
    if (code == 0)
        code = take_text(a, object, "command", 32, &ret->command, e);
    if (code == 0)
        code = take_text(a, object, "stream", 32, &ret->stream, e);
    v = json_object_get(object, "deadline_ms");
    if (code == 0 && v != NULL && !json_is_integer(v))
        code = err_raise(e, ERR_ENVELOPE_MALFORMED, "deadline_ms", "", "deadline_ms is no whole number");
    ret->deadline_ms = v == NULL ? 0 : json_integer_value(v);
    return code;
}

int envelope_from_json(struct arena *a, const char *json, size_t len, struct envelope *ret, struct err *e)
{
    json_error_t where;
    json_t *object = len > ENVELOPE_MAX ? NULL : json_loadb(json, len, JSON_REJECT_DUPLICATES, &where);
    if (!json_is_object(object)) {
        json_decref(object);
        return err_raise(e, ERR_ENVELOPE_MALFORMED, "", "", "the envelope is no JSON object of at most %d bytes",
                         ENVELOPE_MAX);
    }
    int code = take_all(a, object, ret, e);
    json_decref(object);
    return code;
}

static void take_error(json_t *error, struct err *e, int *ret_code)
{
    const char *code = json_string_value(json_object_get(error, "code"));
    const char *field = json_string_value(json_object_get(error, "field"));
    const char *rule = json_string_value(json_object_get(error, "rule"));
    const char *text = json_string_value(json_object_get(error, "text"));
    const char *request = json_string_value(json_object_get(error, "request"));
    *ret_code = code == NULL ? ERR_FAULT : err_of_code(code);
    if (*ret_code < 0)
        err_fault(e, "the service failed; its request id is %s", request != NULL ? request : "unknown");
    else
        err_raise(e, *ret_code, field, rule, "%s", text != NULL ? text : "");
}

int reply_from_json(struct arena *a, const char *json, size_t len, struct bytes *ret_result, struct err *e)
{
    static const char ok[] = "{\"ok\":true,\"result\":";
    if (len > sizeof ok && memcmp(json, ok, sizeof ok - 1) == 0 && json[len - 1] == '}') {
        *ret_result = (struct bytes){(const uint8_t *)arena_dup(a, json + sizeof ok - 1, len - sizeof ok), len - sizeof ok};
        return 0;
    }
    json_error_t where;
    int code = 0;
    json_t *object = json_loadb(json, len, JSON_REJECT_DUPLICATES, &where);
    json_t *error = json_object_get(object, "error");
    if (json_is_object(error))
        take_error(error, e, &code);
    else
        code = err_fault(e, "the service's reply cannot be read");
    json_decref(object);
    return code;
}
