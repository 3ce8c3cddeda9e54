/* The source service: donors, consent, eligibility, collections, the vault of personal data. */
#include "source_settings.h"
#include "source_store.h"
#include "verbs.h"

static const struct binding verbs[] = {
#define VERB SERVICE_BIND
#include "contract/source.verbs.def"
#undef VERB
};

static const struct service service = {
    .name = "source",
    .doc = "Donors, consent, screening and tests, eligibility, collections; the vault of personal data.",
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof verbs[0],
    .settings = source_setting_rows,
    .setting_count = SOURCE_SETTINGS,
    .config = &source_config.common,
    .statements = &source_statements,
    .statement_count = 1,
};

int main(int argc, char **argv)
{
    return service_main(&service, argc, argv);
}
