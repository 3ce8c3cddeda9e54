/* Pools over real sockets: two containers become one, which is verified, released, given and traced; whose cells it may hold; and what reaches it. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

#define MINUTE INT64_C(60000)

static const char *division(const struct short_batch *b, const char *which)
{
    return arena_printf(house_arena(), "%s-D0001V%s", b->donation_number, which);
}

/* a batch by a procedure that pools, with containers A0 and B0 of 3.5 mL */
static void filled(struct short_batch *b)
{
    struct batch_fill in;
    short_pooling("verified");
    short_begun(b, "allogeneic");
    assert_done(short_step(b));
    record_init(&record_batch_fill, &in);
    in.batch_id = b->batch;
    in.volume_in_ml = "8.0";
    in.samples_ml = in.waste_ml = "0.5";
    in.expires_at = clock_ms() + 20 * 60 * MINUTE;
    for (int i = 0; i < 2; i++)
        *(struct fill_container *)record_list_add(house_arena(), &record_fill_container, &in.containers) =
            (struct fill_container){division(b, i == 0 ? "A0" : "B0"), "3.5", i == 0 ? "350000000" : "250000000"};
    assert_done(short_act("U-MARA", "batch.fill", &in));
    b->container = division(b, "C0");
}

static struct container_pool pooling(const struct short_batch *b)
{
    struct container_pool in;
    record_init(&record_container_pool, &in);
    in.batch_id = b->batch;
    texts_add(house_arena(), &in.parents, division(b, "A0"));
    texts_add(house_arena(), &in.parents, division(b, "B0"));
    in.container_id = b->container;
    in.volume_ml = "6.3";
    in.waste_ml = "0.7";
    in.pooled_at = clock_ms() - 1000;
    return in;
}

static int pool(const struct short_batch *b)
{
    struct container_pool in = pooling(b);
    return short_act("U-MARA", "custody.pool", &in);
}

static int verify(const struct short_batch *b, const char *who)
{
    struct pool_verify in = {b->batch, b->container, INTEGER_ABSENT};
    return short_act(who, "custody.pool_verify", &in);
}

static int store(const struct short_batch *b, const char *container, const char *unit)
{
    struct container_store in = {b->batch, container, unit, short_fresh("A")};
    return short_act("U-JON", "custody.container_store", &in);
}

static struct whereabouts_row stands(const struct short_batch *b, const char *container)
{
    struct batch_key key = {b->batch};
    struct whereabouts all;
    assert_done(short_ask("custody.reconcile", &key, &all));
    for (size_t i = 0; i < all.containers.count; i++)
        if (strcmp(LIST_AT(all.containers, struct whereabouts_row, i)->container_id, container) == 0)
            return *LIST_AT(all.containers, struct whereabouts_row, i);
    fail_msg("no %s", container);
    return (struct whereabouts_row){0};
}

static bool traced(const char *kind, const char *id, bool back, const char *to)
{
    struct trace_request in = {kind, id, back ? 1 : BOOLEAN_ABSENT, NULL};
    struct trace_rows all;
    assert_done(short_ask("custody.trace", &in, &all));
    for (size_t i = 0; i < all.rows.count; i++)
        if (strcmp(LIST_AT(all.rows, struct trace_row, i)->id, to) == 0)
            return true;
    return false;
}

static const char *exported(const struct short_batch *b, const char *format, const char *ending)
{
    struct export_request in = {b->batch, format};
    struct export_files out;
    assert_done(short_ask("audit.export", &in, &out));
    for (size_t i = 0; i < out.files.count; i++) {
        const struct export_file *f = LIST_AT(out.files, const struct export_file, i);
        size_t len = strlen(f->file_name);
        if (len >= strlen(ending) && strcmp(f->file_name + len - strlen(ending), ending) == 0)
            return arena_printf(house_arena(), "%.*s", (int)f->file.len, (const char *)f->file.data);
    }
    fail_msg("no %s", ending);
    return NULL;
}

static void release_it(struct short_batch *b)
{
    assert_done(short_label(b, 1));
    assert_done(short_complete(b));
    short_test(b);
    assert_done(short_review(b));
    assert_done(short_release(b));
}

static void give(const struct short_batch *b)
{
    struct receive arrived = {.batch_id = b->batch, .transfer_id = short_transfer(), .condition = "good", .seal_number = "S-1"};
    struct administer given;
    texts_add(house_arena(), &arrived.containers, b->container);
    assert_done(short_act("U-TOM", "custody.receive", &arrived));
    usleep(20000);
    record_init(&record_administer, &given);
    given.batch_id = b->batch;
    given.recipient_code = b->recipient;
    given.donation_number = b->donation_number;
    given.weight_kg = "60.0";
    given.route = "intravenous";
    given.site = "left forearm";
    given.imaging = "none";
    given.started_at = clock_ms() - 10;
    given.ended_at = clock_ms();
    given.adverse_event = 0;
    *(struct dose_container *)record_list_add(house_arena(), &record_dose_container, &given.containers) =
        (struct dose_container){b->container, "6.3", "0"};
    assert_done(short_act("U-INES", "custody.administer", &given));
}

CASE(custody_POOL_of_two_is_verified_released_given_and_traced)
{
    struct short_batch b;
    filled(&b);
    const char *first = division(&b, "A0"), *second = division(&b, "B0");
    assert_done(store(&b, first, "E-TANK1"));
    assert_done(pool(&b));
    assert_string_equal(stands(&b, first).state, "pooled");
    assert_true(stands(&b, second).ended == 1);
    assert_string_equal(stands(&b, second).left_ml, "0");
    assert_string_equal(stands(&b, b.container).state, "kept");
    assert_true(stands(&b, b.container).accounted == 0);
    assert_done(store(&b, b.container, "E-TANK1"));
    assert_true(stands(&b, b.container).accounted == 1);
    assert_true(traced("container", first, false, b.container));
    assert_true(traced("container", b.container, true, second));
    assert_true(traced("donor", b.donor, false, b.container));
    assert_true(traced("container", b.container, true, b.donor));
    assert_int_equal(pool(&b), ERR_EXISTS);
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    short_test(&b);
    assert_done(short_review(&b));
    assert_string_equal(short_gate_point(&b, 9)->state, "open");
    assert_int_equal(short_release(&b), ERR_GATE_CLOSED);
    assert_refused(verify(&b, "U-MARA"), ERR_DUTIES_SEGREGATED, "R10");
    assert_done(verify(&b, "U-JON"));
    assert_refused(verify(&b, "U-JON"), ERR_EXISTS, "R10");
    assert_done(short_review(&b));
    assert_string_equal(short_gate_point(&b, 9)->state, "holds");
    assert_done(short_release(&b));
    assert_int_equal(pool(&b), ERR_STATE_FORBIDS);
    assert_done(short_hand_over(&b));
    give(&b);
    const char *dose = arena_printf(house_arena(), "select dose_cells from custody.administration where batch_id = '%s'", b.batch);
    assert_string_equal(house_sql(dose), "540000000");
    assert_true(house_dossier_holds(b.batch));
    assert_non_null(strstr(exported(&b, "epcis", ".jsonld"), "\"inputEPCList\""));
    const char *fhir = exported(&b, "fhir", ".json");
    assert_non_null(strstr(fhir, arena_printf(house_arena(), "\"reference\": \"BiologicallyDerivedProduct/%s\"", first)));
    assert_non_null(strstr(exported(&b, "csv", ".custody.csv"), "540000000"));
}

CASE(R32_cells_of_two_donors_are_never_pooled)
{
    struct short_batch b, other;
    filled(&other);
    filled(&b);
    struct container_pool in = pooling(&b);
    texts_add(house_arena(), &in.parents, division(&other, "A0"));
    in.volume_ml = "10.5";
    assert_refused(short_act("U-MARA", "custody.pool", &in), ERR_POOL_REFUSED, "R32");
    in = pooling(&b);
    in.container_id = division(&other, "C0");
    assert_refused(short_act("U-MARA", "custody.pool", &in), ERR_IDENTIFIER_REFUSED, "R04");
    assert_string_equal(stands(&b, division(&b, "A0")).state, "kept");
    assert_true(house_dossier_holds(b.batch));
}

/* two readings, five minutes apart, the second of them outside */
static void warm(const char *unit)
{
    struct unit_readings in;
    struct receipt made;
    struct err e;
    usleep(20000);
    int64_t now = clock_ms();
    record_init(&record_unit_readings, &in);
    in.equipment_id = unit;
    *(struct temperature_reading *)record_list_add(house_arena(), &record_temperature_reading, &in.readings) =
        (struct temperature_reading){now - 5 * MINUTE, "-150"};
    *(struct temperature_reading *)record_list_add(house_arena(), &record_temperature_reading, &in.readings) = (struct temperature_reading){now, "-90"};
    assert_int_equal(desk_observe(house_login("U-MARA")->desk, house_arena(), "custody.unit_readings", NULL, &in, &made, &e), 0);
}

static const char *tank(void)
{
    const char *id = short_fresh("E");
    struct equipment_register in = {.equipment_id = id, .title = "For tests", .equipment_class = "nitrogen_tank", .serial_number = id};
    struct unit_qualify q;
    assert_done(short_act("U-CLARA", "batch.equipment_register", &in));
    record_init(&record_unit_qualify, &q);
    q.equipment_id = id;
    q.high_c = "-135";
    q.allowed_min = 1;
    q.gap_min = 60;
    q.valid_until = clock_ms() + 9000 * MINUTE;
    q.report = "QR-8";
    assert_done(short_act("U-ELENA", "custody.unit_qualify", &q));
    return id;
}

CASE(custody_POOL_is_held_by_an_excursion_of_a_parent)
{
    struct short_batch b;
    filled(&b);
    const char *unit = tank();
    assert_done(store(&b, division(&b, "B0"), unit));
    usleep(20000);
    assert_done(pool(&b));
    assert_done(verify(&b, "U-JON"));
    assert_done(short_store(&b));
    warm(unit);                                            /* known when its parent has gone into the pool */
    assert_int_equal(stands(&b, b.container).held_by.count, 1);
    assert_string_equal(TEXTS_AT(stands(&b, b.container).held_by, 0), arena_printf(house_arena(), "excursion %s 2", unit));
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    short_test(&b);
    assert_done(short_review(&b));
    assert_int_equal(short_release(&b), ERR_GATE_CLOSED);
    struct container_decide in;
    record_init(&record_container_decide, &in);
    in.batch_id = b.batch;
    in.decision = "use";
    in.reason = "the stability study covers what was read";
    texts_add(house_arena(), &in.containers, b.container);
    assert_done(short_act("U-ELENA", "custody.container_decide", &in));
    assert_int_equal(stands(&b, b.container).held_by.count, 0);
    assert_true(house_dossier_holds(b.batch));
}

CASE(custody_POOL_takes_nothing_that_is_on_hold)
{
    struct short_batch b;
    filled(&b);
    const char *unit = tank();
    assert_done(store(&b, division(&b, "B0"), unit));
    warm(unit);
    assert_refused(pool(&b), ERR_CUSTODY_REFUSED, "container-98");
}

CASE(R12_a_correction_of_a_parent_reaches_its_pool)
{
    struct short_batch b;
    filled(&b);
    assert_done(pool(&b));
    assert_done(verify(&b, "U-JON"));
    assert_done(short_store(&b));
    struct fill_correct in;
    record_init(&record_fill_correct, &in);
    in.batch_id = b.batch;
    in.field = arena_printf(house_arena(), "containers.%s.cells", division(&b, "A0"));
    in.old_value = "350000000";
    in.new_value = "250000000";
    in.reason = "read from the wrong line of the counter";
    assert_done(short_act("U-MARA", "batch.fill_correct", &in));
    struct batch_show shown = short_shown(&b);
    const struct container_row *k = LIST_AT(shown.containers, struct container_row, 2);
    assert_string_equal(k->container_id, b.container);
    assert_string_equal(k->cells, "450000000");
    in.field = arena_printf(house_arena(), "containers.%s.volume_ml", division(&b, "A0"));
    in.old_value = "3.5";
    in.new_value = "2.8";
    assert_refused(short_act("U-MARA", "batch.fill_correct", &in), ERR_BALANCE_OPEN, "R33");
    release_it(&b);
    assert_true(house_dossier_holds(b.batch));
}
