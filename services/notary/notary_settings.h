/*
 * The settings of a notary or witness.
 */
#pragma once
#include "notary.h"
#include "service/service.h"

#define NOTARY_SETTINGS 5

struct notary_settings {
    struct settings common;             /* first, as the frame wants it */
    const char *role, *key, *key_name, *memory, *log_key;
};

extern struct notary_settings notary_config;
extern const struct setting notary_setting_rows[NOTARY_SETTINGS];

/** notary_options_of(s, ret, e): the settings as the notary takes them. */
int notary_options_of(const struct notary_settings *s, struct notary_options *ret, struct err *e);
