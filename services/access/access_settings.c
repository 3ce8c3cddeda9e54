#include "access_settings.h"

#include <stdio.h>

#include "access_store.h"
#include "base/clock.h"
#include "crypto/cms.h"

#define DAY_MS INT64_C(86400000)
#define PEM_MAX 16384

struct access_settings access_config;
static struct certificate *issuer;

const struct setting access_setting_rows[ACCESS_SETTINGS] = {
    {"session_max_s", SETTING_INTEGER, offsetof(struct access_settings, session_max_s), "43200",
     "a session ends after this even when it is used"},
    {"issuing_ca", SETTING_PATH, offsetof(struct access_settings, issuing_ca), "",
     "issuing CA of people's certificates, PEM; none: the one that issued the registering administrator's"},
    {"account_review_days", SETTING_INTEGER, offsetof(struct access_settings, account_review_days), "180",
     "each account is reviewed again within so many days (21 CFR 11.300(b))"},
};

int access_start(struct db *db, struct err *e)
{
    char pem[PEM_MAX];
    (void)db;
    if (access_config.issuing_ca[0] == '\0')
        return 0;
    FILE *f = fopen(access_config.issuing_ca, "rb");
    if (f == NULL)
        return err_fault(e, "cannot read the issuing CA %s", access_config.issuing_ca);
    size_t n = fread(pem, 1, sizeof pem, f);
    fclose(f);
    return certificate_from_pem((struct bytes){(const uint8_t *)pem, n}, &issuer, e);
}

void access_stop(void)
{
    issuer = certificate_free(issuer);
}

int access_sweep(struct db *db, struct err *e)
{
    struct arena *a = arena_new(0);
    int code = db_query(db, a, store_row(ROW_CHALLENGE_SWEEP), DB_VALUES(db_int(clock_ms() - DAY_MS)), NULL, e);
    arena_free(a);
    return code;
}

bool access_issuer(struct bytes signature, struct bytes *ret_der)
{
    if (issuer != NULL) {
        *ret_der = certificate_der(issuer);
        return true;
    }
    return signature.data != NULL && cms_issuer(signature, ret_der);
}
