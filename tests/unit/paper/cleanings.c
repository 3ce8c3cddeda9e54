/* The cleanings that a step rests on, as the paper has them (R19). */
#include "support/test.h"

#include <string.h>

#include "base/zone.h"
#include "paper/matter.h"
#include "support/batch_fixture.h"
#include "support/pdf_text.h"

static struct batch_fixture b;
static struct arena *a;
static struct err e;
static struct paper_options options;

static void add(int which, const char *type, enum meaning meaning, const void *record)
{
    batch_fixture_add(&b, which, type, meaning, record);
}

static void *fresh(const char *type)
{
    return batch_fixture_fresh(&b, type);
}

/* E-1 in the place of the donor, whom this paper does not need: it is cleaned in two ways, in its entries 0 and 1 */
static void add_cleanings(void)
{
    static const char *const ways[] = {"wiped twice", "fumigated"};
    b.stream[D].id = "E-1";
    for (int i = 0; i < 2; i++) {
        struct equipment_clean *clean = fresh("batch.equipment_clean");
        clean->equipment_id = "E-1";
        clean->cleaned_at = b.now_ms;
        clean->lot_id = "M-1";
        clean->method = ways[i];
        add(D, "batch.equipment_clean", MEANING_PERFORMED, clean);
    }
}

static void batch_with_cleanings(void)
{
    struct batch_open *open;
    batch_fixture_begin(&b, 20, "2026-07-02T08:00:00.000Z", 60000);
    a = b.a;
    options = (struct paper_options){"/usr/share/fonts/truetype/dejavu", b.now_ms + 86400000, false, 0};
    assert_int_equal(zone_set("Europe/Vienna", &e), 0);
    open = fresh("batch.open");
    *open = (struct batch_open){.batch_id = "B-1", .procedure_id = "P-BMAC", .procedure_version = 1, .specification_id = "Q-BMAC",
                                .specification_version = 1, .collection_id = "C-1", .donor_id = "D-1"};
    add(B, "batch.open", MEANING_PERFORMED, open);
    add_cleanings();
}

static const char *drawn(void)
{
    struct bytes pdf;
    if (paper_draw(a, &b.d, &options, &pdf, &e) != 0)
        fail_msg("%s", e.text);
    return test_pdf_text(a, pdf);
}

static struct list resting_on(int64_t entry)
{
    struct list ret = {NULL, 0};
    *(struct step_cleaning *)record_list_add(a, &record_step_cleaning, &ret) = (struct step_cleaning){"E-1", entry};
    return ret;
}

static void correct_of(const char *field, struct list cleanings)
{
    struct batch_correct *correct = fresh("batch.correct");
    *correct = (struct batch_correct){.batch_id = "B-1", .step = 1, .field = field, .old_value = "2026-07-02T08:02:00.000Z",
                                      .new_value = "2026-07-02T08:03:00.000Z", .reason = "the clock in the room was slow", .corrects = 1,
                                      .cleanings = cleanings};
    add(B, "batch.correct", MEANING_CORRECTED, correct);
}

CASE(R12_R19_the_cleanings_are_those_of_the_last_correction_beside_what_they_replace)
{
    struct matter f;
    batch_with_cleanings();
    struct batch_step *step = fresh("batch.step");
    step->batch_id = "B-1";
    step->step = 1;
    step->started_at = step->ended_at = b.now_ms;
    step->cleanings = resting_on(0);
    ((struct step_equipment *)record_list_add(a, &record_step_equipment, &step->equipment))->equipment_id = "E-1";
    add(B, "batch.step", MEANING_PERFORMED, step);
    assert_null(strstr(drawn(), "fumigated"));
    correct_of("step.started_at", resting_on(1));
    correct_of("marrow_ml", (struct list){NULL, 0});                     /* of no place and no time */
    assert_int_equal(matter_read(a, &b.d, &options, &f, &e), 0);
    struct list now = matter_cleanings(&f, step);
    assert_int_equal(now.count, 1);
    assert_int_equal(LIST_AT(now, const struct step_cleaning, 0)->entry, 1);
    const char *text = drawn(), *first = strstr(text, "wiped twice");
    assert_true(first != NULL && strstr(first, "fumigated") != NULL);
    correct_of("equipment.E-1.equipment_id", (struct list){NULL, 0});
    assert_int_equal(matter_read(a, &b.d, &options, &f, &e), 0);
    assert_int_equal(matter_cleanings(&f, step).count, 0);
    arena_free(a);
}
