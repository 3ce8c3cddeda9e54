#include "custody_store.h"

#include <string.h>

#include "fsm/machines.h"
#include "ledger/statement.h"
#include "record/record.h"

void store_ask_batch(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_BATCH), DB_VALUES(db_text(batch_id)));
    call_ask(c, store_row(ROW_CONTAINERS), DB_VALUES(db_text(batch_id)));
}

void store_read_batch(const struct call *c, size_t answer, struct custody_facts *ret)
{
    const struct db_rows *r = &c->answers[answer + 1];
    struct container_facts *k = ARENA_ARRAY(c->arena, struct container_facts, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        k[i] = (struct container_facts){db_cell_text(r, i, "container_id"), db_cell_int(r, i, "expires_ms"),
                                        db_cell_text(r, i, "state"), db_cell_bool(r, i, "placed"),
                                        db_cell_text(r, i, "volume_ml"), db_cell_text(r, i, "cells"),
                                        db_cell(r, i, "received_ms").data != NULL ? db_cell_int(r, i, "received_ms") : TIME_ABSENT,
                                        db_cell_bool(r, i, "held"),
                                        db_cell_text(r, i, "person_id")};
    r = &c->answers[answer];
    *ret = (struct custody_facts){
        .state = db_cell_text(r, 0, "state"),
        .containers = k,
        .container_count = (size_t)c->answers[answer + 1].rows,
        .held = db_cell_bool(r, 0, "held"),
        .may_store = db_cell_bool(r, 0, "may_store"),
        .use = db_cell_text(r, 0, "use"),
        .determination = db_cell_text(r, 0, "determination"),
        .overtaken = db_cell_bool(r, 0, "overtaken"),
        .lapsed = db_cell_bool(r, 0, "lapsed"),
        .recalled = db_cell_bool(r, 0, "recalled"),
        .recipient_code = db_cell_text(r, 0, "recipient_code"),
        .except_recipient = db_cell_text(r, 0, "except_recipient"),
        .donor_recipient = db_cell_text(r, 0, "donor_recipient"),
        .donation_number = db_cell_text(r, 0, "donation_number"),
        .urgent = db_cell_bool(r, 0, "urgent"),
    };
}

void store_ask_ended(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_ENDED_HOLDS), DB_VALUES(db_text(batch_id)));
}

void store_read_ended(const struct call *c, size_t answer, struct custody_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    struct given_hold *h = ARENA_ARRAY(c->arena, struct given_hold, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        h[i] = (struct given_hold){db_cell_text(r, i, "container_id"), db_cell_int(r, i, "known_ms"), db_cell_int(r, i, "ended_ms")};
    ret->ended = h;
    ret->ended_count = (size_t)r->rows;
}

void store_ask_label(struct call *c, const struct label_print *in)
{
    call_ask(c, store_row(ROW_COPIES), DB_VALUES(db_text(in->container_id)));
    call_ask(c, store_row(ROW_DONOR), DB_VALUES(db_text(in->batch_id)));
}

int64_t store_copies(const struct call *c, size_t answer)
{
    return db_cell_int(&c->answers[answer], 0, "copies");
}

int store_read_determined(const struct call *c, size_t answer, struct eligibility_determine *ret, bool *ret_known,
                          struct err *e)
{
    record_init(&record_eligibility_determine, ret);
    *ret_known = c->answers[answer].rows > 0;
    return *ret_known ? db_row_record(c->arena, &record_eligibility_determine, &c->answers[answer], 0, ret, e) : 0;
}

void store_ask_printed(struct call *c, const struct label_request *in)
{
    call_ask(c, store_row(ROW_LABEL), DB_VALUES(db_text(in->batch_id), db_text(in->container_id)));
}

/* The statements one to a line; none holds a line feed, for they are the law's words. */
static void split(struct arena *a, const char *lines, struct labels_facts *ret)
{
    size_t n = 0;
    const char **list = ARENA_ARRAY(a, const char *, strlen(lines) + 1);
    for (const char *at = lines; *at != '\0';) {
        size_t len = strcspn(at, "\n");
        list[n++] = arena_dup(a, at, len);
        at += len + (at[len] == '\n');
    }
    ret->statement = list;
    ret->statement_count = n;
}

/* what the record says of the container, without what is signed for with the copy */
static struct labels_facts of_container(const struct db_rows *r)
{
    return (struct labels_facts){
        .container_id = db_cell_text(r, 0, "container_id"), .batch_id = db_cell_text(r, 0, "batch_id"),
        .product = db_cell_text(r, 0, "product"), .volume_ml = db_cell_text(r, 0, "volume_ml"), .cells = db_cell_text(r, 0, "cells"),
        .recipient_code = db_cell_text(r, 0, "recipient_code"), .expires_ms = db_cell_int(r, 0, "expires_ms"),
    };
}

void store_ask_next_label(struct call *c, const struct label_print *in)
{
    call_ask(c, store_row(ROW_LABEL_NEXT), DB_VALUES(db_text(in->batch_id), db_text(in->container_id)));
}

bool store_read_next_label(const struct call *c, size_t answer, const struct label_print *in, struct labels_facts *ret)
{
    if (c->answers[answer].rows == 0)
        return false;
    *ret = of_container(&c->answers[answer]);
    ret->statement = in->statements.items;
    ret->statement_count = in->statements.count;
    ret->biohazard = in->biohazard == 1;
    ret->copy = in->copy;
    ret->printed_ms = c->now_ms;
    return true;
}

bool store_read_printed(const struct call *c, size_t answer, struct labels_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    if (r->rows == 0)
        return false;
    *ret = of_container(r);
    ret->printed_ms = db_cell_int(r, 0, "printed_ms");
    ret->copy = db_cell_int(r, 0, "copy");
    ret->biohazard = db_cell_bool(r, 0, "biohazard");
    split(c->arena, db_cell_text(r, 0, "statements"), ret);
    return true;
}

void store_ask_copies(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_LABEL_COPIES), DB_VALUES(db_text(batch_id)));
    call_ask(c, store_row(ROW_LABEL_ASKED), DB_VALUES(db_text(batch_id)));
}

bool store_labels_asked(const struct call *c, size_t answer)
{
    return db_cell_bool(&c->answers[answer + 1], 0, "asked");
}

int store_read_copies(const struct call *c, size_t answer, struct list *ret_rows, struct label_copies *ret, struct err *e)
{
    int code = 0;
    *ret_rows = (struct list){NULL, 0};
    for (int i = 0; code == 0 && i < c->answers[answer].rows; i++)
        code = db_row_record(c->arena, &record_label_row, &c->answers[answer], i, record_list_add(c->arena, &record_label_row, ret_rows), e);
    label_copies_from(c->arena, ret_rows, ret);
    return code;
}

void store_ask_place(struct call *c, const struct container_store *in)
{
    call_ask(c, store_row(ROW_PLACE), DB_VALUES(db_text(in->equipment_id), db_text(in->position)));
}

void store_read_place(const struct call *c, size_t answer, struct place_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    *ret = (struct place_facts){db_cell_text(r, 0, "occupant"), db_cell_text(r, 0, "equipment_class")};
}

void store_ask_receiver(struct call *c, const char *person_id)
{
    call_ask(c, store_row(ROW_RECEIVER), DB_VALUES(db_text(person_id)));
}

void store_read_receiver(const struct call *c, size_t answer, struct receiver_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    const char *roles = db_cell_text(r, 0, "roles");
    *ret = (struct receiver_facts){db_cell_text(r, 0, "state"), roles != NULL ? roles_from_text(roles) : 0};
}

void store_ask_transfer(struct call *c, const char *batch_id, const char *transfer_id)
{
    call_ask(c, store_row(ROW_TRANSFER), DB_VALUES(db_text(batch_id), db_text(transfer_id)));
    call_ask(c, store_row(ROW_TRANSFER_CONTAINERS), DB_VALUES(db_text(batch_id), db_text(transfer_id)));
}

void store_read_transfer(const struct call *c, size_t answer, struct transfer_facts *ret)
{
    const struct db_rows *t = &c->answers[answer], *k = &c->answers[answer + 1];
    const char **containers = ARENA_ARRAY(c->arena, const char *, k->rows + 1);
    for (int i = 0; i < k->rows; i++)
        containers[i] = db_cell_text(k, i, "container_id");
    *ret = (struct transfer_facts){
        .giver_id = db_cell_text(t, 0, "giver_id"),
        .receiver_id = db_cell_text(t, 0, "receiver_id"),
        .seal_number = db_cell_text(t, 0, "seal_number"),
        .digest = db_cell_text(t, 0, "digest"),
        .containers = containers,
        .container_count = (size_t)k->rows,
        .given_ms = db_cell_int(t, 0, "given_ms"),
        .received = db_cell_bool(t, 0, "received"),
    };
}

void store_ask_give_back(struct call *c, const char *batch_id, const char *transfer_id)
{
    call_ask(c, store_row(ROW_GIVE_BACK), DB_VALUES(db_text(batch_id), db_text(transfer_id)));
    call_ask(c, store_row(ROW_GIVE_BACK_CONTAINERS), DB_VALUES(db_text(batch_id), db_text(transfer_id)));
}

void store_ask_destruction(struct call *c, const char *batch_id, int64_t destroy_seq)
{
    call_ask(c, store_row(ROW_DESTRUCTION), DB_VALUES(db_text(batch_id), db_int(destroy_seq)));
    call_ask(c, store_row(ROW_EVENT_CONTAINERS), DB_VALUES(db_text(batch_id), db_int(destroy_seq)));
}

void store_read_destruction(const struct call *c, size_t answer, struct destruction_facts *ret)
{
    const struct db_rows *d = &c->answers[answer], *k = &c->answers[answer + 1];
    *ret = (struct destruction_facts){.person_id = db_cell_text(d, 0, "person_id"), .witness_id = db_cell_text(d, 0, "witness_id"),
                                      .witnessed = db_cell_bool(d, 0, "witnessed"), .cancelled = db_cell_bool(d, 0, "cancelled")};
    for (int i = 0; i < k->rows; i++) {
        struct container_back *before = record_list_add(c->arena, &record_container_back, &ret->before);
        texts_add(c->arena, &ret->containers, db_cell_text(k, i, "container_id"));
        *before = (struct container_back){db_cell_text(k, i, "container_id"), db_cell_text(k, i, "before")};
    }
}

/* the machine's ends, so that a row knows what has ended without a second list of them */
void store_ask_whereabouts(struct call *c, const char *batch_id)
{
    struct list ends = {NULL, 0};
    for (size_t i = 0; i < fsm_container.state_count; i++)
        if (fsm_container.states[i].kind == FSM_END)
            texts_add(c->arena, &ends, fsm_container.states[i].name);
    call_ask(c, store_row(ROW_WHEREABOUTS), DB_VALUES(db_text(batch_id), db_texts(ends.items, ends.count)));
}

void store_ask_samples(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_SAMPLES), DB_VALUES(db_text(batch_id)));
}

int store_read_samples(const struct call *c, size_t answer, struct samples *ret, struct err *e)
{
    struct list all = {NULL, 0};
    int code = 0;
    for (int i = 0; code == 0 && i < c->answers[answer].rows; i++)
        code = db_row_record(c->arena, &record_sample_row, &c->answers[answer], i, record_list_add(c->arena, &record_sample_row, &all), e);
    samples_from(c->arena, &all, ret);
    return code;
}

void store_ask_entry(struct call *c, const struct custody_correct *in)
{
    call_ask(c, store_row(ROW_ENTRY), DB_VALUES(db_text(in->batch_id), db_int(in->corrects)));
}

int store_read_entry(const struct call *c, size_t answer, struct entry_facts *ret, struct err *e)
{
    const struct db_rows *r = &c->answers[answer];
    struct bytes text = db_cell(r, 0, "statement");
    struct statement s;
    *ret = (struct entry_facts){.state = db_cell_text(r, 0, "state")};
    if (text.data == NULL)
        return 0;
    if (statement_parse(c->arena, (const char *)text.data, text.len, &s, e) != 0)
        return err_fault(e, "an entry of %s does not read: %s", c->stream, e->text);
    ret->act = s.type;
    ret->person = s.actor;
    return 0;
}

void store_ask_lapsed(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_LAPSED), DB_VALUES(db_text(batch_id)));
}

bool store_read_lapsed(const struct call *c, size_t answer)
{
    return db_cell_int(&c->answers[answer], 0, "n") > 0;
}

void store_ask_recall(struct call *c, const char *batch_id)
{
    call_ask(c, store_row(ROW_RECALL), DB_VALUES(db_text(batch_id)));
}

struct recall_fact *store_read_recall(const struct call *c, size_t answer, size_t *ret_count)
{
    const struct db_rows *r = &c->answers[answer];
    struct recall_fact *facts = ARENA_ARRAY(c->arena, struct recall_fact, r->rows + 1);
    for (int i = 0; i < r->rows; i++)
        facts[i] = (struct recall_fact){db_cell_text(r, i, "container_id"), db_cell_text(r, i, "state"), db_cell_text(r, i, "destination"),
                                        db_cell_text(r, i, "receiver_id"), db_cell_text(r, i, "recipient_code"),
                                        db_cell_bool(r, i, "placed")};
    *ret_count = (size_t)r->rows;
    return facts;
}
