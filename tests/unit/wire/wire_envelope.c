#include <stdio.h>
#include <string.h>

#include "support/test.h"
#include "wire/envelope.h"

static int parse(struct arena *a, const char *text, struct envelope *ret, struct err *e)
{
    return envelope_read(a, text, strlen(text), ret, e);
}

CASE(envelope_round_trip)
{
    struct arena *a = arena_new(0);
    const struct envelope env = {"batch.open", "aa", "prepare", "018f0000000070008000000000000001", "B-1", 1700000000000};
    struct envelope back;
    struct err e;
    struct buf b = buf_new(a);
    envelope_write(&b, &env);
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
    assert_int_equal(parse(a, "batch.list - call - - 0", &env, &e), 0);
    assert_string_equal(env.token, "");
    assert_string_equal(env.stream, "");
    assert_int_equal(env.deadline_ms, 0);
    arena_free(a);
}

CASE(envelope_malformed_is_refused_by_name)
{
    static const struct { const char *text, *field; } bad[] = {
        {"", "verb"}, {"batch.list", "verb"}, {" - call - - 0", "verb"}, {"batch.list - call - -", "stream"},
        {"batch.list  call - - 0", "token"}, {"batch.list - call - - 0 ", "deadline_ms"}, {"batch.list - call - - 0 x", "deadline_ms"},
        {"batch.list - call - - x", "deadline_ms"}, {"batch.list - call - - 1.5", "deadline_ms"}, {"batch.list - call - - -1", "deadline_ms"},
        {"batch.list - 123456789 - - 0", "phase"}, {"batch.list - call 018f00000000700080000000000000012 - 0", "command"},
        {"batch.list - call - B\t1 0", "stream"}, {"batch.l\xc3\xa9st - call - - 0", "verb"},
        {"batch.list - call - - 1234567890123456", "deadline_ms"}};
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct envelope env;
        struct err e;
        if (parse(a, bad[i].text, &env, &e) != ERR_ENVELOPE_MALFORMED || strcmp(e.field, bad[i].field) != 0)
            fail_msg("%s: %s", bad[i].text, e.field);
    }
    arena_free(a);
}

CASE(envelope_a_nul_ends_nothing)
{
    struct arena *a = arena_new(0);
    struct envelope env;
    struct err e;
    assert_int_equal(envelope_read(a, "batch.list - call - - 0\0", 24, &env, &e), ERR_ENVELOPE_MALFORMED);
    assert_int_equal(envelope_read(a, "batch\0list - call - - 0", 23, &env, &e), ERR_ENVELOPE_MALFORMED);
    arena_free(a);
}

CASE(act_round_trip)
{
    struct arena *a = arena_new(0);
    struct buf b = buf_new(a);
    struct bytes statement, signature;
    struct err e;
    act_write(&b, &(struct signed_act){.statement = "a\nb\n", .signature = {(const uint8_t *)"\0\1", 2}});
    assert_int_equal(act_read((struct bytes){(const uint8_t *)b.text, b.len}, &statement, &signature, &e), 0);
    assert_int_equal(statement.len, 4);
    assert_memory_equal(statement.data, "a\nb\n", 4);
    assert_int_equal(signature.len, 2);
    assert_memory_equal(signature.data, "\0\1", 2);
    arena_free(a);
}

CASE(act_malformed_is_refused)
{
    static const char *const bad[] = {"", "\n", "5", "5\nabcd", "x\nabcd", "-1\nabcd", "99999999\nabcd", "{\"statement\":\"\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct bytes statement, signature;
        struct err e;
        if (act_read((struct bytes){(const uint8_t *)bad[i], strlen(bad[i])}, &statement, &signature, &e) != ERR_STATEMENT_MALFORMED)
            fail_msg("taken: %s", bad[i]);
    }
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
