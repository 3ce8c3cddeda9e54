#include "unit/dossier/recompute_lab.h"

#include "support/test.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define STREAM_ENTRIES 40

struct arena *a;
struct err e;
struct dossier dossier;
struct dossier_stream stream[STREAMS];
int64_t now_ms;

void begin(void)
{
    static const char *const ids[STREAMS] = {"B-1", "C-1", "D-1", "E-1", "L-US", "M-1", "M-2", "P-BMAC", "Q-BMAC", "U-1"};
    a = arena_new(0);
    for (int i = 0; i < STREAMS; i++)
        stream[i] = (struct dossier_stream){ids[i], true, ARENA_ARRAY(a, struct dossier_entry, STREAM_ENTRIES), 0};
    dossier = (struct dossier){.subject = "B-1", .stream = stream, .stream_count = STREAMS};
    clock_from_text("2026-03-02T08:00:00.000Z", 24, &now_ms);
}

void end(void)
{
    a = arena_free(a);
}

struct recompute_case case_of(struct dossier_stream *s, const struct dossier_entry *entry)
{
    return (struct recompute_case){a, &dossier, s, entry, ARENA_NEW(a, struct recompute_memory)};
}

static struct dossier_entry *next(int which)
{
    struct dossier_stream *s = &stream[which];
    struct dossier_entry *entry = &s->entry[s->count];
    entry->entry.seq = (int64_t)s->count++;
    entry->entry.time_ms = entry->statement.at_ms = now_ms += 60000;
    entry->statement.type = "";          /* not among the others until it is made */
    return entry;
}

static struct dossier_entry *say(struct dossier_entry *entry, const char *type, const void *record)
{
    struct buf body = buf_new(a);
    record_to_json(&body, verb_find(type)->in, record, RECORD_STATEMENT);
    buf_char(&body, '\n');
    entry->statement.type = type;
    entry->statement.body = (struct bytes){(const uint8_t *)body.text, body.len};
    return entry;
}

struct dossier_entry *add(int which, const char *type, void *record)
{
    struct dossier_entry *entry = next(which);
    const struct recompute_row *row = recompute_row(recompute_rows(), type);
    struct recompute_case c = case_of(&stream[which], entry);
    if (row != NULL && row->fill != NULL && row->fill(&c, record, &e) != 0)
        fail_msg("%s: %s", type, e.text);
    return say(entry, type, record);
}

struct dossier_entry *put(int which, const char *type, const void *record)
{
    return say(next(which), type, record);
}

int check(int which, const struct dossier_entry *entry)
{
    struct recompute_case c = case_of(&stream[which], entry);
    return recompute_check(recompute_row(recompute_rows(), entry->statement.type), &c, &e);
}

void holds_until(int which, struct dossier_entry *entry, const char *from, const char *to)
{
    if (check(which, entry) != 0)
        fail_msg("%s", e.text);
    const char *body = (const char *)entry->statement.body.data, *at = strstr(body, from);
    if (at == NULL)
        fail_msg("no %s in %s", from, body);
    const char *changed = arena_printf(a, "%.*s%s%s", (int)(at - body), body, to, at + strlen(from));
    entry->statement.body = (struct bytes){(const uint8_t *)changed, strlen(changed)};
    assert_true(check(which, entry) > 0);
}

const char *seed(const char *name)
{
    json_t *root = json_load_file(arena_printf(a, "%s/%s", STEMMA_SEED, name), 0, NULL);
    assert_non_null(root);
    char *text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    const char *kept = arena_text(a, text);
    free(text);
    json_decref(root);
    return kept;
}

void *fresh(const char *type)
{
    return record_new(a, verb_find(type)->in);
}

void open_batch_of(const char *procedure, int replicates)
{
    struct procedure_author *p = fresh("batch.procedure_author");
    struct specification_author *q = fresh("quality.specification_author");
    struct batch_open *open = fresh("batch.open");
    p->procedure_id = "P-BMAC";
    q->specification_id = "Q-BMAC";
    p->version = q->version = 1;
    p->document = procedure;
    const char *document = seed("specification_bmac.json"), *one = "\"replicates\":1", *at = strstr(document, one);
    assert_non_null(at);
    q->document = arena_printf(a, "%.*s\"replicates\":%d%s", (int)(at - document), document, replicates, at + strlen(one));
    add(P, "batch.procedure_author", p);
    add(Q, "quality.specification_author", q);
    *open = (struct batch_open){.batch_id = "B-1", .procedure_id = "P-BMAC", .procedure_version = 1,
                                .specification_id = "Q-BMAC", .specification_version = 1, .collection_id = "C-1",
                                .donor_id = "D-1", .recipient_code = "R-1"};
    struct donor_register *d = fresh("source.donor_register");
    *d = (struct donor_register){.donor_id = "D-1", .tissue = "marrow", .use = "autologous", .subject = words_subject.words[0],
                                 .recipient_code = "R-1"};
    add(D, "source.donor_register", d);
    add(B, "batch.open", open)->statement.actor = "U-1";
}

void open_batch_with(int replicates)
{
    open_batch_of(seed("procedure_bmac.json"), replicates);
}

void open_batch(void)
{
    open_batch_with(1);
}

struct dossier_entry *clear_place(int64_t at_ms)
{
    struct line_clear *in = fresh("batch.line_clear");
    in->batch_id = "B-1";
    in->equipment_id = "E-1";
    in->cleared_at = at_ms;
    in->materials_removed = in->labels_removed = in->surface_cleaned = 1;
    in->cleaned_with = "70 % isopropanol";
    struct dossier_entry *entry = add(B, "batch.line_clear", in);
    entry->statement.actor = "U-1";
    return entry;
}

struct dossier_entry *verify_place(int64_t clearance, const char *person)
{
    struct line_verify *in = fresh("batch.line_verify");
    *in = (struct line_verify){"B-1", "E-1", clearance};
    struct dossier_entry *entry = put(B, "batch.line_verify", in);
    entry->statement.actor = person;
    return entry;
}

void put_value(struct batch_step *step, const char *name, const char *value)
{
    struct step_value *v = record_list_add(a, &record_step_value, &step->values);
    v->name = name;
    v->value = value;
}

struct dossier_entry *perform_step(int no, const char *person)
{
    struct batch_step *step = fresh("batch.step");
    step->batch_id = "B-1";
    step->step = no;
    step->started_at = step->ended_at = now_ms;
    if (no == 1) {
        put_value(step, "marrow_ml", "60.0");
        put_value(step, "anticoagulant_ml", "7.5");
    }
    struct dossier_entry *entry = add(B, "batch.step", step);
    entry->statement.actor = person;
    return entry;
}

struct dossier_entry *perform(void)
{
    return perform_step(1, "U-1");
}

struct dossier_entry *verify(int no, const char *person)
{
    struct step_verify *v = fresh("batch.step_verify");
    v->batch_id = "B-1";
    v->step = no;
    struct dossier_entry *entry = add(B, "batch.step_verify", v);
    entry->statement.actor = person;
    return entry;
}

void perform_all(void)
{
    for (int no = 1; no <= 5; no++) {
        perform_step(no, "U-1");
        verify(no, "U-2");
    }
}

struct dossier_entry *report(const char *code, const char *result, const char *method)
{
    struct test_report *t = fresh("quality.test_report");
    t->batch_id = "B-1";
    t->code = code;
    t->result = result;
    t->method = method;
    t->sample_point = "final product";
    t->sampled_at = t->tested_at = now_ms;
    struct dossier_entry *entry = add(B, "quality.test_report", t);
    entry->statement.actor = "U-3";
    return entry;
}

void review_by(const struct dossier_entry *entry, const char *person)
{
    struct test_review *r = fresh("quality.test_review");
    r->batch_id = "B-1";
    r->test_seq = entry->entry.seq;
    add(B, "quality.test_review", r)->statement.actor = person;
}

void review(const struct dossier_entry *entry)
{
    review_by(entry, "U-4");
}

void report_all(const char *viability)
{
    perform_all();
    review(report("viability", viability, "acridine orange/propidium iodide"));
    review(report("tnc", "250000000", "automated counter"));
    review(report("appearance", "conforms", "visual inspection"));
    review(report("endotoxin", "<0.05", "LAL cartridge"));
    review(report("gram", "negative", "Gram stain"));
    review(report("sterility", "pending", "growth-based, 14 days"));
}

struct dossier_entry *release(const char *state_of_3, int points)
{
    struct batch_release *r = fresh("release.release");
    r->batch_id = "B-1";
    for (int i = 0; i < points; i++) {
        struct gate_point *p = record_list_add(a, &record_gate_point, &r->gate);
        p->point = i + 1;
        p->title = "title";
        p->state = i == 2 ? state_of_3 : "holds";
    }
    struct dossier_entry *released = add(B, "release.release", r);
    released->statement.actor = "U-9";
    return released;
}

void gate_refused(struct dossier_entry *entry, const char *why)
{
    assert_true(check(B, entry) > 0);
    if (strstr(e.text, why) == NULL)
        fail_msg("%s", e.text);
}

struct dossier_entry *correct_value(const char *old_value, const char *new_value, const char *person)
{
    struct batch_correct *in = fresh("batch.correct");
    in->batch_id = "B-1";
    in->step = 1;
    in->field = "marrow_ml";
    in->old_value = old_value;
    in->new_value = new_value;
    in->reason = "digits swapped when typed";
    struct dossier_entry *entry = add(B, "batch.correct", in);
    entry->statement.actor = person;
    return entry;
}

void filled_containers(void)
{
    begin();
    open_batch();
    struct batch_fill *fill = fresh("batch.fill");
    *fill = (struct batch_fill){.batch_id = "B-1", .volume_in_ml = "14.0", .samples_ml = "0", .waste_ml = "0", .expires_at = now_ms + 1000000};
    for (int i = 1; i <= 2; i++)
        *(struct fill_container *)record_list_add(a, &record_fill_container, &fill->containers) =
            (struct fill_container){.container_id = arena_printf(a, "K%d", i), .volume_ml = "7.0", .cells = "700000000"};
    add(B, "batch.fill", fill);
}

void received_container(void)
{
    filled_containers();
    struct hand_over *h = fresh("custody.hand_over");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T1", .receiver_id = "U-2", .destination = "clinic", .condition = "good",
                            .seal_number = "S1", .temperature_c = "4.0"};
    texts_add(a, &h->containers, "K1");
    add(B, "custody.hand_over", h);
    struct receive *r = fresh("custody.receive");
    *r = (struct receive){.batch_id = "B-1", .transfer_id = "T1", .condition = "good", .seal_number = "S1"};
    texts_add(a, &r->containers, "K1");
    add(B, "custody.receive", r);
    struct batch_release *released = fresh("release.release");
    released->batch_id = "B-1";
    add(B, "release.release", released);
}

/* a batch as it goes: in process, in test, released, handed over and received */
void received_batch(void)
{
    begin();
    open_batch();
    perform_all();
    struct batch_fill *fill = fresh("batch.fill");
    *fill = (struct batch_fill){.batch_id = "B-1", .volume_in_ml = "7.0", .samples_ml = "0", .waste_ml = "0", .expires_at = now_ms + 100000000};
    *(struct fill_container *)record_list_add(a, &record_fill_container, &fill->containers) =
        (struct fill_container){.container_id = "K1", .volume_ml = "7.0", .cells = "700000000"};
    add(B, "batch.fill", fill);
    struct batch_complete *complete = fresh("batch.complete");
    complete->batch_id = "B-1";
    add(B, "batch.complete", complete);
    release("holds", 13);
    struct hand_over *h = fresh("custody.hand_over");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T1", .receiver_id = "U-2", .destination = "clinic", .condition = "good",
                            .seal_number = "S1", .temperature_c = "4.0"};
    texts_add(a, &h->containers, "K1");
    add(B, "custody.hand_over", h);
    struct receive *r = fresh("custody.receive");
    *r = (struct receive){.batch_id = "B-1", .transfer_id = "T1", .condition = "good", .seal_number = "S1"};
    texts_add(a, &r->containers, "K1");
    add(B, "custody.receive", r);
}

struct administer *giving(void)
{
    struct administer *in = fresh("custody.administer");
    in->batch_id = "B-1";
    in->recipient_code = "R-1";
    in->donation_number = "A999926000001";
    in->weight_kg = "70.0";
    in->route = "intravenous";
    in->site = "left arm";
    in->imaging = "none";
    in->started_at = now_ms - 2000;
    in->ended_at = now_ms - 1000;
    in->adverse_event = 0;
    struct dose_container *k = record_list_add(a, &record_dose_container, &in->containers);
    *k = (struct dose_container){"K1", "6.3", "0.7"};
    return in;
}

struct dossier_entry *keep_file(const char *counted)
{
    struct file_import *in = fresh("quality.file_import");
    struct zip_member *file = ARENA_NEW(a, struct zip_member);
    struct attachment *att = ARENA_NEW(a, struct attachment);
    *att = (struct attachment){.name = "file", .len = (int64_t)strlen(counted)};
    digest_sha256(counted, strlen(counted), att->sha256);
    in->batch_id = "B-1";
    in->file_name = "count.csv";
    in->file_sha256 = hex_text(a, att->sha256, DIGEST_LEN);
    *file = (struct zip_member){.name = in->file_sha256, .data = {(const uint8_t *)counted, strlen(counted)}};
    dossier.attachment = file;
    dossier.attachment_count = 1;
    stream[B].entry[stream[B].count].entry.att = att;
    stream[B].entry[stream[B].count].entry.att_count = 1;
    return add(B, "quality.file_import", in);
}

void ask_identity(int loci)
{
    static const char tests[] = "\"tests\":[";
    const char *test = arena_printf(a, "{\"code\":\"str\",\"gating\":\"release\",\"limit\":\"concordant\",\"loci\":%d,\"method\":\"STR\",\"op\":\"equals\","
                               "\"pending_allowed\":false,\"replicates\":1,\"sample_point\":\"final product\",\"title\":\"Identity\"},", loci);
    struct bytes *body = &stream[Q].entry[0].statement.body;
    const char *text = (const char *)body->data, *at = strstr(text, tests);
    assert_non_null(at);
    at += strlen(tests);
    text = arena_printf(a, "%.*s%s%s", (int)(at - text), text, test, at);
    *body = (struct bytes){(const uint8_t *)text, strlen(text)};
}

struct dossier_entry *refer(const char *profile)
{
    struct str_reference *in = fresh("source.str_reference");
    *in = (struct str_reference){"D-1", "donor", now_ms - 1000, "Test laboratory", profile};
    return add(D, "source.str_reference", in);
}

struct dossier_entry *identify(const char *profile)
{
    struct test_report *t = fresh("quality.test_report");
    *t = (struct test_report){.batch_id = "B-1", .code = "str", .method = "STR", .sample_point = "final product", .sampled_at = now_ms,
                              .tested_at = now_ms, .late_min = INTEGER_ABSENT, .file_seq = INTEGER_ABSENT, .profile = profile};
    struct dossier_entry *entry = add(B, "quality.test_report", t);
    entry->statement.actor = "U-3";
    return entry;
}
