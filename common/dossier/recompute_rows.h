/*
 * Rule 11, statement by statement: the functions that the rows of recompute.c name, one for each type of statement of which something is
 * computed or judged. Read through recompute.h, which has what they are asked with.
 */
#pragma once

struct batch_release;
struct err;
struct recompute_case;

/**
 * The rows' functions, recompute_batch.c and recompute_donor.c; each fills what its statement computes, from:
 * recompute_correct(c, in, e), recompute_fill_correct, recompute_void, recompute_test_correct: what they correct and all before (recompute_correction.c);
 * recompute_filled(c, in, e) judges whether a fill balances by the tolerance that it says (recompute_correction.c);
 * recompute_donor_correct(c, in, e): the donor's stream before it, and the donor's collections in the dossier;
 * recompute_collection_correct(c, in, e): the collection's stream before it, and the donor's consent; recompute_review(c, in, e) judges whether
 * a review knew of the collection's corrections, by another person than made them (recompute_collection.c);
 * recompute_custody_correct(c, in, e): the hand-over, receipt, return or administration as it stands before it (recompute_transfer.c);
 * recompute_close(c, in, e): whether a correction's hold outlasts the case (recompute_correction.c);
 * recompute_line_clear(c, in, e): how late it is by the procedure; recompute_line_verify: the clearance that it is of (recompute_line.c);
 * recompute_equipment_clean(c, in, e): how late it is; recompute_tag_in judges whether another person had tagged the equipment out (recompute_fit.c);
 * recompute_material_open(c, in, e), recompute_vial_correct: the lot's stream before it; recompute_vial_discard judges whether the vial was open (recompute_vial.c);
 * recompute_step(c, in, e): the procedure that the batch was opened on and the steps before; recompute_test: its
 * specification, and the instrument's file that it rests on; recompute_file: that file's bytes; recompute_label: the donor's use and last determination; recompute_label_apply,
 * recompute_label_end, recompute_label_witness: how the copies of labels stood; recompute_hand_over, recompute_receive: the
 * transfer itself; recompute_eligibility, recompute_urgent, recompute_notice: the donor's statements before; recompute_receipt: the collection;
 * recompute_certify: the last release and the results since; recompute_read_out: an interim reading's day; recompute_task_done(c, in, e)
 * judges whether a failure left the task (recompute_pending.c);
 * recompute_administer: the fill, and that each container was received; recompute_witness: the destruction that it is of;
 * recompute_cancel: how its containers stood before it; recompute_loss: who held them; recompute_destroy, recompute_decide judge whether the
 * containers stood where they may be (recompute_end.c);
 * recompute_recall: how each container of the batch stands by then; recompute_return_give, recompute_return_receive: the return itself (recompute_custody.c);
 * recompute_unit_readings: the unit's qualification and the readings before;
 * recompute_ship_pack: the shipper's qualification; recompute_ship_receive: the packing, the hand-over and the collection;
 * recompute_ship_unpack: the packing (recompute_shipment.c);
 * recompute_except_request, recompute_except_evaluate, recompute_except_accept: what failed by then, and who asked, evaluated and read it;
 * recompute_except_notify(c, in, e) judges whether a release left the notice (recompute_except.c);
 * recompute_key: the certificate; recompute_renew, recompute_account_review: how the person was enrolled. recompute_gate(c, in, e) judges a release (recompute_gate.c),
 * recompute_donor_permits(c, release, e) whether the donor permitted it, by eligibility or an acknowledged urgent need (R31).
 */
int recompute_correct(const struct recompute_case *c, void *in, struct err *e);
int recompute_filled(const struct recompute_case *c, const void *in, struct err *e);
int recompute_fill_correct(const struct recompute_case *c, void *in, struct err *e);
int recompute_custody_correct(const struct recompute_case *c, void *in, struct err *e);
int recompute_void(const struct recompute_case *c, void *in, struct err *e);
int recompute_close(const struct recompute_case *c, void *in, struct err *e);
int recompute_test_correct(const struct recompute_case *c, void *in, struct err *e);
int recompute_line_clear(const struct recompute_case *c, void *in, struct err *e);
int recompute_line_verify(const struct recompute_case *c, void *in, struct err *e);
int recompute_equipment_clean(const struct recompute_case *c, void *in, struct err *e);
int recompute_tag_in(const struct recompute_case *c, const void *in, struct err *e);
int recompute_material_open(const struct recompute_case *c, void *in, struct err *e);
int recompute_vial_correct(const struct recompute_case *c, void *in, struct err *e);
int recompute_vial_discard(const struct recompute_case *c, const void *in, struct err *e);
int recompute_step(const struct recompute_case *c, void *in, struct err *e);
int recompute_test(const struct recompute_case *c, void *in, struct err *e);
int recompute_file(const struct recompute_case *c, void *in, struct err *e);
int recompute_gate(const struct recompute_case *c, const void *in, struct err *e);
int recompute_donor_permits(const struct recompute_case *c, const struct batch_release *release, struct err *e);
int recompute_certify(const struct recompute_case *c, void *in, struct err *e);
int recompute_read_out(const struct recompute_case *c, void *in, struct err *e);
int recompute_task_done(const struct recompute_case *c, const void *in, struct err *e);
int recompute_except_request(const struct recompute_case *c, void *in, struct err *e);
int recompute_except_evaluate(const struct recompute_case *c, void *in, struct err *e);
int recompute_except_accept(const struct recompute_case *c, void *in, struct err *e);
int recompute_except_notify(const struct recompute_case *c, const void *in, struct err *e);
int recompute_hand_over(const struct recompute_case *c, void *in, struct err *e);
int recompute_receive(const struct recompute_case *c, void *in, struct err *e);
int recompute_administer(const struct recompute_case *c, void *in, struct err *e);
int recompute_recall(const struct recompute_case *c, void *in, struct err *e);
int recompute_witness(const struct recompute_case *c, void *in, struct err *e);
int recompute_destroy(const struct recompute_case *c, void *in, struct err *e);
int recompute_cancel(const struct recompute_case *c, void *in, struct err *e);
int recompute_loss(const struct recompute_case *c, void *in, struct err *e);
int recompute_decide(const struct recompute_case *c, const void *in, struct err *e);
int recompute_return_give(const struct recompute_case *c, void *in, struct err *e);
int recompute_return_receive(const struct recompute_case *c, void *in, struct err *e);
int recompute_unit_readings(const struct recompute_case *c, void *in, struct err *e);
int recompute_ship_pack(const struct recompute_case *c, void *in, struct err *e);
int recompute_ship_receive(const struct recompute_case *c, void *in, struct err *e);
int recompute_ship_unpack(const struct recompute_case *c, void *in, struct err *e);
int recompute_label(const struct recompute_case *c, void *in, struct err *e);
int recompute_label_apply(const struct recompute_case *c, void *in, struct err *e);
int recompute_label_end(const struct recompute_case *c, const void *in, struct err *e);
int recompute_label_witness(const struct recompute_case *c, void *in, struct err *e);
int recompute_eligibility(const struct recompute_case *c, void *in, struct err *e);
int recompute_urgent(const struct recompute_case *c, void *in, struct err *e);
int recompute_notice(const struct recompute_case *c, void *in, struct err *e);
int recompute_receipt(const struct recompute_case *c, void *in, struct err *e);
int recompute_donor_correct(const struct recompute_case *c, void *in, struct err *e);
int recompute_collection_correct(const struct recompute_case *c, void *in, struct err *e);
int recompute_review(const struct recompute_case *c, const void *in, struct err *e);
int recompute_key(const struct recompute_case *c, void *in, struct err *e);
int recompute_renew(const struct recompute_case *c, void *in, struct err *e);
int recompute_account_review(const struct recompute_case *c, void *in, struct err *e);

/** recompute_recovery(c, in, e): which log was closed and how much of it is lost, from its attached checkpoint. */
int recompute_recovery(const struct recompute_case *c, void *in, struct err *e);
