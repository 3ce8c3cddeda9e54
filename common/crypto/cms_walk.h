/*
 * The strict walk over a signature's DER (cms.h): admits the one form of format.md and hands out its pieces. It trusts
 * no length and allocates nothing. Not for use outside this module.
 */
#pragma once
#include "base/error.h"
#include "base/text.h"

/** The pieces of one signature; all point into the DER walked. "Whole" is with tag and length. */
struct cms_parts {
    struct bytes certificate[2];     /* whole: [0] the signer's, [1] the issuing CA's */
    struct bytes attributes;         /* whole, with the tag [0] that the signature does not cover */
    struct bytes message_digest, certificate_hash;
    struct bytes signature;          /* ECDSA, DER */
};

/** cms_walk(p7s, ret): NULL, or what is not as format.md has it. */
const char *cms_walk(struct bytes p7s, struct cms_parts *ret);
