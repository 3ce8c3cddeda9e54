#include "crypto/cms_walk.h"

#include <string.h>

enum {
    TAG_INTEGER = 0x02,
    TAG_OCTETS = 0x04,
    TAG_UTC = 0x17,
    TAG_GENERALIZED = 0x18,
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31,
    TAG_0 = 0xa0,
    TAG_4 = 0xa4,
};

/* Object identifiers and algorithms, whole. */
static const uint8_t oid_signed_data[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};
static const uint8_t oid_data[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
static const uint8_t oid_content_type[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03};
static const uint8_t oid_message_digest[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04};
static const uint8_t oid_signing_time[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x05};
static const uint8_t oid_certificate_v2[] = {0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x2f};
static const uint8_t sha256[] = {0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
static const uint8_t sha256_null[] = {0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                      0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00};
static const uint8_t ecdsa_sha256[] = {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
static const uint8_t version_1[] = {0x02, 0x01, 0x01};

/* What of a value is left to read. */
struct der {
    const uint8_t *at, *end;
};

static struct der inside(struct bytes b)
{
    return (struct der){b.data, b.data + b.len};
}

static bool same(struct bytes a, struct bytes b)
{
    return a.len == b.len && !memcmp(a.data, b.data, a.len);
}

/* Takes the next value, which must have ${tag} (0: any) and the shortest length of its own, at most 65535. */
static bool take(struct der *d, uint8_t tag, struct bytes *ret, struct bytes *ret_whole)
{
    const uint8_t *start = d->at;
    size_t left = (size_t)(d->end - start), head = 2;
    if (left < 2 || (tag && start[0] != tag) || (start[0] & 0x1f) == 0x1f)
        return false;
    size_t len = start[1];
    if (len == 0x81 && left >= 3) {
        len = start[2];
        head = 3;
        if (len < 0x80)
            return false;
    } else if (len == 0x82 && left >= 4) {
        len = (size_t)start[2] << 8 | start[3];
        head = 4;
        if (len < 0x100)
            return false;
    } else if (len >= 0x80) {
        return false;
    }
    if (left - head < len)
        return false;
    d->at = start + head + len;
    if (ret)
        *ret = (struct bytes){start + head, len};
    if (ret_whole)
        *ret_whole = (struct bytes){start, head + len};
    return true;
}

static bool enter(struct der *d, uint8_t tag, struct der *ret)
{
    struct bytes b;
    if (!take(d, tag, &b, NULL))
        return false;
    *ret = inside(b);
    return true;
}

static bool ended(const struct der *d)
{
    return d->at == d->end;
}

static bool take_exact(struct der *d, const void *bytes, size_t len)
{
    if ((size_t)(d->end - d->at) < len || memcmp(d->at, bytes, len))
        return false;
    d->at += len;
    return true;
}

#define TAKE_EXACT(d, array) take_exact((d), (array), sizeof(array))

static bool take_sha256(struct der *d)
{
    return TAKE_EXACT(d, sha256) || TAKE_EXACT(d, sha256_null);
}

/* DER orders the values of a SET OF by their bytes. */
static bool ascending(struct bytes a, struct bytes b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = memcmp(a.data, b.data, len);
    return order < 0 || (order == 0 && a.len < b.len);
}

struct name_serial {
    struct bytes name, serial;       /* whole Name; INTEGER's content */
};

/* Certificate: SEQUENCE { tbs SEQUENCE { [0] version, serial, algorithm, issuer, ...  */
static bool certificate_names(struct bytes whole, struct name_serial *ret)
{
    struct der d = inside(whole), certificate, tbs;
    return enter(&d, TAG_SEQUENCE, &certificate) && ended(&d) && enter(&certificate, TAG_SEQUENCE, &tbs) &&
           take(&tbs, TAG_0, NULL, NULL) && take(&tbs, TAG_INTEGER, &ret->serial, NULL) &&
           take(&tbs, TAG_SEQUENCE, NULL, NULL) && take(&tbs, TAG_SEQUENCE, NULL, &ret->name);
}

static const char *walk_certificates(struct der *d, struct bytes whole[2], struct name_serial names[2])
{
    struct der certificates;
    if (!enter(d, TAG_0, &certificates) || !take(&certificates, TAG_SEQUENCE, NULL, &whole[0]) ||
        !take(&certificates, TAG_SEQUENCE, NULL, &whole[1]) || !ended(&certificates))
        return "the signature does not hold exactly two certificates, the signer's and the issuing CA's";
    if (!ascending(whole[0], whole[1]))
        return "the certificates are not in DER order";
    if (!certificate_names(whole[0], &names[0]) || !certificate_names(whole[1], &names[1]))
        return "a certificate in the signature cannot be read";
    return NULL;
}

static bool time_is_plain(struct der *d)
{
    struct bytes b;
    bool utc = d->at < d->end && *d->at == TAG_UTC;
    if (!take(d, utc ? TAG_UTC : TAG_GENERALIZED, &b, NULL) || b.len != (utc ? 13u : 15u) || b.data[b.len - 1] != 'Z')
        return false;
    for (size_t i = 0; i + 1 < b.len; i++)
        if (b.data[i] < '0' || b.data[i] > '9')
            return false;
    return true;
}

/* SigningCertificateV2 with one ESSCertIDv2: SHA-256 by default, no policies; its issuerSerial must name the signer. */
static bool walk_certificate_v2(struct der *d, const struct name_serial *sid, struct bytes *ret_hash)
{
    struct der outer, ids, id, issuer_serial, general, name;
    struct bytes whole, serial;
    if (!enter(d, TAG_SEQUENCE, &outer) || !enter(&outer, TAG_SEQUENCE, &ids) || !ended(&outer) ||
        !enter(&ids, TAG_SEQUENCE, &id) || !ended(&ids) || !take(&id, TAG_OCTETS, ret_hash, NULL) ||
        ret_hash->len != DIGEST_LEN)
        return false;
    if (ended(&id))
        return true;
    return enter(&id, TAG_SEQUENCE, &issuer_serial) && ended(&id) && enter(&issuer_serial, TAG_SEQUENCE, &general) &&
           enter(&general, TAG_4, &name) && ended(&general) && take(&name, TAG_SEQUENCE, NULL, &whole) && ended(&name) &&
           take(&issuer_serial, TAG_INTEGER, &serial, NULL) && ended(&issuer_serial) && same(whole, sid->name) &&
           same(serial, sid->serial);
}

enum attribute { A_CONTENT_TYPE = 1, A_MESSAGE_DIGEST = 2, A_SIGNING_TIME = 4, A_CERTIFICATE_V2 = 8, A_ALL = 15 };

/* One attribute with its one value; 0 if it is none of the four or not of their form. */
static int walk_attribute(struct der *d, const struct name_serial *sid, struct cms_parts *ret)
{
    struct der attribute, value;
    if (!enter(d, TAG_SEQUENCE, &attribute))
        return 0;
    int which = TAKE_EXACT(&attribute, oid_content_type)     ? A_CONTENT_TYPE
                : TAKE_EXACT(&attribute, oid_message_digest) ? A_MESSAGE_DIGEST
                : TAKE_EXACT(&attribute, oid_signing_time)   ? A_SIGNING_TIME
                : TAKE_EXACT(&attribute, oid_certificate_v2) ? A_CERTIFICATE_V2
                                                             : 0;
    if (!which || !enter(&attribute, TAG_SET, &value) || !ended(&attribute))
        return 0;
    bool ok = which == A_CONTENT_TYPE     ? TAKE_EXACT(&value, oid_data)
              : which == A_MESSAGE_DIGEST ? take(&value, TAG_OCTETS, &ret->message_digest, NULL) &&
                                                ret->message_digest.len == DIGEST_LEN
              : which == A_SIGNING_TIME   ? time_is_plain(&value)
                                          : walk_certificate_v2(&value, sid, &ret->certificate_hash);
    return ok && ended(&value) ? which : 0;
}

static const char *walk_attributes(struct der *signer, const struct name_serial *sid, struct cms_parts *ret)
{
    struct bytes content, before = {NULL, 0};
    if (!take(signer, TAG_0, &content, &ret->attributes))
        return "the signature has no signed attributes";
    struct der d = inside(content);
    int seen = 0;
    while (!ended(&d)) {
        const uint8_t *start = d.at;
        int which = walk_attribute(&d, sid, ret);
        struct bytes whole = {start, (size_t)(d.at - start)};
        if (!which || (seen & which))
            return "the signed attributes are not contentType, messageDigest, signingTime, signingCertificateV2";
        if (before.data && !ascending(before, whole))
            return "the signed attributes are not in DER order";
        seen |= which;
        before = whole;
    }
    return seen == A_ALL ? NULL : "a signed attribute is missing";
}

/* SignerInfo ::= version 1, issuerAndSerialNumber, sha256, [0] attributes, ecdsa-with-SHA256, signature; nothing else */
static const char *walk_signer(struct der *signer, const struct bytes whole[2], const struct name_serial names[2],
                               struct cms_parts *ret)
{
    struct der sid_at;
    struct name_serial sid;
    if (!TAKE_EXACT(signer, version_1) || !enter(signer, TAG_SEQUENCE, &sid_at) ||
        !take(&sid_at, TAG_SEQUENCE, NULL, &sid.name) || !take(&sid_at, TAG_INTEGER, &sid.serial, NULL) ||
        !ended(&sid_at) || !take_sha256(signer))
        return "the signer is not named by issuer and serial number, with SHA-256";
    bool is_0 = same(sid.name, names[0].name) && same(sid.serial, names[0].serial);
    bool is_1 = same(sid.name, names[1].name) && same(sid.serial, names[1].serial);
    if (is_0 == is_1)
        return "the signer's certificate is not in the signature";
    ret->certificate[0] = whole[is_0 ? 0 : 1];
    ret->certificate[1] = whole[is_0 ? 1 : 0];
    const char *wrong = walk_attributes(signer, &sid, ret);
    if (wrong)
        return wrong;
    if (!TAKE_EXACT(signer, ecdsa_sha256) || !take(signer, TAG_OCTETS, &ret->signature, NULL))
        return "the signature is not ECDSA with SHA-256";
    return ended(signer) ? NULL : "the signature has unsigned attributes";
}

const char *cms_walk(struct bytes p7s, struct cms_parts *ret)
{
    struct der all = inside(p7s), info, wrapped, data, algorithms, content, signers, signer;
    struct bytes whole[2];
    struct name_serial names[2];
    if (!enter(&all, TAG_SEQUENCE, &info))
        return "the signature is not DER";
    if (!ended(&all))
        return "there is something after the signature";
    if (!TAKE_EXACT(&info, oid_signed_data) || !enter(&info, TAG_0, &wrapped) || !ended(&info) ||
        !enter(&wrapped, TAG_SEQUENCE, &data) || !ended(&wrapped))
        return "the signature is no CMS SignedData";
    if (!TAKE_EXACT(&data, version_1) || !enter(&data, TAG_SET, &algorithms) || !take_sha256(&algorithms) ||
        !ended(&algorithms))
        return "the signature's digest is not SHA-256 alone";
    if (!enter(&data, TAG_SEQUENCE, &content) || !TAKE_EXACT(&content, oid_data) || !ended(&content))
        return "the signature is not detached";
    const char *wrong = walk_certificates(&data, whole, names);
    if (wrong)
        return wrong;
    if (!enter(&data, TAG_SET, &signers) || !ended(&data) || !enter(&signers, TAG_SEQUENCE, &signer))
        return "the signature has no signer, or something beside it";
    if (!ended(&signers))
        return "the signature has a second signer";
    return walk_signer(&signer, whole, names, ret);
}
