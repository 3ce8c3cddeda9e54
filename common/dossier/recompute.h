/*
 * Rule 11: what the statements record as calculated or judged comes out the same from the inputs, the procedure and the
 * specification in the dossier. A row per type of statement with computed fields; the arithmetic is in domain/ and is the
 * very code that computed them first, so a lab that recorded something else than its own rules give is found out.
 */
#pragma once
#include "domain/correction.h"
#include "dossier/dossier.h"
#include "record/record.h"

struct batch_correct;
struct batch_release;
struct batch_step;
struct procedure;
struct specification;
struct test_report;

#define RECOMPUTE_DOCUMENTS 8

/** What has been read of the dossier already, kept for the next statement that rests on it. */
struct recompute_memory {
    struct {
        const char *stream, *type, *text;
        int64_t version;
    } document[RECOMPUTE_DOCUMENTS];
    size_t document_count;
    const char *procedure_text, *specification_text;   /* of the two below */
    struct procedure *procedure;
    struct specification *specification;
    const struct dossier_stream *steps_of;             /* whose steps these are */
    struct batch_step *step;
    int64_t *step_seq;
    size_t step_count;
    const void *recorded;                              /* what is compared, as it stands; NULL: nothing is */
};

/** The statement under recomputation and what it may rest on. */
struct recompute_case {
    struct arena *a;
    const struct dossier *d;
    const struct dossier_stream *s;
    const struct dossier_entry *entry;
    struct recompute_memory *memory;
};

struct recompute_row {
    const char *type;            /* service.verb */
    /** Fill the computed fields of the statement's record ${in}, which are blank; or refuse. */
    int (*fill)(const struct recompute_case *c, void *in, struct err *e);
    /** Judge ${in} as it stands, where not all of it can be made again. NULL: fill and compare. */
    int (*judge)(const struct recompute_case *c, const void *in, struct err *e);
};

struct recompute {
    const struct recompute_row *row;
    size_t count;
};

/** recompute_rows(): the rows of all services. */
const struct recompute *recompute_rows(void);

/** recompute_row(all, type): the row of ${type}, NULL if nothing in it is computed. */
const struct recompute_row *recompute_row(const struct recompute *all, const char *type);

/** recompute_check(row, c, e): does the statement come out again? ERR_DOSSIER_REFUSED says what differs. */
int recompute_check(const struct recompute_row *row, const struct recompute_case *c, struct err *e);

/** recompute_read(c, entry, ret, e): the record in the body of ${entry}, read by its verb's fields. */
int recompute_read(const struct recompute_case *c, const struct dossier_entry *entry, void *ret, struct err *e);

/** recompute_last(s, type, before_ms): the last entry of ${type} in ${s} no later than ${before_ms}; NULL for none. */
const struct dossier_entry *recompute_last(const struct dossier_stream *s, const char *type, int64_t before_ms);

/** recompute_document(c, stream, type, version, ret, e): the document that a statement of ${type} in ${stream} authored as
 *  ${version}. ERR_DOSSIER_REFUSED if it is not in the dossier. */
int recompute_document(const struct recompute_case *c, const char *stream, const char *type, int64_t version,
                       const char **ret, struct err *e);

/** recompute_open(c, ret, e): what the batch was opened on. recompute_procedure, recompute_specification(c, open, ret, e):
 *  the documents that it named, read once. */
struct batch_open;
int recompute_open(const struct recompute_case *c, struct batch_open *ret, struct err *e);
int recompute_procedure(const struct recompute_case *c, const struct batch_open *open, struct procedure **ret, struct err *e);
int recompute_specification(const struct recompute_case *c, const struct batch_open *open, struct specification **ret,
                            struct err *e);

/** recompute_steps(c, ret_doc, ret, ret_count, e): the steps recorded before the statement as they stand then, corrections
 *  put in, and the procedure that they follow. */
int recompute_steps(const struct recompute_case *c, struct procedure **ret_doc, struct batch_step **ret, size_t *ret_count,
                    struct err *e);

/** recompute_correct_steps(c, doc, steps, n, e): the corrections before the statement put into ${steps}.
 *  recompute_correct_result(c, test_seq, result, e): ${result} of that test as it stands before the statement. */
int recompute_correct_steps(const struct recompute_case *c, const struct procedure *doc, struct batch_step *steps, size_t n,
                            struct err *e);
int recompute_correct_result(const struct recompute_case *c, int64_t test_seq, const char **result, struct err *e);

/** recompute_uses(c, doc, steps, n, correct, e): the step that ${correct} was put into keeps what a person at the bench is held
 *  to: its times in order (R15), its lots released and in date (R18), its equipment in calibration and fit (R19), by their streams; fills
 *  ${correct}'s cleanings. */
int recompute_uses(const struct recompute_case *c, const struct procedure *doc, const struct batch_step *steps, size_t n,
                   struct batch_correct *correct, struct err *e);

/** recompute_places(c, doc, step, e): the places that the procedure has cleared before ${step} were, by the batch's stream before the
 *  statement. recompute_line_void(c, clearance_seq, e): no step, as it stands before the statement, rests on that clearance (recompute_line.c). */
int recompute_places(const struct recompute_case *c, const struct procedure *doc, const struct batch_step *step, struct err *e);
int recompute_line_void(const struct recompute_case *c, int64_t clearance_seq, struct err *e);

/** recompute_fit(c, step, cleanings, q, e): how the piece ${q}, by its id, was for ${step} by what was known before the statement: tagged out, qualified, cleaned
 *  by the entry that ${cleanings} name. recompute_pieces(c, is, step, cleanings, ret, e): all that the step uses was fit (R19); ${ret}: the
 *  cleanings that it rests on (recompute_fit.c). */
struct equipment_facts;
struct procedure_step;
int recompute_fit(const struct recompute_case *c, const struct batch_step *step, const struct list *cleanings, struct equipment_facts *q, struct err *e);
int recompute_pieces(const struct recompute_case *c, const struct procedure_step *is, const struct batch_step *step, const struct list *cleanings,
                     struct list *ret, struct err *e);

/** recompute_vial_of(c, lot_id, no, ret, ret_h, e): vial ${no} of a lot as it stands before the statement, and the lot's in-use limit (0: none); a lot
 *  that is not in the dossier has none. recompute_vials(c, step, e): what ${step} used from vials it used in time (R18). recompute_vials_kept(c, e):
 *  so did all steps, as they and the vials stand before the statement (recompute_vial.c). */
struct vial_facts;
int recompute_vial_of(const struct recompute_case *c, const char *lot_id, int64_t no, struct vial_facts *ret, int64_t *ret_h, struct err *e);
int recompute_vials(const struct recompute_case *c, const struct batch_step *step, struct err *e);
int recompute_vials_kept(const struct recompute_case *c, struct err *e);

/** recompute_fill(c, ret, ret_entry, e): the fill before the statement as it stands then; ${ret_entry} NULL: there is none. */
struct batch_fill;
int recompute_fill(const struct recompute_case *c, struct batch_fill *ret, const struct dossier_entry **ret_entry, struct err *e);

/** recompute_verdict(c, report, names_failing, e): the computed fields of ${report} by the batch's specification. Versions that named
 *  no failing replicate let such a result stand as not to be evaluated, over which no release goes either. */
int recompute_verdict(const struct recompute_case *c, struct test_report *report, bool names_failing, struct err *e);

/** recompute_source_correct(c, report, in, e): where the new value of ${report} stands in the file that its correction names, if any. */
struct test_correct;
int recompute_source_correct(const struct recompute_case *c, const struct test_report *report, struct test_correct *in, struct err *e);

/** recompute_tests(c, ret, e): the results that stand before the statement, against the batch's specification; what is not reviewed
 *  counts as pending. recompute_pending(c, p, release, e): whether ${release} lists what of them is pending, and may wait for it
 *  (recompute_pending.c). recompute_uninvolved(c, duties, e): who releases or certifies has done nothing else on the batch, by that version of the table of
 *  duties (R11). recompute_settled(c, asks_tasks, e): no deviation but a minor one and no recall is open before the statement and,
 *  where that is asked, no task of a failure (recompute_settled.c). */
struct pending_case;
struct batch_release;
int recompute_tests(const struct recompute_case *c, struct pending_case *ret, struct err *e);
int recompute_pending(const struct recompute_case *c, const struct pending_case *p, const struct batch_release *release, struct err *e);
int recompute_uninvolved(const struct recompute_case *c, int64_t duties, struct err *e);
int recompute_settled(const struct recompute_case *c, bool asks_tasks, struct err *e);

/** recompute_excepted(c, p, release, e): ${release}, an exceptional one, goes over failed results alone, as the physician asked and accepted.
 *  recompute_except_given(c, given, e): what went exceptionally was given to the patient whom it was asked for (recompute_except.c). */
struct administer;
int recompute_excepted(const struct recompute_case *c, const struct pending_case *p, const struct batch_release *release, struct err *e);
int recompute_except_given(const struct recompute_case *c, const struct administer *given, struct err *e);

/** recompute_identities(c, e): no test that passed by a reference profile is contradicted by those that the statement, a release or final
 *  certification, knew. recompute_identity(c, recorded, in, e): what the profile in ${in} says beside the references that ${recorded} names in the donor's stream
 *  (recompute_identity.c). */
int recompute_identities(const struct recompute_case *c, struct err *e);
int recompute_identity(const struct recompute_case *c, const struct test_report *recorded, struct test_report *in, struct err *e);

/** recompute_stood(c, before_seq, ret, e): how the batch's containers stood before entry ${before_seq}, by the lab's own machine.
 *  recompute_stood_may(c, s, id, event, e): whether the machine had a row for ${event} there. recompute_holder(c, seq): who signed entry ${seq}
 *  of the batch; NULL: none. */
struct standing;
int recompute_stood(const struct recompute_case *c, int64_t before_seq, struct standing *ret, struct err *e);
int recompute_stood_may(const struct recompute_case *c, const struct standing *s, const char *id, const char *event, struct err *e);
const char *recompute_holder(const struct recompute_case *c, int64_t seq);

/** recompute_given(c, open, at_ms, ret, e): how the batch as a whole stood before the statement, and what of it was known at ${at_ms}, by
 *  all that turns it (recompute_custody.c). */
struct given;
int recompute_given(const struct recompute_case *c, const struct batch_open *open, int64_t at_ms, struct given *ret, struct err *e);

/** recompute_may(c, containers, event, e): each of them was filled before the statement, and the container's machine had a row for ${event}
 *  where it stood then: what has ended does not end again. */
int recompute_may(const struct recompute_case *c, const struct list *containers, const char *event, struct err *e);

/** recompute_arrives(c, containers, event, e): and one of them at least had not been lost: else nothing was received. */
int recompute_arrives(const struct recompute_case *c, const struct list *containers, const char *event, struct err *e);

/** recompute_history(c, ret, e): the streams of the batch, before the statement, of its donor and its collection (recompute_transfer.c). */
struct custody_history;
int recompute_history(const struct recompute_case *c, struct custody_history *ret, struct err *e);

/** recompute_plain(c, transfer, e): ${transfer} is no shipment: those are received with their checks.
 *  recompute_dispatch(c, half, e): a hand-over of a shipment is of the containers and seal that were packed, to whom it was packed for, while the
 *  shipper keeps its temperature; one of no shipment names nothing that is packed. recompute_held_by(c, decided, e): a
 *  decision names what held its containers (recompute_shipment.c). */
struct container_decide; struct hand_over;
int recompute_plain(const struct recompute_case *c, const char *transfer, struct err *e);
int recompute_dispatch(const struct recompute_case *c, const struct hand_over *half, struct err *e);
int recompute_held_by(const struct recompute_case *c, const struct container_decide *decided, struct err *e);

/** recompute_held(c, container, late_ms, but, ret, e): whether something but the causes ${but} held ${container} when the statement was made; what was recorded of a unit in
 *  the ${late_ms} before it does not count, for the lab may not have known it yet. recompute_none_held(c, e): no excursion that
 *  reached the batch waits for QA at a release or a final certification (R35). */
int recompute_held(const struct recompute_case *c, const char *container, int64_t late_ms, const struct list *but, bool *ret, struct err *e);
int recompute_none_held(const struct recompute_case *c, struct err *e);

/** recompute_ended(c, container, ret, ret_count, e): the holds of ${container} that QA had ended before the statement. */
struct given_hold;
int recompute_ended(const struct recompute_case *c, const char *container, struct given_hold **ret, size_t *ret_count, struct err *e);

/** recompute_labels_closed(c, procedure, release, e): where ${procedure} asks for it, or something was said of a copy beside its print, the
 *  labels were reconciled when the batch was released, and its gate says so (recompute_label.c). */
int recompute_labels_closed(const struct recompute_case *c, const struct procedure *procedure, const struct batch_release *release, struct err *e);

/** recompute_failure(c, in, had_tasks, e): the tasks that a failing result leaves, where the batch was released before it; ${had_tasks}:
 *  some are recorded, as versions that leave none may have none. */
int recompute_failure(const struct recompute_case *c, struct test_report *in, bool had_tasks, struct err *e);

/** recompute_source(c, s, ret, ret_count, e): what the donor's or collection's stream ${s} said before the statement, corrections put
 *  in; of another stream than the statement's own, what was there at its time. */
struct source_entry;
int recompute_source(const struct recompute_case *c, const struct dossier_stream *s, struct source_entry **ret, size_t *ret_count, struct err *e);

/** recompute_collected(c, id, known, ret, ret_count, e): what the collection's stream says, with its corrections up to entry ${known} put in.
 *  recompute_collection_known(c, collection_id, known, e): a release that knew of them up to ${known} left none out, nor the review before. */
int recompute_collected(const struct recompute_case *c, const char *id, int64_t known, struct source_entry **ret, size_t *ret_count, struct err *e);
int recompute_collection_known(const struct recompute_case *c, const char *collection_id, int64_t known, struct err *e);

/** recompute_unsigned_elsewhere(c, ret, e): the last release and the reviews before the statement, where a correction in the stream of their
 *  donor or collection came behind what they knew, and no later one knew of it: a struct unsigned_row each, added to ${ret}. */
int recompute_unsigned_elsewhere(const struct recompute_case *c, struct list *ret, struct err *e);

/** recompute_acts(c, ret, ret_count, e): what was signed before the statement and may lapse. recompute_unsigned(c, ret, e):
 *  what of it stands as unsigned until reviewed, as struct unsigned_row (person_id NULL), added to ${ret}. */
int recompute_acts(const struct recompute_case *c, const struct correction_act **ret, size_t *ret_count, struct err *e);
int recompute_unsigned(const struct recompute_case *c, struct list *ret, struct err *e);

#include "dossier/recompute_rows.h"
