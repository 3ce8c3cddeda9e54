/*
 * The sequencer's SQL: its epoch, the drain of committed entries into leaves, the log's own entries, checkpoints.
 */
#pragma once
#include "contract/contract.h"
#include "db/db.h"
#include "ledger/heads.h"
#include "ledger/merkle.h"

extern const struct statement_table sequencer_statements;

/** One committed entry on its way into the tree. */
struct drained {
    uint64_t index;
    uint8_t leaf[DIGEST_LEN];
    const char *stream, *type;
    int64_t seq, time_ms;
};

/** store_lock(db, a, e): be the only sequencer of this database, as long as the connection lives. ERR_BUSY. */
int store_lock(struct db *db, struct arena *a, struct err *e);

/** store_epoch_begin(db, a, ret_epoch, ret, ret_new, ret_last_ms, e): take over: a fresh epoch and the tree as it is, checked
 *  against its own root. ${ret_new}: services' entries are in the tree that no checkpoint covers. ${ret_last_ms}: the latest time of
 *  its newest entries, which no token may be older than by more than a second; 0 when there are none. */
int store_epoch_begin(struct db *db, struct arena *a, int64_t *ret_epoch, struct merkle_frontier *ret, bool *ret_new,
                      int64_t *ret_last_ms, struct err *e);

/** store_drain(db, a, epoch, at_most, ret, ret_count, e): inside a transaction: up to ${at_most} entries become leaves. */
int store_drain(struct db *db, struct arena *a, int64_t epoch, int64_t at_most, struct drained **ret, size_t *ret_count,
                struct err *e);

/** One finished tile: its number and root. */
struct tile {
    int64_t n;
    uint8_t root[DIGEST_LEN];
};

/** From where the tree goes on, in whose epoch, and the tiles it fills on the way. */
struct tree_step {
    int64_t epoch;
    uint64_t old_size;
    const struct tile *tiles;
    size_t count;
};

/** store_advance(db, a, step, f, e): the tree is now ${f}; compare-and-set on the epoch and old size of ${step}. */
int store_advance(struct db *db, struct arena *a, const struct tree_step *step, const struct merkle_frontier *f,
                  struct err *e);

/** store_heads(db, a, size, ret, ret_count, e): every stream's last entry below ${size}, sorted. */
int store_heads(struct db *db, struct arena *a, uint64_t size, struct head **ret, size_t *ret_count, struct err *e);

/** store_sys_head(db, a, ret_seq, ret_time_ms, ret_leaf, e): lock the log's own stream; seq -1 while it is empty. */
int store_sys_head(struct db *db, struct arena *a, int64_t *ret_seq, int64_t *ret_time_ms, uint8_t ret_leaf[DIGEST_LEN],
                   struct err *e);

/** One entry of the log's own stream, as ledger.append takes it. */
struct sys_entry {
    const char *type, *command;
    int64_t seq, time_ms;
    uint8_t leaf[DIGEST_LEN];
    struct bytes entry, statement;
    const struct bytes *attachments;
    size_t attachment_count;
};

/** store_append(db, e, entry): attach and append in the running transaction. */
int store_append(struct db *db, const struct sys_entry *entry, struct err *e);

/** A checkpoint with everything that was verified about it. */
struct kept_checkpoint {
    uint64_t size;
    uint8_t root[DIGEST_LEN];
    struct bytes note, cosignatures, token;
    int64_t token_ms;
    int64_t asked_ms, got_ms;        /* the database's time before the token was asked for, and after; not kept */
    bool is_seal;
};

/** store_checkpoint_add(db, a, epoch, c, e): keep it. store_checkpoint_last(db, a, ret, e): the newest; size 0: none. */
int store_checkpoint_add(struct db *db, struct arena *a, int64_t epoch, const struct kept_checkpoint *c, struct err *e);
int store_checkpoint_last(struct db *db, struct arena *a, struct kept_checkpoint *ret, struct err *e);

/** store_seal_last(db, a, ret, ret_holds, e): the newest that closes a seal; ${ret_holds}: nothing came since of which a dossier
 *  could tell, but that one was handed out, and the stamp over that. */
int store_seal_last(struct db *db, struct arena *a, struct kept_checkpoint *ret, bool *ret_holds, struct err *e);

/** store_pending(db, a, ret, e): committed entries that are not in the tree. */
int store_pending(struct db *db, struct arena *a, int64_t *ret, struct err *e);

/** store_now(db, a, ret_ms, e): the time by the database's clock. */
int store_now(struct db *db, struct arena *a, int64_t *ret_ms, struct err *e);

/** store_clock_measured(db, a, epoch, ahead_ms, e): where services read it, the database's clock before the authorities'.
 *  store_clock_noticed(db, a, state, ahead_ms, e): leave word of it, to be recorded. */
int store_clock_measured(struct db *db, struct arena *a, int64_t epoch, int64_t ahead_ms, struct err *e);
int store_clock_noticed(struct db *db, struct arena *a, const char *state, int64_t ahead_ms, struct err *e);

/** store_clock_news(db, a, ret, ret_count, e): inside a transaction: take up to 16 of what was noticed of clocks. */
int store_clock_news(struct db *db, struct arena *a, struct log_clock **ret, size_t *ret_count, struct err *e);
/** store_halt(db, epoch, why, e): nothing is recorded any more. store_resume(db, epoch, e): it is again.
 *  store_recovered(db, a, ret, e): does the log begin with a statement of recovery? */
int store_halt(struct db *db, int64_t epoch, const char *why, struct err *e);
int store_resume(struct db *db, int64_t epoch, struct err *e);
int store_recovered(struct db *db, struct arena *a, bool *ret, struct err *e);

/** store_programs(db, a, ret, e): structs log_program that are not in the log yet. store_program_logged(db, epoch, p, e): it is. */
int store_programs(struct db *db, struct arena *a, struct list *ret, struct err *e);
int store_program_logged(struct db *db, int64_t epoch, const struct log_program *p, struct err *e);
