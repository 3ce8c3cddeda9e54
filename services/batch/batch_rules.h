/*
 * The rules of the bench, pure: facts in, a refusal or nothing out. Facts are what batch_store.c read in the verb's own
 * transaction; records are what the person sends. Knows no SQL and no clock. Rules by number: domain.md §8 (R..), §9 (T..).
 * Calculations are not here: domain/procedure.h and domain/batch_record.h have them, for the verifier needs the same.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"
#include "domain/clearance.h"
#include "domain/confirm.h"
#include "domain/procedure.h"
#include "domain/step_use.h"

/** The site's numbers (settings; every one a default of domain.md marked [D]). */
struct batch_limits {
    int64_t late_ms;                    /* R15: an older reading is not taken any more */
    int64_t skew_ms;                    /* R16: a claimed time may be ahead of ours by this much */
    const char *balance_percent;        /* R33: tolerance of a fill, the larger of percent of the volume in ... */
    const char *balance_ml;             /* ... and this volume */
};

/** A version of a document. ${state} NULL: there is no such version. ${newest}: 0 when there is none at all. */
struct document_facts {
    const char *state, *author_id;
    int64_t newest;
};

/** rule_time(field, at_ms, now_ms, limits, e): ${at_ms} is not in the future. ERR_TIME_REFUSED, R15. */
int rule_time(const char *field, int64_t at_ms, int64_t now_ms, const struct batch_limits *limits, struct err *e);

/** rule_procedure_author(in, facts, ret, a, e): the document reads as a procedure of this id and version, and the version
 *  is the next one. ERR_DOCUMENT_REFUSED, ERR_EXISTS, ERR_FIELD_RANGE. ${ret}: the document, in ${a}. */
int rule_procedure_author(const struct procedure_author *in, const struct document_facts *facts, struct procedure **ret,
                          struct arena *a, struct err *e);

/** rule_document_approve(version, person, facts, e): there is such a draft, and another person wrote it (§4.5). */
int rule_document_approve(int64_t version, const char *person, const struct document_facts *facts, struct err *e);

/** rule_new_stream(field, head_seq, e): nothing was recorded under this id yet. ERR_EXISTS. */
int rule_new_stream(const char *field, int64_t head_seq, struct err *e);

/** rule_material_receive(in, now_ms, e): a positive quantity, not expired; an in-use limit, where there is one, of an hour or more (R18). */
int rule_material_receive(const struct material_receive *in, int64_t now_ms, struct err *e);

/** rule_material_release(lot, person, now_ms, e): in quarantine, not expired, and not received by the same person. */
int rule_material_release(const struct lot_facts *lot, const char *person, int64_t now_ms, struct err *e);

/** rule_calibrate(in, known, now_ms, limits, e): known equipment, not in the future, due after it was done (R19). */
int rule_calibrate(const struct equipment_calibrate *in, bool known, int64_t now_ms, const struct batch_limits *limits,
                   struct err *e);

/** Everything that opening a batch rests on; NULL states: unknown. */
struct open_facts {
    const char *procedure_state, *specification_state;
    const struct procedure *doc;        /* NULL with an unknown procedure */
    const char *donor_tissue, *donor_use, *donor_recipient, *determination;
    bool consent_treatment, consent_research;
    const char *collection_donor, *collection_tissue, *donation_number, *decision;
    bool urgent;                        /* an urgent medical need of this recipient is documented (R31) */
};

/** rule_open(in, facts, e): approved documents, consent, eligibility (domain.md §3.1) or what an ineligible or undetermined
 *  donor's cells may be worked on for all the same: a relative, research, an urgent need (R31); the donation accepted and the
 *  donor's own, recipient equal to donor in autologous use (R04), tissue and use as the procedure takes them. */
int rule_open(const struct batch_open *in, const struct open_facts *facts, struct err *e);

/** A step as recorded. ${verified_by} NULL: not verified. */
struct step_state {
    int64_t step, performed_seq, ended_ms;
    const char *performed_by, *verified_by;
    bool needs_verify;
    int64_t corrected_seq;              /* of the last correction that no second person has looked at, 0: none */
};

/** Who corrected a step, or values that it is calculated from, since a second person looked at it last. */
struct step_corrector {
    int64_t step;
    const char *person;
};

struct step_facts {
    const char *state;                  /* of the batch; NULL: unknown */
    const char *donation_number;        /* what it is made of */
    const struct procedure *doc;
    const struct step_state *steps;     /* recorded, by number */
    size_t step_count;
    int64_t collected_ms;               /* end of the collection: what step 1 is held from */
    int64_t expires_ms;                 /* of the containers; 0: not filled yet */
    bool is_trained;                    /* the actor, on this version of the procedure, now (R21) */
    bool held;                          /* the donor's hold has come down to it (domain/hold.h) */
    const struct lot_facts *lots;
    size_t lot_count;
    const struct equipment_facts *equipment;
    size_t equipment_count;
    const struct step_corrector *correctors;
    size_t corrector_count;
    const struct clearance_facts *places;   /* how the equipment of the step stood for the batch (R05) */
    size_t place_count;
};


/** rule_batch_known(state, e): there is such a batch. rule_state(state, event, facts, e): and the batch's machine (common/fsm)
 *  has a row for ${event} in this state whose facts hold. ERR_NOT_FOUND, ERR_STATE_FORBIDS, the facts' own refusals. */
int rule_batch_known(const char *state, struct err *e);
int rule_state(const char *state, const char *event, unsigned facts, struct err *e);

/** rule_trained(is_trained, e): ERR_TRAINING_MISSING, R21. */
int rule_trained(bool is_trained, struct err *e);

/** rule_step_order(step, facts, e): the step exists, is not recorded, and all before it are done and verified where the
 *  procedure demands it (R09). */
int rule_step_order(int64_t step, const struct step_facts *facts, struct err *e);

/** rule_step_time(in, facts, said_ms, limits, e): ${said_ms} is the time that the statement says; in order, not in the future, not before the step before it ended (the
 *  clocks of two terminals may differ by the skew); a late entry has a reason (R15); the hold time is kept, or the reason
 *  says why not. */
int rule_step_time(const struct batch_step *in, const struct step_facts *facts, int64_t said_ms,
                   const struct batch_limits *limits, struct err *e);

/** rule_step_materials(in, facts, e): domain/step_use.h's rules on the lots of a step (R18, T19). rule_step_equipment: on its
 *  equipment (R19). */
int rule_step_materials(const struct batch_step *in, const struct step_facts *facts, struct err *e);
int rule_step_equipment(const struct batch_step *in, const struct step_facts *facts, struct err *e);

/** rule_step_places(in, facts, e): domain/clearance.h's rule on where the step was (R05). */
int rule_step_places(const struct batch_step *in, const struct step_facts *facts, struct err *e);

/** rule_step(a, in, facts, said_ms, limits, e): all of the above and domain/confirm.h's rule (R02), in the order in which a person would
 *  mend them. */
int rule_step(struct arena *a, const struct batch_step *in, const struct step_facts *facts, int64_t said_ms,
              const struct batch_limits *limits, struct err *e);

/** rule_verify(in, facts, person, reviewed_seq, e): the step is performed and was corrected by others (R10), is not verified
 *  as it stands, and its entry and its corrections are among those the verifier saw (R14). */
int rule_verify(const struct step_verify *in, const struct step_facts *facts, const char *person, int64_t reviewed_seq,
                struct err *e);

/** rule_correct(in, facts, e): the batch's state allows it, the actor is trained on the procedure, the step is recorded, the
 *  reason says why (R13). What it changes is domain/correction.h's. */
int rule_correct(const struct batch_correct *in, const struct step_facts *facts, struct err *e);

/** rule_corrected(a, in, steps, facts, said_ms, limits, e): the step as it stands with the correction, among all of the batch
 *  (${facts}->step_count), keeps what the bench keeps, as far as the correction touches it: times in order, also with the steps
 *  around it (R09, R15), lots (R18), equipment (R19); the correction's reason is the step's. */
int rule_corrected(struct arena *a, const struct batch_correct *in, const struct batch_step *steps, const struct step_facts *facts,
                   int64_t said_ms, const struct batch_limits *limits, struct err *e);

/** What a clearance of a work place rests on. ${equipment_class} NULL: unknown equipment. */
struct line_facts {
    const char *state, *equipment_class;
    const struct procedure *doc;
    bool is_trained;
    const char *previous;               /* other batch that stood there last; NULL: none, or this one */
    const char *busy;                   /* other batch that works there at that time; NULL: none */
    int64_t cleared_seq;                /* the batch's last clearance of it; -1: there is none */
    const char *cleared_by, *verified_by;
};

/** rule_line_clear(in, facts, said_ms, limits, e): a batch under work, a place that a step of its procedure uses, at a time that is not to
 *  come, with a reason where it is a late entry (R15); everything is done; and no other batch works there then (R05). */
int rule_line_clear(const struct line_clear *in, const struct line_facts *facts, int64_t said_ms, const struct batch_limits *limits,
                    struct err *e);

/** rule_line_verify(in, facts, person, reviewed_seq, e): the last clearance of the place for the batch, by another person than cleared it
 *  (R10), who saw it. */
int rule_line_verify(const struct line_verify *in, const struct line_facts *facts, const char *person, int64_t reviewed_seq, struct err *e);

/** An entry of a batch. ${act} NULL: no such entry, or nothing that is voided; ${value}: of a reading. */
struct void_facts {
    const char *state, *act, *person, *value;
    bool is_void;
    int64_t rests;                      /* of a clearance: the first step that rests on it; 0: none */
};

/** rule_void(in, facts, person, e): an entry of a kind that is voided (R12), once, by another person than recorded it (R10),
 *  for a reason (R13); a clearance while no step rests on it (R05). */
int rule_void(const struct batch_void *in, const struct void_facts *facts, const char *person, struct err *e);

/** What a reading rests on. ${equipment_id} NULL: unknown equipment. */
struct reading_facts {
    const char *state;
    struct equipment_facts equipment;
};

/** rule_reading(in, facts, now_ms, limits, e): a batch still with us; equipment calibrated at the time of the reading; not
 *  in the future and not late: what is read late is told in a signed remark (R15). */
int rule_reading(const struct batch_reading *in, const struct reading_facts *facts, int64_t now_ms,
                 const struct batch_limits *limits, struct err *e);

struct fill_facts {
    const char *state, *donation_number, *use;
    const struct procedure *doc;
    const struct step_state *steps;
    size_t step_count;
    int64_t container_count;            /* of this batch so far */
    const char *taken;                  /* a container id of the request that exists already, NULL: none */
    bool is_trained;
    bool held;                          /* the donor's hold has come down to it (domain/hold.h) */
};

/** rule_fill_expiry(in, facts, now_ms, e): expiry in the future and within the procedure's shelf life. */
int rule_fill_expiry(const struct batch_fill *in, const struct fill_facts *facts, int64_t now_ms, struct err *e);

/** rule_fill(in, facts, now_ms, limits, a, e): the steps before filling done; filled once; containers of this donation and
 *  use (R08, T36), unique; the volumes balance; expiry. */
int rule_fill(const struct batch_fill *in, const struct fill_facts *facts, int64_t now_ms,
              const struct batch_limits *limits, struct arena *a, struct err *e);

/** rule_fill_corrected(in, fill, facts, filled_ms, limits, a, e): ${fill}, as it stands with the correction, balances (R33) and
 *  expires as one that was filled at ${filled_ms} may; the reason says why (R13). */
int rule_fill_corrected(const struct fill_correct *in, const struct batch_fill *fill, const struct fill_facts *facts, int64_t filled_ms,
                        const struct batch_limits *limits, struct arena *a, struct err *e);

struct complete_facts {
    const char *state;
    const struct procedure *doc;
    int64_t steps_total, steps_performed, steps_done, container_count;   /* done: and verified where that is demanded */
};

/** rule_complete(facts, e): all steps done and verified, filled (so balanced) where the procedure fills; by the batch's
 *  machine. ERR_ORDER_FORBIDS, ERR_BALANCE_OPEN. */
int rule_complete(const struct complete_facts *facts, struct err *e);
