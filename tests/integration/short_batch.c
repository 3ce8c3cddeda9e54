#include "short_batch.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "domain/identifier.h"
#include "record/record.h"
#include "support/test.h"

#define MINUTE INT64_C(60000)
#define DAY (1440 * MINUTE)

static struct err e;
static struct receipt made;

int short_act(const char *person, const char *verb, const void *in)
{
    struct house_person *p = house_login(person);
    memset(&e, 0, sizeof e);
    memset(&made, 0, sizeof made);
    return desk_act(p->desk, house_arena(), verb, in, house_secret(p), &made, &e);
}

int short_ask(const char *verb, const void *in, void *out)
{
    memset(&e, 0, sizeof e);
    record_init(verb_find(verb)->out, out);
    return desk_call(house_login("U-RUTH")->desk, house_arena(), verb, in, out, &e);
}

const struct err *short_error(void)
{
    return &e;
}

int64_t short_seq(void)
{
    return made.seq;
}

static void done(int code)
{
    if (code != 0)
        fail_msg("%s %s %s: %s", err_row(e.code)->code, e.field, e.rule, e.text);
}

const char *short_fresh(const char *class)
{
    uint8_t random[6];
    random_fill(random, sizeof random);
    char *hex = hex_text(house_arena(), random, sizeof random);
    for (char *c = hex; *c != '\0'; c++)
        if (*c >= 'a')
            *c = (char)(*c - 'a' + 'A');
    return arena_printf(house_arena(), "%s-%s", class, hex);
}

/* what is taken, and how much of it */
static const struct tissue_row {
    const char *tissue, *whose, *site, *volume_ml, *mass_g, *length_cm;
} tissues[] = {
    {"umbilical_cord", "mother", "umbilical cord", NULL, NULL, "21.5"},
    {"placenta", "mother", "placenta", NULL, "480.0", NULL},
    {"marrow", "donor", "posterior iliac crest, left", "60.0", NULL, NULL},
    {"adipose", "donor", "abdomen", "150.0", NULL, NULL},
};

static const struct tissue_row *tissue_of(const char *tissue)
{
    for (size_t i = 0; i < sizeof tissues / sizeof tissues[0]; i++)
        if (strcmp(tissues[i].tissue, tissue) == 0)
            return &tissues[i];
    fail_msg("no row of tissue %s", tissue);
    return NULL;
}

void short_donor(struct short_batch *b, const char *use)
{
    short_donor_of(b, use, "umbilical_cord");
}

void short_donor_of(struct short_batch *b, const char *use, const char *tissue)
{
    struct donor_register in;
    record_init(&record_donor_register, &in);
    *b = (struct short_batch){.donor = short_fresh("D"), .recipient = short_fresh("R"), .recovery_ms = clock_ms() - 10 * MINUTE,
                              .tissue = tissue};
    in.donor_id = b->donor;
    in.tissue = tissue;
    in.use = use;
    in.subject = strcmp(tissue_of(tissue)->whose, "mother") == 0 ? "mother_and_infant" : "donor";
    in.recipient_code = b->recipient;
    in.relation = strcmp(use, "related") == 0 ? "second_degree" : NULL;
    done(short_act("U-MARA", "source.donor_register", &in));
}

int short_consent(struct short_batch *b, const char *scopes)
{
    struct consent_record in = {.donor_id = b->donor, .form_version = "CONSENT version 1", .given_at = clock_ms() - DAY};
    while (*scopes != '\0') {
        size_t len = strcspn(scopes, ",");
        texts_add(house_arena(), &in.scopes, arena_dup(house_arena(), scopes, len));
        scopes += len + (scopes[len] == ',');
    }
    return short_act("U-INES", "source.consent_record", &in);
}

int short_screen(struct short_batch *b)
{
    struct screening_record in = {.donor_id = b->donor, .subject = tissue_of(b->tissue)->whose, .outcome = "no_risk",
                                  .screened_at = clock_ms() - DAY};
    return short_act("U-INES", "source.screening_record", &in);
}

int short_tests(struct short_batch *b, const char *assay, const char *result)
{
    static const char *const assays[] = {"anti_hiv_1_2", "hiv_1_nat", "hbsag", "anti_hbc", "hbv_nat", "anti_hcv", "hcv_nat",
                                         "syphilis_screen", "anti_htlv", "anti_cmv", "wnv_nat"};
    struct donor_test_report in;
    record_init(&record_donor_test_report, &in);
    in.donor_id = b->donor;
    in.subject = tissue_of(b->tissue)->whose;
    in.specimen_at = clock_ms() - 9 * MINUTE;
    in.laboratory = "Test laboratory";
    in.dilution_suspected = 0;
    for (size_t i = 0; i < sizeof assays / sizeof assays[0]; i++) {
        struct donor_result *r = record_list_add(house_arena(), &record_donor_result, &in.results);
        r->assay = assays[i];
        r->result = assay != NULL && strcmp(assay, assays[i]) == 0 ? result : "non_reactive";
    }
    return short_act("U-YUKI", "source.donor_test_report", &in);
}

void short_rules(void)
{
    json_t *seed = json_load_file(arena_printf(house_arena(), "%s/share/sql/seed/rules_us.json", house_dir()), 0, NULL);
    char *text = json_dumps(seed, JSON_SORT_KEYS | JSON_COMPACT);
    struct rules_author author = {"L-US", 1, arena_text(house_arena(), text)};
    struct rules_approve approve = {"L-US", 1, clock_ms()};
    free(text);
    json_decref(seed);
    done(short_act("U-CLARA", "source.rules_author", &author));
    done(short_act("U-ELENA", "source.rules_approve", &approve));
}

int short_determine(struct short_batch *b)
{
    struct eligibility_determine in;
    record_init(&record_eligibility_determine, &in);
    in.donor_id = b->donor;
    in.recovery_at = b->recovery_ms;
    in.rules_id = "L-US";
    return short_act("U-ELENA", "source.eligibility_determine", &in);
}

static void receive_collection(struct short_batch *b, const struct collection_record *c)
{
    struct receipt_record in;
    record_init(&record_receipt_record, &in);
    in.collection_id = b->collection;
    in.received_at = c->ended_at + MINUTE;
    in.courier = "Own car";
    in.donation_number = c->donation_number;
    in.seal_number = c->seal_number;
    in.seal_intact = in.container_intact = in.label_matches = 1;
    in.temperature_min_c = "2.5";
    in.temperature_max_c = "7.5";
    in.decision = "accepted";
    done(short_act("U-MARA", "source.receipt_record", &in));
}

void short_collect(struct short_batch *b)
{
    const struct tissue_row *tissue = tissue_of(b->tissue);
    struct collection_record in;
    uint8_t random[3];
    char din[DIN_LEN + 1], *check = arena_alloc(house_arena(), 2);
    random_fill(random, sizeof random);
    snprintf(din, sizeof din, "A999926%06d", (random[0] << 16 | random[1] << 8 | random[2]) % 1000000);
    check[0] = mod37_char(mod37_value(din, DIN_LEN));
    record_init(&record_collection_record, &in);
    b->collection = in.collection_id = short_fresh("C");
    b->donation_number = in.donation_number = arena_text(house_arena(), din);
    in.donor_id = b->donor;
    in.check_character = check;
    in.tissue = b->tissue;
    in.site = tissue->site;
    in.started_at = b->recovery_ms - 2 * MINUTE;
    in.ended_at = b->recovery_ms;
    in.length_cm = tissue->length_cm;
    in.mass_g = tissue->mass_g;
    in.volume_ml = tissue->volume_ml;
    in.container_lot = "Cup, lot 7";
    in.seal_number = "S-1";
    done(short_act("U-INES", "source.collection_record", &in));
    receive_collection(b, &in);
}

static const char PROCEDURE[] =
    "{\"id\":\"%s\",%s\"product\":\"Short\",\"product_code\":\"D0001%c00\",%s\"shelf_life_h\":\"24\",\"sources\":[\"umbilical_cord\"],"
    "\"specification\":\"%s\",\"steps\":[{%s\"fields\":[{\"kind\":\"bool\",\"name\":\"filled\",\"required\":true}],"
    "\"instruction\":\"Fill.\",\"name\":\"Fill\",\"no\":1,%s\"stage\":\"fill\",\"verify\":false}],\"storage\":\"cold\","
    "\"title\":\"Shortest lawful batch, for tests\",\"use\":\"%s\",\"version\":1}";
static const char SPECIFICATION[] =
    "{\"id\":\"%s\",\"product\":\"Short\",\"tests\":[{\"code\":\"gram\",\"gating\":\"release\",\"method\":\"stain\",\"op\":\"negative\","
    "\"pending_allowed\":false,\"replicates\":1,\"sample_point\":\"final product\",\"title\":\"Gram stain\"}%s],"
    "\"title\":\"For tests\",\"version\":1}";
static const char STERILITY[] =
    ",{\"code\":\"sterility\",\"due_days\":20,\"final_day\":14,\"gating\":\"release\",\"method\":\"growth\",\"op\":\"negative\","
    "\"pending_allowed\":true,\"replicates\":1,\"sample_point\":\"final product\",\"surrogate\":\"gram\",\"title\":\"Sterility\"}";
static const char *more_tests = "", *equipment = "", *scan = "", *labels = "", *pooling = "";

void short_with_sterility(void)
{
    more_tests = STERILITY;
}

void short_with(const char *tests)
{
    more_tests = tests;
}

void short_at_place(const char *equipment_class, const char *clearance)
{
    equipment = arena_printf(house_arena(), "\"equipment\":[{\"line_clearance\":\"%s\",\"name\":\"%s\",\"required\":true}],", clearance,
                             equipment_class);
}

void short_with_material(const char *material_class)
{
    equipment = arena_printf(house_arena(), "\"materials\":[{\"name\":\"%s\",\"required\":true}],", material_class);
}

void short_fit(const char *equipment_class)
{
    equipment = arena_printf(house_arena(), "\"equipment\":[{\"clean_within_h\":2,\"name\":\"%s\",\"qualified\":true,\"required\":true}],",
                             equipment_class);
}

void short_pooling(const char *by)
{
    pooling = arena_printf(house_arena(), "\"pooling\":\"%s\",", by);
}

void short_scanned(void)
{
    scan = "\"scan_to_confirm\":true,";
}

void short_reconciled(void)
{
    labels = "\"reconcile_labels\":true,";
}

/* the sixth character of a product code (R08) */
static char collection_type(const char *use)
{
    return strcmp(use, "related") == 0 ? 'F' : strcmp(use, "autologous") == 0 ? 'X' : 'V';
}

static void train(const char *person, const char *procedure)
{
    struct training_record in = {.person_id = person, .document_id = procedure, .document_version = 1,
                                 .trained_at = clock_ms() - DAY, .expires_at = clock_ms() + DAY};
    done(short_act("U-ELENA", "access.training_record", &in));
}

/* procedure and specification for a use, written once a process */
static void documents(const char *use, const char **ret_procedure, const char **ret_specification)
{
    static struct {
        const char *use, *procedure, *specification;
    } kept[8];
    size_t n = 0;
    while (kept[n].use != NULL && strcmp(kept[n].use, use) != 0)
        n++;
    if (kept[n].use == NULL) {
        kept[n].procedure = short_fresh("P");
        kept[n].specification = short_fresh("Q");
        struct procedure_author p = {kept[n].procedure, 1,
                                     arena_printf(house_arena(), PROCEDURE, kept[n].procedure, pooling, collection_type(use), labels,
                                                  kept[n].specification, equipment, scan, use)};
        struct specification_author q = {kept[n].specification, 1,
                                         arena_printf(house_arena(), SPECIFICATION, kept[n].specification,
                                                      more_tests)};
        struct procedure_approve approve_p = {kept[n].procedure, 1};
        struct specification_approve approve_q = {kept[n].specification, 1};
        done(short_act("U-CLARA", "quality.specification_author", &q));
        done(short_act("U-ELENA", "quality.specification_approve", &approve_q));
        done(short_act("U-CLARA", "batch.procedure_author", &p));
        done(short_act("U-ELENA", "batch.procedure_approve", &approve_p));
        train("U-MARA", kept[n].procedure);
        train("U-PETER", kept[n].procedure);
        if (*equipment != '\0' || *pooling != '\0')
            train("U-JON", kept[n].procedure);   /* who verifies that the place was cleared, and what was pooled */
        kept[n].use = use;
    }
    *ret_procedure = kept[n].procedure;
    *ret_specification = kept[n].specification;
}

int short_open(struct short_batch *b, const char *use)
{
    struct batch_open in;
    record_init(&record_batch_open, &in);
    in.batch_id = b->batch = short_fresh("B");
    b->use = use;
    documents(use, &in.procedure_id, &in.specification_id);
    in.procedure_version = in.specification_version = 1;
    in.collection_id = b->collection;
    in.donor_id = b->donor;
    in.recipient_code = b->recipient;
    return short_act("U-MARA", "batch.open", &in);
}

int short_step(struct short_batch *b)
{
    struct batch_step in;
    record_init(&record_batch_step, &in);
    in.batch_id = b->batch;
    in.step = 1;
    in.started_at = clock_ms() - 500;
    in.ended_at = clock_ms() - 5;
    struct step_value *v = record_list_add(house_arena(), &record_step_value, &in.values);
    v->name = "filled";
    v->value = "true";
    return short_act("U-MARA", "batch.step", &in);
}

int short_fill(struct short_batch *b)
{
    struct batch_fill in;
    record_init(&record_batch_fill, &in);
    in.batch_id = b->batch;
    in.volume_in_ml = "8.0";
    in.samples_ml = in.waste_ml = "0.5";
    in.expires_at = clock_ms() + 20 * 60 * MINUTE;
    struct fill_container *k = record_list_add(house_arena(), &record_fill_container, &in.containers);
    b->container = k->container_id = arena_printf(house_arena(), "%s-D0001%cAa", b->donation_number, collection_type(b->use));
    k->volume_ml = "7.0";
    k->cells = "700000000";
    return short_act("U-MARA", "batch.fill", &in);
}

int short_complete(struct short_batch *b)
{
    struct batch_complete in = {b->batch};
    return short_act("U-MARA", "batch.complete", &in);
}

int short_label(struct short_batch *b, int copy)
{
    struct label_print in;
    record_init(&record_label_print, &in);
    in.batch_id = b->batch;
    in.container_id = b->container;
    in.copy = copy;
    in.reason = copy > 1 ? "the statements have changed" : NULL;
    return short_act("U-JON", "custody.label_print", &in);
}

int short_store(struct short_batch *b)
{
    struct container_store in = {b->batch, b->container, "E-TANK1", short_fresh("A")};
    return short_act("U-JON", "custody.container_store", &in);
}

void short_test(struct short_batch *b)
{
    struct test_report in;
    record_init(&record_test_report, &in);
    in.batch_id = b->batch;
    in.code = "gram";
    in.result = "negative";
    in.method = "stain";
    in.sample_point = "final product";
    in.sampled_at = clock_ms() - 2000;
    in.tested_at = clock_ms() - 1000;
    done(short_act("U-YUKI", "quality.test_report", &in));
    struct test_review review = {.batch_id = b->batch, .test_seq = made.seq};
    done(short_act("U-OMAR", "quality.test_review", &review));
}

int short_review(struct short_batch *b)
{
    struct batch_key key = {b->batch};
    struct batch_show shown;
    done(short_ask("batch.show", &key, &shown));
    struct batch_review in = {.batch_id = b->batch, .entries = shown.head_seq + 1, .conclusion = "The record is complete.",
                              .collection_seq = INTEGER_ABSENT};
    return short_act("U-ELENA", "release.review", &in);
}

int short_release(struct short_batch *b)
{
    struct batch_release in;
    record_init(&record_batch_release, &in);
    in.batch_id = b->batch;
    return short_act("U-PETER", "release.release", &in);
}

static const char *transfer;

const char *short_transfer(void)
{
    return transfer;
}

int short_hand_over(struct short_batch *b)
{
    struct hand_over in;
    record_init(&record_hand_over, &in);
    in.batch_id = b->batch;
    in.transfer_id = transfer = short_fresh("TR");
    in.receiver_id = "U-TOM";
    in.destination = in.seal_number = "S-1";
    in.condition = "good";
    in.temperature_c = "4.0";
    texts_add(house_arena(), &in.containers, b->container);
    return short_act("U-JON", "custody.hand_over", &in);
}

void short_received(struct short_batch *b, const char *use)
{
    struct receive take;
    short_released(b, use);
    assert_done(short_hand_over(b));
    record_init(&record_receive, &take);
    take.batch_id = b->batch;
    take.transfer_id = transfer;
    take.seal_number = "S-1";
    take.condition = "good";
    texts_add(house_arena(), &take.containers, b->container);
    assert_done(short_act("U-TOM", "custody.receive", &take));
}

void short_released(struct short_batch *b, const char *use)
{
    short_filled(b, use);
    assert_done(short_label(b, 1));
    assert_done(short_store(b));
    assert_done(short_complete(b));
    short_test(b);
    assert_done(short_review(b));
    assert_done(short_release(b));
}

void short_begun(struct short_batch *b, const char *use)
{
    short_donor(b, use);
    assert_done(short_consent(b, "treatment,storage"));
    assert_done(short_screen(b));
    assert_done(short_tests(b, NULL, NULL));
    assert_done(short_determine(b));
    short_collect(b);
    assert_done(short_open(b, use));
}

void short_filled(struct short_batch *b, const char *use)
{
    short_begun(b, use);
    assert_done(short_step(b));
    assert_done(short_fill(b));
}

struct batch_show short_shown(const struct short_batch *b)
{
    struct batch_key key = {b->batch};
    struct batch_show shown;
    assert_done(short_ask("batch.show", &key, &shown));
    return shown;
}

const struct gate_point *short_gate_point(const struct short_batch *b, size_t no)
{
    static struct gate_result gate;
    struct batch_key key = {b->batch};
    assert_done(short_ask("release.gate", &key, &gate));
    return LIST_AT(gate.points, struct gate_point, no - 1);
}
