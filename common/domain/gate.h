/*
 * The release gate: thirteen points over facts (domain.md §4.2), each holds, is open, or is not applicable, with
 * sentences; where an exceptional release is asked for, one may be excepted (except.h). What is not known is open, except label reconciliation (8), where the procedure does not ask for it, and environmental monitoring (10), which are
 * evaluated where the lab records them and said not to be where it does not. Pure: the release service gathers the facts in its transaction.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "domain/eligibility.h"
#include "domain/except.h"
#include "domain/label_copy.h"
#include "domain/pending.h"
#include "domain/segregation.h"
#include "domain/specification.h"
#include "domain/urgent.h"

#define GATE_POINTS 13
#define GATE_LABELS 8                     /* the point of labels */

enum gate_state { GATE_HOLDS, GATE_OPEN, GATE_NOT_APPLICABLE, GATE_EXCEPTED, GATE_STATE_COUNT };
extern const char *const gate_state_words[];     /* "holds", "open", "not_applicable", "excepted" */

#define GATE_SKEW_MS 5000                 /* R16: by so much may two terminals' clocks differ */

/** A step of the procedure in this batch. Persons are U- ids, NULL where nobody; seq are entries of the batch's stream. */
struct gate_step {
    int no;
    const char *name, *performer, *verifier;
    bool needs_verifier;
    int64_t performed_seq, verified_seq;  /* -1: not */
    int64_t corrected_seq;                /* corrected and not verified since: unsigned until reviewed (R14); 0: not */
    int64_t late_min;                     /* a late entry, recorded so long after the work (R15); 0: not */
};

/** A material lot or a piece of equipment as it was at each use (T19). */
struct gate_use {
    const char *id, *kind;                /* kind: "material" or "equipment" */
    int64_t used_ms, valid_until_ms;      /* expiry, or calibration due */
    bool was_released;                    /* lot released; equipment qualified and in service */
};

/** An out-of-specification case or a deviation. ${class}: "minor", "major", "critical"; an OOS counts as major. */
struct gate_case {
    const char *id, *kind, *class;
    bool is_open;
};

struct gate_facts {
    const struct gate_step *steps;
    size_t step_count;
    const struct specification_outcome *tests;      /* NULL: not known */
    const struct pending_case *pending;             /* counts under 3; NULL: nobody asks what is pending */
    const char *const *doubts;                      /* what passed by a reference that is not the present one, in words; count under 3 */
    size_t doubt_count;
    const struct gate_case *cases;
    size_t case_count;
    const char *reviewer;                           /* of the batch's audit trail; NULL: not reviewed */
    int64_t reviewed_seq, last_change_seq;          /* review must not be older than the last entry that it covers */
    enum use use;
    bool has_eligibility;
    enum determination determination;
    bool has_newer_evidence;                        /* something is known of the donor since eligibility was determined */
    int64_t recovery_ms;                            /* that the determination names; the collection that the batch is made of */
    int64_t collected_from_ms, collected_until_ms;
    int labels_wrong;                               /* containers whose label does not carry what is due now */
    struct urgent_facts exception;                  /* where the donor is not eligible (R31) */
    const struct except_chain *except;              /* an exceptional release is asked for; NULL: none */
    const struct gate_use *uses;
    size_t use_count;
    const struct label_account *labels;             /* point 8; NULL: nothing asks for it */
    bool has_containers;                            /* point 9 */
    int containers_filled, containers_accounted;    /* pools and what went into them, too */
    const char *pool_waits;                         /* a pool that no second person has verified; NULL: none */
    bool balances_closed;
    bool has_monitoring, monitoring_reviewed;       /* point 10 */
    int64_t now_ms, expiry_ms;                      /* point 11; expiry TIME_ABSENT: not known */
    int64_t route_ms;                               /* time the way to the patient takes */
    const char *releaser;                           /* point 12; NULL: asked without a person: not applicable yet */
    bool releaser_trained;
    const struct segregation_act *acts;
    size_t act_count;
    const char *donor_identity, *recipient_identity; /* point 13: chain-of-identity commitments, NULL where unknown */
    int64_t open_tasks;                             /* of failures after a release (R29); counts under 4 */
    bool is_on_hold;                                /* counts under 4 */
    bool is_held_by_donor;                          /* domain/hold.h; counts under 4 */
    bool is_source_corrected;                       /* the collection was, ever: never clear, and its times count under 1 */
    int64_t first_step_ms;                          /* when the first step began; TIME_ABSENT: it did not */
    const char *release_lapsed;                     /* why the release there is stands as unsigned, in words; NULL; counts under 4 */
};

struct gate_line {
    int no;
    const char *title;
    enum gate_state state;
    const char **sentences;
    size_t sentence_count;
};

struct gate_verdict {
    bool may_release;                               /* no point open */
    struct gate_line points[GATE_POINTS];
    int open;
};

/** gate_judge(a, facts, ret): all thirteen points, sentences in ${a}. */
void gate_judge(struct arena *a, const struct gate_facts *facts, struct gate_verdict *ret);

/** gate_check(verdict, e): ERR_GATE_CLOSED with the first open point as rule and all of them in the text. */
int gate_check(const struct gate_verdict *verdict, struct err *e);
