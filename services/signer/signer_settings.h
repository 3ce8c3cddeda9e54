/*
 * The signer's settings file. What argon2id costs and when keys lock are the site's choice; the defaults are the demo's.
 */
#pragma once
#include "service/service.h"
#include "signer.h"

#define SIGNER_SETTINGS 16

struct signer_settings {
    struct settings common;             /* first, as the frame wants it */
    const char *keys, *authority, *journal;
    int64_t argon2_kib, argon2_passes, lock_after, lock_s, per_minute, person_days, secret_min, bar_after;
    const char *revoked, *second_factor, *rp_id, *origins, *user_verification;
};

extern struct signer_settings signer_config;
extern const struct setting signer_setting_rows[SIGNER_SETTINGS];

/** signer_options_of(s, ret, e): the settings as the signer takes them. ERR_FAULT names one that cannot be. */
int signer_options_of(const struct signer_settings *s, struct signer_options *ret, struct err *e);
