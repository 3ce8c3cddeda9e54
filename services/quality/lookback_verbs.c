/* What failed calibrations look back at (R20): asked of the uses as they stand (batch.lookback), and the deviation that answers each. */
#include "quality_store.h"
#include "record/record.h"
#include "verbs.h"

static int list_ask(struct call *c, struct err *e)
{
    const struct calibration_request *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_LOOKBACK), DB_VALUES(db_text(in->equipment_id)));
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct lookback_rows *out = c->out;
    int code = store_rows(c, 0, &record_lookback_row, &out->uses, e);
    record_list_cut(&record_lookback_rows, out, &out->uses, &out->more);
    return code;
}

const struct handler quality_failed_calibrations_verb = {list_ask, list_decide, NULL, NULL};
