/* FHIR R4: a Bundle of kind collection. Each resource has the absolute address <origin>/fhir/<type>/<id>. */
#include <string.h>

#include "domain/specification_value.h"
#include "exports/formats.h"
#include "fsm/machines.h"

struct bundle {
    const struct facts *f;
    struct tree *root;
};

static const char *local(const struct facts *f, const char *type, const char *id)
{
    return arena_printf(f->arena, "%s/%s", type, id);
}

static struct tree *resource(struct bundle *b, const char *type, const char *id)
{
    const struct facts *f = b->f;
    struct tree *entry = tree_at(b->root, "entry[]");
    tree_text(entry, "fullUrl", arena_printf(f->arena, "%s/fhir/%s", f->base, local(f, type, id)));
    struct tree *t = tree_at(entry, "resource");
    tree_text(t, "resourceType", type);
    tree_text(t, "id", id);
    return t;
}

static const char *step_id(const struct facts *f, int64_t no) { return arena_printf(f->arena, "step-%lld", (long long)no); }

static const char *entry_id(const struct facts *f, const struct fact *x)
{
    return arena_printf(f->arena, "entry-%lld", (long long)x->entry->entry.seq);
}

static void person(struct tree *t, const char *path, const char *id)
{
    struct tree *who = tree_at(t, path);
    tree_text(who, "type", "Practitioner");
    tree_text(who, "identifier.value", id);
}

/* ---- values: censored ones keep their comparator, words stay words, what is absent says why */

static const char *absent_code(enum result_kind kind)
{
    static const char *const codes[RESULT_MALFORMED + 1] = {
        [RESULT_NOT_APPLICABLE] = "not-applicable", [RESULT_NOT_DONE] = "not-performed", [RESULT_PENDING] = "temp-unknown",
        [RESULT_ERROR] = "error"};
    return codes[kind];
}

static void put_value(struct tree *t, const char *value, enum value_kind kind, const char *unit)
{
    struct result_value is = result_read(value);
    bool quantity = is.kind == RESULT_DECIMAL || is.kind == RESULT_BELOW || is.kind == RESULT_ABOVE;
    if (absent_code(is.kind) != NULL) {
        tree_text(t, "dataAbsentReason.coding[0].system", "http://terminology.hl7.org/CodeSystem/data-absent-reason");
        tree_text(t, "dataAbsentReason.coding[0].code", absent_code(is.kind));
        tree_text(t, "dataAbsentReason.text", value);
    } else if (quantity && kind != VALUE_TEXT && kind != VALUE_CHOICE) {
        map_quantity(t, "valueQuantity", value, unit);
    } else if (kind == VALUE_BOOL) {
        tree_raw(t, "valueBoolean", value);
    } else {
        tree_text(t, kind == VALUE_TIME ? "valueDateTime" : "valueString", value);
    }
}

/* what lapsed by a correction is preliminary again, whatever was signed on it before (PI 041) */
static const char *status_of(const struct fact *x, bool reviewed)
{
    return x->unsigned_by != NULL || !reviewed ? "preliminary" : x->was != NULL ? "corrected" : "final";
}

static void put_lapsed(const struct facts *f, const struct fact *x, struct tree *t)
{
    if (x->unsigned_by == NULL)
        return;
    struct tree *mark = tree_at(t, "extension[]");
    tree_text(mark, "url", arena_printf(f->arena, "%s/fhir/unsigned_until_reviewed", f->base));
    bool is_own = strcmp(x->unsigned_by->statement->stream, f->batch) == 0;
    tree_text(mark, "valueString", arena_printf(f->arena, "unsigned until reviewed, since entry %lld%s%s",
                                                (long long)x->unsigned_by->entry->entry.seq, is_own ? "" : " of ",
                                                is_own ? "" : x->unsigned_by->statement->stream));
}

/* what had been recorded of it before it was corrected */
static void put_was(const struct facts *f, const struct fact *x, struct tree *t)
{
    if (x->was == NULL)
        return;
    struct tree *mark = tree_at(t, "extension[]");
    tree_text(mark, "url", arena_printf(f->arena, "%s/fhir/was", f->base));
    tree_text(mark, "valueString", map_was_text(f, x->verb->in, x->was, x->record));
}

/* ---- source and product */

static void put_specimen(struct bundle *b)
{
    const struct facts *f = b->f;
    const struct fact *c = &f->collection, *r = &f->receipt;
    if (c->record == NULL)
        return;
    struct tree *t = resource(b, "Specimen", "collection");
    map_record(f, &fhir_map, c->verb->in, c->record, "Specimen", t);
    put_was(f, c, t);
    if (r->record == NULL)
        return;
    put_was(f, r, t);
    put_lapsed(f, r, t);
    const struct receipt_record *receipt = r->record;
    map_record(f, &fhir_map, r->verb->in, r->record, "Specimen", t);
    tree_text(t, "status", strcmp(receipt->decision, "accepted") == 0 ? "available" : "unavailable");
    tree_text(t, "condition[0].text", receipt->decision);
}

/* each sample, of the batch's cells */
static void put_samples(struct bundle *b)
{
    const struct facts *f = b->f;
    FACTS_EACH(f, x, "custody.sample_take") {
        const struct sample_take *in = x->record;
        struct tree *t = resource(b, "Specimen", in->sample_id);
        map_record(f, &fhir_map, &record_sample_take, in, "Specimen", t);
        map_quantity(t, "collection.quantity", in->volume_ml, "mL");
        person(t, "collection.collector", x->statement->actor);
        tree_text(t, "parent[0].identifier.value", in->container_id != NULL ? in->container_id : f->batch);
    }
}

static void put_processing(const struct facts *f, struct tree *t)
{
    FACTS_EACH(f, x, "batch.step") {
        const struct batch_step *step = x->record;
        const struct procedure_step *is = procedure_step(f->procedure, (int)step->step);
        struct tree *p = tree_at(t, "processing[]");
        tree_text(p, "description", is != NULL ? is->name : step_id(f, step->step));
        tree_text(p, "procedure.text", arena_printf(f->arena, "%s version %lld, step %lld", f->open->procedure_id,
                                                    (long long)f->open->procedure_version, (long long)step->step));
        map_record(f, &fhir_map, &record_batch_step, step, "Observation.effectivePeriod", tree_at(p, "timePeriod"));
    }
}

static const char *product_status(const struct facts *f)
{
    static const char *const good[] = {"released", "handed_over", "received", "cond_released", "cond_handed_over", "cond_received",
                                       "except_released", "except_handed_over", "except_received"};
    const struct fact *released = facts_last(f, "release.release");
    bool is_lapsed = released != NULL && released->unsigned_by != NULL;
    for (size_t i = 0; i < sizeof good / sizeof good[0] && !f->standing.is_held && !is_lapsed; i++)
        if (strcmp(f->standing.state, good[i]) == 0)
            return "available";
    return "unavailable";
}

/* what has its end is with nobody any more, whatever the batch is */
static const char *container_status(const struct facts *f, const char *container)
{
    for (size_t i = 0; i < f->standing.container_count; i++) {
        const struct standing_container *k = &f->standing.container[i];
        if (strcmp(k->id, container) == 0 && fsm_container.states[fsm_state(&fsm_container, k->state)].kind == FSM_END)
            return "unavailable";
    }
    return product_status(f);
}

static void put_batch(struct bundle *b)
{
    const struct facts *f = b->f;
    struct tree *t = resource(b, "BiologicallyDerivedProduct", "batch");
    map_record(f, &fhir_map, &record_batch_open, f->open, "BiologicallyDerivedProduct", t);
    if (f->determination.record != NULL)
        map_record(f, &fhir_map, &record_eligibility_determine, f->determination.record, "BiologicallyDerivedProduct", t);
    FACTS_EACH(f, x, "batch.fill")
        map_record(f, &fhir_map, &record_batch_fill, x->record, "BiologicallyDerivedProduct", t);
    tree_text(t, "productCategory", "cells");
    tree_text(t, "productCode.text", arena_printf(f->arena, "%s: %s", f->procedure->product_code, f->procedure->product));
    tree_text(t, "status", product_status(f));
    tree_text(t, "collection.source.type", "Patient");
    put_processing(f, t);
}

static void put_storage(const struct facts *f, const char *container, struct tree *t)
{
    FACTS_EACH(f, x, "custody.container_store") {
        const struct container_store *in = x->record;
        if (strcmp(in->container_id, container) != 0)
            continue;
        struct tree *s = tree_at(t, "storage[]");
        tree_text(s, "description", arena_printf(f->arena, "%s, %s", in->equipment_id, in->position));
        tree_text(s, "duration.start", x->at);
    }
}

static struct tree *put_container(struct bundle *b, const struct fact *x, const struct fill_container *c)
{
    const struct facts *f = b->f;
    struct tree *t = resource(b, "BiologicallyDerivedProduct", c->container_id);
    map_record(f, &fhir_map, &record_fill_container, c, "BiologicallyDerivedProduct", t);
    tree_text(t, "productCategory", "cells");
    tree_text(t, "status", container_status(f, c->container_id));
    put_lapsed(f, x, t);
    put_storage(f, c->container_id, t);
    return t;
}

static void put_containers(struct bundle *b)
{
    const struct facts *f = b->f;
    FACTS_EACH(f, x, "batch.fill") {
        const struct batch_fill *in = x->record;
        for (size_t i = 0; i < in->containers.count; i++)
            tree_text(put_container(b, x, LIST_AT(in->containers, struct fill_container, i)), "parent[0].reference", "BiologicallyDerivedProduct/batch");
    }
    FACTS_EACH(f, x, "custody.pool") {
        const struct container_pool *in = x->record;
        struct fill_container made = {in->container_id, in->volume_ml, in->cells};
        struct tree *t = put_container(b, x, &made);
        for (size_t i = 0; i < in->parents.count; i++)
            tree_text(tree_at(t, "parent[]"), "reference", local(f, "BiologicallyDerivedProduct", TEXTS_AT(in->parents, i)));
    }
}

/* ---- observations: steps, readings, tests */

static struct tree *observation(struct bundle *b, const char *id, const struct fact *x, const char *status)
{
    struct tree *t = resource(b, "Observation", id);
    tree_text(t, "status", status);
    tree_text(t, "focus[0].reference", "BiologicallyDerivedProduct/batch");
    tree_text(t, "issued", x->time);
    person(t, "performer[0]", x->statement->actor);
    put_lapsed(b->f, x, t);
    return t;
}

static void put_components(const struct facts *f, const struct batch_step *step, struct tree *t)
{
    for (size_t i = 0; i < step->values.count; i++) {
        const struct step_value *v = LIST_AT(step->values, struct step_value, i);
        struct tree *c = tree_at(t, "component[]");
        map_record(f, &fhir_map, &record_step_value, v, "Observation.component[]", c);
        put_value(c, v->value, facts_step_kind(f, step->step, v->name), facts_step_unit(f, step->step, v->name));
    }
    for (size_t i = 0; i < step->computed.count; i++) {
        const struct step_result *r = LIST_AT(step->computed, struct step_result, i);
        struct tree *c = tree_at(t, "component[]");
        map_record(f, &fhir_map, &record_step_result, r, "Observation.component[]", c);
        if (r->value != NULL)
            map_quantity(c, "valueQuantity", r->value, r->unit != NULL ? r->unit : "");
    }
}

static void put_steps(struct bundle *b)
{
    const struct facts *f = b->f;
    FACTS_EACH(f, x, "batch.step") {
        const struct batch_step *step = x->record;
        const struct procedure_step *is = procedure_step(f->procedure, (int)step->step);
        bool verified = facts_about(f, "batch.step_verify", "step", step->step) != NULL;
        struct tree *t = observation(b, entry_id(f, x), x, status_of(x, verified));
        tree_text(t, "code.coding[0].system", facts_uri(f, f->open->procedure_id));
        tree_text(t, "code.coding[0].code", step_id(f, step->step));
        tree_text(t, "code.text", is != NULL ? is->name : NULL);
        map_record(f, &fhir_map, &record_batch_step, step, "Observation", t);
        put_components(f, step, t);
    }
}

static void put_readings(struct bundle *b)
{
    const struct facts *f = b->f;
    FACTS_EACH(f, x, "batch.reading") {
        const struct batch_reading *in = x->record;
        struct tree *t = observation(b, entry_id(f, x), x, facts_is_void(f, x) ? "entered-in-error" : "final");
        map_record(f, &fhir_map, &record_batch_reading, in, "Observation", t);
        map_quantity(t, "valueQuantity", in->value, facts_reading_unit(in->quantity));
    }
}

static const char *test_status(const struct facts *f, const struct fact *x)
{
    const struct fact *closed = facts_about(f, "quality.oos_close", "test_seq", x->entry->entry.seq);
    if (closed != NULL && strcmp(((const struct oos_close *)closed->record)->conclusion, "invalidated") == 0)
        return "entered-in-error";
    return status_of(x, facts_about(f, "quality.test_review", "test_seq", x->entry->entry.seq) != NULL);
}

static void put_limits(const struct specification_test *test, struct tree *t)
{
    bool low = test->op == SPEC_AT_LEAST || test->op == SPEC_ABOVE || test->op == SPEC_BETWEEN;
    bool high = test->op == SPEC_AT_MOST || test->op == SPEC_BELOW || test->op == SPEC_BETWEEN;
    const char *unit = test->unit != NULL ? test->unit : "";
    if (low)
        map_quantity(t, "referenceRange[0].low", test->limit, unit);
    if (high)
        map_quantity(t, "referenceRange[0].high", test->op == SPEC_BETWEEN ? test->limit_high : test->limit, unit);
    struct buf text = buf_new(tree_arena(t));
    buf_printf(&text, "%s %s%s%s %s", spec_op_words[test->op], test->limit != NULL ? test->limit : "",
               test->limit_high != NULL ? " to " : "", test->limit_high != NULL ? test->limit_high : "", unit);
    while (text.len > 0 && text.text[text.len - 1] == ' ')
        text.text[--text.len] = '\0';
    tree_text(t, "referenceRange[0].text", text.text);
}

static void put_results(const struct facts *f, const char *result, const char *unit, struct tree *t)
{
    size_t n;
    const char *const *values = result_values(f->arena, result, &n);
    if (n == 1)
        put_value(t, values[0], VALUE_DECIMAL, unit);
    for (size_t i = 0; n > 1 && i < n; i++) {
        struct tree *c = tree_at(t, "component[]");
        tree_text(c, "code.text", arena_printf(f->arena, "replicate %zu", i + 1));
        put_value(c, values[i], VALUE_DECIMAL, unit);
    }
}

static void put_tests(struct bundle *b)
{
    const struct facts *f = b->f;
    FACTS_EACH(f, x, "quality.test_report") {
        const struct test_report *in = x->record;
        const struct specification_test *test = facts_test(f, in->code);
        struct tree *t = observation(b, entry_id(f, x), x, test_status(f, x));
        tree_text(t, "code.coding[0].system", facts_uri(f, f->open->specification_id));
        tree_text(t, "specimen.reference", in->sample_id != NULL ? local(f, "Specimen", in->sample_id) : NULL);
        map_record(f, &fhir_map, &record_test_report, in, "Observation", t);
        put_results(f, in->result, test != NULL && test->unit != NULL ? test->unit : "", t);
        if (test != NULL) {
            tree_text(t, "code.text", test->title);
            put_limits(test, t);
        }
    }
}

/* ---- the report, and who said what when */

static void put_report(struct bundle *b)
{
    const struct facts *f = b->f;
    const struct fact *said = facts_last(f, "release.reject");
    struct tree *t = resource(b, "DiagnosticReport", "release");
    if (said == NULL)
        said = facts_last(f, "release.release");
    bool is_waiting = strncmp(f->standing.state, "cond_", 5) == 0 || strncmp(f->standing.state, "failed_", 7) == 0;
    tree_text(t, "status", said != NULL && said->unsigned_by == NULL && !is_waiting ? "final" : "preliminary");
    tree_text(t, "code.text", arena_printf(f->arena, "%s version %lld", f->open->specification_id,
                                           (long long)f->open->specification_version));
    tree_text(t, "issued", (said != NULL ? said : &f->fact[f->count - 1])->time);
    if (said != NULL)
        person(t, "resultsInterpreter[0]", said->statement->actor);
    tree_text(t, "specimen[0].reference", f->collection.record != NULL ? "Specimen/collection" : NULL);
    FACTS_EACH(f, x, "quality.test_report")
        tree_text(t, "result[].reference", local(f, "Observation", entry_id(f, x)));
    tree_text(t, "conclusion", f->standing.state);
}

static const char *target_of(const struct facts *f, const struct fact *x)
{
    static const char *const observations[] = {"batch.step", "batch.reading", "quality.test_report"};
    if (strcmp(x->statement->type, "batch.correct") == 0)
        return arena_printf(f->arena, "Observation/entry-%lld", (long long)((const struct batch_correct *)x->record)->corrects);
    if (strcmp(x->statement->type, "batch.void") == 0 && strcmp(((const struct batch_void *)x->record)->act, "batch.reading") == 0)
        return arena_printf(f->arena, "Observation/entry-%lld", (long long)((const struct batch_void *)x->record)->corrects);
    if (strcmp(x->statement->type, "quality.test_correct") == 0)
        return arena_printf(f->arena, "Observation/entry-%lld", (long long)((const struct test_correct *)x->record)->test_seq);
    if (strcmp(x->statement->type, "custody.pool") == 0)
        return local(f, "BiologicallyDerivedProduct", ((const struct container_pool *)x->record)->container_id);
    if (strcmp(x->statement->type, "custody.sample_take") == 0)
        return local(f, "Specimen", ((const struct sample_take *)x->record)->sample_id);
    for (size_t i = 0; i < sizeof observations / sizeof observations[0]; i++)
        if (strcmp(x->statement->type, observations[i]) == 0)
            return local(f, "Observation", entry_id(f, x));
    return strncmp(x->statement->type, "release.", 8) == 0 ? "DiagnosticReport/release" : "BiologicallyDerivedProduct/batch";
}

static void put_provenance(struct bundle *b, const struct fact *x)
{
    const struct facts *f = b->f;
    const struct statement *s = x->statement;
    const long long seq = (long long)x->entry->entry.seq;
    struct tree *t = resource(b, "Provenance", entry_id(f, x));
    tree_text(t, "target[0].reference", target_of(f, x));
    tree_text(t, "occurredDateTime", x->at);
    tree_text(t, "recorded", x->time);
    tree_text(t, "activity.coding[0].code", s->type);
    tree_text(t, "activity.text", meaning_word(s->meaning));
    person(t, "agent[0].who", s->actor);
    tree_text(t, "entity[0].role", "source");
    tree_text(t, "entity[0].what.identifier.system", facts_uri(f, f->batch));
    tree_text(t, "entity[0].what.identifier.value", arena_printf(f->arena, "%lld", seq));
    tree_text(t, "entity[0].what.display", arena_printf(f->arena, "entry %lld of %s, leaf %s", seq, f->batch,
                                                        hex_text(f->arena, x->entry->leaf, DIGEST_LEN)));
    put_lapsed(f, x, t);
    if (x->record != NULL)
        map_record(f, &fhir_map, x->verb->in, x->record, "Provenance", t);
}

struct bytes fhir_bundle(const struct facts *f)
{
    struct bundle b = {f, tree_new(f->arena)};
    struct buf text = buf_new(f->arena);
    tree_text(b.root, "resourceType", "Bundle");
    tree_text(b.root, "identifier.system", f->base);
    tree_text(b.root, "identifier.value", f->batch);
    tree_text(b.root, "type", "collection");
    tree_text(b.root, "timestamp", f->fact[f->count - 1].time);
    put_specimen(&b);
    put_samples(&b);
    put_batch(&b);
    put_containers(&b);
    put_steps(&b);
    put_readings(&b);
    put_tests(&b);
    put_report(&b);
    for (size_t i = 0; i < f->count; i++)
        put_provenance(&b, &f->fact[i]);
    tree_to_json(&text, b.root);
    return (struct bytes){(const uint8_t *)text.text, text.len};
}
