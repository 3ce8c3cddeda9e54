/* CSV (RFC 4180, UTF-8, comma, CR LF): three tables (the fourth is csv_corrections.c), each cell the record's own text. Nothing is escaped against
 * spreadsheets that run cells: "-196" stays a number. */
#include <string.h>

#include "domain/vial.h"
#include "exports/formats.h"

static const struct map_row rows[] = {
    {"batch_step", "step", "steps.step", MAP_TEXT},
    {"batch_step", "started_at", "steps.started_at", MAP_TEXT},
    {"batch_step", "ended_at", "steps.ended_at", MAP_TEXT},
    {"batch_step", "reason", "steps.reason", MAP_TEXT},
    {"batch_step", "values", "steps (a line each, kind value)", MAP_CODE},
    {"batch_step", "computed", "steps (a line each, kind computed)", MAP_CODE},
    {"batch_step", "materials", "steps (a line each, kind material)", MAP_CODE},
    {"batch_step", "equipment", "steps (a line each, kind equipment)", MAP_CODE},
    {"step_value", "name", "steps.item.name", MAP_TEXT},
    {"step_value", "value", "steps.item.value", MAP_TEXT},
    {"step_result", "name", "steps.item.name", MAP_TEXT},
    {"step_result", "value", "steps.item.value", MAP_TEXT},
    {"step_result", "unit", "steps.item.unit", MAP_TEXT},
    {"step_result", "cannot_evaluate", "steps.item.cannot_evaluate", MAP_TEXT},
    {"step_material", "lot_id", "steps.item.name", MAP_TEXT},
    {"step_material", "vial_no", "steps.item.vial_no", MAP_TEXT},
    {"step_material", "quantity", "steps.item.value", MAP_TEXT},
    {"step_equipment", "equipment_id", "steps.item.name", MAP_TEXT},
    {"batch_correct", "new_value", "steps.value", MAP_CODE},
    {"batch_correct", "old_value", "steps.was", MAP_CODE},
    {"batch_correct", "lapsed", "steps.unsigned_by_entry", MAP_CODE},
    {"test_correct", "new_value", "tests.result", MAP_CODE},
    {"test_correct", "old_value", "tests.was", MAP_CODE},
    {"test_correct", "lapsed", "tests.unsigned_by_entry", MAP_CODE},
    {"fill_correct", "new_value", "custody, the field's own column", MAP_CODE},
    {"fill_correct", "old_value", "custody.was (name: value; ...)", MAP_CODE},
    {"fill_correct", "lapsed", "custody.unsigned_by_entry", MAP_CODE},
    {"custody_correct", "new_value", "custody, the field's own column", MAP_CODE},
    {"custody_correct", "old_value", "custody.was (name: value; ...)", MAP_CODE},
    {"custody_correct", "findings", "corrections.findings", MAP_CODE},
    {"custody_correct", "lapsed", "corrections.unsigned", MAP_CODE},
    {"step_verify", "step", "steps.verified_by, steps.verified_at", MAP_CODE},
    {"test_report", "code", "tests.code", MAP_TEXT},
    {"test_report", "result", "tests.result", MAP_TEXT},
    {"test_report", "reported", "tests.reported", MAP_TEXT},
    {"test_report", "verdict", "tests.verdict", MAP_TEXT},
    {"test_report", "explanation", "tests.explanation", MAP_TEXT},
    {"test_report", "method", "tests.method", MAP_TEXT},
    {"test_report", "sample_point", "tests.sample_point", MAP_TEXT},
    {"test_report", "sampled_at", "tests.sampled_at", MAP_TEXT},
    {"test_report", "tested_at", "tests.tested_at", MAP_TEXT},
    {"test_report", "remark", "tests.remark", MAP_TEXT},
    {"test_report", "sample_id", "tests.sample_id", MAP_TEXT},
    {"test_review", "test_seq", "tests.reviewed_by, tests.reviewed_at", MAP_CODE},
    {"oos_close", "conclusion", "tests.oos", MAP_CODE},
    {"fill_container", "container_id", "custody.container_id", MAP_TEXT},
    {"fill_container", "volume_ml", "custody.volume_ml", MAP_TEXT},
    {"fill_container", "cells", "custody.cells", MAP_TEXT},
    {"batch_fill", "containers", "custody (a line each)", MAP_CODE},
    {"batch_fill", "expires_at", "custody.expires_at", MAP_TEXT},
    {"label_print", "container_id", "custody.container_id", MAP_TEXT},
    {"label_print", "copy", "custody.label_copy", MAP_TEXT},
    {"label_print", "reason", "custody.reason", MAP_TEXT},
    {"label_apply", "container_id", "custody.container_id", MAP_TEXT},
    {"label_apply", "copy", "custody.label_copy", MAP_TEXT},
    {"label_apply", "reason", "custody.reason", MAP_TEXT},
    {"label_apply", "replaces", "custody.label_replaces", MAP_TEXT},
    {"label_end", "container_id", "custody.container_id", MAP_TEXT},
    {"label_end", "copy", "custody.label_copy", MAP_TEXT},
    {"label_end", "outcome", "custody.place", MAP_TEXT},
    {"label_end", "reason", "custody.reason", MAP_TEXT},
    {"label_end", "witness_id", "custody.receiver_id", MAP_TEXT},
    {"label_witness", "container_id", "custody.container_id", MAP_TEXT},
    {"label_witness", "copy", "custody.label_copy", MAP_TEXT},
    {"container_store", "container_id", "custody.container_id", MAP_TEXT},
    {"container_store", "equipment_id", "custody.equipment_id", MAP_TEXT},
    {"container_store", "position", "custody.place", MAP_TEXT},
    {"hand_over", "containers", "custody (a line each)", MAP_CODE},
    {"hand_over", "transfer_id", "custody.transfer_id", MAP_TEXT},
    {"hand_over", "receiver_id", "custody.receiver_id", MAP_TEXT},
    {"hand_over", "destination", "custody.place", MAP_TEXT},
    {"hand_over", "condition", "custody.condition", MAP_TEXT},
    {"hand_over", "seal_number", "custody.seal_number", MAP_TEXT},
    {"hand_over", "temperature_c", "custody.temperature_c", MAP_TEXT},
    {"receive", "containers", "custody (a line each)", MAP_CODE},
    {"receive", "transfer_id", "custody.transfer_id", MAP_TEXT},
    {"receive", "condition", "custody.condition", MAP_TEXT},
    {"receive", "seal_number", "custody.seal_number", MAP_TEXT},
    {"ship_pack", "containers", "custody (a line each)", MAP_CODE},
    {"ship_pack", "shipper_id", "custody.equipment_id", MAP_TEXT},
    {"ship_pack", "transfer_id", "custody.transfer_id", MAP_TEXT},
    {"ship_pack", "receiver_id", "custody.receiver_id", MAP_TEXT},
    {"ship_pack", "carrier", "custody.place", MAP_TEXT},
    {"ship_pack", "seal_number", "custody.seal_number", MAP_TEXT},
    {"ship_unpack", "containers", "custody (a line each)", MAP_CODE},
    {"ship_unpack", "transfer_id", "custody.transfer_id", MAP_TEXT},
    {"ship_unpack", "reason", "custody.reason", MAP_TEXT},
    {"ship_unpack", "max_c", "custody.temperature_c", MAP_TEXT},
    {"ship_unpack", "decision", "custody.place", MAP_TEXT},
    {"ship_receive", "containers", "custody (a line each)", MAP_CODE},
    {"ship_receive", "transfer_id", "custody.transfer_id", MAP_TEXT},
    {"ship_receive", "condition", "custody.condition", MAP_TEXT},
    {"ship_receive", "seal_number", "custody.seal_number", MAP_TEXT},
    {"ship_receive", "max_c", "custody.temperature_c", MAP_TEXT},
    {"ship_receive", "decision", "custody.place", MAP_TEXT},
    {"container_pool", "parents", "custody (a line each, and one of the new container)", MAP_CODE},
    {"container_pool", "parts", "custody (a line each)", MAP_CODE},
    {"container_pool", "reason", "custody.reason", MAP_TEXT},
    {"pool_part", "container_id", "custody.container_id", MAP_TEXT},
    {"pool_part", "volume_ml", "custody.volume_ml", MAP_TEXT},
    {"pool_part", "cells", "custody.cells", MAP_TEXT},
    {"pool_verify", "container_id", "custody.container_id", MAP_TEXT},
    {"sample_take", "sample_id", "custody.sample_id", MAP_TEXT},
    {"sample_take", "container_id", "custody.container_id", MAP_TEXT},
    {"sample_take", "volume_ml", "custody.volume_ml", MAP_TEXT},
    {"sample_take", "cells", "custody.cells", MAP_TEXT},
    {"sample_take", "place", "custody.place", MAP_TEXT},
    {"sample_take", "reason", "custody.reason", MAP_TEXT},
    {"sample_send", "samples", "custody (a line each)", MAP_CODE},
    {"sample_send", "laboratory", "custody.place", MAP_TEXT},
    {"sample_receive", "samples", "custody (a line each)", MAP_CODE},
    {"sample_receive", "condition", "custody.condition", MAP_TEXT},
    {"sample_receive", "place", "custody.place", MAP_TEXT},
    {"sample_receive", "reason", "custody.reason", MAP_TEXT},
    {"sample_end", "samples", "custody (a line each)", MAP_CODE},
    {"sample_end", "place", "custody.place", MAP_TEXT},
    {"sample_end", "reason", "custody.reason", MAP_TEXT},
    {"container_destroy", "containers", "custody (a line each)", MAP_CODE},
    {"container_destroy", "method", "custody.place", MAP_TEXT},
    {"container_destroy", "reason", "custody.reason", MAP_TEXT},
    {"container_destroy", "witness_id", "custody.receiver_id", MAP_TEXT},
    {"destroy_witness", "containers", "custody (a line each)", MAP_CODE},
    {"destroy_cancel", "containers", "custody (a line each)", MAP_CODE},
    {"destroy_cancel", "reason", "custody.reason", MAP_TEXT},
    {"container_loss", "containers", "custody (a line each)", MAP_CODE},
    {"container_loss", "text", "custody.reason", MAP_TEXT},
    {"return_give", "containers", "custody (a line each)", MAP_CODE},
    {"return_give", "transfer_id", "custody.transfer_id", MAP_TEXT},
    {"return_give", "receiver_id", "custody.receiver_id", MAP_TEXT},
    {"return_give", "reason", "custody.reason", MAP_TEXT},
    {"return_give", "condition", "custody.condition", MAP_TEXT},
    {"return_give", "seal_number", "custody.seal_number", MAP_TEXT},
    {"return_give", "temperature_c", "custody.temperature_c", MAP_TEXT},
    {"return_receive", "containers", "custody (a line each)", MAP_CODE},
    {"return_receive", "transfer_id", "custody.transfer_id", MAP_TEXT},
    {"return_receive", "condition", "custody.condition", MAP_TEXT},
    {"return_receive", "seal_number", "custody.seal_number", MAP_TEXT},
    {"return_receive", "temperature_c", "custody.temperature_c", MAP_TEXT},
    {"container_decide", "containers", "custody (a line each)", MAP_CODE},
    {"container_decide", "decision", "custody.place", MAP_TEXT},
    {"container_decide", "reason", "custody.reason", MAP_TEXT},
    {"recall", "containers", "custody (a line each)", MAP_CODE},
    {"recall_container", "container_id", "custody.container_id", MAP_CODE},
    {"recall_container", "state", "it follows from the lines before", MAP_LEFT},
    {"recall_container", "consignee", "it follows from the hand-over's line", MAP_LEFT},
    {"recall", "reason", "custody.reason", MAP_TEXT},
    {"administer", "containers", "custody (a line each)", MAP_CODE},
    {"dose_container", "container_id", "custody.container_id", MAP_TEXT},
    {"dose_container", "volume_given_ml", "custody.volume_ml", MAP_TEXT},
    {"dose_container", "residual_ml", "what was given says what was left", MAP_LEFT},
    {"administer", "route", "custody.place", MAP_TEXT},
    {"*", "*", "no step, test or custody; see FHIR", MAP_LEFT},
};

const struct map csv_map = MAP("csv", "CSV", rows);

static const char *const step_columns[] = {
    "entry", "step", "step_name", "started_at", "ended_at", "performed_by", "verified_by", "verified_at", "kind", "name", "value",
    "was", "unit", "cannot_evaluate", "reason", "unsigned_by_entry", "vial_no"};
static const char *const test_columns[] = {
    "entry", "code", "title", "result", "was", "unit", "reported", "verdict", "explanation", "operator", "limit", "limit_high", "method",
    "sample_point", "sample_id", "sampled_at", "tested_at", "remark", "tested_by", "reviewed_by", "reviewed_at", "oos",
    "unsigned_by_entry"};
static const char *const custody_columns[] = {
    "entry", "event", "at", "recorded_at", "person_id", "container_id", "sample_id", "volume_ml", "cells", "expires_at", "equipment_id", "place",
    "transfer_id", "receiver_id", "condition", "seal_number", "temperature_c", "label_copy",
    "label_replaces", "reason", "was", "unsigned_by_entry"};

#define COUNT(columns) (sizeof(columns) / sizeof((columns)[0]))

static struct bytes table(const struct facts *f, const struct tree *lines, const char *const *columns, size_t n)
{
    struct buf b = buf_new(f->arena);
    tree_to_csv(&b, lines, columns, n);
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

static void put_entry(const struct facts *f, const struct fact *x, struct tree *line)
{
    tree_text(line, "entry", arena_printf(f->arena, "%lld", (long long)x->entry->entry.seq));
    if (x->unsigned_by != NULL)
        tree_text(line, "unsigned_by_entry", arena_printf(f->arena, "%lld", (long long)x->unsigned_by->entry->entry.seq));
}

static void put_second(const struct fact *second, struct tree *line, const char *by, const char *at)
{
    if (second == NULL)
        return;
    tree_text(line, by, second->statement->actor);
    tree_text(line, at, second->time);
}

/* ---- steps: one line a value, so that every line has the same columns */

static struct tree *step_line(const struct facts *f, const struct fact *x, const char *kind, struct tree *lines)
{
    const struct batch_step *step = x->record;
    const struct procedure_step *is = procedure_step(f->procedure, (int)step->step);
    struct tree *line = tree_at(lines, "[]");
    put_entry(f, x, line);
    map_record(f, &csv_map, &record_batch_step, step, "steps", line);
    tree_text(line, "step_name", is != NULL ? is->name : NULL);
    tree_text(line, "performed_by", x->statement->actor);
    put_second(facts_about(f, "batch.step_verify", "step", step->step), line, "verified_by", "verified_at");
    tree_text(line, "kind", kind);
    return line;
}

static const char *material_key(const struct facts *f, const struct step_material *used)
{
    return vial_key(f->arena, used->lot_id, vial_no(used));
}

/* what was signed for a value that was corrected, or calculated from one */
static const char *was_value(const struct facts *f, const struct fact *x, const char *kind, const char *name)
{
    const struct batch_step *was = x->was;
    for (size_t i = 0; was != NULL && strcmp(kind, "value") == 0 && i < was->values.count; i++)
        if (strcmp(LIST_AT(was->values, struct step_value, i)->name, name) == 0)
            return LIST_AT(was->values, struct step_value, i)->value;
    for (size_t i = 0; was != NULL && strcmp(kind, "computed") == 0 && i < was->computed.count; i++)
        if (strcmp(LIST_AT(was->computed, struct step_result, i)->name, name) == 0)
            return LIST_AT(was->computed, struct step_result, i)->value;
    for (size_t i = 0; was != NULL && strcmp(kind, "material") == 0 && i < was->materials.count; i++)
        if (strcmp(material_key(f, LIST_AT(was->materials, struct step_material, i)), name) == 0)
            return LIST_AT(was->materials, struct step_material, i)->quantity;
    return NULL;
}

static void put_was(struct tree *line, const char *was, const char *is)
{
    if (was != NULL && (is == NULL || strcmp(was, is) != 0))
        tree_text(line, "was", was);
}

static void put_items(const struct facts *f, const struct fact *x, const char *kind, const struct record_type *type,
                      const struct list *items, struct tree *lines)
{
    const struct batch_step *step = x->record;
    for (size_t i = 0; i < items->count; i++) {
        struct tree *line = step_line(f, x, kind, lines);
        map_record(f, &csv_map, type, (const char *)items->items + i * type->size, "steps.item", line);
        const struct step_value *value = type == &record_step_value ? LIST_AT(*items, struct step_value, i) : NULL;
        const struct step_result *result = type == &record_step_result ? LIST_AT(*items, struct step_result, i) : NULL;
        const struct step_material *used = type == &record_step_material ? LIST_AT(*items, struct step_material, i) : NULL;
        if (used != NULL)
            put_was(line, was_value(f, x, kind, material_key(f, used)), used->quantity);
        if (value != NULL) {
            tree_text(line, "unit", facts_step_unit(f, step->step, value->name));
            put_was(line, was_value(f, x, kind, value->name), value->value);
        } else if (result != NULL) {
            put_was(line, was_value(f, x, kind, result->name), result->value);
        }
    }
}

struct bytes csv_steps(const struct facts *f)
{
    struct tree *lines = tree_new(f->arena);
    FACTS_EACH(f, x, "batch.step") {
        const struct batch_step *step = x->record;
        size_t all = step->values.count + step->computed.count + step->materials.count + step->equipment.count;
        if (all == 0)
            step_line(f, x, "step", lines);
        put_items(f, x, "value", &record_step_value, &step->values, lines);
        put_items(f, x, "computed", &record_step_result, &step->computed, lines);
        put_items(f, x, "material", &record_step_material, &step->materials, lines);
        put_items(f, x, "equipment", &record_step_equipment, &step->equipment, lines);
    }
    return table(f, lines, step_columns, COUNT(step_columns));
}

/* ---- tests: one line a report, the limit beside it */

struct bytes csv_tests(const struct facts *f)
{
    struct tree *lines = tree_new(f->arena);
    FACTS_EACH(f, x, "quality.test_report") {
        const struct test_report *in = x->record;
        const struct specification_test *test = facts_test(f, in->code);
        const struct fact *closed = facts_about(f, "quality.oos_close", "test_seq", x->entry->entry.seq);
        struct tree *line = tree_at(lines, "[]");
        put_entry(f, x, line);
        map_record(f, &csv_map, &record_test_report, in, "tests", line);
        tree_text(line, "tested_by", x->statement->actor);
        if (x->was != NULL)
            put_was(line, ((const struct test_report *)x->was)->result, in->result);
        put_second(facts_about(f, "quality.test_review", "test_seq", x->entry->entry.seq), line, "reviewed_by", "reviewed_at");
        tree_text(line, "oos", closed != NULL ? ((const struct oos_close *)closed->record)->conclusion : NULL);
        if (test == NULL)
            continue;
        tree_text(line, "title", test->title);
        tree_text(line, "unit", test->unit);
        tree_text(line, "operator", spec_op_words[test->op]);
        tree_text(line, "limit", test->limit);
        tree_text(line, "limit_high", test->limit_high);
    }
    return table(f, lines, test_columns, COUNT(test_columns));
}

/* ---- custody: one line a container and event */

static struct tree *custody_line(const struct facts *f, const struct fact *x, struct tree *lines)
{
    struct tree *line = tree_at(lines, "[]");
    put_entry(f, x, line);
    tree_text(line, "event", x->statement->type);
    tree_text(line, "at", x->at);
    tree_text(line, "recorded_at", x->time);
    tree_text(line, "person_id", x->statement->actor);
    map_record(f, &csv_map, x->verb->in, x->record, "custody", line);
    tree_text(line, "was", map_was_text(f, x->verb->in, x->was, x->record));
    return line;
}

static void put_containers(const struct facts *f, const struct fact *x, struct tree *lines)
{
    const struct list listed = facts_containers(f, x);
    for (size_t i = 0; i < listed.count; i++)
        tree_text(custody_line(f, x, lines), "container_id", TEXTS_AT(listed, i));
    const struct list samples = facts_samples(x);
    for (size_t i = 0; i < samples.count; i++)
        tree_text(custody_line(f, x, lines), "sample_id", TEXTS_AT(samples, i));
    if (listed.count == 0 && samples.count == 0)
        custody_line(f, x, lines);
}

/* one container's line: what of it was corrected, and what of the whole */
static void put_one(const struct facts *f, const struct fact *x, const struct record_type *type, const void *is, const void *was,
                    struct tree *lines)
{
    const char *whole = map_was_text(f, x->verb->in, x->was, x->record), *own = map_was_text(f, type, was, is);
    struct tree *line = custody_line(f, x, lines);
    map_record(f, &csv_map, type, is, "custody", line);
    tree_text(line, "was", arena_printf(f->arena, "%s%s%s", own, *own != '\0' && *whole != '\0' ? "; " : "", whole));
}

static void put_given(const struct facts *f, const struct fact *x, struct tree *lines)
{
    const struct administer *in = x->record, *was = x->was;
    for (size_t i = 0; i < in->containers.count; i++)
        put_one(f, x, &record_dose_container, LIST_AT(in->containers, struct dose_container, i),
                was != NULL && i < was->containers.count ? LIST_AT(was->containers, struct dose_container, i) : NULL, lines);
}

static void put_filled(const struct facts *f, const struct fact *x, struct tree *lines)
{
    const struct batch_fill *in = x->record, *was = x->was;
    for (size_t i = 0; i < in->containers.count; i++)
        put_one(f, x, &record_fill_container, LIST_AT(in->containers, struct fill_container, i),
                was != NULL && i < was->containers.count ? LIST_AT(was->containers, struct fill_container, i) : NULL, lines);
}

/* what each put in, and the new container */
static void put_pooled(const struct facts *f, const struct fact *x, struct tree *lines)
{
    const struct container_pool *in = x->record;
    char expires[CLOCK_TEXT];
    for (size_t i = 0; i < in->parts.count; i++)
        map_record(f, &csv_map, &record_pool_part, LIST_AT(in->parts, struct pool_part, i), "custody", custody_line(f, x, lines));
    struct pool_part made = {in->container_id, in->volume_ml, in->cells};
    struct tree *line = custody_line(f, x, lines);
    map_record(f, &csv_map, &record_pool_part, &made, "custody", line);
    clock_to_text(in->expires_at, expires);
    tree_text(line, "expires_at", arena_text(f->arena, expires));
    if (x->was != NULL)
        tree_text(line, "was", map_was_text(f, &record_container_pool, x->was, in));
}

struct bytes csv_custody(const struct facts *f)
{
    struct tree *lines = tree_new(f->arena);
    for (size_t i = 0; i < f->count; i++) {
        const struct fact *x = &f->fact[i];
        if (strcmp(x->statement->type, "batch.fill") == 0)
            put_filled(f, x, lines);
        else if (strcmp(x->statement->type, "custody.administer") == 0)
            put_given(f, x, lines);
        else if (strcmp(x->statement->type, "custody.pool") == 0)
            put_pooled(f, x, lines);
        else if (strncmp(x->statement->type, "custody.", 8) == 0 && x->record != NULL && x->verb->in != &record_custody_correct)
            put_containers(f, x, lines);
    }
    return table(f, lines, custody_columns, COUNT(custody_columns));
}
