#include "audit_settings.h"

struct audit_settings audit_config;
const char *audit_config_path = "";

const struct setting audit_setting_rows[AUDIT_SETTINGS] = {
    {"directory", SETTING_PATH, offsetof(struct audit_settings, directory), NULL, "INI file: where services listen"},
    {"pki", SETTING_PATH, offsetof(struct audit_settings, pki), NULL, "folder of certificates and CRLs to enclose"},
    {"trust", SETTING_PATH, offsetof(struct audit_settings, trust), "",
     "folder with log.pub.pem, witnesses.txt, tsa-root.pem: judges of the log's checkpoints"},
    {"memory", SETTING_PATH, offsetof(struct audit_settings, memory), NULL, "folder of the last verification's report"},
    {"sql", SETTING_PATH, offsetof(struct audit_settings, sql), "",
     "the project's sql folder, to make the projections again in a scratch database; empty: they are not compared"},
    {"postgres", SETTING_PATH, offsetof(struct audit_settings, postgres), "/usr/lib/postgresql/15/bin",
     "folder of PostgreSQL's own programs (initdb, postgres), for the scratch database"},
    {"witnesses", SETTING_TEXT, offsetof(struct audit_settings, witnesses), "",
     "witnesses, by their names in the directory, that are asked what they have cosigned"},
    {"zone", SETTING_TEXT, offsetof(struct audit_settings, zone), "UTC", "the facility's time zone, for the readable paper"},
    {"fonts", SETTING_TEXT, offsetof(struct audit_settings, fonts), "/usr/share/fonts/truetype/dejavu",
     "folder of DejaVu Sans Condensed and DejaVu Sans Mono, for the readable paper"},
};
