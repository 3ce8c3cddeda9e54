/* The batch record: every step as it was performed, with the procedure's own limits beside the values. */
#include <string.h>

#include "domain/vial.h"
#include "paper/chapters.h"
#include "paper/table.h"

static const struct column value_columns[] = {{"Value", 30, false}, {"Entered or computed", 22, true}, {"Unit", 10, false},
                                              {"Limits (hard; usual)", 24, false}, {"How", 14, false}};
static const struct column use_columns[] = {{"Material or equipment", 33, false}, {"Id", 23, false}, {"Lot or serial number", 20, false},
                                            {"Quantity", 11, true}, {"Expiry or calibration due", 26, false}};

static const char *limits(const struct matter *f, const char *const hard[2], const char *const usual[2])
{
    const char *h = matter_range(f, hard[0], hard[1]), *u = matter_range(f, usual[0], usual[1]);
    return arena_printf(f->a, "%s%s%s", h, h[0] != '\0' && u[0] != '\0' ? "; " : "", u);
}

static const char *shown_value(const struct matter *f, const struct dossier_entry *entry, const struct procedure_field *field,
                               const struct step_value *v, int64_t step)
{
    int64_t ms;
    const char *text = matter_corrected(f, entry->entry.seq, step, v->name, v->value);
    if (field != NULL && field->kind == VALUE_TIME && clock_from_text(v->value, strlen(v->value), &ms) && strcmp(text, v->value) == 0)
        return matter_time(f, ms);
    return text;
}

static bool has_value(const struct batch_step *done, const char *name)
{
    for (size_t i = 0; i < done->values.count; i++)
        if (strcmp(LIST_AT(done->values, const struct step_value, i)->name, name) == 0)
            return true;
    for (size_t i = 0; i < done->computed.count; i++)
        if (strcmp(LIST_AT(done->computed, const struct step_result, i)->name, name) == 0)
            return true;
    return false;
}

/* Values that only a correction entered. */
static void late_values(struct table *t, struct matter *f, const struct dossier_entry *entry, const struct batch_step *done,
                        const struct procedure_step *step)
{
    for (size_t i = 0; i < f->correction_count; i++) {
        const struct matter_correction *c = &f->correction[i];
        bool is_first = c->step == done->step && c->old_value == NULL && strchr(c->field, '.') == NULL && !has_value(done, c->field);
        const struct procedure_field *field = matter_field(step, c->field);
        if (is_first)
            table_row(t, (const char *[]){matter_title(f, step, c->field),
                                          matter_corrected(f, entry->entry.seq, done->step, c->field, c->new_value),
                                          matter_unit(f, field == NULL ? NULL : field->unit), "", "entered by correction"});
    }
}

static void values(struct sheet *s, struct matter *f, const struct dossier_entry *entry, const struct batch_step *done,
                   const struct procedure_step *step)
{
    struct table t;
    if (done->values.count + done->computed.count == 0)
        return;
    table_begin(&t, s, value_columns, 5);
    for (size_t i = 0; i < done->values.count; i++) {
        const struct step_value *v = LIST_AT(done->values, const struct step_value, i);
        const struct procedure_field *field = matter_field(step, v->name);
        table_row(&t, (const char *[]){matter_title(f, step, v->name), shown_value(f, entry, field, v, done->step),
                                       matter_unit(f, field == NULL ? NULL : field->unit),
                                       field == NULL ? "" : limits(f, (const char *[]){field->hard_min, field->hard_max},
                                                                   (const char *[]){field->warn_min, field->warn_max}),
                                       field != NULL && field->critical ? "entered, critical" : "entered"});
    }
    for (size_t i = 0; i < done->computed.count; i++) {
        const struct step_result *r = LIST_AT(done->computed, const struct step_result, i);
        const struct procedure_computed *c = matter_computed(step, r->name);
        const char *none = arena_printf(f->a, "<span color=\"%s\">○ %s</span>", sheet_ink_hex(INK_WARN),
                                        sheet_escape(f->a, r->cannot_evaluate));
        table_row(&t, (const char *[]){arena_printf(f->a, "<i>%s</i>", matter_title(f, step, r->name)),
                                       r->value == NULL ? none : matter_corrected(f, -2, done->step, r->name, r->value),
                                       matter_unit(f, r->unit),
                                       c == NULL ? "" : limits(f, (const char *[]){c->hard_min, c->hard_max},
                                                               (const char *[]){c->warn_min, c->warn_max}),
                                       "computed"});
    }
    late_values(&t, f, entry, done, step);
    table_end(&t);
}

/* until when a vial was to be used, as it stands at the end of the record */
static int64_t used_by(struct matter *f, const struct step_material *m, int64_t expires_ms)
{
    const struct dossier_entry *last = &f->batch->entry[f->batch->count - 1];
    struct recompute_case c = {f->a, f->d, f->batch, last, &f->memory};
    struct vial_facts vial;
    struct err ignored;
    int64_t in_use_h;
    return recompute_vial_of(&c, m->lot_id, vial_no(m), &vial, &in_use_h, &ignored) == 0 && vial.opened_ms != TIME_ABSENT ? vial.use_by_ms : expires_ms;
}

static void material_row(struct table *t, struct matter *f, int64_t step, const struct step_material *m, bool stands)
{
    struct material_receive lot;
    record_init(&record_material_receive, &lot);
    bool here = matter_of(f, m->lot_id, "batch.material_receive", &lot);
    const char *quantity = arena_printf(f->a, "%s %s", matter_number(f, m->quantity), sheet_escape(f->a, here ? lot.unit : ""));
    const char *key = vial_key(f->a, m->lot_id, vial_no(m)), *marks = matter_use(f, step, "materials", key);
    table_row(t, (const char *[]){here ? sheet_escape(f->a, lot.material) : "",
                                  arena_printf(f->a, "%s%s", stands ? key : matter_struck(f, key), marks),
                                  sheet_escape(f->a, lot.lot_number), stands ? quantity : matter_struck(f, quantity),
                                  here ? matter_time(f, vial_no(m) > 0 ? used_by(f, m, lot.expires_at) : lot.expires_at) : ""});
}

static void equipment_row(struct table *t, struct matter *f, int64_t step, const struct step_equipment *used, int64_t at_ms, bool stands)
{
    struct equipment_register equipment;
    struct equipment_calibrate calibration;
    const struct dossier_stream *stream = dossier_stream(f->d, used->equipment_id);
    const struct dossier_entry *last = recompute_last(stream, "batch.equipment_calibrate", at_ms);
    struct recompute_case c = {f->a, f->d, f->batch, last, &f->memory};
    struct err e;
    record_init(&record_equipment_register, &equipment);
    matter_of(f, used->equipment_id, "batch.equipment_register", &equipment);
    const char *due = last != NULL && recompute_read(&c, last, &calibration, &e) == 0 ? matter_time(f, calibration.due_at) : "";
    const char *id = arena_printf(f->a, "%s%s", stands ? used->equipment_id : matter_struck(f, used->equipment_id),
                                  matter_use(f, step, "equipment", used->equipment_id));
    table_row(t, (const char *[]){sheet_escape(f->a, equipment.title), id, sheet_escape(f->a, equipment.serial_number),
                                  "", due});
}

/* a cleaning that the step rests on or rested on, in its equipment's own stream */
static void cleaning_row(struct table *t, struct matter *f, const struct step_cleaning *k, bool stands)
{
    const struct dossier_stream *s = dossier_stream(f->d, k->equipment_id);
    for (size_t i = 0; s != NULL && i < s->count; i++) {
        struct recompute_case c = {f->a, f->d, s, &s->entry[i], &f->memory};
        struct equipment_clean in;
        struct err ignored;
        if (s->entry[i].entry.seq != k->entry || strcmp(s->entry[i].statement.type, "batch.equipment_clean") != 0 ||
            recompute_read(&c, &s->entry[i], &in, &ignored) != 0)
            continue;
        const char *at = matter_time(f, in.cleaned_at);
        table_row(t, (const char *[]){arena_printf(f->a, "cleaned: %s", matter_free(f, in.method)),
                                      stands ? k->equipment_id : matter_struck(f, k->equipment_id), in.lot_id, "",
                                      stands ? at : matter_struck(f, at)});
    }
}

static bool has_cleaning(const struct list *cleanings, const struct step_cleaning *k)
{
    for (size_t i = 0; i < cleanings->count; i++) {
        const struct step_cleaning *x = LIST_AT(*cleanings, const struct step_cleaning, i);
        if (strcmp(x->equipment_id, k->equipment_id) == 0 && x->entry == k->entry)
            return true;
    }
    return false;
}

/* each cleaning that the step rested on, struck where it does so no more; then what came in its place */
static void cleanings(struct table *t, struct matter *f, const struct batch_step *done)
{
    const struct list now = matter_cleanings(f, done);
    for (size_t i = 0; i < done->cleanings.count; i++) {
        const struct step_cleaning *k = LIST_AT(done->cleanings, const struct step_cleaning, i);
        cleaning_row(t, f, k, has_cleaning(&now, k));
    }
    for (size_t i = 0; i < now.count; i++) {
        const struct step_cleaning *k = LIST_AT(now, const struct step_cleaning, i);
        if (!has_cleaning(&done->cleanings, k))
            cleaning_row(t, f, k, true);
    }
}

static bool has_material(const struct batch_step *step, const struct step_material *m)
{
    for (size_t i = 0; i < step->materials.count; i++) {
        const struct step_material *x = LIST_AT(step->materials, const struct step_material, i);
        if (strcmp(x->lot_id, m->lot_id) == 0 && vial_no(x) == vial_no(m) && strcmp(x->quantity, m->quantity) == 0)
            return true;
    }
    return false;
}

static bool has_equipment(const struct batch_step *step, const struct step_equipment *used)
{
    for (size_t i = 0; i < step->equipment.count; i++)
        if (strcmp(LIST_AT(step->equipment, const struct step_equipment, i)->equipment_id, used->equipment_id) == 0)
            return true;
    return false;
}

/* What was recorded, struck where it stands no more; then what stands in its place. */
static void uses(struct sheet *s, struct matter *f, const struct batch_step *done, int64_t at_ms)
{
    const struct batch_step *now = matter_stands(f, done);
    struct table t;
    if (done->materials.count + done->equipment.count + now->materials.count + now->equipment.count == 0)
        return;
    table_begin(&t, s, use_columns, 5);
    for (size_t i = 0; i < done->materials.count; i++) {
        const struct step_material *m = LIST_AT(done->materials, const struct step_material, i);
        material_row(&t, f, done->step, m, has_material(now, m));
    }
    for (size_t i = 0; i < now->materials.count; i++)
        if (!has_material(done, LIST_AT(now->materials, const struct step_material, i)))
            material_row(&t, f, done->step, LIST_AT(now->materials, const struct step_material, i), true);
    for (size_t i = 0; i < done->equipment.count; i++) {
        const struct step_equipment *used = LIST_AT(done->equipment, const struct step_equipment, i);
        equipment_row(&t, f, done->step, used, at_ms, has_equipment(now, used));
    }
    for (size_t i = 0; i < now->equipment.count; i++)
        if (!has_equipment(done, LIST_AT(now->equipment, const struct step_equipment, i)))
            equipment_row(&t, f, done->step, LIST_AT(now->equipment, const struct step_equipment, i), at_ms, true);
    cleanings(&t, f, done);
    table_end(&t);
}

/* when the work was done; what was recorded of it struck before it */
static const char *work(const struct matter *f, const struct batch_step *done)
{
    const struct batch_step *now = matter_stands(f, done);
    const char *span = matter_span(f, now->started_at, now->ended_at);
    if (now->started_at == done->started_at && now->ended_at == done->ended_at)
        return span;
    return arena_printf(f->a, "%s %s", matter_struck(f, matter_span(f, done->started_at, done->ended_at)), span);
}

static const struct dossier_entry *verifier_of(struct matter *f, int64_t step)
{
    struct step_verify verify;
    const struct dossier_entry *entry, *found = NULL;
    for (size_t at = 0; (entry = matter_next(f, "batch.step_verify", &at, &verify)) != NULL;)
        found = verify.step == step ? entry : found;
    return found;
}

static void one_step(struct sheet *s, struct matter *f, const struct dossier_entry *entry, const struct batch_step *done)
{
    const struct procedure_step *step = procedure_step(f->procedure, (int)done->step);
    const struct dossier_entry *verified = verifier_of(f, done->step);
    if (step == NULL)
        return;
    sheet_section(s, arena_printf(f->a, "%d  %s  <span weight=\"normal\" color=\"%s\">%s</span>", step->no, sheet_escape(f->a, step->name),
                                  sheet_ink_hex(INK_QUIET), stage_words[step->stage]), 80);
    const char *none = arena_printf(f->a, "<span color=\"%s\">○ not yet</span>", sheet_ink_hex(INK_WARN));
    bool is_late = done->late_min != INTEGER_ABSENT, asks = step->verify || is_late || matter_is_lapsed(f, entry->entry.seq);
    sheet_text(s, FACE_TABLE, SHEET_LEFT, SHEET_SPAN,
               arena_printf(f->a, "Performed by %s (entry %lld). Work %s.\nVerified by %s", matter_signed(f, entry),
                            (long long)entry->entry.seq + 1, work(f, done),
                            verified != NULL ? matter_signed(f, verified) : asks ? none : "nobody; the procedure asks for none"));
    if (done->confirmed != NULL)
        sheet_text(s, FACE_TABLE, SHEET_LEFT, SHEET_SPAN,
                   arena_printf(f->a, "Confirmed by %s: %s", done->confirmed_how, sheet_escape(f->a, done->confirmed)));
    if (is_late)
        sheet_text(s, FACE_TABLE, SHEET_LEFT, SHEET_SPAN,
                   arena_printf(f->a, "<span color=\"%s\">Late entry: recorded %lld min after the work ended, at %s.</span>",
                                sheet_ink_hex(INK_WARN), (long long)done->late_min, matter_time(f, entry->entry.time_ms)));
    if (done->reason != NULL || matter_stands(f, done)->reason != NULL)
        sheet_text(s, FACE_TABLE, SHEET_LEFT, SHEET_SPAN,
                   arena_printf(f->a, "Reason: %s", matter_corrected(f, entry->entry.seq, done->step, "step.reason", done->reason)));
    sheet_gap(s, 4);
    values(s, f, entry, done, step);
    uses(s, f, done, entry->entry.time_ms);
}

static void notes(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"Entry", 7, true}, {"Remark", 63, false}, {"Signed by", 30, false}};
    struct batch_note note;
    struct table t;
    size_t at = 0;
    const struct dossier_entry *entry = matter_next(f, "batch.note", &at, &note);
    if (entry == NULL)
        return;
    sheet_section(s, "Remarks", 40);
    table_begin(&t, s, columns, 3);
    for (; entry != NULL; entry = matter_next(f, "batch.note", &at, &note))
        table_row(&t, (const char *[]){arena_printf(f->a, "%lld", (long long)entry->entry.seq + 1), matter_remark(f, entry->entry.seq, note.text),
                                       matter_signed(f, entry)});
    table_end(&t);
}

static void readings_left_out(struct sheet *s, struct matter *f)
{
    size_t n = 0;
    for (size_t at = 0; matter_next(f, "batch.reading", &at, NULL) != NULL;)
        n++;
    sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN,
               arena_printf(f->a, "The list of the %zu readings is left out of this paper for its length; the dossier holds them all. "
                            "Their course is drawn under Trends, what was changed in them stands under Corrections.", n));
}

static void readings(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"Entry", 7, true}, {"Read at", 26, false}, {"Equipment", 27, false},
                                            {"Quantity", 22, false}, {"Value", 18, true}};
    struct batch_reading reading;
    struct table t;
    size_t at = 0;
    const struct dossier_entry *entry = matter_next(f, "batch.reading", &at, &reading);
    if (entry == NULL)
        return;
    sheet_section(s, "Readings, recorded without signature", 40);
    if (f->length >= MATTER_NO_READINGS) {
        readings_left_out(s, f);
        return;
    }
    table_begin(&t, s, columns, 5);
    for (; entry != NULL; entry = matter_next(f, "batch.reading", &at, &reading))
        table_row(&t, (const char *[]){arena_printf(f->a, "%lld", (long long)entry->entry.seq + 1), matter_time(f, reading.read_at),
                                       reading.equipment_id, matter_quantity(f, reading.quantity),
                                       matter_corrected(f, entry->entry.seq, -1, "value", reading.value)});
    table_end(&t);
}

/* who stood there before, by its id alone: its record is its own */
static void clearances(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"Entry", 7, true}, {"Work place", 20, false}, {"Cleared at; what stood there before", 29, false},
                                            {"Cleared by", 22, false}, {"Verified by", 22, false}};
    struct line_clear in;
    struct line_verify verify;
    struct table t;
    size_t at = 0;
    const struct dossier_entry *entry = matter_next(f, "batch.line_clear", &at, &in), *second;
    if (entry == NULL)
        return;
    sheet_section(s, "Line clearances: materials and labels of other batches removed, surface cleaned", 40);
    table_begin(&t, s, columns, 5);
    for (; entry != NULL; entry = matter_next(f, "batch.line_clear", &at, &in)) {
        const char *verified = "";
        for (size_t k = 0; (second = matter_next(f, "batch.line_verify", &k, &verify)) != NULL;)
            verified = verify.clearance == entry->entry.seq ? matter_signed(f, second) : verified;
        const char *late = in.late_min == INTEGER_ABSENT ? "" : arena_printf(f->a, "; <span color=\"%s\">late entry, %lld min</span>: %s",
                           sheet_ink_hex(INK_WARN), (long long)in.late_min, matter_free(f, in.reason));
        table_row(&t, (const char *[]){arena_printf(f->a, "%lld", (long long)entry->entry.seq + 1),
                                       matter_corrected(f, entry->entry.seq, -1, "equipment_id", in.equipment_id),
                                       arena_printf(f->a, "%s, with %s; %s%s", matter_time(f, in.cleared_at), sheet_escape(f->a, in.cleaned_with),
                                                    in.previous_batch_id != NULL ? in.previous_batch_id : "nothing", late),
                                       matter_signed(f, entry), verified});
    }
    table_end(&t);
}

void chapter_steps(struct sheet *s, struct matter *f)
{
    struct batch_step done;
    const struct dossier_entry *entry;
    sheet_chapter(s, "Batch record");
    if (f->open.remark != NULL)
        sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN, arena_printf(f->a, "Remark at opening: %s", matter_free(f, f->open.remark)));
    sheet_text(s, FACE_SMALL, SHEET_LEFT, SHEET_SPAN,
               "Computed values are in italics. A struck value was corrected; the number beside it names the correction.");
    for (size_t at = 0; (entry = matter_next(f, "batch.step", &at, &done)) != NULL;)
        one_step(s, f, entry, &done);
    clearances(s, f);
    notes(s, f);
    readings(s, f);
}
