/*
 * The shortest lawful batch over real sockets: a donor of umbilical cord, consent, tests, a collection, one step, one
 * container, one test. For cases about donors that need a batch behind them. Each function does one thing and returns the
 * refusal that it met; short_error() tells of it.
 */
#pragma once
#include <string.h>

#include "support/house.h"
#include "support/test.h"

/* An act of this header was done; or was refused by that error and rule. */
#define assert_done(call)                                                                                               \
    do {                                                                                                                \
        if ((call) != 0)                                                                                                \
            fail_msg("%s %s %s: %s", err_row(short_error()->code)->code, short_error()->field, short_error()->rule,     \
                     short_error()->text);                                                                              \
    } while (0)
#define assert_refused(call, refusal, which)                                                                            \
    do {                                                                                                                \
        int got_ = (call);                                                                                              \
        if (got_ != (refusal) || strcmp(short_error()->rule, (which)) != 0)                                             \
            fail_msg("%s %s %s: %s", err_row(got_)->code, short_error()->field, short_error()->rule, short_error()->text); \
    } while (0)

struct short_batch {
    const char *donor, *collection, *donation_number, *batch, *container, *recipient, *use, *tissue;
    int64_t recovery_ms;              /* when the collection ends; what a determination names */
};

/** short_act(person, verb, in): ${person} signs ${verb}. short_ask(verb, in, out): the auditor asks. */
int short_act(const char *person, const char *verb, const void *in);
int short_ask(const char *verb, const void *in, void *out);

/** short_error(), short_seq(): of the last call: its refusal; the entry that it made. */
const struct err *short_error(void);
int64_t short_seq(void);

/** short_fresh(class): an id nobody has. */
const char *short_fresh(const char *class);

/** short_donor(b, use): a donor of umbilical cord with a recipient's code; short_donor_of(b, use, tissue): of another tissue;
 *  short_consent(b, scopes): comma separated. */
void short_donor(struct short_batch *b, const char *use);
void short_donor_of(struct short_batch *b, const char *use, const char *tissue);
int short_consent(struct short_batch *b, const char *scopes);

/** short_rules(): rule set L-US of the seed, in a house whose main job was not done. */
void short_rules(void);

/** short_screen(b), short_tests(b, assay, result): the screening of the mother, or of who is the donor; a report of every assay, all non-reactive but
 *  ${assay}, which has ${result}; NULL: all. short_determine(b). */
int short_screen(struct short_batch *b);
int short_tests(struct short_batch *b, const char *assay, const char *result);
int short_determine(struct short_batch *b);

/** short_collect(b): a collection, received and accepted. short_open(b, use): a batch on it. */
void short_collect(struct short_batch *b);
int short_open(struct short_batch *b, const char *use);

/** short_with_sterility(): the specification has a sterility test too, final on day 14, expected on day 20, which may be pending
 *  where the Gram stain passed. Before the first short_open. */
void short_with_sterility(void);

/** short_with(tests): further tests of the specification, JSON, each behind a comma. Before the first short_open. */
void short_with(const char *tests);

/** short_at_place(equipment_class, clearance): its step is at a place of that class, cleared before as ${clearance} says. Before the first
 *  short_open. */
void short_at_place(const char *equipment_class, const char *clearance);

/** short_with_material(material_class): its step takes a lot of that class, instead of a place. Before the first short_open. */
void short_with_material(const char *material_class);

/** short_fit(equipment_class): its step uses equipment of that class, qualified, and cleaned at most two hours before. Before the first short_open. */
void short_fit(const char *equipment_class);

/** short_pooling(by): its containers may be pooled, as ${by} says. Before the first short_open. */
void short_pooling(const char *by);

/** short_scanned(): its step begins with a scan of what is worked on. Before the first short_open. */
void short_scanned(void);

/** short_reconciled(): its labels are reconciled. Before the first short_open. */
void short_reconciled(void);

/** short_begun(b, use): the way up to here: a donor who consented and was tested and determined, a collection, a batch on it.
 *  short_filled(b, use): its step and its fill besides. Both fail the case where they are refused. */
void short_begun(struct short_batch *b, const char *use);
void short_filled(struct short_batch *b, const char *use);

/** short_released(b, use): and labelled, stored, tested, reviewed, released; short_received(b, use): and with the clinic. */
void short_released(struct short_batch *b, const char *use);
void short_received(struct short_batch *b, const char *use);

/** The rest of a batch's way, one act each: short_step(b), short_fill(b), short_complete(b), short_label(b, copy),
 *  short_store(b), short_test(b): reported and reviewed, short_review(b): of every entry there is, short_release(b),
 *  short_hand_over(b); short_transfer(): the number of the last one. */
int short_step(struct short_batch *b);
int short_fill(struct short_batch *b);
int short_complete(struct short_batch *b);
int short_label(struct short_batch *b, int copy);
int short_store(struct short_batch *b);
void short_test(struct short_batch *b);
int short_review(struct short_batch *b);
int short_release(struct short_batch *b);
int short_hand_over(struct short_batch *b);
const char *short_transfer(void);

/** short_shown(b): the batch as batch.show has it. short_gate_point(b, no): point ${no} of its gate, until the next call. Both fail the case
 *  where they are refused. */
struct batch_show short_shown(const struct short_batch *b);
const struct gate_point *short_gate_point(const struct short_batch *b, size_t no);
