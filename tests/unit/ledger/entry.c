#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "ledger/entry.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ENTRY                                                                                                  \
    "stemma-entry/1\nlog stemma.lab.example/2026\nstream B-1\nseq 3\nprev " HEX "\n"                          \
    "time 2026-11-21T10:00:00.001Z\nstmt " HEX " 412\nsig " HEX " 950\natt a.csv " HEX " 7\natt b.csv " HEX " 0\n"

static struct arena *arena;
static struct entry entry;
static struct err e;

static int parse(const char *text)
{
    arena = arena_free(arena);
    arena = arena_new(0);
    return entry_parse(arena, text, strlen(text), &entry, &e);
}

static void refused_with(const char *from, const char *to, const char *field)
{
    char changed[2048];
    const char text[] = ENTRY;
    const char *at = strstr(text, from);
    assert_non_null(at);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    assert_int_equal(parse(changed), ERR_STATEMENT_MALFORMED);
    assert_string_equal(e.field, field);
    arena = arena_free(arena);
}

CASE(F_entry_is_read)
{
    assert_int_equal(parse(ENTRY), 0);
    assert_string_equal(entry.stream, "B-1");
    assert_int_equal(entry.seq, 3);
    assert_int_equal(entry.stmt_len, 412);
    assert_int_equal(entry.sig_len, 950);
    assert_int_equal(entry.att_count, 2);
    assert_string_equal(entry.att[1].name, "b.csv");
    arena = arena_free(arena);
}

CASE(F_entry_built_is_what_was_read)
{
    struct bytes again;
    assert_int_equal(parse(ENTRY), 0);
    assert_int_equal(entry_build(arena, &entry, &again, &e), 0);
    assert_int_equal(again.len, strlen(ENTRY));
    assert_memory_equal(again.data, ENTRY, again.len);
    arena = arena_free(arena);
}

CASE(F_entry_without_signature)
{
    const char *text = "stemma-entry/1\nlog a\nstream SYS\nseq 0\nprev " HEX "\ntime 2026-11-21T10:00:00.001Z\n"
                       "stmt " HEX " 412\nsig - 0\n";
    assert_int_equal(parse(text), 0);
    assert_int_equal(entry.sig_len, 0);
    assert_int_equal(entry.att_count, 0);
    arena = arena_free(arena);
}

CASE(F_entry_malformed_fields)
{
    refused_with("stemma-entry/1", "stemma-entry/2", "entry");
    refused_with("log stemma", "log Stemma", "log");
    refused_with("stream B-1", "stream B-1-1", "stream");
    refused_with("seq 3", "seq 03", "seq");
    refused_with("seq 3", "seq -1", "seq");
    refused_with("seq 3", "seq  3", "seq");
    refused_with("prev 0", "prev A", "prev");
    refused_with("time 2026-11", "time 2026-13", "time");
    refused_with(" 412", " 0", "stmt");
    refused_with(" 412", "", "stmt");
    refused_with(" 950", " 0", "sig");
    refused_with("sig " HEX " 950", "sig - 1", "sig");
}

CASE(F_entry_attachments_ascend_by_name)
{
    refused_with("att a.csv", "att b.csv", "att");
    refused_with("att a.csv", "att c.csv", "att");
    refused_with("att a.csv", "att A.csv", "att");
    refused_with("att a.csv", "att ", "att");
}

CASE(F_entry_nothing_behind)
{
    refused_with(" 0\n", " 0\n\n", "att");
    refused_with(" 0\n", " 0", "att");
    refused_with(" 0\n", " 0\r\n", "att");
}

/* Attachments are optional, so an entry cut before one is another well-formed entry: the chain catches that. */
CASE(F_entry_every_truncation_is_refused)
{
    const char text[] = ENTRY;
    struct arena *a = arena_new(0);
    size_t first = (size_t)(strstr(text, "att a") - text), second = (size_t)(strstr(text, "att b") - text);
    for (size_t n = 0; n < strlen(text); n++)
        if (n != first && n != second)
            assert_true(entry_parse(a, text, n, &entry, &e) > 0);
    arena_free(a);
}

CASE(F_entry_genesis_and_leaf_hash_as_written)
{
    uint8_t got[DIGEST_LEN], want[DIGEST_LEN];
    digest_sha256("stemma-genesis/1\nstemma.lab.example/2026\nB-1\n", 45, want);
    entry_genesis_hash("stemma.lab.example/2026", "B-1", got);
    assert_memory_equal(got, want, DIGEST_LEN);
    digest_sha256("\0entry", 6, want);
    entry_leaf_hash("entry", 5, got);
    assert_memory_equal(got, want, DIGEST_LEN);
}

CASE(F_entry_time_rises_within_a_stream)
{
    assert_int_equal(entry_time_after(TIME_ABSENT, 5), 5);
    assert_int_equal(entry_time_after(4, 5), 5);
    assert_int_equal(entry_time_after(5, 5), 6);
    assert_int_equal(entry_time_after(3600000, 5), 3600001);
}

CASE(L07_entry_of_a_leap_second_is_refused)
{
    refused_with("time 2026-11-21T10:00:00.001Z", "time 2016-12-31T23:59:60.001Z", "time");
}
