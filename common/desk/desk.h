/*
 * A person at a terminal: logs in, reads, observes, and acts (prepare, see, sign, commit). The terminal's CURVE key says
 * which device it is; the person's secret is sealed to the signer for one text and wiped. Used by the command line, the
 * demo's job and tests; it decides nothing that a service does not check again.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"

struct desk;

/** Settings of a terminal: `secret = FILE`, `public = FOLDER`, `directory = FILE`, `terminal = T-...` in an INI file; perhaps
 *  `trust = FOLDER`, the anchors with which it checks the receipts it got (NULL: none). */
struct desk_settings {
    const char *secret, *public, *directory, *terminal, *trust;
};

/** desk_settings_read(a, path, ret, e): relative paths are taken from the file's folder. */
int desk_settings_read(struct arena *a, const char *path, struct desk_settings *ret, struct err *e);

/** desk_new(settings, ret, e): no connection is made before the first call. Caller frees with desk_free. */
int desk_new(const struct desk_settings *settings, struct desk **ret, struct err *e);
struct desk *desk_free(struct desk *d);

/** desk_timeout(d, timeout_ms): how long one call may take. */
void desk_timeout(struct desk *d, int timeout_ms);

/** desk_patience(d, patience_ms): how long desk_act goes on trying while a service is away; 0 at first. A commit is
 *  repeated with the same statement, so that it is recorded once. */
void desk_patience(struct desk *d, int patience_ms);

/** desk_keep(d, keep, ctx): ${keep}(ctx, receipt) is told of every receipt that answers an act or an observation. */
void desk_keep(struct desk *d, void (*keep)(void *ctx, const struct receipt *receipt), void *ctx);

/** desk_key(d): the terminal's public key, Z85. */
const char *desk_key(const struct desk *d);

/** desk_resume(d, token, person_id): go on with a session opened before. */
void desk_resume(struct desk *d, const char *token, const char *person_id);

/** A session, and what the signer says of the person whose it is. */
struct logged_in {
    struct session session;
    struct login_proof proof;
};

/** desk_login(d, a, person_id, secret, ret, e): open a session; ${secret} is not kept. ${ret} may be NULL.
 *  desk_notice(a, proof): what was signed in the person's name since the login before, as a sentence. */
int desk_login(struct desk *d, struct arena *a, const char *person_id, struct bytes secret, struct logged_in *ret,
               struct err *e);
const char *desk_notice(struct arena *a, const struct login_proof *proof);

/** desk_logout(d, a, e): end the session at the service. */
int desk_logout(struct desk *d, struct arena *a, struct err *e);

/** desk_call(d, a, verb, in, ret_out, e): a READ or SERVE verb. */
int desk_call(struct desk *d, struct arena *a, const char *verb, const void *in, void *ret_out, struct err *e);

/** desk_service(d, i): the ${i}th service that the terminal knows, NULL behind the last.
 *  desk_ask(d, a, service, verb, ret_out, e): a verb that every service has (contract/service.verbs.def), asked of this one. */
const char *desk_service(const struct desk *d, size_t i);
int desk_ask(struct desk *d, struct arena *a, const char *service, const char *verb, void *ret_out, struct err *e);

/** desk_observe(d, a, verb, command, in, ret, e): an OBSERVE verb; ${command} NULL: a new one. */
int desk_observe(struct desk *d, struct arena *a, const char *verb, const char *command, const void *in,
                 struct receipt *ret, struct err *e);

/** desk_prepare(d, a, verb, command, in, ret, e): what would be signed, and the text to show. */
int desk_prepare(struct desk *d, struct arena *a, const char *verb, const char *command, const void *in,
                 struct prepared *ret, struct err *e);

/** desk_sign(d, a, statement, secret, ret_signature, e): the signer signs the whole statement as ${person_id}. */
int desk_sign(struct desk *d, struct arena *a, const char *person_id, const char *statement, struct bytes secret,
              struct bytes *ret_signature, struct err *e);

/** desk_commit(d, a, verb, statement, signature, ret, e). */
int desk_commit(struct desk *d, struct arena *a, const char *verb, const char *statement, struct bytes signature,
                struct receipt *ret, struct err *e);

/** desk_act(d, a, verb, in, secret, ret, e): prepare, sign and commit in one, where the text was shown before or there
 *  is nobody to show it to. Tried again when the stream moved between. ${ret} may be NULL. */
int desk_act(struct desk *d, struct arena *a, const char *verb, const void *in, struct bytes secret, struct receipt *ret,
             struct err *e);

/** desk_seal(d, a, text, secret, ret, e): ${secret} sealed to the signer for ${text}. */
int desk_seal(struct desk *d, struct arena *a, struct bytes text, struct bytes secret, struct bytes *ret, struct err *e);

/** desk_secret_new(d, a, len, e): ${len} bytes are enough for a new secret, as the signer will ask; told before anything is
 *  recorded. ERR_FIELD_RANGE. */
int desk_secret_new(struct desk *d, struct arena *a, size_t len, struct err *e);
