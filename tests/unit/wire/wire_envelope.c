#include <stdio.h>
#include <string.h>

#include "support/test.h"
#include "wire/envelope.h"

static int parse(struct arena *a, const char *json, struct envelope *ret, struct err *e)
{
    return envelope_from_json(a, json, strlen(json), ret, e);
}

CASE(envelope_round_trip)
{
    struct arena *a = arena_new(0);
    const struct envelope env = {"batch.open", "aa", "prepare", "018f0000000070008000000000000001", "B-1", 1700000000000};
    struct envelope back;
    struct err e;
    struct buf b = buf_new(a);
    envelope_to_json(&b, &env);
    assert_int_equal(parse(a, b.text, &back, &e), 0);
    assert_string_equal(back.verb, env.verb);
    assert_string_equal(back.token, env.token);
    assert_string_equal(back.phase, env.phase);
    assert_string_equal(back.command, env.command);
    assert_string_equal(back.stream, env.stream);
    assert_true(back.deadline_ms == env.deadline_ms);
    arena_free(a);
}

CASE(envelope_absent_parts_are_empty)
{
    struct arena *a = arena_new(0);
    struct envelope env;
    struct err e;
    assert_int_equal(parse(a, "{\"verb\":\"batch.list\"}", &env, &e), 0);
    assert_string_equal(env.token, "");
    assert_string_equal(env.stream, "");
    assert_int_equal(env.deadline_ms, 0);
    arena_free(a);
}

CASE(envelope_malformed_is_refused)
{
    static const char *const bad[] = {"", "[]", "{\"verb\":1}", "{\"verb\":\"a\",\"verb\":\"b\"}", "{\"other\":1}",
                                      "{\"verb\":\"a b\"}", "{\"verb\":\"a\\\"b\"}", "{\"verb\":\"a\\n\"}",
                                      "{\"deadline_ms\":\"1\"}", "{\"deadline_ms\":1.5}", "{\"phase\":\"123456789\"}",
                                      "{\"command\":\"018f00000000700080000000000000012\"}"};
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct envelope env;
        struct err e;
        if (parse(a, bad[i], &env, &e) != ERR_ENVELOPE_MALFORMED)
            fail_msg("taken: %s", bad[i]);
    }
    arena_free(a);
}

CASE(envelope_has_a_cap)
{
    struct arena *a = arena_new(0);
    struct envelope env;
    struct err e;
    char json[2000] = "{\"verb\":\"a\"";
    memset(json + strlen(json), ' ', 1200);
    json[strlen(json)] = '}';
    assert_int_equal(parse(a, json, &env, &e), ERR_ENVELOPE_MALFORMED);
    arena_free(a);
}

static int reply(struct arena *a, const char *json, struct bytes *ret, struct err *e)
{
    return reply_from_json(a, json, strlen(json), ret, e);
}

CASE(reply_result_is_taken_as_it_is)
{
    struct arena *a = arena_new(0);
    struct bytes result;
    struct err e;
    assert_int_equal(reply(a, "{\"ok\":true,\"result\":{\"a\":\"}\"}}", &result, &e), 0);
    assert_string_equal((const char *)result.data, "{\"a\":\"}\"}");
    arena_free(a);
}

CASE(reply_refusal_keeps_code_field_and_rule)
{
    struct arena *a = arena_new(0);
    struct bytes result;
    struct err e;
    assert_int_equal(reply(a, "{\"ok\":false,\"error\":{\"code\":\"gate_closed\",\"field\":\"f\",\"rule\":\"gate 6\",\"text\":\"t\"}}", &result, &e),
                     ERR_GATE_CLOSED);
    assert_string_equal(e.field, "f");
    assert_string_equal(e.rule, "gate 6");
    assert_string_equal(e.text, "t");
    arena_free(a);
}

CASE(reply_of_a_fault_or_nonsense_is_a_fault)
{
    struct arena *a = arena_new(0);
    struct bytes result;
    struct err e;
    assert_int_equal(reply(a, "{\"ok\":false,\"error\":{\"code\":\"fault\",\"request\":\"ab12\"}}", &result, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "ab12"));
    assert_int_equal(reply(a, "{\"ok\":true}", &result, &e), ERR_FAULT);
    assert_int_equal(reply(a, "", &result, &e), ERR_FAULT);
    assert_int_equal(reply(a, "{\"ok\":false,\"error\":{}}", &result, &e), ERR_FAULT);
    arena_free(a);
}
