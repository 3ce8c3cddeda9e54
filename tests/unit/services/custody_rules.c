#include "support/test.h"

#include <string.h>

#include "custody_rules.h"
#include "domain/custody.h"
#include "domain/label_record.h"
#include "record/record.h"

#define NOW INT64_C(1780000000000)

static struct arena *arena;
static struct err err;
static struct container_facts stock[3];
static const char *both[] = {"K-1", "K-2"}, *turned[] = {"K-2", "K-1"}, *stranger[] = {"K-1", "K-9"};

#define assert_refused(call, expected, expected_field, expected_rule)                                                   \
    do {                                                                                                                \
        memset(&err, 0, sizeof err);                                                                                    \
        assert_int_equal((call), (expected));                                                                           \
        assert_string_equal(err.field, (expected_field));                                                               \
        assert_string_equal(err.rule, (expected_rule));                                                                 \
        assert_true(err.text[0] != '\0');                                                                               \
    } while (0)

static struct custody_facts released(void)
{
    arena = arena_free(arena);
    arena = arena_new(0);
    for (int i = 0; i < 3; i++)
        stock[i] = (struct container_facts){arena_printf(arena, "K-%d", i + 1), NOW + 1000, "kept", false, "7.0", "700000000", 0, false, NULL};
    return (struct custody_facts){.state = "released", .containers = stock, .container_count = 3, .may_store = true};
}

static struct list texts(const char **items, size_t n)
{
    return (struct list){items, n};
}

/* labels */

static int print(const char *state, int64_t copy, const char *reason, int64_t copies)
{
    struct custody_facts facts = released();
    struct label_print in = {.batch_id = "B-1", .container_id = "K-1", .copy = copy, .reason = reason};
    facts.state = state;
    return rule_label(&in, &facts, copies, &err);
}

CASE(R06_copies_are_numbered_without_gap)
{
    assert_int_equal(print("in_test", 1, NULL, 0), 0);
    assert_refused(print("in_test", 2, "a good reason here", 0), ERR_FIELD_RANGE, "copy", "R06");
    assert_refused(print("in_test", 1, NULL, 1), ERR_FIELD_RANGE, "copy", "R06");
}

CASE(R06_a_label_is_handed_out_for_a_quarter_of_an_hour)
{
    assert_int_equal(rule_label_fresh(1000, 1000 + 15 * 60000, 1, &err), 0);
    assert_refused(rule_label_fresh(1000, 1001 + 15 * 60000, 1, &err), ERR_LABEL_REFUSED, "container_id", "R06");
}

CASE(R06_what_a_copy_came_to_is_not_printed_once_more)
{
    static const char *const not_in_hand[] = {"applied", "replaced", "destroying", "spoiled", "destroyed", "specimen"};
    assert_int_equal(rule_label_in_hand("printed", 2, &err), 0);
    for (size_t i = 0; i < sizeof not_in_hand / sizeof not_in_hand[0]; i++)
        assert_refused(rule_label_in_hand(not_in_hand[i], 2, &err), ERR_LABEL_REFUSED, "container_id", "R06");
    assert_string_equal(err.text, "copy 2 is specimen: a further one is a reprint, with its reason");
}

CASE(R06_reprint_needs_a_reason)
{
    assert_refused(print("in_test", 2, NULL, 1), ERR_REASON_MISSING, "reason", "R06");
    assert_refused(print("in_test", 2, "torn", 1), ERR_REASON_MISSING, "reason", "R06");
    assert_int_equal(print("in_test", 2, "the first one tore while it was applied", 1), 0);
}

CASE(fsm_no_label_after_release_or_before_work)
{
    assert_int_equal(print("released", 1, NULL, 0), ERR_STATE_FORBIDS);
    assert_int_equal(print("open", 1, NULL, 0), ERR_STATE_FORBIDS);
    assert_int_equal(print(NULL, 1, NULL, 0), ERR_NOT_FOUND);
}

CASE(R04_label_of_a_container_of_another_batch_is_refused)
{
    struct custody_facts facts = released();
    struct label_print in = {.batch_id = "B-1", .container_id = "K-9", .copy = 1};
    facts.state = "in_test";
    assert_refused(rule_label(&in, &facts, 0, &err), ERR_NOT_FOUND, "container_id", "R04");
}

static struct eligibility_determine determined(const char *word, int fully, int risk)
{
    struct eligibility_determine d;
    record_init(&record_eligibility_determine, &d);
    d.determination = word;
    d.fully_tested = (int8_t)fully;
    d.has_risk = (int8_t)risk;
    return d;
}

CASE(R07_autologous_and_untested_carries_two_statements)
{
    struct list ret;
    released();
    label_record_statements(arena, "autologous", NULL, false, &ret);
    assert_int_equal(ret.count, 2);
    assert_string_equal(TEXTS_AT(ret, 0), "FOR AUTOLOGOUS USE ONLY");
    assert_string_equal(TEXTS_AT(ret, 1), "NOT EVALUATED FOR INFECTIOUS SUBSTANCES");
}

CASE(R07_eligible_allogeneic_carries_none)
{
    struct list ret;
    struct eligibility_determine d = determined("eligible", 1, 0);
    released();
    label_record_statements(arena, "allogeneic", &d, false, &ret);
    assert_int_equal(ret.count, 0);
}

CASE(R07_reactive_autologous_names_the_disease)
{
    struct list ret;
    struct eligibility_determine d = determined("not_required", 1, 1);
    released();
    texts_add(arena, &d.reactive, "hepatitis B virus");
    label_record_statements(arena, "autologous", &d, false, &ret);
    assert_int_equal(ret.count, 2);
    assert_string_equal(TEXTS_AT(ret, 1), "WARNING: Reactive test results for hepatitis B virus");
}

CASE(R31_urgent_need_adds_the_patients_wording_until_the_donor_is_eligible)
{
    struct list ret;
    struct eligibility_determine d = determined("incomplete", 0, 0);
    released();
    label_record_statements(arena, "allogeneic", &d, true, &ret);
    assert_int_equal(ret.count, 3);
    assert_string_equal(TEXTS_AT(ret, 0), "NOT EVALUATED FOR INFECTIOUS SUBSTANCES");
    assert_string_equal(TEXTS_AT(ret, 2), "WARNING: Advise patient of communicable disease risks");   /* T27 */
    d = determined("eligible", 1, 0);
    label_record_statements(arena, "allogeneic", &d, true, &ret);
    assert_int_equal(ret.count, 0);
}

/* places */

static int store(const char *occupant, const char *class, const char *state)
{
    struct custody_facts facts = released();
    struct container_store in = {"B-1", "K-1", "E-TANK", "A-1-2"};
    struct place_facts place = {occupant, class};
    facts.state = state;
    return rule_store(&in, &facts, &place, &err);
}

CASE(S1_1_what_lies_nowhere_yet_is_stored_with_consent_to_storage_only)
{
    struct custody_facts facts = released();
    struct container_store in = {"B-1", "K-1", "E-TANK", "A-1-2"};
    struct place_facts place = {NULL, "tank"};
    facts.may_store = false;
    assert_refused(rule_store(&in, &facts, &place, &err), ERR_CONSENT_MISSING, "container_id", "1.1");
    stock[0].placed = true;
    assert_int_equal(rule_store(&in, &facts, &place, &err), 0);
}

CASE(S7_3_a_held_container_is_not_labelled_but_kept)
{
    struct custody_facts facts = released();
    struct label_print label = {.batch_id = "B-1", .container_id = "K-1", .copy = 1};
    struct container_store store_in = {"B-1", "K-1", "E-TANK", "A-1-2"};
    struct place_facts place = {NULL, "tank"};
    facts.held = true;
    facts.state = "in_test";
    assert_refused(rule_label(&label, &facts, 0, &err), ERR_CONSENT_MISSING, "batch_id", "7.3");
    assert_int_equal(rule_store(&store_in, &facts, &place, &err), 0);
}

CASE(R35_free_position_is_taken)
{
    assert_int_equal(store(NULL, "nitrogen_tank", "in_process"), 0);
    assert_int_equal(store(NULL, "nitrogen_tank", "on_hold"), 0);
}

CASE(R35_position_of_another_container_is_refused)
{
    assert_refused(store("K-7", "nitrogen_tank", "in_test"), ERR_STATE_FORBIDS, "position", "R35");
}

CASE(R35_container_already_there_is_refused)
{
    assert_refused(store("K-1", "nitrogen_tank", "in_test"), ERR_EXISTS, "position", "R35");
}

CASE(R35_unknown_tank_is_refused)
{
    assert_refused(store(NULL, NULL, "in_test"), ERR_NOT_FOUND, "equipment_id", "R35");
}

CASE(R34_container_handed_over_is_not_stored)
{
    struct custody_facts facts = released();
    struct container_store in = {"B-1", "K-1", "E-TANK", "A-1-2"};
    struct place_facts place = {NULL, "nitrogen_tank"};
    stock[0].state = "given";
    assert_refused(rule_store(&in, &facts, &place, &err), ERR_CUSTODY_REFUSED, "container_id", "R34");
}

/* the digest that both sign */

static const char *digest(const char *batch, const char *transfer, const char *seal, const char **containers, size_t n)
{
    struct custody_transfer t = {batch, transfer, seal, containers, n};
    return custody_digest(arena, &t);
}

CASE(R34_digest_does_not_depend_on_the_order_of_scanning)
{
    released();
    assert_string_equal(digest("B-1", "X-1", "S1", both, 2), digest("B-1", "X-1", "S1", turned, 2));
    /* printf 'stemma-transfer/1\nbatch B-1\ntransfer X-1\nseal S1\ncontainer K-1\ncontainer K-2\n' | sha256sum */
    assert_string_equal(digest("B-1", "X-1", "S1", both, 2),
                        "bc11fada0b3e66a774adf2ea40b0ea351b29538e01623e17241422c51d7bde02");
}

CASE(R34_digest_changes_with_every_part)
{
    released();
    const char *base = digest("B-1", "X-1", "S1", both, 2);
    assert_string_not_equal(base, digest("B-2", "X-1", "S1", both, 2));
    assert_string_not_equal(base, digest("B-1", "X-2", "S1", both, 2));
    assert_string_not_equal(base, digest("B-1", "X-1", "S2", both, 2));
    assert_string_not_equal(base, digest("B-1", "X-1", "S1", both, 1));
    assert_string_not_equal(base, digest("B-1", "X-1", "S1", stranger, 2));
}

/* giving */

static struct hand_over giving(void)
{
    struct hand_over in;
    record_init(&record_hand_over, &in);
    in.batch_id = "B-1";
    in.transfer_id = "X-1";
    in.receiver_id = "U-DOC";
    in.seal_number = "S1";
    in.containers = texts(both, 2);
    in.transfer_sha256 = "d";
    return in;
}

static const struct receiver_facts physician = {"open", ROLE_PHYSICIAN};

static int give(const struct hand_over *in, const struct custody_facts *facts)
{
    return rule_hand_over(in, facts, "U-TECH", &physician, false, NOW, &err);
}

CASE(R08_what_is_known_of_the_donor_since_stops_a_hand_over)
{
    struct hand_over in = giving();
    struct custody_facts facts = released();
    facts.use = "allogeneic";
    facts.determination = "eligible";
    assert_int_equal(give(&in, &facts), 0);
    facts.overtaken = true;
    assert_refused(give(&in, &facts), ERR_DONOR_REFUSED, "batch_id", "R08");
}

CASE(R14_nothing_is_handed_over_on_a_release_that_stands_as_unsigned)
{
    struct hand_over in = giving();
    struct custody_facts facts = released();
    facts.lapsed = true;
    assert_refused(give(&in, &facts), ERR_STATE_FORBIDS, "batch_id", "R14");
    facts.lapsed = false;
    assert_int_equal(give(&in, &facts), 0);
}

CASE(R31_cells_of_a_donor_found_ineligible_go_only_where_a_need_is_documented)
{
    struct hand_over in = giving();
    struct custody_facts facts = released();
    facts.use = "directed";
    facts.determination = "ineligible";
    assert_refused(give(&in, &facts), ERR_DONOR_REFUSED, "batch_id", "R31");
    facts.urgent = true;
    assert_int_equal(give(&in, &facts), 0);
    facts.urgent = false;
    facts.use = "autologous";
    assert_int_equal(give(&in, &facts), 0);
}

CASE(R34_released_containers_are_handed_over)
{
    struct custody_facts facts = released();
    struct hand_over in = giving();
    assert_int_equal(give(&in, &facts), 0);
}

CASE(R30_batch_not_released_is_not_handed_over)
{
    struct custody_facts facts = released();
    struct hand_over in = giving();
    facts.state = "in_test";
    assert_int_equal(give(&in, &facts), ERR_STATE_FORBIDS);
    facts.state = "rejected";
    assert_int_equal(give(&in, &facts), ERR_STATE_FORBIDS);
    facts.state = "on_hold";
    assert_int_equal(give(&in, &facts), ERR_STATE_FORBIDS);
}

/* a destruction was taken back when the others had left */
CASE(R34_what_was_not_destroyed_after_all_leaves_later_but_of_a_recalled_batch)
{
    static const char *const left[] = {"handed_over", "received", "cond_handed_over", "cond_received"};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
        struct custody_facts facts = released();
        struct hand_over in = giving();
        facts.state = left[i];
        assert_int_equal(give(&in, &facts), 0);
        facts.recalled = true;
        assert_refused(give(&in, &facts), ERR_STATE_FORBIDS, "recalled", arena_printf(arena, "batch-%d", 370 + 2 * (int)i));
    }
}

CASE(R34_container_is_handed_over_once)
{
    struct custody_facts facts = released();
    struct hand_over in = giving();
    stock[1].state = "given";
    assert_refused(give(&in, &facts), ERR_CUSTODY_REFUSED, "container_id", "R34");
}

CASE(R04_container_of_another_batch_is_not_handed_over)
{
    struct custody_facts facts = released();
    struct hand_over in = giving();
    in.containers = texts(stranger, 2);
    assert_refused(give(&in, &facts), ERR_NOT_FOUND, "container_id", "R04");
}

CASE(T19_expired_container_is_not_handed_over)
{
    struct custody_facts facts = released();
    struct hand_over in = giving();
    stock[1].expires_ms = NOW;
    assert_refused(give(&in, &facts), ERR_CUSTODY_REFUSED, "containers", "T19");
}

CASE(R34_giver_and_receiver_are_two_people)
{
    struct custody_facts facts = released();
    struct hand_over in = giving();
    assert_refused(rule_hand_over(&in, &facts, "U-DOC", &physician, false, NOW, &err), ERR_DUTIES_SEGREGATED, "receiver_id",
                   "R34");
}

CASE(R34_receiver_is_enrolled_active_and_may_receive)
{
    struct custody_facts facts = released();
    struct hand_over in = giving();
    struct receiver_facts closed = {"closed", ROLE_COURIER}, technician = {"open", ROLE_TECHNICIAN}, nobody = {NULL, 0};
    assert_refused(rule_hand_over(&in, &facts, "U-TECH", &closed, false, NOW, &err), ERR_CUSTODY_REFUSED, "receiver_id", "R34");
    assert_refused(rule_hand_over(&in, &facts, "U-TECH", &technician, false, NOW, &err), ERR_CUSTODY_REFUSED, "receiver_id",
                   "R34");
    assert_int_equal(rule_hand_over(&in, &facts, "U-TECH", &nobody, false, NOW, &err), ERR_NOT_FOUND);
}

CASE(R34_transfer_number_is_used_once)
{
    struct custody_facts facts = released();
    struct hand_over in = giving();
    assert_refused(rule_hand_over(&in, &facts, "U-TECH", &physician, true, NOW, &err), ERR_EXISTS, "transfer_id", "R34");
}

CASE(fsm_last_containers_move_the_batch)
{
    struct custody_facts facts = released();
    struct hand_over in = giving();
    assert_string_equal(hand_over_event(&in, &facts), "custody.hand_over");
    stock[2].state = "given";
    assert_string_equal(hand_over_event(&in, &facts), "custody.hand_over_all");
    assert_int_equal(give(&in, &facts), 0);
}

/* receiving */

static struct transfer_facts given(void)
{
    return (struct transfer_facts){"U-TECH", "U-DOC", "S1", digest("B-1", "X-1", "S1", both, 2), both, 2, NOW - 1000, false};
}

static const char *took_in = "handed_over";      /* the batch's state */

static int take(const char *person, const char **containers, size_t n, const char *seal, struct transfer_facts *t)
{
    struct custody_facts facts = {.state = took_in, .containers = stock, .container_count = 3, .may_store = true};
    struct receive in;
    record_init(&record_receive, &in);
    in.batch_id = "B-1";
    in.transfer_id = "X-1";
    in.seal_number = seal;
    in.containers = texts(containers, n);
    in.transfer_sha256 = digest("B-1", "X-1", seal, containers, n);
    return rule_receive(&in, &facts, t, person, NOW, &err);
}

CASE(R34_named_receiver_takes_what_was_given)
{
    released();
    struct transfer_facts t = given();
    assert_int_equal(take("U-DOC", turned, 2, "S1", &t), 0);
}

CASE(R34_what_was_given_before_a_correction_held_the_batch_is_received)
{
    static const char *const states[] = {"on_hold", "rejected", "released"};
    for (size_t i = 0; i < 3; i++) {
        released();
        struct transfer_facts t = given();
        took_in = states[i];
        assert_int_equal(take("U-DOC", both, 2, "S1", &t), 0);
    }
    took_in = "handed_over";
}

/* the last that are on their way, with nothing left here: what stayed has ended, or a failed result was rejected meanwhile */
CASE(R34_the_last_on_its_way_arrives_wherever_the_batch_stands)
{
    static const char *const states[] = {"released", "cond_released", "failed_post_release", "handed_over", "cond_handed_over",
                                         "failed_handed_over", "on_hold", "in_test", "rejected"};
    static const char *const ended[] = {"destroying", "destroyed", "lost", "received"};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        for (size_t k = 0; k < sizeof ended / sizeof ended[0]; k++) {
            released();
            struct transfer_facts t = given();
            stock[0].state = stock[1].state = "given";
            stock[2].state = ended[k];
            took_in = states[i];
            assert_int_equal(take("U-DOC", both, 2, "S1", &t), 0);
            stock[2].state = "given";
            assert_int_equal(take("U-DOC", both, 2, "S1", &t), 0);
        }
    took_in = "handed_over";
}

CASE(R34_of_a_transfer_whose_containers_are_all_lost_nothing_is_received)
{
    released();
    struct transfer_facts t = given();
    stock[0].state = "lost";
    stock[1].state = "given";
    assert_int_equal(take("U-DOC", both, 2, "S1", &t), 0);
    stock[1].state = "lost";
    assert_refused(take("U-DOC", both, 2, "S1", &t), ERR_CUSTODY_REFUSED, "containers", "R34");
    assert_null(strstr(err_row(ERR_CUSTODY_REFUSED)->sentence, "hand-over"));       /* it is said of losses and ends too */
}

CASE(R34_another_person_is_refused)
{
    released();
    struct transfer_facts t = given();
    assert_refused(take("U-EVE", both, 2, "S1", &t), ERR_CUSTODY_REFUSED, "person", "R34");
}

CASE(R34_another_seal_is_refused)
{
    released();
    struct transfer_facts t = given();
    assert_refused(take("U-DOC", both, 2, "S2", &t), ERR_CUSTODY_REFUSED, "seal_number", "R34");
}

CASE(R34_missing_or_foreign_container_is_refused_by_name)
{
    released();
    struct transfer_facts t = given();
    assert_refused(take("U-DOC", both, 1, "S1", &t), ERR_CUSTODY_REFUSED, "containers", "R34");
    assert_non_null(strstr(err.text, "K-2"));
    assert_refused(take("U-DOC", stranger, 2, "S1", &t), ERR_CUSTODY_REFUSED, "containers", "R34");
}

CASE(R34_digest_that_differs_is_refused)
{
    released();
    struct transfer_facts t = given();
    t.digest = digest("B-1", "X-1", "S9", both, 2);
    assert_refused(take("U-DOC", both, 2, "S1", &t), ERR_CUSTODY_REFUSED, "transfer_sha256", "R34");
}

CASE(R34_transfer_is_received_once)
{
    released();
    struct transfer_facts t = given();
    t.received = true;
    assert_refused(take("U-DOC", both, 2, "S1", &t), ERR_EXISTS, "transfer_id", "R34");
    t.giver_id = NULL;
    assert_refused(take("U-DOC", both, 2, "S1", &t), ERR_NOT_FOUND, "transfer_id", "R34");
}

CASE(fsm_last_arrival_moves_the_batch)
{
    struct custody_facts facts = released();
    struct receive in = {.containers = texts(both, 2)};
    assert_string_equal(receive_event(&in, &facts), "custody.receive");
    stock[2].state = "received";
    assert_string_equal(receive_event(&in, &facts), "custody.receive_all");
}

/* ---- corrections (R12) */

static struct hand_over handed;

static struct entry_facts handed_by(const char *person)
{
    handed = (struct hand_over){.batch_id = "B-1", .destination = "ward 3", .condition = "good", .temperature_c = "4.0"};
    return (struct entry_facts){"received", "custody.hand_over", person};
}

static struct custody_correct correcting(const char *field, const char *old_value, const char *new_value)
{
    return (struct custody_correct){.late_min = INTEGER_ABSENT, .batch_id = "B-1", .corrects = 9, .field = field, .old_value = old_value,
                                    .new_value = new_value,
                                    .reason = "read from the other logger"};
}

CASE(R12_a_hand_over_is_corrected_by_another_person_for_a_reason)
{
    struct entry_facts facts = handed_by("U-JON");
    struct custody_correct in = correcting("temperature_c", "4.0", "6.5");
    assert_int_equal(rule_custody_correct(&in, &facts, "U-MARA", ROLE_TECHNICIAN, &err), 0);
    assert_refused(rule_custody_correct(&in, &facts, "U-JON", ROLE_TECHNICIAN, &err), ERR_DUTIES_SEGREGATED, "corrects", "R10");
    in.reason = "x";
    assert_refused(rule_custody_correct(&in, &facts, "U-MARA", ROLE_TECHNICIAN, &err), ERR_REASON_MISSING, "reason", "R13");
    in = correcting("seal_number", "S1", "S2");
    assert_refused(rule_custody_correct(&in, &facts, "U-MARA", ROLE_TECHNICIAN, &err), ERR_FIELD_UNKNOWN, "field", "R12");
    assert_non_null(strstr(err.text, "identity"));
    in = correcting("destination", "ward 3", "ward 4");
    assert_refused(rule_custody_correct(&in, &facts, "U-INES", ROLE_PHYSICIAN, &err), ERR_ROLE_MISSING, "person", "R01");
    in = correcting("weight_kg", "70.0", "75.0");
    facts.act = "custody.administer";
    assert_refused(rule_custody_correct(&in, &facts, "U-MARA", ROLE_TECHNICIAN, &err), ERR_ROLE_MISSING, "person", "R01");
    assert_int_equal(rule_custody_correct(&in, &facts, "U-MARA", ROLE_PHYSICIAN, &err), 0);
    assert_int_equal(rule_custody_correct(&in, &facts, "U-MARA", ROLE_QA, &err), 0);
    facts.act = NULL;
    assert_refused(rule_custody_correct(&in, &facts, "U-MARA", ROLE_TECHNICIAN, &err), ERR_NOT_FOUND, "corrects", "R12");
}

CASE(R12_a_corrected_hand_over_keeps_to_its_record)
{
    struct arena *a = arena_new(0);
    handed_by("U-JON");
    struct custody_correct in = correcting("temperature_c", "4.0", "6.5");
    assert_int_equal(custody_record_put(a, "custody.hand_over", &handed, &in, &err), 0);
    assert_string_equal(handed.temperature_c, "6.5");
    assert_refused(custody_record_put(a, "custody.hand_over", &handed, &in, &err), ERR_HEAD_STALE, "old_value", "R12");
    in = correcting("condition", "good", "good");
    assert_refused(custody_record_put(a, "custody.hand_over", &handed, &in, &err), ERR_FIELD_RANGE, "new_value", "R12");
    in = correcting("condition", "good", "soggy");
    assert_true(custody_record_put(a, "custody.hand_over", &handed, &in, &err) > 0);
    in = correcting("temperature_c", "6.5", "warm");
    assert_true(custody_record_put(a, "custody.hand_over", &handed, &in, &err) > 0);
    arena_free(a);
}

static struct administer *dose_of(struct arena *a)
{
    struct administer *given = record_new(a, &record_administer);
    given->weight_kg = "70.0";
    given->route = "intravenous";
    given->site = "left arm";
    given->imaging = "none";
    given->adverse_event = 0;
    given->recipient_code = "R-1";
    *(struct dose_container *)record_list_add(a, &record_dose_container, &given->containers) = (struct dose_container){"K1", "6.3", "0.7"};
    return given;
}

static int put_dose(struct arena *a, struct administer *given, const char *field, const char *old_value, const char *new_value)
{
    struct custody_correct in = correcting(field, old_value, new_value);
    return custody_record_put(a, "custody.administer", given, &in, &err);
}

CASE(R12_of_a_dose_a_containers_volume_is_corrected_and_what_was_recorded_is_not_written_to)
{
    struct arena *a = arena_new(0);
    struct administer *given = dose_of(a);
    const struct dose_container *recorded = LIST_AT(given->containers, const struct dose_container, 0);
    assert_int_equal(put_dose(a, given, "containers.K1.volume_given_ml", "6.3", "6.1"), 0);
    assert_string_equal(LIST_AT(given->containers, const struct dose_container, 0)->volume_given_ml, "6.1");
    assert_string_equal(recorded->volume_given_ml, "6.3");
    assert_refused(put_dose(a, given, "containers.K2.volume_given_ml", "6.3", "6.1"), ERR_NOT_FOUND, "field", "R12");
    assert_refused(put_dose(a, given, "containers.K1.container_id", "K1", "K2"), ERR_FIELD_UNKNOWN, "field", "R12");
    assert_non_null(strstr(err.text, "identity"));
    arena_free(a);
}

CASE(R12_whose_a_dose_is_and_which_return_it_was_are_identities)
{
    static const struct { const char *act, *field; } fixed[] = {
        {"custody.administer", "recipient_code"}, {"custody.administer", "donation_number"}, {"custody.administer", "batch_id"},
        {"custody.administer", "containers"}, {"custody.return_give", "transfer_id"}, {"custody.return_give", "seal_number"},
        {"custody.return_give", "receiver_id"}, {"custody.return_give", "transfer_sha256"}, {"custody.return_receive", "containers"},
    };
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        struct custody_correct in = correcting(fixed[i].field, "x", "y");
        void *record = record_new(a, verb_find(fixed[i].act)->in);
        assert_refused(custody_record_put(a, fixed[i].act, record, &in, &err), ERR_FIELD_UNKNOWN, "field", "R12");
        assert_non_null(strstr(err.text, "identity"));
    }
    assert_refused(put_dose(a, dose_of(a), "dose_cells", "1", "2"), ERR_FIELD_UNKNOWN, "field", "R12");
    assert_refused(put_dose(a, dose_of(a), "colour", "red", "blue"), ERR_FIELD_UNKNOWN, "field", "R12");
    assert_non_null(strstr(err.text, "has no value"));
    arena_free(a);
}

CASE(R12_an_adverse_event_found_later_says_what_happened_by_the_reason)
{
    struct arena *a = arena_new(0);
    struct administer *given = dose_of(a);
    assert_refused(put_dose(a, given, "adverse_text", "none", "fever"), ERR_NOT_FOUND, "field", "R12");
    assert_int_equal(put_dose(a, given, "adverse_event", "false", "true"), 0);
    assert_string_equal(given->adverse_text, "read from the other logger");
    assert_int_equal(put_dose(a, given, "adverse_text", "read from the other logger", "fever"), 0);
    assert_int_equal(put_dose(a, given, "adverse_event", "true", "false"), 0);
    assert_null(given->adverse_text);
    arena_free(a);
}
