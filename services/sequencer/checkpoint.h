/*
 * One checkpoint: signed by the notary, cosigned by every witness, time-stamped. Each of them keeps its own memory of the
 * log and is given the proof that this tree extends it; the notary is shown every entry before. Each answer is verified here
 * before anything is kept.
 */
#pragma once
#include "log_tree.h"

struct checkpoint_maker;

/** checkpoint_maker_new(ret, e): read the keys and roots that sequencer_config names, open the client. Free with
 *  checkpoint_maker_free (NULL is fine; returns NULL). */
int checkpoint_maker_new(struct checkpoint_maker **ret, struct err *e);
struct checkpoint_maker *checkpoint_maker_free(struct checkpoint_maker *m);

/** checkpoint_maker_stamper(m): its time-stamp authorities, borrowed. */
struct stamper *checkpoint_maker_stamper(struct checkpoint_maker *m);

/** checkpoint_agrees(m, a, t, ret_why, e): is the tree the notary's last, or grown from it? And that of any witness, for the
 *  notary's memory may have been put back together with the database: one witness alone stops nobody, all of them do. ${ret_why}:
 *  why not, in ${a}; NULL when it is. Nothing is signed. ERR_UNAVAILABLE when the notary does not answer. */
int checkpoint_agrees(struct checkpoint_maker *m, struct arena *a, const struct log_tree *t, const char **ret_why,
                      struct err *e);

/** checkpoint_show(m, a, t, e): show the notary what of the tree it has not read, some ten thousand entries in one go. ERR_BUSY when
 *  there is more: call it again, it goes on. Otherwise as checkpoint_make, which does it too. */
int checkpoint_show(struct checkpoint_maker *m, struct arena *a, const struct log_tree *t, struct err *e);

/** checkpoint_make(m, a, t, ret, e): a checkpoint of the tree as it is, in ${a}. ERR_UNAVAILABLE when one of them does not
 *  answer, ERR_BUSY while the notary still reads, ERR_TREE_REFUSED when one refuses the tree (which entry does not read as it was
 *  logged is named), ERR_SIGNATURE_REFUSED when an answer does not hold. */
int checkpoint_make(struct checkpoint_maker *m, struct arena *a, const struct log_tree *t, struct kept_checkpoint *ret,
                    struct err *e);
