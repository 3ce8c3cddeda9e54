/* The custody service: labels, places, hand-overs between two people. */
#include "custody_store.h"
#include "verbs.h"

static const struct binding verbs[] = {
#define VERB SERVICE_BIND
#include "contract/custody.verbs.def"
#undef VERB
};

static struct settings config;

static const struct service service = {
    .name = "custody",
    .doc = "Labels, storage places, hand-overs that two people sign.",
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof verbs[0],
    .config = &config,
    .statements = &custody_statements,
    .statement_count = 1,
};

int main(int argc, char **argv)
{
    return service_main(&service, argc, argv);
}
