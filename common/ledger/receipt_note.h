/*
 * The receipt that answers an act or an observation when it is committed (docs/FORMAT.md, "Receipt"): a signed note in which
 * the service promises that this entry is in the record and will be in the log. Who keeps it can prove later that an entry
 * was accepted and then dropped. It proves nothing about the log itself: that is log_proof (proof.h). Text only, as note.h.
 */
#pragma once
#include "ledger/line.h"
#include "ledger/note.h"

#define RECEIPT_NOTE_FIRST_LINE "stemma-receipt/1\n"
#define RECEIPT_KEY_FOLDER "/receipt/"     /* a key is called ORIGIN/receipt/SERVICE */

struct receipt_note {
    const char *origin, *stream;
    int64_t seq, time_ms;            /* of the entry */
    uint8_t leaf[DIGEST_LEN];
    struct bytes body;               /* the lines that are signed; set by receipt_note_next */
    struct note_line line;
};

/** receipt_note_key_name(a, origin, service): the name of the key with which ${service} signs receipts: ORIGIN/receipt/SERVICE. */
const char *receipt_note_key_name(struct arena *a, const char *origin, const char *service);

/** receipt_note_body(a, r): the five lines. */
struct bytes receipt_note_body(struct arena *a, const struct receipt_note *r);

/** receipt_note_is(file): it begins as one. */
bool receipt_note_is(struct bytes file);

/** receipt_note_next(a, r, ret, e): read one note strictly; a file of receipts is one behind the other. ERR_DOSSIER_REFUSED. */
int receipt_note_next(struct arena *a, struct line_reader *r, struct receipt_note *ret, struct err *e);

/** receipt_note_verify(r, keys, count, judge, e): one of ${keys} signed it, and is a receipt key of its log. ERR_DOSSIER_REFUSED. */
int receipt_note_verify(const struct receipt_note *r, const struct note_key *keys, size_t count, note_judge *judge, struct err *e);
