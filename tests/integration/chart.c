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
