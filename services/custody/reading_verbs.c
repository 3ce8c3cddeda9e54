/* Readings of storage units, and the excursions among them: whom one reached is asked of the positions' history (custody.excursion_reach). */
#include "custody_apply.h"
#include "custody_store.h"
#include "record/record.h"
#include "verbs.h"

enum { READINGS_UNIT, READINGS_LAST };   /* answers, in the order asked */

static int readings_facts(struct call *c, struct err *e)
{
    (void)e;
    store_ask_unit(c, c->stream);
    call_ask(c, store_row(ROW_LAST_SERIES), DB_VALUES(db_text(c->stream)));
    return 0;
}

static int readings_decide(struct call *c, struct err *e)
{
    struct unit_readings *in = c->in;
    struct unit_facts unit;
    const struct db_rows *last = &c->answers[READINGS_LAST];
    int64_t last_ms = last->rows > 0 ? db_cell_int(last, 0, "until_ms") : TIME_ABSENT;
    int64_t running_ms = last->rows > 0 && db_cell_text(last, 0, "running_from_ms") != NULL ? db_cell_int(last, 0, "running_from_ms") : TIME_ABSENT;
    store_read_unit(c, READINGS_UNIT, &unit);
    int code = rule_unit_readings(in, &unit, last_ms, c->now_ms, e);
    if (code == 0)
        excursion_series_fill(&unit.qualified, unit.qualified_seq, in->continues == 1 ? last_ms : TIME_ABSENT,
                              in->continues == 1 ? running_ms : TIME_ABSENT, in);
    return code;
}

const struct handler custody_unit_readings_verb = {readings_facts, readings_decide, apply_unit_readings, NULL};

#define LIST_MOST 100

static int list_facts(struct call *c, struct err *e)
{
    const struct excursion_request *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_EXCURSIONS), DB_VALUES(db_text(in->equipment_id)));
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct excursion_rows *out = c->out;
    const struct db_rows *rows = &c->answers[0];
    int code = 0;
    if (rows->rows > LIST_MOST)
        out->more = 1;
    for (int i = 0; code == 0 && i < rows->rows && i < LIST_MOST; i++)
        code = db_row_record(c->arena, &record_excursion_row, rows, i,
                             record_list_add(c->arena, &record_excursion_row, &out->excursions), e);
    return code;
}

const struct handler custody_excursions_verb = {list_facts, list_decide, NULL, NULL};
