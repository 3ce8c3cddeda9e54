/*
 * Cells of a donor who is not eligible, used all the same: urgent medical need (21 CFR 1271.60(d), R31), or a relative
 * (1271.65(b)). What the documentation and the physician's notice must say of the donor is filled from the donor's own
 * statements, never typed; one code for the service and for the verifier. Decides which uses the exception is for, and
 * when a notice is out of date.
 */
#pragma once
#include "base/error.h"
#include "domain/donor.h"

#define URGENT_LINES 60   /* more screenings and results than these, and a need or notice lists the last of each matter only */

/** urgent_fill(a, s, determined, in): the computed fields of ${in}: the determination as it stands, screening and results
 *  that are there, what is not completed, what was reactive. ${determined}: the donor's last determination, whose rule set is
 *  ${s}->rules. */
void urgent_fill(struct arena *a, const struct donor_statements *s, const struct eligibility_determine *determined,
                 struct urgent_need *in);

/** urgent_notice_fill(a, s, determined, in): the same for what a physician acknowledges. */
void urgent_notice_fill(struct arena *a, const struct donor_statements *s, const struct eligibility_determine *determined,
                        struct physician_notice *in);

/** What the gate knows of an exception. ${need_seq}, ${noticed_seq} -1: none; ${evidence_seq}: the last entry that says
 *  anything of the donor's eligibility. ${overdue}: a follow-up of the donor's that is past its day, in words; NULL: none. */
struct urgent_facts {
    int64_t need_seq, noticed_seq, evidence_seq;
    const char *physician_id, *overdue;
};

/** urgent_open(a, use, determination, facts): why cells of a donor so determined may not go for ${use}, in words; NULL: they may.
 *  A relative needs no need, but the physician's notice (1271.65(b)); nobody goes without one, newer than all that is known. */
const char *urgent_open(struct arena *a, enum use use, enum determination determination, const struct urgent_facts *facts);
