#include "dossier/dossier.h"

#include <stdio.h>
#include <string.h>

#include "dossier/layout.h"
#include "dossier/manifest.h"

/* The members of the file while they are laid in order. */
struct laying {
    struct arena *arena;
    struct zip_member member[ZIP_MEMBERS_MAX + 1];   /* one too many shows that it is too many */
    size_t count;
};

static void lay(struct laying *l, const char *name, struct bytes data)
{
    if (l->count <= ZIP_MEMBERS_MAX)
        l->member[l->count++] = (struct zip_member){.name = name, .data = data};
}

static void lay_folder(struct laying *l, const char *folder, const struct zip_member *m, size_t count)
{
    for (size_t i = 0; i < count; i++)
        lay(l, arena_printf(l->arena, "%s%s", folder, m[i].name), m[i].data);
}

static void lay_statements(struct laying *l, const struct dossier_stream *s)
{
    struct buf observations = buf_new(l->arena);
    for (size_t i = 0; i < s->count; i++) {
        const struct dossier_entry *d = &s->entry[i];
        if (d->p7s.data == NULL) {
            buf_add(&observations, d->stmt.data, d->stmt.len);
            continue;
        }
        lay(l, arena_printf(l->arena, "streams/%s/acts/%06lld.stmt", s->id, (long long)d->entry.seq), d->stmt);
        lay(l, arena_printf(l->arena, "streams/%s/acts/%06lld.p7s", s->id, (long long)d->entry.seq), d->p7s);
    }
    if (observations.len > 0)
        lay(l, arena_printf(l->arena, "streams/%s/observations", s->id),
            (struct bytes){(const uint8_t *)observations.text, observations.len});
}

static int lay_stream(struct laying *l, struct dossier_stream *s, struct err *e)
{
    for (size_t i = 0; i < s->count; i++) {
        struct dossier_entry *d = &s->entry[i];
        int rc = entry_parse(l->arena, (const char *)d->text.data, d->text.len, &d->entry, e);
        if (rc != 0)
            return rc;
        if ((d->p7s.data != NULL) != (d->entry.sig_len > 0))
            return err_raise(e, ERR_DOSSIER_REFUSED, "sig", "7", "%s %lld: signature and entry do not fit", s->id,
                             (long long)d->entry.seq);
    }
    lay(l, arena_printf(l->arena, "streams/%s/chain.txt", s->id), layout_chain(l->arena, s));
    lay(l, arena_printf(l->arena, "streams/%s/proofs.txt", s->id), layout_proofs(l->arena, s));
    lay_statements(l, s);
    return 0;
}

static void lay_log(struct laying *l, const struct dossier *d)
{
    lay(l, "log/checkpoint", d->checkpoint);
    lay(l, "log/checkpoint.tsr", d->token);
    lay(l, "log/cosignatures", d->cosignatures);
    lay(l, "log/heads.txt", layout_heads(l->arena, &d->heads));
    lay(l, "log/stamps.txt", layout_stamps(l->arena, d));
}

int dossier_write(struct arena *a, const struct dossier *d, const struct dossier_signer *signer, struct bytes *ret,
                  struct err *e)
{
    struct laying *l = ARENA_NEW(a, struct laying);
    l->arena = a;
    lay(l, "mimetype", (struct bytes){(const uint8_t *)DOSSIER_MIMETYPE, strlen(DOSSIER_MIMETYPE)});
    lay(l, "README.txt", d->readme.data != NULL ? d->readme : dossier_readme(a, d));
    lay(l, "dossier.txt", layout_index(a, d));
    for (size_t i = 0; i < d->stream_count; i++) {
        int rc = lay_stream(l, &d->stream[i], e);
        if (rc != 0)
            return rc;
    }
    lay_folder(l, "attachments/", d->attachment, d->attachment_count);
    lay_log(l, d);
    lay_folder(l, "pki/", d->pki, d->pki_count);
    if (d->pdf.data != NULL)
        lay(l, "human/dossier.pdf", d->pdf);
    lay_folder(l, "exports/", d->exports, d->export_count);
    struct zip zip = {l->member, l->count, NULL};
    struct bytes manifest = manifest_build(a, &zip), signature;
    int rc = signer->sign(signer->ctx, a, manifest, &signature, e);
    if (rc != 0)
        return rc;
    lay(l, MANIFEST_NAME, manifest);
    lay(l, MANIFEST_SIGNATURE, signature);
    zip.count = l->count;
    return zip_write(a, &zip, ret, e);
}

struct bytes dossier_readme(struct arena *a, const struct dossier *d)
{
    const char *text = arena_printf(a,
        "STEMMA DOSSIER OF %s\n\n"
        "This file is a zip (ASiC-E). It holds the complete record of %s, the parts of other records that it rests on,\n"
        "and the proofs that nothing was changed, left out or dated back. The record is in streams/; everything in\n"
        "human/ and exports/ is a copy for reading.\n\n"
        "TO VERIFY IT\n"
        "  stemma-verify FILE --trust DIR       or, with openssl and a shell alone:  verify.sh FILE DIR\n"
        "DIR holds what you trust. It must reach you by another way than this file:\n"
        "  lab-root.pem     root certificate of the laboratory\n"
        "  tsa-root.pem     root certificate of the time-stamp authority\n"
        "  log.pub.pem      public key of the laboratory's log\n"
        "  witnesses.txt    verifier keys of the witnesses, one a line\n"
        "Compare their SHA-256 fingerprints by telephone or on paper with the laboratory and with a witness. Nothing in\n"
        "this file, its pki/ folder included, is a reason to trust it.\n\n"
        "WHAT IS WHERE\n"
        "  dossier.txt                    subject, checkpoint size, streams: whole, or in part\n"
        "  streams/<id>/chain.txt         entries in order, each chained to the one before\n"
        "  streams/<id>/acts/             statements that a person signed, and the signatures\n"
        "  streams/<id>/observations      statements that were recorded without a person's signature\n"
        "  streams/<id>/proofs.txt        proof that each entry is in the log\n"
        "  attachments/                   files that entries name, by SHA-256\n"
        "  log/                           signed checkpoint, time-stamp, cosignatures, completeness, time evidence\n"
        "docs/FORMAT.md of the Stemma project says every byte.\n",
        d->subject, d->subject);
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}
