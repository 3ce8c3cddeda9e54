#include "sequencer.h"
#include "sequencer_store.h"

#define VERB SERVICE_DECLARE
#include "contract/sequencer.verbs.def"
#undef VERB

static const struct binding verbs[] = {
#define VERB SERVICE_BIND
#include "contract/sequencer.verbs.def"
#undef VERB
};

int main(int argc, char **argv)
{
    const struct service sequencer = {
        .name = "sequencer",
        .doc = "Puts committed entries into the log; has the log signed, witnessed and time-stamped.",
        .verbs = verbs,
        .verb_count = sizeof verbs / sizeof verbs[0],
        .settings = sequencer_settings_rows,
        .setting_count = sequencer_settings_count,
        .config = &sequencer_config.common,
        .statements = &sequencer_statements,
        .statement_count = 1,
        .init = sequencer_init,
        .tick = sequencer_tick,
        .tick_ms = 200,
        .done = sequencer_done,
    };
    return service_main(&sequencer, argc, argv);
}
