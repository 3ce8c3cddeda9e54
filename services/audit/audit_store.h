/*
 * All SQL of service audit but that of the live verification (audit_check.c): reads of the record, nothing else.
 */
#pragma once
#include "dossier/dossier.h"
#include "service/service.h"

extern const struct statement_table audit_statements;

/** The newest checkpoint that closes a seal. */
struct audit_checkpoint {
    uint64_t size;
    struct bytes note, cosignatures, token;
    int64_t token_ms;
};

/** audit_store_checkpoint(db, a, ret, e): ERR_UNAVAILABLE while the log has never been sealed. */
int audit_store_checkpoint(struct db *db, struct arena *a, struct audit_checkpoint *ret, struct err *e);

/** audit_store_known(db, a, batch_id, e): there is an entry of it, whether or not the log has it already. ERR_NOT_FOUND. */
int audit_store_known(struct db *db, struct arena *a, const char *batch_id, struct err *e);

/** audit_store_leaves(db, a, size, ret, e): the leaf hashes of the first ${size} leaves, one after another. */
int audit_store_leaves(struct db *db, struct arena *a, uint64_t size, struct bytes *ret, struct err *e);

/** audit_store_stream(db, a, id, size, ret, e): the entries of ${id} that are among the first ${size} leaves, parsed, with
 *  statements parsed. ERR_NOT_FOUND if there are none. */
int audit_store_stream(struct db *db, struct arena *a, const char *id, uint64_t size, struct dossier_stream *ret,
                       struct err *e);

/** audit_store_sys(db, a, type, size, newest, ret, e): the `SYS` entries of ${type} among the first ${size} leaves; only
 *  the last one if ${newest}. */
int audit_store_sys(struct db *db, struct arena *a, const char *type, uint64_t size, bool newest, struct dossier_stream *ret,
                    struct err *e);

/** audit_store_heads(db, a, size, ret, ret_count, e): the heads map of ${size}, sorted. */
int audit_store_heads(struct db *db, struct arena *a, uint64_t size, struct head **ret, size_t *ret_count, struct err *e);

/** audit_store_attachment(db, a, sha256, ret, e): ERR_NOT_FOUND. */
int audit_store_attachment(struct db *db, struct arena *a, const uint8_t sha256[DIGEST_LEN], struct bytes *ret,
                           struct err *e);

/** audit_store_entries(c, stream, from_seq, ret, e): at most a thousand as struct entry_row. */
int audit_store_entries(struct call *c, const char *stream, int64_t from_seq, struct list *ret, struct err *e);

/** audit_store_statement(c, stream, seq, ret, e): one statement, entry and signature. ERR_NOT_FOUND. */
int audit_store_statement(struct call *c, const char *stream, int64_t seq, struct statement_show *ret, struct err *e);
