/* One batch: donor, consent, tests, eligibility, collection, receipt, steps, fill. */
#include <stdio.h>
#include <string.h>

#include "domain/identifier.h"
#include "job.h"

#define MINUTE_MS ((int64_t)60000)
#define DAY_MS ((int64_t)86400000)

struct carrying {
    struct job *j;
    json_t *scenario;
    int number;
    const char *donor, *collection, *batch, *din, *recipient;
    char check[2];
    int64_t recovery_ms;              /* when the collection ends; what the determination names */
};

static const char *text_of(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int keep_name(struct carrying *c, const char *name, const char *value, struct list *ret)
{
    struct vault_put put = {.subject_id = c->donor, .name = name, .value = value};
    struct commitment made;
    int code = job_read(c->j, "U-MARA", "source.vault_put", &put, &made);
    if (code == 0)
        *(struct commitment *)record_list_add(c->j->step, &record_commitment, ret) = made;
    return code;
}

static int register_donor(struct carrying *c)
{
    struct donor_register in;
    bool infant = strcmp(text_of(c->scenario, "tissue"), "umbilical_cord") == 0;
    record_init(&record_donor_register, &in);
    in.donor_id = c->donor;
    in.tissue = text_of(c->scenario, "tissue");
    in.use = text_of(c->scenario, "use");
    in.subject = infant ? "mother_and_infant" : "donor";
    in.recipient_code = c->recipient;
    int code = keep_name(c, infant ? "mother_name" : "donor_name", job_text(c->j, "Invented Person %d", c->number),
                         &in.commitments);
    return code == 0 ? job_act(c->j, "U-MARA", "source.donor_register", &in, NULL) : code;
}

static int consent(struct carrying *c)
{
    struct consent_record in = {.donor_id = c->donor, .form_version = "CONSENT-MSC version 3",
                                .given_at = clock_ms() - 3 * DAY_MS};
    texts_add(c->j->step, &in.scopes, "treatment");
    texts_add(c->j->step, &in.scopes, "storage");
    return job_act(c->j, "U-INES", "source.consent_record", &in, NULL);
}

static int test_donor(struct carrying *c, const char *subject)
{
    static const char *const assays[] = {"anti_hiv_1_2", "hiv_1_nat", "hbsag", "anti_hbc", "hbv_nat", "anti_hcv", "hcv_nat",
                                         "syphilis_screen", "anti_htlv", "anti_cmv", "wnv_nat"};
    struct screening_record screening = {.donor_id = c->donor, .subject = subject, .outcome = "no_risk",
                                         .screened_at = clock_ms() - 3 * DAY_MS};
    struct donor_test_report in;
    record_init(&record_donor_test_report, &in);
    in.donor_id = c->donor;
    in.subject = subject;
    in.specimen_at = clock_ms() - 2 * DAY_MS;
    in.laboratory = "Demo Virology, CLIA 00D0000000 (invented)";
    in.dilution_suspected = 0;
    for (size_t i = 0; i < sizeof assays / sizeof assays[0]; i++) {
        struct donor_result *r = record_list_add(c->j->step, &record_donor_result, &in.results);
        r->assay = assays[i];
        r->result = "non_reactive";
    }
    int code = job_act(c->j, "U-INES", "source.screening_record", &screening, NULL);
    return code == 0 ? job_act(c->j, "U-YUKI", "source.donor_test_report", &in, NULL) : code;
}

static int collect(struct carrying *c)
{
    struct collection_record in;
    record_init(&record_collection_record, &in);
    in.collection_id = c->collection;
    in.donor_id = c->donor;
    in.donation_number = c->din;
    in.check_character = c->check;
    in.tissue = text_of(c->scenario, "tissue");
    in.site = text_of(c->scenario, "site");
    in.started_at = c->recovery_ms - 4 * MINUTE_MS;
    in.ended_at = c->recovery_ms;
    in.volume_ml = text_of(c->scenario, "volume_ml");
    in.length_cm = text_of(c->scenario, "length_cm");
    in.anticoagulant = text_of(c->scenario, "anticoagulant");
    in.anticoagulant_ml = text_of(c->scenario, "anticoagulant_ml");
    in.container_lot = "Sterile container, lot DEMO-7";
    in.seal_number = job_text(c->j, "SEAL-%04d", c->number);
    return job_act(c->j, "U-INES", "source.collection_record", &in, NULL);
}

static int receive_tissue(struct carrying *c)
{
    struct receipt_record in;
    record_init(&record_receipt_record, &in);
    in.collection_id = c->collection;
    in.received_at = clock_ms() - MINUTE_MS;
    in.courier = "Demo Courier";
    in.donation_number = c->din;
    in.seal_number = job_text(c->j, "SEAL-%04d", c->number);
    in.seal_intact = in.container_intact = in.label_matches = 1;
    in.temperature_min_c = "3.1";
    in.temperature_max_c = "6.8";
    in.decision = "accepted";
    return job_act(c->j, "U-MARA", "source.receipt_record", &in, NULL);
}

static int source(struct carrying *c)
{
    bool infant = strcmp(text_of(c->scenario, "tissue"), "umbilical_cord") == 0;
    struct eligibility_determine in;
    record_init(&record_eligibility_determine, &in);
    in.donor_id = c->donor;
    in.recovery_at = c->recovery_ms = clock_ms() - 8 * MINUTE_MS;
    in.rules_id = "L-US";
    int code = register_donor(c);
    if (code == 0)
        code = consent(c);
    if (code == 0)
        code = test_donor(c, infant ? "mother" : "donor");
    if (code == 0)
        code = job_act(c->j, "U-ELENA", "source.eligibility_determine", &in, NULL);
    if (code == 0)
        code = collect(c);
    return code == 0 ? receive_tissue(c) : code;
}

static int open_batch(struct carrying *c)
{
    struct batch_open in;
    record_init(&record_batch_open, &in);
    in.batch_id = c->batch;
    in.procedure_id = text_of(c->scenario, "procedure");
    in.procedure_version = 1;
    in.specification_id = text_of(c->scenario, "specification");
    in.specification_version = 1;
    in.collection_id = c->collection;
    in.donor_id = c->donor;
    in.recipient_code = c->recipient;
    in.remark = text_of(c->scenario, "remark");
    return job_act(c->j, "U-MARA", "batch.open", &in, NULL);
}

/* What the step's "mistyped" names is entered as it says first, and corrected afterwards. */
static void add_values(struct carrying *c, json_t *step, struct batch_step *in)
{
    const char *name;
    json_t *value, *mistyped = json_object_get(step, "mistyped");
    json_object_foreach(json_object_get(step, "values"), name, value) {
        const char *wrong = text_of(mistyped, name), *text = wrong != NULL ? wrong : json_string_value(value);
        char now[CLOCK_TEXT];
        if (strcmp(text, "@now") == 0) {
            clock_to_text(clock_ms() - 100, now);
            text = arena_text(c->j->step, now);
        }
        struct step_value *v = record_list_add(c->j->step, &record_step_value, &in->values);
        v->name = name;
        v->value = text;
    }
}

static int verify(struct carrying *c, int64_t no)
{
    struct step_verify in = {.batch_id = c->batch, .step = no};
    return job_act(c->j, "U-JON", "batch.step_verify", &in, NULL);
}

/* what was mistyped is corrected, and looked at by the second person again: until then it stands as unsigned */
static int correct(struct carrying *c, json_t *step)
{
    const char *name;
    json_t *wrong;
    int code = 0;
    json_object_foreach(json_object_get(step, "mistyped"), name, wrong) {
        struct batch_correct in;
        record_init(&record_batch_correct, &in);
        in.batch_id = c->batch;
        in.step = json_integer_value(json_object_get(step, "step"));
        in.field = name;
        in.old_value = json_string_value(wrong);
        in.new_value = text_of(json_object_get(step, "values"), name);
        in.reason = "Digits swapped when typed; the counting sheet says otherwise.";
        code = code != 0 ? code : job_act(c->j, "U-MARA", "batch.correct", &in, NULL);
        code = code != 0 ? code : verify(c, in.step);
        if (code == 0)
            job_say(c->j, "%s: step %lld: %s corrected from %s to %s, verified again", c->batch, (long long)in.step, name,
                    in.old_value, in.new_value);
    }
    return code;
}

/* where the scenario says so the place is cleared before, and looked at by a second person; the step begins then */
static int clear_place(struct carrying *c, const char *place, int64_t now_ms)
{
    struct line_clear in;
    struct line_verify second;
    record_init(&record_line_clear, &in);
    record_init(&record_line_verify, &second);
    in.batch_id = second.batch_id = c->batch;
    in.equipment_id = second.equipment_id = place;
    in.cleared_at = now_ms;
    in.materials_removed = in.labels_removed = in.surface_cleaned = 1;
    in.cleaned_with = "70 % isopropanol, lot DEMO-IPA";
    if (place == NULL)
        return 0;
    int code = job_act(c->j, "U-MARA", "batch.line_clear", &in, NULL);
    return code == 0 ? job_act(c->j, "U-JON", "batch.line_verify", &second, NULL) : code;
}

static int perform(struct carrying *c, json_t *step)
{
    struct batch_step in;
    json_t *item;
    const char *lot;
    size_t i;
    const char *place = text_of(step, "clear");
    int64_t now_ms = clock_ms();
    int code = clear_place(c, place, now_ms);
    record_init(&record_batch_step, &in);
    in.batch_id = c->batch;
    in.step = json_integer_value(json_object_get(step, "step"));
    in.started_at = place != NULL ? now_ms : clock_ms() - 500;
    in.ended_at = clock_ms() - 5;
    in.reason = text_of(step, "reason") != NULL ? text_of(step, "reason") : INVENTED;
    in.confirmed = job_text(c->j, "=%s00", c->din);                  /* as a reader sends it: data identifier, number, flags */
    in.confirmed_how = "scanned";
    add_values(c, step, &in);
    json_object_foreach(json_object_get(step, "materials"), lot, item) {
        struct step_material *m = record_list_add(c->j->step, &record_step_material, &in.materials);
        m->lot_id = job_text(c->j, "%s%d", lot, c->j->first);
        m->quantity = json_string_value(item);
    }
    json_array_foreach(json_object_get(step, "equipment"), i, item) {
        struct step_equipment *m = record_list_add(c->j->step, &record_step_equipment, &in.equipment);
        m->equipment_id = json_string_value(item);
    }
    if (code == 0)
        code = job_act(c->j, "U-MARA", "batch.step", &in, NULL);
    if (code == 0)
        code = verify(c, in.step);
    return code == 0 ? correct(c, step) : code;
}

static int read_incubator(struct carrying *c)
{
    struct batch_reading in = {.batch_id = c->batch, .equipment_id = text_of(c->scenario, "incubator"),
                               .quantity = "temperature_c", .value = "37.0", .read_at = clock_ms()};
    struct person *p = job_person("U-MARA");
    return in.equipment_id == NULL ? 0 : desk_observe(p->desk, c->j->step, "batch.reading", NULL, &in, NULL, &c->j->err);
}

static int fill(struct carrying *c)
{
    json_t *f = json_object_get(c->scenario, "fill");
    struct batch_fill in;
    record_init(&record_batch_fill, &in);
    in.batch_id = c->batch;
    in.volume_in_ml = text_of(f, "volume_in_ml");
    in.samples_ml = text_of(f, "samples_ml");
    in.waste_ml = text_of(f, "waste_ml");
    in.expires_at = clock_ms() + json_integer_value(json_object_get(f, "shelf_h")) * 3600000;
    for (int i = 0; i < json_integer_value(json_object_get(f, "containers")); i++) {
        char product[9], id[CONTAINER_MAX];
        struct fill_container *k = record_list_add(c->j->step, &record_fill_container, &in.containers);
        if (!container_division(text_of(f, "product_code"), i + 1, product) ||
            container_build(c->din, product, id, &c->j->err) != 0)
            return err_fault(&c->j->err, "no container id for %s", c->din);
        k->container_id = arena_text(c->j->step, id);
        k->volume_ml = text_of(f, "container_ml");
        k->cells = text_of(f, "container_cells");
    }
    return job_act(c->j, "U-MARA", "batch.fill", &in, NULL);
}

/* A donation number of the demo: facility A9999 is the standard's own example number, for tests only. */
static int number_donation(struct carrying *c)
{
    struct din din;
    const char *text = job_text(c->j, "A999926%06d", c->number);
    if (!din_is_valid(text))
        return err_fault(&c->j->err, "%s is no donation number", text);
    c->din = text;
    din.check = mod37_char(mod37_value(text, DIN_LEN));
    c->check[0] = din.check;
    c->check[1] = '\0';
    return 0;
}

int job_batch(struct job *j, json_t *scenario, int number, const char **ret_batch)
{
    struct carrying c = {.j = j, .scenario = scenario, .number = number};
    json_t *step;
    size_t i;
    c.donor = job_text(j, "D-2026%04d", number);
    c.collection = job_text(j, "C-2026%04d", number);
    c.batch = job_text(j, "B-2026%04d", number);
    c.recipient = strcmp(text_of(scenario, "use"), "autologous") == 0 ? job_text(j, "R-%04d", number) : NULL;
    int code = number_donation(&c);
    if (code == 0)
        code = source(&c);
    if (code == 0)
        code = open_batch(&c);
    json_array_foreach(json_object_get(scenario, "steps"), i, step) {
        arena_reset(j->step);
        code = code != 0 ? code : perform(&c, step);
    }
    if (code == 0)
        code = read_incubator(&c);
    if (code == 0)
        code = fill(&c);
    struct batch_complete complete = {.batch_id = c.batch};
    if (code == 0)
        code = job_act(j, "U-MARA", "batch.complete", &complete, NULL);
    *ret_batch = c.batch;
    return code;
}
