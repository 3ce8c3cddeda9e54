/*
 * The signature in a PDF (ISO 32000-1 §12.8, `adbe.pkcs7.detached`): a place for it is made by an incremental update, the
 * bytes it covers are all but its own hex, and it is put in. The check is strict where viewers are lenient: one signature,
 * one revision after the drawing, nothing behind it, and the gap in ByteRange is the /Contents and nothing else. A signed
 * PDF is a copy for reading; the record is the dossier's streams.
 */
#pragma once
#include "crypto/cms.h"

#define PDF_SIGNATURE_MAX 8000       /* bytes of DER there is room for */

/** pdf_prepare(a, drawn, reason, ret, e): the PDF ${drawn} (classic cross-reference table, one revision) with an empty,
 *  invisible signature field on its first page, ByteRange already right, in ${a}. ${reason}: printable ASCII without
 *  parentheses. Same input, same bytes. ERR_FAULT when ${drawn} is no such PDF. */
int pdf_prepare(struct arena *a, struct bytes drawn, const char *reason, struct bytes *ret, struct err *e);

/** pdf_covered(a, file, ret, e): the bytes that the one signature of ${file} covers, or is to cover; they begin `%PDF-`.
 *  ERR_SIGNATURE_REFUSED when ByteRange does not leave out exactly /Contents or does not reach the file's end. */
int pdf_covered(struct arena *a, struct bytes file, struct bytes *ret, struct err *e);

/** pdf_fill(a, prepared, p7s, ret, e): ${prepared} with the signature ${p7s} in its place. ERR_SIGNATURE_REFUSED when there
 *  is no room for it, or one already. */
int pdf_fill(struct arena *a, struct bytes prepared, struct bytes p7s, struct bytes *ret, struct err *e);

/** pdf_verify(a, t, file, at_ms, ret, e): pdf_covered, and the signature holds over those bytes at ${at_ms} (cms_verify). */
int pdf_verify(struct arena *a, struct cms_trust *t, struct bytes file, int64_t at_ms, struct cms_signer *ret, struct err *e);
