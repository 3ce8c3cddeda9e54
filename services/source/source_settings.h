/*
 * The site's own numbers of source. Each is a default that no regulator wrote (domain.md, [D]), so each is a setting.
 */
#pragma once
#include "service/service.h"
#include "source_rules.h"

#define SOURCE_SETTINGS 2

struct source_settings {
    struct settings common;           /* first, as the frame wants it */
    int64_t late_entry_s, clock_skew_s;
};

extern struct source_settings source_config;
extern const struct setting source_setting_rows[SOURCE_SETTINGS];

/** source_limits(): the settings as the rules take them. */
struct source_limits source_limits(void);
