/*
 * The rules of access: who may be enrolled, whose certificate is whose, what a login proves. Pure: facts in, a refusal
 * with its rule out; no table, no clock, no trust. It refuses an administrator who also works on cells (domain.md §4.5),
 * an id that was ever used (21 CFR 11.100(a)), a login text of any other form.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"

#define CHALLENGE_MS (2 * 60 * 1000)       /* a challenge is good for so long */
#define CHALLENGE_OPEN_MAX 20              /* challenges a person may have open at a terminal */
#define LOGIN_FAILURES_MAX 5               /* failed logins of a person at a terminal within LOGIN_FAILURES_MS (R37) */
#define LOGIN_FAILURES_MS (15 * 60 * 1000)
#define CLOCK_SKEW_MS 2000                 /* how far ahead of the lab's time an event may lie (R15) */

/** What a person's key signs to log in. */
struct login_text {
    char person_id[33], terminal_id[33], challenge[65];
    int64_t at_ms;
};

/** access_login_text(a, login): the text of ${login}, in ${a}: five lines beginning `stemma-login/1`. */
const char *access_login_text(struct arena *a, const struct login_text *login);

/** access_login_parse(text, ret, e): exactly such a text; ERR_LOGIN_REFUSED for anything else. */
int access_login_parse(const char *text, struct login_text *ret, struct err *e);

/** What is known when someone asks for a challenge: used ones without a session since LOGIN_FAILURES_MS, and open ones. */
struct challenge_facts {
    int64_t failures, open;
};

/** access_challenge_allow(facts, e): ERR_KEY_LOCKED after repeated failures (R37), ERR_RATE_LIMITED with too many open. */
int access_challenge_allow(const struct challenge_facts *facts, struct err *e);

/** What is known of a login. Strings are NULL where there is no such thing; ${signer_...} of the signature that holds. */
struct login_facts {
    const char *challenge_person, *challenge_terminal;   /* of the challenge taken just now; NULL: none, used or expired */
    const char *person_state, *certificate_sha256;
    const char *terminal_key;
    const char *peer, *peer_key;
};

/** access_login_allow(login, facts, e): challenge, person and terminal fit (R01). ERR_LOGIN_REFUSED says no more than that
 *  to a stranger; ERR_TERMINAL_UNKNOWN where the terminal is not enrolled or not the peer. A gateway logs in for
 *  terminals whose browsers come to it. */
int access_login_allow(const struct login_text *login, const struct login_facts *facts, struct err *e);

/** access_session_slot(a, login, peer): where one session is active at a time (R01): the terminal; behind the gateway, where
 *  many browsers share a terminal, the person at it. */
const char *access_session_slot(struct arena *a, const struct login_text *login, const char *peer);

/** access_signer_fits(person_id, certificate_sha256, signer_id, signer_sha256, e): the signature is by this person's
 *  registered certificate. ERR_LOGIN_REFUSED. */
int access_signer_fits(const char *person_id, const char *certificate_sha256, const char *signer_id,
                       const char *signer_sha256, struct err *e);

/** access_roles_check(roles, e): each one of words_role, none twice, an administrator nothing but admin and auditor
 *  (domain.md §4.5). ERR_FIELD_RANGE. access_roles_text(a, roles): comma separated in the order of the word list. */
int access_roles_check(const struct list *roles, struct err *e);
const char *access_roles_text(struct arena *a, const struct list *roles);

/** access_roles_list(a, bits): the roles of ${bits}, in that order. */
struct list access_roles_list(struct arena *a, unsigned bits);

/** access_name_check(name, e): a printed name of 2 to 100 characters, neither beginning nor ending with a blank. */
int access_name_check(const char *name, struct err *e);

/** access_key_check(field, key, e): 40 characters of Z85 (ZeroMQ RFC 32). ERR_FIELD_TYPE. */
int access_key_check(const char *field, const char *key, struct err *e);

/** access_certificate_check(der, person_id, name, roles, ret_sha256, e): one certificate, of this person: serialNumber the
 *  id, CN the printed name, OU the roles in any order (comma separated). ERR_SIGNATURE_REFUSED. Whom it chains to is not
 *  asked here. */
int access_certificate_check(struct bytes der, const char *person_id, const char *name, const char *roles,
                             char ret_sha256[DIGEST_HEX], struct err *e);

/** access_found_signer(in, ret_sha256, e): the certificate that founds the lab names the founder, with the role admin. */
int access_found_signer(const struct person_found *in, char ret_sha256[DIGEST_HEX], struct err *e);

/** A person as access knows it; ${state} NULL: there is none. */
struct person_facts {
    const char *state, *name, *roles, *certificate_sha256;
};

/** access_person_new(facts, person_id, e): nobody has, or ever had, this id. access_person_open(facts, person_id, e): there
 *  is such a person and the account is open. */
int access_person_new(const struct person_facts *facts, const char *person_id, struct err *e);
int access_person_open(const struct person_facts *facts, const char *person_id, struct err *e);

/** access_close_allow(in, facts, actor, e): not one's own account, so that an administrator remains; a reason (R13). */
int access_close_allow(const struct person_close *in, const struct person_facts *facts, const char *actor, struct err *e);

/** access_key_act_allow(facts, person_id, reason, actor, e): an act about the key of a person whose account is open, by
 *  somebody else (11.100(b), 11.300), with a reason; ${reason} NULL where the act has none. */
int access_key_act_allow(const struct person_facts *facts, const char *person_id, const char *reason, const char *actor,
                         struct err *e);

/** access_review_check(in, facts, actor, longest_days, e): not of one's own account, of one that is open, with a reason, and the
 *  next review not later than the lab's own term (21 CFR 11.300(b): checked periodically, recalled or revised). */
int access_review_check(const struct account_review *in, const struct person_facts *facts, const char *actor,
                        int64_t longest_days, struct err *e);

/** access_training_check(in, facts, actor, now_ms, e): not for oneself, trained before now, valid beyond that, on a
 *  procedure or specification (R21). */
int access_training_check(const struct training_record *in, const struct person_facts *facts, const char *actor,
                          int64_t now_ms, struct err *e);
