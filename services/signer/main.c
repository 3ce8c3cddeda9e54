/* The signer service: people's and services' private keys. `--found`, `--revoke`, `--token`, `--new-ca`: for a person at the machine. */
#include "signer_ca.h"
#include "signer_found.h"
#include "signer_revoke.h"
#include "signer_settings.h"
#include "signer_token.h"
#include "signer_verbs.h"

static const struct binding verbs[] = {
#define VERB SERVICE_BIND
#include "contract/signer.verbs.def"
#undef VERB
};

static const struct service service = {
    .name = "signer",
    .doc = "Holds people's and services' keys; signs whole statements, opened by the person's secret for each act.",
    .also = "       stemma-signer --found | --token | --revoke | --renew-crl | --new-ca | --revoke-ca ...   (alone each says what it takes)\n",
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof verbs[0],
    .settings = signer_setting_rows,
    .setting_count = SIGNER_SETTINGS,
    .config = &signer_config.common,
    .init = signer_begin,
    .done = signer_end,
    .attention = signer_attention,
};

int main(int argc, char **argv)
{
    if (signer_found_is_asked(argc, argv))
        return signer_found(argc, argv);
    if (signer_token_is_asked(argc, argv))
        return signer_token(argc, argv);
    if (signer_ca_is_asked(argc, argv))
        return signer_ca(argc, argv);
    return signer_revoke_is_asked(argc, argv) ? signer_revoke(argc, argv) : service_main(&service, argc, argv);
}
