/* Rule 11 of what keeps equipment fit (R19): the cleaning that a step names, in the equipment's stream; tags; qualification. */
#include "unit/dossier/recompute_lab.h"

#include "support/test.h"

#include <string.h>

#include "domain/step_use.h"

#define HOUR INT64_C(3600000)

static struct procedure_class asking = {.name = "biosafety_cabinet", .clean_within_h = 2, .qualified = true};
static const struct procedure_step is = {.no = 1, .equipment = {&asking, 1}};
static int64_t cleaned_ms;
static int64_t said_ms = TIME_ABSENT;         /* when the step is recorded; absent: at the end of the record so far */
static struct step_cleaning named;

static void tag(const char *type, const char *person)
{
    struct equipment_tag *in = fresh(type);
    *in = (struct equipment_tag){"E-1", "the fan is loud"};
    put(E1, type, in)->statement.actor = person;
}

/* E-1, qualified for a day, cleaned at entry 2 */
static void lab(void)
{
    begin();
    struct equipment_register *place = fresh("batch.equipment_register");
    struct equipment_qualify *qualify = fresh("batch.equipment_qualify");
    struct equipment_clean *clean = fresh("batch.equipment_clean");
    *place = (struct equipment_register){"E-1", "Cabinet", "biosafety_cabinet", "1"};
    *qualify = (struct equipment_qualify){"E-1", now_ms, now_ms + 24 * HOUR, "PQ-1", "pass"};
    clean->equipment_id = "E-1";
    clean->lot_id = "M-1";
    clean->method = "wiped";
    put(E1, "batch.equipment_register", place);
    put(E1, "batch.equipment_qualify", qualify);
    clean->cleaned_at = cleaned_ms = now_ms;
    named = (struct step_cleaning){"E-1", add(E1, "batch.equipment_clean", clean)->entry.seq};
}

/* a step in E-1 from then, for a minute, that names these cleanings, recorded at the end of the record so far */
static int used(int64_t from_ms, size_t cleanings)
{
    struct batch_step *step = fresh("batch.step");
    struct list names = {&named, cleanings}, rests = {NULL, 0};
    step->batch_id = "B-1";
    step->step = 1;
    step->started_at = from_ms;
    step->ended_at = from_ms + 60000;
    ((struct step_equipment *)record_list_add(a, &record_step_equipment, &step->equipment))->equipment_id = "E-1";
    struct dossier_entry *entry = put(B, "batch.step", step);
    struct recompute_case c = case_of(&stream[B], entry);
    entry->entry.time_ms = said_ms != TIME_ABSENT ? said_ms : entry->entry.time_ms;
    int code = recompute_pieces(&c, &is, step, &names, &rests, &e);
    assert_int_equal(code == 0 ? rests.count : 1, 1);
    return code;
}

static void refused(int code, const char *why)
{
    assert_int_equal(code, ERR_DOSSIER_REFUSED);
    if (strstr(e.text, why) == NULL)
        fail_msg("%s", e.text);
}

static void holds(int code)
{
    if (code != 0)
        fail_msg("%s", e.text);
}

CASE(R19_rule_11_a_step_names_a_cleaning_that_is_there_and_new_enough)
{
    lab();
    holds(used(cleaned_ms, 1));
    holds(used(cleaned_ms + 2 * HOUR, 1));
    refused(used(cleaned_ms + 2 * HOUR + 1, 1), "more than 2 h");
    refused(used(cleaned_ms - 1, 1), "was not cleaned");
    refused(used(cleaned_ms, 0), "was not cleaned");
    named.entry = 0;                    /* the registration */
    refused(used(cleaned_ms, 1), "was not cleaned");
    end();
}

CASE(R19_rule_11_a_cleaning_that_came_behind_the_step_is_none)
{
    lab();
    stream[E1].entry[2].entry.time_ms = now_ms + 24 * HOUR;
    refused(used(cleaned_ms, 1), "was not cleaned");
    end();
}

CASE(R19_R16_rule_11_a_cleaning_whose_entry_has_a_time_seconds_behind_the_steps)
{
    lab();
    struct dossier_entry *clean = &stream[E1].entry[2];
    said_ms = clean->entry.time_ms - 5000;
    holds(used(cleaned_ms, 1));
    said_ms--;
    refused(used(cleaned_ms, 1), "was not cleaned");
    said_ms = TIME_ABSENT;
    end();
}

CASE(R19_rule_11_equipment_in_use_while_it_was_tagged_out)
{
    lab();
    int64_t before_ms = now_ms;
    tag("batch.equipment_tag_out", "U-1");
    int64_t out_ms = now_ms;
    holds(used(before_ms - 60000, 1));                /* ended before */
    refused(used(out_ms - 30000, 1), "out of service: the fan is loud");
    refused(used(out_ms + 60000, 1), "out of service");
    tag("batch.equipment_tag_in", "U-2");
    holds(used(now_ms, 1));
    refused(used(now_ms - 180000, 1), "out of service");
    end();
}

CASE(R19_R10_rule_11_equipment_put_back_by_whoever_tagged_it_out)
{
    lab();
    tag("batch.equipment_tag_out", "U-1");
    tag("batch.equipment_tag_in", "U-1");
    refused(check(E1, &stream[E1].entry[stream[E1].count - 1]), "put it back");
    stream[E1].entry[stream[E1].count - 1].statement.actor = "U-2";
    holds(check(E1, &stream[E1].entry[stream[E1].count - 1]));
    tag("batch.equipment_tag_in", "U-2");
    refused(check(E1, &stream[E1].entry[stream[E1].count - 1]), "not tagged out");
    end();
}

CASE(R19_rule_11_equipment_whose_qualification_had_ended_or_failed)
{
    lab();
    struct equipment_qualify *fails = fresh("batch.equipment_qualify");
    asking.clean_within_h = 100;
    holds(used(cleaned_ms + HOUR, 1));
    refused(used(cleaned_ms + 25 * HOUR, 1), "qualification was due");
    *fails = (struct equipment_qualify){"E-1", cleaned_ms + HOUR, cleaned_ms + 48 * HOUR, "PQ-2", "fail"};
    put(E1, "batch.equipment_qualify", fails);
    refused(used(cleaned_ms + HOUR, 1), "its last qualification failed");
    holds(used(cleaned_ms, 1));
    asking.clean_within_h = 2;
    end();
}
