/*
 * The demo's main job: a lab's people at their terminals carry batches from the donor to the dossier, everything signed,
 * everything through the services' sockets, as a user's work would. What is invented is said to be in the record itself.
 */
#pragma once
#include <jansson.h>

#include "desk/desk.h"

#define PEOPLE 11
#define INVENTED "Demo: plausible value, invented; not from the cited paper."

struct person {
    const char *id, *name, *roles;   /* roles: comma separated */
    const char *terminal;
    struct desk *desk;
    char secret[33];
};

struct job {
    struct arena *arena;             /* of the whole run */
    struct arena *step;              /* of one act; reset between */
    const char *terminals;           /* folder of terminal settings */
    const char *secrets;             /* file: one line a person, id and secret */
    const char *seed, *scenario, *out;
    const char *admin_secret_file;
    int first;                       /* number of the run's first batch */
    bool quiet, people_only, practice;
    size_t acts;
    struct err err;
};

/** job_people(): the lab's people, by table. job_person(id): one of them. */
struct person *job_people(void);
struct person *job_person(const char *id);

/** job_found(j): found the lab if nobody is there, enrol people and terminals, make keys, log everybody in. */
int job_found(struct job *j);

/** job_login(j, id): (again) log a person in at their terminal. */
int job_login(struct job *j, const char *id);

/** job_lab(j): documents authored and approved, training, materials, equipment; what is there already stays. */
int job_lab(struct job *j);

/** job_batch(j, scenario, number, ret_batch): one batch from donor to completed recording. */
int job_batch(struct job *j, json_t *scenario, int number, const char **ret_batch);

/** job_tests(j, scenario, dose, batch): report and review every test; results "$code" are the dose's, which may be NULL. */
int job_tests(struct job *j, json_t *scenario, json_t *dose, const char *batch);

/** job_dispose(j, batch, ret_released): review and release; or, out of specification: investigate, be refused, reject. */
int job_dispose(struct job *j, const char *batch, bool *ret_released);

/** job_labels(j, scenario, batch): every container gets its label and its place. */
int job_labels(struct job *j, json_t *scenario, const char *batch);

/** job_hand_over(j, batch): two parties sign the same digest. */
int job_hand_over(struct job *j, const char *batch);

/** job_dossier(j, batch, redacted): fetch and write BATCH.asice, or BATCH-redacted.asice. */
int job_dossier(struct job *j, const char *batch, bool redacted);

/** job_act(j, id, verb, in, ret): ${id} signs ${verb}. EXISTS is an answer to be handled by the caller. ${ret} may be NULL. */
int job_act(struct job *j, const char *id, const char *verb, const void *in, struct receipt *ret);

/** job_read(j, id, verb, in, out): a reading verb. */
int job_read(struct job *j, const char *id, const char *verb, const void *in, void *out);

/** job_say(j, ...): progress, one line. job_text(j, ...): formatted text in the run's arena. */
void job_say(struct job *j, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *job_text(struct job *j, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** job_json(j, path): a JSON file, NULL with j->err set. */
json_t *job_json(struct job *j, const char *path);
