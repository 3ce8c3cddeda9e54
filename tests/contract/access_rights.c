/* Who is behind a token, as access.principals answers every service; and who may read what of access and source. */
#include <string.h>

#include "support/pg.h"
#include "support/test.h"

#define TOKEN "'\\x0101010101010101010101010101010101010101010101010101010101010101'::bytea"
#define KEY "'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7'"
#define OTHER "'0000000000000000000000000000000000000000'"
#define NOW "10000000"
#define PERSON                                                                                                        \
    "insert into access.person (person_id, name, roles, state, is_founder, certificate_sha256, enrolled_ms)"          \
    " values ('U-PG', 'Ada Brandt', 'qa,physician', 'open', false, '\\x" AA32 "', 1);"                                \
    "insert into access.terminal (terminal_id, title, kind, public_key, enrolled_ms)"                                 \
    " values ('T-PG', 'Bench', 'bench', " KEY ", 1);"
#define AA32 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SESSION                                                                                                       \
    PERSON "insert into access.session (token_sha256, person_id, terminal_id, slot, peer_key, created_ms,"            \
    " last_seen_ms, expires_ms) values (" TOKEN ", 'U-PG', 'T-PG', 'T-PG', " KEY ", 1, 9990000, 20000000);"

/* what ${query} answers to the access service after ${setup}; nothing of it stays */
static const char *answer(struct arena *a, const char *setup, const char *query)
{
    const struct statement_row row[] = {{"answer", query, 0, NULL}};
    const struct statement_table table = STATEMENT_TABLE(row);
    CLEANUP(pg_done) struct db *db = pg_open("stemma_access", &table);
    struct db_rows rows;
    struct err e = {0};
    db_begin(db);
    if (db_sync(db, &e) != 0 || db_script(db, setup, &e) != 0 || db_query(db, a, row, DB_NONE, &rows, &e) != 0)
        fail_msg("%s", e.text);
    db_rollback(db);
    return rows.rows == 0 ? "none" : (const char *)rows.cells[0].data;
}

static const char *state_at(const char *change, const char *key, const char *now)
{
    static char state[32];
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    const char *setup = arena_printf(a, "%s%s", SESSION, change);
    const char *query = arena_printf(a, "select state from access.principals(array[%s], array[%s], %s, 900)", TOKEN, key, now);
    strncpy(state, answer(a, setup, query), sizeof state - 1);
    return state;
}

static const char *refused(const char *role, const char *sql)
{
    static char state[6];
    CLEANUP(pg_done) struct db *db = pg_open(role, NULL);
    struct err e = {0};
    db_begin(db);
    state[0] = '\0';
    if (db_sync(db, &e) == 0 && db_script(db, sql, &e) != 0)
        memcpy(state, db_failure(db)->sqlstate, sizeof state);
    db_rollback(db);
    return state;
}

CASE(R01_a_session_in_use_is_ok)
{
    assert_string_equal(state_at("", KEY, NOW), "ok");
}

CASE(R01_a_session_by_another_peers_key_is_refused)
{
    assert_string_equal(state_at("", OTHER, NOW), "terminal_unknown");
}

CASE(R01_an_idle_session_has_ended)
{
    assert_string_equal(state_at("", KEY, "10890000"), "ok");
    assert_string_equal(state_at("", KEY, "10890001"), "ended");
}

CASE(R01_an_expired_or_ended_session_has_ended)
{
    assert_string_equal(state_at("update access.session set last_seen_ms = 19999999;", KEY, "19999999"), "ok");
    assert_string_equal(state_at("update access.session set last_seen_ms = 19999999;", KEY, "20000000"), "ended");
    assert_string_equal(state_at("update access.session set ended_ms = 9990001;", KEY, NOW), "ended");
}

CASE(P11_4_a_closed_persons_session_has_ended)
{
    assert_string_equal(state_at("update access.person set state = 'closed', closed_ms = 2 where person_id = 'U-PG';", KEY,
                                 NOW), "ended");
}

CASE(R01_tokens_are_answered_one_a_row_in_order)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    assert_string_equal(answer(a, SESSION,
        "select string_agg(ordinal || ' ' || state || ' ' || coalesce(person_id || ' ' || name || ' ' || roles || ' ' ||"
        " terminal_id || ' ' || certificate_sha256, '-'), ', ' order by ordinal) from access.principals("
        "array['\\x00'::bytea, " TOKEN ", '\\x02'::bytea], array[" OTHER ", " KEY ", " OTHER "], " NOW ", 900)"),
        "1 missing -, 2 ok U-PG Ada Brandt qa,physician T-PG " AA32 ", 3 missing -");
}

CASE(R01_last_seen_moves_once_a_minute_and_only_for_its_own_peer)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    static const char seen[] = "select last_seen_ms from access.session where token_sha256 = " TOKEN;
    assert_string_equal(answer(a, SESSION
        "select access.principals(array[" TOKEN "], array[" KEY "], 10050000, 900);", seen), "9990000");
    assert_string_equal(answer(a, SESSION
        "select access.principals(array[" TOKEN "], array[" KEY "], 10050001, 900);", seen), "10050001");
    assert_string_equal(answer(a, SESSION
        "select access.principals(array[" TOKEN "], array[" OTHER "], 10050001, 900);", seen), "9990000");
}

CASE(R01_a_terminal_has_one_active_session)
{
    assert_string_equal(refused("stemma_access", SESSION
        "insert into access.session (token_sha256, person_id, terminal_id, slot, peer_key, created_ms, last_seen_ms,"
        " expires_ms) values ('\\x" AA32 "', 'U-PG', 'T-PG', 'T-PG', " KEY ", 1, 1, 2);"), "23505");
}

CASE(R21_the_last_record_of_training_counts)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    assert_string_equal(answer(a, PERSON
        "insert into access.training (person_id, document_id, document_version, trained_ms, expires_ms, seq) values"
        " ('U-PG', 'P-PG', 1, 1, 100, 3), ('U-PG', 'P-PG', 1, 50, 90, 4);",
        "select expires_ms from access.training_state where person_id = 'U-PG' and document_id = 'P-PG'"), "90");
}

CASE(R12_nobody_deletes_or_renames_people)
{
    assert_string_equal(refused("stemma_access", "delete from access.person"), "42501");
    assert_string_equal(refused("stemma_access", "update access.person set name = 'Eve'"), "42501");
    assert_string_equal(refused("stemma_access", "update access.person set roles = 'qa'"), "42501");
    assert_string_equal(refused("stemma_access", "delete from access.certificate"), "42501");
}

CASE(P11_4_other_services_see_principals_and_views_alone)
{
    static const char *const roles[] = {"stemma_source", "stemma_batch", "stemma_quality", "stemma_custody", "stemma_release",
                                        "stemma_audit"};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        assert_string_equal(refused(roles[i], "select * from access.session"), "42501");
        /* the auditor compares it with what the statements make of it (tests/contract/projections.c) */
        assert_string_equal(refused(roles[i], "select * from access.person"), strcmp(roles[i], "stemma_audit") == 0 ? "" : "42501");
        assert_string_equal(refused(roles[i], "insert into access.challenge values ('', '', '', 1, 1)"), "42501");
        assert_string_equal(refused(roles[i], "select * from access.person_state, access.training_state"), "");
        assert_string_equal(refused(roles[i], "select access.principals(array[''::bytea], array[''], 1, 1)"), "");
    }
    assert_string_equal(refused("stemma_sequencer", "select access.principals(array[''::bytea], array[''], 1, 1)"), "");
}

CASE(T38_nobody_reads_the_vault)
{
    static const char *const roles[] = {"stemma_access", "stemma_source", "stemma_batch", "stemma_quality", "stemma_custody",
                                        "stemma_release", "stemma_audit"};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        assert_string_equal(refused(roles[i], "select value from source.vault"), "42501");
        assert_string_equal(refused(roles[i], "select salt from source.vault"), "42501");
    }
    assert_string_equal(refused("stemma_source", "select commitment, subject, name from source.vault"), "");
    assert_string_equal(refused("stemma_source", "delete from source.vault"), "42501");
}

CASE(R12_nobody_updates_or_deletes_what_is_known_of_donors)
{
    assert_string_equal(refused("stemma_source", "update source.donor set tissue = 'marrow'"), "42501");
    assert_string_equal(refused("stemma_source", "delete from source.donor_result"), "42501");
    assert_string_equal(refused("stemma_source", "update source.eligibility set determination = 'eligible'"), "42501");
    assert_string_equal(refused("stemma_batch", "select * from source.donor_facts, source.collection_facts"), "");
    assert_string_equal(refused("stemma_batch", "select * from source.donor"), "42501");
}

/* what a correction says of a donor is for source's views to give: who reads them asks nothing else */
CASE(R12_only_source_looks_up_what_was_corrected_of_a_donor)
{
    static const char *const roles[] = {"stemma_batch", "stemma_quality", "stemma_custody", "stemma_release", "stemma_audit"};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        assert_string_equal(refused(roles[i], "select source.stands('D-1', 0, 'relation', 'x')"), "42501");
        assert_string_equal(refused(roles[i], "select source.stands_ms('D-1', 0, 'given_at', 1)"), "42501");
    }
    static const char *const readers[] = {"stemma_source", "stemma_batch", "stemma_quality", "stemma_custody", "stemma_release"};
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        assert_string_equal(refused(readers[i], "select recipient_code, relation, consent_storage from source.donor_facts"), "");
    assert_string_equal(refused("stemma_source", "select source.stands('D-1', 0, 'relation', 'x')"), "");
    assert_string_equal(refused("stemma_custody", "select withdrawn_ms from source.donor_hold"), "");
    assert_string_equal(refused("stemma_release", "select new_value from source.correction_facts"), "42501");
}

/* how a recipient is: what custody's views give of an administration's corrections, and the batch's readers without it */
CASE(R12_only_custody_looks_up_what_was_corrected_of_a_dose)
{
    static const char *const roles[] = {"stemma_access", "stemma_source", "stemma_batch", "stemma_quality", "stemma_release", "stemma_audit"};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        assert_string_equal(refused(roles[i], "select custody.stands('B-1', 0, 'weight_kg', 'x')"), "42501");
    assert_string_equal(refused("stemma_batch", "select new_value from custody.correction_facts"), "42501");
    assert_string_equal(refused("stemma_release", "select seq from custody.correction_facts"), "42501");
    assert_string_equal(refused("stemma_quality", "select started_ms from custody.given_facts"), "");
    assert_string_equal(refused("stemma_custody", "select route, site, corrected_ms from custody.administration_now"), "");
}

#define CORRECTION(seq, field, was, now)                                                                               \
    "insert into custody.correction (batch_id, seq, entry, act, field, old_value, new_value, reason, person_id, time_ms) values"  \
    " ('B-PG', " seq ", 5, 'custody.administer', '" field "', '" was "', '" now "', 'of " field "', 'U-PG', 1);"

/* what ${query} answers to ${role} after ${setup}, which is nobody's to write but the administrator's; nothing of it stays */
static const char *seen_by(struct arena *a, const char *role, const char *setup, const char *query)
{
    const struct statement_row row = {"seen", query, 0, NULL};
    const struct statement_table table = {&row, 1};
    CLEANUP(pg_done) struct db *db = pg_open(PG_ADMIN, &table);
    struct db_rows rows;
    struct err e = {0};
    db_begin(db);
    if (db_sync(db, &e) != 0 || db_script(db, setup, &e) != 0 || db_script(db, arena_printf(a, "set local role %s", role), &e) != 0 ||
        db_query(db, a, &row, DB_NONE, &rows, &e) != 0)
        fail_msg("%s", e.text);
    db_rollback(db);
    return rows.cells[0].data == NULL ? "null" : (const char *)rows.cells[0].data;
}

CASE(R12_a_batchs_readers_are_told_that_a_weight_was_corrected_and_not_to_what)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    assert_string_equal(seen_by(a, "stemma_batch", CORRECTION("6", "weight_kg", "70", "81") CORRECTION("7", "adverse_text", "none", "fever")
        CORRECTION("8", "adverse_event", "no", "yes") CORRECTION("9", "route", "iv", "ia"),
        "select string_agg(concat_ws(' ', field, old_value, new_value, reason), ', ' order by seq) from custody.correction_told"
        " where batch_id = 'B-PG'"), "weight_kg - - -, adverse_text - - -, adverse_event - - -, route iv ia of route");
}

#define SAMPLE(n, state)                                                                                               \
    "insert into custody.sample (sample_id, batch_id, seq, volume_ml, sample_point, codes, due_ms, taken_ms, taken_by, time_ms, state, place,"  \
    " person_id, since_ms) values ('B-PG-S" n "', 'B-PG', " n ", 1, 'p', '{gram}', '{9}', 1, 'U-OTHER', 1, '" state "', 'tube', 'U-PG', 1);"

CASE(R01_samples_in_a_leavers_hands_are_open_work)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    assert_string_equal(seen_by(a, "stemma_access", SAMPLE("1", "taken") SAMPLE("2", "sent") SAMPLE("3", "received") SAMPLE("4", "used_up")
        SAMPLE("5", "retained") SAMPLE("6", "lost"), "select string_agg(what || ' ' || stream || ' ' || state, ', ' order by what) from access.open_work"
        " where person_id = 'U-PG'"), "sample B-PG-S1 B-PG taken, sample B-PG-S2 B-PG not received, sample B-PG-S3 B-PG received");
}

#define BATCH(id, state, procedure)                                                                                    \
    "insert into batch.batch (batch_id, state, state_seq, procedure_id, procedure_version, specification_id, specification_version, donor_id,"  \
    " collection_id, donation_number, tissue, use, collected_ms, opened_ms, opened_by, steps_total) values ('" id "', '" state "', 0, '" procedure  \
    "', 1, 'Q-1', 1, 'D-1', 'C-1', 'A999926000001', 'marrow', 'autologous', 0, 0, 'U-OTHER', 1);"
#define PROCEDURE(id, document)                                                                                        \
    "insert into batch.procedure (procedure_id, version, state, title, document, steps_total, verify_steps, author_id, authored_seq)"           \
    " values ('" id "', 1, 'draft', 'T', '" document "', 1, '{}', 'U-OTHER', 0);"
#define BATCHES PROCEDURE("P-PGA", "{\"reconcile_labels\":true}") PROCEDURE("P-PGN", "{}") BATCH("B-PG", "in_test", "P-PGA")                       \
    BATCH("B-PGN", "in_test", "P-PGN") BATCH("B-PGR", "released", "P-PGA")
#define LABELS                                                                                                         \
    "insert into custody.label (container_id, copy, batch_id, statements, reason, person_id, seq, printed_ms, state, state_seq, state_ms, state_by,"  \
    " witness_id) select 'K-' || v.batch, v.copy, v.batch, '{}', case when v.copy > 1 then 'it tore' end, 'U-PG', v.copy, 1, v.state, s.seq, s.seq,"  \
    " case when s.seq > 0 then 'U-PG' end, v.witness from (values"
#define LABELS_END " ) v (batch, copy, state, witness) cross join lateral (select case when v.state <> 'printed' then 9 end as seq) s;"
#define OPEN_OF(person) "select coalesce(string_agg(what || ' ' || stream || ' ' || state, ', ' order by what, stream), 'none') from access.open_work where" \
    " person_id = '" person "'"

CASE(R01_labels_that_nobody_accounted_for_are_a_leavers_open_work)
{
    static const char labels[] = BATCHES LABELS " ('B-PG', 1, 'spoiled', null), ('B-PG', 2, 'replaced', null), ('B-PG', 3, 'destroying', 'U-PGW'),"
        " ('B-PG', 4, 'applied', null), ('B-PG', 5, 'printed', null), ('B-PGN', 1, 'printed', null), ('B-PGR', 1, 'printed', null)" LABELS_END;
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    assert_string_equal(seen_by(a, "stemma_access", labels, OPEN_OF("U-PG")), "label of K-B-PG, copy 2 B-PG taken off,"
        " label of K-B-PG, copy 3 B-PG not witnessed, label of K-B-PG, copy 5 B-PG in hand");
    assert_string_equal(seen_by(a, "stemma_access", labels, OPEN_OF("U-PGW")), "label of K-B-PG, copy 3 B-PG not witnessed");
}

#define POOL(batch, seq, verify, by)                                                                                   \
    "insert into custody.pool (batch_id, seq, container_id, volume_in_ml, volume_ml, waste_ml, cells, tolerance_percent, tolerance_ml, pooled_ms,"  \
    " person_id, time_ms, needs_verify, verified_by, verified_seq, verified_ms) values ('" batch "', " seq ", 'K-" batch seq "', 2, 2, 0, 5, 2, 1, 1,"  \
    " 'U-PG', 1, " verify ", " by ");"

CASE(R01_a_pool_that_nobody_else_verified_is_a_leavers_open_work)
{
    CLEANUP(pg_arena_done) struct arena *a = arena_new(0);
    assert_string_equal(seen_by(a, "stemma_access", BATCHES POOL("B-PG", "1", "true", "null, null, null") POOL("B-PG", "2", "true", "'U-2', 9, 9")
        POOL("B-PG", "3", "false", "null, null, null") POOL("B-PGR", "1", "true", "null, null, null"), OPEN_OF("U-PG")), "pool K-B-PG1 B-PG to be verified");
}
