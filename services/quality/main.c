/* The quality service: specifications, tests and their verdicts, out-of-specification cases, deviations. */
#include "quality_store.h"
#include "verbs.h"

static struct quality_settings {
    struct settings common;
} config;

static const struct binding verbs[] = {
#define VERB SERVICE_BIND
#include "contract/quality.verbs.def"
#undef VERB
};

static const struct service service = {
    .name = "quality",
    .doc = "Specifications, tests with computed verdicts, out-of-specification cases, deviations.",
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof verbs[0],
    .config = &config.common,
    .statements = &quality_statements,
    .statement_count = 1,
};

int main(int argc, char **argv)
{
    return service_main(&service, argc, argv);
}
