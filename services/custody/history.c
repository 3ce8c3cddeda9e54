/* What was known of a batch at a time: its stream and its donor's, read whole and walked by the code that the verifier walks them by. */
#include <string.h>

#include "custody_store.h"
#include "domain/donor.h"
#include "domain/given.h"
#include "ledger/statement.h"

typedef void take_function(struct given *g, int64_t seq, int64_t time_ms, const char *type, const void *record);

static int take_rows(struct call *c, const struct db_rows *r, take_function *take, struct given *g, struct err *e)
{
    for (int i = 0; i < r->rows; i++) {
        struct bytes text = db_cell(r, i, "statement");
        struct statement s;
        void *record = NULL;
        if (statement_parse(c->arena, (const char *)text.data, text.len, &s, e) != 0)
            return err_fault(e, "an entry of %s does not read: %s", c->stream, e->text);
        const struct verb_row *verb = verb_find(s.type);
        if (verb != NULL) {
            record = record_new(c->arena, verb->in);
            if (record_from_json(c->arena, verb->in, (const char *)s.body.data, s.body.len, RECORD_STATEMENT, record, e) != 0)
                return err_fault(e, "an entry of %s does not read: %s", c->stream, e->text);
        }
        take(g, db_cell_int(r, i, "seq"), db_cell_int(r, i, "time_ms"), s.type, record);
    }
    return 0;
}

static int take_stream(struct call *c, const char *stream, take_function *take, struct given *g, struct err *e)
{
    struct db_rows r;
    int code = db_query(c->db, c->arena, store_row(ROW_HISTORY), DB_VALUES(db_text(stream)), &r, e);
    return code != 0 ? code : take_rows(c, &r, take, g, e);
}

static int read_specification(struct call *c, const struct db_rows *lineage, struct specification **ret, struct err *e)
{
    const char *document = db_cell_text(lineage, 0, "document");
    if (document == NULL)
        return err_fault(e, "%s has no specification", c->stream);
    return specification_parse(c->arena, document, strlen(document), ret, e) == 0 ? 0 : err_fault(e, "%s: %s", c->stream, e->text);
}

int store_known_later(struct call *c, const struct custody_facts *facts, struct administer *in, bool *ret, struct err *e)
{
    struct db_rows lineage, batch;
    struct specification *specification;
    struct given g;
    *ret = false;
    int code = db_query(c->db, c->arena, store_row(ROW_LINEAGE), DB_VALUES(db_text(c->stream)), &lineage, e);
    code = code != 0 ? code : read_specification(c, &lineage, &specification, e);
    code = code != 0 ? code : db_query(c->db, c->arena, store_row(ROW_HISTORY), DB_VALUES(db_text(c->stream)), &batch, e);
    if (code != 0)
        return code;
    given_begin(c->arena, specification, (size_t)batch.rows, in->started_at, custody_is_anothers(facts), &g);
    code = take_rows(c, &batch, given_take, &g, e);
    code = code != 0 ? code : take_stream(c, db_cell_text(&lineage, 0, "donor_id"), given_take_donor, &g, e);
    *ret = code == 0 && given_later(&g, &in->known_later) && in->known_later.count > 0;
    return code;
}
