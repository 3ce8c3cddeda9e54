/*
 * All SQL of this service and nothing else. `ask` functions queue reads in a verb's `facts`; `read` functions make facts
 * of their answers in `decide`. Writes are queued by quality_apply.c with the same rows. Of batch only its views are read.
 */
#pragma once
#include "domain/correction.h"
#include "domain/sample.h"
#include "domain/str_record.h"
#include "quality_rules.h"
#include "service/service.h"

extern const struct statement_table quality_statements;

enum quality_row {
    ROW_VERSION, ROW_LIST, ROW_SHOW, ROW_BATCH, ROW_TESTS, ROW_DEVIATIONS, ROW_TEST_ROWS, ROW_DEVIATION_ROWS,
    ROW_SPECIFICATION_INSERT, ROW_SPECIFICATION_SUPERSEDE, ROW_SPECIFICATION_APPROVE, ROW_REPORT, ROW_REVIEW,
    ROW_INVESTIGATE, ROW_SETTLE, ROW_DEVIATION_INSERT, ROW_DEVIATION_CLOSE, ROW_ACT, ROW_MOVE,
    ROW_CORRECTORS, ROW_RELEASE_ACTS, ROW_UNSIGNED, ROW_RENEW, ROW_CORRECT, ROW_LAPSE, ROW_GO_ON,
    ROW_RELEASE_OWNER, ROW_TASK, ROW_LOOK_BACK, ROW_LOOKED_BACK, ROW_LOOKBACK, ROW_TASK_ROWS, ROW_READING_ROWS, ROW_TASKS_INSERT, ROW_TASK_DONE, ROW_READING_INSERT, ROW_CHART, ROW_CHARTED,
    ROW_REFERENCES, ROW_IDENTITY_INSERT, ROW_FILE, ROW_FILE_ROWS, ROW_FILE_INSERT, ROW_SOURCE_INSERT, ROW_GIVEN_ROWS, ROW_SAMPLES, ROW_SAMPLE_INSERT,
    QUALITY_ROW_COUNT
};

/** store_row(which): a row of the statement table, for db_queue. */
const struct statement_row *store_row(enum quality_row which);

/** store_ask_version(c, id, version); store_read_version(c, ret): the first answer. */
void store_ask_version(struct call *c, const char *id, int64_t version);
void store_read_version(const struct call *c, struct version_facts *ret);

/** store_ask_batch(c, batch_id); store_read_batch(c, ret, e): batch, pinned specification (parsed into c->arena), tests and
 *  deviations: the first three answers. */
void store_ask_batch(struct call *c, const char *batch_id);
int store_read_batch(const struct call *c, struct quality_facts *ret, struct err *e);

#define QUALITY_ANSWERS 3       /* of store_ask_batch; what is asked behind it is the next one */

/** store_ask_correctors(c, batch_id); store_read_correctors(c, ret): who corrected tests not reviewed since. */
void store_ask_correctors(struct call *c, const char *batch_id);
void store_read_correctors(const struct call *c, struct quality_facts *ret);

/** store_ask_file(c, batch_id, file_seq); store_read_file(c, answer, ret, e): the instrument's file of that entry, its digest and values;
 *  ${ret} NULL: there is none. */
void store_ask_file(struct call *c, const char *batch_id, int64_t file_seq);
int store_read_file(const struct call *c, size_t answer, const struct file_import **ret, struct err *e);

/** store_ask_samples(c, batch_id); store_read_samples(c, answer, ret, e): the batch's samples as they stand. */
void store_ask_samples(struct call *c, const char *batch_id);
int store_read_samples(struct call *c, size_t answer, struct samples *ret, struct err *e);

/** store_ask_references(c, batch_id); store_read_references(c, answer, ret): the reference profiles of the batch's donor. */
void store_ask_references(struct call *c, const char *batch_id);
void store_read_references(const struct call *c, size_t answer, struct str_references *ret);

/** store_ask_release_acts(c, batch_id); store_read_acts(c, facts, ret): what is signed on the batch's tests and the batch and
 *  may lapse. Returns their number. */
void store_ask_release_acts(struct call *c, const char *batch_id);
size_t store_read_acts(const struct call *c, const struct quality_facts *facts, const struct correction_act **ret);

/** store_ask_release_owner(c, batch_id); store_read_release_owner(c, answer, ret): who follows up what was released. */
void store_ask_release_owner(struct call *c, const char *batch_id);
void store_read_release_owner(const struct call *c, size_t answer, struct quality_facts *ret);

#define SHARED_MAX 300

/** store_ask_task(c, in); store_read_task(c, ret): a task of a failure, and behind it the look-back, which store_shared(c, answer,
 *  ret, ret_more, e) reads as struct shared_use, at most SHARED_MAX. */
void store_ask_task(struct call *c, const struct task_done *in);
void store_read_task(const struct call *c, struct task_fact *ret);
int store_shared(struct call *c, size_t answer, struct list *ret, int8_t *ret_more, struct err *e);

/** store_ask_unsigned(c, batch_id); store_read_unsigned(c, ret): how many signatures stand as unsigned until reviewed. */
void store_ask_unsigned(struct call *c, const char *batch_id);
void store_read_unsigned(const struct call *c, struct quality_facts *ret);

/** store_rows(c, answer, type, ret, e): every row of an answer as a record of ${type}. Returns 0 or a fault. */
int store_rows(struct call *c, size_t answer, const struct record_type *type, struct list *ret, struct err *e);
