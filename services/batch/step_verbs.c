/* Verbs on steps: performed, verified by a second person; readings beside them. */
#include "batch_apply.h"
#include "batch_settings.h"
#include "batch_store.h"
#include "domain/batch_record.h"
#include "domain/late.h"
#include "verbs.h"

enum { STEP_BATCH, STEP_STEPS, STEP_TRAINED, STEP_CORRECTIONS, STEP_LOTS, STEP_EQUIPMENT, STEP_PLACES };   /* answers, in the order asked */

static int step_facts_ask(struct call *c, struct err *e)
{
    const struct batch_step *in = c->in;
    const char **lots = ARENA_ARRAY(c->arena, const char *, in->materials.count);
    const char **pieces = ARENA_ARRAY(c->arena, const char *, in->equipment.count);
    int64_t *vials = ARENA_ARRAY(c->arena, int64_t, in->materials.count);
    (void)e;
    for (size_t i = 0; i < in->materials.count; i++) {
        lots[i] = LIST_AT(in->materials, struct step_material, i)->lot_id;
        vials[i] = vial_no(LIST_AT(in->materials, struct step_material, i));
    }
    for (size_t i = 0; i < in->equipment.count; i++)
        pieces[i] = LIST_AT(in->equipment, struct step_equipment, i)->equipment_id;
    store_ask_batch(c, in->batch_id);
    store_ask_steps(c, in->batch_id);
    store_ask_trained(c, in->batch_id);
    store_ask_corrections(c, in->batch_id);
    store_ask_lots(c, lots, vials, in->materials.count);
    store_ask_equipment(c, in);
    store_ask_places(c, in->batch_id, pieces, in->equipment.count, in->started_at, in->ended_at);
    return 0;
}

/* what both verbs on a step rest on */
static int step_context(struct call *c, struct step_facts *ret, struct err *e)
{
    struct batch_facts batch;
    struct procedure *doc = NULL;
    store_read_batch(c, STEP_BATCH, &batch);
    int code = store_document(c, &batch, &doc, e);
    *ret = (struct step_facts){.state = batch.state, .donation_number = batch.donation_number, .doc = doc, .collected_ms = batch.collected_ms, .expires_ms = batch.expires_ms,
                               .is_trained = store_read_trained(c, STEP_TRAINED), .held = batch.held};
    ret->step_count = store_read_steps(c, STEP_STEPS, &ret->steps);
    return code;
}

static int step_decide(struct call *c, struct err *e)
{
    struct batch_step *in = c->in;
    struct batch_step *earlier;
    struct batch_limits limits = batch_limits();
    struct step_facts facts;
    struct procedure_entry entry;
    struct procedure_outcome outcome = {0};
    int code = step_context(c, &facts, e);
    if (code != 0)
        return code;
    facts.lot_count = store_read_lots(c, STEP_LOTS, &facts.lots);
    facts.equipment_count = store_read_equipment(c, STEP_EQUIPMENT, &facts.equipment);
    facts.place_count = store_read_places(c, STEP_PLACES, &facts.places);
    in->late_min = late_entry(facts.doc->late_entry_min, in->ended_at, c->said_ms);
    code = rule_step(c->arena, in, &facts, c->said_ms, &limits, e);
    if (code == 0)
        code = store_read_records(c, STEP_STEPS, &earlier, e);
    if (code == 0)
        code = store_correct_records(c, STEP_CORRECTIONS, facts.doc, earlier, facts.step_count, e);
    if (code != 0)
        return code;
    batch_record_entry(c->arena, facts.doc, earlier, facts.step_count, in, &entry);
    code = procedure_step_perform(c->arena, &entry, &outcome, e);
    if (code != 0)
        return code;
    batch_record_results(c->arena, &outcome, &in->computed);
    step_use_cleanings(c->arena, in, procedure_step(facts.doc, (int)in->step), facts.equipment, facts.equipment_count, &in->cleanings);
    return 0;
}

const struct handler batch_step_verb = {step_facts_ask, step_decide, apply_step, NULL};

enum { VERIFY_CORRECTORS = STEP_TRAINED + 1 };

static int verify_facts(struct call *c, struct err *e)
{
    const struct step_verify *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_steps(c, in->batch_id);
    store_ask_trained(c, in->batch_id);
    store_ask_correctors(c, in->batch_id);
    return 0;
}

static int verify_decide(struct call *c, struct err *e)
{
    struct step_facts facts;
    int code = step_context(c, &facts, e);
    facts.corrector_count = store_read_correctors(c, VERIFY_CORRECTORS, &facts.correctors);
    return code != 0 ? code : rule_verify(c->in, &facts, c->who->person_id, c->reviewed_seq, e);
}

const struct handler batch_step_verify_verb = {verify_facts, verify_decide, apply_step_verify, NULL};

enum { CORRECT_CORRECTIONS = STEP_TRAINED + 1, CORRECT_RELEASE, CORRECT_LOTS, CORRECT_EQUIPMENT, CORRECT_PLACES };

static int correct_facts(struct call *c, struct err *e)
{
    const struct batch_correct *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_steps(c, in->batch_id);
    store_ask_trained(c, in->batch_id);
    store_ask_corrections(c, in->batch_id);
    store_ask_release_acts(c, in->batch_id);
    store_ask_uses(c, in);
    return 0;
}

/* where or when the step was is another now: the cleanings that it rests on then */
static int correct_cleanings(struct arena *a, struct batch_correct *in, const struct batch_step *records, const struct step_facts *facts, struct err *e)
{
    struct correction_path path;
    int code = correction_path_read(a, in->field, &path, e);
    for (size_t i = 0; code == 0 && i < facts->step_count; i++)
        if (records[i].step == in->step && (correction_is_time(path.place) || path.place == CORRECTION_EQUIPMENT))
            step_use_cleanings(a, &records[i], procedure_step(facts->doc, (int)in->step), facts->equipment, facts->equipment_count, &in->cleanings);
    return code;
}

static int correct_decide(struct call *c, struct err *e)
{
    struct batch_correct *in = c->in;
    struct batch_limits limits = batch_limits();
    struct batch_step *records;
    struct step_facts facts;
    const struct correction_act *acts;
    int code = step_context(c, &facts, e);
    facts.lot_count = store_read_lots(c, CORRECT_LOTS, &facts.lots);
    facts.equipment_count = store_read_equipment(c, CORRECT_EQUIPMENT, &facts.equipment);
    facts.place_count = store_read_places(c, CORRECT_PLACES, &facts.places);
    if (code == 0)
        code = rule_correct(in, &facts, e);
    if (code == 0)
        code = store_read_records(c, STEP_STEPS, &records, e);
    if (code == 0)
        code = store_correct_records(c, CORRECT_CORRECTIONS, facts.doc, records, facts.step_count, e);
    if (code == 0)
        code = correction_step(c->arena, facts.doc, records, facts.step_count, in, e);
    if (code == 0)
        code = rule_corrected(c->arena, in, records, &facts, c->said_ms, &limits, e);
    if (code != 0)
        return code;
    size_t n = store_read_acts(c, STEP_STEPS, CORRECT_RELEASE, &acts);
    for (size_t i = 0; i < facts.step_count; i++)
        if (facts.steps[i].step == in->step)
            in->corrects = facts.steps[i].performed_seq;
    correction_lapse_step(c->arena, acts, n, in);
    return correct_cleanings(c->arena, in, records, &facts, e);
}

const struct handler batch_correct_verb = {correct_facts, correct_decide, apply_correct, NULL};

static int void_facts_ask(struct call *c, struct err *e)
{
    (void)e;
    store_ask_void(c, c->in);
    return 0;
}

static int void_decide(struct call *c, struct err *e)
{
    struct batch_void *in = c->in;
    struct void_facts facts;
    int code = store_read_void(c, 0, &facts, e);
    code = code != 0 ? code : rule_void(in, &facts, c->who->person_id, e);
    if (code != 0)
        return code;
    in->act = facts.act;
    in->field = correction_voidable(facts.act);
    in->old_value = facts.value;            /* of a reading; a remark's text stays in its own entry */
    in->new_value = CORRECTION_VOID;
    return 0;
}

const struct handler batch_void_verb = {void_facts_ask, void_decide, apply_void, NULL};

static int reading_facts_ask(struct call *c, struct err *e)
{
    (void)e;
    store_ask_reading(c, c->in);
    return 0;
}

static int reading_decide(struct call *c, struct err *e)
{
    struct batch_limits limits = batch_limits();
    struct reading_facts facts;
    store_read_reading(c, 0, &facts);
    return rule_reading(c->in, &facts, c->now_ms, &limits, e);
}

const struct handler batch_reading_verb = {reading_facts_ask, reading_decide, apply_reading, NULL};
