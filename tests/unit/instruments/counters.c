/* Cell counters' files as their makers' software wrote them: every reading of the reference, and no other number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "instruments/instruments.h"
#include "support/test.h"

static struct arena *a;
static struct err e;
static struct instrument_file file;

/* skips where the folder is not there */
static void read_data(const char *name)
{
    size_t len = 0;
    const char *path = test_data(arena_printf(a, "cell-counters/%s", name));
    if (path == NULL) {
        arena_free(a);
        test_skip_without("shared/data/cell-counters");
    }
    char *bytes = test_read(path, &len);
    struct bytes kept = {(const uint8_t *)arena_dup(a, bytes, len), len};
    free(bytes);
    if (instrument_read(a, kept, &file, &e) != 0)
        fail_msg("%s: %s", name, e.text);
}

/* the ${nth} value of that quantity of ${sample}; NULL: there is none */
static const struct instrument_value *value(const char *sample, const char *quantity, size_t nth)
{
    for (size_t i = 0; i < file.values.count; i++) {
        const struct instrument_value *v = LIST_AT(file.values, const struct instrument_value, i);
        if (v->sample != NULL && strcmp(v->sample, sample) == 0 && strcmp(v->quantity, quantity) == 0 && nth-- == 0)
            return v;
    }
    return NULL;
}

static bool same_number(const char *x, const char *y, int scale)
{
    struct number one, other, million;
    number_init(&one), number_init(&other), number_init(&million);
    bool same = number_from_decimal(&one, x) && number_from_decimal(&other, y) && number_from_decimal(&million, scale == 6 ? "1000000" : "1");
    mpq_mul(other.q, other.q, million.q);
    same = same && number_compare(&one, &other) == 0;
    number_done(&one), number_done(&other), number_done(&million);
    return same;
}

struct oracle {
    int column;
    const char *quantity;
    int scale;
};

static const struct oracle oracles[] = {{5, "viability", 0},    {6, "viable_density", 6}, {7, "total_density", 6}, {8, "diameter", 0},
                                        {9, "viable_diameter", 0}, {10, "total_count", 0}, {11, "viable_count", 0}};

static size_t compare_line(char **cell, size_t nth)
{
    size_t compared = 0;
    for (size_t k = 0; k < sizeof oracles / sizeof *oracles; k++) {
        const struct instrument_value *v = value(cell[3], oracles[k].quantity, nth);
        const char *should = cell[oracles[k].column];
        if (should[0] == '\0' || v == NULL || v->value == NULL || v->value[0] == '<')
            continue;
        if (!same_number(v->value, should, oracles[k].scale))
            fail_msg("%s, %s: %s, the reference has %s", cell[3], oracles[k].quantity, v->value, should);
        compared++;
    }
    return compared;
}

/* every line of the reference that is of ${name}; how many numbers were compared */
static size_t compare(const char *name)
{
    size_t compared = 0, nth = 0;
    char last[80] = "";
    a = arena_new(0);
    read_data(name);
    char *text = test_read(test_data("cell-counters/expected_flat.csv"), NULL), *next = text;
    assert_non_null(text);
    for (char *line; (line = strsep(&next, "\n")) != NULL;) {
        char *cell[60] = {NULL};
        if (strncmp(line, name, strlen(name)) != 0 || line[strlen(name)] != ',')
            continue;
        for (int i = 0; i < 60 && line != NULL; i++)
            cell[i] = strsep(&line, ",");
        nth = strcmp(last, cell[3]) == 0 ? nth + 1 : 0;
        snprintf(last, sizeof last, "%s", cell[3]);
        compared += compare_line(cell, nth);
    }
    free(text);
    return compared;
}

static void done(void)
{
    a = arena_free(a);
}

CASE(T52_vi_cell_blu_in_utf8_and_utf16)
{
    assert_int_equal(compare("beckman_vi_cell_blu/Beckman_Vi-Cell-BLU_example01.csv"), 68);
    assert_string_equal(file.format, "vi_cell_blu");
    assert_string_equal(value("CLB001", "viable_density", 0)->value, "750000");
    assert_string_equal(value("CLB001", "viable_density", 0)->unit, "cells/mL");
    assert_string_equal(value("CLB001", "viability", 0)->value, "96.9");
    assert_int_equal(value("CLB001", "viability", 0)->line, 2);
    assert_int_equal(value("CLB001", "viability", 0)->column, 28);
    done();
    assert_int_equal(compare("beckman_vi_cell_blu/Beckman_Vi-Cell-BLU_example01_utf16.csv"), 70);
    done();
}

CASE(T52_vi_cell_xr_report)
{
    assert_int_equal(compare("beckman_vi_cell_xr/Beckman_Vi-Cell-XR_example07_instrumentOutput.txt"), 6);
    assert_string_equal(value("CLB001", "viable_density", 0)->value, "87400000");
    assert_string_equal(value("CLB001", "diameter", 0)->value, "17.3");
    assert_string_equal(value("CLB001", "viability", 0)->read_at, "29 Sep 2023  5:21:32 AM");
    done();
}

CASE(T52_nucleoview_says_what_is_censored_and_what_it_doubts)
{
    assert_int_equal(compare("chemometec_nucleoview/chemometec_nucleoview_example01.csv"), 4);
    assert_string_equal(value("cellsABCD", "viable_density", 0)->value, "2450000");
    assert_string_equal(value("cellsABCD", "diameter", 0)->value, "9.1");
    done();
    assert_int_equal(compare("chemometec_nucleoview/chemometec_nucleoview_example03.csv"), 4);
    assert_string_equal(value("cellsABCD", "dead_density", 0)->value, "74600");
    done();
    assert_int_equal(compare("chemometec_nucleoview/chemometec_nucleoview_example05.csv"), 3);
    assert_string_equal(value("cellsABCD", "diameter", 0)->value, "<8");
    done();
}

CASE(T52_nc_view_groups_of_three_digits)
{
    assert_true(compare("chemometec_nc_view/chememotec_nc_view_example.csv") >= 32 * 3);
    assert_string_equal(value("1", "total_density", 0)->value, "274000");
    done();
}

CASE(T52_cellaca_and_cedex_tables)
{
    assert_true(compare("revvity_matrix/Cellaca_Example_1.csv") >= 3 * 4);
    assert_string_equal(value("1", "viable_density", 0)->value, "500000");
    done();
    assert_true(compare("roche_cedex_hires/roche_cedex_hires_example_1.csv") >= 8 * 5);
    assert_string_equal(value("0618_F01", "viable_density", 0)->value, "4529542.5");
    done();
}

CASE(T52_cedex_bioht_by_both_orders_of_columns)
{
    a = arena_new(0);
    read_data("roche_cedex_bioht/roche_cedex_bioht_example01.txt");
    assert_string_equal(value("SMPL1", "GLN2B", 0)->value, "2.45");
    assert_string_equal(value("SMPL1", "GLN2B", 0)->unit, "mmol/L");
    assert_string_equal(value("SMPL2", "ODB", 0)->note, "< TEST RNG");      /* a whole number that the instrument doubts */
    assert_string_equal(value("SMPL2", "LDH2B", 0)->value, "<20.00");
    assert_null(value("SMPL2", "LDH2B", 0)->note);
    read_data("roche_cedex_bioht/roche_cedex_bioht_v5_multiple_detection_ranges.txt");
    assert_string_equal(value("SAMPLE_1", "AC2B", 0)->value, "23.89");
    assert_string_equal(value("SAMPLE_1", "GLN2B", 0)->value, "<0.100");
    read_data("roche_cedex_bioht/roche_cedex_bioht_v7_example_01.txt");
    assert_string_equal(value("SAMPLE8", "LDH2D", 0)->value, "2739.13");
    done();
}
