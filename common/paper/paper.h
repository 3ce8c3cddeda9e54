/*
 * A dossier to read: human/dossier.pdf, A4. Everything in it comes from the dossier's statements, nothing from tables; it
 * judges by the very code that the verifier recomputes with. A copy for reading, never the record. The only module that
 * speaks to cairo and pango; only the audit service links it. Same inputs, same bytes: one font family from one folder,
 * no machine's settings, no clock.
 */
#pragma once
#include "dossier/dossier.h"

struct paper_options {
    const char *fonts;           /* folder with the family DejaVu Sans Condensed and DejaVu Sans Mono */
    int64_t token_ms;            /* of the time-stamp over the checkpoint */
    bool redacted;               /* no free text, no names: ids only */
    size_t bytes_max;            /* a longer paper leaves out the list of entries, then that of the readings, and says so; 0: no limit */
};

/** paper_draw(a, d, options, ret, e): the dossier ${d}, whose entries and statements are parsed, as a PDF in ${a}.
 *  ERR_DOSSIER_REFUSED when the subject is no batch that can be read; ERR_PAPER_TOO_LONG when it stays too long. */
int paper_draw(struct arena *a, const struct dossier *d, const struct paper_options *options, struct bytes *ret,
               struct err *e);
