/* The batch service's projections against PostgreSQL, as its own role: rights, checks, moves. All is rolled back. */
#include <string.h>

#include "batch_apply.h"
#include "batch_lab.h"
#include "batch_store.h"
#include "record/record.h"
#include "support/pg.h"
#include "support/test.h"

static const struct statement_row extra[] = {
    {"t_batch", "select state || ' ' || steps_done || '/' || steps_total from batch.batch where batch_id = $1", 1, NULL},
    {"t_lot", "select quantity::text from batch.material_lot where lot_id = $1", 1, NULL},
    {"t_move", "select batch.move($1, $2, 9)", 2, NULL},
    {"t_cheat", "update batch.batch set state = 'released' where batch_id = $1", 1, NULL},
    {"t_delete", "delete from batch.step where batch_id = $1", 1, NULL},
    {"t_history", "update batch.step set body = '{}' where batch_id = $1", 1, NULL},
    {"t_unsigned", "select coalesce(string_agg(entry || ' ' || act, ', ' order by entry), '') from batch.lapse_facts"
        " where batch_id = $1 and renewed_seq is null", 1, NULL},
    {"t_step", "select needs_verify || ' ' || coalesce(verified_by, '-') || ' ' || coalesce(corrected_seq, 0)"
        " from batch.step_facts where batch_id = $1 and step = 1", 1, NULL},
    {"t_kept", "select (body like '%\"300\"%')::text from batch.step where batch_id = $1 and step = 1", 1, NULL},
    {"t_rewrite", "update batch.correction set old_value = 'x' where batch_id = $1", 1, NULL},
    {"t_resign", "update batch.lapse set renewed_seq = 99 where batch_id = $1", 1, NULL},
    {"t_renew_other", "select batch.renew($1, 'release.release', 0, 99)", 1, NULL},
    {"t_void", "select string_agg(v.entry || ' ' || v.old_value || ', reading ' || r.value, '') from batch.voided v"
        " join batch.reading r on r.batch_id = v.batch_id and r.seq = v.entry where v.batch_id = $1", 1, NULL},
    {"t_fit", "select coalesce(qualified, result) || ' ' || coalesce(cleaned_seq::text, '-') || ' ' || coalesce(other, '-') || ' ' || coalesce(out_reason, '-')"
        " from batch.equipment_at($1, array['E-T'], 1780000000000, 1780000000000)", 1, NULL},
    {"t_other", "with b as (insert into batch.batch (batch_id, state, state_seq, procedure_id, procedure_version, specification_id, specification_version,"
        " donor_id, collection_id, donation_number, tissue, use, collected_ms, opened_ms, opened_by, steps_total) values ($1, 'open', 0, 'P-T', 1, 'Q-T', 1,"
        " 'D-1', 'C-1', 'A999926000001', 'marrow', 'autologous', 0, 0, 'U-MARA', 2) returning batch_id) insert into batch.line_clearance (batch_id, seq,"
        " equipment_id, cleared_ms, person_id) select batch_id, 1, 'E-T', 1779999999950, 'U-JON' from b returning batch_id", 1, NULL},
    {"t_vials", "select string_agg(vial_no || ' ' || quantity, ', ' order by vial_no) from batch.vial where lot_id = $1", 1, NULL},
    {"t_uses", "select coalesce(string_agg(u.lot_id || ' ' || u.quantity, ', ' order by u.lot_id), '') from batch.material_use_facts u"
        " where u.batch_id = $1", 1, NULL},
    {"t_kept_uses", "select string_agg(u.lot_id || ' ' || u.quantity || ' ' || u.seq || '-' || coalesce(u.ended_seq::text, ''), ', '"
        " order by u.seq, u.lot_id) from batch.material_use u where u.batch_id = $1", 1, NULL},
    {"t_times", "select (s.started_ms - $2::bigint) || ' ' || (s.ended_ms - $2::bigint) || ' ' || (u.used_from_ms - $2::bigint) || ' '"
        " || (u.used_until_ms - $2::bigint) || ' ' || (m.used_ms - $2::bigint) from batch.step_facts s join batch.equipment_use u"
        " using (batch_id, step) join batch.material_use_facts m using (batch_id, step) where s.batch_id = $1", 2, NULL},
    {"t_filled", "select f.volume_ml || ' ' || f.cells || ' ' || f.expires_ms || ', was ' || k.volume_ml || ' ' || k.expires_ms"
        " from batch.container_facts f join batch.container k using (container_id) where f.batch_id = $1", 1, NULL},
    {"t_move_use", "update batch.material_use set lot_id = 'M-U' where batch_id = $1", 1, NULL},
    {"t_line", "select coalesce(seq::text, '-') || ' ' || coalesce(other, '-') from batch.line_at($1, array['E-T'], 1780000000000, 1780000000100)",
        1, NULL},
    {"t_hold", "select batch.line_hold($1, array['E-T'], 1780000000000, 1780000000100)", 1, NULL},
    {"t_taken", "select pg_try_advisory_xact_lock(hashtextextended('batch.line ' || $1, 0))::text", 1, NULL},
    {"t_plan", "select count(*)::text from batch.actor_facts where batch_id = $1", 1, NULL},
};
static const struct statement_table extra_table = STATEMENT_TABLE(extra);
enum { T_BATCH, T_LOT, T_MOVE, T_CHEAT, T_DELETE, T_HISTORY, T_UNSIGNED, T_STEP, T_KEPT, T_REWRITE, T_RESIGN, T_RENEW_OTHER,
       T_VOID, T_FIT, T_OTHER, T_VIALS, T_USES, T_KEPT_USES, T_TIMES, T_FILLED, T_MOVE_USE, T_LINE, T_HOLD, T_TAKEN, T_ACTORS };

static const char document[] =
    "{\"id\":\"P-T\",\"version\":1,\"title\":\"T\",\"product\":\"T\",\"product_code\":\"D0002100\",\"sources\":[\"marrow\"],"
    "\"use\":\"autologous\",\"specification\":\"Q-T\",\"storage\":\"cold\",\"shelf_life_h\":\"24\",\"steps\":["
    "{\"no\":1,\"name\":\"One\",\"stage\":\"receipt\",\"instruction\":\"Do.\",\"verify\":true,\"fields\":[],"
    "\"materials\":[{\"name\":\"kit\",\"required\":true}],\"equipment\":[{\"name\":\"hood\",\"required\":true}]},"
    "{\"no\":2,\"name\":\"Two\",\"stage\":\"fill\",\"instruction\":\"Do.\",\"verify\":false,\"fields\":[]}]}";

static void begin(void)
{
    lab_begin(&extra_table);
}

static const char *ask(int which, const char *key)
{
    struct db_rows rows;
    struct err e = {0};
    if (db_query(db, arena, &extra[which], DB_VALUES(db_text(key)), &rows, &e) != 0)
        fail_msg("%s", e.text);
    return rows.rows > 0 ? (const char *)rows.cells[0].data : NULL;
}

static void procedure(int64_t version, const char *text, int64_t seq)
{
    struct procedure_author author = {.procedure_id = "P-T", .version = version, .document = text};
    struct procedure_approve approve = {.procedure_id = "P-T", .version = version};
    assert_applied(apply("batch.procedure_author", "P-T", seq, &mara, &author, apply_procedure_author));
    assert_applied(apply("batch.procedure_approve", "P-T", seq + 1, &jon, &approve, apply_procedure_approve));
}

/* batch.open takes donor and collection from source: without them there is no row, so the test puts the batch itself */
static const struct statement_row put_batch = {"t_put", "insert into batch.batch (batch_id, state, state_seq, procedure_id,"
    " procedure_version, specification_id, specification_version, donor_id, collection_id, donation_number, tissue, use,"
    " collected_ms, opened_ms, opened_by, steps_total) values ($1, 'open', 0, 'P-T', 1, 'Q-T', 1, 'D-1', 'C-1',"
    " 'A999926000001', 'marrow', 'autologous', 0, 0, 'U-MARA', 2)", 1, NULL};

static void lab(const char *asked)
{
    struct material_receive lot = {.lot_id = "M-T", .material = "Kit", .material_class = "kit", .manufacturer = "X",
                                   .lot_number = "1", .expires_at = NOON + 1000, .quantity = "2.5", .unit = "mL", .in_use_h = INTEGER_ABSENT};
    struct material_release release = {.lot_id = "M-T"};
    struct equipment_register hood = {.equipment_id = "E-T", .title = "Hood", .equipment_class = "hood", .serial_number = "1"};
    struct equipment_calibrate calibrate = {.equipment_id = "E-T", .calibrated_at = 1, .due_at = NOON + 1000,
                                            .certificate = "c", .result = "pass", .good_at = TIME_ABSENT};
    procedure(1, asked, 0);
    assert_applied(apply("batch.material_receive", "M-T", 0, &mara, &lot, apply_material_receive));
    assert_applied(apply("batch.material_release", "M-T", 1, &jon, &release, apply_material_release));
    assert_applied(apply("batch.equipment_register", "E-T", 0, &mara, &hood, apply_equipment_register));
    assert_applied(apply("batch.equipment_calibrate", "E-T", 1, &mara, &calibrate, apply_equipment_calibrate));
}

static int step(int64_t no, const char *quantity, int64_t seq)
{
    struct step_material m = {"M-T", quantity, INTEGER_ABSENT};
    struct step_equipment q = {"E-T"};
    struct batch_step in;
    record_init(&record_batch_step, &in);
    in.batch_id = "B-T";
    in.step = no;
    in.started_at = in.ended_at = NOON;
    if (quantity != NULL) {
        in.materials = (struct list){&m, 1};
        in.equipment = (struct list){&q, 1};
    }
    return apply("batch.step", "B-T", seq, &mara, &in, apply_step);
}

static void batch_by(const char *asked)
{
    struct statement_table tables[] = {batch_statements, extra_table, {&put_batch, 1}};
    db_rollback(db);
    db = db_close(db);
    db = pg_open_tables("stemma_batch", tables, 3);
    db_begin(db);
    lab(asked);
    struct err e = {0};
    assert_int_equal(db_query(db, arena, &put_batch, DB_VALUES(db_text("B-T")), NULL, &e), 0);
}

static void batch(void)
{
    batch_by(document);
}

CASE(sql_every_statement_prepares_as_the_services_role)
{
    begin();
    end();
}

CASE(T51_approval_supersedes_the_version_before)
{
    begin();
    procedure(1, document, 0);
    char second[sizeof document];
    memcpy(second, document, sizeof document);
    memcpy(strstr(second, "\"version\":1"), "\"version\":2", 11);
    procedure(2, second, 2);
    struct db_rows rows;
    struct err e = {0};
    assert_int_equal(db_query(db, arena, store_row(ROW_PROCEDURE_STATE), DB_VALUES(db_text("P-T"), db_int(1)), &rows, &e), 0);
    assert_string_equal(db_cell_text(&rows, 0, "state"), "superseded");
    assert_int_equal(db_cell_int(&rows, 0, "newest"), 2);
    end();
}

CASE(fsm_steps_move_the_batch_from_open_to_test)
{
    begin();
    batch();
    struct step_verify verify = {"B-T", 1};
    struct fill_container k[] = {{"A999926000001-D00021A0", "4", "10"}};
    struct batch_fill fill = {.batch_id = "B-T", .volume_in_ml = "4", .samples_ml = "0", .waste_ml = "0",
                              .expires_at = NOON + 1, .containers = {k, 1}};
    struct batch_complete complete = {"B-T"};
    assert_applied(step(1, "1", 1));
    assert_string_equal(ask(T_BATCH, "B-T"), "in_process 0/2");       /* not yet verified */
    assert_applied(apply("batch.step_verify", "B-T", 2, &jon, &verify, apply_step_verify));
    assert_string_equal(ask(T_BATCH, "B-T"), "in_process 1/2");
    assert_applied(step(2, NULL, 3));
    assert_string_equal(ask(T_BATCH, "B-T"), "in_process 2/2");       /* nobody needs to verify it */
    assert_applied(apply("batch.fill", "B-T", 4, &mara, &fill, apply_fill));
    assert_applied(apply("batch.complete", "B-T", 5, &mara, &complete, apply_complete));
    assert_string_equal(ask(T_BATCH, "B-T"), "in_test 2/2");
    assert_string_equal(ask(T_ACTORS, "B-T"), "5");
    assert_string_equal(ask(T_LOT, "M-T"), "1.5");
    end();
}

CASE(R18_a_lot_never_falls_below_zero)
{
    begin();
    batch();
    assert_applied(step(1, "2.5", 1));
    assert_string_equal(ask(T_LOT, "M-T"), "0.0");
    end();
    begin();
    batch();
    assert_int_equal(step(1, "2.51", 1), ERR_MATERIAL_REFUSED);
    assert_string_equal(err.rule, "R18");
    end();
}

CASE(fsm_event_that_the_state_has_not_is_refused)
{
    begin();
    batch();
    struct batch_complete complete = {"B-T"};
    assert_int_equal(apply("batch.complete", "B-T", 1, &mara, &complete, apply_complete), ERR_STATE_FORBIDS);
    end();
}

CASE(fsm_event_of_another_service_is_refused)
{
    struct err e = {0};
    begin();
    batch();
    assert_int_equal(db_query(db, arena, &extra[T_MOVE], DB_VALUES(db_text("B-T"), db_text("quality.hold")), NULL, &e),
                     ERR_STATE_FORBIDS);
    end();
}

/* step 1 performed and verified, its value corrected at entry 3 */
static void corrected(void)
{
    struct step_value value = {"n_live", "300"};
    struct batch_step in;
    struct step_verify verify = {"B-T", 1};
    struct lapsed_act lapsed[] = {{1, "batch.step", 1}, {2, "batch.step_verify", 1}};
    struct batch_correct correct = {.batch_id = "B-T", .step = 1, .corrects = 1, .field = "n_live", .old_value = "300",
                                    .new_value = "330", .reason = "digits swapped when typed", .lapsed = {lapsed, 2}};
    record_init(&record_batch_step, &in);
    in.batch_id = "B-T";
    in.step = 1;
    in.started_at = in.ended_at = NOON;
    in.values = (struct list){&value, 1};
    assert_applied(apply("batch.step", "B-T", 1, &mara, &in, apply_step));
    assert_applied(apply("batch.step_verify", "B-T", 2, &jon, &verify, apply_step_verify));
    assert_string_equal(ask(T_BATCH, "B-T"), "in_process 1/2");
    assert_applied(apply("batch.correct", "B-T", 3, &mara, &correct, apply_correct));
}

CASE(R14_a_corrected_step_is_unsigned_until_a_second_person_verifies_it_again)
{
    struct step_verify verify = {"B-T", 1};
    begin();
    batch();
    corrected();
    assert_string_equal(ask(T_UNSIGNED, "B-T"), "1 batch.step, 2 batch.step_verify");
    assert_string_equal(ask(T_STEP, "B-T"), "true - 3");
    assert_string_equal(ask(T_BATCH, "B-T"), "in_process 0/2");
    assert_applied(apply("batch.step_verify", "B-T", 4, &jon, &verify, apply_step_verify));
    assert_string_equal(ask(T_UNSIGNED, "B-T"), "");
    assert_string_equal(ask(T_STEP, "B-T"), "true U-JON 0");
    assert_string_equal(ask(T_BATCH, "B-T"), "in_process 1/2");
    end();
}

CASE(R15_a_late_step_waits_for_a_second_person_whatever_the_procedure_says)
{
    struct batch_step in;
    struct step_verify verify = {"B-T", 2};
    record_init(&record_batch_step, &in);
    in.batch_id = "B-T";
    in.step = 2;                                             /* verify: false */
    in.started_at = in.ended_at = NOON - 1200000;
    in.late_min = 20;
    in.reason = "the terminal was out of reach in the clean room";
    begin();
    batch();
    assert_applied(step(1, "1", 1));
    assert_applied(apply("batch.step", "B-T", 2, &mara, &in, apply_step));
    assert_string_equal(ask(T_BATCH, "B-T"), "in_process 0/2");
    assert_applied(apply("batch.step_verify", "B-T", 3, &jon, &verify, apply_step_verify));
    assert_string_equal(ask(T_BATCH, "B-T"), "in_process 1/2");
    end();
}

CASE(R12_a_void_entry_stays_and_is_void_once)
{
    struct batch_reading reading = {"B-T", "E-T", "temperature_c", "4.1", NOON};
    struct batch_void in = {.batch_id = "B-T", .corrects = 2, .reason = "read on another batch", .act = "batch.reading",
                            .field = "value", .old_value = "4.1", .new_value = "void"};
    begin();
    batch();
    assert_applied(step(1, "1", 1));
    assert_applied(apply("batch.reading", "B-T", 2, &mara, &reading, apply_reading));
    assert_applied(apply("batch.void", "B-T", 3, &jon, &in, apply_void));
    assert_string_equal(ask(T_VOID, "B-T"), "2 4.1, reading 4.1");
    assert_true(apply("batch.void", "B-T", 4, &jon, &in, apply_void) != 0);
    end();
}

static int correct_use(int64_t seq, const char *field, const char *old_value, const char *new_value)
{
    struct batch_correct in = {.batch_id = "B-T", .step = 1, .corrects = 1, .field = field, .old_value = old_value,
                               .new_value = new_value, .reason = "taken from the wrong sheet"};
    return apply("batch.correct", "B-T", seq, &mara, &in, apply_correct);
}

/* another lot, of which there are two */
static void second_lot(void)
{
    struct material_receive lot = {.lot_id = "M-U", .material = "Kit", .material_class = "kit", .manufacturer = "X",
                                   .lot_number = "2", .expires_at = NOON + 1000, .quantity = "2", .unit = "mL", .in_use_h = INTEGER_ABSENT};
    struct material_release release = {.lot_id = "M-U"};
    assert_applied(apply("batch.material_receive", "M-U", 0, &mara, &lot, apply_material_receive));
    assert_applied(apply("batch.material_release", "M-U", 1, &jon, &release, apply_material_release));
}

CASE(R18_a_corrected_use_moves_between_lots_and_stays_readable)
{
    begin();
    batch();
    second_lot();
    assert_applied(step(1, "1.5", 1));
    assert_applied(correct_use(2, "materials.M-T.lot_id", "M-T", "M-U"));
    assert_string_equal(ask(T_LOT, "M-T"), "2.5");
    assert_string_equal(ask(T_LOT, "M-U"), "0.5");
    assert_applied(correct_use(3, "materials.M-U.quantity", "1.5", "2"));
    assert_applied(correct_use(4, "materials.M-T.quantity", NULL, "0.5"));
    assert_string_equal(ask(T_USES, "B-T"), "M-T 0.5, M-U 2");
    assert_applied(correct_use(5, "materials.M-U.lot_id", "M-U", NULL));
    assert_string_equal(ask(T_USES, "B-T"), "M-T 0.5");
    assert_string_equal(ask(T_LOT, "M-U"), "2.0");
    assert_string_equal(ask(T_KEPT_USES, "B-T"), "M-T 1.5 1-2, M-U 1.5 2-3, M-U 2 3-5, M-T 0.5 4-");
    end();
}

/* step 1 at that time, of that vial of M-U */
static int step_of_vial(int64_t no, const char *quantity, int64_t at_ms)
{
    struct step_material m = {"M-U", quantity, no};
    struct batch_step in;
    record_init(&record_batch_step, &in);
    in.batch_id = "B-T";
    in.step = 1;
    in.started_at = in.ended_at = at_ms;
    in.materials = (struct list){&m, 1};
    return apply("batch.step", "B-T", 1, &mara, &in, apply_step);
}

static void assert_left(const char *of_lot, const char *of_vials)
{
    assert_string_equal(ask(T_LOT, "M-U"), of_lot);
    assert_string_equal(ask(T_VIALS, "M-U"), of_vials);
}

CASE(R18_a_vial_and_its_lot_give_and_get_together)
{
    begin();
    batch();
    lab_vials();
    assert_applied(step_of_vial(1, "1", NOON));
    assert_left("1", "1 0.5, 2 0.5");
    assert_applied(correct_use(2, "materials.M-U/1.quantity", "1", "1.5"));
    assert_left("0.5", "1 0.0, 2 0.5");
    assert_applied(correct_use(3, "materials.M-U/1.quantity", "1.5", "0.5"));
    assert_applied(correct_use(4, "materials.M-U/1.lot_id", "M-U/1", "M-U/2"));
    assert_left("1.5", "1 1.5, 2 0.0");
    assert_int_equal(correct_use(5, "materials.M-U/2.quantity", "0.5", "0.6"), ERR_MATERIAL_REFUSED);
    assert_string_equal(err.rule, "R18");
    end();
}

CASE(R18_what_is_left_of_a_discarded_vial_is_no_part_of_the_lot)
{
    struct vial_discard in = {.lot_id = "M-U", .vial_no = 1, .discarded_at = NOON};
    begin();
    batch();
    lab_vials();
    assert_applied(step_of_vial(1, "1", NOON));
    assert_applied(apply("batch.vial_discard", "M-U", 4, &mara, &in, apply_vial_discard));
    assert_left("0.5", "1 0.5, 2 0.5");
    assert_applied(correct_use(2, "materials.M-U/1.quantity", "1", "0.5"));      /* more was thrown away than was known */
    assert_left("0.5", "1 1.0, 2 0.5");
    end();
}

CASE(R18_the_database_holds_a_vial_to_its_limit)
{
    struct vial_correct in = {.lot_id = "M-U", .vial_no = 1, .opened_at = NOON - 100, .old_opened_at = NOON, .reason = "read wrong", .corrects = 2,
                              .use_by = NOON + 900};
    begin();
    batch();
    lab_vials();
    assert_int_equal(step_of_vial(1, "1", NOON + 1000), ERR_MATERIAL_REFUSED);
    assert_string_equal(err.rule, "R18");
    end();
    begin();
    batch();
    lab_vials();
    assert_int_equal(step_of_vial(1, "1", NOON - 1), ERR_MATERIAL_REFUSED);
    end();
    begin();
    batch();
    lab_vials();
    assert_applied(step_of_vial(1, "1", NOON + 899));
    assert_applied(apply("batch.vial_correct", "M-U", 4, &jon, &in, apply_vial_correct));
    in.opened_at--;
    in.use_by = NOON + 899;
    assert_int_equal(apply("batch.vial_correct", "M-U", 5, &jon, &in, apply_vial_correct), ERR_MATERIAL_REFUSED);
    assert_string_equal(err.rule, "R18");
    end();
}

CASE(R18_the_database_lets_no_step_and_discard_of_a_vial_pass_each_other)
{
    struct vial_discard in = {.lot_id = "M-U", .vial_no = 1, .discarded_at = NOON + 10};
    begin();
    batch();
    lab_vials();
    assert_applied(apply("batch.vial_discard", "M-U", 4, &mara, &in, apply_vial_discard));
    assert_int_equal(step_of_vial(1, "1", NOON + 11), ERR_MATERIAL_REFUSED);
    end();
    begin();
    batch();
    lab_vials();
    assert_applied(step_of_vial(1, "1", NOON + 11));
    assert_int_equal(apply("batch.vial_discard", "M-U", 4, &mara, &in, apply_vial_discard), ERR_MATERIAL_REFUSED);
    assert_string_equal(err.rule, "R18");
    end();
}

CASE(R18_R15_a_corrected_time_of_a_step_keeps_to_the_vial)
{
    char noon[CLOCK_TEXT], over[CLOCK_TEXT];
    clock_to_text(NOON, noon);
    clock_to_text(NOON + 1000, over);
    begin();
    batch();
    lab_vials();
    assert_applied(step_of_vial(1, "1", NOON));
    assert_int_equal(correct_use(2, "step.ended_at", noon, over), ERR_MATERIAL_REFUSED);
    assert_string_equal(err.rule, "R18");
    end();
}

static int step_with_cleaning(int64_t entry)
{
    struct step_cleaning named = {"E-T", entry};
    struct step_equipment q = {"E-T"};
    struct batch_step in;
    record_init(&record_batch_step, &in);
    in.batch_id = "B-T";
    in.step = 1;
    in.started_at = in.ended_at = NOON;
    in.equipment = (struct list){&q, 1};
    in.cleanings = (struct list){&named, 1};
    return apply("batch.step", "B-T", 1, &mara, &in, apply_step);
}

CASE(R19_the_database_holds_a_cleaned_place_for_one_batch)
{
    struct equipment_clean clean = {.equipment_id = "E-T", .cleaned_at = NOON - 100, .lot_id = "M-T", .vial_no = INTEGER_ABSENT, .method = "wiped",
                                    .late_min = INTEGER_ABSENT};
    begin();
    batch();
    assert_applied(apply("batch.equipment_clean", "E-T", 2, &mara, &clean, apply_equipment_clean));
    assert_string_equal(ask(T_FIT, "B-T"), "pass 2 - -");
    assert_applied(step_with_cleaning(2));
    assert_string_equal(ask(T_FIT, "B-X"), "pass 2 B-T -");
    end();
    begin();
    batch();
    assert_applied(apply("batch.equipment_clean", "E-T", 2, &mara, &clean, apply_equipment_clean));
    assert_non_null(ask(T_OTHER, "B-OTHER"));
    assert_int_equal(step_with_cleaning(2), ERR_EQUIPMENT_REFUSED);
    assert_string_equal(err.rule, "R19");
    end();
}

CASE(R19_equipment_is_out_of_service_from_one_entry_to_the_other)
{
    struct equipment_tag tag = {"E-T", "loud"};
    struct equipment_qualify qualify = {"E-T", NOON - 5, NOON + 5, "PQ-1", "fail"};
    begin();
    batch();
    assert_string_equal(ask(T_FIT, "B-T"), "pass - - -");
    assert_applied(apply("batch.equipment_tag_out", "E-T", 2, &mara, &tag, apply_equipment_tag_out));
    assert_string_equal(ask(T_FIT, "B-T"), "pass - - loud");
    assert_applied(apply("batch.equipment_tag_in", "E-T", 3, &jon, &tag, apply_equipment_tag_in));
    assert_string_equal(ask(T_FIT, "B-T"), "pass - - -");
    assert_applied(apply("batch.equipment_qualify", "E-T", 4, &jon, &qualify, apply_equipment_qualify));
    assert_string_equal(ask(T_FIT, "B-T"), "fail - - -");
    end();
}

CASE(R18_a_correction_takes_no_lot_below_zero)
{
    begin();
    batch();
    second_lot();
    assert_applied(step(1, "2.5", 1));
    assert_int_equal(correct_use(2, "materials.M-T.lot_id", "M-T", "M-U"), ERR_MATERIAL_REFUSED);
    assert_string_equal(err.rule, "R18");
    end();
}

CASE(R12_uses_go_with_the_times_of_their_step)
{
    char noon[CLOCK_TEXT], later[CLOCK_TEXT], earlier[CLOCK_TEXT];
    struct db_rows rows;
    struct err e = {0};
    clock_to_text(NOON, noon);
    clock_to_text(NOON + 7, later);
    clock_to_text(NOON - 3, earlier);
    begin();
    batch();
    assert_applied(step(1, "1", 1));
    assert_applied(correct_use(2, "step.started_at", noon, earlier));
    assert_applied(correct_use(3, "step.ended_at", noon, later));
    assert_int_equal(db_query(db, arena, &extra[T_TIMES], DB_VALUES(db_text("B-T"), db_int(NOON)), &rows, &e), 0);
    assert_string_equal((const char *)rows.cells[0].data, "-3 7 -3 7 7");
    assert_string_equal(ask(T_LOT, "M-T"), "1.5");
    assert_int_equal(db_query(db, arena, &extra[T_MOVE_USE], DB_VALUES(db_text("B-T")), NULL, &e), ERR_FAULT);
    assert_string_equal(db_failure(db)->sqlstate, "42501");
    end();
}

CASE(R12_what_stands_of_a_fill_is_beside_what_was_recorded)
{
    struct fill_container k[] = {{"A999926000001-D00021A0", "4", "10"}};
    struct lapsed_act lapsed[] = {{2, "batch.fill", INTEGER_ABSENT}};
    struct batch_fill fill = {.batch_id = "B-T", .volume_in_ml = "4", .samples_ml = "0", .waste_ml = "0",
                              .expires_at = NOON + 1, .containers = {k, 1}};
    struct fill_correct in = {.batch_id = "B-T", .corrects = 2, .field = "containers.A999926000001-D00021A0.volume_ml",
                              .old_value = "4", .new_value = "4.1", .reason = "read from the wrong scale", .lapsed = {lapsed, 1}};
    struct fill_correct expiry = {.batch_id = "B-T", .corrects = 2, .field = "expires_at", .old_value = "x",
                                  .new_value = "2026-01-01T00:00:00.000Z", .reason = "read from the wrong scale"};
    begin();
    batch();
    assert_applied(step(1, "1", 1));
    assert_applied(apply("batch.fill", "B-T", 2, &mara, &fill, apply_fill));
    assert_applied(apply("batch.fill_correct", "B-T", 3, &mara, &in, apply_fill_correct));
    assert_applied(apply("batch.fill_correct", "B-T", 4, &mara, &expiry, apply_fill_correct));
    assert_string_equal(ask(T_FILLED, "B-T"), "4.1 10 1767225600000, was 4 1780000000001");
    assert_string_equal(ask(T_UNSIGNED, "B-T"), "2 batch.fill");
    end();
}

CASE(R12_what_was_recorded_stays_beside_its_correction)
{
    begin();
    batch();
    corrected();
    assert_string_equal(ask(T_KEPT, "B-T"), "true");
    end();
}

CASE(T41_no_correction_is_rewritten_and_no_signature_renewed_by_hand)
{
    static const int cheats[] = {T_REWRITE, T_RESIGN};
    for (size_t i = 0; i < 2; i++) {
        struct err e = {0};
        begin();
        batch();
        corrected();
        assert_int_equal(db_query(db, arena, &extra[cheats[i]], DB_VALUES(db_text("B-T")), NULL, &e), ERR_FAULT);
        assert_string_equal(db_failure(db)->sqlstate, "42501");
        end();
    }
    struct err e = {0};
    begin();
    batch();
    assert_int_equal(db_query(db, arena, &extra[T_RENEW_OTHER], DB_VALUES(db_text("B-T")), NULL, &e), ERR_STATE_FORBIDS);
    end();
}

CASE(R12_no_update_of_what_was_recorded)
{
    static const int cheats[] = {T_CHEAT, T_DELETE, T_HISTORY};
    for (size_t i = 0; i < 3; i++) {
        struct err e = {0};
        begin();
        batch();
        assert_int_equal(db_query(db, arena, &extra[cheats[i]], DB_VALUES(db_text("B-T")), NULL, &e), ERR_FAULT);
        assert_string_equal(db_failure(db)->sqlstate, "42501");
        end();
    }
}

CASE(R10_the_table_itself_refuses_a_performer_as_verifier)
{
    begin();
    batch();
    struct step_verify verify = {"B-T", 1};
    assert_applied(step(1, "1", 1));
    assert_int_equal(apply("batch.step_verify", "B-T", 2, &mara, &verify, apply_step_verify), ERR_FAULT);
    assert_string_equal(db_failure(db)->sqlstate, "23514");
    end();
}

CASE(reading_and_note_write_one_row)
{
    begin();
    batch();
    struct batch_reading reading = {"B-T", "E-T", "temperature_c", "4.5", NOON};
    struct batch_note note = {"B-T", "looked at it"};
    assert_applied(apply("batch.reading", "B-T", 1, &mara, &reading, apply_reading));
    assert_applied(apply("batch.note", "B-T", 2, &mara, &note, apply_note));
    assert_string_equal(ask(T_ACTORS, "B-T"), "2");
    end();
}

static int clear_line(const char *batch_id, int64_t seq, int64_t at_ms)
{
    struct line_clear in;
    record_init(&record_line_clear, &in);
    in.batch_id = batch_id;
    in.equipment_id = "E-T";
    in.cleared_at = at_ms;
    return apply("batch.line_clear", batch_id, seq, &mara, &in, apply_line_clear);
}

static int hold_line(const char *batch_id)
{
    memset(&err, 0, sizeof err);
    return db_query(db, arena, &extra[T_HOLD], DB_VALUES(db_text(batch_id)), NULL, &err);
}

/* two batches, B-T and B-U */
static void two_batches_by(const char *asked)
{
    begin();
    batch_by(asked);
    assert_int_equal(db_query(db, arena, &put_batch, DB_VALUES(db_text("B-U")), NULL, &err), 0);
}

static void two_batches(void)
{
    two_batches_by(document);
}

CASE(R05_a_place_is_of_the_batch_that_it_was_cleared_for_last)
{
    struct batch_void v = {.batch_id = "B-U", .corrects = 1, .reason = "the other batch was still there", .act = "batch.line_clear",
                           .field = "equipment_id", .old_value = "E-T", .new_value = "void"};
    struct line_verify verify = {"B-T", "E-T", 1};
    two_batches();
    assert_string_equal(ask(T_LINE, "B-T"), "- -");
    assert_applied(clear_line("B-T", 1, NOON - 100));
    assert_applied(apply("batch.line_verify", "B-T", 2, &jon, &verify, apply_line_verify));
    assert_string_equal(ask(T_LINE, "B-T"), "1 -");
    assert_string_equal(ask(T_LINE, "B-U"), "- B-T");
    assert_int_equal(hold_line("B-T"), 0);
    assert_applied(clear_line("B-U", 1, NOON + 99));                  /* before B-T's step ends */
    assert_string_equal(ask(T_LINE, "B-T"), "1 B-U");
    assert_applied(apply("batch.void", "B-U", 2, &jon, &v, apply_void));
    assert_int_equal(hold_line("B-T"), 0);
    assert_applied(clear_line("B-U", 3, NOON + 100));                 /* behind it */
    assert_int_equal(hold_line("B-T"), 0);
    assert_string_equal(ask(T_LINE, "B-U"), "- B-T");
    end();
}

CASE(R05_the_database_refuses_a_place_that_is_not_this_batchs)
{
    two_batches();
    assert_int_equal(hold_line("B-T"), ERR_LINE_NOT_CLEARED);
    assert_string_equal(err.rule, "R05");
    end();
    two_batches();
    assert_applied(step(1, "1", 1));                                  /* B-T is there at noon; its procedure asks for nothing */
    assert_int_equal(clear_line("B-U", 1, NOON), 0);
    assert_string_equal(ask(T_LINE, "B-U"), "1 -");
    end();
    two_batches();
    assert_applied(clear_line("B-T", 1, NOON - 100));
    assert_applied(step(1, "1", 2));
    assert_int_equal(clear_line("B-U", 1, NOON - 50), ERR_LINE_NOT_CLEARED);   /* under B-T's hands */
    assert_string_equal(err.rule, "R05");
    end();
}

/* B-T's step at the hood behind its clearance, by a procedure that asks for one; then another batch comes to the place */
static void step_at_a_cleared_place(void)
{
    static const char asking[] =
        "{\"id\":\"P-T\",\"version\":1,\"title\":\"T\",\"product\":\"T\",\"product_code\":\"D0002100\",\"sources\":[\"marrow\"],"
        "\"use\":\"autologous\",\"specification\":\"Q-T\",\"storage\":\"cold\",\"shelf_life_h\":\"24\",\"steps\":["
        "{\"no\":1,\"name\":\"One\",\"stage\":\"fill\",\"instruction\":\"Do.\",\"verify\":true,\"fields\":[],"
        "\"equipment\":[{\"name\":\"hood\",\"line_clearance\":\"performed\",\"required\":true}]}]}";
    struct equipment_register second = {.equipment_id = "E-U", .title = "Hood", .equipment_class = "hood", .serial_number = "2"};
    two_batches_by(asking);
    assert_applied(apply("batch.equipment_register", "E-U", 0, &mara, &second, apply_equipment_register));
    assert_applied(clear_line("B-T", 1, NOON - 100));
    assert_applied(step(1, "1", 2));
    assert_applied(clear_line("B-U", 1, NOON + 1));
}

CASE(R05_R12_a_corrected_step_takes_no_place_that_is_anothers)
{
    char noon[CLOCK_TEXT], later[CLOCK_TEXT], just[CLOCK_TEXT], before[CLOCK_TEXT];
    clock_to_text(NOON, noon);
    clock_to_text(NOON + 7, later);
    clock_to_text(NOON + 1, just);
    clock_to_text(NOON - 101, before);
    step_at_a_cleared_place();
    assert_int_equal(correct_use(3, "equipment.E-T.equipment_id", "E-T", "E-U"), ERR_LINE_NOT_CLEARED);      /* never cleared */
    assert_string_equal(err.rule, "R05");
    end();
    step_at_a_cleared_place();
    assert_int_equal(correct_use(3, "step.ended_at", noon, later), ERR_LINE_NOT_CLEARED);                    /* B-U is there by then */
    assert_string_equal(err.rule, "R05");
    end();
    step_at_a_cleared_place();
    assert_int_equal(correct_use(3, "step.started_at", noon, before), ERR_LINE_NOT_CLEARED);                 /* before it was cleared */
    end();
    step_at_a_cleared_place();
    assert_applied(correct_use(3, "step.ended_at", noon, just));
    assert_applied(correct_use(4, "equipment.E-T.equipment_id", "E-T", NULL));
    end();
}

CASE(R05_a_batch_shows_two_hundred_clearances_and_knows_of_one_more)
{
    struct db_rows rows;
    two_batches();
    for (int i = 1; i <= 202; i++)
        assert_applied(clear_line("B-T", i, NOON + i));
    assert_int_equal(db_query(db, arena, store_row(ROW_LINES), DB_VALUES(db_text("B-T")), &rows, &err), 0);
    assert_int_equal(rows.rows, 201);
    assert_int_equal(db_cell_int(&rows, 0, "entry"), 202);
    end();
}

CASE(R05_two_batches_take_turns_at_a_place)
{
    two_batches();
    assert_applied(clear_line("B-T", 1, NOON));
    struct db *other = pg_open("stemma_batch", &extra_table);
    struct db_rows rows;
    struct err e = {0};
    db_begin(other);
    assert_int_equal(db_query(other, arena, &extra[T_TAKEN], DB_VALUES(db_text("E-T")), &rows, &e), 0);
    assert_string_equal((const char *)rows.cells[0].data, "false");
    assert_int_equal(db_query(other, arena, &extra[T_TAKEN], DB_VALUES(db_text("E-ANOTHER")), &rows, &e), 0);
    assert_string_equal((const char *)rows.cells[0].data, "true");
    db_rollback(other);
    db_close(other);
    end();
}
