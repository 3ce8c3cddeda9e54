#include "batch_lab.h"

#include <string.h>

#include "batch_apply.h"
#include "batch_store.h"
#include "record/record.h"
#include "support/pg.h"

struct arena *arena;
struct db *db;
struct err err;
struct principal mara = {.person_id = "U-MARA", .name = "Mara", .terminal_id = "T-1"};
struct principal jon = {.person_id = "U-JON", .name = "Jon", .terminal_id = "T-2"};

void lab_begin(const struct statement_table *extra)
{
    struct statement_table tables[] = {batch_statements, *extra};
    arena = arena_new(0);
    db = pg_open_tables("stemma_batch", tables, 2);
    db_begin(db);
}

void end(void)
{
    db_rollback(db);
    db = db_close(db);
    arena = arena_free(arena);
}

int apply(const char *verb, const char *stream, int64_t seq, const struct principal *who, void *in, int (*run)(struct call *, struct err *))
{
    struct call c = {.arena = arena, .db = db, .verb = verb_find(verb), .who = who, .now_ms = NOON, .in = in,
                     .stream = stream, .seq = seq, .time_ms = NOON};
    memset(&err, 0, sizeof err);
    int code = run(&c, &err);
    return code != 0 ? code : db_sync(db, &err);
}

void lab_vials(void)
{
    struct material_receive lot = {.lot_id = "M-U", .material = "Kit", .material_class = "kit", .manufacturer = "X",
                                   .lot_number = "2", .expires_at = NOON + 1000, .quantity = "2", .unit = "mL", .in_use_h = 1};
    struct material_release release = {.lot_id = "M-U"};
    struct material_open one = {.lot_id = "M-U", .opened_at = NOON, .quantity = "1.5", .vial_no = 1, .use_by = NOON + 1000, .late_min = INTEGER_ABSENT};
    struct material_open two = {.lot_id = "M-U", .opened_at = NOON, .quantity = "0.5", .vial_no = 2, .use_by = NOON + 1000, .late_min = INTEGER_ABSENT};
    assert_applied(apply("batch.material_receive", "M-U", 0, &mara, &lot, apply_material_receive));
    assert_applied(apply("batch.material_release", "M-U", 1, &jon, &release, apply_material_release));
    assert_applied(apply("batch.material_open", "M-U", 2, &mara, &one, apply_material_open));
    assert_applied(apply("batch.material_open", "M-U", 3, &mara, &two, apply_material_open));
}
