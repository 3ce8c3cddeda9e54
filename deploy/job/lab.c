/* The lab before its first batch: documents, training, materials, equipment. All by table; what exists stays. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "job.h"

#define DAY_MS ((int64_t)86400000)

static const struct {
    const char *id, *file, *service;   /* service: batch (procedure), quality (specification) or source (rule set) */
} documents[] = {
    {"P-UCMSC", "procedure_ucmsc.json", "batch"},
    {"P-BMAC", "procedure_bmac.json", "batch"},
    {"P-SVF", "procedure_svf.json", "batch"},
    {"P-BMMSC", "procedure_bmmsc.json", "batch"},
    {"P-PLMSC", "procedure_plmsc.json", "batch"},
    {"Q-UCMSC", "specification_ucmsc.json", "quality"},
    {"Q-BMAC", "specification_bmac.json", "quality"},
    {"Q-SVF", "specification_svf.json", "quality"},
    {"Q-BMMSC", "specification_bmmsc.json", "quality"},
    {"Q-PLMSC", "specification_plmsc.json", "quality"},
    {"L-US", "rules_us.json", "source"},
    {"L-EU", "rules_eu.json", "source"},
};

/* canonical text of a document: sorted keys, no white space */
static const char *document_text(struct job *j, const char *file)
{
    json_t *json = job_json(j, job_text(j, "%s/%s", j->seed, file));
    if (json == NULL)
        return NULL;
    char *text = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);
    const char *kept = arena_text(j->arena, text);
    free(text);
    json_decref(json);
    return kept;
}

static int author(struct job *j, size_t i, const char *text)
{
    if (strcmp(documents[i].service, "batch") == 0) {
        struct procedure_author in = {.procedure_id = documents[i].id, .version = 1, .document = text};
        return job_act(j, "U-CLARA", "batch.procedure_author", &in, NULL);
    }
    if (strcmp(documents[i].service, "source") == 0) {
        struct rules_author in = {.rules_id = documents[i].id, .version = 1, .document = text};
        return job_act(j, "U-CLARA", "source.rules_author", &in, NULL);
    }
    struct specification_author in = {.specification_id = documents[i].id, .version = 1, .document = text};
    return job_act(j, "U-CLARA", "quality.specification_author", &in, NULL);
}

static int approve(struct job *j, size_t i)
{
    if (strcmp(documents[i].service, "batch") == 0) {
        struct procedure_approve in = {.procedure_id = documents[i].id, .version = 1};
        return job_act(j, "U-ELENA", "batch.procedure_approve", &in, NULL);
    }
    if (strcmp(documents[i].service, "source") == 0) {
        struct rules_approve in = {.rules_id = documents[i].id, .version = 1, .effective_at = clock_ms()};
        return job_act(j, "U-ELENA", "source.rules_approve", &in, NULL);
    }
    struct specification_approve in = {.specification_id = documents[i].id, .version = 1};
    return job_act(j, "U-ELENA", "quality.specification_approve", &in, NULL);
}

static int write_documents(struct job *j, bool *ret_new)
{
    int code = 0;
    *ret_new = false;
    for (size_t i = 0; i < sizeof documents / sizeof documents[0] && code == 0; i++) {
        arena_reset(j->step);
        const char *text = document_text(j, documents[i].file);
        if (text == NULL)
            return j->err.code;
        code = author(j, i, text);
        if (code == ERR_EXISTS || code == ERR_STATE_FORBIDS) {
            code = 0;
            continue;
        }
        *ret_new = true;
        if (code == 0)
            code = approve(j, i);
        if (code == 0)
            job_say(j, "%s version 1 authored by Clara Weiss, approved by Elena Rossi", documents[i].id);
    }
    return code;
}

static int train(struct job *j)
{
    static const char *const trained[] = {"U-MARA", "U-JON", "U-CLARA", "U-YUKI", "U-OMAR", "U-ELENA", "U-PETER", "U-INES"};
    int64_t now = clock_ms();
    int code = 0;
    for (size_t i = 0; i < sizeof trained / sizeof trained[0] && code == 0; i++)
        for (size_t d = 0; d < sizeof documents / sizeof documents[0] && code == 0; d++) {
            arena_reset(j->step);
            if (strcmp(documents[d].service, "source") == 0)
                continue;                              /* nobody works by it at the bench */
            struct training_record in = {.person_id = trained[i], .document_id = documents[d].id, .document_version = 1,
                                         .trained_at = now - 2 * DAY_MS, .expires_at = now + 365 * DAY_MS};
            const char *trainer = strcmp(trained[i], "U-ELENA") == 0 ? "U-CLARA" : "U-ELENA";
            code = job_act(j, trainer, "access.training_record", &in, NULL);
            if (code == ERR_EXISTS)
                code = 0;
        }
    if (code == 0)
        job_say(j, "training recorded for %zu people", sizeof trained / sizeof trained[0]);
    return code;
}

static int receive_lot(struct job *j, json_t *lot, const char *id)
{
    struct material_receive in;
    record_init(&record_material_receive, &in);
    in.lot_id = id;
    in.material = json_string_value(json_object_get(lot, "material"));
    in.material_class = json_string_value(json_object_get(lot, "material_class"));
    in.manufacturer = json_string_value(json_object_get(lot, "manufacturer"));
    in.lot_number = json_string_value(json_object_get(lot, "lot_number"));
    in.quantity = json_string_value(json_object_get(lot, "quantity"));
    in.unit = json_string_value(json_object_get(lot, "unit"));
    in.expires_at = clock_ms() + 300 * DAY_MS;
    int code = job_act(j, "U-MARA", "batch.material_receive", &in, NULL);
    struct material_release release = {.lot_id = id};
    if (code == 0)
        code = job_act(j, "U-ELENA", "batch.material_release", &release, NULL);
    return code == ERR_EXISTS ? 0 : code;
}

static int install(struct job *j, json_t *machine)
{
    struct equipment_register in = {
        .equipment_id = json_string_value(json_object_get(machine, "equipment_id")),
        .title = json_string_value(json_object_get(machine, "title")),
        .equipment_class = json_string_value(json_object_get(machine, "equipment_class")),
        .serial_number = json_string_value(json_object_get(machine, "serial_number"))};
    int code = job_act(j, "U-CLARA", "batch.equipment_register", &in, NULL);
    struct equipment_calibrate calibrate = {.equipment_id = in.equipment_id, .calibrated_at = clock_ms() - 30 * DAY_MS,
                                            .due_at = clock_ms() + 300 * DAY_MS, .certificate = "demo certificate",
                                            .result = "pass", .good_at = TIME_ABSENT};
    if (code == 0)
        code = job_act(j, "U-CLARA", "batch.equipment_calibrate", &calibrate, NULL);
    return code == ERR_EXISTS ? 0 : code;
}

static int stock(struct job *j)
{
    json_t *lab = job_json(j, job_text(j, "%s/lab.json", j->scenario)), *item;
    size_t i;
    int code = lab == NULL ? j->err.code : 0;
    if (code != 0)
        return code;
    json_array_foreach(json_object_get(lab, "equipment"), i, item) {
        arena_reset(j->step);
        code = code != 0 ? code : install(j, item);
    }
    json_array_foreach(json_object_get(lab, "lots"), i, item) {
        arena_reset(j->step);
        const char *id = json_string_value(json_object_get(item, "lot_id"));
        code = code != 0 ? code : receive_lot(j, item, job_text(j, "%s%d", id, j->first));
    }
    if (code == 0)
        job_say(j, "%zu pieces of equipment calibrated, %zu material lots received and released",
                json_array_size(json_object_get(lab, "equipment")), json_array_size(json_object_get(lab, "lots")));
    json_decref(lab);
    return code;
}

int job_lab(struct job *j)
{
    bool new_documents;
    int code = write_documents(j, &new_documents);
    if (code == 0 && new_documents)
        code = train(j);
    return code == 0 ? stock(j) : code;
}
