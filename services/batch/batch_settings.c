#include "batch_settings.h"

#include "base/zone.h"

struct batch_settings batch_config;

const struct setting batch_setting_rows[BATCH_SETTINGS] = {
    {"late_entry_s", SETTING_INTEGER, offsetof(struct batch_settings, late_entry_s), "900",
     "a reading older than this is not taken (R15); steps and tests: late_entry_min of their documents"},
    {"clock_skew_s", SETTING_INTEGER, offsetof(struct batch_settings, clock_skew_s), "5",
     "a terminal's time may be ahead by this much (R16)"},
    {"fill_tolerance_percent", SETTING_TEXT, offsetof(struct batch_settings, fill_tolerance_percent), "2",
     "balance of a fill: percent of the volume in, or ... (R33)"},
    {"fill_tolerance_ml", SETTING_TEXT, offsetof(struct batch_settings, fill_tolerance_ml), "0.5",
     "... this volume in mL, whichever is larger (R33)"},
    {"zone", SETTING_TEXT, offsetof(struct batch_settings, zone), "UTC",
     "the facility's time zone, whose days a shelf life in months ends with (T53)"},
};

int batch_init(struct db *db, struct err *e)
{
    (void)db;
    return zone_set(batch_config.zone, e);
}

struct batch_limits batch_limits(void)
{
    return (struct batch_limits){batch_config.late_entry_s * 1000, batch_config.clock_skew_s * 1000,
                                 batch_config.fill_tolerance_percent, batch_config.fill_tolerance_ml};
}
