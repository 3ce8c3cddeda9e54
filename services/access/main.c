/* The access service: people, their certificates and training, terminals, sessions. */
#include "access_settings.h"
#include "access_store.h"
#include "verbs.h"

static const struct binding verbs[] = {
#define VERB SERVICE_BIND
#include "contract/access.verbs.def"
#undef VERB
};

static const struct service service = {
    .name = "access",
    .doc = "People, their certificates, training, terminals, sessions.",
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof verbs[0],
    .settings = access_setting_rows,
    .setting_count = ACCESS_SETTINGS,
    .config = &access_config.common,
    .statements = &access_statements,
    .statement_count = 1,
    .init = access_start,
    .tick = access_sweep,
    .tick_ms = 3600000,
    .done = access_stop,
};

int main(int argc, char **argv)
{
    return service_main(&service, argc, argv);
}
