/* What was said of a batch: its stream, its donor's and its collection's, read whole and walked by the code that the verifier walks them by. */
#include <string.h>

#include "custody_store.h"
#include "domain/donor.h"
#include "domain/given.h"
#include "ledger/statement.h"

static int read_said(struct call *c, const struct db_rows *r, int row, struct custody_said *ret, struct err *e)
{
    struct bytes text = db_cell(r, row, "statement");
    struct statement s;
    if (statement_parse(c->arena, (const char *)text.data, text.len, &s, e) != 0)
        return err_fault(e, "an entry of %s does not read: %s", c->stream, e->text);
    const struct verb_row *verb = verb_find(s.type);
    *ret = (struct custody_said){.seq = db_cell_int(r, row, "seq"), .time_ms = db_cell_int(r, row, "time_ms"), .at_ms = s.at_ms,
                                 .act = s.type, .actor = s.actor};
    if (verb == NULL || !custody_said_matters(s.type))
        return 0;
    ret->record = record_new(c->arena, verb->in);
    if (record_from_json(c->arena, verb->in, (const char *)s.body.data, s.body.len, RECORD_STATEMENT, ret->record, e) != 0)
        return err_fault(e, "an entry of %s does not read: %s", c->stream, e->text);
    return 0;
}

static int read_stream(struct call *c, const char *stream, const struct custody_said **ret, size_t *ret_count, struct err *e)
{
    struct db_rows r;
    int code = db_query(c->db, c->arena, store_row(ROW_HISTORY), DB_VALUES(db_text(stream)), &r, e);
    if (code != 0)
        return code;
    struct custody_said *said = ARENA_ARRAY(c->arena, struct custody_said, r.rows + 1);
    for (int i = 0; i < r.rows && code == 0; i++)
        code = read_said(c, &r, i, &said[i], e);
    *ret = said;
    *ret_count = (size_t)r.rows;
    return code;
}

static int read_specification(struct call *c, const struct db_rows *lineage, struct specification **ret, struct err *e)
{
    const char *document = db_cell_text(lineage, 0, "document");
    if (document == NULL)
        return err_fault(e, "%s has no specification", c->stream);
    return specification_parse(c->arena, document, strlen(document), ret, e) == 0 ? 0 : err_fault(e, "%s: %s", c->stream, e->text);
}

static int read_excursions(struct call *c, struct custody_history *ret, struct err *e)
{
    struct db_rows r;
    int code = db_query(c->db, c->arena, store_row(ROW_BATCH_EXCURSIONS), DB_VALUES(db_text(c->stream)), &r, e);
    if (code != 0)
        return code;
    struct given_hold *x = ARENA_ARRAY(c->arena, struct given_hold, r.rows + 1);
    for (int i = 0; i < r.rows; i++)
        x[i] = (struct given_hold){db_cell_text(&r, i, "container_id"), db_cell_int(&r, i, "known_ms"),
                                   db_cell(&r, i, "ended_ms").data != NULL ? db_cell_int(&r, i, "ended_ms") : INT64_MAX};
    ret->excursion = x;
    ret->excursion_count = (size_t)r.rows;
    return 0;
}

int store_history(struct call *c, struct custody_history *ret, struct err *e)
{
    struct db_rows lineage;
    struct specification *specification;
    *ret = (struct custody_history){0};
    int code = db_query(c->db, c->arena, store_row(ROW_LINEAGE), DB_VALUES(db_text(c->stream)), &lineage, e);
    code = code != 0 ? code : read_specification(c, &lineage, &specification, e);
    code = code != 0 ? code : read_stream(c, c->stream, &ret->batch, &ret->batch_count, e);
    code = code != 0 ? code : read_stream(c, db_cell_text(&lineage, 0, "donor_id"), &ret->donor, &ret->donor_count, e);
    code = code != 0 ? code : read_stream(c, db_cell_text(&lineage, 0, "collection_id"), &ret->collection, &ret->collection_count, e);
    code = code != 0 ? code : read_excursions(c, ret, e);
    if (code == 0)
        ret->specification = specification;
    return code;
}

/* what holds containers of ${in}: whether nothing of it was known when they were given */
static int take_holds(struct call *c, struct administer *in, bool *ret, struct err *e)
{
    struct list ids = {NULL, 0};
    struct db_rows r;
    for (size_t i = 0; i < in->containers.count; i++)
        texts_add(c->arena, &ids, LIST_AT(in->containers, const struct dose_container, i)->container_id);
    int code = db_query(c->db, c->arena, store_row(ROW_GIVEN_HOLDS), DB_VALUES(db_text(c->stream), db_texts(ids.items, ids.count)), &r, e);
    struct given_excursion *x = ARENA_ARRAY(c->arena, struct given_excursion, r.rows + 1);
    *ret = code == 0;
    for (int i = 0; code == 0 && i < r.rows; i++) {
        x[i] = (struct given_excursion){db_cell_text(&r, i, "equipment_id"), db_cell_int(&r, i, "seq"), db_cell_int(&r, i, "time_ms")};
        *ret = *ret && x[i].unit != NULL;      /* what a shipment holds was known as it arrived */
    }
    *ret = *ret && given_excursions(c->arena, x, (size_t)r.rows, in->started_at, &in->known_later);
    return code;
}

int store_known_later(struct call *c, const struct custody_facts *facts, bool is_barred, struct administer *in, bool *ret, struct err *e)
{
    struct custody_history h;
    struct given g;
    bool is_held_later = false;
    *ret = false;
    int code = store_history(c, &h, e);
    if (code != 0)
        return code;
    given_begin(c->arena, h.specification, h.batch_count, in->started_at, custody_is_anothers(facts), &g);
    for (size_t i = 0; i < h.batch_count; i++)
        given_take(&g, h.batch[i].seq, h.batch[i].time_ms, h.batch[i].act, h.batch[i].record);
    for (size_t i = 0; i < h.donor_count; i++)
        given_take_donor(&g, h.donor[i].seq, h.donor[i].time_ms, h.donor[i].act, h.donor[i].record);
    for (size_t i = 0; i < h.collection_count; i++)
        given_take_collection(&g, h.collection[i].seq, h.collection[i].time_ms, h.collection[i].act, h.collection[i].record);
    bool is_later = given_later(&g, &in->known_later) && (!is_barred || in->known_later.count > 0);
    code = is_later ? take_holds(c, in, &is_held_later, e) : 0;
    *ret = code == 0 && is_held_later && in->known_later.count > 0;
    if (!*ret)
        in->known_later = (struct list){NULL, 0};
    return code;
}
