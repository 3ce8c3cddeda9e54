#include "signer_settings.h"

#include <stdio.h>
#include <string.h>

struct signer_settings signer_config;

#define ROW(name, kind, standard, doc) {#name, SETTING_##kind, offsetof(struct signer_settings, name), standard, doc}

const struct setting signer_setting_rows[SIGNER_SETTINGS] = {
    ROW(keys, PATH, NULL, "folder of people's keys, one file a person"),
    ROW(authority, PATH, NULL, "folder of issuing.key issuing.pem audit.key audit.pem sealing.key"),
    ROW(journal, PATH, NULL, "file that every answer is written to first"),
    ROW(argon2_kib, INTEGER, "19456", "memory of argon2id, KiB, for keys made from now on"),
    ROW(argon2_passes, INTEGER, "2", "passes of argon2id"),
    ROW(revoked, PATH, NULL, "the issuing CA's revocation list, published anew with each revocation"),
    ROW(lock_after, INTEGER, "5", "wrong secrets in a row after which a key takes one try every lock_s seconds (11.300(d))"),
    ROW(lock_s, INTEGER, "900", "how long it takes none"),
    ROW(bar_after, INTEGER, "10", "wrong secrets in a row that lock a key until an administrator unlocks it"),
    ROW(second_factor, TEXT, "off", "a second factor is asked for: off, login, act (at logins and for each act)"),
    ROW(rp_id, TEXT, "", "host name of the pages (WebAuthn's RP id), no address; empty: one-time codes alone, no authenticators"),
    ROW(origins, TEXT, "", "addresses of the pages at `rp_id`, separated by spaces; empty: https:// and `rp_id`"),
    ROW(user_verification, TEXT, "preferred", "an authenticator's PIN or finger: required, or preferred (a touch will do)"),
    ROW(per_minute, INTEGER, "6000", "signatures that one person may make in a minute"),
    ROW(person_days, INTEGER, "730", "validity of a person's certificate"),
    ROW(secret_min, INTEGER, "8", "characters of a new secret, at least"),
};

static const char *const factors[] = {[SECOND_FACTOR_OFF] = "off", [SECOND_FACTOR_LOGIN] = "login", [SECOND_FACTOR_ACT] = "act"};
#define FACTORS ((int)(sizeof factors / sizeof factors[0]))

static int factor_of(const char *word)
{
    int i = 0;
    while (i < FACTORS && strcmp(factors[i], word) != 0)
        i++;
    return i;
}

static bool between(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

static int site_of(const struct signer_settings *s, struct webauthn_site *site, struct err *e)
{
    static char standard[300];
    if (!site->user_verified && strcmp(s->user_verification, "preferred") != 0)
        return err_fault(e, "user_verification is required or preferred, not %s", s->user_verification);
    if (s->rp_id[0] == '\0')
        return s->origins[0] == '\0' ? 0 : err_fault(e, "origins are set, but no rp_id");
    if (s->origins[0] == '\0') {
        snprintf(standard, sizeof standard, "https://%s", s->rp_id);
        site->origins = standard;
    }
    int code = webauthn_site_check(site, e);
    return code == 0 ? 0 : err_fault(e, "rp_id or origins cannot be: an RP id is a host name in small letters, no address; origins are "
                                        "https:// addresses at it");
}

int signer_options_of(const struct signer_settings *s, struct signer_options *ret, struct err *e)
{
    if (!between(s->argon2_kib, 8, 1024 * 1024) || !between(s->argon2_passes, 1, 16))
        return err_fault(e, "argon2_kib or argon2_passes cannot be");
    if (!between(s->lock_after, 1, 100) || !between(s->lock_s, 1, 86400) || !between(s->per_minute, 1, 1000000))
        return err_fault(e, "lock_after, lock_s or per_minute cannot be");
    if (!between(s->bar_after, s->lock_after, 1000))
        return err_fault(e, "bar_after is not between lock_after and 1000");
    if (!between(s->person_days, 1, 3650) || !between(s->secret_min, 1, 200))
        return err_fault(e, "person_days or secret_min cannot be");
    if (factor_of(s->second_factor) == FACTORS)
        return err_fault(e, "second_factor is off, login or act, not %s", s->second_factor);
    struct webauthn_site site = {s->rp_id, s->origins, strcmp(s->user_verification, "required") == 0};
    int code = site_of(s, &site, e);
    if (code != 0)
        return code;
    *ret = (struct signer_options){s->keys, s->authority, s->journal,
                                   {(unsigned)s->argon2_kib, (unsigned)s->argon2_passes},
                                   s->lock_after, s->lock_s * 1000, s->per_minute, s->person_days, s->secret_min, s->revoked,
                                   s->bar_after, (enum second_factor)factor_of(s->second_factor), site};
    return 0;
}
