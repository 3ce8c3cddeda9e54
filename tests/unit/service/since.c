/* Whoever signed on a head that others moved is told what they recorded, and that it is not all where it is not. */
#include <stdio.h>
#include <string.h>

#include "service/work.h"
#include "support/test.h"

#define MOST 4

/* what a refusal says when ${n} entries came meanwhile */
static const char *told(struct arena *a, int n)
{
    static const char *const names[] = {"seq", "statement"};
    static const bool is_bytea[] = {false, true};
    struct bytes cells[2 * MOST], text;
    struct work w = {.code = ERR_HEAD_STALE};
    struct err e;
    for (int i = 0; i < n; i++) {
        const char *seq = arena_printf(a, "%d", i + 7);
        struct statement s = {.type = "batch.note", .stream = "B-2026000123", .actor = "U-MARA", .terminal = "T-1", .signer = "batch",
                              .reviewed_seq = REVIEWED_NONE, .at_ms = 1, .command = "019306b2c4f27abc8def0123456789ab",
                              .body = {(const uint8_t *)"{}\n", 3}};
        if (statement_build(a, &s, &text, &e) != 0)
            fail_msg("%s", e.text);
        cells[2 * i] = (struct bytes){(const uint8_t *)seq, strlen(seq)};
        cells[2 * i + 1] = text;
    }
    w.call.arena = a;
    err_raise(&w.err, ERR_HEAD_STALE, "reviewed", "R42", "the record went on");
    act_tell_since(&w, &(struct db_rows){.columns = 2, .rows = n, .names = names, .is_bytea = is_bytea, .cells = cells});
    return arena_text(a, w.err.text);
}

CASE(R42_what_others_recorded_is_told_and_that_there_is_more)
{
    struct arena *a = arena_new(0);
#define ENTRY(n) n " batch.note by U-MARA"
    assert_string_equal(told(a, 1), "the record went on: " ENTRY("7"));
    assert_string_equal(told(a, 3), "the record went on: " ENTRY("7") ", " ENTRY("8") ", " ENTRY("9"));
    assert_string_equal(told(a, 4), "the record went on: " ENTRY("7") ", " ENTRY("8") ", " ENTRY("9") " and others");
    arena_free(a);
}
