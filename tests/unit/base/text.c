#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

CASE(hex_round_trip_and_refusals)
{
    uint8_t in[4] = {0, 0x7f, 0xab, 0xff}, out[4];
    char hex[9];
    assert_string_equal(hex_of(in, 4, hex), "007fabff");
    assert_true(hex_to(hex, 8, out));
    assert_memory_equal(in, out, 4);
    assert_false(hex_to("0G", 2, out));
    assert_false(hex_to("AB", 2, out));   /* hex is lower case in the record */
    assert_false(hex_to("abc", 3, out));
}

CASE(base64_rfc4648_vectors)
{
    static const char *const rows[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}};
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes back;
        assert_string_equal(base64_of(a, rows[i][0], strlen(rows[i][0])), rows[i][1]);
        assert_true(base64_to(a, rows[i][1], strlen(rows[i][1]), &back));
        assert_int_equal(back.len, strlen(rows[i][0]));
        assert_memory_equal(back.data, rows[i][0], back.len);
    }
    struct bytes b;
    assert_false(base64_to(a, "Zh==", 4, &b));   /* stray bits: two texts for one value */
    assert_false(base64_to(a, "Zm9v\n", 5, &b));
    assert_false(base64_to(a, "Zg=", 3, &b));
    arena_free(a);
}

CASE(clock_text_is_a_real_date)
{
    char text[CLOCK_TEXT];
    int64_t ms;
    clock_to_text(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    clock_to_text(1835481599123, text);
    assert_true(clock_from_text(text, 24, &ms));
    assert_int_equal(ms, 1835481599123);
    assert_true(clock_from_text("2028-02-29T23:59:59.999Z", 24, &ms));
    assert_false(clock_from_text("2027-02-29T00:00:00.000Z", 24, &ms));
    assert_false(clock_from_text("2026-04-31T00:00:00.000Z", 24, &ms));
    assert_false(clock_from_text("2026-01-01T00:00:60.000Z", 24, &ms));   /* no leap second */
    assert_false(clock_from_text("2026-01-01 00:00:00.000Z", 24, &ms));
    assert_false(clock_from_text("2026-01-01T24:00:00.000Z", 24, &ms));
    assert_false(clock_from_text("2026-01-01T00:00:00.000", 23, &ms));
}

CASE(utf8_refuses_overlong_and_surrogates)
{
    assert_true(text_is_utf8("\xc3\xa9 \xe2\x89\xa5 \xf0\x9f\xa7\xac", 11));
    assert_false(text_is_utf8("\xc0\xaf", 2));
    assert_false(text_is_utf8("\xe0\x80\xaf", 3));
    assert_false(text_is_utf8("\xed\xa0\x80", 3));
    assert_false(text_is_utf8("\xf4\x90\x80\x80", 4));
    assert_false(text_is_utf8("\xe2\x89", 2));
}

CASE(T49_command_ids_are_uuid_v7_and_unique)
{
    char a[COMMAND_HEX], b[COMMAND_HEX];
    command_new(a);
    command_new(b);
    assert_true(command_is_valid(a));
    assert_string_not_equal(a, b);
    a[12] = '4';
    assert_false(command_is_valid(a));
    assert_false(command_is_valid("short"));
}

CASE(errors_have_code_status_and_state)
{
    for (int i = 1; i < ERR_COUNT; i++) {
        const struct err_row *row = err_row(i);
        assert_int_equal(strlen(row->sqlstate), 5);
        assert_in_range(row->http, 400, 599);
        assert_int_equal(err_of_sqlstate(row->sqlstate), i);
        assert_int_equal(err_of_code(row->code), i);
    }
    struct err e;
    assert_int_equal(err_raise(&e, ERR_NOT_FOUND, "batch_id", "R02", "no batch %s", "B-1"), ERR_NOT_FOUND);
    assert_string_equal(e.text, "no batch B-1");
    assert_string_equal(err_row(ERR_FAULT)->code, "fault");
}
