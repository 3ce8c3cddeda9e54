#include "support/test.h"

#include <string.h>

#include "domain/cellmath.h"
#include "domain/formula.h"

/* "name=value;name=value": the inputs of one worked example */
static const char *input_find(void *context, const char *name, struct number *ret)
{
    const char *p = context;
    size_t len = strlen(name);
    char value[DECIMAL_MAX + 1];
    while (p != NULL && !(strncmp(p, name, len) == 0 && p[len] == '=')) {
        p = strchr(p, ';');
        p = p == NULL ? NULL : p + 1;
    }
    if (p == NULL)
        return "not given";
    size_t n = strcspn(p + len + 1, ";");
    memcpy(value, p + len + 1, n);
    value[n] = '\0';
    return number_from_decimal(ret, value) ? NULL : "no decimal";
}

static void assert_result(const char *name, char *inputs, int decimals, const char *expected)
{
    struct err e = {0};
    struct formula *f;
    struct formula_result result;
    struct formula_scope scope = {input_find, inputs};
    const struct cellmath *c = cellmath_find(name);
    assert_non_null(c);
    struct arena *a = arena_new(0);
    assert_int_equal(formula_parse(a, c->formula, &f, &e), 0);
    formula_evaluate(a, f, &scope, decimals, &result);
    assert_string_equal(result.value != NULL ? result.value : result.reason, expected);
    arena_free(a);
}
#define RESULT(name, inputs, decimals, expected)                                        \
    do {                                                                                \
        char text[] = inputs;                                                           \
        assert_result(name, text, decimals, expected);                                  \
    } while (0)

static const char *unit_find(void *context, const char *name)
{
    const struct cellmath *c = context;
    for (size_t i = 0; i < CELLMATH_INPUTS_MAX && c->inputs[i].name != NULL; i++)
        if (strcmp(c->inputs[i].name, name) == 0)
            return c->inputs[i].unit;
    return NULL;
}

CASE(R24_every_calculation_reads_and_its_units_hold)
{
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < cellmath_count(); i++) {
        struct err e = {0};
        struct formula *f;
        struct cellmath c = *cellmath_at(i);
        struct formula_units units = {unit_find, &c};
        size_t used, given = 0;
        assert_int_equal(formula_parse(a, c.formula, &f, &e), 0);
        int code = formula_unit_check(f, &units, c.unit, &e);
        if (code != 0)
            print_message("%s: %s\n", c.name, e.text);
        assert_int_equal(code, 0);
        formula_names(f, &used);
        while (given < CELLMATH_INPUTS_MAX && c.inputs[given].name != NULL)
            given++;
        assert_int_equal(used, given);
    }
    arena_free(a);
}

CASE(calculation_viability_needs_no_dilution_T07)
{
    RESULT("viability_percent", "n_live=185;n_dead=15", 1, "92.5");
    RESULT("viability_percent", "n_live=0;n_dead=0", 1, "division by zero");
}

CASE(calculation_viable_and_total_concentration)
{
    RESULT("dilution_factor", "sample_ul=50;diluent_ul=50", 3, "2.000");
    RESULT("viable_conc", "n_live=185;squares=4;dilution_factor=2", 0, "925000");
    RESULT("total_conc", "n_live=185;n_dead=15;squares=4;dilution_factor=2", 0, "1000000");
}

CASE(T08_calculation_of_a_counter_has_both_dilutions)
{
    RESULT("counter_conc", "events=5000;analysed_ml=0.05;instrument_factor=2;dilution_factor=10", 0, "2000000");
    RESULT("counter_conc", "events=5000;analysed_ml=0;instrument_factor=2;dilution_factor=10", 0, "division by zero");
}

CASE(calculation_yields)
{
    RESULT("yield_percent", "actual_cells=45000000;theoretical_cells=60000000", 1, "75.0");
    RESULT("yield_per_cm", "tnc_cells=20000000;length_cm=16", 0, "1250000");
    RESULT("yield_per_ml", "tnc_cells=27000000;marrow_ml=20", 0, "1350000");
    RESULT("yield_per_g", "tnc_cells=58000000;tissue_g=50", 0, "1160000");
}

CASE(calculation_cells_in_volume_two_ways)
{
    RESULT("tnc_cells", "total_conc=1000000;volume_ml=10", 0, "10000000");
    RESULT("tvc_cells", "viable_conc=925000;volume_ml=10", 0, "9250000");
    RESULT("tvc_from_tnc_cells", "tnc_cells=10000000;viability_percent=92.5", 0, "9250000");
}

CASE(T06_recovery_over_100_percent_is_legitimate)
{
    RESULT("recovery_percent", "tvc_out_cells=9000000;tvc_in_cells=8500000", 1, "105.9");
}

CASE(calculation_concentration_of_60_to_8_ml)
{
    RESULT("volume_reduction", "volume_in_ml=60;volume_out_ml=8", 1, "7.5");
    RESULT("fold_concentration", "volume_in_ml=60;volume_out_ml=8;recovery_percent=80", 1, "6.0");
    RESULT("fold_of_concentrations", "conc_out=6000000;conc_in=1000000", 1, "6.0");
}

CASE(calculation_population_doublings)
{
    RESULT("doublings", "tvc_harvested_cells=120000000;cells_seeded=2500000", 2, "5.58");
    RESULT("doublings", "tvc_harvested_cells=1;cells_seeded=2", 2, "-1.00");
    RESULT("doublings", "tvc_harvested_cells=0;cells_seeded=2", 2, "log2 of zero or less");
    RESULT("doubling_time_h", "culture_h=96;tvc_harvested_cells=120000000;cells_seeded=2500000", 1, "17.2");
    RESULT("doubling_time_h", "culture_h=96;tvc_harvested_cells=5;cells_seeded=5", 1, "division by zero");
}

CASE(T14_dose_and_containers)
{
    RESULT("volume_to_draw_ml", "dose_per_kg=2000000;weight_kg=18.5;viable_conc=6680000", 2, "5.54");
    RESULT("containers_needed", "dose_per_kg=2000000;weight_kg=18.5;cells_per_container=25384000", 0, "2");
}

CASE(T10_replicate_variation)
{
    RESULT("replicate_cv_percent", "conc_1=1020000;conc_2=950000;conc_3=1100000", 2, "7.33");
    RESULT("poisson_cv_percent", "events=200", 1, "7.1");
    RESULT("poisson_cv_percent", "events=400", 1, "5.0");
}

CASE(T13_speed_is_not_force)
{
    RESULT("rcf_xg", "radius_cm=17.0;speed_rpm=1450", 1, "399.6");
    RESULT("rcf_difference_percent", "set_xg=400;rcf_xg=399.6", 1, "0.1");
    RESULT("rcf_difference_percent", "set_xg=380;rcf_xg=400", 1, "-5.0");
    RESULT("rcf_difference_percent", "set_xg=400;rcf_xg=0", 1, "division by zero");
}

CASE(T20_endotoxin_limit_depends_on_weight_and_rate)
{
    RESULT("endotoxin_limit_eu_ml", "bolus_ml=2;weight_kg=70", 0, "175");
    RESULT("endotoxin_infusion_limit_eu_ml", "rate_ml_h=100;weight_kg=70", 1, "3.5");
    RESULT("endotoxin_infusion_limit_eu_ml", "rate_ml_h=40;weight_kg=12", 1, "1.5");
    RESULT("endotoxin_intrathecal_limit_eu_ml", "bolus_ml=2;weight_kg=70", 1, "7.0");      /* 25 times stricter */
    RESULT("endotoxin_dilution_max", "endotoxin_limit_eu_ml=2.5;lambda_eu_ml=0.05", 0, "50");
}
