/* Control charts over real sockets: the demo's eight doses and what other cases report are the points. */
#include <string.h>

#include "domain/chart.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

static int ask(const char *code, const char *method, const char *kind, int64_t baseline, struct chart *ret)
{
    struct chart_request in = {"Q-UCMSC", code, method, kind, baseline};
    return short_ask("quality.chart", &in, ret);
}

/* Mean and limits are computed here again, from the points alone. */
CASE(chart_limits_and_points_are_those_of_the_results)
{
    struct chart chart;
    const char *values[300], *mean, *sd;
    assert_int_equal(ask("viability", "trypan blue", "levey_jennings", 8, &chart), 0);
    assert_true(chart.points.count >= 8);
    assert_int_equal(chart.baseline, 8);
    assert_int_equal(chart.provisional, 0);
    for (size_t i = 0; i < 8; i++)
        values[i] = LIST_AT(chart.points, struct chart_point, i)->value;
    assert_true(chart_levey_jennings(house_arena(), values, 8, decimal_decimals(chart.mean), &mean, &sd));
    assert_string_equal(chart.mean, mean);
    assert_string_equal(chart.sd, sd);
    assert_string_equal(chart.upper_3s, chart_limit(house_arena(), mean, sd, 3, decimal_decimals(mean)));
    int64_t before = 0;
    for (size_t i = 0; i < chart.points.count; i++) {
        const struct chart_point *p = LIST_AT(chart.points, struct chart_point, i);
        assert_true(p->tested_at >= before && p->z != NULL);
        assert_true((p->rule == NULL) == (strcmp(p->state, "in_control") == 0));
        before = p->tested_at;
    }
    assert_true(chart.rules.count >= 7);
    assert_int_equal(ask("viability", "trypan blue", "shewhart", 8, &chart), 0);
    assert_string_equal(chart.mean, mean);
    assert_string_not_equal(chart.sd, sd);
}

CASE(chart_says_when_there_is_nothing_to_judge_by)
{
    struct chart chart;
    assert_int_equal(ask("viability", "abacus", "levey_jennings", INTEGER_ABSENT, &chart), 0);
    assert_int_equal(chart.points.count, 0);
    assert_int_equal(chart.provisional, 1);
    assert_true(chart.mean == NULL && chart.upper_3s == NULL);
    assert_int_equal(ask("endotoxin", "LAL", "levey_jennings", 300, &chart), 0);       /* censored values stay on it, unjudged (T05) */
    for (size_t i = 0; i < chart.points.count; i++) {
        const struct chart_point *p = LIST_AT(chart.points, struct chart_point, i);
        assert_true((p->z == NULL) == (p->value[0] == '<' || chart.mean == NULL));
    }
    assert_int_equal(ask("viability", "trypan blue", "shewhart", 1, &chart), ERR_FIELD_RANGE);
    assert_string_equal(short_error()->rule, "T10");
    assert_int_equal(ask("viability", "trypan blue", "pie", 8, &chart), ERR_FIELD_RANGE);
}

CASE(chart_what_there_is_to_chart_is_listed_with_its_values)
{
    struct charted_rows all;
    struct nothing none;
    struct chart chart;
    size_t found = 0;
    record_init(&record_nothing, &none);
    assert_int_equal(short_ask("quality.charted", &none, &all), 0);
    for (size_t i = 0; i < all.tests.count; i++) {
        const struct charted_row *row = LIST_AT(all.tests, struct charted_row, i);
        assert_string_not_equal(row->code, "sterility");        /* words, not numbers */
        assert_string_not_equal(row->code, "karyotype");
        if (strcmp(row->specification_id, "Q-UCMSC") != 0 || strcmp(row->code, "viability") != 0 || strcmp(row->method, "trypan blue") != 0)
            continue;
        found++;
        assert_int_equal(ask(row->code, row->method, "shewhart", INTEGER_ABSENT, &chart), 0);
        assert_int_equal(row->count, chart.points.count);
        assert_int_equal(row->tested_at, LIST_AT(chart.points, struct chart_point, chart.points.count - 1)->tested_at);
    }
    assert_int_equal(found, 1);
}
