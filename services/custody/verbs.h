/*
 * The handlers that main.c binds to the rows of custody.verbs.def.
 */
#pragma once
#include "service/service.h"

struct custody_settings {
    struct settings common;
    const char *zone;          /* the facility's, for what people read */
    const char *fonts;         /* folder of the labels' fonts */
    const char *pool_tolerance_percent, *pool_tolerance_ml;   /* decimals */
};
extern struct custody_settings custody_config;

/** custody_init(db, e): the facility's zone. */
int custody_init(struct db *db, struct err *e);

#define VERB SERVICE_DECLARE
#include "contract/custody.verbs.def"
#undef VERB
