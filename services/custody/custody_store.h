/*
 * All SQL of this service and nothing else: `ask` functions queue reads in a verb's `facts`, `read` functions make facts of
 * their answers in `decide`. Batches and containers are read through batch's views, donors through source's, people through
 * access's; a batch changes state through batch.move alone.
 */
#pragma once
#include "custody_rules.h"
#include "domain/custody_correct.h"
#include "domain/recall.h"
#include "end_rules.h"
#include "pool_rules.h"
#include "sample_rules.h"
#include "ship_rules.h"
#include "labels/labels.h"
#include "service/service.h"

extern const struct statement_table custody_statements;

enum store_row {
    ROW_BATCH, ROW_CONTAINERS, ROW_COPIES, ROW_DONOR, ROW_PLACE, ROW_RECEIVER, ROW_TRANSFER, ROW_TRANSFER_CONTAINERS,
    ROW_CHAIN, ROW_SCAN, ROW_LABEL, ROW_LABEL_NEXT, ROW_LABEL_COPIES, ROW_LABEL_ASKED, ROW_LABEL_MOVE,
    ROW_DESTRUCTION, ROW_EVENT_CONTAINERS, ROW_GIVE_BACK, ROW_GIVE_BACK_CONTAINERS, ROW_WHEREABOUTS,
    ROW_TRACE_COUNTS, ROW_TRACE, ROW_RECALL, ROW_RECALL_INSERT,
    ROW_LABEL_INSERT, ROW_STORE, ROW_TRANSFER_INSERT, ROW_TRANSFER_CONTAINERS_INSERT, ROW_MOVE, ROW_LEAVE, ROW_RECEIVE, ROW_MOVE_GIVEN,
    ROW_MOVE_RECEIVED, ROW_BATCH_EVENT, ROW_DESTRUCTION_INSERT, ROW_WITNESS, ROW_CANCEL, ROW_DEVIATE, ROW_GIVE_BACK_INSERT, ROW_TAKE_BACK,
    ROW_ADMINISTRATION_INSERT, ROW_DOSES_INSERT, ROW_ACT, ROW_ENTRY, ROW_CORRECT, ROW_LAPSE, ROW_RENEW, ROW_LAPSED,
    ROW_UNIT, ROW_SHIPMENT, ROW_SHIPMENT_STATE, ROW_SHIPMENTS, ROW_HOLDS, ROW_QUALIFY, ROW_SHIP_INSERT, ROW_SHIP_MOVE, ROW_SHIP_UNPACK,
    ROW_SHIP_RECEIVE, ROW_END_HOLDS, ROW_LAST_SERIES, ROW_EXCURSIONS, ROW_SERIES_INSERT, ROW_LINEAGE, ROW_HISTORY, ROW_GIVEN_HOLDS,
    ROW_ENDED_HOLDS, ROW_BATCH_EXCURSIONS,
    ROW_SAMPLES, ROW_SAMPLE_ROWS, ROW_SAMPLES_WAITING, ROW_SAMPLE_INSERT, ROW_SAMPLE_MOVE,
    ROW_POOL_FACTS, ROW_TRAINED, ROW_POOLS, ROW_POOL_STEPS, ROW_POOL_CONTAINER, ROW_POOL_INSERT, ROW_POOL_PARTS_INSERT, ROW_POOL_VERIFY,
    ROW_COUNT
};

/** store_row(which): a row of the statement table, for db_queue. */
const struct statement_row *store_row(enum store_row which);

/** store_ask_batch(c, batch_id): two answers: the batch and its containers. store_read_batch(c, answer, ret): both, the
 *  first at ${answer}. */
void store_ask_batch(struct call *c, const char *batch_id);
void store_read_batch(const struct call *c, size_t answer, struct custody_facts *ret);

/** store_ask_label(c, in): two answers: copies printed, the donor's determination. store_copies(c, answer);
 *  store_read_determined(c, answer, ret, e): false in ${ret_known} where there is none. */
void store_ask_label(struct call *c, const struct label_print *in);
int64_t store_copies(const struct call *c, size_t answer);
int store_read_determined(const struct call *c, size_t answer, struct eligibility_determine *ret, bool *ret_known,
                          struct err *e);

/** store_ask_printed(c, in): one answer: the container's last label. store_read_printed(c, answer, ret): false when there is
 *  none. */
void store_ask_printed(struct call *c, const struct label_request *in);
bool store_read_printed(const struct call *c, size_t answer, struct labels_facts *ret);

/** store_ask_next_label(c, in): one answer: what the label of a copy yet to be signed for would bear. store_read_next_label(c, answer, in, ret):
 *  with the statements that are filled into ${in}; false when there is no such container. */
void store_ask_next_label(struct call *c, const struct label_print *in);
bool store_read_next_label(const struct call *c, size_t answer, const struct label_print *in, struct labels_facts *ret);

/** store_ask_copies(c, batch_id): two answers: the batch's copies of labels, whether its procedure asks that they are reconciled.
 *  store_read_copies(c, answer, ret_rows, ret, e): as rows of struct label_row, and as the rules take them; store_labels_asked(c, answer): the first at ${answer}. */
void store_ask_copies(struct call *c, const char *batch_id);
int store_read_copies(const struct call *c, size_t answer, struct list *ret_rows, struct label_copies *ret, struct err *e);
bool store_labels_asked(const struct call *c, size_t answer);

/** store_ask_place(c, in); store_read_place(c, answer, ret): the equipment and who holds the position. */
void store_ask_place(struct call *c, const struct container_store *in);
void store_read_place(const struct call *c, size_t answer, struct place_facts *ret);

/** store_ask_receiver(c, person_id); store_read_receiver(c, answer, ret). */
void store_ask_receiver(struct call *c, const char *person_id);
void store_read_receiver(const struct call *c, size_t answer, struct receiver_facts *ret);

/** store_ask_transfer(c, batch_id, transfer_id): two answers: the transfer and its containers. store_read_transfer(c,
 *  answer, ret): both, the first at ${answer}. */
void store_ask_transfer(struct call *c, const char *batch_id, const char *transfer_id);
void store_read_transfer(const struct call *c, size_t answer, struct transfer_facts *ret);

/** store_ask_give_back(c, batch_id, transfer_id): two answers, as of a transfer; store_read_transfer reads them. */
void store_ask_give_back(struct call *c, const char *batch_id, const char *transfer_id);

/** store_ask_destruction(c, batch_id, destroy_seq): two answers; store_read_destruction(c, answer, ret): as it was signed; person_id NULL: there is none. */
void store_ask_destruction(struct call *c, const char *batch_id, int64_t destroy_seq);
void store_read_destruction(const struct call *c, size_t answer, struct destruction_facts *ret);

/** store_ask_ended(c, batch_id), store_read_ended(c, answer, ret): the holds of the batch's containers that QA has ended. */
void store_ask_ended(struct call *c, const char *batch_id);
void store_read_ended(const struct call *c, size_t answer, struct custody_facts *ret);

/** store_ask_whereabouts(c, batch_id): one answer: every container of the batch, at most 1001, what is unaccounted for first. */
void store_ask_whereabouts(struct call *c, const char *batch_id);

/** store_ask_samples(c, batch_id): one answer; store_read_samples(c, answer, ret, e): the batch's samples as they stand. */
void store_ask_samples(struct call *c, const char *batch_id);
int store_read_samples(const struct call *c, size_t answer, struct samples *ret, struct err *e);

/** store_ask_pool(c, batch_id, container_id): four answers, behind those of store_ask_batch: procedure and donor, who is trained, pools, steps.
 *  store_read_pool(c, answer, batch, ret, e): all four, the first at ${answer}; ${ret}->batch is set already. store_read_trained(c, answer): the actor is,
 *  ${answer} the same. store_read_pooled(c, answer, container_id, ret): of the third. */
void store_ask_pool(struct call *c, const char *batch_id, const char *container_id);
int store_read_pool(const struct call *c, size_t answer, const struct custody_facts *batch, struct pool_facts *ret, struct err *e);
bool store_read_trained(const struct call *c, size_t answer);
void store_read_pooled(const struct call *c, size_t answer, const char *container_id, struct pooled_facts *ret);

/** store_ask_entry(c, in): the entry that is corrected. store_read_entry(c, answer, ret, e): from its statement. */
void store_ask_entry(struct call *c, const struct custody_correct *in);
int store_read_entry(const struct call *c, size_t answer, struct entry_facts *ret, struct err *e);

/** store_ask_lapsed(c, batch_id); store_read_lapsed(c, answer): a decision on containers of the batch stands as unsigned. */
void store_ask_lapsed(struct call *c, const char *batch_id);
bool store_read_lapsed(const struct call *c, size_t answer);

/** store_history(c, ret, e): all that the streams of the batch, its donor and its collection say by now, in c->arena. Asks at once: only who corrects, or
 *  decides anew, has to wait for it. */
int store_history(struct call *c, struct custody_history *ret, struct err *e);

/** store_ask_recall(c, batch_id): one answer; store_read_recall(c, answer, ret_count): the batch's containers and with whom they are. */
void store_ask_recall(struct call *c, const char *batch_id);
struct recall_fact *store_read_recall(const struct call *c, size_t answer, size_t *ret_count);

/** store_ask_unit(c, equipment_id); store_read_unit(c, answer, ret): the unit, its last qualification and calibration. */
void store_ask_unit(struct call *c, const char *equipment_id);
void store_read_unit(const struct call *c, size_t answer, struct unit_facts *ret);

/** store_ask_shipment(c, batch_id, transfer_id): two answers; store_read_shipment(c, answer, ret, e): as it was packed; state NULL: there is
 *  none. */
void store_ask_shipment(struct call *c, const char *batch_id, const char *transfer_id);
int store_read_shipment(const struct call *c, size_t answer, struct shipment_facts *ret, struct err *e);

/** store_ask_holds(c, batch_id); store_read_causes(c, answer, containers): what holds any of ${containers}, each once, ascending. */
void store_ask_holds(struct call *c, const char *batch_id);
struct list store_read_causes(const struct call *c, size_t answer, const struct list *containers);

/** store_known_later(c, facts, is_barred, in, ret, e): whether all that forbids ${in} by now came to be known after it was given, told from the streams
 *  of the batch and its donor, and from what holds its containers; it is in in->known_later then. ${is_barred}: batch or donor forbid it. Asks at once: only who records late has to wait for it. */
int store_known_later(struct call *c, const struct custody_facts *facts, bool is_barred, struct administer *in, bool *ret, struct err *e);
