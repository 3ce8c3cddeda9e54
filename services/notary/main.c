/* Notary, and witness: signs only a log that extends what it signed before. `--make-key` and `--self-check` at hand. */
#include "notary_command.h"
#include "notary_settings.h"
#include "notary_verbs.h"

static const struct binding verbs[] = {
#define VERB SERVICE_BIND
#include "contract/notary.verbs.def"
#undef VERB
};

static const struct service service = {
    .name = "notary",
    .doc = "Signs the log's checkpoints, or cosigns them as a witness; remembers the last tree on its own disk.",
    .also = "       stemma-notary --make-key | --self-check ...   (alone each says what it takes)\n",
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof verbs[0],
    .settings = notary_setting_rows,
    .setting_count = NOTARY_SETTINGS,
    .config = &notary_config.common,
    .init = notary_begin,
    .done = notary_end,
};

int main(int argc, char **argv)
{
    return notary_command_is_asked(argc, argv) ? notary_command(argc, argv) : service_main(&service, argc, argv);
}
