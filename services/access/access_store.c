#include "access_store.h"

static const struct statement_row rows[ROW_COUNT] = {
    [ROW_CHALLENGE_FACTS] = {"access_challenge_facts",
        "select count(*) filter (where used_ms >= $3 and not succeeded) as failures,"
        " count(*) filter (where used_ms is null and expires_ms > $4) as open"
        " from access.challenge where person_id = $1 and terminal_id = $2 and made_ms >= $3 - 120000", 4, NULL},
    [ROW_CHALLENGE_INSERT] = {"access_challenge_insert",
        "insert into access.challenge (sha256, person_id, terminal_id, made_ms, expires_ms) values ($1, $2, $3, $4, $5)",
        5, NULL},
    [ROW_CHALLENGE_TAKE] = {"access_challenge_take",
        "update access.challenge set used_ms = $2 where sha256 = $1 and used_ms is null and expires_ms > $2"
        " returning person_id, terminal_id", 2, NULL},
    [ROW_CHALLENGE_SUCCEED] = {"access_challenge_succeed",
        "update access.challenge set succeeded = true where sha256 = $1", 1, NULL},
    [ROW_CHALLENGE_SWEEP] = {"access_challenge_sweep", "delete from access.challenge where made_ms < $1", 1, NULL},
    [ROW_PERSON] = {"access_person",
        "select state, name, roles, encode(certificate_sha256, 'hex') as certificate_sha256 from access.person"
        " where person_id = $1", 1, NULL},
    [ROW_PERSON_COUNT] = {"access_person_count", "select count(*) as n from access.person", 0, NULL},
    [ROW_PERSON_INSERT] = {"access_person_insert",
        "insert into access.person (person_id, name, roles, state, identity_proof, is_founder, certificate_sha256,"
        " enrolled_ms) values ($1, $2, $3, 'open', $4, $5, $6, $7)", 7, NULL},
    [ROW_PERSON_CLOSE] = {"access_person_close",
        "update access.person set state = 'closed', closed_ms = $2 where person_id = $1", 2, NULL},
    [ROW_PEOPLE] = {"access_people",
        "select person_id, name, roles, state, certificate_sha256 from access.person_state order by person_id limit 1000",
        0, &record_person_row},
    [ROW_CERTIFICATE] = {"access_certificate", "select person_id from access.certificate where sha256 = $1", 1, NULL},
    [ROW_CERTIFICATE_REPLACE] = {"access_certificate_replace",
        "update access.certificate set replaced_ms = $2, cause = $3 where person_id = $1 and replaced_ms is null", 3, NULL},
    [ROW_OPEN_WORK] = {"access_open_work",
        "select what, stream, state, next from access.open_work where person_id = $1 order by stream, what limit 500", 1,
        &record_work_row},
    [ROW_CERTIFICATE_INSERT] = {"access_certificate_insert",
        "insert into access.certificate (sha256, person_id, der, registered_ms) values ($1, $2, $3, $4)", 4, NULL},
    [ROW_CERTIFICATE_SET] = {"access_certificate_set",
        "update access.person set certificate_sha256 = $2 where person_id = $1", 2, NULL},
    [ROW_TERMINAL] = {"access_terminal", "select public_key from access.terminal where terminal_id = $1", 1, NULL},
    [ROW_TERMINAL_TAKEN] = {"access_terminal_taken",
        "select terminal_id from access.terminal where terminal_id = $1 or public_key = $2"
        " order by terminal_id = $1 desc limit 1", 2, NULL},
    [ROW_TERMINAL_INSERT] = {"access_terminal_insert",
        "insert into access.terminal (terminal_id, title, kind, public_key, enrolled_ms) values ($1, $2, $3, $4, $5)", 5,
        NULL},
    [ROW_TERMINALS] = {"access_terminals",
        "select terminal_id, title, kind from access.terminal order by terminal_id limit 1000", 0, &record_terminal_row},
    [ROW_TRAINING_INSERT] = {"access_training_insert",
        "insert into access.training (person_id, document_id, document_version, trained_ms, expires_ms, seq)"
        " values ($1, $2, $3, $4, $5, $6)", 6, NULL},
    [ROW_REVIEW_INSERT] = {"access_review_insert",
        "insert into access.account_review (person_id, seq, finding, review_days, reviewer_id, time_ms) values ($1, $2, $3, $4, $5, $6)",
        6, NULL},
    [ROW_REVIEWS] = {"access_reviews",
        "with account as (select p.person_id, p.name, p.roles, p.enrolled_ms, r.time_ms, r.reviewer_id, r.finding,"
        " coalesce(r.time_ms, p.enrolled_ms) + 86400000 * least(coalesce(r.review_days, $2), $2) as due_ms"
        " from access.person p left join lateral (select * from access.account_review v where v.person_id = p.person_id"
        " order by v.seq desc limit 1) r on true where p.state = 'open')"
        " select person_id, name, roles, " DB_TIME("enrolled_ms") " as enrolled_at,"
        " (select " DB_TIME("max(s.created_ms)") " from access.session s where s.person_id = account.person_id) as seen_at,"
        " " DB_TIME("time_ms") " as reviewed_at, reviewer_id, finding, " DB_TIME("due_ms") " as due_at,"
        " due_ms <= $1 or finding is not distinct from 'change_wanted' as is_due"
        " from account order by is_due desc, due_ms, person_id limit 1001", 2, &record_account_row},
    [ROW_SESSION_SHOW] = {"access_session_show", "select expires_ms from access.session where token_sha256 = $1", 1, NULL},
    [ROW_SESSION_INSERT] = {"access_session_insert",
        "insert into access.session (token_sha256, person_id, terminal_id, slot, peer_key, created_ms, last_seen_ms,"
        " expires_ms) values ($1, $2, $3, $4, $5, $6, $6, $7)", 7, NULL},
    [ROW_SESSION_END] = {"access_session_end",
        "update access.session set ended_ms = $2 where token_sha256 = $1 and ended_ms is null", 2, NULL},
    [ROW_SESSION_END_SLOT] = {"access_session_end_slot",
        "update access.session set ended_ms = $2 where slot = $1 and ended_ms is null", 2, NULL},
    [ROW_SESSION_END_PERSON] = {"access_session_end_person",
        "update access.session set ended_ms = $2 where person_id = $1 and ended_ms is null", 2, NULL},
};

const struct statement_table access_statements = STATEMENT_TABLE(rows);

const struct statement_row *store_row(enum access_row which)
{
    return &rows[which];
}

void store_ask_person(struct call *c, const char *person_id)
{
    call_ask(c, store_row(ROW_PERSON), DB_VALUES(db_text(person_id)));
}

void store_read_person(const struct call *c, size_t answer, struct person_facts *ret)
{
    const struct db_rows *r = &c->answers[answer];
    *ret = (struct person_facts){db_cell_text(r, 0, "state"), db_cell_text(r, 0, "name"), db_cell_text(r, 0, "roles"),
                                 db_cell_text(r, 0, "certificate_sha256")};
}
