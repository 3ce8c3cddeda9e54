#include "unit/crypto/pki_forge.h"

#include "support/test.h"

struct bytes pki_wrap(struct arena *a, uint8_t tag, const void *data, size_t len)
{
    struct buf b = buf_new(a);
    const uint8_t head[4] = {tag, 0x82, (uint8_t)(len >> 8), (uint8_t)len};
    const uint8_t short_head[3] = {tag, 0x81, (uint8_t)len};
    buf_add(&b, len > 255 ? head : short_head, len > 255 ? 4 : len > 127 ? 3 : 1);
    if (len < 128)
        buf_char(&b, (char)len);
    buf_add(&b, data, len);
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

struct bytes pki_with_signers(struct arena *a, struct bytes p7s, const struct cms_parts *parts, struct bytes signers)
{
    const uint8_t *inner = p7s.data + 4 + 11 + 4 + 4;   /* heads of ContentInfo, its type, [0], SignedData */
    const uint8_t *end0 = parts->certificate[0].data + parts->certificate[0].len;
    const uint8_t *end1 = parts->certificate[1].data + parts->certificate[1].len, *end = end0 > end1 ? end0 : end1;
    struct buf b = buf_new(a), outer = buf_new(a);
    buf_add(&b, inner, (size_t)(end - inner));
    struct bytes set = pki_wrap(a, 0x31, signers.data, signers.len);
    buf_add(&b, set.data, set.len);
    struct bytes data = pki_wrap(a, 0x30, b.text, b.len), explicit = pki_wrap(a, 0xa0, data.data, data.len);
    buf_add(&outer, p7s.data + 4, 11);
    buf_add(&outer, explicit.data, explicit.len);
    return pki_wrap(a, 0x30, outer.text, outer.len);
}

struct bytes pki_signer_content(struct bytes p7s, const struct cms_parts *parts)
{
    const uint8_t *end0 = parts->certificate[0].data + parts->certificate[0].len;
    const uint8_t *end1 = parts->certificate[1].data + parts->certificate[1].len, *at = end0 > end1 ? end0 : end1;
    for (int level = 0; level < 2; level++)
        at += at[1] == 0x82 ? 4 : at[1] == 0x81 ? 3 : 2;
    return (struct bytes){at, (size_t)(p7s.data + p7s.len - at)};
}

struct bytes pki_from_attributes(struct pki *p, struct bytes p7s, struct bytes *ret_content)
{
    struct cms_parts parts;
    assert_null(cms_walk(p7s, &parts));
    struct bytes signer = pki_signer_content(p7s, &parts);
    struct buf b = buf_new(p->a);
    size_t before = (size_t)(parts.attributes.data - signer.data);
    buf_add(&b, signer.data, before);
    buf_add(&b, signer.data + before + parts.attributes.len, signer.len - before - parts.attributes.len);
    char *content = arena_dup(p->a, parts.attributes.data, parts.attributes.len);
    content[0] = 0x31;                           /* what is signed is the SET, not the [0] that stands for it */
    *ret_content = (struct bytes){(uint8_t *)content, parts.attributes.len};
    return pki_with_signers(p->a, p7s, &parts, pki_wrap(p->a, 0x30, b.text, b.len));
}

struct bytes pki_without_attributes(struct pki *p, struct bytes content)
{
    pki_write(p, "bare", content);
    assert_int_equal(pki_run(p, "openssl cms -sign -nosmimecap -binary -noattr -md sha256 -in @bare -outform DER -out @bare.p7s"
                                " -signer @person.pem -inkey @person.key -certfile @issuing.pem"), 0);
    return pki_read(p, "bare.p7s");
}
