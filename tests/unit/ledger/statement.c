#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ledger/statement.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ACT                                                                                                   \
    "stemma-statement/1\ntype batch.step\nstream B-2026000123\nactor U-7 T-3\nsigner " HEX " U-7\n"          \
    "meaning performed\nreviewed 4 " HEX "\nrendered " HEX " batch_step/2\n"                                 \
    "at 2026-11-21T10:00:00.000Z\ncommand 019306b2c4f27abc8def0123456789ab\nbody 8\n\n{\"a\":1}\n"
#define OBSERVATION                                                                                           \
    "stemma-statement/1\ntype custody.scan\nstream B-1\nactor T-9 T-3\nsigner - custody\nmeaning recorded\n"  \
    "reviewed -\nrendered -\nat 2026-11-21T10:00:00.000Z\ncommand 019306b2c4f27abc8def0123456789ab\n"         \
    "body 3\n\n{}\n"

static struct arena *arena;
static struct statement s;
static struct err e;

static int parse(const char *text)
{
    arena = arena_free(arena);
    arena = arena_new(0);
    return statement_parse(arena, text, strlen(text), &s, &e);
}

/* ${text} with the first ${from} replaced must be refused at header ${field}. */
static void refused_with(const char *text, const char *from, const char *to, const char *field)
{
    char changed[2048];
    const char *at = strstr(text, from);
    assert_non_null(at);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    assert_true(parse(changed) > 0);
    assert_string_equal(e.field, field);
    arena = arena_free(arena);
}

CASE(F_statement_act_is_read)
{
    assert_int_equal(parse(ACT), 0);
    assert_string_equal(s.type, "batch.step");
    assert_string_equal(s.signer, "U-7");
    assert_string_equal(s.signer_cert, HEX);
    assert_int_equal(s.meaning, MEANING_PERFORMED);
    assert_int_equal(s.reviewed_seq, 4);
    assert_true(s.rendered && s.template_version == 2);
    assert_int_equal(s.body.len, 8);
    arena = arena_free(arena);
}

CASE(F_statement_observation_is_read)
{
    assert_int_equal(parse(OBSERVATION), 0);
    assert_false(statement_is_act(&s));
    assert_int_equal(s.reviewed_seq, REVIEWED_NONE);
    assert_false(s.rendered);
    arena = arena_free(arena);
}

CASE(F_statement_built_is_what_was_read)
{
    const char *texts[] = {ACT, OBSERVATION};
    for (size_t i = 0; i < 2; i++) {
        struct bytes again;
        assert_int_equal(parse(texts[i]), 0);
        assert_int_equal(statement_build(arena, &s, &again, &e), 0);
        assert_int_equal(again.len, strlen(texts[i]));
        assert_memory_equal(again.data, texts[i], again.len);
    }
    arena = arena_free(arena);
}

CASE(F_statement_type_form)
{
    refused_with(ACT, "batch.step", "batch", "type");
    refused_with(ACT, "batch.step", "Batch.step", "type");
    refused_with(ACT, "batch.step", "batch.", "type");
    refused_with(ACT, "batch.step", "batch.step.more", "type");
    refused_with(ACT, "batch.step", "1b.step", "type");
}

CASE(F_statement_stream_form)
{
    refused_with(ACT, "B-2026000123", "B-2026-000123", "stream");
    refused_with(ACT, "B-2026000123", "b-1", "stream");
}

CASE(F_statement_actor_is_person_or_terminal)
{
    refused_with(ACT, "actor U-7 T-3", "actor B-7 T-3", "actor");
    refused_with(ACT, "actor U-7 T-3", "actor U-7 U-7", "actor");
    refused_with(ACT, "actor U-7 T-3", "actor U-7", "actor");
    refused_with(ACT, "actor U-7 T-3", "actor U-7  T-3", "actor");
}

CASE(F_statement_signer_is_the_actor)
{
    refused_with(ACT, HEX " U-7", HEX " U-8", "signer");
    refused_with(ACT, "signer " HEX, "signer 0123", "signer");
    refused_with(ACT, "signer 0", "signer F", "signer");
    refused_with(OBSERVATION, "signer - custody", "signer - Custody", "signer");
}

CASE(F_statement_terminal_cannot_act)
{
    refused_with("stemma-statement/1\ntype b.s\nstream B-1\nactor T-7 T-3\nsigner " HEX " T-7\n", "b.s", "b.s", "signer");
}

CASE(F_statement_act_needs_a_meaning_of_acts)
{
    refused_with(ACT, "meaning performed", "meaning recorded", "meaning");
    refused_with(ACT, "meaning performed", "meaning liked", "meaning");
    refused_with(OBSERVATION, "meaning recorded", "meaning performed", "meaning");
}

CASE(F_statement_every_meaning_has_its_word)
{
    static const char *const words[] = {"recorded", "authored", "performed",   "verified", "reviewed",  "approved",
                                        "released", "rejected", "handed-over", "received", "corrected", "witnessed"};
    assert_int_equal(sizeof words / sizeof *words, MEANING_COUNT);
    for (int m = 0; m < MEANING_COUNT; m++) {
        assert_string_equal(meaning_word((enum meaning)m), words[m]);
        assert_int_equal(meaning_from_word(words[m], strlen(words[m])), m);
    }
    assert_int_equal(meaning_from_word("record", 6), MEANING_COUNT);
}

CASE(F_statement_act_needs_reviewed)
{
    refused_with(ACT, "reviewed 4 " HEX, "reviewed -", "reviewed");
    refused_with(ACT, "reviewed 4", "reviewed 04", "reviewed");
    refused_with(ACT, "reviewed 4", "reviewed -2", "reviewed");
}

CASE(F_statement_reviewed_has_one_form)
{
    refused_with(OBSERVATION, "reviewed -\n", "reviewed 0-\n", "reviewed");
    refused_with(OBSERVATION, "reviewed -\n", "reviewed 12-\n", "reviewed");
    refused_with(OBSERVATION, "reviewed -\n", "reviewed " HEX HEX "-\n", "reviewed");
    refused_with(OBSERVATION, "reviewed -\n", "reviewed --\n", "reviewed");
    refused_with(ACT, "reviewed 4 ", "reviewed -4 ", "reviewed");
    refused_with(ACT, "reviewed 4 ", "reviewed 04 ", "reviewed");
}

/* What the caller gets are the bytes that were checked, not a second reading of them. */
CASE(L18_statement_parsed_is_the_buffer_that_was_verified)
{
    static const char text[] = ACT;
    struct arena *a = arena_new(0);
    assert_int_equal(statement_parse(a, text, sizeof text - 1, &s, &e), 0);
    assert_ptr_equal(s.body.data, text + sizeof text - 1 - 8);
    arena_free(a);
}

CASE(F_statement_reviewed_empty_stream)
{
    char text[2048];
    snprintf(text, sizeof text, "%s", ACT);
    char *at = strstr(text, "reviewed 4");
    assert_int_equal(strlen(ACT), strlen(text));
    memmove(at + 11, at + 10, strlen(at + 10) + 1);
    memcpy(at, "reviewed -1", 11);
    assert_int_equal(parse(text), 0);
    assert_int_equal(s.reviewed_seq, REVIEWED_EMPTY);
    arena = arena_free(arena);
}

CASE(F_statement_act_needs_rendered)
{
    refused_with(ACT, "rendered " HEX " batch_step/2", "rendered -", "rendered");
    refused_with(ACT, "batch_step/2", "batch_step", "rendered");
    refused_with(ACT, "batch_step/2", "batch_step/02", "rendered");
    refused_with(ACT, "batch_step/2", "Batch/2", "rendered");
}

CASE(F_statement_at_is_a_real_time)
{
    refused_with(ACT, "2026-11-21T10", "2026-11-31T10", "at");
    refused_with(ACT, "10:00:00.000Z", "10:00:60.000Z", "at");
    refused_with(ACT, "10:00:00.000Z", "10:00:00Z", "at");
    refused_with(ACT, "10:00:00.000Z", "10:00:00.000+00:00", "at");
}

CASE(F_statement_command_is_a_uuid_7)
{
    refused_with(ACT, "019306b2c4f27abc", "019306b2c4f24abc", "command");
    refused_with(ACT, "019306b2c4f27abc", "019306B2C4F27ABC", "command");
    refused_with(ACT, "019306b2c4f27abc", "019306b2c4f27ab", "command");
}

CASE(F_statement_body_length_is_exact)
{
    refused_with(ACT, "body 8", "body 7", "body");
    refused_with(ACT, "body 8", "body 9", "body");
    refused_with(ACT, "body 8", "body 08", "body");
    refused_with(ACT, "{\"a\":1}", "{\"a\":1.", "body");
}

CASE(F_statement_lines_in_order)
{
    refused_with(ACT, "stream B-2026000123\nactor", "actor", "stream");
    refused_with(ACT, "stemma-statement/1", "stemma-statement/2", "statement");
    refused_with(ACT, "\n\n", "\n", "body");
    refused_with(ACT, "meaning performed\n", "meaning performed\r\n", "meaning");
    refused_with(ACT, "body 8\n", "more 1\nbody 8\n", "body");
}

CASE(F_statement_at_most_60000_bytes)
{
    struct arena *a = arena_new(0);
    struct bytes ret;
    struct buf b = buf_new(a);
    assert_int_equal(parse(ACT), 0);
    size_t header = strlen(ACT) - 8 + 4;         /* the length grows to five digits */
    buf_put(&b, "{\"a\":\"");
    while (b.len < STATEMENT_MAX - header - 3)
        buf_char(&b, 'x');
    buf_put(&b, "\"}\n");
    s.body = (struct bytes){(const uint8_t *)b.text, b.len};
    assert_int_equal(statement_build(a, &s, &ret, &e), 0);
    assert_int_equal(ret.len, STATEMENT_MAX);
    b.len -= 3;
    buf_put(&b, "x\"}\n");
    s.body = (struct bytes){(const uint8_t *)b.text, b.len};
    assert_int_equal(statement_build(a, &s, &ret, &e), ERR_STATEMENT_MALFORMED);
    arena_free(a);
    arena = arena_free(arena);
}

CASE(F_statement_every_truncation_is_refused)
{
    struct arena *a = arena_new(0);
    for (size_t n = 0; n < strlen(ACT); n++)
        assert_true(statement_parse(a, ACT, n, &s, &e) > 0);
    arena_free(a);
}

CASE(F_statement_build_refuses_what_parse_refuses)
{
    struct bytes ret;
    assert_int_equal(parse(ACT), 0);
    s.actor = "U-8";
    assert_int_equal(statement_build(arena, &s, &ret, &e), ERR_STATEMENT_MALFORMED);
    s.actor = NULL;
    assert_int_equal(statement_build(arena, &s, &ret, &e), ERR_STATEMENT_MALFORMED);
    arena = arena_free(arena);
}

CASE(F_statement_observations_follow_each_other)
{
    size_t used;
    const char two[] = OBSERVATION ACT;
    arena = arena_new(0);
    assert_int_equal(statement_parse_first(arena, two, strlen(two), &s, &used, &e), 0);
    assert_int_equal(used, strlen(OBSERVATION));
    assert_int_equal(statement_parse_first(arena, two + used, strlen(two) - used, &s, &used, &e), 0);
    assert_int_equal(used, strlen(ACT));
    arena = arena_free(arena);
}

CASE(L07_statement_of_a_leap_second_is_refused)
{
    refused_with(ACT, "at 2026-11-21T10:00:00.000Z", "at 2016-12-31T23:59:60.000Z", "at");
    refused_with(OBSERVATION, "at 2026-11-21T10:00:00.000Z", "at 2016-12-31T23:59:60.999Z", "at");
}
