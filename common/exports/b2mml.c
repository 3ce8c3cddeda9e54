/* B2MML (BatchML batch production record, ISA-88 part 4): steps, materials, readings, filling and custody as events, tests
 * as samples, remarks and decisions as comments. Elements stand in the schema's order; the tables' order is that order.
 * The Business To Manufacturing Markup Language (B2MML) is used courtesy of MESA International. */
#include <string.h>

#include "exports/formats.h"

static const struct map_row rows[] = {
    {"batch_open", "batch_id", "BatchProductionRecord.BatchID", MAP_TEXT},
    {"batch_open", "procedure_id", "BatchProductionRecord.BatchProductionRecordSpec", MAP_CODE},
    {"batch_open", "procedure_version", "BatchProductionRecord.BatchProductionRecordSpec", MAP_CODE},
    {"batch_open", "*", "Comment.CommentText[]", MAP_CODE},
    {"collection_record", "donation_number", "BatchProductionRecord.LotID", MAP_TEXT},
    {"batch_fill", "expires_at", "BatchProductionRecord.ExpirationDate", MAP_CODE},
    {"batch_fill", "containers", "Event (Material, Produce), one a container", MAP_CODE},
    {"batch_fill", "tolerance_percent", "how it was judged; see FHIR", MAP_LEFT},
    {"batch_fill", "tolerance_ml", "how it was judged; see FHIR", MAP_LEFT},
    {"batch_fill", "*", "Event.Value[]", MAP_CODE},
    {"fill_container", "*", "Event.Value[]", MAP_CODE},
    {"batch_step", "step", "Event.ProceduralElementReference", MAP_TEXT},
    {"batch_step", "materials", "Event (Material, Consume), one a lot", MAP_CODE},
    {"batch_step", "equipment", "Event.EquipmentID[]", MAP_CODE},
    {"batch_step", "values", "Event.Value[]", MAP_CODE},
    {"batch_step", "computed", "Event.Value[]", MAP_CODE},
    {"batch_step", "*", "Event.Value[]", MAP_CODE},
    {"step_value", "*", "Event.Value[]", MAP_CODE},
    {"step_result", "*", "Event.Value[]", MAP_CODE},
    {"step_material", "*", "Event.Value[]", MAP_CODE},
    {"step_equipment", "equipment_id", "Event.EquipmentID[]", MAP_CODE},
    {"batch_reading", "equipment_id", "Event.EquipmentID[]", MAP_CODE},
    {"batch_reading", "*", "Event (Equipment, Process Data).Value[]", MAP_CODE},
    {"label_print", "*", "Event (Material, Other).Value[]", MAP_CODE},
    {"label_apply", "*", "Event (Material, Other).Value[]", MAP_CODE},
    {"label_end", "*", "Event (Material, Other).Value[]", MAP_CODE},
    {"label_witness", "*", "Event (Material, Other).Value[]", MAP_CODE},
    {"container_store", "equipment_id", "Event.EquipmentID[]", MAP_CODE},
    {"container_store", "*", "Event (Material, Movement).Value[]", MAP_CODE},
    {"hand_over", "*", "Event (Material, Movement).Value[]", MAP_CODE},
    {"receive", "*", "Event (Material, Movement).Value[]", MAP_CODE},
    {"return_give", "*", "Event (Material, Movement).Value[]", MAP_CODE},
    {"return_receive", "*", "Event (Material, Movement).Value[]", MAP_CODE},
    {"ship_pack", "*", "Event (Material, Movement).Value[]", MAP_CODE},
    {"ship_unpack", "*", "Event (Material, Movement).Value[]", MAP_CODE},
    {"ship_receive", "*", "Event (Material, Movement).Value[]", MAP_CODE},
    {"temperature_reading", "*", "Event (Material, Movement).Value[]", MAP_CODE},
    {"container_destroy", "*", "Event (Material, Other).Value[]", MAP_CODE},
    {"destroy_witness", "*", "Event (Material, Other).Value[]", MAP_CODE},
    {"destroy_cancel", "*", "Event (Material, Other).Value[]", MAP_CODE},
    {"container_loss", "*", "Event (Material, Other).Value[]", MAP_CODE},
    {"container_decide", "*", "Event (Material, Other).Value[]", MAP_CODE},
    {"administer", "*", "Comment.CommentText[]", MAP_CODE},
    {"dose_container", "*", "Comment.CommentText[]", MAP_CODE},
    {"test_report", "sample_point", "Sample.SampleSourceID", MAP_TEXT},
    {"test_report", "code", "SampleTest.TestCode", MAP_TEXT},
    {"test_report", "verdict", "SampleTestResult.TestDisposition", MAP_TEXT},
    {"test_report", "method", "SampleTestResult.AnalysisUsed", MAP_TEXT},
    {"test_report", "result", "Results.ValueString", MAP_TEXT},
    {"test_report", "*", "SampleTestResult.Results[]", MAP_CODE},
    {"collection_record", "*", "the collection's own stream is in the dossier", MAP_LEFT},
    {"receipt_record", "*", "the collection's own stream is in the dossier", MAP_LEFT},
    {"donor_register", "*", "no donor data in a production record", MAP_LEFT},
    {"consent_record", "*", "no donor data in a production record", MAP_LEFT},
    {"collection_correct", "*", "the collection as it stands; the correction is in the dossier", MAP_LEFT},
    {"donor_correct", "*", "no donor data in a production record", MAP_LEFT},
    {"screening_record", "*", "no donor data in a production record", MAP_LEFT},
    {"donor_test_report", "*", "no donor data in a production record", MAP_LEFT},
    {"eligibility_determine", "*", "no donor data in a production record", MAP_LEFT},
    MAP_OTHER_STREAMS,
    {"batch_correct", "old_value", "Change.PrechangeData.ValueString", MAP_CODE},
    {"batch_correct", "corrects", "Change.RecordReference", MAP_CODE},
    {"batch_correct", "reason", "Change.Reason", MAP_CODE},
    {"batch_correct", "*", "Change.Description, and the Event as it stands now", MAP_CODE},
    {"fill_correct", "old_value", "Change.PrechangeData.ValueString", MAP_CODE},
    {"fill_correct", "corrects", "Change.RecordReference", MAP_CODE},
    {"fill_correct", "reason", "Change.Reason", MAP_CODE},
    {"fill_correct", "*", "Change.Description, and the Events as they stand now", MAP_CODE},
    {"custody_correct", "old_value", "Change.PrechangeData.ValueString", MAP_CODE},
    {"custody_correct", "corrects", "Change.RecordReference", MAP_CODE},
    {"custody_correct", "reason", "Change.Reason", MAP_CODE},
    {"custody_correct", "*", "Change.Description, and the Event as it stands now", MAP_CODE},
    {"test_correct", "old_value", "Change.PrechangeData.ValueString", MAP_CODE},
    {"test_correct", "test_seq", "Change.RecordReference", MAP_CODE},
    {"test_correct", "reason", "Change.Reason", MAP_CODE},
    {"test_correct", "*", "the SampleTestResult as it stands now", MAP_CODE},
    {"*", "batch_id", "it is the record's BatchID", MAP_LEFT},
    {"*", "*", "Comment.CommentText[]", MAP_CODE},
};

const struct map b2mml_map = MAP("b2mml", "B2MML batch production record", rows);

/* Which statements are events, and of which kind; all others but tests are comments. */
static const struct {
    const char *type, *event, *subtype;
} events[] = {
    {"batch.step", "Procedural Execution", "Process"},      {"batch.reading", "Equipment", "Process Data"},
    {"batch.fill", "Material", "Produce"},                  {"custody.label_print", "Material", "Other"},
    {"custody.container_store", "Material", "Movement"},    {"custody.hand_over", "Material", "Movement"},
    {"custody.receive", "Material", "Movement"},            {"custody.return_give", "Material", "Movement"},
    {"custody.return_receive", "Material", "Movement"},     {"custody.container_destroy", "Material", "Other"},
    {"custody.destroy_witness", "Material", "Other"},       {"custody.container_loss", "Material", "Other"},
    {"custody.container_decide", "Material", "Other"},      {"custody.ship_pack", "Material", "Movement"},
    {"custody.ship_unpack", "Material", "Movement"},        {"custody.ship_receive", "Material", "Movement"},
    {"custody.destroy_cancel", "Material", "Other"},        {"custody.label_apply", "Material", "Other"},
    {"custody.label_end", "Material", "Other"},             {"custody.label_witness", "Material", "Other"},
};

static int event_of(const struct fact *x)
{
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        if (strcmp(events[i].type, x->statement->type) == 0)
            return (int)i;
    return -1;
}

static bool is_test(const struct fact *x) { return strcmp(x->statement->type, "quality.test_report") == 0; }

static const char *entry_id(const struct facts *f, const struct fact *x)
{
    return arena_printf(f->arena, "%s/%lld", f->batch, (long long)x->entry->entry.seq);
}

/* the group that opens every part of a production record */
static void put_head(const struct facts *f, const struct fact *x, const char *object, struct tree *t)
{
    tree_text(t, "EntryID", entry_id(f, x));
    tree_text(t, "ObjectType", object);
    tree_text(t, "TimeStamp", x->time);
    tree_text(t, "ExternalReference", hex_text(f->arena, x->entry->leaf, DIGEST_LEN));
    tree_text(t, "Description", arena_printf(f->arena, "%s, %s%s%s%s", x->statement->type, meaning_word(x->statement->meaning),
                                             x->was != NULL ? ", corrected" : "",
                                             facts_is_void(f, x) ? ", void: recorded in error" : "",
                                             x->unsigned_by != NULL ? ", unsigned until reviewed" : ""));
}

static void put_value(struct tree *t, const char *path, const char *key, const char *value, const char *unit)
{
    bool decimal = decimal_is_valid(value);
    t = tree_at(t, path);
    tree_text(t, "ValueString", value);
    tree_text(t, "DataType", decimal ? "decimal" : "string");
    tree_text(t, "UnitOfMeasure", unit);
    tree_text(t, "Key", key);
}

/* every plain field without a place of its own as a value called by its name; lists of texts as one value each */
static void put_fields(const struct facts *f, const struct record_type *type, const void *record, const char *path, struct tree *t)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct field *field = &type->fields[i];
        const void *at = record_at_const(type, i, record);
        const struct map_row *row = map_row(&b2mml_map, type->name, field->name);
        if (row == NULL || row->how != MAP_CODE || record_is_absent(type, i, record))
            continue;
        if (strcmp(field->name, "equipment_id") == 0)
            continue;
        const struct list *list = at;
        for (size_t k = 0; field->kind == FIELD_TEXTS && k < list->count; k++)
            put_value(t, path, field->name, TEXTS_AT(*list, k), NULL);
        const char *text = map_field_text(f->arena, field, at);
        if (text != NULL)
            put_value(t, path, field->name, text, field->unit);
    }
}

/* ---- events */

static struct tree *event(const struct facts *f, const struct fact *x, const char *kind, const char *subtype, struct tree *list)
{
    struct tree *t = tree_at(list, "Event[]");
    put_head(f, x, "Event", t);
    tree_text(t, "EventType", kind);
    if (strcmp(subtype, "Other") == 0)
        tree_text(t, "EventSubType.@OtherValue", x->statement->type);
    tree_text(t, "EventSubType.#", subtype);
    return t;
}

static void put_step_values(const struct facts *f, const struct batch_step *step, struct tree *t)
{
    put_fields(f, &record_batch_step, step, "Value[]", t);
    for (size_t i = 0; i < step->values.count; i++) {
        const struct step_value *v = LIST_AT(step->values, struct step_value, i);
        put_value(t, "Value[]", v->name, v->value, facts_step_unit(f, step->step, v->name));
    }
    for (size_t i = 0; i < step->computed.count; i++) {
        const struct step_result *r = LIST_AT(step->computed, struct step_result, i);
        put_value(t, "Value[]", r->name, r->value != NULL ? r->value : r->cannot_evaluate, r->value != NULL ? r->unit : NULL);
    }
}

static void put_end(const struct facts *f, const struct fact *x, struct tree *t)
{
    tree_text(t, "PersonID[]", x->statement->actor);
    tree_text(t, "ComputerID[]", x->statement->terminal);
    if (x->verb->in == &record_batch_step)
        map_record(f, &b2mml_map, x->verb->in, x->record, "Event", t);
}

static void put_consumed(const struct facts *f, const struct fact *x, struct tree *list)
{
    const struct batch_step *step = x->record;
    for (size_t i = 0; i < step->materials.count; i++) {
        struct tree *t = event(f, x, "Material", "Consume", list);
        put_fields(f, &record_step_material, LIST_AT(step->materials, struct step_material, i), "Value[]", t);
        put_end(f, x, t);
        tree_text(t, "AssociatedEventID", entry_id(f, x));
    }
}

static void put_produced(const struct facts *f, const struct fact *x, struct tree *list)
{
    const struct batch_fill *in = x->record;
    for (size_t i = 0; i < in->containers.count; i++) {
        struct tree *t = event(f, x, "Material", "Produce", list);
        put_fields(f, &record_fill_container, LIST_AT(in->containers, struct fill_container, i), "Value[]", t);
        put_end(f, x, t);
        tree_text(t, "AssociatedEventID", entry_id(f, x));
    }
}

/* the equipment of a step, a reading, a place */
static void put_equipment(const struct fact *x, struct tree *t)
{
    const struct record_type *type = x->verb->in;
    int i = record_field(type, "equipment_id", 12);
    const struct batch_step *step = type == &record_batch_step ? x->record : NULL;
    for (size_t k = 0; step != NULL && k < step->equipment.count; k++)
        tree_text(t, "EquipmentID[]", LIST_AT(step->equipment, struct step_equipment, k)->equipment_id);
    if (i >= 0)
        tree_text(t, "EquipmentID[]", *(const char *const *)record_at_const(type, (size_t)i, x->record));
}

static void put_event(const struct facts *f, const struct fact *x, int which, struct tree *list)
{
    struct tree *t = event(f, x, events[which].event, events[which].subtype, list);
    put_equipment(x, t);
    if (x->verb->in == &record_batch_step)
        put_step_values(f, x->record, t);
    else
        put_fields(f, x->verb->in, x->record, "Value[]", t);
    put_end(f, x, t);
    if (x->verb->in == &record_batch_step)
        put_consumed(f, x, list);
    if (x->verb->in == &record_batch_fill)
        put_produced(f, x, list);
}

/* ---- tests as samples, all else as comments */

static void put_test(const struct facts *f, const struct fact *x, struct tree *list)
{
    const struct test_report *in = x->record;
    const struct specification_test *test = facts_test(f, in->code);
    struct tree *sample = tree_at(list, "Sample[]");
    put_head(f, x, "Sample", sample);
    map_record(f, &b2mml_map, x->verb->in, in, "Sample", sample);
    struct tree *t = tree_at(sample, "SampleTest");
    put_head(f, x, "Sample Test", t);
    map_record(f, &b2mml_map, x->verb->in, in, "SampleTest", t);
    tree_text(t, "TestName", test != NULL ? test->title : NULL);
    t = tree_at(t, "SampleTestResult");
    put_head(f, x, "Sample Test Result", t);
    map_record(f, &b2mml_map, x->verb->in, in, "SampleTestResult", t);
    struct tree *result = tree_at(t, "Results[]");
    map_record(f, &b2mml_map, x->verb->in, in, "Results", result);
    tree_text(result, "DataType", decimal_is_valid(in->result) ? "decimal" : "string");
    tree_text(result, "UnitOfMeasure", test != NULL ? test->unit : NULL);
    tree_text(result, "Key", "result");
    put_fields(f, x->verb->in, in, "Results[]", t);
    if (test == NULL)
        return;
    const char *limit = test->limit != NULL ? test->limit : "";
    const char *high = test->limit_high != NULL ? arena_printf(f->arena, " to %s", test->limit_high) : "";
    put_value(t, "ExpectedResults[]", "limit",
              arena_printf(f->arena, "%s%s%s%s", spec_op_words[test->op], *limit != '\0' ? " " : "", limit, high), test->unit);
}

static void put_words(const struct facts *f, const struct record_type *type, const void *record, struct tree *t)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct field *field = &type->fields[i];
        const void *at = record_at_const(type, i, record);
        const struct map_row *row = map_row(&b2mml_map, type->name, field->name);
        if (record_is_absent(type, i, record) || row == NULL || row->how == MAP_LEFT)
            continue;
        const struct list *list = at;
        for (size_t k = 0; field->kind == FIELD_LIST && k < list->count; k++)
            put_words(f, field->rows, (const char *)list->items + k * field->rows->size, t);
        for (size_t k = 0; field->kind == FIELD_TEXTS && k < list->count; k++)
            tree_text(t, "CommentText[]", arena_printf(f->arena, "%s: %s", field->name, TEXTS_AT(*list, k)));
        const char *text = map_field_text(f->arena, field, at);
        if (text != NULL)
            tree_text(t, "CommentText[]", arena_printf(f->arena, "%s: %s", field->name, text));
    }
}

static void put_comment(const struct facts *f, const struct fact *x, struct tree *list)
{
    struct tree *t = tree_at(list, "Comment[]");
    put_head(f, x, "Comment", t);
    tree_text(t, "RecordReference", f->batch);
    if (x->record != NULL)
        put_words(f, x->verb->in, x->record, t);
    if (!tree_has(t, "CommentText"))
        tree_text(t, "CommentText[]", x->statement->type);
    tree_text(t, "PersonID", x->statement->actor);
}

/* ---- corrections: what it was, why, and where */

/* a field that every kind of correction has, or has not */
static const char *change_text(const struct facts *f, const struct fact *x, const char *name)
{
    int i = record_field(x->verb->in, name, strlen(name));
    return i < 0 || record_is_absent(x->verb->in, (size_t)i, x->record) ? NULL
        : map_field_text(f->arena, &x->verb->in->fields[i], record_at_const(x->verb->in, (size_t)i, x->record));
}

static void put_change(const struct facts *f, const struct fact *x, struct tree *list)
{
    struct tree *t = tree_at(list, "Change[]");
    const struct batch_correct *step = x->verb->in == &record_batch_correct ? x->record : NULL;
    const char *field = change_text(f, x, "field"), *was = change_text(f, x, "old_value"), *is = change_text(f, x, "new_value");
    const char *of = change_text(f, x, "test_seq");
    put_head(f, x, "Change", t);
    if (step != NULL)
        tree_text(t, "Description", arena_printf(f->arena, "step %lld, %s: now %s", (long long)step->step, field,
                                                 is != NULL ? is : "(not used)"));
    else if (field != NULL)
        tree_text(t, "Description", arena_printf(f->arena, "%s: now %s", field, is));
    tree_text(t, "RecordReference", arena_printf(f->arena, "%s/%s", f->batch, of != NULL ? of : change_text(f, x, "corrects")));
    put_value(t, "PrechangeData", field != NULL ? field : "result", was != NULL ? was : "(not recorded)",
              step != NULL ? facts_step_unit(f, step->step, field) : NULL);
    tree_text(t, "Reason", change_text(f, x, "reason"));
}

/* a void strikes out a whole entry, and is said there */
static bool is_change(const struct fact *x)
{
    return x->verb != NULL && strcmp(x->verb->meaning, "corrected") == 0 && x->verb->in != &record_batch_void;
}

static void put_record_head(const struct facts *f, struct tree *t)
{
    const struct fact *filled = facts_last(f, "batch.fill");
    char expires[CLOCK_TEXT] = "";
    tree_text(t, "@xmlns", "http://www.mesa.org/xml/B2MML");
    tree_text(t, "ID", facts_uri(f, f->batch));
    put_head(f, &f->fact[0], "Batch Production Record", t);
    tree_text(t, "CreationDate", f->fact[f->count - 1].time);
    map_record(f, &b2mml_map, &record_batch_open, f->open, "BatchProductionRecord", t);
    tree_text(t, "BatchProductionRecordSpec", arena_printf(f->arena, "%s/%lld", f->open->procedure_id,
                                                           (long long)f->open->procedure_version));
    if (filled != NULL)
        clock_to_text(((const struct batch_fill *)filled->record)->expires_at, expires);
    tree_text(t, "ExpirationDate", arena_text(f->arena, expires));
    if (f->collection.record != NULL)
        map_record(f, &b2mml_map, &record_collection_record, f->collection.record, "BatchProductionRecord", t);
    tree_text(t, "MaterialDefinitionID", f->procedure->product_code);
    tree_text(t, "RecordStatus", f->standing.state);
}

struct bytes b2mml_record(const struct facts *f)
{
    struct tree *root = tree_new(f->arena), *t = tree_at(root, "BatchProductionRecord");
    struct buf text = buf_new(f->arena);
    put_record_head(f, t);
    struct tree *changes = tree_at(t, "ChangeHistory"), *comments = tree_at(t, "Comments");
    struct tree *happened = tree_at(t, "Events"), *samples = tree_at(t, "Samples");
    for (size_t i = 0; i < f->count; i++) {
        const struct fact *x = &f->fact[i];
        int which = event_of(x);
        if (which >= 0)
            put_event(f, x, which, happened);
        else if (is_test(x))
            put_test(f, x, samples);
        else if (is_change(x))
            put_change(f, x, changes);
        else
            put_comment(f, x, comments);
    }
    tree_to_xml(&text, root);
    return (struct bytes){(const uint8_t *)text.text, text.len};
}
