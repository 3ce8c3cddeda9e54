/*
 * All SQL of this service and nothing else. `ask` functions queue reads in a verb's `facts`; `read` functions make facts of
 * their answers in `decide`, in the order in which they were asked. Writes are queued by batch_apply.c with the same rows.
 * Other schemas are read through their views: custody's samples, source's donors and collections, quality's specifications, access's training.
 */
#pragma once
#include "batch_rules.h"
#include "vial_rules.h"
#include "domain/correction.h"
#include "domain/dose.h"
#include "service/service.h"

extern const struct statement_table batch_statements;

enum store_row {
    ROW_PROCEDURE_STATE, ROW_PROCEDURE_LIST, ROW_PROCEDURE_SHOW, ROW_PROCEDURE_INSERT, ROW_PROCEDURE_SUPERSEDE,
    ROW_PROCEDURE_APPROVE,
    ROW_LOTS, ROW_LOT_LIST, ROW_LOT_INSERT, ROW_LOT_RELEASE, ROW_VIAL, ROW_VIAL_LIST, ROW_VIAL_INSERT, ROW_VIAL_CORRECT, ROW_VIAL_DISCARD,
    ROW_EQUIPMENT_AT, ROW_EQUIPMENT_LIST, ROW_EQUIPMENT_INSERT, ROW_CALIBRATION_INSERT, ROW_LAST_GOOD,
    ROW_TAG, ROW_QUALIFICATION_INSERT, ROW_CLEANING_INSERT, ROW_TAG_OUT, ROW_TAG_IN, ROW_CLEAN_HOLD,
    ROW_OPEN_FACTS, ROW_BATCH, ROW_BATCH_STATE, ROW_BATCH_STATE_MANY, ROW_STEPS, ROW_TRAINED, ROW_CONTAINERS_TAKEN, ROW_READING_FACTS, ROW_READING_FACTS_MANY,
    ROW_LIST, ROW_LIST_STATE, ROW_WORK, ROW_SHOW, ROW_CONTAINERS,
    ROW_BATCH_INSERT, ROW_STEP_INSERT, ROW_USE_MATERIALS, ROW_USE_EQUIPMENT, ROW_STEP_VERIFY, ROW_CONTAINERS_INSERT,
    ROW_BATCH_FILL, ROW_READING_INSERT, ROW_READING_INSERT_MANY, ROW_MOVE, ROW_ACT, ROW_ACT_MANY,
    ROW_CORRECTIONS, ROW_CORRECTORS, ROW_RELEASE_ACTS, ROW_CORRECTION_ROWS, ROW_UNSIGNED_ROWS, ROW_CORRECT, ROW_LAPSE,
    ROW_COUNT_STEPS, ROW_VOID_FACTS, ROW_VOID, ROW_STEP_LOTS, ROW_STEP_EQUIPMENT, ROW_CORRECT_MATERIAL, ROW_CORRECT_EQUIPMENT,
    ROW_CORRECT_TIME, ROW_FILL, ROW_FILL_CORRECTIONS, ROW_CORRECT_FILL, ROW_SAMPLED, ROW_POOLS, ROW_CORRECT_POOLED,
    ROW_PLACES, ROW_STEP_PLACES, ROW_LINE, ROW_LINES, ROW_LINE_HOLD, ROW_LINE_CLEAR, ROW_LINE_VERIFY,
    ROW_COUNT
};

/** store_row(which): a row of the statement table, for db_queue. */
const struct statement_row *store_row(enum store_row which);

/** One row of a batch: what every act on it starts from. ${state} NULL: there is no such batch. ${expires_ms} 0: it is not filled. */
struct batch_facts {
    const char *state, *document, *donation_number, *use;
    int64_t collected_ms, expires_ms, steps_total, steps_performed, steps_done, container_count;
    bool held;
};

/** store_ask_procedure(c, id, version); store_read_procedure(c, answer, ret): state, author and newest version. */
void store_ask_procedure(struct call *c, const char *id, int64_t version);
void store_read_procedure(const struct call *c, size_t answer, struct document_facts *ret);

/** store_ask_open(c, in); store_read_open(c, answer, ret, e): the procedure's document is parsed into c->arena. */
void store_ask_open(struct call *c, const struct batch_open *in);
int store_read_open(const struct call *c, size_t answer, struct open_facts *ret, struct err *e);

/** store_ask_batch(c, batch_id); store_read_batch(c, answer, ret). store_document(c, facts, ret, e): its procedure, parsed. */
void store_ask_batch(struct call *c, const char *batch_id);
void store_read_batch(const struct call *c, size_t answer, struct batch_facts *ret);
int store_document(const struct call *c, const struct batch_facts *facts, struct procedure **ret, struct err *e);

/** store_ask_steps(c, batch_id); store_read_steps(c, answer, ret_states): recorded steps by number; returns their number.
 *  store_read_records(c, answer, ret, e): the same as records, from the statements' bodies, as they were recorded. */
void store_ask_steps(struct call *c, const char *batch_id);
size_t store_read_steps(const struct call *c, size_t answer, const struct step_state **ret_states);
int store_read_records(const struct call *c, size_t answer, struct batch_step **ret, struct err *e);

/** store_ask_corrections(c, batch_id); store_correct_records(c, answer, doc, steps, n, e): the ${n} records as they stand by
 *  all corrections of the batch, calculated values with them. */
void store_ask_corrections(struct call *c, const char *batch_id);
int store_correct_records(const struct call *c, size_t answer, const struct procedure *doc, struct batch_step *steps, size_t n,
                          struct err *e);

/** store_ask_void(c, in); store_read_void(c, answer, ret, e): the entry that is to be void, read from its statement. */
void store_ask_void(struct call *c, const struct batch_void *in);
int store_read_void(const struct call *c, size_t answer, struct void_facts *ret, struct err *e);

/** store_ask_fill(c, batch_id): two answers, the fill's statement and its corrections; store_read_fill(c, answer, ret, ret_seq,
 *  ret_ms, e): the fill as it stands, its entry and the time it says. ERR_ORDER_FORBIDS: the batch is not filled. */
void store_ask_fill(struct call *c, const char *batch_id);
int store_read_fill(const struct call *c, size_t answer, struct batch_fill *ret, int64_t *ret_seq, int64_t *ret_ms, struct err *e);

/** store_ask_correctors(c, batch_id); store_read_correctors(c, answer, ret): who corrected which steps that are not verified
 *  anew; returns their number. */
void store_ask_correctors(struct call *c, const char *batch_id);
size_t store_read_correctors(const struct call *c, size_t answer, const struct step_corrector **ret);

/** store_ask_sampled(c, batch_id); store_read_sampled(c, answer, ret): what samples took of each container of the batch, where they did; returns how
 *  many there are. */
void store_ask_sampled(struct call *c, const char *batch_id);
size_t store_read_sampled(const struct call *c, size_t answer, const struct dose_filled **ret);

/** store_ask_pools(c, batch_id): the batch's pools, rows of struct container_pool without what is computed, in order. */
void store_ask_pools(struct call *c, const char *batch_id);

/** store_ask_release_acts(c, batch_id); store_read_acts(c, steps, release, ret): what is signed on the batch and may lapse:
 *  its steps, their verifications, its reviews and releases. Returns their number. */
void store_ask_release_acts(struct call *c, const char *batch_id);
size_t store_read_acts(const struct call *c, size_t steps, size_t release, const struct correction_act **ret);

/** store_ask_trained(c, batch_id); store_read_trained(c, answer): whether c->who is trained now on the batch's procedure
 *  version (who acts is not known yet when facts are asked). */
void store_ask_trained(struct call *c, const char *batch_id);
bool store_read_trained(const struct call *c, size_t answer);

/** store_ask_lots(c, ids, vials, n); store_read_lots(c, answer, ret): the known ones of these lots, each with its vial of that number (0, and
 *  ${vials} NULL: none); returns their number. */
void store_ask_lots(struct call *c, const char *const *ids, const int64_t *vials, size_t n);
size_t store_read_lots(const struct call *c, size_t answer, const struct lot_facts **ret);

/** store_ask_vial(c, lot_id, vial_no); store_read_vial(c, answer, ret): a lot, what of it is in no vial, and one of its vials with its uses. */
void store_ask_vial(struct call *c, const char *lot_id, int64_t vial_no);
void store_read_vial(const struct call *c, size_t answer, struct vial_case *ret);

/** store_ask_equipment(c, in); store_read_equipment(c, answer, ret): the known ones that the step uses, as they were for its batch while it
 *  lasted; returns their number. */
void store_ask_equipment(struct call *c, const struct batch_step *in);
size_t store_read_equipment(const struct call *c, size_t answer, const struct equipment_facts **ret);

/** store_ask_tag(c, equipment_id); store_read_tag(c, answer, ret_out_by): whether there is such equipment, and who tagged it out (NULL: nobody). */
void store_ask_tag(struct call *c, const char *equipment_id);
bool store_read_tag(const struct call *c, size_t answer, const char **ret_out_by);

/** store_ask_places(c, batch_id, ids, n, from_ms, until_ms); store_read_places(c, answer, ret): how each of these pieces stood for the
 *  batch between two times (R05); returns their number. */
void store_ask_places(struct call *c, const char *batch_id, const char *const *ids, size_t n, int64_t from_ms, int64_t until_ms);
size_t store_read_places(const struct call *c, size_t answer, const struct clearance_facts **ret);

/** store_ask_line(c, batch_id, equipment_id, at_ms); store_read_line(c, answer, ret): one place for the batch, and who else was or is
 *  there at ${at_ms} (TIME_ABSENT: not asked); fills the place's members of ${ret}. */
void store_ask_line(struct call *c, const char *batch_id, const char *equipment_id, int64_t at_ms);
void store_read_line(const struct call *c, size_t answer, struct line_facts *ret);

/** store_ask_uses(c, in): what the step of a correction uses and what the correction names, as three answers: lots, with what the
 *  step took of them as if it were there still (store_read_lots), equipment, with the calibration that held when the step
 *  began, as corrected (store_read_equipment), and how that stood for the batch (store_read_places). */
void store_ask_uses(struct call *c, const struct batch_correct *in);

/** store_ask_reading(c, in); store_read_reading(c, answer, ret): all that a reading rests on, in one row. */
void store_ask_reading(struct call *c, const struct batch_reading *in);
void store_read_reading(const struct call *c, size_t answer, struct reading_facts *ret);

/** store_ask_taken(c, in); store_read_taken(c, answer): a container id of ${in} that exists already, NULL if none. */
void store_ask_taken(struct call *c, const struct batch_fill *in);
const char *store_read_taken(const struct call *c, size_t answer);
