#include "support/test.h"

#include <string.h>

#include "ledger/stream.h"

static bool valid(const char *id)
{
    return stream_is_valid(id, strlen(id));
}

static bool origin(const char *text)
{
    return stream_origin_is_valid(text, strlen(text));
}

CASE(F_stream_forms_of_every_kind)
{
    const char *good[] = {"B-2026000123", "D-1", "U-ABC9", "SYS", "B", "ABCD-0"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(valid(good[i]));
}

CASE(F_stream_malformed_is_refused)
{
    const char *bad[] = {"", "-", "B-", "b-1", "B-a", "ABCDE", "ABCDE-1", "B-1-2", "B_1", "1-B", "B-1 ", " B-1", "B\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(valid(bad[i]));
}

CASE(F_stream_longest_is_32_characters)
{
    assert_true(valid("ABCD-012345678901234567890123456"));
    assert_false(valid("ABCD-0123456789012345678901234567"));
    assert_false(valid("B-0123456789012345678901234567"));
}

CASE(F_stream_kind_needs_its_letters)
{
    assert_true(stream_is_kind("U-7", "U"));
    assert_false(stream_is_kind("UX-7", "U"));
    assert_false(stream_is_kind("T-7", "U"));
    assert_false(stream_is_kind("U", "U"));
}

CASE(F_entry_origin_forms)
{
    assert_true(origin("stemma.lab.example/2026"));
    assert_true(origin("a"));
    assert_false(origin(""));
    assert_false(origin("/a"));
    assert_false(origin("a/"));
    assert_false(origin("a//b"));
    assert_false(origin("Lab"));
    assert_false(origin("a b"));
}
