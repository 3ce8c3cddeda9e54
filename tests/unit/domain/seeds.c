#include "support/test.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "domain/cellmath.h"
#include "domain/procedure.h"
#include "domain/specification.h"

#define CODES_MAX 9

static struct arena *arena;
static struct err err;

static struct procedure *procedure(const char *name)
{
    struct procedure *p = NULL;
    size_t len;
    char *json = test_read(name, &len);
    assert_non_null(json);
    memset(&err, 0, sizeof err);
    arena = arena_free(arena);
    arena = arena_new(0);
    int code = procedure_parse(arena, json, len, &p, &err);
    if (code != 0)
        print_message("%s: %s\n", name, err.text);
    assert_int_equal(code, 0);
    free(json);
    return p;
}

static struct specification *specification(const char *name)
{
    struct specification *s = NULL;
    size_t len;
    char *json = test_read(name, &len);
    assert_non_null(json);
    arena = arena_free(arena);
    arena = arena_new(0);
    int code = specification_parse(arena, json, len, &s, &err);
    if (code != 0)
        print_message("%s: %s\n", name, err.text);
    assert_int_equal(code, 0);
    free(json);
    return s;
}

#define UCMSC STEMMA_SEED "/procedure_ucmsc.json"
#define BMAC STEMMA_SEED "/procedure_bmac.json"

static const char *const shipped[] = {BMAC, UCMSC, STEMMA_SEED "/procedure_svf.json", STEMMA_SEED "/procedure_bmmsc.json",
                                      STEMMA_SEED "/procedure_plmsc.json"};
#define SHIPPED (sizeof shipped / sizeof shipped[0])

CASE(seed_procedures_read)
{
    const struct procedure *p = procedure(UCMSC);
    assert_string_equal(p->id, "P-UCMSC");
    assert_true(procedure_takes(p, "umbilical_cord", "allogeneic"));
    assert_int_equal(p->shelf_life_months, 24);
    p = procedure(BMAC);
    assert_string_equal(p->specification, "Q-BMAC");
    assert_true(procedure_takes(p, "marrow", "autologous"));
    assert_string_equal(p->shelf_life_h, "6");
}

CASE(seed_specifications_read)
{
    const struct specification *s = specification(STEMMA_SEED "/specification_ucmsc.json");
    assert_int_equal(s->tests.count, 9);
    assert_string_equal(specification_test(s, "viability")->limit, "90");
    s = specification(STEMMA_SEED "/specification_bmac.json");
    assert_true(specification_test(s, "sterility")->pending_allowed);
    assert_string_equal(specification_test(s, "sterility")->surrogate, "gram");
}

CASE(seed_damaged_documents_are_refused_or_sound)
{
    static const char damage[] = {'\0', '"', '{', ']', ',', '9', '-', '\\', 'z'};
    size_t len;
    char *json = test_read(BMAC, &len);
    for (size_t i = 0; i < len; i += 13) {
        char kept = json[i];
        struct procedure *p;
        struct arena *a = arena_new(0);
        json[i] = damage[i % sizeof damage];
        int code = procedure_parse(a, json, len, &p, &err);
        assert_true(code == 0 || code == ERR_DOCUMENT_REFUSED);
        assert_true(procedure_parse(a, json, i, &p, &err) == ERR_DOCUMENT_REFUSED);
        json[i] = kept;
        arena_free(a);
    }
    free(json);
}

CASE(T24_marrow_concentrate_is_not_held_to_culture_markers)
{
    const struct specification *s = specification(STEMMA_SEED "/specification_bmac.json");
    assert_null(specification_test(s, "cd73"));
    assert_null(specification_test(s, "cd90"));
}

static void formulas_are_standard(const char *name)
{
    const struct procedure *p = procedure(name);
    for (size_t i = 0; i < p->steps.count; i++) {
        const struct procedure_step *s = procedure_step(p, (int)i + 1);
        const struct procedure_computed *c = s->computed.items;
        for (size_t k = 0; k < s->computed.count; k++) {
            const struct cellmath *standard = cellmath_find(c[k].name);
            if (standard == NULL)
                continue;
            assert_string_equal(c[k].formula, standard->formula);
            assert_string_equal(c[k].unit, standard->unit);
        }
    }
}

CASE(R24_shipped_procedures_use_the_standard_formulas)
{
    for (size_t i = 0; i < SHIPPED; i++)
        formulas_are_standard(shipped[i]);
}

CASE(R10_every_shipped_step_is_verified)
{
    for (size_t n = 0; n < SHIPPED; n++) {
        const struct procedure *p = procedure(shipped[n]);
        for (size_t i = 0; i < p->steps.count; i++)
            assert_true(procedure_step(p, (int)i + 1)->verify);
    }
}

static const char *result(const struct procedure_outcome *out, const char *name)
{
    for (size_t i = 0; i < out->result_count; i++)
        if (strcmp(out->results[i].name, name) == 0)
            return out->results[i].value != NULL ? out->results[i].value : out->results[i].reason;
    return "no such result";
}

/* performs one step over all values so far; the steps before it are taken as done */
static void perform(const struct procedure *p, int step, const struct procedure_value *values, size_t n, struct procedure_outcome *out)
{
    const struct procedure_entry entry = {p, step, values, n, NULL};
    int code = procedure_step_perform(arena, &entry, out, &err);
    if (code != 0)
        print_message("step %d: %s: %s\n", step, err.field, err.text);
    assert_int_equal(code, 0);
}

#define V(step, name, value) {step, name, value, NULL}
#define COUNTS(step, live, dead, dilution) V(step, "n_live", live), V(step, "n_dead", dead), V(step, "squares", "4"), \
    V(step, "sample_ul", "50"), V(step, "diluent_ul", dilution)

CASE(seed_marrow_concentrate_from_receipt_to_syringe)
{
    static const struct procedure_value values[] = {
        V(1, "marrow_ml", "54"), V(1, "anticoagulant_ml", "6"), V(1, "transport_min_degc", "18"), V(1, "transport_max_degc", "21.5"),
        V(1, "appearance", "no clots"), V(1, "container_intact", "true"), V(1, "recipient_matches", "true"),
        V(2, "filtered_ml", "58.5"), V(2, "filter_loss_ml", "1"), V(2, "samples_ml", "0.5"), COUNTS(2, "190", "10", "950"),
        V(3, "volume_in_ml", "58.5"), V(3, "volume_out_ml", "8"), V(3, "plasma_ml", "26"), V(3, "red_cells_ml", "24"), V(3, "samples_ml", "0.5"),
        V(3, "radius_cm", "17"), V(3, "speed_rpm", "2050"), V(3, "device_lot", "K-11"), COUNTS(3, "186", "14", "4950"),
        V(4, "fill_ml", "7"), V(4, "samples_ml", "0.5"), V(4, "waste_ml", "0.5"), V(4, "filled_at", "2026-11-21T10:00:00.000Z"),
        V(4, "line_cleared", "true"),
        V(5, "labels_printed", "3"), V(5, "labels_applied", "1"), V(5, "labels_destroyed", "1"), V(5, "labels_specimen", "1")};
    size_t n = sizeof values / sizeof values[0];
    const struct procedure *p = procedure(BMAC);
    struct procedure_outcome out;
    perform(p, 1, values, n, &out);
    assert_string_equal(result(&out, "anticoagulant_percent"), "10.0");
    perform(p, 2, values, n, &out);
    assert_string_equal(result(&out, "tvc_in_cells"), "555750000");
    perform(p, 3, values, n, &out);
    assert_string_equal(result(&out, "viability_percent"), "93.0");
    assert_string_equal(result(&out, "tvc_out_cells"), "372000000");
    assert_string_equal(result(&out, "recovery_percent"), "66.9");
    assert_string_equal(result(&out, "rcf_xg"), "798.7");
    perform(p, 4, values, n, &out);
    assert_string_equal(result(&out, "cells_per_container"), "325500000");
    perform(p, 5, values, n, &out);
    assert_true(out.balances[0].is_closed);
}

static bool asks_for(const struct procedure_step *s, const char *name)
{
    const struct procedure_field *f = s->fields.items;
    for (size_t i = 0; i < s->fields.count; i++)
        if (strcmp(f[i].name, name) == 0)
            return f[i].required;
    return false;
}

/* no event of its own: the signed and verified step says when, by which program and in which freezer */
CASE(custody_FREEZE_is_a_step_with_its_program_times_and_freezer)
{
    static const struct procedure_value values[] = {V(10, "program", "CRF-02"), V(10, "rate_degc_min", "-1.0"), V(10, "end_degc", "-120"),
        V(10, "freeze_start_at", "2026-11-21T10:00:00.000Z"), V(10, "freeze_end_at", "2026-11-21T11:10:00.000Z")};
    static const char *const asked[] = {"program", "rate_degc_min", "end_degc", "freeze_start_at", "freeze_end_at"};
    size_t n = sizeof values / sizeof values[0];
    const struct procedure *p = procedure(UCMSC);
    const struct procedure_step *s = procedure_step(p, 10);
    struct procedure_outcome out;
    assert_int_equal(s->stage, STAGE_CRYOPRESERVATION);
    assert_true(procedure_needs_verify(s));
    assert_int_equal(s->equipment.count, 1);
    assert_string_equal(((const struct procedure_class *)s->equipment.items)[0].name, "controlled_rate_freezer");
    assert_true(((const struct procedure_class *)s->equipment.items)[0].required);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        assert_true(asks_for(s, asked[i]));
    perform(p, 10, values, n, &out);
    assert_int_equal(procedure_step_check(s, values, n - 1, NULL, &err), ERR_FIELD_MISSING);
    assert_string_equal(err.field, "freeze_end_at");
}

CASE(seed_cord_cells_from_outgrowth_to_cumulative_doublings)
{
    static const struct procedure_value values[] = {V(1, "length_cm", "20"), V(3, "outgrowth_days", "12"), V(3, "volume_ml", "20"), COUNTS(3, "185", "15", "50"),
        V(4, "cells_seeded", "2500000"), V(4, "area_cm2", "1000"), V(4, "temp_set_degc", "37"), V(4, "co2_percent", "5"), V(4, "culture_h", "96"),
        V(4, "confluence_percent", "85"), V(4, "volume_ml", "120"), COUNTS(4, "200", "8", "50"),
        V(5, "cells_seeded", "10000000"), V(5, "area_cm2", "5000"), V(5, "temp_set_degc", "37"), V(5, "co2_percent", "5"), V(5, "culture_h", "96"),
        V(5, "confluence_percent", "85"), V(5, "volume_ml", "160"), COUNTS(5, "200", "8", "50")};
    size_t n = sizeof values / sizeof values[0];
    const struct procedure *p = procedure(UCMSC);
    struct procedure_outcome out;
    perform(p, 3, values, n, &out);
    assert_string_equal(result(&out, "viability_percent"), "92.5");
    assert_string_equal(result(&out, "tvc_cells"), "18500000");
    assert_string_equal(result(&out, "yield_per_cm"), "1000000");
    perform(p, 4, values, n, &out);
    assert_string_equal(result(&out, "doublings"), "5.58");
    assert_string_equal(result(&out, "doubling_time_h"), "17.2");
    perform(p, 5, values, n, &out);
    assert_string_equal(result(&out, "doublings"), "4.00");
    assert_string_equal(result(&out, "cumulative_doublings"), "9.58");
}

/* the verdict of dose i (0-based) of the demonstration */
static enum verdict dose_verdict(size_t i, struct specification_outcome *out)
{
    json_error_t where;
    json_t *root = json_load_file(STEMMA_SEED "/demo_ucmsc_doses.json", JSON_REJECT_DUPLICATES, &where);
    assert_non_null(root);
    const struct specification *s = specification(STEMMA_SEED "/specification_ucmsc.json");
    const char *values[CODES_MAX], *code;
    struct specification_result results[CODES_MAX];
    size_t n = 0;
    json_t *value;
    json_object_foreach(json_object_get(json_array_get(json_object_get(root, "doses"), i), "results"), code, value) {
        assert_true(n < CODES_MAX);
        values[n] = arena_text(arena, json_string_value(value));
        results[n] = (struct specification_result){arena_text(arena, code), &values[n], 1, NULL, NULL, -1};
        n++;
    }
    json_decref(root);
    assert_int_equal(n, CODES_MAX);
    specification_outcome(arena, s, results, n, out);
    return out->verdict;
}

CASE(seed_seven_published_doses_meet_the_specification)
{
    struct specification_outcome out;
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(dose_verdict(i, &out), VERDICT_PASS);
}

CASE(seed_the_eighth_dose_fails_by_viability_alone)
{
    struct specification_outcome out;
    assert_int_equal(dose_verdict(7, &out), VERDICT_FAIL);
    assert_int_equal(out.failed, 1);
    assert_int_equal(out.lines[0].state, TEST_FAIL);
    assert_string_equal(out.lines[0].sentence, "Viability: 89 % is not >= 90 %");
}

CASE(T05_censored_endotoxin_of_the_doses_stays_censored)
{
    struct specification_outcome out;
    dose_verdict(0, &out);
    assert_string_equal(out.lines[5].reported, "<0.1");
    dose_verdict(4, &out);
    assert_string_equal(out.lines[5].reported, "0.1");
    assert_string_equal(out.lines[5].sentence, "Endotoxin: 0.1 EU/mL is <= 0.5 EU/mL");
}

CASE(seed_doses_are_those_of_the_published_table)
{
    const char *path = test_data("qc/ucmsc_release_8_doses.csv");
    if (path == NULL)
        test_skip_without("qc/ucmsc_release_8_doses.csv");
    static const char *const codes[] = {"viability", "cd73", "cd90", "cd105", "negative_panel", "endotoxin", "sterility", "mycoplasma"};
    char *text = test_read(path, NULL), *next = text;
    json_error_t where;
    json_t *root = json_load_file(STEMMA_SEED "/demo_ucmsc_doses.json", 0, &where);
    strsep(&next, "\n");
    size_t row = 0;
    for (char *line = strsep(&next, "\n"); line != NULL && *line != '\0'; line = strsep(&next, "\n"), row++) {
        const json_t *dose = json_array_get(json_object_get(root, "doses"), row), *results = json_object_get(dose, "results");
        assert_int_equal(json_integer_value(json_object_get(dose, "patient")), strtol(strsep(&line, ","), NULL, 10));
        assert_int_equal(json_integer_value(json_object_get(dose, "transplantation")), strtol(strsep(&line, ","), NULL, 10));
        assert_string_equal(json_string_value(json_object_get(dose, "dose_e6_per_kg")), strsep(&line, ","));
        for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
            assert_string_equal(json_string_value(json_object_get(results, codes[i])), strsep(&line, ","));
        line[1 + strcspn(line + 1, "\"")] = '\0';      /* quoted, since it has commas */
        assert_string_equal(json_string_value(json_object_get(results, "karyotype")), line + 1);
    }
    assert_int_equal(row, 8);
    json_decref(root);
    free(text);
}
