#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "domain/procedure.h"

/* a small document; %s places are filled by the cases that spoil it */
static const char DOCUMENT[] =
    "{\"id\":\"P-TEST\",\"version\":1,\"title\":\"Test\",\"product\":\"Test\",\"product_code\":\"D0001V00\",\"sources\":[\"marrow\"],"
    "\"use\":\"autologous\",\"specification\":\"Q-TEST\",\"storage\":\"2-8 degC\",\"shelf_life_h\":\"24\",\"steps\":["
    "{\"no\":1,\"name\":\"Count\",\"stage\":\"receipt\",\"instruction\":\"Count.\",\"verify\":true,\"fields\":["
    "{\"name\":\"volume_ml\",\"kind\":\"decimal\",\"unit\":\"mL\",\"decimals\":1,\"required\":true,\"hard_min\":\"1\",\"hard_max\":\"1500\","
    "\"warn_min\":\"20\",\"warn_max\":\"240\",\"typical\":\"60\"},"
    "{\"name\":\"n_live\",\"kind\":\"integer\",\"unit\":\"cells\",\"required\":true,\"hard_min\":\"0\"},"
    "{\"name\":\"n_dead\",\"kind\":\"integer\",\"unit\":\"cells\",\"required\":true,\"hard_min\":\"0\"},"
    "{\"name\":\"colour\",\"kind\":\"choice\",\"required\":false,\"choices\":[\"red\",\"brown\"]},"
    "{\"name\":\"seen_at\",\"kind\":\"time\",\"required\":false},{\"name\":\"clots\",\"kind\":\"bool\",\"required\":false}],"
    "\"computed\":[{\"name\":\"total\",\"unit\":\"cells\",\"decimals\":0,\"formula\":\"n_live + n_dead\"},"
    "{\"name\":\"third\",\"unit\":\"cells\",\"decimals\":1,\"formula\":\"total / 3\"}]},"
    "{\"no\":2,\"name\":\"Concentrate\",\"stage\":\"concentration\",\"instruction\":\"Spin.\",\"verify\":true,\"max_hold_h\":\"4\",\"fields\":["
    "{\"name\":\"added_ml\",\"kind\":\"decimal\",\"unit\":\"mL\",\"decimals\":1,\"required\":true},"
    "{\"name\":\"volume_ml\",\"kind\":\"decimal\",\"unit\":\"mL\",\"decimals\":1,\"required\":true},"
    "{\"name\":\"waste_ml\",\"kind\":\"decimal\",\"unit\":\"mL\",\"decimals\":1,\"required\":true}],"
    "\"computed\":[{\"name\":\"back\",\"unit\":\"cells\",\"decimals\":2,\"formula\":\"third * 3\"},"
    "{\"name\":\"ratio_percent\",\"unit\":\"%\",\"decimals\":1,\"formula\":\"100[%] * volume_ml / step1.volume_ml\",\"hard_max\":\"120\","
    "\"warn_max\":\"50\"}],"
    "\"balance\":[{\"name\":\"volume\",\"unit\":\"mL\",\"in\":[\"step1.volume_ml\",\"added_ml\"],\"out\":[\"volume_ml\",\"waste_ml\"],"
    "\"tolerance_percent\":\"2\",\"tolerance_min\":\"0.5\"}],"
    "\"materials\":[{\"name\":\"kit\",\"required\":true}],\"equipment\":[{\"name\":\"centrifuge\",\"required\":true}]}]}";

static struct arena *arena;
static struct err err;

static int parse(const char *json, struct procedure **ret)
{
    memset(&err, 0, sizeof err);
    arena = arena_free(arena);
    arena = arena_new(0);
    return procedure_parse(arena, json, strlen(json), ret, &err);
}

/* DOCUMENT with the first ${from} made ${to}; expects it to be refused */
static void assert_spoiled(const char *from, const char *to)
{
    char json[sizeof DOCUMENT + 400];
    struct procedure *p;
    const char *at = strstr(DOCUMENT, from);
    assert_non_null(at);
    snprintf(json, sizeof json, "%.*s%s%s", (int)(at - DOCUMENT), DOCUMENT, to, at + strlen(from));
    int code = parse(json, &p);
    if (code != ERR_DOCUMENT_REFUSED)
        print_message("accepted: %s -> %s\n", from, to);
    assert_int_equal(code, ERR_DOCUMENT_REFUSED);
    assert_true(err.text[0] != '\0');
    arena = arena_free(arena);
}

static struct procedure *document(void)
{
    struct procedure *p = NULL;
    int code = parse(DOCUMENT, &p);
    if (code != 0)
        print_message("%s\n", err.text);
    assert_int_equal(code, 0);
    return p;
}

#define V(step, name, value) {step, name, value, NULL}
#define REASON "patient gave less than usual"

/* check of step 1 with one value more or changed */
static int check_with(const char *name, const char *value, const char *reason)
{
    const struct procedure *p = document();
    struct procedure_value values[5] = {V(1, "volume_ml", "70"), V(1, "n_live", "180"), V(1, "n_dead", "20")};
    size_t n = 3;
    for (size_t i = 0; i < 3; i++)
        if (strcmp(values[i].name, name) == 0) {
            values[i].value = value;
            name = NULL;
            break;
        }
    if (name != NULL)
        values[n++] = (struct procedure_value)V(1, name, value);
    int code = procedure_step_check(procedure_step(p, 1), values, n, reason, &err);
    arena = arena_free(arena);
    return code;
}

CASE(procedure_document_reads)
{
    const struct procedure *p = document();
    assert_int_equal(p->steps.count, 2);
    assert_string_equal(procedure_step(p, 2)->name, "Concentrate");
    assert_int_equal(procedure_step(p, 2)->stage, STAGE_CONCENTRATION);
    assert_null(procedure_step(p, 3));
    assert_null(procedure_step(p, 0));
    arena = arena_free(arena);
}

CASE(procedure_takes_its_tissues_and_use_only_T25)
{
    const struct procedure *p = document();
    assert_true(procedure_takes(p, "marrow", "autologous"));
    assert_false(procedure_takes(p, "marrow", "allogeneic"));
    assert_false(procedure_takes(p, "adipose", "autologous"));
    arena = arena_free(arena);
}

CASE(procedure_refuses_unknown_missing_and_mistyped_keys)
{
    assert_spoiled("\"version\":1", "\"version\":\"1\"");
    assert_spoiled("\"version\":1", "\"version\":1,\"version\":2");
    assert_spoiled("\"version\":1,", "");
    assert_spoiled("\"title\":\"Test\"", "\"title\":\"Test\",\"colour\":\"red\"");
    assert_spoiled("\"stage\":\"receipt\"", "\"stage\":\"cooking\"");
    assert_spoiled("\"hard_min\":\"1\"", "\"hard_min\":1");
    assert_spoiled("\"hard_min\":\"1\"", "\"hard_min\":\"1,5\"");
    assert_spoiled("\"verify\":true", "\"verify\":1");
    assert_spoiled("\"id\":\"P-TEST\"", "\"id\":\"Q-TEST\"");
    assert_spoiled("\"sources\":[\"marrow\"]", "\"sources\":[\"liver\"]");
    assert_spoiled("\"shelf_life_h\":\"24\"", "\"shelf_life_h\":\"24\",\"shelf_life_months\":12");
    assert_spoiled("Count.", "Co\\u0000unt");
}

CASE(custody_POOL_a_procedure_says_whether_and_by_how_many)
{
    char json[sizeof DOCUMENT + 60];
    struct procedure *p = document();
    assert_int_equal(p->pooling, CLEARANCE_NONE);
    assert_spoiled("\"use\":", "\"pooling\":\"often\",\"use\":");
    assert_spoiled("\"use\":", "\"pooling\":\"verified\",\"use\":");      /* it fills nothing */
    assert_string_equal(err.field, "pooling");
    const char *at = strstr(DOCUMENT, "\"stage\":\"concentration\""), *rest = at + strlen("\"stage\":\"concentration\"");
    snprintf(json, sizeof json, "{\"pooling\":\"verified\",%.*s\"stage\":\"fill\"%s", (int)(at - DOCUMENT) - 1, DOCUMENT + 1, rest);
    assert_int_equal(parse(json, &p), 0);
    assert_int_equal(p->pooling, CLEARANCE_VERIFIED);
}

CASE(R09_steps_are_numbered_without_gap)
{
    assert_spoiled("\"no\":2", "\"no\":3");
    assert_spoiled("\"no\":1", "\"no\":2");
}

CASE(R22_limits_stand_in_order)
{
    assert_spoiled("\"warn_min\":\"20\"", "\"warn_min\":\"0.5\"");
    assert_spoiled("\"typical\":\"60\"", "\"typical\":\"300\"");
    assert_spoiled("\"kind\":\"bool\"", "\"kind\":\"bool\",\"hard_min\":\"1\"");
}

CASE(R24_formulas_know_only_what_comes_before)
{
    assert_spoiled("n_live + n_dead", "n_live + third");
    assert_spoiled("n_live + n_dead", "n_live + total");
    assert_spoiled("n_live + n_dead", "n_live + step2.added_ml");
    assert_spoiled("n_live + n_dead", "n_live + colour");
    assert_spoiled("\"name\":\"n_dead\"", "\"name\":\"n_live\"");
    assert_spoiled("\"name\":\"n_dead\"", "\"name\":\"mean\"");
}

CASE(T11_formulas_and_balances_have_like_units)
{
    assert_spoiled("n_live + n_dead", "n_live + volume_ml");
    assert_spoiled("\"unit\":\"mL\",\"in\"", "\"unit\":\"uL\",\"in\"");
    assert_spoiled("\"out\":[\"volume_ml\"", "\"out\":[\"back\"");
    assert_spoiled("\"kind\":\"decimal\",\"unit\":\"mL\"", "\"kind\":\"decimal\",\"unit\":\"ml\"");
}

/* DOCUMENT with a time before seen_at, and what lies between the two as ${computed} */
static const char *timed(const char *computed)
{
    static char json[sizeof DOCUMENT + 400];
    static const char field[] = "{\"name\":\"seen_at\"", sums[] = "{\"name\":\"total\"";
    const char *at = strstr(DOCUMENT, field), *after = strstr(at, sums);
    snprintf(json, sizeof json, "%.*s{\"name\":\"taken_at\",\"kind\":\"time\",\"required\":false},%.*s%s,%s", (int)(at - DOCUMENT), DOCUMENT,
             (int)(after - at), at, computed, after);
    return json;
}

static const char *minutes(const char *taken, const char *seen)
{
    struct procedure *p;
    struct procedure_outcome out;
    int code = parse(timed("{\"name\":\"waited_min\",\"unit\":\"min\",\"decimals\":2,\"formula\":\"seen_at - taken_at\"}"), &p);
    assert_int_equal(code, 0);
    const struct procedure_value values[] = {V(1, "taken_at", taken), V(1, "seen_at", seen)};
    const struct procedure_entry entry = {p, 1, values, 2, NULL};
    procedure_step_compute(arena, &entry, &out);
    return out.results[0].value != NULL ? out.results[0].value : out.results[0].reason;
}

CASE(R24_T15_a_formula_has_the_minutes_between_two_times)
{
    struct procedure *p;
    assert_string_equal(minutes("2026-03-29T00:30:00.000Z", "2026-03-29T01:15:00.000Z"), "45.00");
    assert_string_equal(minutes("2026-03-29T01:15:00.000Z", "2026-03-29T01:14:57.000Z"), "-0.05");
    assert_string_equal(minutes("1969-12-31T23:59:00.000Z", "1970-01-01T00:00:30.000Z"), "1.50");
    assert_string_equal(minutes("n/a", "2026-03-29T01:15:00.000Z"), "waited_min: taken_at of step 1 is \"n/a\"");
    assert_int_equal(parse(timed("{\"name\":\"x\",\"unit\":\"h\",\"decimals\":1,\"formula\":\"seen_at - taken_at\"}"), &p), ERR_DOCUMENT_REFUSED);
    assert_int_equal(parse(timed("{\"name\":\"x\",\"unit\":\"min\",\"decimals\":1,\"formula\":\"seen_at - volume_ml\"}"), &p), ERR_DOCUMENT_REFUSED);
    arena = arena_free(arena);
}

CASE(R22_values_inside_limits_pass)
{
    assert_int_equal(check_with("volume_ml", "70.5", NULL), 0);
    assert_int_equal(check_with("volume_ml", "20", NULL), 0);
    assert_int_equal(check_with("volume_ml", "240", NULL), 0);
}

CASE(R22_hard_limits_refuse_whatever_the_reason)
{
    assert_int_equal(check_with("volume_ml", "0.9", REASON), ERR_LIMIT_HARD);
    assert_string_equal(err.field, "volume_ml");
    assert_string_equal(err.rule, "R22");
    assert_int_equal(check_with("volume_ml", "1500.1", REASON), ERR_LIMIT_HARD);
    assert_int_equal(check_with("n_live", "-1", REASON), ERR_LIMIT_HARD);
}

CASE(R22_warn_limits_need_a_reason)
{
    assert_int_equal(check_with("volume_ml", "19.9", NULL), ERR_LIMIT_WARN);
    assert_int_equal(check_with("volume_ml", "19.9", "."), ERR_LIMIT_WARN);
    assert_int_equal(check_with("volume_ml", "19.9", "update update"), 0);
    assert_int_equal(check_with("volume_ml", "19.9", REASON), 0);
    assert_int_equal(check_with("volume_ml", "240.1", REASON), 0);
}

CASE(R22_a_tenfold_slip_needs_a_reason)
{
    assert_int_equal(check_with("volume_ml", "600", NULL), ERR_LIMIT_WARN);
    assert_int_equal(check_with("volume_ml", "6", NULL), ERR_LIMIT_WARN);
    assert_int_equal(check_with("volume_ml", "62", NULL), 0);
}

CASE(R22_kinds_are_checked)
{
    assert_int_equal(check_with("volume_ml", "70,5", NULL), ERR_FIELD_TYPE);
    assert_int_equal(check_with("volume_ml", "7e1", NULL), ERR_FIELD_TYPE);
    assert_int_equal(check_with("volume_ml", "70.55", NULL), ERR_FIELD_TYPE);
    assert_int_equal(check_with("n_live", "1.5", NULL), ERR_FIELD_TYPE);
    assert_int_equal(check_with("colour", "blue", NULL), ERR_FIELD_TYPE);
    assert_int_equal(check_with("colour", "red", NULL), 0);
    assert_int_equal(check_with("seen_at", "2026-02-30T10:00:00.000Z", NULL), ERR_FIELD_TYPE);
    assert_int_equal(check_with("seen_at", "2026-02-28T10:00:00.000Z", NULL), 0);
    assert_int_equal(check_with("clots", "yes", NULL), ERR_FIELD_TYPE);
    assert_int_equal(check_with("clots", "false", NULL), 0);
    assert_int_equal(check_with("weight_kg", "1", NULL), ERR_FIELD_UNKNOWN);
}

CASE(R28_required_values_block_and_absence_is_typed)
{
    const struct procedure *p = document();
    const struct procedure_value values[] = {V(1, "volume_ml", "70"), V(1, "n_live", "180"), V(2, "n_dead", "20")};
    assert_int_equal(procedure_step_check(procedure_step(p, 1), values, 3, NULL, &err), ERR_FIELD_MISSING);
    assert_string_equal(err.field, "n_dead");
    assert_int_equal(check_with("n_dead", "n/a", NULL), ERR_REASON_MISSING);
    assert_int_equal(check_with("n_dead", "not done", "the sample was lost in the counter"), 0);
}

static int perform(int step, const struct procedure_value *values, size_t n, const char *reason, struct procedure_outcome *ret)
{
    const struct procedure_entry entry = {document(), step, values, n, reason};
    return procedure_step_perform(arena, &entry, ret, &err);
}

#define STEP_1 V(1, "volume_ml", "60"), V(1, "n_live", "180"), V(1, "n_dead", "20")

CASE(T03_later_formulas_take_exact_values)
{
    const struct procedure_value values[] = {STEP_1, V(2, "added_ml", "0"), V(2, "volume_ml", "8"), V(2, "waste_ml", "52")};
    struct procedure_outcome out;
    assert_int_equal(perform(1, values, 3, NULL, &out), 0);
    assert_string_equal(out.results[1].value, "66.7");
    assert_int_equal(perform(2, values, 6, NULL, &out), 0);
    assert_string_equal(out.results[0].value, "200.00");
    arena = arena_free(arena);
}

CASE(T40_an_absent_input_makes_the_result_cannot_evaluate)
{
    const struct procedure_value values[] = {V(1, "volume_ml", "60"), V(1, "n_live", "180"),
        {1, "n_dead", "not done", "the sample was lost in the counter"}};
    struct procedure_outcome out;
    assert_int_equal(perform(1, values, 3, NULL, &out), 0);
    assert_null(out.results[0].value);
    assert_non_null(strstr(out.results[0].reason, "not done"));
    assert_null(out.results[1].value);
    arena = arena_free(arena);
}

CASE(R33_balance_closes_within_the_larger_tolerance)
{
    const struct procedure_value values[] = {STEP_1, V(2, "added_ml", "40"), V(2, "volume_ml", "8"), V(2, "waste_ml", "90")};
    struct procedure_outcome out;
    assert_int_equal(perform(2, values, 6, NULL, &out), 0);
    assert_true(out.balances[0].is_closed);
    assert_string_equal(out.balances[0].tolerance, "2.000000");
    assert_string_equal(out.balances[0].difference, "2.000000");
    arena = arena_free(arena);
}

CASE(R33_balance_open_refuses)
{
    const struct procedure_value values[] = {STEP_1, V(2, "added_ml", "40"), V(2, "volume_ml", "8"), V(2, "waste_ml", "89.9")};
    struct procedure_outcome out;
    assert_int_equal(perform(2, values, 6, NULL, &out), ERR_BALANCE_OPEN);
    assert_string_equal(err.rule, "R33");
    arena = arena_free(arena);
}

CASE(T12_added_volume_is_inside_the_balance)
{
    const struct procedure_value values[] = {STEP_1, V(2, "added_ml", "10"), V(2, "volume_ml", "8"), V(2, "waste_ml", "52")};
    struct procedure_outcome out;
    assert_int_equal(perform(2, values, 6, NULL, &out), ERR_BALANCE_OPEN);
    arena = arena_free(arena);
}

CASE(R22_computed_values_have_limits_too)
{
    struct procedure_value values[] = {STEP_1, V(2, "added_ml", "0"), V(2, "volume_ml", "31"), V(2, "waste_ml", "29")};
    struct procedure_outcome out;
    assert_int_equal(perform(2, values, 6, NULL, &out), ERR_LIMIT_WARN);
    assert_string_equal(err.field, "ratio_percent");
    assert_int_equal(perform(2, values, 6, REASON, &out), 0);
    assert_int_equal(out.warning_count, 1);
    values[3].value = "20";
    values[4].value = "73";
    values[5].value = "7";
    assert_int_equal(perform(2, values, 6, REASON, &out), ERR_LIMIT_HARD);
    arena = arena_free(arena);
}

CASE(R09_an_unknown_step_is_refused)
{
    struct procedure_outcome out;
    assert_int_equal(perform(7, NULL, 0, NULL, &out), ERR_NOT_FOUND);
    arena = arena_free(arena);
}
