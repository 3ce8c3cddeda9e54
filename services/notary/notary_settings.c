#include "notary_settings.h"

#include <string.h>

struct notary_settings notary_config;

#define ROW(name, kind, standard, doc) {#name, SETTING_##kind, offsetof(struct notary_settings, name), standard, doc}

const struct setting notary_setting_rows[NOTARY_SETTINGS] = {
    ROW(role, TEXT, NULL, "log: sign checkpoints; witness: cosign what the log signed"),
    ROW(key, PATH, NULL, "Ed25519 private key, made by --make-key"),
    ROW(key_name, TEXT, "", "name of the key; empty: the origin for the log, this instance's name for a witness"),
    ROW(memory, PATH, NULL, "file with the last tree signed, made by --make-key; never restored from a backup"),
    ROW(log_key, PATH, "", "witness: log.pub.pem"),
};

int notary_options_of(const struct notary_settings *s, struct notary_options *ret, struct err *e)
{
    bool log = strcmp(s->role, "log") == 0;
    if (!log && strcmp(s->role, "witness") != 0)
        return err_fault(e, "role is `log` or `witness`");
    const char *standard = log ? s->common.origin : s->common.name;
    *ret = (struct notary_options){log ? NOTARY_LOG : NOTARY_WITNESS, s->common.origin,
                                   s->key_name[0] != '\0' ? s->key_name : standard, s->key, s->memory, s->log_key};
    return 0;
}
