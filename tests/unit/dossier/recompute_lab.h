/*
 * A lab of statements alone, without signatures, log or files, for the recomputation of rule 11: what computes itself is
 * computed as it is added, and a test then says what does not come out again.
 */
#pragma once
#include "contract/contract.h"
#include "dossier/recompute.h"

enum { B, C, D, E1, L, M1, M2, P, Q, U, STREAMS };

extern struct arena *a;
extern struct err e;
extern struct dossier dossier;
extern struct dossier_stream stream[STREAMS];
extern int64_t now_ms;

/** begin(): a lab without statements. end(): and gone. */
void begin(void);
void end(void);

/** case_of(s, entry): ${entry} of ${s} under recomputation. */
struct recompute_case case_of(struct dossier_stream *s, const struct dossier_entry *entry);

/** add(which, type, record): one more statement; what its type computes is computed. */
struct dossier_entry *add(int which, const char *type, void *record);

/** put(which, type, record): one more statement as ${record} has it, whatever should follow from it. */
struct dossier_entry *put(int which, const char *type, const void *record);

/** check(which, entry): does the statement come out again? */
int check(int which, const struct dossier_entry *entry);

/** holds_until(which, entry, from, to): it does; with ${from} in its body replaced by ${to} it does not. */
void holds_until(int which, struct dossier_entry *entry, const char *from, const char *to);

/** seed(name): a document that the house is set up with. */
const char *seed(const char *name);

/** fresh(type): an empty record of a verb. */
void *fresh(const char *type);

/** open_batch_of(procedure, replicates): B-1 by that procedure, the specification asking for so many replicates of viability; open_batch_with: by the
 * seed's; open_batch: one replicate. */
void open_batch_of(const char *procedure, int replicates);
void open_batch_with(int replicates);
void open_batch(void);

/** clear_place(at_ms): U-1 cleared E-1 for B-1 then; verify_place(clearance, person): ${person} looked at the clearance of that entry. */
struct dossier_entry *clear_place(int64_t at_ms);
struct dossier_entry *verify_place(int64_t clearance, const char *person);

/** put_value(step, name, value): one value more. */
void put_value(struct batch_step *step, const char *name, const char *value);

/** perform_step(no, person): step ${no}; perform: the first by U-1; perform_all: the five, verified by U-2. */
struct dossier_entry *perform_step(int no, const char *person);
struct dossier_entry *perform(void);
void perform_all(void);

/** verify(no, person): step ${no} verified. */
struct dossier_entry *verify(int no, const char *person);

/** report(code, result, method): a test by U-3; report_all: all that are asked for, reviewed by U-4. */
struct dossier_entry *report(const char *code, const char *result, const char *method);
void report_all(const char *viability);

/** ask_identity(loci): the batch's specification has a test of identity before the others. refer(profile): a reference of the donor. identify(profile): the
 * test, by U-3. */
void ask_identity(int loci);
struct dossier_entry *refer(const char *profile);
struct dossier_entry *identify(const char *profile);

/** keep_file(counted): the CSV of a cell counter, kept in the batch's stream and in the dossier. */
struct dossier_entry *keep_file(const char *counted);

/** review_by(entry, person): reviewed; review: by U-4. */
void review_by(const struct dossier_entry *entry, const char *person);
void review(const struct dossier_entry *entry);

/** release(state_of_3, points): by U-9 with ${state_of_3} at point 3 of ${points}. */
struct dossier_entry *release(const char *state_of_3, int points);

/** gate_refused(entry, why): a release that is refused, and says ${why}. */
void gate_refused(struct dossier_entry *entry, const char *why);

/** correct_value(old_value, new_value, person): the marrow's volume in step 1. */
struct dossier_entry *correct_value(const char *old_value, const char *new_value, const char *person);

/** received_batch(): a batch that was tested and released; K1 is with the clinic. */
void received_batch(void);

/** filled_containers(): a lab, B-1 with the containers K1 and K2 in its keeping. received_container(): K1 is with the clinic.
 *  giving(): K1 to the batch's recipient. */
void filled_containers(void);
void received_container(void);
struct administer *giving(void);
