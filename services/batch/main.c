/* The batch service: procedures, materials, equipment, batches and their steps. */
#include "batch_settings.h"
#include "batch_store.h"
#include "verbs.h"

static const struct binding verbs[] = {
#define VERB SERVICE_BIND
#include "contract/batch.verbs.def"
#undef VERB
};

static const struct service service = {
    .name = "batch",
    .doc = "Procedures, material lots, equipment; batches with their steps, readings and containers.",
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof verbs[0],
    .settings = batch_setting_rows,
    .setting_count = BATCH_SETTINGS,
    .config = &batch_config.common,
    .statements = &batch_statements,
    .statement_count = 1,
    .init = batch_init,
};

int main(int argc, char **argv)
{
    return service_main(&service, argc, argv);
}
