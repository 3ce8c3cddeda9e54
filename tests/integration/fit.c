/* Equipment fit for use over real sockets (R19): qualified, cleaned with an agent in date, in service; what mends it can always be recorded. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

#define HOUR INT64_C(3600000)

static const char *agent;

/* a cabinet of the case's own, calibrated; an agent that is released; a batch whose step asks for a clean and qualified one */
static const char *lab(struct short_batch *b)
{
    const char *place = short_fresh("E");
    struct equipment_register cabinet = {place, "Cabinet", "biosafety_cabinet", "1"};
    struct equipment_calibrate calibrate = {place, clock_ms() - 60000, clock_ms() + 24 * HOUR, "c", "pass", TIME_ABSENT};
    struct material_receive receive;
    record_init(&record_material_receive, &receive);
    receive.lot_id = agent = short_fresh("M");
    receive.material = "Isopropanol 70 %";
    receive.material_class = "agent";
    receive.manufacturer = "Test";
    receive.lot_number = agent;
    receive.expires_at = clock_ms() + 100 * HOUR;
    receive.quantity = "1000";
    receive.unit = "mL";
    struct material_release release = {agent};
    assert_done(short_act("U-MARA", "batch.material_receive", &receive));
    assert_done(short_act("U-ELENA", "batch.material_release", &release));
    assert_done(short_act("U-CLARA", "batch.equipment_register", &cabinet));
    assert_done(short_act("U-CLARA", "batch.equipment_calibrate", &calibrate));
    short_fit("biosafety_cabinet");
    short_begun(b, "related");
    return place;
}

static int qualified(const char *place, const char *result)
{
    struct equipment_qualify in = {place, clock_ms(), clock_ms() + 24 * HOUR, "PQ-1", result};
    return short_act("U-CLARA", "batch.equipment_qualify", &in);
}

static int cleaned(const char *place, const char *lot, int64_t at_ms)
{
    struct equipment_clean in;
    record_init(&record_equipment_clean, &in);
    in.equipment_id = place;
    in.cleaned_at = at_ms;
    in.lot_id = lot;
    in.method = "wiped, wet for ten minutes";
    return short_act("U-MARA", "batch.equipment_clean", &in);
}

static int tagged(const char *person, const char *verb, const char *place)
{
    struct equipment_tag in = {place, "the fan is loud"};
    return short_act(person, verb, &in);
}

static int stepped(const struct short_batch *b, const char *place)
{
    struct batch_step in;
    record_init(&record_batch_step, &in);
    in.batch_id = b->batch;
    in.step = 1;
    in.started_at = in.ended_at = clock_ms();
    *(struct step_value *)record_list_add(house_arena(), &record_step_value, &in.values) = (struct step_value){"filled", "true"};
    ((struct step_equipment *)record_list_add(house_arena(), &record_step_equipment, &in.equipment))->equipment_id = place;
    return short_act("U-MARA", "batch.step", &in);
}

static const struct equipment_row *listed(const char *place)
{
    static struct equipment_rows out;
    record_init(&record_equipment_rows, &out);
    assert_done(short_ask("batch.equipment", NULL, &out));
    for (size_t i = 0; i < out.equipment.count; i++)
        if (strcmp(LIST_AT(out.equipment, const struct equipment_row, i)->equipment_id, place) == 0)
            return LIST_AT(out.equipment, const struct equipment_row, i);
    fail_msg("%s is not listed", place);
    return NULL;
}

CASE(R19_a_step_uses_equipment_that_is_qualified_and_clean_and_the_dossier_holds)
{
    struct short_batch b;
    struct dossier_file d;
    struct err e;
    const char *place = lab(&b);
    assert_refused(stepped(&b, place), ERR_EQUIPMENT_REFUSED, "R19");
    assert_done(qualified(place, "pass"));
    assert_refused(stepped(&b, place), ERR_EQUIPMENT_REFUSED, "R19");
    assert_refused(cleaned(place, "M-NOWHERE", clock_ms()), ERR_NOT_FOUND, "R18");
    assert_refused(cleaned(place, agent, clock_ms() - 20 * 60000), ERR_MATERIAL_REFUSED, "R18");     /* it was not released by then */
    assert_done(cleaned(place, agent, clock_ms()));
    assert_done(cleaned(place, agent, clock_ms()));
    assert_true(listed(place)->cleaned_at != TIME_ABSENT && listed(place)->qualified_until != TIME_ABSENT);
    assert_done(stepped(&b, place));
    assert_done(cleaned(place, agent, clock_ms()));
    if (house_dossier(b.batch, &d, &e) != 0)
        fail_msg("%s", e.text);
    const char *path = house_dossier_keep(&d, "fit.asice");
    assert_non_null(path);
    assert_int_equal(house_dossier_status(path, "trust"), 0);
    unlink(path);
}

CASE(R19_another_batch_at_a_cleaned_place_asks_for_a_cleaning)
{
    struct short_batch first, second;
    const char *place = lab(&first);
    assert_done(qualified(place, "pass"));
    assert_done(cleaned(place, agent, clock_ms()));
    short_begun(&second, "related");
    assert_done(stepped(&first, place));
    assert_refused(stepped(&second, place), ERR_EQUIPMENT_REFUSED, "R19");
    if (strstr(short_error()->text, first.batch) == NULL)
        fail_msg("%s", short_error()->text);
    assert_done(cleaned(place, agent, clock_ms()));
    assert_done(stepped(&second, place));
}

CASE(R19_equipment_out_of_service_is_not_used_and_is_mended_on_record)
{
    struct short_batch b;
    const char *place = lab(&b);
    assert_refused(tagged("U-CLARA", "batch.equipment_tag_in", place), ERR_ORDER_FORBIDS, "R19");
    assert_done(tagged("U-MARA", "batch.equipment_tag_out", place));
    assert_refused(tagged("U-JON", "batch.equipment_tag_out", place), ERR_EXISTS, "R19");
    assert_string_equal(listed(place)->out_of_service, "the fan is loud");
    assert_done(qualified(place, "pass"));                                    /* what mends it is recorded all the same */
    assert_done(cleaned(place, agent, clock_ms()));
    assert_refused(stepped(&b, place), ERR_EQUIPMENT_REFUSED, "R19");
    assert_done(tagged("U-CLARA", "batch.equipment_tag_in", place));
    assert_null(listed(place)->out_of_service);
    assert_done(stepped(&b, place));
}
