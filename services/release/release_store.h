/*
 * All SQL of service release. Facts of the gate are read through the views of the services that own them, in the
 * transaction that decides.
 */
#pragma once
#include "domain/gate.h"
#include "service/service.h"

extern const struct statement_table release_statements;

enum release_row { RELEASE_REVIEW_INSERT, RELEASE_DISPOSITION_INSERT, RELEASE_PENDING_INSERT, RELEASE_RENEW, RELEASE_MOVE, RELEASE_ACT,
                   RELEASE_ASK_INSERT, RELEASE_EVALUATION_INSERT, RELEASE_ACCEPTANCE_INSERT, RELEASE_NOTICE_INSERT, RELEASE_NOTICE_DONE };

/** release_row(which): a row of the table for the writes that release_apply.c queues. */
const struct statement_row *release_row(enum release_row which);

/** What the gate needs to know beside its facts. */
struct release_facts {
    struct gate_facts gate;
    const char *state;             /* of the batch; NULL: there is no such batch */
    int64_t head_seq;
    int64_t collection_seq;        /* the last correction of the collection; INTEGER_ABSENT: none */
    const char *const *correctors; /* who corrected the collection since a review last knew of it */
    size_t corrector_count;
    struct pending_case pending;   /* what gate.pending names */
    struct except_chain chain;     /* of an exceptional release, as it stands */
    const char *setting;           /* of its last evaluation; NULL: none */
    struct list waited;            /* struct pending_test: what the last conditional release waited for, codes alone */
};

/** release_store_facts(c, batch_id, ret, e): everything the gate asks of ${batch_id}, as this transaction sees it; of
 *  the person ${c}->who where there is one. ERR_NOT_FOUND. Strings in c->arena. */
int release_store_facts(struct call *c, const char *batch_id, struct release_facts *ret, struct err *e);

/** release_store_facts_of(c, batch_ids, count, ret, e): the same of ${count} batches at once, in their order. */
int release_store_facts_of(struct call *c, const char *const *batch_ids, size_t count, struct release_facts *ret, struct err *e);

/** release_store_people(c, in, ret_physician, ret_owner, e): whom a conditional or exceptional release names. */
struct release_person;
int release_store_people(struct call *c, const struct batch_release *in, struct release_person *ret_physician,
                         struct release_person *ret_owner, struct err *e);

/** release_store_except(c, ret, e): the last request of ${ret}->batch_id with its evaluation, acceptance and the notices.
 *  release_store_notice(c, in, ret, e): the notice that ${in} records. */
struct release_notice;
int release_store_except(struct call *c, struct except_show *ret, struct err *e);
int release_store_notice(struct call *c, const struct except_notify *in, struct release_notice *ret, struct err *e);

/** release_store_pending(c, ret, e): pending results and open tasks, as struct pending_row, those due first. */
int release_store_pending(struct call *c, struct list *ret, struct err *e);

/** release_store_overdue(db, a, now_ms, ret, e): how many of them are overdue. */
int release_store_overdue(struct db *db, struct arena *a, int64_t now_ms, int64_t *ret, struct err *e);

#define RELEASE_WAITING_MOST 50

/** release_store_waiting(c, ret, ret_more, e): the batches that are in test or on hold, oldest first, as struct review_item
 *  without lane, points and head; ${ret_more}: there are more. */
int release_store_waiting(struct call *c, struct list *ret, bool *ret_more, struct err *e);

/** release_store_dispositions(c, ret, e): the newest five hundred and one, as struct disposition_row. */
int release_store_dispositions(struct call *c, struct list *ret, struct err *e);
