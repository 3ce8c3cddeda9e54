#include "dossier/manifest.h"

#include <string.h>

#include "crypto/digest.h"
#include "ledger/line.h"

#define OPENING                                                                                              \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                                           \
    "<asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\" "                                  \
    "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n"                                                     \
    "<asic:SigReference URI=\"META-INF/signature001.p7s\" MimeType=\"application/pkcs7-signature\"/>\n"
#define CLOSING "</asic:ASiCManifest>\n"

static bool is_covered(const char *name)
{
    return strcmp(name, "mimetype") != 0 && strncmp(name, "META-INF/", 9) != 0;
}

/* A member's line is REFERENCE name DIGEST base64 REFERENCE_END. */
#define REFERENCE "<asic:DataObjectReference URI=\""
#define DIGEST                                                                                               \
    "\" MimeType=\"application/octet-stream\"><ds:DigestMethod "                                            \
    "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>"
#define REFERENCE_END "</ds:DigestValue></asic:DataObjectReference>\n"

static void put_line(struct arena *a, struct buf *b, const struct zip_member *m)
{
    uint8_t hash[DIGEST_LEN];
    digest_sha256(m->data.data, m->data.len, hash);
    buf_put(b, REFERENCE);
    buf_put(b, m->name);
    buf_put(b, DIGEST);
    buf_put(b, base64_of(a, hash, DIGEST_LEN));
    buf_put(b, REFERENCE_END);
}

static bool take_line(struct arena *a, struct line_reader *r, const struct zip_member *m)
{
    return line_take(r, REFERENCE) && line_take(r, m->name) && line_take(r, DIGEST) && line_take(r, base64_of(a, m->sha256, DIGEST_LEN)) &&
           line_take(r, REFERENCE_END);
}

struct bytes manifest_build(struct arena *a, const struct zip *zip)
{
    struct buf b = buf_new(a);
    buf_put(&b, OPENING);
    for (size_t i = 0; i < zip->count; i++)
        if (is_covered(zip->member[i].name))
            put_line(a, &b, &zip->member[i]);
    buf_put(&b, CLOSING);
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

int manifest_check(struct arena *a, const struct zip *zip, struct bytes manifest, struct err *e)
{
    struct line_reader r = line_reader_of(manifest.data, manifest.len);
    if (!line_take(&r, OPENING))
        return err_raise(e, ERR_DOSSIER_REFUSED, "manifest", "4", "its opening is not the one of an ASiC manifest");
    for (size_t i = 0; i < zip->count; i++)
        if (is_covered(zip->member[i].name) && !take_line(a, &r, &zip->member[i]))
            return err_raise(e, ERR_DOSSIER_REFUSED, "manifest", "4", "%.120s is not what the manifest lists here",
                             zip->member[i].name);
    if (!line_take(&r, CLOSING) || !line_at_end(&r))
        return err_raise(e, ERR_DOSSIER_REFUSED, "manifest", "4", "it lists what is not here");
    return 0;
}
