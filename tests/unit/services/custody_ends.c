/* How containers end, by the rules alone: every state with every event, who may, and what the recipient gets. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "domain/custody.h"
#include "domain/dose.h"
#include "end_rules.h"
#include "fsm/machines.h"
#include "record/record.h"

#define NOW INT64_C(1780000000000)

static struct arena *arena;
static struct err err;
static struct container_facts stock[2];
static const char *one[] = {"K-1"}, *both[] = {"K-1", "K-2"}, *twice[] = {"K-1", "K-1"};

#define assert_refused(call, expected, expected_field, expected_rule)                                                   \
    do {                                                                                                                \
        memset(&err, 0, sizeof err);                                                                                    \
        assert_int_equal((call), (expected));                                                                           \
        assert_string_equal(err.field, (expected_field));                                                               \
        assert_string_equal(err.rule, (expected_rule));                                                                 \
    } while (0)

static struct custody_facts with(const char *state)
{
    arena = arena_free(arena);
    arena = arena_new(0);
    stock[0] = (struct container_facts){"K-1", NOW + 1000000, state, false, "7.0", "700000000", 0, false, "U-1"};
    stock[1] = (struct container_facts){"K-2", NOW + 1000000, state, false, "3.8", "25400000", 0, false, NULL};
    return (struct custody_facts){.state = "released", .containers = stock, .container_count = 2, .may_store = true,
                                  .use = "allogeneic", .determination = "eligible", .recipient_code = "R-1",
                                  .donation_number = "A999926000001"};
}

static struct list list_of(const char **items, size_t n)
{
    return (struct list){items, n};
}

static int destroy(const char *state, unsigned roles, const char *witness)
{
    struct custody_facts facts = with(state);
    struct container_destroy in = {.batch_id = "B-1", .containers = list_of(one, 1), .method = "autoclaved",
                                   .reason = "past its expiry", .witness_id = witness, .destroyed_at = NOW};
    struct receiver_facts person = {"open", ROLE_TECHNICIAN};
    return rule_destroy(&in, &facts, "U-1", roles, &person, NOW, &err);
}

CASE(custody_DESTROY_by_whoever_has_it_before_another)
{
    assert_int_equal(destroy("kept", ROLE_TECHNICIAN, "U-2"), 0);
    assert_int_equal(destroy("condemned", ROLE_QA, "U-2"), 0);
    assert_int_equal(destroy("received", ROLE_PHYSICIAN, "U-2"), 0);
    assert_refused(destroy("kept", ROLE_TECHNICIAN, "U-1"), ERR_DUTIES_SEGREGATED, "witness_id", "R10");
    assert_refused(destroy("kept", ROLE_PHYSICIAN, "U-2"), ERR_CUSTODY_REFUSED, "actor_lab", "container-13");
    assert_refused(destroy("received", ROLE_TECHNICIAN, "U-2"), ERR_CUSTODY_REFUSED, "actor_clinic", "container-32");
    assert_refused(destroy("given", ROLE_TECHNICIAN, "U-2"), ERR_CUSTODY_REFUSED, "container_id", "R34");
    assert_int_equal(destroy("returned", ROLE_TECHNICIAN, "U-2"), ERR_STATE_FORBIDS);
}

CASE(custody_DESTROY_witness_is_the_one_named_and_saw_the_same)
{
    struct custody_facts facts = with("destroying");
    struct destroy_witness in = {.batch_id = "B-1", .destroy_seq = 7, .containers = list_of(both, 2)};
    struct destruction_facts was = {.person_id = "U-1", .witness_id = "U-2", .containers = list_of(both, 2)};
    assert_int_equal(rule_witness(&in, &facts, &was, "U-2", &err), 0);
    assert_refused(rule_witness(&in, &facts, &was, "U-3", &err), ERR_DUTIES_SEGREGATED, "person", "R10");
    in.containers = list_of(one, 1);
    assert_refused(rule_witness(&in, &facts, &was, "U-2", &err), ERR_CUSTODY_REFUSED, "containers", "7.3");
    was.containers = list_of(one, 1);
    in.containers = list_of(both, 2);
    assert_refused(rule_witness(&in, &facts, &was, "U-2", &err), ERR_CUSTODY_REFUSED, "containers", "7.3");
    was.witnessed = true;
    assert_refused(rule_witness(&in, &facts, &was, "U-2", &err), ERR_EXISTS, "destroy_seq", "7.3");
    assert_refused(rule_witness(&in, &facts, &(struct destruction_facts){0}, "U-2", &err), ERR_NOT_FOUND, "destroy_seq", "7.3");
}

CASE(custody_DESTROY_is_taken_back_by_whoever_said_it_or_QA)
{
    static const char *const states[] = {"kept", "received", "condemned"};
    struct destroy_cancel in = {.batch_id = "B-1", .destroy_seq = 7, .containers = list_of(one, 1), .reason = "the autoclave was empty"};
    for (size_t i = 0; i < 3; i++) {
        struct custody_facts facts = with("destroying");
        struct container_back before = {"K-1", states[i]};
        struct destruction_facts was = {.person_id = "U-1", .witness_id = "U-2", .containers = list_of(one, 1), .before = {&before, 1}};
        assert_int_equal(rule_cancel(arena, &in, &facts, &was, "U-1", ROLE_TECHNICIAN, &err), 0);
        assert_int_equal(rule_cancel(arena, &in, &facts, &was, "U-9", ROLE_QA, &err), 0);
        assert_int_equal(rule_cancel(arena, &in, &facts, &was, "U-9", ROLE_TECHNICIAN, &err), ERR_CUSTODY_REFUSED);
        assert_string_equal(err.field, "actor_cancels");
        const struct fsm_rule *rule = fsm_find(&fsm_container, FSM_CONTAINER_DESTROYING, custody_back_event(arena, states[i]));
        assert_string_equal(fsm_target(&fsm_container, rule), states[i]);
    }
}

CASE(custody_DESTROY_is_taken_back_once_and_not_after_its_witness)
{
    struct custody_facts facts = with("destroying");
    struct container_back before = {"K-1", "kept"};
    struct destroy_cancel in = {.batch_id = "B-1", .destroy_seq = 7, .containers = list_of(one, 1), .reason = "the autoclave was empty"};
    struct destroy_witness seen = {.batch_id = "B-1", .destroy_seq = 7, .containers = list_of(one, 1)};
    struct destruction_facts was = {.person_id = "U-1", .witness_id = "U-2", .containers = list_of(one, 1), .before = {&before, 1}};
    in.reason = "oops";
    assert_refused(rule_cancel(arena, &in, &facts, &was, "U-1", ROLE_QA, &err), ERR_REASON_MISSING, "reason", "R13");
    in.reason = "the autoclave was empty";
    in.containers = list_of(both, 2);
    assert_refused(rule_cancel(arena, &in, &facts, &was, "U-1", ROLE_QA, &err), ERR_CUSTODY_REFUSED, "containers", "7.3");
    in.containers = list_of(one, 1);
    was.witnessed = true;
    assert_refused(rule_cancel(arena, &in, &facts, &was, "U-1", ROLE_QA, &err), ERR_EXISTS, "destroy_seq", "7.3");
    was.witnessed = false;
    was.cancelled = true;
    assert_refused(rule_cancel(arena, &in, &facts, &was, "U-1", ROLE_QA, &err), ERR_EXISTS, "destroy_seq", "7.3");
    assert_refused(rule_witness(&seen, &facts, &was, "U-2", &err), ERR_EXISTS, "destroy_seq", "7.3");
    assert_refused(rule_cancel(arena, &in, &facts, &(struct destruction_facts){0}, "U-1", ROLE_QA, &err), ERR_NOT_FOUND, "destroy_seq", "7.3");
}

static struct container_loss losing(void)
{
    return (struct container_loss){.batch_id = "B-1", .containers = list_of(one, 1), .text = "not found in its place", .aware_at = NOW,
                                   .deviation_class = "critical"};
}

/* the side that holds it: the giver's, until the other has signed */
CASE(custody_LOSS_is_reported_by_the_side_that_holds_it)
{
    static const struct {
        const char *state, *side;
        unsigned reports[4], other[4];
    } rows[] = {
#define LAB_HAS {ROLE_TECHNICIAN, ROLE_SUPERVISOR, ROLE_QA}, {ROLE_COURIER, ROLE_PHYSICIAN, ROLE_QC, ROLE_ADMIN}
#define CLINIC_HAS {ROLE_COURIER, ROLE_PHYSICIAN}, {ROLE_TECHNICIAN, ROLE_SUPERVISOR, ROLE_QA, ROLE_QC}
        {"kept", "lab", LAB_HAS},         {"given", "lab", LAB_HAS},    {"returned", "lab", LAB_HAS},
        {"packed", "lab", LAB_HAS},       {"condemned", "lab", LAB_HAS},    {"received", "clinic", CLINIC_HAS}, {"returning", "clinic", CLINIC_HAS},
    };
    struct container_loss in = losing();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct custody_facts facts = with(rows[i].state);
        for (size_t k = 0; k < 4; k++) {
            if (rows[i].reports[k] != 0)
                assert_int_equal(rule_loss(&in, &facts, rows[i].reports[k], NOW, &err), 0);
            assert_int_equal(rule_loss(&in, &facts, rows[i].other[k], NOW, &err), ERR_CUSTODY_REFUSED);
        }
        assert_string_equal(custody_side(rows[i].state), rows[i].side);
    }
    assert_null(custody_side("destroying"));
    assert_null(custody_side("lost"));
}

CASE(custody_LOSS_of_what_has_not_ended)
{
    struct container_loss in = losing();
    struct custody_facts facts = with("kept");
    in.aware_at = NOW + 60000;
    assert_refused(rule_loss(&in, &facts, ROLE_QA, NOW, &err), ERR_TIME_REFUSED, "aware_at", "R15");
    in.aware_at = NOW;
    in.containers = list_of(twice, 2);
    assert_refused(rule_loss(&in, &facts, ROLE_QA, NOW, &err), ERR_CUSTODY_REFUSED, "containers", "7.3");
    in.text = "gone";
    assert_refused(rule_loss(&in, &facts, ROLE_QA, NOW, &err), ERR_REASON_MISSING, "text", "R13");
    in = losing();
    facts = with("destroying");
    assert_int_equal(rule_loss(&in, &facts, ROLE_QA, NOW, &err), ERR_STATE_FORBIDS);
}

/* nothing leaves an end, whatever is said and whoever says it: what is lost stays lost when the rest of its transfer arrives */
CASE(S7_3_what_has_ended_has_no_later_event)
{
    size_t ends = 0;
    for (size_t s = 0; s < fsm_container.state_count; s++) {
        ends += fsm_container.states[s].kind == FSM_END;
        for (size_t i = 0; i < fsm_container.rule_count; i++) {
            const char *event = fsm_container.rules[i].event;
            const struct fsm_rule *rule = fsm_find(&fsm_container, (int)s, event);
            struct custody_facts facts = with(fsm_container.states[s].name);
            int code = rule_container(&facts, "K-1", event, ~(unsigned)FACT_HELD, &err);
            assert_int_equal(code == 0, rule != NULL);
            assert_true(fsm_container.states[s].kind != FSM_END || code != 0 || (int)rule->to == (int)s);
        }
    }
    assert_int_equal(ends, 6);
}

CASE(S4_1_the_words_of_a_container_are_its_machines_states)
{
    assert_int_equal(words_container_state.count, fsm_container.state_count);
    for (size_t i = 0; i < fsm_container.state_count; i++)
        assert_string_equal(words_container_state.words[i], fsm_container.states[i].name);
}

/* the seed rows of SQL and the machine's rows, both ways: the file holds exactly what the machine writes */
CASE(fsm_container_rows_in_sql_are_the_machines)
{
    with("kept");
    struct buf rows = buf_new(arena);
    size_t len;
    char *sql = test_read(STEMMA_SQL "/api/container_fsm.sql", &len);
    assert_non_null(sql);
    fsm_to_sql(&rows, &fsm_container);
    const char *values = strstr(sql, "values\n");
    assert_non_null(values);
    assert_int_equal(strncmp(values + 7, rows.text, rows.len), 0);
    assert_string_equal(values + 7 + rows.len, ";\n");
    free(sql);
}

static struct administer giving(void)
{
    struct administer in;
    record_init(&record_administer, &in);
    in.batch_id = "B-1";
    in.recipient_code = "R-1";
    in.donation_number = "A999926000001";
    in.weight_kg = "18.5";
    in.started_at = NOW - 60000;
    in.ended_at = NOW - 1000;
    in.adverse_event = 0;
    struct dose_container *k = record_list_add(arena, &record_dose_container, &in.containers);
    *k = (struct dose_container){"K-1", "7.0", "0"};
    return in;
}

CASE(R04_two_identifiers_are_the_batchs)
{
    struct custody_facts facts = with("received");
    struct administer in = giving();
    assert_int_equal(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), 0);
    in.recipient_code = "R-2";
    assert_refused(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_CUSTODY_REFUSED, "recipient_code", "R04");
    in = giving();
    in.donation_number = "A999926000002";
    assert_refused(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_IDENTIFIER_REFUSED, "donation_number", "R04");
}

CASE(R04_autologous_cells_go_back_to_their_donor)
{
    struct custody_facts facts = with("received");
    struct administer in = giving();
    facts.use = "autologous";
    assert_refused(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_CUSTODY_REFUSED, "recipient_code", "R04");
    facts.donor_recipient = "R-1";
    assert_int_equal(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), 0);
    facts.recipient_code = NULL;
    assert_refused(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_CUSTODY_REFUSED, "recipient_code", "R04");
}

CASE(R31_what_was_released_exceptionally_goes_to_the_patient_whom_it_was_asked_for)
{
    struct custody_facts facts = with("received");
    struct administer in = giving();
    facts.use = "allogeneic";
    facts.recipient_code = NULL;
    facts.except_recipient = "R-2";
    assert_refused(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_CUSTODY_REFUSED, "recipient_code", "R31");
    facts.except_recipient = "R-1";
    assert_int_equal(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), 0);
}

CASE(T19_what_had_expired_is_not_administered)
{
    struct custody_facts facts = with("received");
    struct administer in = giving();
    stock[0].expires_ms = in.started_at;
    assert_refused(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_CUSTODY_REFUSED, "containers", "T19");
    stock[0].expires_ms = in.started_at + 1;
    assert_int_equal(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), 0);
}

CASE(custody_ADMINISTER_only_of_a_batch_that_stands_released)
{
    static const char *const not[] = {"in_test", "on_hold", "rejected"};
    struct administer in;
    for (size_t i = 0; i < sizeof not / sizeof not[0]; i++) {
        struct custody_facts facts = with("received");
        in = giving();
        facts.state = not[i];
        assert_int_equal(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_STATE_FORBIDS);
    }
    struct custody_facts facts = with("received");
    in = giving();
    facts.held = true;
    assert_int_equal(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_CONSENT_MISSING);
    facts.held = false;
    facts.overtaken = true;
    assert_refused(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_DONOR_REFUSED, "batch_id", "R08");
}

CASE(R15_what_was_given_before_a_failure_was_known_is_recorded_with_its_reason)
{
    static const char *const states[] = {"in_test", "on_hold", "rejected", "failed_post_release", "failed_handed_over", "failed_received"};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        struct custody_facts facts = with("received");
        struct administer in = giving();
        facts.state = states[i];
        *(struct known_later *)record_list_add(arena, &record_known_later, &in.known_later) =
            (struct known_later){.what = "batch", .state = states[i], .entry = 31, .known_at = NOW - 500};
        assert_string_equal(administer_event(&in), "custody.given_before");
        assert_refused(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_REASON_MISSING, "reason", "R15");
        in.reason = "the ward had no terminal";
        assert_int_equal(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), 0);
        in.recipient_code = "R-2";                       /* and is held to everything else */
        assert_refused(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_CUSTODY_REFUSED, "recipient_code", "R04");
    }
}

CASE(R15_what_was_given_before_an_excursion_was_known_is_recorded_with_its_reason)
{
    struct custody_facts facts = with("received");
    struct administer in = giving();
    stock[0].held = stock[1].held = true;
    assert_refused(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_CUSTODY_REFUSED, "held", "container-30");
    *(struct known_later *)record_list_add(arena, &record_known_later, &in.known_later) =
        (struct known_later){.what = "excursion", .entry = 4, .known_at = NOW - 500, .unit_id = "E-1"};
    assert_string_equal(administer_event(&in), "custody.administer");      /* the batch stands as it stood */
    assert_string_equal(given_event(&in), "custody.given_before");
    assert_refused(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_REASON_MISSING, "reason", "R15");
    in.reason = "the ward had no terminal";
    assert_int_equal(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), 0);
}

CASE(R15_a_late_administration_says_why)
{
    struct custody_facts facts = with("received");
    struct administer in = giving();
    assert_refused(rule_administer(&in, &facts, 40, NOW, &err), ERR_REASON_MISSING, "reason", "R15");
    in.reason = "the ward had no terminal";
    assert_int_equal(rule_administer(&in, &facts, 40, NOW, &err), 0);
    in.started_at = in.ended_at + 1;
    assert_refused(rule_administer(&in, &facts, 40, NOW, &err), ERR_TIME_REFUSED, "started_at", "R15");
}

CASE(R15_nothing_is_administered_before_it_is_received)
{
    struct custody_facts facts = with("received");
    struct administer in = giving();
    stock[0].received_ms = in.started_at + CLOCK_SKEW_MS;
    assert_int_equal(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), 0);
    stock[0].received_ms++;
    assert_refused(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_TIME_REFUSED, "started_at", "R15");
}

/* QA decided on an excursion before the dose was entered: what counts is how it stood when it was given */
CASE(R15_R35_a_hold_that_QA_has_ended_counts_while_it_was_known)
{
    struct custody_facts facts = with("received");
    struct administer in = giving();
    struct given_hold hold[] = {{"K-9", in.started_at - 1, in.started_at + 60000}, {"K-1", in.started_at + 1, in.started_at + 60000}};
    stock[0].received_ms = stock[1].received_ms = in.started_at;
    facts.ended = hold;
    facts.ended_count = 2;
    assert_int_equal(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), 0);
    hold[1].known_ms = in.started_at;
    assert_refused(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), ERR_CUSTODY_REFUSED, "started_at", "R35");
    hold[1].ended_ms = in.started_at + GIVEN_SKEW_MS;
    assert_int_equal(rule_administer(&in, &facts, INTEGER_ABSENT, NOW, &err), 0);
}

static int dosed(struct administer *in)
{
    static const struct dose_filled filled[] = {{"K-1", "7.0", "700000000"}, {"K-2", "3.8", "25400000"}};
    return dose_fill(arena, filled, 2, in, &err);
}

CASE(T14_the_dose_is_what_was_given_by_weight)
{
    with("received");
    struct administer in = giving();
    assert_int_equal(dosed(&in), 0);
    assert_string_equal(in.dose_cells, "700000000");
    assert_string_equal(in.dose_cells_per_kg, "37837838");           /* 700000000 / 18.5, half up */
    LIST_AT(in.containers, struct dose_container, 0)->volume_given_ml = "3.5";
    LIST_AT(in.containers, struct dose_container, 0)->residual_ml = "3.5";
    struct dose_container *k = record_list_add(arena, &record_dose_container, &in.containers);
    *k = (struct dose_container){"K-2", "3.8", "0"};
    assert_int_equal(dosed(&in), 0);
    assert_string_equal(in.dose_cells, "375400000");
}

CASE(R33_given_and_left_balance_what_was_filled)
{
    static const struct {
        const char *given, *left;
        int code;
    } rows[] = {{"7.0", "0", 0},   {"6.5", "0", 0},   {"6.49", "0", ERR_BALANCE_OPEN}, {"7.5", "0", 0}, {"7.51", "0", ERR_BALANCE_OPEN},
                {"0", "7.0", ERR_FIELD_RANGE}, {"7.0", "-0.1", ERR_FIELD_RANGE}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        with("received");
        struct administer in = giving();
        LIST_AT(in.containers, struct dose_container, 0)->volume_given_ml = rows[i].given;
        LIST_AT(in.containers, struct dose_container, 0)->residual_ml = rows[i].left;
        assert_int_equal(dosed(&in), rows[i].code);
    }
}

CASE(T20_no_weight_no_dose)
{
    with("received");
    struct administer in = giving();
    in.weight_kg = "0";
    assert_refused(dosed(&in), ERR_FIELD_RANGE, "weight_kg", "T20");
    in.weight_kg = "18.5";
    LIST_AT(in.containers, struct dose_container, 0)->container_id = "K-9";
    assert_refused(dosed(&in), ERR_NOT_FOUND, "container_id", "R04");
}
