/*
 * Signatures taken apart and put together anew: the forgeries of ledger.md §4.3, which the openssl command accepts. Nothing here
 * knows a key that a forger has not; what openssl signs without attributes is the person's own careless doing.
 */
#pragma once
#include "crypto/cms_walk.h"
#include "unit/crypto/pki.h"

/** pki_wrap(a, tag, data, len): a DER value. */
struct bytes pki_wrap(struct arena *a, uint8_t tag, const void *data, size_t len);

/** pki_signer_content(p7s, parts): the content of the one SignerInfo of ${p7s}, from behind the certificates to the end. */
struct bytes pki_signer_content(struct bytes p7s, const struct cms_parts *parts);

/** pki_with_signers(a, p7s, parts, signers): ContentInfo around new signerInfos content; version, algorithms, type and
 *  certificates as in ${p7s}. */
struct bytes pki_with_signers(struct arena *a, struct bytes p7s, const struct cms_parts *parts, struct bytes signers);

/** pki_from_attributes(p, p7s, ret_content): a signature without attributes whose content are the attributes of ${p7s}. */
struct bytes pki_from_attributes(struct pki *p, struct bytes p7s, struct bytes *ret_content);

/** pki_without_attributes(p, content): the person's signature over ${content}, without signed attributes, by openssl. */
struct bytes pki_without_attributes(struct pki *p, struct bytes content);
