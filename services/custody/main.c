/* The custody service: labels, places, hand-overs between two people. */
#include <stddef.h>

#include "custody_store.h"
#include "verbs.h"

static const struct binding verbs[] = {
#define VERB SERVICE_BIND
#include "contract/custody.verbs.def"
#undef VERB
};

static const struct setting settings[] = {
    {"zone", SETTING_TEXT, offsetof(struct custody_settings, zone), "UTC", "the facility's time zone, for the expiry on labels"},
    {"fonts", SETTING_TEXT, offsetof(struct custody_settings, fonts), "/usr/share/fonts/truetype/dejavu",
     "folder of DejaVu Sans Condensed, for labels"},
    {"pool_tolerance_percent", SETTING_TEXT, offsetof(struct custody_settings, pool_tolerance_percent), "2",
     "balance of a pool: percent of the volume in, or ... (R33)"},
    {"pool_tolerance_ml", SETTING_TEXT, offsetof(struct custody_settings, pool_tolerance_ml), "0.5",
     "... this volume in mL, whichever is larger (R33)"},
};

static const struct service service = {
    .name = "custody",
    .doc = "Labels, storage places, hand-overs that two people sign.",
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof verbs[0],
    .settings = settings,
    .setting_count = sizeof settings / sizeof settings[0],
    .config = &custody_config.common,
    .statements = &custody_statements,
    .statement_count = 1,
    .init = custody_init,
};

int main(int argc, char **argv)
{
    return service_main(&service, argc, argv);
}
