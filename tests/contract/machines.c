/*
 * The machines that live in both: every state, every event, every set of facts, judged by common/fsm and by PostgreSQL. The facts are
 * judged there over the same rows as columns; whether an event is possible at all, where it leads, and what is held, by the functions
 * that move (batch.move, custody.move, custody.ship_move, custody.sample_move, custody.label_move), in a transaction that is rolled back. A
 * lot, a document and a case have states only (batch.state_goes_on): there, from where to where.
 */
#include <stdio.h>
#include <string.h>

#include "fsm/machines.h"
#include "support/pg.h"
#include "support/test.h"

static const char functions[] =
    "create function pg_temp.by_batch(p_state text, p_event text, p_held boolean) returns text language plpgsql as $$ begin"
    " update batch.batch set state = p_state where batch_id = 'B-MACHINE'; perform batch.move('B-MACHINE', p_event, 9);"
    " return (select state from batch.batch where batch_id = 'B-MACHINE'); exception when sqlstate 'ZL060' then return ''; end $$;"
    "create function pg_temp.by_container(p_state text, p_event text, p_held boolean) returns text language plpgsql as $$ begin"
    " delete from custody.container_event where container_id = 'K-MACHINE';"
    " insert into custody.container_event values ('K-MACHINE', 1, 'B-MACHINE', 'custody.test', p_state, 'U-1', 1);"
    " update custody.shipment set mismatches = case when p_held then array['seal'] else '{}' end where batch_id = 'B-MACHINE';"
    " perform custody.move('B-MACHINE', array['K-MACHINE'], p_event, 'U-1', 2, 2);"
    " return (select state from custody.container_event where container_id = 'K-MACHINE' and seq = 2);"
    " exception when sqlstate 'ZL060' or sqlstate 'ZL074' then return ''; end $$;"
    "create function pg_temp.by_shipment(p_state text, p_event text, p_held boolean) returns text language plpgsql as $$ begin"
    " update custody.shipment set state = p_state where batch_id = 'B-MACHINE'; perform custody.ship_move('B-MACHINE', 'TR-1', p_event);"
    " return (select state from custody.shipment where batch_id = 'B-MACHINE'); exception when sqlstate 'ZL060' then return ''; end $$;"
    "create function pg_temp.by_sample(p_state text, p_event text, p_held boolean) returns text language plpgsql as $$ begin"
    " delete from custody.sample_event where sample_id = 'S-MACHINE'; update custody.sample set state = p_state where sample_id = 'S-MACHINE';"
    " perform custody.sample_move('B-MACHINE', array['S-MACHINE'], p_event, 'U-1', null, 2, 2);"
    " return (select state from custody.sample_event where sample_id = 'S-MACHINE'); exception when sqlstate 'ZL060' then return ''; end $$;"
    "create function pg_temp.by_label(p_state text, p_event text, p_held boolean) returns text language plpgsql as $$ begin"
    " delete from custody.label_event where container_id = 'K-MACHINE'; update custody.label set state = p_state,"
    " state_seq = case when p_state <> 'printed' then 1 end, state_ms = case when p_state <> 'printed' then 1 end,"
    " state_by = case when p_state <> 'printed' then 'U-1' end where container_id = 'K-MACHINE';"
    " perform custody.label_move('B-MACHINE', 'K-MACHINE', 1, p_event, 'U-1', null, null, 2, 2);"
    " return (select state from custody.label_event where container_id = 'K-MACHINE'); exception when sqlstate 'ZL060' then return ''; end $$;";

/* a 1 for each set of facts that the row permits: bit n of the set's number is the nth of $3 */
#define VERDICTS(table)                                                                                                          \
    "select string_agg(case when r.needs <@ g.facts and not r.forbids && g.facts then '1' else '0' end, '' order by g.mask) as verdicts," \
    " min(r.to_state) as to_state from " table " r cross join lateral (select m.mask, array(select ($3::text[])[i + 1] from"       \
    " generate_series(0, cardinality($3::text[]) - 1) i where m.mask & (1 << i) > 0) as facts"                                    \
    " from generate_series(0, (1 << cardinality($3::text[])) - 1) m (mask)) g where r.machine = $4 and r.from_state = $1 and r.event = $2"

/* May an update take it there? What the table's own checks ask beside is given. The state before is put there past the trigger. */
#define GOES(kind, name, beside)                                                                                                 \
    "create function pg_temp.goes_" kind "(p_from text, p_to text) returns text language plpgsql as $$ begin"                      \
    " perform set_config('session_replication_role', 'replica', true); update " name " set state = p_from, " beside("p_from") ";"  \
    " perform set_config('session_replication_role', 'origin', true); update " name " set state = p_to, " beside("p_to") ";"       \
    " return p_to; exception when sqlstate 'ZL060' then return ''; end $$;"
#define LOT(state) "released_by = case when " state " <> 'quarantine' then 'U-2' end where lot_id = 'M-MACHINE'"
#define PROCEDURE_OF(state) "approver_id = case when " state " <> 'draft' then 'U-2' end where procedure_id = 'P-MACHINE'"
#define SPECIFICATION_OF(state) "approver_id = case when " state " <> 'draft' then 'U-2' end where specification_id = 'Q-MACHINE'"
#define OOS(state) "conclusion = case when " state " = 'closed' then 'confirmed' end where batch_id = 'B-MACHINE'"
static const char going[] = GOES("lot", "batch.material_lot", LOT) GOES("procedure", "batch.procedure", PROCEDURE_OF)
    GOES("specification", "quality.specification", SPECIFICATION_OF) GOES("oos", "quality.oos", OOS);

enum { BATCH_VERDICTS, CUSTODY_VERDICTS, BY_BATCH, BY_CONTAINER, BY_SHIPMENT, BY_SAMPLE, BY_LABEL, GOES_LOT, GOES_PROCEDURE, GOES_SPECIFICATION, GOES_OOS,
       PROCEDURE, BATCH, SHIPMENT, SAMPLE, LABEL, SPECIFICATION, LOT_ROW, TEST, OOS_ROW, ROWS };
static const struct statement_row rows[ROWS] = {
    [BATCH_VERDICTS] = {"m_batch_verdicts", VERDICTS("batch.fsm_rule"), 4, NULL},
    [CUSTODY_VERDICTS] = {"m_custody_verdicts", VERDICTS("custody.fsm_rule"), 4, NULL},
    [BY_BATCH] = {"m_by_batch", "select pg_temp.by_batch($1, $2, $3)", 3, NULL},
    [BY_CONTAINER] = {"m_by_container", "select pg_temp.by_container($1, $2, $3)", 3, NULL},
    [BY_SHIPMENT] = {"m_by_shipment", "select pg_temp.by_shipment($1, $2, $3)", 3, NULL},
    [BY_SAMPLE] = {"m_by_sample", "select pg_temp.by_sample($1, $2, $3)", 3, NULL},
    [BY_LABEL] = {"m_by_label", "select pg_temp.by_label($1, $2, $3)", 3, NULL},
    [GOES_LOT] = {"m_goes_lot", "select pg_temp.goes_lot($1, $2)", 2, NULL},
    [GOES_PROCEDURE] = {"m_goes_procedure", "select pg_temp.goes_procedure($1, $2)", 2, NULL},
    [GOES_SPECIFICATION] = {"m_goes_specification", "select pg_temp.goes_specification($1, $2)", 2, NULL},
    [GOES_OOS] = {"m_goes_oos", "select pg_temp.goes_oos($1, $2)", 2, NULL},
    [PROCEDURE] = {"m_procedure", "insert into batch.procedure (procedure_id, version, state, title, document, steps_total, verify_steps,"
        " author_id, authored_seq) values ('P-MACHINE', 1, 'draft', 'T', '{}', 1, '{}', 'U-1', 0)", 0, NULL},
    [BATCH] = {"m_batch", "insert into batch.batch (batch_id, state, state_seq, procedure_id, procedure_version, specification_id,"
        " specification_version, donor_id, collection_id, donation_number, tissue, use, collected_ms, opened_ms, opened_by, steps_total)"
        " values ('B-MACHINE', 'open', 0, 'P-MACHINE', 1, 'Q-1', 1, 'D-1', 'C-1', 'A999926000001', 'marrow', 'autologous', 0, 0, 'U-1', 1)", 0,
        NULL},
    [SHIPMENT] = {"m_shipment", "insert into custody.shipment (batch_id, transfer_id, seq, state, containers, shipper_id, logger_id,"
        " seal_number, receiver_id, carrier, waybill, due_ms, qualified_seq, allowed_min, gap_min, keeps_ms, person_id, time_ms, received_seq, arrived_ms,"
        " mismatches) values ('B-MACHINE', 'TR-1', 1, 'packed', array['K-MACHINE'], 'E-1', 'E-2', 'S', 'U-2', 'C', 'W', 9, 0, 0, 1, 99, 'U-1', 1,"
        " 2, 2, '{}')", 0, NULL},
    [SAMPLE] = {"m_sample", "insert into custody.sample (sample_id, batch_id, seq, volume_ml, sample_point, codes, due_ms, taken_ms, taken_by,"
        " time_ms, state, place, person_id, since_ms) values ('S-MACHINE', 'B-MACHINE', 1, 1, 'product', '{gram}', '{9}', 1, 'U-1', 1, 'taken', 'tube',"
        " 'U-1', 1)", 0, NULL},
    [LABEL] = {"m_label", "insert into custody.label (container_id, copy, batch_id, statements, person_id, seq, printed_ms)"
        " values ('K-MACHINE', 1, 'B-MACHINE', '{}', 'U-1', 1, 1)", 0, NULL},
    [SPECIFICATION] = {"m_specification", "insert into quality.specification (specification_id, version, state, title, document, author_id,"
        " authored_seq) values ('Q-MACHINE', 1, 'draft', 'T', '{}', 'U-1', 0)", 0, NULL},
    [LOT_ROW] = {"m_lot", "insert into batch.material_lot (lot_id, state, material, material_class, manufacturer, lot_number, expires_ms,"
        " received, quantity, unit, received_by, received_seq) values ('M-MACHINE', 'quarantine', 'T', 'kit', 'T', '1', 1, 1, 1, 'mL', 'U-1', 0)",
        0, NULL},
    [TEST] = {"m_test", "insert into quality.test (batch_id, test_seq, code, result, method, sample_point, sampled_ms, tested_ms, verdict, gates,"
        " performed_by) values ('B-MACHINE', 1, 'gram', 'positive', 'stain', 'product', 1, 1, 'fail', true, 'U-1')", 0, NULL},
    [OOS_ROW] = {"m_oos", "insert into quality.oos (batch_id, test_seq, state) values ('B-MACHINE', 1, 'open')", 0, NULL},
};
static const struct statement_table table = STATEMENT_TABLE(rows);

static struct db *db;
static struct arena *arena;

static void run(int which)
{
    struct err e = {0};
    if (db_query(db, arena, &rows[which], DB_NONE, NULL, &e) != 0)
        fail_msg("%s: %s", rows[which].name, e.text);
}

static void begin(void)
{
    struct err e = {0};
    arena = arena_new((size_t)256 << 20);
    db = pg_open(PG_ADMIN, NULL);
    if (db_script(db, functions, &e) != 0 || db_script(db, going, &e) != 0 || db_prepare(db, &table, &e) != 0)
        fail_msg("%s", e.text);
    db_begin(db);
    run(PROCEDURE);
    run(BATCH);
    run(SHIPMENT);
    run(SAMPLE);
    run(LABEL);
    run(SPECIFICATION);
    run(LOT_ROW);
    run(TEST);
    run(OOS_ROW);
}

static void end(void)
{
    db_rollback(db);
    db = db_close(db);
    arena = arena_free(arena);
}

static unsigned facts_of(const struct fsm_machine *m, unsigned mask)
{
    unsigned facts = 0;
    for (size_t f = 0; f < m->fact_count; f++)
        facts |= mask & 1u << f ? m->facts[f].bit : 0;
    return facts;
}

/* one state and event: the verdict over each set of facts; "" from PostgreSQL where it has no row */
static void facts(const struct fsm_machine *m, int which, const char *state, const char *event)
{
    struct db_rows r;
    struct err e = {0};
    const struct fsm_rule *rule;
    const char *names[32];
    for (size_t f = 0; f < m->fact_count; f++)
        names[f] = m->facts[f].name;
    if (db_query(db, arena, &rows[which], DB_VALUES(db_text(state), db_text(event), db_texts(names, m->fact_count), db_text(m->name)), &r, &e) != 0)
        fail_msg("%s", e.text);
    const char *said = db_cell_text(&r, 0, "verdicts");
    for (unsigned mask = 0; mask < 1u << m->fact_count; mask++) {
        int code = fsm_step(m, state, event, facts_of(m, mask), &rule, &e);
        if ((code == 0) != (said != NULL && said[mask] == '1') || (said == NULL && code != ERR_STATE_FORBIDS))
            fail_msg("%s: %s in %s with facts %x: %s here, %s there", m->name, event, state, mask, err_row(code)->code, said == NULL ? "no row" : "");
        if (code == 0)
            assert_string_equal(fsm_target(m, rule), db_cell_text(&r, 0, "to_state"));
    }
}

/* the move itself: every fact that PostgreSQL does not look at being as the row wants it */
static void moves(const struct fsm_machine *m, int which, const char *state, const char *event, bool held)
{
    struct db_rows r;
    struct err e = {0};
    const struct fsm_rule *rule = fsm_find(m, fsm_state(m, state), event);
    unsigned said = (rule == NULL ? 0 : rule->needs) | (held ? (unsigned)FACT_HELD : 0);
    if (m != &fsm_container)
        said &= ~(unsigned)FACT_HELD;
    int code = fsm_step(m, state, event, said, &rule, &e);
    const char *wanted = code == 0 ? fsm_target(m, rule) : "";
    if (db_query(db, arena, &rows[which], DB_VALUES(db_text(state), db_text(event), db_bool(held)), &r, &e) != 0)
        fail_msg("%s in %s: %s", event, state, e.text);
    if (strcmp((const char *)r.cells[0].data, wanted) != 0)
        fail_msg("%s: %s in %s%s: '%s' here, '%s' there", m->name, event, state, held ? ", held" : "", wanted, (const char *)r.cells[0].data);
}

/* every state with every event that any state has, and one that none has */
static void exhaust(const struct fsm_machine *m, int verdicts, int by)
{
    size_t judged = 0;
    begin();
    for (size_t s = 0; s < m->state_count; s++)
        for (size_t k = 0; k <= m->rule_count; k++) {
            const char *event = k < m->rule_count ? m->rules[k].event : "custody.nothing";
            bool seen = false;
            for (size_t i = 0; i < k && k < m->rule_count; i++)
                seen |= strcmp(m->rules[i].event, event) == 0;
            if (seen)
                continue;
            facts(m, verdicts, m->states[s].name, event);
            moves(m, by, m->states[s].name, event, false);
            moves(m, by, m->states[s].name, event, true);
            judged++;
        }
    end();
    print_message("%s: %zu states, %zu pairs of state and event, %u sets of facts each\n", m->name, m->state_count, judged, 1u << m->fact_count);
}

CASE(fsm_batch_judged_here_as_in_sql) { exhaust(&fsm_batch, BATCH_VERDICTS, BY_BATCH); }
CASE(fsm_container_judged_here_as_in_sql) { exhaust(&fsm_container, CUSTODY_VERDICTS, BY_CONTAINER); }
CASE(fsm_sample_judged_here_as_in_sql) { exhaust(&fsm_sample, CUSTODY_VERDICTS, BY_SAMPLE); }
CASE(fsm_label_judged_here_as_in_sql) { exhaust(&fsm_label, CUSTODY_VERDICTS, BY_LABEL); }
CASE(fsm_shipment_judged_here_as_in_sql) { exhaust(&fsm_shipment, CUSTODY_VERDICTS, BY_SHIPMENT); }

static bool leads(const struct fsm_machine *m, size_t from, size_t to)
{
    for (size_t i = 0; i < m->rule_count; i++)
        if (m->rules[i].from == (int)from && m->rules[i].to == (int)to)
            return true;
    return from == to;
}

/* every state to every other; and the facts of each event, by the rows. ${states}: how many of them the table has */
static void goes(const struct fsm_machine *m, int which, size_t states)
{
    struct err e = {0};
    struct db_rows r;
    begin();
    for (size_t from = 0; from < states; from++)
        for (size_t to = 0; to < states; to++) {
            const char *here = leads(m, from, to) ? m->states[to].name : "";
            if (db_query(db, arena, &rows[which], DB_VALUES(db_text(m->states[from].name), db_text(m->states[to].name)), &r, &e) != 0)
                fail_msg("%s to %s: %s", m->states[from].name, m->states[to].name, e.text);
            if (strcmp((const char *)r.cells[0].data, here) != 0)
                fail_msg("%s: %s to %s: '%s' here, '%s' there", m->name, m->states[from].name, m->states[to].name, here, (const char *)r.cells[0].data);
        }
    for (size_t s = 0; s < m->state_count; s++)
        for (size_t k = 0; k < m->rule_count; k++)
            facts(m, BATCH_VERDICTS, m->states[s].name, m->rules[k].event);
    end();
}

CASE(fsm_lot_judged_here_as_in_sql) { goes(&fsm_lot, GOES_LOT, 2); }            /* no verb rejects one yet, and its table has no word for it */
CASE(fsm_document_of_a_procedure_judged_here_as_in_sql) { goes(&fsm_document, GOES_PROCEDURE, 3); }
CASE(fsm_document_of_a_specification_judged_here_as_in_sql) { goes(&fsm_document, GOES_SPECIFICATION, 3); }
CASE(fsm_oos_judged_here_as_in_sql) { goes(&fsm_oos, GOES_OOS, 3); }
