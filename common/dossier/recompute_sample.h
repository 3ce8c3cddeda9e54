/*
 * Rule 11 of samples (recompute_sample.c): what they left of their containers, for whatever rests on it, and the rows of their own verbs.
 * Reads the batch's stream alone.
 */
#pragma once
#include "domain/sample.h"
#include "dossier/recompute.h"

/** recompute_samples(c, ret, e): the samples of the batch as they stood before the statement. */
int recompute_samples(const struct recompute_case *c, struct samples *ret, struct err *e);

/** recompute_left(c, ret, ret_count, e): the containers of the fill, and the pools of them, with what samples and pools had left in them; none
 *  where the batch is not filled. */
int recompute_left(const struct recompute_case *c, struct dose_filled **ret, size_t *ret_count, struct err *e);

/** recompute_fits(c, fill, ret, e): no more was taken of them than ${fill} has, and pools balance; ${ret}: what the pools hold then. */
int recompute_fits(const struct recompute_case *c, const struct batch_fill *fill, struct list *ret, struct err *e);

/** recompute_batch_stood(c, spec, ret, e): how the batch stood before the statement, by its own statements. */
int recompute_batch_stood(const struct recompute_case *c, const struct specification *spec, const char **ret, struct err *e);

/** recompute_sampled(c, in, e): the sample that a result names, or that it should name. */
int recompute_sampled(const struct recompute_case *c, const struct test_report *in, struct err *e);

/** recompute_sample_take(c, in, e): its number, what it is for and what it leaves. recompute_sample_send, recompute_sample_receive,
 *  recompute_sample_end: each of its samples stood where that may be. */
int recompute_sample_take(const struct recompute_case *c, void *in, struct err *e);
int recompute_sample_send(const struct recompute_case *c, const void *in, struct err *e);
int recompute_sample_receive(const struct recompute_case *c, const void *in, struct err *e);
int recompute_sample_end(const struct recompute_case *c, const void *in, struct err *e);
