/* Facts of storage and transport units, shipments and holds; their statements are in custody_rows.c. */
#include <string.h>

#include "custody_store.h"
#include "record/record.h"

void store_ask_unit(struct call *c, const char *equipment_id)
{
    call_ask(c, store_row(ROW_UNIT), DB_VALUES(db_text(equipment_id)));
}

static int64_t int_or_absent(const struct db_rows *r, const char *column)
{
    return db_cell_text(r, 0, column) == NULL ? INTEGER_ABSENT : db_cell_int(r, 0, column);
}

void store_read_unit(const struct call *c, size_t answer, struct unit_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    const char *result = db_cell_text(r, 0, "result");
    *ret = (struct unit_facts){.known = r->rows > 0, .calibrated = result != NULL && strcmp(result, "pass") == 0, .qualified_seq = -1};
    ret->calibration_due_ms = ret->calibrated ? db_cell_int(r, 0, "due_ms") : TIME_ABSENT;
    record_init(&record_unit_qualify, &ret->qualified);
    if (r->rows == 0 || db_cell_text(r, 0, "seq") == NULL)
        return;
    ret->qualified_seq = db_cell_int(r, 0, "seq");
    ret->qualified.low_c = db_cell_text(r, 0, "low_c");
    ret->qualified.high_c = db_cell_text(r, 0, "high_c");
    ret->qualified.allowed_min = db_cell_int(r, 0, "allowed_min");
    ret->qualified.gap_min = db_cell_int(r, 0, "gap_min");
    ret->qualified.hold_min = int_or_absent(r, "hold_min");
    ret->qualified.valid_until = db_cell_int(r, 0, "valid_ms");
}

void store_ask_shipment(struct call *c, const char *batch_id, const char *transfer_id)
{
    call_ask(c, store_row(ROW_SHIPMENT), DB_VALUES(db_text(batch_id), db_text(transfer_id)));
    call_ask(c, store_row(ROW_SHIPMENT_STATE), DB_VALUES(db_text(batch_id), db_text(transfer_id)));
}

int store_read_shipment(const struct call *c, size_t answer, struct shipment_facts *ret, struct err *e)
{
    const struct db_rows *r = &c->answers[answer + 1];
    *ret = (struct shipment_facts){.state = db_cell_text(r, 0, "state"), .packed_ms = r->rows > 0 ? db_cell_int(r, 0, "time_ms") : TIME_ABSENT};
    record_init(&record_ship_pack, &ret->pack);
    return ret->state == NULL ? 0 : db_row_record(c->arena, &record_ship_pack, &c->answers[answer], 0, &ret->pack, e);
}

void store_ask_holds(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_HOLDS), DB_VALUES(db_text(batch_id)));
}

struct list store_read_causes(const struct call *c, size_t answer, const struct list *containers)
{
    const struct db_rows *r = &c->answers[answer];
    struct list ret = {NULL, 0};
    for (int i = 0; i < r->rows; i++) {
        const char *cause = db_cell_text(r, i, "cause");
        bool named = false;
        for (size_t k = 0; k < containers->count; k++)
            named |= strcmp(TEXTS_AT(*containers, k), db_cell_text(r, i, "container_id")) == 0;
        if (named && (ret.count == 0 || strcmp(TEXTS_AT(ret, ret.count - 1), cause) != 0))
            texts_add(c->arena, &ret, cause);
    }
    return ret;
}
