/*
 * All SQL of service access and nothing else. Reads are queued in a verb's `facts` and become facts in `decide`; writes are
 * queued by access_apply.c with the same rows.
 */
#pragma once
#include "access_rules.h"
#include "service/service.h"

extern const struct statement_table access_statements;

enum access_row {
    ROW_CHALLENGE_FACTS, ROW_CHALLENGE_INSERT, ROW_CHALLENGE_TAKE, ROW_CHALLENGE_SUCCEED, ROW_CHALLENGE_SWEEP,
    ROW_PERSON, ROW_PERSON_COUNT, ROW_PERSON_INSERT, ROW_PERSON_CLOSE, ROW_PEOPLE,
    ROW_CERTIFICATE, ROW_CERTIFICATE_REPLACE, ROW_CERTIFICATE_INSERT, ROW_CERTIFICATE_SET, ROW_OPEN_WORK,
    ROW_TERMINAL, ROW_TERMINAL_TAKEN, ROW_TERMINAL_INSERT, ROW_TERMINALS,
    ROW_TRAINING_INSERT, ROW_REVIEW_INSERT, ROW_REVIEWS,
    ROW_SESSION_SHOW, ROW_SESSION_INSERT, ROW_SESSION_END, ROW_SESSION_END_SLOT, ROW_SESSION_END_PERSON,
    ROW_COUNT
};

/** store_row(which): a row of the table, for call_ask, db_query and db_queue. */
const struct statement_row *store_row(enum access_row which);

/** store_ask_person(c, person_id); store_read_person(c, answer, ret): a person, ${ret}->state NULL if there is none. */
void store_ask_person(struct call *c, const char *person_id);
void store_read_person(const struct call *c, size_t answer, struct person_facts *ret);
