#include "release_overdue.h"
#include "release_store.h"
#include "release_verbs.h"

static struct settings config;

static const struct binding verbs[] = {
#define VERB SERVICE_BIND
#include "contract/release.verbs.def"
#undef VERB
};

int main(int argc, char **argv)
{
    static const struct service release = {
        .name = "release",
        .doc = "Review, the release gate, release and rejection of batches.",
        .verbs = verbs,
        .verb_count = sizeof verbs / sizeof verbs[0],
        .config = &config,
        .statements = &release_statements,
        .statement_count = 1,
        .tick = release_overdue_look,
        .tick_ms = OVERDUE_EVERY_MS,
        .attention = release_overdue_attention,
    };
    return service_main(&release, argc, argv);
}
