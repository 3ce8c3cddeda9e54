#include "source_settings.h"

struct source_settings source_config;

const struct setting source_setting_rows[SOURCE_SETTINGS] = {
    {"late_entry_s", SETTING_INTEGER, offsetof(struct source_settings, late_entry_s), "900",
     "what is recorded later than this is a late entry (R15)"},
    {"clock_skew_s", SETTING_INTEGER, offsetof(struct source_settings, clock_skew_s), "5",
     "a time may be ahead of the lab's by this much (R16)"},
    {"retain_record_years", SETTING_INTEGER, offsetof(struct source_settings, retain_record_years), "10",
     "personal data stays this long after the last entry about the donor (21 CFR 1271.270(d))"},
    {"retain_use_years", SETTING_INTEGER, offsetof(struct source_settings, retain_use_years), "30",
     "and this long after the last use or expiry of a batch (2006/86/EC Annex VI)"},
};

struct retention_years source_retention(void)
{
    return (struct retention_years){source_config.retain_record_years, source_config.retain_use_years};
}

struct source_limits source_limits(void)
{
    return (struct source_limits){source_config.late_entry_s * 1000, source_config.clock_skew_s * 1000};
}
