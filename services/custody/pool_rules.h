/*
 * Pools, pure: containers of one batch put together into a new one, and a second person who verifies it where the procedure asks for one or it
 * was recorded late (R10, R15, R32, R33, domain.md §7.3). What comes out of a pool is in common/domain/pool.h, for the verifier needs the same.
 */
#pragma once
#include "custody_rules.h"
#include "domain/pool.h"

/** What a pool is judged by: the batch with its containers, and what domain/pool.h asks. */
struct pool_facts {
    const struct custody_facts *batch;
    struct pool_case of;
    bool is_trained;                    /* the actor, on this version of the procedure */
    bool is_taken;                      /* the new container's number is in use, of whichever batch */
};

/** rule_pool(a, in, facts, said_ms, now_ms, e): fills the computed fields of ${in}. Of a batch that is not decided on, by somebody trained on
 *  its procedure (R21); containers that the lab keeps and that are not on hold; not in the future, a late entry says why (R15). */
int rule_pool(struct arena *a, struct container_pool *in, const struct pool_facts *facts, int64_t said_ms, int64_t now_ms, struct err *e);

/** A pool as it was signed; ${seq} below 0: there is none. */
struct pooled_facts {
    int64_t seq;
    const char *person_id, *verified_by;
};

/** rule_pool_verify(in, facts, pooled, is_trained, person, reviewed_seq, e): once, by another person, trained (R21), who has seen it (R10). */
int rule_pool_verify(const struct pool_verify *in, const struct custody_facts *facts, const struct pooled_facts *pooled, bool is_trained,
                     const char *person, int64_t reviewed_seq, struct err *e);
