#include "audit_check.h"
#include "audit_command.h"
#include "audit_log.h"
#include "audit_plan.h"
#include "audit_restore.h"
#include "audit_store.h"
#include "audit_verbs.h"
#include "db/log_source.h"

static const struct binding verbs[] = {
#define VERB SERVICE_BIND
#include "contract/audit.verbs.def"
#undef VERB
};

int main(int argc, char **argv)
{
    const struct statement_table tables[] = {audit_statements, audit_check_statements, audit_log_statements, audit_plan_statements,
                                             audit_restore_statements, log_source_statements};
    const struct service audit = {
        .name = "audit", .doc = "Dossiers, the live record's verification, reading the record.", .verbs = verbs,
        .also = "       stemma-audit verify | replay ...   (alone each says what it takes)\n",
        .verb_count = sizeof verbs / sizeof verbs[0], .settings = audit_setting_rows,
        .setting_count = AUDIT_SETTINGS, .config = &audit_config.common, .statements = tables,
        .statement_count = sizeof tables / sizeof tables[0], .init = audit_init, .done = audit_done, .only_reads = true,
    };
    audit_config_path = argc > 2 ? argv[2] : "";
    return audit_command_is_asked(argc, argv) ? audit_command(argc, argv) : service_main(&audit, argc, argv);
}
