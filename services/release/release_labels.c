#include "release_labels.h"

#include <string.h>

#include "domain/label_record.h"

/* what a label printed now would carry, NULL determination: nothing counts as tested */
static void label_due(struct arena *a, const struct release_labels *g, const char *determination, struct label_print *ret)
{
    const struct db_rows *donor = g->donor;
    struct eligibility_determine *determined = record_new(a, &record_eligibility_determine);
    record_init(&record_label_print, ret);
    determined->determination = determination;
    determined->rules_id = db_cell_text(donor, 0, "rules_id");
    determined->jurisdiction = db_cell_text(donor, 0, "jurisdiction");
    determined->fully_tested = db_cell_bool(donor, 0, "fully_tested");
    determined->has_risk = db_cell_bool(donor, 0, "has_risk");
    for (const char *at = db_cell_text(donor, 0, "reactive"); at != NULL && *at != '\0';) {
        size_t len = strcspn(at, "\n");
        texts_add(a, &determined->reactive, arena_dup(a, at, len));
        at += len + (at[len] == '\n');
    }
    label_record_fill(a, g->use, determination != NULL ? determined : NULL,
                      db_cell(g->exception, 0, "need_seq").data != NULL, ret);
}

/* Labels that are not there, or were printed when something else was known of the donor (R08) or said of the fill (R14); of what is
 * kept, or may be again: a destruction that nobody witnessed may be taken back. */
static void take_labels(struct arena *a, const struct release_labels *g, struct gate_facts *gate)
{
    const struct db_rows *labels = g->due;
    struct label_print due;
    struct buf lines = buf_new(a);
    label_due(a, g, db_cell_text(g->donor, 0, "determination"), &due);
    for (size_t i = 0; i < due.statements.count; i++)
        buf_printf(&lines, "%s%s", i > 0 ? "\n" : "", TEXTS_AT(due.statements, i));
    for (int i = 0; i < labels->rows; i++) {
        const char *there = db_cell_text(labels, i, "statements");
        gate->labels_wrong += there == NULL || strcmp(there, lines.len > 0 ? lines.text : "") != 0 ||
                              db_cell_bool(labels, i, "biohazard") != (due.biohazard == 1) || db_cell_bool(labels, i, "overtaken");
    }
}

/* How the copies add up, where the procedure asks for it or something was said of one beside its print; each container whose label is due,
 * as FACT_LABELS has them, bears its last. */
static void take_copies(struct arena *a, const struct release_labels *g, struct gate_facts *gate)
{
    const struct db_rows *r = g->copies, *due = g->due;
    struct label_account *sum = ARENA_NEW(a, struct label_account);
    struct label_copies copies;
    struct list kept = {NULL, 0};
    label_copies_begin(a, (size_t)r->rows, &copies);
    for (int i = 0; i < r->rows; i++)
        copies.item[copies.count++] = (struct label_copy){.container_id = db_cell_text(r, i, "container_id"), .state = db_cell_text(r, i, "state"),
                                                          .copy = db_cell_int(r, i, "copy")};
    for (int i = 0; i < due->rows; i++)
        texts_add(a, &kept, db_cell_text(due, i, "container_id"));
    if (!g->procedure->reconcile_labels && !label_copies_are_told(&copies))
        return;
    label_reconcile(a, &copies, &kept, sum);
    gate->labels = sum;
}

void release_labels_take(struct arena *a, const struct release_labels *from, struct gate_facts *gate)
{
    take_labels(a, from, gate);
    take_copies(a, from, gate);
}
