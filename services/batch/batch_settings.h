/*
 * The site's own numbers of the bench. Each is a default that no regulator wrote (domain.md, [D]), so each is a setting.
 */
#pragma once
#include "batch_rules.h"
#include "service/service.h"

#define BATCH_SETTINGS 5

struct batch_settings {
    struct settings common;             /* first, as the frame wants it */
    int64_t late_entry_s, clock_skew_s;
    const char *fill_tolerance_percent, *fill_tolerance_ml;
    const char *zone;                   /* the facility's, whose days a shelf life in months ends with */
};

extern struct batch_settings batch_config;
extern const struct setting batch_setting_rows[BATCH_SETTINGS];

/** batch_limits(): the settings as the rules take them. */
struct batch_limits batch_limits(void);

/** batch_init(db, e): the facility's zone. */
int batch_init(struct db *db, struct err *e);
