/* Copies of labels by the rules alone: one in hand, scanned back, ended, reconciled (R06, R07, gate point 8). */
#include "support/test.h"

#include <string.h>

#include "domain/confirm.h"
#include "domain/identifier.h"
#include "domain/label_copy.h"
#include "fsm/machines.h"
#include "record/record.h"

#define NUMBER "A999926000001"
#define ONE NUMBER "-S00002Aa"
#define TWO NUMBER "-S00002Ba"
#define SYMBOL(flags, division) "=+03000=" NUMBER flags "=<S00002" division "&>0263262359"

static struct arena *arena;
static struct err err;
static struct label_copies all;

#define assert_refused(call, expected, expected_field, expected_rule)                                                   \
    do {                                                                                                                \
        memset(&err, 0, sizeof err);                                                                                    \
        assert_int_equal((call), (expected));                                                                           \
        assert_string_equal(err.field, (expected_field));                                                               \
        assert_string_equal(err.rule, (expected_rule));                                                                 \
    } while (0)

static void begin(void)
{
    arena = arena_free(arena);
    arena = arena_new(0);
    label_copies_begin(arena, 20, &all);
}

static void end(void)
{
    arena = arena_free(arena);
}

static int print(const char *container, int64_t copy)
{
    struct label_print in = {.batch_id = "B-1", .container_id = container, .copy = copy};
    int code = label_print_check(&all, &in, &err);
    if (code == 0)
        label_copies_take(&all, "custody.label_print", &in, "U-1");
    return code;
}

static int apply_as(const char *container, int64_t copy, const char *text, const char *how, const char *reason)
{
    struct label_apply in = {"B-1", container, copy, text, how, reason, INTEGER_ABSENT};
    int code = label_apply_check(arena, &all, &in, &err);
    if (code == 0)
        label_copies_take(&all, "custody.label_apply", &in, "U-1");
    return code;
}

static int apply(const char *container, int64_t copy)
{
    const char *text = arena_printf(arena, "=+03000=%s%s=<%s&>0263262359", NUMBER, copy > 1 ? "05" : "00", container + DIN_LEN + 1);
    return apply_as(container, copy, text, "scanned", NULL);
}

static int finish(const char *container, int64_t copy, const char *outcome, const char *reason, const char *witness)
{
    struct label_end in = {"B-1", container, copy, outcome, reason, witness};
    int code = label_end_check(arena, &all, &in, "U-1", &err);
    if (code == 0)
        label_copies_take(&all, "custody.label_end", &in, "U-1");
    return code;
}

static int witness(const char *container, int64_t copy, const char *who)
{
    struct label_witness in = {"B-1", container, copy, NULL};
    int code = label_witness_check(&all, &in, who, &err);
    if (code == 0)
        label_copies_take(&all, "custody.label_witness", &in, who);
    return code;
}

/* "printed=applied+spoiled+destroyed+specimen", and what is open */
static const char *reconciled(const char *kept)
{
    struct label_account sum;
    struct list due = {NULL, 0};
    struct buf b = buf_new(arena);
    if (kept != NULL)
        texts_add(arena, &due, kept);
    label_reconcile(arena, &all, &due, &sum);
    buf_printf(&b, "%d=%d+%d+%d+%d", sum.printed, sum.applied, sum.spoiled, sum.destroyed, sum.specimen);
    for (size_t i = 0; i < sum.open.count; i++)
        buf_printf(&b, "; %s", TEXTS_AT(sum.open, i));
    return b.text;
}

CASE(R06_one_label_is_in_hand_at_a_time)
{
    begin();
    assert_int_equal(print(ONE, 1), 0);
    assert_refused(print(TWO, 1), ERR_LABEL_REFUSED, "container_id", "R06");
    assert_non_null(strstr(err.text, "copy 1 of " ONE));
    assert_refused(print(ONE, 2), ERR_LABEL_REFUSED, "container_id", "R06");
    assert_int_equal(finish(ONE, 1, "spoiled", "it jammed in the printer", NULL), 0);
    assert_refused(print(ONE, 3), ERR_FIELD_RANGE, "copy", "R06");
    assert_int_equal(print(ONE, 2), 0);
    assert_int_equal(apply(ONE, 2), 0);
    assert_int_equal(print(TWO, 1), 0);
    end();
}

CASE(R07_a_scan_is_of_that_container_and_copy)
{
    begin();
    print(ONE, 1);
    assert_refused(apply_as(ONE, 1, SYMBOL("00", "Ba"), "scanned", NULL), ERR_IDENTIFIER_REFUSED, "confirmed", "R07");
    assert_non_null(strstr(err.text, "the label says " TWO "; expected is copy 1 of " ONE));
    assert_refused(apply_as(ONE, 1, SYMBOL("00", "AA"), "scanned", NULL), ERR_IDENTIFIER_REFUSED, "confirmed", "R07");    /* T35 */
    assert_refused(apply_as(ONE, 1, SYMBOL("05", "Aa"), "scanned", NULL), ERR_IDENTIFIER_REFUSED, "confirmed", "R07");
    assert_non_null(strstr(err.text, "flag 05; copy 1 of " ONE " has flag 00"));
    assert_refused(apply_as(ONE, 1, "=" NUMBER "00", "scanned", NULL), ERR_IDENTIFIER_REFUSED, "confirmed", "R07");       /* the donation alone */
    assert_refused(apply_as(ONE, 1, ONE, "scanned", NULL), ERR_IDENTIFIER_REFUSED, "confirmed", "R07");                   /* no label says so */
    assert_refused(apply_as(ONE, 1, "=+03000=" NUMBER "00=<S00002Aa", "scanned", NULL), ERR_IDENTIFIER_REFUSED, "confirmed", "R07");
    assert_refused(apply_as(ONE, 2, SYMBOL("05", "Aa"), "scanned", NULL), ERR_NOT_FOUND, "copy", "R06");
    assert_int_equal(apply_as(ONE, 1, SYMBOL("00", "Aa"), "scanned", NULL), 0);
    assert_int_equal(apply_as(ONE, 1, SYMBOL("00", "Aa"), "scanned", NULL), ERR_STATE_FORBIDS);
    end();
}

CASE(R03_a_label_that_is_typed_has_its_check_character_and_a_reason)
{
    char k = mod37_char(mod37_value(NUMBER, DIN_LEN)), other = k == '7' ? '8' : '7';
    begin();
    print(ONE, 1);
    const char *typed = arena_printf(arena, "A9999 26 000001 %c S00002Aa", k);
    assert_refused(apply_as(ONE, 1, typed, "typed", NULL), ERR_REASON_MISSING, "reason", "R07");
    assert_refused(apply_as(ONE, 1, ONE, "typed", "no reader at hand"), ERR_IDENTIFIER_REFUSED, "confirmed", "R07");
    assert_refused(apply_as(ONE, 1, arena_printf(arena, NUMBER "%c-S00002Aa", other), "typed", "no reader at hand"), ERR_IDENTIFIER_REFUSED,
                   "confirmed", "R07");
    assert_refused(apply_as(ONE, 1, arena_printf(arena, NUMBER "%c-S00002Ba", k), "typed", "no reader at hand"), ERR_IDENTIFIER_REFUSED,
                   "confirmed", "R07");
    assert_refused(apply_as(ONE, 1, arena_printf(arena, NUMBER "%c-S00002Aa9", k), "typed", "no reader at hand"), ERR_IDENTIFIER_REFUSED,
                   "confirmed", "R07");
    assert_refused(apply_as(ONE, 1, typed, "scanned", NULL), ERR_IDENTIFIER_REFUSED, "confirmed", "R07");
    assert_int_equal(apply_as(ONE, 1, typed, "typed", "no reader at hand"), 0);
    end();
}

CASE(custody_RELABEL_a_further_copy_takes_the_place_of_the_one_before)
{
    begin();
    print(ONE, 1);
    apply(ONE, 1);
    assert_string_equal(reconciled(ONE), "1=1+0+0+0");
    print(ONE, 2);
    assert_string_equal(reconciled(ONE), "2=1+0+0+0; copy 2 of " ONE " is in hand; copy 1 is on " ONE ", and copy 2 was printed after it");
    struct label_apply in = {"B-1", ONE, 2, SYMBOL("05", "Aa"), "scanned", NULL, INTEGER_ABSENT};
    assert_int_equal(label_apply_check(arena, &all, &in, &err), 0);
    assert_int_equal(in.replaces, 1);
    assert_int_equal(apply(ONE, 2), 0);
    assert_string_equal(reconciled(ONE), "2=1+0+0+0; copy 1 of " ONE " was taken off, and nobody said what became of it");
    assert_int_equal(finish(ONE, 2, "spoiled", "it is on the container", NULL), ERR_STATE_FORBIDS);
    assert_int_equal(finish(ONE, 1, "specimen", "attached to page 4", NULL), 0);
    assert_string_equal(reconciled(ONE), "2=1+0+0+1");
    end();
}

CASE(R10_a_label_is_destroyed_before_a_second_person)
{
    begin();
    print(ONE, 1);
    assert_refused(finish(ONE, 1, "destroyed", "not needed any more", NULL), ERR_FIELD_MISSING, "witness_id", "7.3");
    assert_refused(finish(ONE, 1, "spoiled", "not needed any more", "U-2"), ERR_LABEL_REFUSED, "witness_id", "7.3");
    assert_refused(finish(ONE, 1, "destroyed", "not needed any more", "U-1"), ERR_DUTIES_SEGREGATED, "witness_id", "R10");
    memset(&err, 0, sizeof err);
    assert_int_equal(finish(ONE, 1, "destroyed", "", "U-2"), ERR_REASON_MISSING);
    assert_int_equal(finish(ONE, 1, "destroyed", "not needed any more", "U-2"), 0);
    assert_string_equal(reconciled(NULL), "1=0+0+0+0; the destruction of copy 1 of " ONE " is not witnessed");
    assert_int_equal(witness(ONE, 1, "U-3"), ERR_DUTIES_SEGREGATED);
    assert_int_equal(finish(ONE, 1, "destroyed", "the witness has left", "U-3"), 0);
    assert_int_equal(witness(ONE, 1, "U-2"), ERR_DUTIES_SEGREGATED);
    assert_int_equal(witness(ONE, 1, "U-3"), 0);
    assert_string_equal(reconciled(NULL), "1=0+0+1+0");
    assert_int_equal(witness(ONE, 1, "U-3"), ERR_STATE_FORBIDS);
    end();
}

CASE(gate_08_labels_add_up_and_every_container_bears_its_last)
{
    begin();
    assert_string_equal(reconciled(NULL), "0=0+0+0+0");
    assert_string_equal(reconciled(ONE), "0=0+0+0+0; no label is on " ONE);
    assert_false(label_copies_are_told(&all));
    print(ONE, 1);
    assert_false(label_copies_are_told(&all));
    finish(ONE, 1, "spoiled", "it tore at its edge", NULL);
    assert_true(label_copies_are_told(&all));
    assert_string_equal(reconciled(NULL), "1=0+1+0+0");
    assert_string_equal(reconciled(ONE), "1=0+1+0+0; no label is on " ONE);
    print(ONE, 2);
    apply(ONE, 2);
    assert_string_equal(reconciled(ONE), "2=1+1+0+0");
    print(ONE, 3);
    finish(ONE, 3, "spoiled", "printed by mistake", NULL);
    assert_string_equal(reconciled(ONE), "3=1+2+0+0; copy 2 is on " ONE ", and copy 3 was printed after it");
    assert_true(label_is_due("kept") && label_is_due("destroying"));
    assert_false(label_is_due("given") || label_is_due("lost") || label_is_due("sampled"));
    end();
}

CASE(fsm_label_words_are_the_machines)
{
    assert_int_equal(words_label_state.count, fsm_label.state_count);
    for (size_t i = 0; i < fsm_label.state_count; i++)
        assert_string_equal(words_label_state.words[i], fsm_label.states[i].name);
    for (size_t i = 0; i < words_label_outcome.count; i++)
        assert_true(fsm_state(&fsm_label, words_label_outcome.words[i]) > 0);
}
