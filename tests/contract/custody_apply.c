/* The custody service's projections against PostgreSQL, as its own role: rights, positions, moves. All is rolled back. */
#include <string.h>

#include "custody_apply.h"
#include "custody_store.h"
#include "record/record.h"
#include "support/pg.h"
#include "support/test.h"

#define NOON INT64_C(1780000000000)

static const struct statement_row extra[] = {
    {"t_cheat", "update custody.transfer set receiver_id = 'U-EVE'", 0, NULL},
    {"t_batch", "update batch.batch set state = 'released'", 0, NULL},
    {"t_places", "select count(*)::text from custody.place where container_id = $1 and left_seq is null", 1, NULL},
    {"t_legends", "select string_agg(coalesce(biohazard::text, 'null'), ',' order by copy) from custody.label where container_id = $1", 1,
     NULL},
};
static const struct statement_table extra_table = STATEMENT_TABLE(extra);

static struct arena *arena;
static struct db *db;
static struct err err;
static struct principal jon = {.person_id = "U-JON", .name = "Jon", .terminal_id = "T-2"};

static void begin(void)
{
    struct statement_table tables[] = {custody_statements, extra_table};
    arena = arena_new(0);
    db = pg_open_tables("stemma_custody", tables, 2);
    db_begin(db);
}

static void end(void)
{
    db_rollback(db);
    db = db_close(db);
    arena = arena_free(arena);
}

static int apply(const char *verb, int64_t seq, void *in, int (*run)(struct call *, struct err *))
{
    struct call c = {.arena = arena, .db = db, .verb = verb_find(verb), .who = &jon, .now_ms = NOON, .in = in,
                     .stream = "B-T", .seq = seq, .time_ms = NOON};
    memset(&err, 0, sizeof err);
    int code = run(&c, &err);
    return code != 0 ? code : db_sync(db, &err);
}

static int store(const char *container, const char *position, int64_t seq)
{
    struct container_store in = {"B-T", container, "E-T", position};
    return apply("custody.container_store", seq, &in, apply_container_store);
}

static const char *places(const char *container)
{
    struct db_rows rows;
    assert_int_equal(db_query(db, arena, &extra[2], DB_VALUES(db_text(container)), &rows, &err), 0);
    return (const char *)rows.cells[0].data;
}

static const char *legends(const char *container)
{
    struct db_rows rows;
    assert_int_equal(db_query(db, arena, &extra[3], DB_VALUES(db_text(container)), &rows, &err), 0);
    return (const char *)rows.cells[0].data;
}

CASE(sql_every_statement_prepares_as_the_services_role)
{
    begin();
    end();
}

CASE(R35_container_moves_and_leaves_its_place_free)
{
    begin();
    assert_int_equal(store("K-1", "A-1", 1), 0);
    assert_int_equal(store("K-1", "A-2", 2), 0);
    assert_int_equal(store("K-2", "A-1", 3), 0);
    assert_string_equal(places("K-1"), "1");
    end();
}

CASE(R35_two_at_once_are_refused_by_the_table)
{
    begin();
    assert_int_equal(store("K-1", "A-1", 1), 0);
    assert_int_equal(store("K-2", "A-1", 2), ERR_STATE_FORBIDS);
    assert_string_equal(err.rule, "R35");
    assert_string_equal(err.field, "position");
    end();
}

static int destroy(int64_t seq, int8_t in_place)
{
    struct container_destroy in = {.batch_id = "B-T", .method = "autoclaved", .reason = "the bag is torn", .witness_id = "U-MARA",
                                   .destroyed_at = NOON, .in_place = in_place};
    texts_add(arena, &in.containers, "K-1");
    return apply("custody.container_destroy", seq, &in, apply_container_destroy);
}

static int witness(int64_t seq, int64_t of)
{
    struct destroy_witness in = {.batch_id = "B-T", .destroy_seq = of};
    texts_add(arena, &in.containers, "K-1");
    return apply("custody.destroy_witness", seq, &in, apply_destroy_witness);
}

static int take_back(int64_t seq, int64_t of)
{
    struct destroy_cancel in = {.batch_id = "B-T", .destroy_seq = of, .reason = "the autoclave was empty"};
    texts_add(arena, &in.containers, "K-1");
    *(struct container_back *)record_list_add(arena, &record_container_back, &in.back) = (struct container_back){"K-1", "kept"};
    return apply("custody.destroy_cancel", seq, &in, apply_destroy_cancel);
}

CASE(R35_what_waits_for_its_destructions_witness_keeps_its_place)
{
    begin();
    assert_int_equal(store("K-1", "A-1", 1), 0);
    assert_int_equal(destroy(2, 1), 0);
    assert_string_equal(places("K-1"), "1");
    assert_int_equal(take_back(3, 2), 0);
    assert_string_equal(places("K-1"), "1");
    assert_int_equal(destroy(4, 1), 0);
    assert_int_equal(witness(5, 4), 0);
    assert_string_equal(places("K-1"), "0");
    assert_int_equal(store("K-2", "A-1", 6), 0);
    end();
}

CASE(R35_what_waits_for_its_destructions_witness_has_its_position_alone)
{
    begin();
    assert_int_equal(store("K-1", "A-1", 1), 0);
    assert_int_equal(destroy(2, 1), 0);
    assert_int_equal(store("K-2", "A-1", 3), ERR_STATE_FORBIDS);
    assert_string_equal(err.rule, "R35");
    end();
}

/* a replay of what was recorded before: another container may have been put there since */
CASE(R35_a_destruction_of_old_leaves_its_place_free)
{
    begin();
    assert_int_equal(store("K-1", "A-1", 1), 0);
    assert_int_equal(destroy(2, BOOLEAN_ABSENT), 0);
    assert_string_equal(places("K-1"), "0");
    assert_int_equal(store("K-2", "A-1", 3), 0);
    assert_int_equal(take_back(4, 2), 0);
    assert_string_equal(places("K-1"), "0");
    end();
}

CASE(R06_label_keeps_its_statements)
{
    struct label_print in = {.batch_id = "B-T", .container_id = "K-1", .copy = 1, .biohazard = BOOLEAN_ABSENT};
    begin();
    texts_add(arena, &in.statements, "FOR AUTOLOGOUS USE ONLY");
    assert_int_equal(apply("custody.label_print", 1, &in, apply_label_print), 0);
    struct db_rows rows;
    assert_int_equal(db_query(db, arena, store_row(ROW_CHAIN), DB_VALUES(db_text("B-T")), &rows, &err), 0);
    assert_int_equal(rows.rows, 1);
    assert_string_equal(db_cell_text(&rows, 0, "event"), "label printed");
    assert_string_equal(legends("K-1"), "null");        /* a statement from before rule sets says nothing of it */
    in.copy = 2;
    in.reason = "the statements have changed";
    in.biohazard = 1;
    assert_int_equal(apply("custody.label_print", 2, &in, apply_label_print), 0);
    assert_string_equal(legends("K-1"), "null,true");
    end();
}

static void printed(const char *container, int64_t copy, int64_t seq)
{
    struct label_print in = {.batch_id = "B-T", .container_id = container, .copy = copy, .reason = copy > 1 ? "it tore" : NULL,
                             .biohazard = BOOLEAN_ABSENT};
    assert_int_equal(apply("custody.label_print", seq, &in, apply_label_print), 0);
}

static int applied(const char *container, int64_t copy, int64_t replaces, int64_t seq)
{
    struct label_apply in = {"B-T", container, copy, "x", "scanned", NULL, replaces};
    return apply("custody.label_apply", seq, &in, apply_label_apply);
}

static const struct label_row *copy_of(int64_t copy)
{
    struct db_rows rows;
    struct label_row *ret = record_new(arena, &record_label_row);
    assert_int_equal(db_query(db, arena, store_row(ROW_LABEL_COPIES), DB_VALUES(db_text("B-T")), &rows, &err), 0);
    assert_true(copy <= rows.rows);
    assert_int_equal(db_row_record(arena, &record_label_row, &rows, (int)copy - 1, ret, &err), 0);
    assert_int_equal(ret->copy, copy);
    return ret;
}

static const char *event(const char *wanted)
{
    struct db_rows rows;
    assert_int_equal(db_query(db, arena, store_row(ROW_CHAIN), DB_VALUES(db_text("B-T")), &rows, &err), 0);
    for (int i = 0; i < rows.rows; i++)
        if (strcmp(db_cell_text(&rows, i, "event"), wanted) == 0)
            return db_cell_text(&rows, i, "place");
    return "";
}

CASE(custody_RELABEL_the_copy_before_is_taken_off)
{
    begin();
    printed("K-1", 1, 1);
    assert_string_equal(copy_of(1)->state, "printed");
    assert_int_equal(copy_of(1)->seq, 1);
    assert_int_equal(applied("K-1", 1, INTEGER_ABSENT, 2), 0);
    assert_string_equal(copy_of(1)->state, "applied");
    assert_string_equal(event("label applied"), "copy 1");
    printed("K-1", 2, 3);
    assert_string_equal(copy_of(2)->reason, "it tore");
    assert_int_equal(applied("K-1", 2, 1, 4), 0);
    assert_string_equal(copy_of(1)->state, "replaced");
    assert_int_equal(copy_of(1)->seq, 4);
    assert_string_equal(copy_of(2)->state, "applied");
    assert_string_equal(event("relabelled"), "copy 2 for copy 1");
    struct label_end ended = {"B-T", "K-1", 1, "destroyed", "taken off", "U-2"};
    assert_int_equal(apply("custody.label_end", 5, &ended, apply_label_end), 0);
    assert_string_equal(copy_of(1)->witness_id, "U-2");
    assert_string_equal(copy_of(1)->reason, "taken off");
    struct label_witness seen = {"B-T", "K-1", 1, "U-JON"};
    assert_int_equal(apply("custody.label_witness", 6, &seen, apply_label_witness), 0);
    assert_string_equal(copy_of(1)->state, "destroyed");
    assert_null(copy_of(1)->witness_id);
    assert_string_equal(event("label destroyed"), "copy 1");
    end();
}

CASE(R07_one_label_is_on_a_container)
{
    begin();
    printed("K-1", 1, 1);
    printed("K-1", 2, 2);
    assert_int_equal(applied("K-1", 1, INTEGER_ABSENT, 3), 0);
    assert_true(applied("K-1", 2, INTEGER_ABSENT, 4) != 0);          /* two on one container: by the index */
    end();
    begin();
    printed("K-1", 1, 1);
    assert_int_equal(applied("K-1", 1, INTEGER_ABSENT, 2), 0);
    assert_int_equal(applied("K-1", 1, INTEGER_ABSENT, 3), ERR_STATE_FORBIDS);
    end();
    begin();
    assert_int_equal(applied("K-9", 1, INTEGER_ABSENT, 2), ERR_NOT_FOUND);
    end();
}

CASE(R34_hand_over_of_an_unknown_batch_moves_nothing)
{
    struct hand_over in;
    begin();
    record_init(&record_hand_over, &in);
    in.batch_id = "B-T";
    in.transfer_id = "X-1";
    in.receiver_id = "U-DOC";
    in.destination = in.seal_number = "s";
    in.condition = "good";
    in.temperature_c = "4";
    in.transfer_sha256 = "0000000000000000000000000000000000000000000000000000000000000000";
    texts_add(arena, &in.containers, "K-1");
    assert_int_equal(apply("custody.hand_over", 1, &in, apply_hand_over), ERR_NOT_FOUND);
    end();
}

/* a corrected return's decision is signed anew when what it condemned is gone */
CASE(R14_a_decision_signed_anew_destroys_nothing_a_second_time)
{
    static const char *const gone[] = {"destroying", "destroyed", "lost"}, *const told[] = {"destruction begun", "destroyed", "lost"};
    struct db_rows rows;
    begin();
    for (size_t i = 0; i < 3; i++) {
        const char *id = arena_printf(arena, "K-%zu", i);
        const char *sql = arena_printf(arena, "insert into custody.container_event (container_id, seq, batch_id, event, state, person_id, time_ms) values"
                                       " ('%s', 5, 'B-T', 'custody.any', '%s', 'U-JON', 5),"
                                       " ('%s', 9, 'B-T', 'custody.decide_destroy', '%s', 'U-QA', 9)", id, gone[i], id, gone[i]);
        if (db_script(db, sql, &err) != 0)
            fail_msg("%s", err.text);
    }
    assert_int_equal(db_query(db, arena, store_row(ROW_CHAIN), DB_VALUES(db_text("B-T")), &rows, &err), 0);
    assert_int_equal(rows.rows, 6);
    for (int i = 0; i < 3; i++) {                        /* newest first */
        assert_string_equal(db_cell_text(&rows, i, "event"), "decided anew");
        assert_string_equal(db_cell_text(&rows, i, "place"), told[2 - i]);
        assert_string_equal(db_cell_text(&rows, i + 3, "event"), told[2 - i]);
    }
    end();
}

CASE(R12_no_update_of_what_was_recorded)
{
    for (int i = 0; i < 2; i++) {
        begin();
        assert_int_equal(db_query(db, arena, &extra[i], DB_NONE, NULL, &err), ERR_FAULT);
        assert_string_equal(db_failure(db)->sqlstate, "42501");
        end();
    }
}
