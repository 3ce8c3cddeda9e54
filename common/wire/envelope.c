#include "wire/envelope.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#define WORDS 6

static const struct word {
    const char *name;
    size_t max;
} words[WORDS] = {{"verb", 80}, {"token", 64}, {"phase", 8}, {"command", 32}, {"stream", 32}, {"deadline_ms", 15}};

void envelope_write(struct buf *b, const struct envelope *env)
{
    const char *const text[] = {env->verb, env->token, env->phase, env->command, env->stream};
    for (size_t i = 0; i < WORDS - 1; i++) {
        buf_put(b, text[i][0] == '\0' ? "-" : text[i]);
        buf_char(b, ' ');
    }
    buf_printf(b, "%" PRId64, env->deadline_ms);
}

/* the next word, up to the space behind it or the end; its length, 0 when it is none */
static size_t word_length(const char *p, const char *end)
{
    const char *at = p;
    while (at < end && *at > ' ' && *at <= '~')
        at++;
    return at == end || *at == ' ' ? (size_t)(at - p) : 0;
}

static bool read_deadline(const char *text, int64_t *ret)
{
    *ret = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        *ret = *ret * 10 + (*text - '0');
    return *text == '\0';
}

int envelope_read(struct arena *a, const char *text, size_t len, struct envelope *ret, struct err *e)
{
    const char *p = text, *end = text + len, *word[WORDS];
    for (size_t i = 0; i < WORDS; i++) {
        size_t n = word_length(p, end);
        if (n == 0 || n > words[i].max || (i == WORDS - 1) != (p + n == end))
            return err_raise(e, ERR_ENVELOPE_MALFORMED, words[i].name, "", "word %zu, %s, is no plain text of 1 to %zu characters",
                             i + 1, words[i].name, words[i].max);
        word[i] = n == 1 && *p == '-' ? "" : arena_dup(a, p, n);
        p += n + 1;
    }
    *ret = (struct envelope){.verb = word[0], .token = word[1], .phase = word[2], .command = word[3], .stream = word[4]};
    if (!read_deadline(word[5], &ret->deadline_ms))
        return err_raise(e, ERR_ENVELOPE_MALFORMED, "deadline_ms", "", "deadline_ms is no whole number");
    return 0;
}

void act_write(struct buf *b, const struct signed_act *act)
{
    buf_printf(b, "%zu\n", strlen(act->statement));
    buf_put(b, act->statement);
    buf_add(b, act->signature.data, act->signature.len);
}

int act_read(struct bytes body, struct bytes *ret_statement, struct bytes *ret_signature, struct err *e)
{
    size_t len = 0, at = 0;
    for (; at < 7 && at < body.len && body.data[at] >= '0' && body.data[at] <= '9'; at++)
        len = len * 10 + (size_t)(body.data[at] - '0');
    if (at == 0 || at >= body.len || body.data[at] != '\n' || len > body.len - at - 1)
        return err_raise(e, ERR_STATEMENT_MALFORMED, "statement", "", "an act is its statement's length, the statement, the signature");
    *ret_statement = (struct bytes){body.data + at + 1, len};
    *ret_signature = (struct bytes){body.data + at + 1 + len, body.len - at - 1 - len};
    return 0;
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
