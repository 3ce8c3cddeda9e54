#include "audit_paper.h"

#include "paper/paper.h"
#include "pdf/pdf.h"

#define PAPER_MAX 350000             /* with the place for its signature it fits the signer's field */

int audit_paper(struct arena *a, struct dossier *d, const struct audit_dossier_settings *settings, int64_t token_ms,
                struct err *e)
{
    const struct paper_options options = {settings->fonts, token_ms, settings->redacted, PAPER_MAX};
    struct bytes drawn, prepared, p7s;
    int code = paper_draw(a, d, &options, &drawn, e);
    if (code == 0)
        code = pdf_prepare(a, drawn, "Copy for reading; the record is the dossier", &prepared, e);
    if (code == 0)
        code = settings->paper_signer->sign(settings->paper_signer->ctx, a, prepared, &p7s, e);
    return code != 0 ? code : pdf_fill(a, prepared, p7s, &d->pdf, e);
}
