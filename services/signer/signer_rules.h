/*
 * What the signer may sign, and when a key is locked: pure, each rule names what it misses.
 */
#pragma once
#include "contract/contract.h"
#include "crypto/cms.h"
#include "ledger/statement.h"

#define LOGIN_SKEW_MS (5 * 60 * 1000)
#define ORDER_AGE_MS (24 * 3600 * 1000)

/** Wrong secrets given for one key since the last right one. */
struct tries {
    int64_t failures, last_ms;
};

/** rule_person(person_id, e): a `U-` id, fit to name a file. */
int rule_person(const char *person_id, struct err *e);

/** rule_split(secret, ret_code, size): what was sealed is a secret or a secret, a line feed and a one-time code: ${secret}
 *  without the code, the code (cut to ${size}) in ${ret_code}; false when there is none. */
bool rule_split(struct bytes *secret, char *ret_code, size_t size);

/** rule_barred(t, bar_after, e): after ${bar_after} failures in a row (0: never) no secret is tried before an administrator
 *  unlocks the key. ERR_KEY_LOCKED. */
int rule_barred(const struct tries *t, int64_t bar_after, struct err *e);

/** rule_tries(t, now_ms, lock_after, lock_ms, e): may a secret be tried? After ${lock_after} failures one try is allowed
 *  every ${lock_ms}. ERR_KEY_LOCKED otherwise. */
int rule_tries(const struct tries *t, int64_t now_ms, int64_t lock_after, int64_t lock_ms, struct err *e);

/** rule_statement(a, text, person_id, e): a whole, well-formed act whose signer is ${person_id}.
 *  rule_statement_certificate: ... and names this certificate. */
int rule_statement(struct arena *a, struct bytes text, const char *person_id, struct err *e);
int rule_statement_certificate(struct arena *a, struct bytes text, const char *certificate_sha256, struct err *e);

/** rule_login(text, person_id, now_ms, e): the five lines of a login text, this person's, its time near ${now_ms}. */
int rule_login(struct bytes text, const char *person_id, int64_t now_ms, struct err *e);

/** rule_document(a, peer, document, ret, e): asked by the audit service, and a PDF whose one signature covers all but
 *  itself; ${ret} is what it covers. */
int rule_document(struct arena *a, const char *peer, struct bytes document, struct bytes *ret, struct err *e);

/** rule_manifest(peer, text, e): asked by the audit service, and an ASiC manifest by its first bytes. */
int rule_manifest(const char *peer, struct bytes text, struct err *e);

enum order_kind { ORDER_ENROL, ORDER_RENEW, ORDER_UNLOCK, ORDER_REVOKE, ORDER_CLOSE };

/** An administrator's signed act about somebody else's key; strings in the arena it was read into. */
struct order {
    enum order_kind kind;
    const char *person_id, *admin_id;
    const char *name, *roles;     /* ORDER_ENROL, ORDER_RENEW: what the certificate is to say; roles comma separated */
    int reason;                   /* CRLReason of RFC 5280 */
    int64_t at_ms;
};

/** rule_order(a, text, admin, now_ms, ret, e): ${text} is such an act, ${admin} signed it, is an administrator and not the
 *  person it is about (11.100(b): identity is proved to a second person), and it is not old. */
int rule_order(struct arena *a, struct bytes text, const struct cms_signer *admin, int64_t now_ms, struct order *ret,
               struct err *e);

/** rule_order_newer(o, last_ms, e): given after what was done last, so that no act is carried out again later.
 *  ERR_TIME_REFUSED. */
int rule_order_newer(const struct order *o, int64_t last_ms, struct err *e);

/** rule_roles(a, roles): the words as a certificate carries them, comma separated, in ${a}. */
const char *rule_roles(struct arena *a, const struct list *roles);

/** rule_valid_at(f, now_ms, e): the certificate is in its validity. */
int rule_valid_at(const struct certificate_facts *f, int64_t now_ms, struct err *e);
