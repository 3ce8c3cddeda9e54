/* Tests, review, release or rejection, labels, hand-over, dossier. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "job.h"

#define DAY_MS ((int64_t)86400000)

static const char *text_of(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int report(struct job *j, json_t *test, json_t *dose, const char *batch)
{
    struct test_report in;
    struct receipt made;
    record_init(&record_test_report, &in);
    const char *result = text_of(test, "result");
    in.batch_id = batch;
    in.code = text_of(test, "code");
    in.result = result[0] == '$' ? text_of(json_object_get(dose, "results"), result + 1) : result;
    in.method = text_of(test, "method");
    in.sample_point = text_of(test, "sample_point");
    in.sampled_at = clock_ms() - json_integer_value(json_object_get(test, "days")) * DAY_MS - 20000;
    in.tested_at = clock_ms() - 1000;
    in.remark = result[0] == '$' ? "As printed in the cited paper's Table 2." : INVENTED;
    int code = job_act(j, "U-YUKI", "quality.test_report", &in, &made);
    struct test_review review = {.batch_id = batch, .test_seq = made.seq};
    return code == 0 ? job_act(j, "U-OMAR", "quality.test_review", &review, NULL) : code;
}

int job_tests(struct job *j, json_t *scenario, json_t *dose, const char *batch)
{
    json_t *test;
    size_t i;
    int code = 0;
    json_array_foreach(json_object_get(scenario, "tests"), i, test) {
        arena_reset(j->step);
        code = code != 0 ? code : report(j, test, dose, batch);
    }
    return code;
}

/* Where a test is pending the release is conditional: Ines was told of it, and Omar follows it up. */
static int try_release(struct job *j, const char *batch)
{
    struct batch_release in;
    struct gate_result gate;
    struct batch_key key = {.batch_id = batch};
    record_init(&record_batch_release, &in);
    in.batch_id = batch;
    int code = job_read(j, "U-ELENA", "release.gate", &key, &gate);
    if (code == 0 && gate.conditional == 1) {
        in.physician_id = "U-INES";
        in.informed_at = clock_ms() - 60000;
        in.follow_up_by = "U-OMAR";
    }
    return code == 0 ? job_act(j, "U-PETER", "release.release", &in, NULL) : code;
}

static int release(struct job *j, const char *batch)
{
    struct batch_key key = {.batch_id = batch};
    struct batch_show shown;
    int code = job_read(j, "U-ELENA", "batch.show", &key, &shown);
    struct batch_review review = {.batch_id = batch, .entries = shown.head_seq + 1, .collection_seq = INTEGER_ABSENT,
                                  .conclusion = "Record complete, no exception open; audit trail reviewed."};
    if (code == 0)
        code = job_act(j, "U-ELENA", "release.review", &review, NULL);
    return code == 0 ? try_release(j, batch) : code;
}

/* the failing test of a batch on hold, -1 if there is none */
static int failing(struct job *j, const char *batch, int64_t *ret_seq)
{
    struct batch_key key = {.batch_id = batch};
    struct quality_results results;
    int code = job_read(j, "U-ELENA", "quality.results", &key, &results);
    *ret_seq = -1;
    for (size_t i = 0; code == 0 && i < results.tests.count; i++) {
        const struct test_row *t = LIST_AT(results.tests, struct test_row, i);
        if (strcmp(t->verdict, "fail") == 0 && t->oos_state != NULL)
            *ret_seq = t->test_seq;
    }
    return code;
}

static int reject(struct job *j, const char *batch, int64_t test_seq)
{
    struct oos_investigate investigate = {.batch_id = batch, .test_seq = test_seq, .assignable_cause = 0,
        .findings = "Method, reagents, calibration and calculation checked; retained preparation counted again: no laboratory cause."};
    int code = job_act(j, "U-OMAR", "quality.oos_investigate", &investigate, NULL);
    struct oos_close close = {.batch_id = batch, .test_seq = test_seq, .stays_held = BOOLEAN_ABSENT, .conclusion = "confirmed",
                              .reason = "Viability is below the specification; no assignable cause."};
    if (code == 0)
        code = job_act(j, "U-ELENA", "quality.oos_close", &close, NULL);
    if (code != 0)
        return code;
    code = try_release(j, batch);
    if (code == 0)
        return err_fault(&j->err, "%s was released out of specification", batch);
    job_say(j, "%s: release refused: %s [%s]", batch, j->err.text, j->err.rule);
    struct batch_reject in = {.batch_id = batch, .reason = "Viability out of specification, confirmed by investigation."};
    return code > 0 ? job_act(j, "U-PETER", "release.reject", &in, NULL) : code;
}

int job_dispose(struct job *j, const char *batch, bool *ret_released)
{
    int64_t test_seq;
    int code = failing(j, batch, &test_seq);
    if (code != 0)
        return code;
    *ret_released = test_seq < 0;
    code = test_seq < 0 ? release(j, batch) : reject(j, batch, test_seq);
    if (code == 0)
        job_say(j, "%s: %s by Peter Novak", batch, test_seq < 0 ? "released" : "rejected");
    return code;
}

static int containers_of(struct job *j, const char *batch, struct list *ret)
{
    struct batch_key key = {.batch_id = batch};
    struct batch_show shown;
    int code = job_read(j, "U-JON", "batch.show", &key, &shown);
    for (size_t i = 0; code == 0 && i < shown.containers.count; i++)
        texts_add(j->arena, ret, arena_text(j->arena, LIST_AT(shown.containers, struct container_row, i)->container_id));
    return code;
}

/* what a reader sends of the label's square symbol, and that it is on its container (R07); where the procedure asks for it */
static int label_back(struct job *j, const char *batch, const char *container)
{
    struct batch_key key = {.batch_id = batch};
    struct label_rows labels;
    int code = job_read(j, "U-JON", "custody.labels", &key, &labels);
    if (code != 0 || labels.asked != 1)
        return code;
    struct label_apply in;
    record_init(&record_label_apply, &in);
    in.batch_id = batch;
    in.container_id = container;
    in.copy = 1;
    in.confirmed = arena_printf(j->step, "=+02000=%.13s00=<%s", container, container + 14);
    in.confirmed_how = "scanned";
    return job_act(j, "U-JON", "custody.label_apply", &in, NULL);
}

int job_labels(struct job *j, json_t *scenario, const char *batch)
{
    struct list containers = {0};
    const char *storage = text_of(scenario, "storage");
    int code = containers_of(j, batch, &containers);
    for (size_t i = 0; code == 0 && i < containers.count; i++) {
        arena_reset(j->step);
        struct label_print label;
        record_init(&record_label_print, &label);
        label.batch_id = batch;
        label.container_id = TEXTS_AT(containers, i);
        label.copy = 1;
        code = job_act(j, "U-JON", "custody.label_print", &label, NULL);
        code = code != 0 ? code : label_back(j, batch, label.container_id);
        struct container_store store = {.batch_id = batch, .container_id = TEXTS_AT(containers, i), .equipment_id = storage,
                                        .position = job_text(j, "%s/%zu", batch, i + 1)};
        if (code == 0 && storage != NULL)
            code = job_act(j, "U-JON", "custody.container_store", &store, NULL);
    }
    return code;
}

int job_hand_over(struct job *j, const char *batch)
{
    struct hand_over give;
    record_init(&record_hand_over, &give);
    give.batch_id = batch;
    give.transfer_id = job_text(j, "TR-%s", batch + 2);
    give.receiver_id = "U-TOM";
    give.destination = "Demo Clinic, ward 4";
    give.condition = "good";
    give.seal_number = job_text(j, "OUT-%s", batch + 2);
    give.temperature_c = "-151.0";
    int code = containers_of(j, batch, &give.containers);
    if (code == 0)
        code = job_act(j, "U-JON", "custody.hand_over", &give, NULL);
    struct receive take;
    record_init(&record_receive, &take);
    take.batch_id = batch;
    take.transfer_id = give.transfer_id;
    take.containers = give.containers;
    take.condition = "good";
    take.seal_number = give.seal_number;
    if (code == 0)
        code = job_act(j, "U-TOM", "custody.receive", &take, NULL);
    if (code == 0)
        job_say(j, "%s: handed over by Jon Okafor, received by Tom Becker", batch);
    return code;
}

int job_dossier(struct job *j, const char *batch, bool redacted)
{
    struct dossier_request in;
    struct dossier_file out;
    record_init(&record_dossier_request, &in);
    in.batch_id = batch;
    in.redacted = redacted;
    arena_reset(j->step);
    desk_timeout(job_person("U-RUTH")->desk, 120000);
    int code = job_read(j, "U-RUTH", "audit.dossier", &in, &out);
    if (code != 0)
        return code;
    const char *path = job_text(j, "%s/%s", j->out, out.file_name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    ssize_t n = fd < 0 ? -1 : write(fd, out.file.data, out.file.len);
    if (n != (ssize_t)out.file.len || close(fd) != 0)
        return err_fault(&j->err, "cannot write %s", path);
    job_say(j, "%s: %lld entries, %zu bytes", out.file_name, (long long)out.entries, out.file.len);
    return 0;
}
