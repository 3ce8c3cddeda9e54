/* What audit is told at start: beside what every service is, where its anchors are and where it keeps its reports. */
#pragma once
#include "service/service.h"

struct audit_settings {
    struct settings common;
    const char *directory;     /* of services */
    const char *pki;
    const char *trust;         /* anchors that checkpoints are verified with */
    const char *memory;        /* folder of the last report and the lock of whoever verifies */
    const char *sql;           /* the project's folder, "" for no replay */
    const char *postgres;      /* folder of the server's programs */
    const char *witnesses;     /* names in the directory, space between */
    const char *zone;          /* the facility's, for what people read */
    const char *fonts;         /* folder of the paper's fonts */
};
extern struct audit_settings audit_config;
extern const char *audit_config_path;   /* of the settings file, for the job */

#define AUDIT_SETTINGS 9
extern const struct setting audit_setting_rows[AUDIT_SETTINGS];
