#include "audit_check.h"
#include "audit_log.h"
#include "audit_plan.h"
#include "audit_store.h"
#include "audit_verbs.h"
#include "db/log_source.h"

static const struct setting settings[] = {
    {"directory", SETTING_PATH, offsetof(struct audit_settings, directory), NULL, "INI file: where services listen"},
    {"pki", SETTING_PATH, offsetof(struct audit_settings, pki), NULL, "folder of certificates and CRLs to enclose"},
    {"trust", SETTING_PATH, offsetof(struct audit_settings, trust), "",
     "folder with log.pub.pem, witnesses.txt, tsa-root.pem: judges of the log's checkpoints"},
    {"zone", SETTING_TEXT, offsetof(struct audit_settings, zone), "UTC", "the facility's time zone, for the readable paper"},
    {"fonts", SETTING_TEXT, offsetof(struct audit_settings, fonts), "/usr/share/fonts/truetype/dejavu",
     "folder of DejaVu Sans Condensed and DejaVu Sans Mono, for the readable paper"},
};

static const struct binding verbs[] = {
#define VERB SERVICE_BIND
#include "contract/audit.verbs.def"
#undef VERB
};

int main(int argc, char **argv)
{
    const struct statement_table tables[] = {audit_statements, audit_check_statements, audit_log_statements, audit_plan_statements, log_source_statements};
    const struct service audit = {
        .name = "audit", .doc = "Dossiers, the live record's verification, reading the record.", .verbs = verbs,
        .verb_count = sizeof verbs / sizeof verbs[0], .settings = settings,
        .setting_count = sizeof settings / sizeof settings[0], .config = &audit_config.common, .statements = tables,
        .statement_count = sizeof tables / sizeof tables[0], .init = audit_init, .done = audit_done, .only_reads = true,
    };
    return service_main(&audit, argc, argv);
}
