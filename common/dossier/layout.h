/*
 * The texts inside a dossier, each written and read in one place: dossier.txt, chain.txt, proofs.txt, log/heads.txt,
 * log/stamps.txt. Readers take the one form that writers make.
 */
#pragma once
#include "dossier/dossier.h"

/** layout_index(a, d): dossier.txt. layout_index_read: subject, size and the streams with their counts of entries, which
 *  are allocated and empty. */
struct bytes layout_index(struct arena *a, const struct dossier *d);
int layout_index_read(struct arena *a, struct bytes text, struct dossier *ret, struct err *e);

/** layout_chain(a, s): the entries, one empty line between. layout_chain_read: as many as ${s} has places for, parsed,
 *  with their leaf hashes. On refusal ${ret_seq} is the last entry that was read, -1 for none. */
struct bytes layout_chain(struct arena *a, const struct dossier_stream *s);
int layout_chain_read(struct arena *a, struct bytes text, struct dossier_stream *s, int64_t *ret_seq, struct err *e);

/** layout_proofs(a, s): `proof <seq> <leaf index> <hex>...` for each entry of ${s}, whose entries are parsed.
 *  layout_proofs_read: a line for each entry; on refusal ${ret_seq} is the entry that has none. */
struct bytes layout_proofs(struct arena *a, const struct dossier_stream *s);
int layout_proofs_read(struct arena *a, struct bytes text, struct dossier_stream *s, int64_t *ret_seq, struct err *e);

/** layout_heads(a, h): the lines `heads`, `line`, `proof`; layout_heads_read takes them. */
struct bytes layout_heads(struct arena *a, const struct dossier_heads *h);
int layout_heads_read(struct arena *a, struct bytes text, struct dossier_heads *ret, struct err *e);

/** layout_stamps(a, d): for each stamp the lines `stamp` and `consistency`; layout_stamps_read takes them. */
struct bytes layout_stamps(struct arena *a, const struct dossier *d);
int layout_stamps_read(struct arena *a, struct bytes text, struct dossier *ret, struct err *e);
