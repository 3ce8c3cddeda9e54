/*
 * The chapters of the paper, in their order. Each draws where the sheet stands and leaves the sheet behind itself; a
 * chapter of which the batch has nothing draws nothing, except that what must be there says that it is not.
 */
#pragma once
#include "paper/matter.h"
#include "paper/sheet.h"

/** page_one(s, f): what a person reads alone: what, whose, verdict, release, signers, open items, complete, how to verify.
 *  chapter_steps(s, f): the batch record. chapter_quality: tests, investigations, deviations, review and gate. chapter_custody:
 *  containers, labels, storage, hand-over. chapter_corrections: each, with its reason. chapter_genealogy: a picture.
 *  chapter_trends: plots. chapter_rest: what page one only counted. chapter_annex: every entry, and the other streams in the dossier. */
void page_one(struct sheet *s, struct matter *f);
void chapter_steps(struct sheet *s, struct matter *f);
void chapter_quality(struct sheet *s, struct matter *f);
void chapter_custody(struct sheet *s, struct matter *f);
void chapter_corrections(struct sheet *s, struct matter *f);
void chapter_genealogy(struct sheet *s, struct matter *f);
void chapter_trends(struct sheet *s, struct matter *f);
void chapter_rest(struct sheet *s, struct matter *f);
void chapter_annex(struct sheet *s, struct matter *f);

/** part_pools(s, f): a table of the batch's pools, nothing where there is none. pools_now(f, pool): as it stands, corrections of the fill put in. */
struct container_pool;
void part_pools(struct sheet *s, struct matter *f);
struct container_pool pools_now(struct matter *f, const struct container_pool *pool);
