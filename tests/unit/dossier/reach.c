/* Whom an excursion reached, by statements alone: the positions' history and the unit's readings; and what rule 11 makes of it. */
#include "unit/dossier/recompute_lab.h"

#include "support/test.h"

#include <string.h>

#include "domain/dated.h"
#include "dossier/reach.h"

#define MINUTE INT64_C(60000)

static struct reached *row;
static size_t count;

static void stored(const char *container)
{
    struct container_store *in = fresh("custody.container_store");
    *in = (struct container_store){"B-1", container, "E-1", "A-1"};
    add(B, "custody.container_store", in);
}

static void qualified(void)
{
    struct unit_qualify *q = fresh("custody.unit_qualify");
    *q = (struct unit_qualify){.equipment_id = "E-1", .high_c = "-135", .allowed_min = 1, .gap_min = 60, .hold_min = INTEGER_ABSENT,
                               .valid_until = now_ms + 9000 * MINUTE, .report = "Q-7"};
    add(E1, "custody.unit_qualify", q);
}

/* K1 has lain in E-1 for a minute */
static void begin_cold(void)
{
    filled_containers();
    qualified();
    stored("K1");
}

/* ${minutes} outside, ending now; nothing outside before */
static struct dossier_entry *warm(int64_t minutes, const char *value)
{
    struct unit_readings *in = fresh("custody.unit_readings");
    in->equipment_id = "E-1";
    *(struct temperature_reading *)record_list_add(a, &record_temperature_reading, &in->readings) =
        (struct temperature_reading){now_ms - minutes * MINUTE, "-150"};
    *(struct temperature_reading *)record_list_add(a, &record_temperature_reading, &in->readings) = (struct temperature_reading){now_ms, value};
    return add(E1, "custody.unit_readings", in);
}

static void find(void)
{
    if (reach_find(a, &dossier, &stream[B], &row, &count, &e) != 0)
        fail_msg("%s", e.text);
}

static struct dossier_entry *decided(const char *decision, const char *held_by)
{
    struct container_decide *d = fresh("custody.container_decide");
    *d = (struct container_decide){.renews = INTEGER_ABSENT, .batch_id = "B-1", .decision = decision, .reason = "stability data cover it"};
    texts_add(a, &d->containers, "K1");
    if (held_by != NULL)
        texts_add(a, &d->held_by, held_by);
    return add(B, "custody.container_decide", d);
}

CASE(R35_excursion_reaches_what_lay_there_and_nothing_else)
{
    begin_cold();
    now_ms += 10 * MINUTE;
    warm(5, "-120.5");
    stored("K2");                                          /* only after it */
    find();
    assert_int_equal(count, 1);
    assert_string_equal(row[0].container, "K1");
    assert_string_equal(row[0].cause, "excursion E-1 1");
    assert_int_equal(row[0].decided_seq, -1);
    end();
}

CASE(R35_excursion_reaches_a_container_that_has_left_since)
{
    begin_cold();
    now_ms += 10 * MINUTE;
    struct hand_over *h = fresh("custody.hand_over");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T1", .receiver_id = "U-2", .destination = "clinic", .condition = "good",
                            .seal_number = "S1", .temperature_c = "4.0"};
    texts_add(a, &h->containers, "K1");
    add(B, "custody.hand_over", h);
    now_ms += 20 * MINUTE;
    warm(10, "-120.5");                                    /* it was gone by then */
    find();
    assert_int_equal(count, 0);
    warm(40, "-120.5");
    find();
    assert_int_equal(count, 1);
    end();
}

static struct container_destroy *destruction(void)
{
    struct container_destroy *in = fresh("custody.container_destroy");
    *in = (struct container_destroy){.batch_id = "B-1", .method = "autoclaved", .reason = "the bag is torn", .witness_id = "U-2",
                                     .destroyed_at = now_ms, .in_place = BOOLEAN_ABSENT};
    texts_add(a, &in->containers, "K1");
    return in;
}

static void taken_back(const struct dossier_entry *destroyed)
{
    struct destroy_cancel *in = fresh("custody.destroy_cancel");
    *in = (struct destroy_cancel){.batch_id = "B-1", .destroy_seq = destroyed->entry.seq, .reason = "the autoclave was empty"};
    texts_add(a, &in->containers, "K1");
    add(B, "custody.destroy_cancel", in);
}

CASE(R35_excursion_reaches_what_waits_for_its_destructions_witness)
{
    begin_cold();
    struct dossier_entry *destroyed = add(B, "custody.container_destroy", destruction());
    now_ms += 10 * MINUTE;
    warm(5, "-120.5");
    find();
    assert_int_equal(count, 1);
    taken_back(destroyed);
    now_ms += 10 * MINUTE;
    warm(5, "-120.5");                                     /* it lies there still */
    find();
    assert_int_equal(count, 2);
    end();
}

CASE(R35_excursion_does_not_reach_what_was_seen_destroyed)
{
    begin_cold();
    struct dossier_entry *destroyed = add(B, "custody.container_destroy", destruction());
    struct destroy_witness *w = fresh("custody.destroy_witness");
    *w = (struct destroy_witness){.batch_id = "B-1", .destroy_seq = destroyed->entry.seq};
    texts_add(a, &w->containers, "K1");
    add(B, "custody.destroy_witness", w);
    now_ms += 10 * MINUTE;
    warm(5, "-120.5");
    find();
    assert_int_equal(count, 0);
    end();
}

/* what versions recorded that took it out of its place at once stands as it did: also to the decisions that were made by it */
CASE(R35_excursion_of_a_destruction_of_old_reaches_it_no_more)
{
    begin_cold();
    struct dossier_entry *destroyed = put(B, "custody.container_destroy", destruction());
    assert_int_equal(check(B, destroyed), 0);
    now_ms += 10 * MINUTE;
    warm(5, "-120.5");
    taken_back(destroyed);
    find();
    assert_int_equal(count, 0);
    end();
}

CASE(custody_DESTROY_rule_11_it_keeps_its_place_or_says_nothing_of_it)
{
    begin_cold();
    holds_until(B, add(B, "custody.container_destroy", destruction()), "\"in_place\":true", "\"in_place\":false");
    end();
    begin_cold();
    struct dossier_entry *of_old = put(B, "custody.container_destroy", destruction());
    assert_int_equal(check(B, of_old), 0);
    of_old->statement.at_ms = dated_since(DATED_IN_PLACE);     /* it was left out by then, and what warms the place would not reach it */
    assert_int_equal(check(B, of_old), ERR_DOSSIER_REFUSED);
    end();
}

CASE(custody_EXCURSION_rule_11_a_series_comes_out_again)
{
    begin_cold();
    now_ms += 10 * MINUTE;
    holds_until(E1, warm(5, "-120.5"), "\"outside_min\":5", "\"outside_min\":4");
    assert_non_null(strstr((const char *)stream[E1].entry[1].statement.body.data, "\"excursion\":true"));
    struct dossier_entry *calm = warm(1, "-150.1");
    assert_non_null(strstr((const char *)calm->statement.body.data, "\"excursion\":false"));
    stream[E1].entry[0].statement.type = "batch.note";     /* nobody qualified it */
    assert_int_equal(check(E1, calm), ERR_DOSSIER_REFUSED);
    end();
}

CASE(custody_EXCURSION_rule_11_a_series_goes_on_from_the_one_before)
{
    begin_cold();
    warm(1, "-150.1");
    now_ms += 90 * MINUTE;                                 /* nobody read for longer than an hour */
    struct unit_readings *in = fresh("custody.unit_readings");
    in->equipment_id = "E-1";
    in->continues = 1;
    *(struct temperature_reading *)record_list_add(a, &record_temperature_reading, &in->readings) = (struct temperature_reading){now_ms, "-150"};
    struct dossier_entry *entry = add(E1, "custody.unit_readings", in);
    assert_non_null(strstr((const char *)entry->statement.body.data, "\"excursion\":true"));
    assert_int_equal(check(E1, entry), 0);
    end();
}

/* one reading, a minute after the entry before, that goes on where the readings before ended */
static struct dossier_entry *go_on(const char *value)
{
    struct unit_readings *in = fresh("custody.unit_readings");
    in->equipment_id = "E-1";
    in->continues = 1;
    *(struct temperature_reading *)record_list_add(a, &record_temperature_reading, &in->readings) = (struct temperature_reading){now_ms, value};
    return add(E1, "custody.unit_readings", in);
}

/* the statement without the field ${name}, that is no last one */
static void forget(struct dossier_entry *entry, const char *name)
{
    const char *text = (const char *)entry->statement.body.data, *at = strstr(text, arena_printf(a, "\"%s\":", name));
    if (at == NULL || strchr(at, ',') == NULL)
        fail_msg("no %s in %s", name, text);
    const char *left = arena_printf(a, "%.*s%s", (int)(at - text), text, strchr(at, ',') + 1);
    entry->statement.body = (struct bytes){(const uint8_t *)left, strlen(left)};
}

static const char *body(const struct dossier_entry *entry)
{
    return (const char *)entry->statement.body.data;
}

CASE(R35_excursion_does_not_escape_by_many_short_series)
{
    begin_cold();
    warm(1, "-150.1");
    struct dossier_entry *first = go_on("-120.5");         /* a minute is allowed */
    assert_non_null(strstr(body(first), "\"excursion\":false"));
    find();
    assert_int_equal(count, 0);
    struct dossier_entry *second = go_on("-120.5");
    assert_non_null(strstr(body(second), "\"excursion\":true"));
    assert_non_null(strstr(body(second), "\"outside_min\":2"));
    assert_int_equal(check(E1, first), 0);
    assert_int_equal(check(E1, second), 0);
    find();
    assert_int_equal(count, 1);
    assert_string_equal(row[0].container, "K1");
    end();
}

CASE(R35_rule_11_a_series_left_out_stands_as_the_next_recorded_it)
{
    begin_cold();
    warm(1, "-150.1");
    struct dossier_entry *calm = go_on("-120.5");
    struct dossier_entry *entry = go_on("-120.5");
    stream[E1].whole = false;
    calm->statement.type = "batch.note";
    assert_int_equal(check(E1, entry), 0);
    end();
}

CASE(R35_rule_11_a_series_from_before_series_took_over_comes_out_as_it_was)
{
    begin_cold();
    warm(1, "-150.1");
    struct dossier_entry *first = go_on("-120.5");
    forget(first, "running_from");
    assert_int_equal(check(E1, first), 0);
    struct dossier_entry *second = go_on("-120.5");        /* its time before is not known: as it was judged then */
    assert_non_null(strstr(body(second), "\"excursion\":false"));
    forget(second, "running_from");
    assert_int_equal(check(E1, second), 0);
    end();
}

CASE(R35_rule_11_a_series_that_goes_on_takes_over_what_the_one_before_says)
{
    begin_cold();
    warm(1, "-150.1");
    go_on("-120.5");
    struct dossier_entry *second = go_on("-120.5");
    forget(second, "running_from");
    forget(second, "before_from");
    assert_int_equal(check(E1, second), ERR_DOSSIER_REFUSED);
    end();
}

CASE(R35_rule_11_what_is_held_is_not_handed_over_until_qa_decides)
{
    begin_cold();
    now_ms += 10 * MINUTE;
    warm(5, "-120.5");
    struct dossier_entry *entry = decided("use", "excursion E-1 1");
    assert_int_equal(check(B, entry), 0);
    struct hand_over *h = fresh("custody.hand_over");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T1", .receiver_id = "U-2", .destination = "clinic", .condition = "good",
                            .seal_number = "S1", .temperature_c = "4.0"};
    texts_add(a, &h->containers, "K1");
    struct dossier_entry *given = add(B, "custody.hand_over", h);
    assert_int_equal(check(B, given), 0);
    entry->statement.type = "batch.note";
    assert_int_equal(check(B, given), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "on hold"));
    end();
}

CASE(R35_rule_11_a_decision_names_every_excursion_and_no_other)
{
    begin_cold();
    now_ms += 10 * MINUTE;
    warm(5, "-120.5");
    assert_int_equal(check(B, decided("use", NULL)), ERR_DOSSIER_REFUSED);
    assert_int_equal(check(B, decided("use", "excursion E-1 7")), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "held_by");
    end();
}

CASE(R35_rule_11_nothing_is_released_while_an_excursion_waits)
{
    begin_cold();
    now_ms += 10 * MINUTE;
    warm(5, "-120.5");
    struct dossier_entry *entry = add(B, "release.release", fresh("release.release"));
    struct recompute_case c = case_of(&stream[B], entry);
    assert_int_equal(recompute_none_held(&c, &e), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "gate");
    decided("destroy", "excursion E-1 1");
    c = case_of(&stream[B], add(B, "release.release", fresh("release.release")));
    assert_int_equal(recompute_none_held(&c, &e), 0);
    find();
    assert_int_equal(row[0].decided_seq, 4);
    end();
}

/* K1 lay in E-1 for ten minutes, and is with the clinic since */
static void received_cold(void)
{
    begin_cold();
    now_ms += 10 * MINUTE;
    struct hand_over *h = fresh("custody.hand_over");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T1", .receiver_id = "U-2", .destination = "clinic", .condition = "good",
                            .seal_number = "S1", .temperature_c = "4.0"};
    texts_add(a, &h->containers, "K1");
    add(B, "custody.hand_over", h);
    struct receive *r = fresh("custody.receive");
    *r = (struct receive){.batch_id = "B-1", .transfer_id = "T1", .condition = "good", .seal_number = "S1"};
    texts_add(a, &r->containers, "K1");
    add(B, "custody.receive", r);
    struct batch_release *released = fresh("release.release");
    released->batch_id = "B-1";
    add(B, "release.release", released);
}

/* given at once; recorded when it was known that K1 had lain in the warm */
static struct administer *given_at_once(void)
{
    struct administer *in = giving();
    in->started_at = now_ms + 1000;
    in->ended_at = now_ms + 2000;
    in->reason = "the ward had no terminal";
    now_ms += 20 * MINUTE;
    warm(30, "-120.5");
    now_ms += MINUTE;
    return in;
}

CASE(R15_R35_rule_11_what_was_given_before_an_excursion_was_known_is_flagged)
{
    received_cold();
    struct dossier_entry *given = add(B, "custody.administer", given_at_once());
    if (check(B, given) != 0)
        fail_msg("%s", e.text);
    assert_non_null(strstr(body(given), "\"unit_id\":\"E-1\",\"what\":\"excursion\""));
    holds_until(B, given, "\"unit_id\":\"E-1\",", "");
    end();
}

CASE(R15_R35_rule_11_what_is_said_of_an_excursion_is_all_of_them_and_no_other)
{
    received_cold();
    struct dossier_entry *given = add(B, "custody.administer", given_at_once());
    const char *at = strstr(body(given), "\"known_later\":["), *end_of = at == NULL ? NULL : strstr(at, "],");
    assert_non_null(end_of);
    holds_until(B, given, arena_printf(a, "%.*s", (int)(end_of + 2 - at), at), "");
    end();
    received_cold();
    holds_until(B, add(B, "custody.administer", given_at_once()), "\"entry\":1,", "\"entry\":7,");
    end();
}

CASE(R15_R35_rule_11_what_was_given_when_an_excursion_was_known_is_refused)
{
    received_cold();
    struct administer *in = given_at_once();
    in->started_at = now_ms - 1000;
    in->ended_at = now_ms;
    assert_int_equal(check(B, put(B, "custody.administer", in)), ERR_DOSSIER_REFUSED);
    end();
}

/* of a batch released and received whole; where K1 lay is told behind, which is no matter to whom an excursion reached */
static void received_from_the_cold(void)
{
    received_batch();
    qualified();
    stored("K1");
    now_ms += 10 * MINUTE;
}

CASE(R15_R35_rule_11_what_qa_decided_before_the_dose_was_entered_is_judged_by_its_start)
{
    for (int held = 0; held < 2; held++) {
        received_from_the_cold();
        struct administer *in = giving();
        warm(5, "-120.5");
        in->started_at = in->ended_at = now_ms - (held == 0 ? 1 : 0);      /* a moment before it is known, or right then */
        decided("use", "excursion E-1 1");
        int code = check(B, add(B, "custody.administer", in));
        assert_int_equal(code, held == 0 ? 0 : ERR_DOSSIER_REFUSED);
        assert_true(held == 0 || strstr(e.text, "on hold then") != NULL);
        end();
    }
}

/* in truth it was given when the excursion was known; versions that did not look at excursions did not find that */
CASE(R35_rule_11_a_corrected_start_on_hold_is_said_to_have_been_known)
{
    char was[CLOCK_TEXT], is[CLOCK_TEXT];
    received_from_the_cold();
    struct administer *in = giving();
    warm(5, "-120.5");
    in->started_at = now_ms - 1000;
    in->ended_at = now_ms + 2000;
    clock_to_text(in->started_at, was);
    clock_to_text(now_ms, is);
    decided("use", "excursion E-1 1");
    struct dossier_entry *given = add(B, "custody.administer", in);
    given->statement.actor = "U-5";
    struct custody_correct *correct = fresh("custody.correct");
    *correct = (struct custody_correct){.batch_id = "B-1", .corrects = given->entry.seq, .field = "started_at", .old_value = was, .new_value = is,
                                        .reason = "read from another clock", .late_min = INTEGER_ABSENT};
    stream[B].entry[stream[B].count].statement.actor = stream[B].entry[stream[B].count + 1].statement.actor = "U-9";
    struct dossier_entry *of_old = add(B, "custody.correct", correct);
    assert_null(strstr(body(of_old), "findings"));
    assert_int_equal(check(B, of_old), 0);
    of_old->statement.at_ms = dated_since(DATED_KNOWN_THEN);
    assert_int_equal(check(B, of_old), ERR_DOSSIER_REFUSED);
    of_old->statement.type = "batch.note";
    texts_add(a, &correct->findings, "known_then");
    assert_int_equal(check(B, put(B, "custody.correct", correct)), 0);
    end();
}
