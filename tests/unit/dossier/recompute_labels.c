/* Rule 11 for the copies of labels: one in hand, each scan of its own copy, and a release when they add up (R06, R07, gate point 8). */
#include "unit/dossier/recompute_lab.h"

#include "support/test.h"

#include <string.h>

#define ONE "A999926000001-S00002Aa"
#define TWO "A999926000001-S00002Ba"

/* the seed's procedure; ${asked}: it asks that labels are reconciled */
static void lab(bool asked)
{
    begin();
    const char *document = seed("procedure_bmac.json"), *key = "\"references\"", *at = strstr(document, key);
    assert_non_null(at);
    open_batch_of(asked ? arena_printf(a, "%.*s\"reconcile_labels\":true,%s", (int)(at - document), document, at) : document, 1);
    report_all("97");
    struct batch_fill *fill = fresh("batch.fill");
    *fill = (struct batch_fill){.batch_id = "B-1", .volume_in_ml = "14.0", .samples_ml = "0", .waste_ml = "0", .expires_at = now_ms + 1000000};
    for (int i = 0; i < 2; i++)
        *(struct fill_container *)record_list_add(a, &record_fill_container, &fill->containers) =
            (struct fill_container){.container_id = i == 0 ? ONE : TWO, .volume_ml = "7.0", .cells = "700000000"};
    put(B, "batch.fill", fill)->statement.actor = "U-1";
}

static struct dossier_entry *by(struct dossier_entry *entry, const char *person)
{
    entry->statement.actor = person;
    return entry;
}

static struct dossier_entry *print(const char *container, int64_t copy)
{
    struct label_print *in = fresh("custody.label_print");
    in->batch_id = "B-1";
    in->container_id = container;
    in->copy = copy;
    in->reason = copy > 1 ? "the one before tore" : NULL;
    return by(put(B, "custody.label_print", in), "U-1");
}

static struct dossier_entry *apply_as(const char *container, int64_t copy, const char *text, int64_t replaces)
{
    struct label_apply *in = fresh("custody.label_apply");
    *in = (struct label_apply){"B-1", container, copy, text, "scanned", NULL, replaces};
    return by(put(B, "custody.label_apply", in), "U-1");
}

static struct dossier_entry *apply(const char *container, int64_t copy, int64_t replaces)
{
    return apply_as(container, copy, arena_printf(a, "=+02000=%.13s%s=<%s", container, copy > 1 ? "05" : "00", container + 14), replaces);
}

static struct dossier_entry *finish(const char *container, int64_t copy, const char *outcome, const char *witness)
{
    struct label_end *in = fresh("custody.label_end");
    *in = (struct label_end){"B-1", container, copy, outcome, "not needed any more", witness};
    return by(put(B, "custody.label_end", in), "U-1");
}

static struct dossier_entry *witness(const char *container, int64_t copy, const char *destroyed_by, const char *who)
{
    struct label_witness *in = fresh("custody.label_witness");
    *in = (struct label_witness){"B-1", container, copy, destroyed_by};
    return by(put(B, "custody.label_witness", in), who);
}

static void holds(struct dossier_entry *entry)
{
    memset(&e, 0, sizeof e);
    if (check(B, entry) != 0)
        fail_msg("%s %s", e.field, e.text);
}

/* the print is judged by the rule alone: what stands on it has its own cases */
static int printed(const struct dossier_entry *entry)
{
    struct recompute_case c = case_of(&stream[B], entry);
    struct label_print *in = fresh("custody.label_print");
    memset(&e, 0, sizeof e);
    assert_int_equal(recompute_read(&c, entry, in, &e), 0);
    return recompute_row(recompute_rows(), "custody.label_print")->fill(&c, in, &e);
}

CASE(R06_rule_11_one_label_in_hand_where_labels_are_reconciled)
{
    lab(true);
    assert_int_equal(printed(print(ONE, 1)), 0);
    assert_int_equal(printed(print(TWO, 1)), ERR_LABEL_REFUSED);
    end();
    lab(false);
    assert_int_equal(printed(print(ONE, 1)), 0);
    assert_int_equal(printed(print(TWO, 1)), 0);
    end();
}

CASE(R07_rule_11_scan_is_of_that_copy)
{
    lab(true);
    print(ONE, 1);
    assert_true(check(B, apply_as(ONE, 1, "=+02000=A99992600000100=<S00002Ba", INTEGER_ABSENT)) > 0);
    end();
    lab(true);
    print(ONE, 1);
    assert_true(check(B, apply_as(ONE, 1, "=+02000=A99992600000105=<S00002Aa", INTEGER_ABSENT)) > 0);
    end();
    lab(true);
    print(ONE, 1);
    assert_true(check(B, apply(ONE, 2, INTEGER_ABSENT)) > 0);          /* never printed */
    end();
    lab(true);
    print(ONE, 1);
    holds(apply(ONE, 1, INTEGER_ABSENT));
    print(ONE, 2);
    assert_true(check(B, apply(ONE, 2, INTEGER_ABSENT)) > 0);          /* it replaces the first */
    end();
    lab(true);
    print(ONE, 1);
    apply(ONE, 1, INTEGER_ABSENT);
    print(ONE, 2);
    holds(apply(ONE, 2, 1));
    end();
}

CASE(R10_rule_11_label_is_destroyed_before_the_witness_named)
{
    lab(true);
    print(ONE, 1);
    assert_true(check(B, finish(ONE, 1, "destroyed", NULL)) > 0);
    end();
    lab(true);
    print(ONE, 1);
    assert_true(check(B, finish(ONE, 1, "destroyed", "U-1")) > 0);
    end();
    lab(true);
    print(ONE, 1);
    holds(finish(ONE, 1, "destroyed", "U-2"));
    assert_true(check(B, witness(ONE, 1, "U-1", "U-3")) > 0);
    end();
    lab(true);
    print(ONE, 1);
    finish(ONE, 1, "destroyed", "U-2");
    struct dossier_entry *seen = witness(ONE, 1, "U-1", "U-2");
    holds_until(B, seen, "\"destroyed_by\":\"U-1\"", "\"destroyed_by\":\"U-7\"");
    end();
    lab(true);
    print(ONE, 1);
    apply(ONE, 1, INTEGER_ABSENT);
    assert_true(check(B, finish(ONE, 1, "spoiled", NULL)) > 0);        /* it is on its container */
    end();
}

static void decided_on(void)
{
    struct batch_complete *complete = fresh("batch.complete");
    complete->batch_id = "B-1";
    add(B, "batch.complete", complete);
    release("holds", 13);
}

CASE(R07_rule_11_nothing_is_said_of_a_label_of_a_batch_that_is_decided_on)
{
    lab(true);
    print(ONE, 1);
    struct dossier_entry *said = apply(ONE, 1, INTEGER_ABSENT);
    holds(said);
    stream[B].count--;
    decided_on();
    assert_int_equal(check(B, apply(ONE, 1, INTEGER_ABSENT)), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "batch_id");
    end();
    lab(true);
    print(ONE, 1);
    holds(finish(ONE, 1, "spoiled", NULL));
    stream[B].count--;
    decided_on();
    assert_int_equal(check(B, finish(ONE, 1, "spoiled", NULL)), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "batch_id");
    end();
    lab(true);
    print(ONE, 1);
    finish(ONE, 1, "destroyed", "U-2");
    decided_on();
    assert_int_equal(check(B, witness(ONE, 1, "U-1", "U-2")), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "batch_id");
    end();
}

static struct dossier_entry *with_labels(const char *left_open)
{
    lab(true);
    print(ONE, 1);
    apply(ONE, 1, INTEGER_ABSENT);
    print(TWO, 1);
    if (strcmp(left_open, "in hand") == 0)
        return release("holds", 13);
    apply(TWO, 1, INTEGER_ABSENT);
    if (strcmp(left_open, "taken off") == 0) {
        print(TWO, 2);
        apply(TWO, 2, 1);
    }
    return release("holds", 13);
}

CASE(gate_08_rule_11_labels_add_up_at_a_release)
{
    holds(with_labels("nothing"));
    end();
    gate_refused(with_labels("in hand"), "copy 1 of " TWO " is in hand");
    end();
    gate_refused(with_labels("taken off"), "copy 1 of " TWO " was taken off");
    end();
    lab(true);
    gate_refused(release("holds", 13), "no label is on " ONE);
    end();
    lab(false);                                                        /* as releases of older versions: nothing asks */
    print(ONE, 1);
    print(TWO, 1);
    holds(release("holds", 13));
    end();
    lab(false);                                                        /* and where it was begun, it is closed */
    print(ONE, 1);
    print(TWO, 1);
    apply(ONE, 1, INTEGER_ABSENT);
    gate_refused(release("holds", 13), "copy 1 of " TWO " is in hand");
    end();
}

CASE(gate_08_rule_11_the_gate_says_that_labels_were_reconciled)
{
    struct dossier_entry *entry = with_labels("nothing");
    holds_until(B, entry, "\"point\":8,\"state\":\"holds\"", "\"point\":8,\"state\":\"not_applicable\"");
    end();
}
