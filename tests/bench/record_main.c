/*
 * Makes a record of many signed acts the way a lab does: people whom the administrator enrols at a running house, at its
 * terminals, through its services. Their keys stay in this program, certified by the house's issuing CA, so that an act costs no
 * waiting for a secret; nothing else is different from a person's work. Used by tests/bench/record.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/ca.h"
#include "crypto/cms.h"
#include "crypto/keys.h"
#include "desk/desk.h"
#include "file/file.h"

#define PEOPLE 4
#define DAY_MS INT64_C(86400000)
#define CALIBRATIONS 4
#define FILE_MAX 65536

struct worker {
    struct arena *arena, *step;
    const char *house, *terminal, *id;
    struct desk *desk;
    struct key *key;
    struct certificate *certificate;
    const struct certificate *issuer;
    int run, number, acts;            /* of this run, of this worker; acts still to be made */
    struct err e;
};

static int open_desk(struct arena *a, const char *house, const char *terminal, struct desk **ret, struct err *e)
{
    struct desk_settings settings;
    int code = desk_settings_read(a, arena_printf(a, "%s/terminals/%s.ini", house, terminal), &settings, e);
    if (code == 0)
        code = desk_new(&settings, ret, e);
    if (code == 0)
        desk_patience(*ret, 30000);
    return code;
}

/* ---- people, as the administrator enrols them */

struct office {
    struct arena *arena;
    const char *house;
    struct desk *desk;
    struct bytes secret;
    struct ca ca;
    struct key *ca_key;
    struct certificate *issuer;
    struct err e;
};

static int read_file(struct office *o, const char *name, struct bytes *ret)
{
    return file_read(o->arena, arena_printf(o->arena, "%s/%s", o->house, name), FILE_MAX, ret, &o->e);
}

static int open_office(struct office *o)
{
    struct bytes pem, secret;
    int code = read_file(o, "authority/issuing.key", &pem);
    code = code != 0 ? code : key_from_pem(pem, &o->ca_key, &o->e);
    code = code != 0 ? code : read_file(o, "authority/issuing.pem", &pem);
    code = code != 0 ? code : certificate_from_pem(pem, &o->issuer, &o->e);
    code = code != 0 ? code : read_file(o, "admin.secret", &secret);
    if (code != 0)
        return code;
    o->ca = (struct ca){o->issuer, o->ca_key};
    o->secret = (struct bytes){secret.data, strcspn((const char *)secret.data, "\n")};
    code = open_desk(o->arena, o->house, "T-OFFICE1", &o->desk, &o->e);
    return code != 0 ? code : desk_login(o->desk, o->arena, "U-ADA", o->secret, NULL, &o->e);
}

static int enrol(struct office *o, struct worker *w)
{
    struct person_enrol in;
    struct key_register reg;
    record_init(&record_person_enrol, &in);
    in.person_id = w->id;
    in.name = "Load Person";
    texts_add(o->arena, &in.roles, "supervisor");
    in.identity_verified_how = "identity_card";
    int code = desk_act(o->desk, o->arena, "access.person_enrol", &in, o->secret, NULL, &o->e);
    code = code != 0 ? code : key_new(KEY_P256, &w->key, &o->e);
    code = code != 0 ? code : ca_issue(&o->ca, &(struct ca_request){CA_PERSON, in.name, w->id, "supervisor", 30}, w->key, &w->certificate, &o->e);
    if (code != 0)
        return code;
    record_init(&record_key_register, &reg);
    reg.person_id = w->id;
    reg.certificate = certificate_der(w->certificate);
    return desk_act(o->desk, o->arena, "access.key_register", &reg, o->secret, NULL, &o->e);
}

/* ---- one person's work */

static int sign(struct worker *w, const char *text, struct bytes *ret)
{
    const struct signing_key key = {w->key, w->certificate, w->issuer};
    return cms_sign(w->step, &key, (struct bytes){(const uint8_t *)text, strlen(text)}, clock_ms(), ret, &w->e);
}

static int log_in(struct worker *w)
{
    struct challenge_request ask = {.person_id = w->id, .terminal_id = w->terminal};
    struct challenge challenge;
    struct session session;
    int code = open_desk(w->arena, w->house, w->terminal, &w->desk, &w->e);
    code = code != 0 ? code : desk_call(w->desk, w->step, "access.challenge", &ask, &challenge, &w->e);
    struct login login = {.login = challenge.login};
    code = code != 0 ? code : sign(w, challenge.login, &login.signature);
    code = code != 0 ? code : desk_call(w->desk, w->arena, "access.login", &login, &session, &w->e);
    if (code == 0)
        desk_resume(w->desk, session.token, w->id);
    return code;
}

static int act(struct worker *w, const char *verb, const void *in)
{
    struct prepared prepared;
    struct bytes signature;
    if (w->acts == 0)
        return 0;
    w->acts--;
    int code = desk_prepare(w->desk, w->step, verb, NULL, in, &prepared, &w->e);
    code = code != 0 ? code : sign(w, prepared.statement, &signature);
    return code != 0 ? code : desk_commit(w->desk, w->step, verb, prepared.statement, signature, NULL, &w->e);
}

static int donor_tested(struct worker *w, const char *donor)
{
    static const char *const assays[] = {"anti_hiv_1_2", "hiv_1_nat", "hbsag", "anti_hbc", "hbv_nat", "anti_hcv", "hcv_nat",
                                         "syphilis_screen", "anti_htlv", "anti_cmv", "wnv_nat"};
    struct donor_test_report in;
    record_init(&record_donor_test_report, &in);
    in.donor_id = donor;
    in.subject = "donor";
    in.specimen_at = clock_ms() - 2 * DAY_MS;
    in.laboratory = "Virology (invented)";
    in.dilution_suspected = 0;
    for (size_t i = 0; i < sizeof assays / sizeof assays[0]; i++) {
        struct donor_result *r = record_list_add(w->step, &record_donor_result, &in.results);
        r->assay = assays[i];
        r->result = "non_reactive";
    }
    return act(w, "source.donor_test_report", &in);
}

static int donor(struct worker *w)
{
    const char *id = arena_printf(w->step, "D-%06d%d%05d", w->run, w->number, w->acts);
    struct donor_register in;
    struct consent_record consent = {.donor_id = id, .form_version = "CONSENT version 3", .given_at = clock_ms() - 3 * DAY_MS};
    struct screening_record screening = {.donor_id = id, .subject = "donor", .outcome = "no_risk", .screened_at = clock_ms() - 3 * DAY_MS};
    record_init(&record_donor_register, &in);
    in.donor_id = id;
    in.tissue = "marrow";
    in.use = "allogeneic";
    in.subject = "donor";
    texts_add(w->step, &consent.scopes, "treatment");
    int code = act(w, "source.donor_register", &in);
    code = code != 0 ? code : act(w, "source.consent_record", &consent);
    code = code != 0 ? code : act(w, "source.screening_record", &screening);
    return code != 0 ? code : donor_tested(w, id);
}

static int equipment(struct worker *w)
{
    const char *id = arena_printf(w->step, "E-%06d%d%05d", w->run, w->number, w->acts);
    struct equipment_register in = {id, "Incubator", "incubator", "SN-1"};
    int code = act(w, "batch.equipment_register", &in);
    for (int i = 0; code == 0 && i < CALIBRATIONS; i++) {
        struct equipment_calibrate made = {.equipment_id = id, .calibrated_at = clock_ms() - (CALIBRATIONS - i) * DAY_MS,
                                           .due_at = clock_ms() + 300 * DAY_MS, .certificate = "CAL-2026", .result = "pass"};
        code = act(w, "batch.equipment_calibrate", &made);
    }
    return code;
}

static int work(struct worker *w)
{
    int code = log_in(w);
    while (code == 0 && w->acts > 0) {
        arena_reset(w->step);
        code = donor(w);
        code = code != 0 ? code : equipment(w);
    }
    if (code != 0)
        fprintf(stderr, "bench_record: %s at %s: %s\n", w->id, w->terminal, w->e.text);
    return code != 0;
}

int main(int argc, char **argv)
{
    static const char *const terminals[PEOPLE] = {"T-BENCH1", "T-BENCH2", "T-BENCH3", "T-BENCH4"};
    static struct worker all[PEOPLE];
    struct office o = {.arena = arena_new((size_t)64 << 20), .house = argc == 3 ? argv[1] : ""};
    int code = 0, status = 0, failed = 0, run = (int)(clock_ms() / 1000 % 1000000);
    if (argc != 3) {
        fprintf(stderr, "usage: bench_record HOUSE ACTS\n");
        return 2;
    }
    code = open_office(&o);
    for (int i = 0; code == 0 && i < PEOPLE; i++) {
        all[i] = (struct worker){.arena = arena_new(0), .step = arena_new(0), .house = o.house, .terminal = terminals[i], .run = run, .number = i + 1,
                                 .issuer = o.issuer, .acts = (int)strtol(argv[2], NULL, 10) / PEOPLE, .id = arena_printf(o.arena, "U-LOAD%06d%d", run, i + 1)};
        code = enrol(&o, &all[i]);
    }
    desk_free(o.desk);
    if (code != 0)
        fprintf(stderr, "bench_record: %s\n", o.e.text);
    for (int i = 0; code == 0 && i < PEOPLE; i++)
        if (fork() == 0)
            _exit(work(&all[i]));
    while (code == 0 && wait(&status) > 0)
        failed |= status != 0;
    return code != 0 || failed;
}
