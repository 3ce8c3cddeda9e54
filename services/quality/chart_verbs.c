/* Control charts of a test over batches: which values there are is SQL's, what they say is common/domain/chart.h. */
#include <string.h>

#include "domain/chart.h"
#include "quality_store.h"
#include "record/record.h"
#include "verbs.h"

#define POINTS_MOST 300
#define BASELINE_USUAL 20
#define LEVEL ""                    /* results of batches have one level; control material would have its own */

static int chart_ask(struct call *c, struct err *e)
{
    const struct chart_request *in = c->in;
    if (in->baseline != INTEGER_ABSENT && in->baseline < 2)
        return err_raise(e, ERR_FIELD_RANGE, "baseline", "T10", "a standard deviation needs two values or more");
    call_ask(c, store_row(ROW_CHART), DB_VALUES(db_text(in->specification_id), db_text(in->code), db_text(in->method)));
    return 0;
}

/* Asked for from the end, shown from the oldest. */
static int points_take(struct call *c, struct chart *out, struct err *e)
{
    const struct db_rows *rows = &c->answers[0];
    int n = rows->rows > POINTS_MOST ? POINTS_MOST : rows->rows, code = 0;
    out->more = rows->rows > POINTS_MOST ? 1 : BOOLEAN_ABSENT;
    for (int i = n - 1; i >= 0 && code == 0; i--)
        code = db_row_record(c->arena, &record_chart_point, rows, i, record_list_add(c->arena, &record_chart_point, &out->points), e);
    return code;
}

/* Two decimals more than the values have, so that limits are not coarser than what they judge. */
static void limits_set(struct call *c, size_t baseline, const char *kind, struct chart *out)
{
    const char **values = ARENA_ARRAY(c->arena, const char *, baseline + 1);
    size_t n = 0;
    int decimals = 0;
    for (size_t i = 0; i < out->points.count && n < baseline; i++) {
        const char *value = LIST_AT(out->points, struct chart_point, i)->value;
        if (!decimal_is_valid(value))
            continue;
        decimals = decimal_decimals(value) > decimals ? decimal_decimals(value) : decimals;
        values[n++] = value;
    }
    decimals += 2;
    bool is_shewhart = strcmp(kind, "shewhart") == 0;
    out->baseline = (int64_t)n;
    out->provisional = n < baseline;
    if (!(is_shewhart ? chart_shewhart : chart_levey_jennings)(c->arena, values, n, decimals, &out->mean, &out->sd)) {
        out->mean = out->sd = NULL;
        return;
    }
    out->lower_3s = chart_limit(c->arena, out->mean, out->sd, -3, decimals);
    out->lower_2s = chart_limit(c->arena, out->mean, out->sd, -2, decimals);
    out->upper_2s = chart_limit(c->arena, out->mean, out->sd, 2, decimals);
    out->upper_3s = chart_limit(c->arena, out->mean, out->sd, 3, decimals);
}

static void judge(struct call *c, struct chart *out)
{
    size_t n = out->points.count;
    struct chart_target target = {LEVEL, out->mean, out->sd};
    struct chart_value *values = ARENA_ARRAY(c->arena, struct chart_value, n + 1);
    struct chart_flag *flag;
    for (size_t i = 0; i < n; i++) {
        const struct chart_point *p = LIST_AT(out->points, struct chart_point, i);
        values[i] = (struct chart_value){p->batch_id, LEVEL, p->value};
    }
    chart_judge(c->arena, &target, out->mean != NULL ? 1 : 0, values, n, &flag);
    for (size_t i = 0; i < n; i++) {
        struct chart_point *p = LIST_AT(out->points, struct chart_point, i);
        p->z = flag[i].z;
        p->state = words_chart_state.words[flag[i].state];
        p->rule = flag[i].rule;
    }
}

static int chart_decide(struct call *c, struct err *e)
{
    const struct chart_request *in = c->in;
    struct chart *out = c->out;
    int code = points_take(c, out, e);
    if (code != 0)
        return code;
    limits_set(c, in->baseline == INTEGER_ABSENT ? BASELINE_USUAL : (size_t)in->baseline, in->kind, out);
    judge(c, out);
    for (const char *const *rule = chart_rules(); *rule != NULL; rule++)
        texts_add(c->arena, &out->rules, *rule);
    return 0;
}

const struct handler quality_chart_verb = {chart_ask, chart_decide, NULL, NULL};

static int charted_ask(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_CHARTED), DB_NONE);
    return 0;
}

static int charted_decide(struct call *c, struct err *e)
{
    struct charted_rows *out = c->out;
    return store_rows(c, 0, &record_charted_row, &out->tests, e);
}

const struct handler quality_charted_verb = {charted_ask, charted_decide, NULL, NULL};
