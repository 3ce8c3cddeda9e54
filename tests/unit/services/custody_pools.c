/* Pools by the rules alone: what comes of several containers, whose cells they may be, and the second person. */
#include "support/test.h"

#include <string.h>

#include "pool_rules.h"
#include "record/record.h"

#define NOW INT64_C(1780000000000)
#define MINUTE INT64_C(60000)
#define DAY INT64_C(86400000)
#define DIN "A999926000001"
#define FIRST DIN "-D00021A0"
#define SECOND DIN "-D00021B0"
#define THIRD DIN "-D00021C0"
#define POOL DIN "-D00021D0"

static struct arena *arena;
static struct err err;
static struct container_facts stock[3];
static struct pool_source source[3];
static struct procedure procedure;
static struct custody_facts batch;

#define assert_refused(call, expected, expected_field, expected_rule)                                                   \
    do {                                                                                                                \
        memset(&err, 0, sizeof err);                                                                                    \
        assert_int_equal((call), (expected));                                                                           \
        assert_string_equal(err.field, (expected_field));                                                               \
        assert_string_equal(err.rule, (expected_rule));                                                                 \
    } while (0)

static struct pool_facts with(const char *state, enum clearance asked)
{
    static const char *const ids[] = {FIRST, SECOND, THIRD}, *const ml[] = {"7.0", "3.00", "5"}, *const cells[] = {"700000000", "100", "50"};
    arena = arena_free(arena);
    arena = arena_new(0);
    procedure = (struct procedure){.id = "P-1", .version = 2, .pooling = asked, .late_entry_min = 15};
    for (int i = 0; i < 3; i++) {
        stock[i] = (struct container_facts){ids[i], NOW + (i + 1) * DAY, "kept", true, ml[i], cells[i], 0, false, NULL};
        source[i] = (struct pool_source){ids[i], ml[i], cells[i], NOW + (i + 1) * DAY, false};
    }
    batch = (struct custody_facts){.state = state, .containers = stock, .container_count = 3};
    return (struct pool_facts){.batch = &batch, .of = {source, 3, "D-1", &procedure}, .is_trained = true};
}

static struct container_pool pooling(const char *volume, const char *waste)
{
    struct container_pool in;
    record_init(&record_container_pool, &in);
    in.batch_id = "B-1";
    texts_add(arena, &in.parents, SECOND);
    texts_add(arena, &in.parents, FIRST);
    in.container_id = POOL;
    in.volume_ml = volume;
    in.waste_ml = waste;
    in.pooled_at = NOW;
    in.tolerance_percent = "2";
    in.tolerance_ml = "0.5";
    return in;
}

static int pool(struct container_pool *in, const struct pool_facts *facts)
{
    return rule_pool(arena, in, facts, NOW, NOW, &err);
}

CASE(custody_POOL_is_the_sum_of_its_parents)
{
    struct pool_facts facts = with("in_test", CLEARANCE_PERFORMED);
    struct container_pool in = pooling("10.0", "0");
    assert_int_equal(pool(&in, &facts), 0);
    assert_string_equal(in.volume_in_ml, "10");
    assert_string_equal(in.cells, "700000100");
    assert_int_equal(in.parts.count, 2);
    const struct pool_part *part = in.parts.items;
    assert_string_equal(part[0].container_id, SECOND);
    assert_string_equal(part[0].volume_ml, "3");
    assert_string_equal(part[1].cells, "700000000");
    assert_int_equal(in.verify, BOOLEAN_ABSENT);
    assert_int_equal(in.late_min, INTEGER_ABSENT);
}

CASE(custody_POOL_expires_with_the_first_of_its_parents)
{
    struct pool_facts facts = with("in_process", CLEARANCE_PERFORMED);
    struct container_pool in = pooling("10", "0");
    assert_int_equal(pool(&in, &facts), 0);
    assert_int_equal(in.expires_at, NOW + DAY);
    source[0].expires_ms = NOW;                              /* T19: and what had expired is not pooled */
    in = pooling("10", "0");
    assert_refused(pool(&in, &facts), ERR_POOL_REFUSED, "parents", "T19");
}

CASE(R33_a_pool_makes_no_cells)
{
    struct pool_facts facts = with("in_test", CLEARANCE_PERFORMED);
    static const struct {
        const char *volume, *waste, *cells;
    } rows[] = {
        {"9", "1", "630000090"},                             /* nine tenths */
        {"9.5", "0", "665000095"},                           /* what is missing within the tolerance has its cells */
        {"10.5", "0", "700000100"},                          /* more volume is not more cells */
        {"10.3", "0.2", "686666765"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct container_pool in = pooling(rows[i].volume, rows[i].waste);
        assert_int_equal(pool(&in, &facts), 0);
        assert_string_equal(in.cells, rows[i].cells);
    }
}

CASE(R33_a_pool_balances)
{
    struct pool_facts facts = with("in_test", CLEARANCE_PERFORMED);
    struct container_pool in = pooling("9.4", "0");
    assert_refused(pool(&in, &facts), ERR_BALANCE_OPEN, "volume_in_ml", "R33");
    in = pooling("10.4", "0.2");
    assert_refused(pool(&in, &facts), ERR_BALANCE_OPEN, "volume_in_ml", "R33");
    in = pooling("0", "10");
    assert_refused(pool(&in, &facts), ERR_FIELD_RANGE, "volume_ml", "R22");
    in = pooling("10", "-1");
    assert_refused(pool(&in, &facts), ERR_FIELD_RANGE, "waste_ml", "R22");
}

CASE(R32_cells_of_another_donor_or_batch_are_not_pooled)
{
    struct pool_facts facts = with("in_test", CLEARANCE_PERFORMED);
    struct container_pool in = pooling("17", "0");
    texts_add(arena, &in.parents, "A999926000002-D00021A0");
    assert_refused(pool(&in, &facts), ERR_POOL_REFUSED, "parents", "R32");
    in = pooling("10", "0");
    in.container_id = "A999926000002-D00021D0";              /* nor are they called another's */
    assert_refused(pool(&in, &facts), ERR_IDENTIFIER_REFUSED, "container_id", "R04");
    in.container_id = DIN "-D00022D0";
    assert_refused(pool(&in, &facts), ERR_IDENTIFIER_REFUSED, "container_id", "T36");
}

CASE(R32_a_pool_has_the_donor_of_its_batch)
{
    struct pool_facts facts = with("in_test", CLEARANCE_PERFORMED);
    struct container_pool in = pooling("10", "0");
    assert_int_equal(pool(&in, &facts), 0);
    assert_int_equal(in.donors.count, 1);
    assert_string_equal(TEXTS_AT(in.donors, 0), "D-1");
}

CASE(custody_POOL_is_of_two_each_once_and_whole)
{
    struct pool_facts facts = with("in_test", CLEARANCE_PERFORMED);
    struct container_pool in = pooling("10", "0");
    in.parents.count = 1;
    assert_refused(pool(&in, &facts), ERR_FIELD_MISSING, "parents", "7.3");
    in = pooling("10", "0");
    texts_add(arena, &in.parents, SECOND);
    assert_refused(pool(&in, &facts), ERR_POOL_REFUSED, "parents", "7.3");
    source[0].is_pool = true;
    in = pooling("10", "0");
    assert_refused(pool(&in, &facts), ERR_POOL_REFUSED, "parents", "7.3");
    facts = with("in_test", CLEARANCE_PERFORMED);
    in = pooling("10", "0");
    in.container_id = THIRD;                                 /* one that is there */
    assert_refused(pool(&in, &facts), ERR_EXISTS, "container_id", "T36");
    facts.is_taken = true;
    in = pooling("10", "0");
    assert_refused(pool(&in, &facts), ERR_EXISTS, "container_id", "T36");
}

CASE(custody_POOL_is_of_what_the_lab_keeps_and_nothing_holds)
{
    static const char *const others[] = {"given", "received", "returned", "condemned", "destroying", "lost", "packed", "sampled", "pooled"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct pool_facts facts = with("in_test", CLEARANCE_PERFORMED);
        struct container_pool in = pooling("10", "0");
        stock[1].state = others[i];
        assert_true(pool(&in, &facts) > 0);
    }
    struct pool_facts facts = with("in_test", CLEARANCE_PERFORMED);
    struct container_pool in = pooling("10", "0");
    stock[1].held = true;
    assert_refused(pool(&in, &facts), ERR_CUSTODY_REFUSED, "held", "container-98");
}

CASE(custody_POOL_waits_for_no_batch_that_is_held_or_decided_on)
{
    static const char *const states[] = {"open", "on_hold", "released", "cond_released", "rejected", "handed_over", "failed_post_release"};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        struct pool_facts facts = with(states[i], CLEARANCE_PERFORMED);
        struct container_pool in = pooling("10", "0");
        assert_int_equal(pool(&in, &facts), ERR_STATE_FORBIDS);
    }
    struct pool_facts facts = with("in_test", CLEARANCE_PERFORMED);
    struct container_pool in = pooling("10", "0");
    batch.held = true;                                       /* the donor has withdrawn */
    assert_true(pool(&in, &facts) > 0);
}

CASE(custody_POOL_is_what_the_procedure_says)
{
    struct pool_facts facts = with("in_test", CLEARANCE_NONE);
    struct container_pool in = pooling("10", "0");
    assert_refused(pool(&in, &facts), ERR_POOL_REFUSED, "batch_id", "7.3");
    facts = with("in_test", CLEARANCE_VERIFIED);
    in = pooling("10", "0");
    assert_int_equal(pool(&in, &facts), 0);
    assert_int_equal(in.verify, 1);
}

CASE(R21_who_pools_is_trained_on_the_procedure)
{
    struct pool_facts facts = with("in_test", CLEARANCE_PERFORMED);
    struct container_pool in = pooling("10", "0");
    facts.is_trained = false;
    assert_refused(pool(&in, &facts), ERR_TRAINING_MISSING, "procedure_version", "R21");
}

CASE(R15_a_late_pool_says_why_and_is_verified)
{
    struct pool_facts facts = with("in_test", CLEARANCE_PERFORMED);
    struct container_pool in = pooling("10", "0");
    in.pooled_at = NOW - 16 * MINUTE;
    assert_refused(pool(&in, &facts), ERR_REASON_MISSING, "reason", "R15");
    in = pooling("10", "0");
    in.pooled_at = NOW - 16 * MINUTE;
    in.reason = "the terminal at the cabinet was down";
    assert_int_equal(pool(&in, &facts), 0);
    assert_int_equal(in.late_min, 16);
    assert_int_equal(in.verify, 1);
    in = pooling("10", "0");
    in.pooled_at = NOW + MINUTE;
    assert_refused(pool(&in, &facts), ERR_TIME_REFUSED, "pooled_at", "R15");
}

CASE(R15_nothing_is_pooled_before_there_was_anything_to_pool)
{
    struct pool_facts facts = with("in_test", CLEARANCE_PERFORMED);
    struct container_pool in = pooling("10", "0");
    facts.of.since_ms = NOW + POOL_SKEW_MS;
    assert_int_equal(pool(&in, &facts), 0);
    in = pooling("10", "0");
    facts.of.since_ms = NOW + POOL_SKEW_MS + 1;
    assert_refused(pool(&in, &facts), ERR_TIME_REFUSED, "pooled_at", "R15");
}

CASE(R10_a_pool_is_verified_by_another_person_who_saw_it)
{
    static const struct pool_verify in = {"B-1", POOL, INTEGER_ABSENT};
    struct pooled_facts pooled = {7, "U-1", NULL}, none = {.seq = -1}, verified = {7, "U-1", "U-3"};
    with("in_test", CLEARANCE_VERIFIED);
    assert_int_equal(rule_pool_verify(&in, &batch, &pooled, true, "U-2", 7, &err), 0);
    assert_refused(rule_pool_verify(&in, &batch, &pooled, true, "U-1", 7, &err), ERR_DUTIES_SEGREGATED, "person", "R10");
    assert_refused(rule_pool_verify(&in, &batch, &pooled, true, "U-2", 6, &err), ERR_HEAD_STALE, "container_id", "R10");
    assert_refused(rule_pool_verify(&in, &batch, &pooled, false, "U-2", 7, &err), ERR_TRAINING_MISSING, "procedure_version", "R21");
    assert_refused(rule_pool_verify(&in, &batch, &none, true, "U-2", 7, &err), ERR_NOT_FOUND, "container_id", "7.3");
    assert_refused(rule_pool_verify(&in, &batch, &verified, true, "U-2", 7, &err), ERR_EXISTS, "container_id", "R10");
    batch.state = "released";
    assert_int_equal(rule_pool_verify(&in, &batch, &pooled, true, "U-2", 7, &err), ERR_STATE_FORBIDS);
}

/* ---- what a correction of the fill makes of a pool */

static struct batch_fill filled(const char *ml, const char *cells)
{
    struct batch_fill fill = {.batch_id = "B-1", .volume_in_ml = "10", .samples_ml = "0", .waste_ml = "0"};
    *(struct fill_container *)record_list_add(arena, &record_fill_container, &fill.containers) = (struct fill_container){FIRST, ml, cells};
    *(struct fill_container *)record_list_add(arena, &record_fill_container, &fill.containers) = (struct fill_container){SECOND, "3", "300"};
    return fill;
}

static struct list one_pool(const char *volume, const char *waste)
{
    struct list pools = {NULL, 0};
    *(struct container_pool *)record_list_add(arena, &record_container_pool, &pools) = pooling(volume, waste);
    return pools;
}

/* the cells of the pool ${id}, of 1 cell as it was signed, by a correction that says ${pooled} */
static const char *corrected(const struct list *pooled, const char *id)
{
    struct fill_correct by = {.field = "containers." FIRST ".cells", .new_value = "900", .pooled = *pooled};
    struct container_pool was = {.container_id = id, .cells = "1", .expires_at = NOW};
    pool_correct(&by, &was);
    assert_int_equal(was.expires_at, NOW);
    return was.cells;
}

CASE(R12_a_pool_expires_as_what_was_filled_does)
{
    struct fill_correct by = {.field = "expires_at", .new_value = "2026-06-01T10:00:00.000Z"};
    struct container_pool was = {.container_id = POOL, .cells = "1", .expires_at = NOW};
    pool_correct(&by, &was);
    assert_int_equal(was.expires_at, INT64_C(1780308000000));
    assert_string_equal(was.cells, "1");
}

CASE(R12_a_pool_is_of_what_its_parents_are_in_truth)
{
    struct list now = {NULL, 0};
    with("in_test", CLEARANCE_PERFORMED);
    struct batch_fill fill = filled("7", "900");
    struct list pools = one_pool("8", "2");
    assert_int_equal(pools_stand(arena, &fill, NULL, 0, &pools, &now, &err), 0);
    assert_int_equal(now.count, 1);
    assert_string_equal(corrected(&now, POOL), "960");
    assert_string_equal(corrected(&now, FIRST), "1");
    struct dose_filled taken[] = {{FIRST, "2", "300"}, {POOL, "4", "400"}};
    pools = one_pool("6.4", "1.6");
    now = (struct list){NULL, 0};
    assert_int_equal(pools_stand(arena, &fill, taken, 2, &pools, &now, &err), 0);
    assert_string_equal(corrected(&now, POOL), "720");
    taken[1].cells = "721";
    assert_refused(pools_stand(arena, &fill, taken, 2, &pools, &now, &err), ERR_BALANCE_OPEN, "new_value", "R33");
    fill = filled("9", "900");                               /* then two millilitres more went in than came out */
    assert_refused(pools_stand(arena, &fill, NULL, 0, &pools, &now, &err), ERR_BALANCE_OPEN, "new_value", "R33");
}
