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

static const char *line_of(struct arena *a, const struct zip_member *m)
{
    uint8_t hash[DIGEST_LEN];
    digest_sha256(m->data.data, m->data.len, hash);
    return arena_printf(a,
                        "<asic:DataObjectReference URI=\"%s\" MimeType=\"application/octet-stream\"><ds:DigestMethod "
                        "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>%s</ds:DigestValue>"
                        "</asic:DataObjectReference>\n",
                        m->name, base64_of(a, hash, DIGEST_LEN));
}

struct bytes manifest_build(struct arena *a, const struct zip *zip)
{
    struct buf b = buf_new(a);
    buf_put(&b, OPENING);
    for (size_t i = 0; i < zip->count; i++)
        if (is_covered(zip->member[i].name))
            buf_put(&b, line_of(a, &zip->member[i]));
    buf_put(&b, CLOSING);
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

int manifest_check(struct arena *a, const struct zip *zip, struct bytes manifest, struct err *e)
{
    struct line_reader r = line_reader_of(manifest.data, manifest.len);
    if (!line_take(&r, OPENING))
        return err_raise(e, ERR_DOSSIER_REFUSED, "manifest", "4", "its opening is not the one of an ASiC manifest");
    for (size_t i = 0; i < zip->count; i++)
        if (is_covered(zip->member[i].name) && !line_take(&r, line_of(a, &zip->member[i])))
            return err_raise(e, ERR_DOSSIER_REFUSED, "manifest", "4", "%.120s is not what the manifest lists here",
                             zip->member[i].name);
    if (!line_take(&r, CLOSING) || !line_at_end(&r))
        return err_raise(e, ERR_DOSSIER_REFUSED, "manifest", "4", "it lists what is not here");
    return 0;
}
