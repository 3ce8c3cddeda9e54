/*
 * The lab's certification authority: a self-signed root (kept off line), an issuing CA under it, and under that the
 * certificates of people, services and, under a root of its own, the time-stamp authority. Every certificate is P-256
 * signed with SHA-256 and valid from one minute ago, so that a clock a little behind still accepts it. What a person's
 * certificate holds is fixed by format.md, "Signature of an act".
 */
#pragma once
#include "crypto/certificate.h"

enum ca_kind { CA_ROOT, CA_ISSUING, CA_PERSON, CA_SERVICE, CA_STAMP, CA_KIND_COUNT };

struct ca_request {
    enum ca_kind kind;
    const char *common_name;   /* a person's printed name, a service's name, the authority's name */
    const char *person_id;     /* U- id; people only, else NULL */
    const char *roles;         /* comma separated; people only, else NULL */
    int days;                  /* of validity, 1 to 36500 */
};

/** An authority that can issue: its certificate and its key. Borrows both. */
struct ca {
    const struct certificate *certificate;
    const struct key *key;
};

struct ca_revoked {
    const char *serial;        /* as certificate_facts has it */
    int64_t at_ms;             /* a CRL has whole seconds: it says the next one, so that nothing signed before is refused */
    int reason;                /* CRLReason of RFC 5280: 1 key compromise, 4 superseded, 5 left; 0: not said */
};

/** ca_found(request, key, ret, e): a self-signed root for ${key}. Caller frees with certificate_free. */
int ca_found(const struct ca_request *request, const struct key *key, struct certificate **ret, struct err *e);

/** ca_issue(issuer, request, key, ret, e): a certificate for the public half of ${key}. ERR_FIELD_TYPE, ERR_FIELD_MISSING
 *  or ERR_FIELD_TOO_LONG for names that format.md does not allow. Caller frees with certificate_free. */
int ca_issue(const struct ca *issuer, const struct ca_request *request, const struct key *key,
             struct certificate **ret, struct err *e);

#define CA_LIST_FORMER ".crl-former"   /* ends the name of a list that another one has replaced: no service reads it, a dossier may need it */

/** ca_crl(a, issuer, revoked, count, number, ret, e): the CRL number ${number} of ${issuer} as of now, PEM, in ${a};
 *  it calls itself good for 40 days. */
int ca_crl(struct arena *a, const struct ca *issuer, const struct ca_revoked *revoked, size_t count, long number,
           struct bytes *ret, struct err *e);

/** ca_crl_read(a, issuer, crl, ret, ret_count, ret_number, e): what a CRL (PEM) of ${issuer} lists, in ${a}, and its
 *  number. ERR_SIGNATURE_REFUSED when it is not a CRL that ${issuer} signed. */
int ca_crl_read(struct arena *a, const struct certificate *issuer, struct bytes crl, struct ca_revoked **ret,
                size_t *ret_count, long *ret_number, struct err *e);
