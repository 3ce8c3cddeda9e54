/*
 * Samples, pure: taken of a container of the batch or of the batch before it is filled, sent, received by another person, and what became of
 * each (domain.md §2.4, §7). What is computed and which state permits what is in common/domain/sample.h, for the verifier needs the same.
 */
#pragma once
#include "custody_rules.h"
#include "domain/sample.h"

/** What a sample is taken of and for: the batch with its containers, its specification, its samples so far. */
struct sample_facts {
    const struct custody_facts *batch;
    const struct specification *spec;
    const struct samples *samples;
};

/** rule_sample_take(a, in, facts, said_ms, now_ms, e): fills the computed fields of ${in}. Of a container that the lab keeps and that
 *  has so much, whole where the batch is released; or of the batch while nothing of it is filled; not in the future, a late entry says why (R15). */
int rule_sample_take(struct arena *a, struct sample_take *in, const struct sample_facts *facts, int64_t said_ms, int64_t now_ms,
                     struct err *e);

/** rule_sample_send(in, samples, who, e); rule_sample_receive: by another person than sent them; what is not in good condition says what is
 *  wrong. rule_sample_end(a, in, samples, who, e): a retained one says where it is, one that was destroyed or lost says why. */
int rule_sample_send(const struct sample_send *in, const struct samples *samples, const char *who, struct err *e);
int rule_sample_receive(const struct sample_receive *in, const struct samples *samples, const char *who, struct err *e);
int rule_sample_end(struct arena *a, const struct sample_end *in, const struct samples *samples, const char *who, struct err *e);
