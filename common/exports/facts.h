/*
 * What an export is made of: the statements of a batch's own stream, each as its record, and of the streams that it names
 * what the batch was opened on. Everything is read from the statements' bytes; no table of the database and no clock has a
 * say, so the same dossier gives the same exports.
 */
#pragma once
#include "contract/contract.h"
#include "domain/procedure.h"
#include "domain/specification.h"
#include "domain/standing.h"
#include "dossier/dossier.h"

/** One statement. ${record} is a struct of verb->in, of a step or test that was corrected as it stands now, with all that is
 *  calculated from it; NULL where the verb is unknown here. */
struct fact {
    const struct dossier_entry *entry;
    const struct statement *statement;
    const struct verb_row *verb;
    const void *record;
    const void *was;             /* as it was signed, where it was corrected later; else NULL */
    const struct fact *unsigned_by;   /* the correction since which this signature stands as unsigned; NULL: it is good */
    const char *time;            /* the ledger's, 24 characters */
    const char *at;              /* the actor's side's */
};

struct facts {
    struct arena *arena;
    const struct dossier *dossier;
    const char *batch, *base;    /* base: https://<origin of the log>, what ids are made absolute with */
    struct fact *fact;           /* the batch's stream, in order, corrected */
    size_t count;
    const struct batch_open *open;
    const struct procedure *procedure;
    const struct specification *specification;
    struct fact collection, receipt, determination;   /* record NULL: there is none */
    struct fact *elsewhere;      /* corrections in the streams of the donor, in order, and of the collection */
    size_t elsewhere_count;
    struct standing standing;    /* what became of the batch */
};

/** facts_read(a, d, ret, e): the facts of the subject of ${d}. ERR_DOSSIER_REFUSED when it is no batch that was opened, or a
 *  document that it names is not in ${d}. */
int facts_read(struct arena *a, const struct dossier *d, struct facts *ret, struct err *e);

/** facts_next(f, type, from): the first fact of statement type ${type} from place ${from} on, NULL for none. */
const struct fact *facts_next(const struct facts *f, const char *type, size_t from);

/** facts_place(f, fact): its place in f->fact, for facts_next. */
size_t facts_place(const struct facts *f, const struct fact *fact);

/** facts_last(f, type): the last of ${type}; NULL for none. */
const struct fact *facts_last(const struct facts *f, const char *type);

/** facts_about(f, type, field, number): the last fact of ${type} whose whole number ${field} is ${number}; NULL for none. */
const struct fact *facts_about(const struct facts *f, const char *type, const char *field, int64_t number);

/** FACTS_EACH(f, x, type): walk all facts of a type. */
#define FACTS_EACH(f, x, type) \
    for (const struct fact *x = facts_next((f), (type), 0); x != NULL; x = facts_next((f), (type), facts_place((f), x) + 1))

/** facts_correct(f, e): put into the facts what corrections made of them (R12, R14); part of facts_read. */
int facts_correct(struct facts *f, struct err *e);

/** facts_is_void(f, x): a reading or a remark that was recorded in error (R12). */
bool facts_is_void(const struct facts *f, const struct fact *x);

/** facts_containers(f, x): the containers that an act of custody lists, as TEXTS; none where it names but one or none. */
struct list facts_containers(const struct facts *f, const struct fact *x);

/** facts_samples(x): the samples that an act of custody lists, as TEXTS; none where it lists none. */
struct list facts_samples(const struct fact *x);

/** facts_uri(f, id): ${id} made absolute, in the arena. */
const char *facts_uri(const struct facts *f, const char *id);

/** facts_step_unit(f, step, name): the unit of a value entered or computed at a step, "" for none.
 *  facts_step_kind: the kind of an entered value; VALUE_DECIMAL of a computed one. */
const char *facts_step_unit(const struct facts *f, int64_t step, const char *name);
enum value_kind facts_step_kind(const struct facts *f, int64_t step, const char *name);

/** facts_reading_unit(quantity): the unit that a reading's quantity is in. */
const char *facts_reading_unit(const char *quantity);

/** facts_test(f, code): the test of the batch's specification; NULL for none. */
const struct specification_test *facts_test(const struct facts *f, const char *code);
