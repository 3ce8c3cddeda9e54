/*
 * Renewal before something ends (ledger.md §2.7). Time-stamps: the log as it is, all tokens in it, is stamped by the authority
 * whose token lasts longest; it must last longer than the last one does, or nothing would be gained. Hashes: the second tree
 * (rehash_job.h), stamped over SHA-512. Both are recorded in stream SYS.
 */
#pragma once
#include "checkpoint.h"
#include "log_tree.h"
#include "service/service.h"

/** What a renewal works with; borrowed. */
struct renewing {
    struct db *db;
    struct log_tree *tree;
    struct checkpoint_maker *maker;
    log_tree_announce *announce;
};

/** renew_time_stamps(w, a, ret, e): ERR_STATE_FORBIDS when no authority gives a longer-lasting token than the last one. */
int renew_time_stamps(const struct renewing *w, struct arena *a, struct renewal_done *ret, struct err *e);

/** renew_hashes(w, a, ret, e): begin the second tree, or go on with it, for some seconds; the rest is renew_tick's. */
int renew_hashes(const struct renewing *w, struct arena *a, struct renewal_done *ret, struct err *e);

/** renew_tick(w, e): go on for a moment with a second tree that is under way. renew_forget(): and let it go. */
int renew_tick(const struct renewing *w, struct err *e);
void renew_forget(void);
