/*
 * The site's own numbers of source. Each is a default that no regulator wrote (domain.md, [D]), so each is a setting.
 */
#pragma once
#include "domain/retention.h"
#include "service/service.h"
#include "source_rules.h"

#define SOURCE_SETTINGS 4

struct source_settings {
    struct settings common;           /* first, as the frame wants it */
    int64_t late_entry_s, clock_skew_s, retain_record_years, retain_use_years;
};

extern struct source_settings source_config;
extern const struct setting source_setting_rows[SOURCE_SETTINGS];

/** source_limits(): the settings as the rules take them. */
struct source_limits source_limits(void);

/** source_retention(): how long personal data stays. */
struct retention_years source_retention(void);
