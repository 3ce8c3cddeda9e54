/*
 * The site's own numbers and files of access.
 */
#pragma once
#include "crypto/certificate.h"
#include "service/service.h"

#define ACCESS_SETTINGS 3

struct access_settings {
    struct settings common;           /* first, as the frame wants it */
    int64_t session_max_s;
    const char *issuing_ca;
    int64_t account_review_days;
};

extern struct access_settings access_config;
extern const struct setting access_setting_rows[ACCESS_SETTINGS];

/** access_start(db, e): read the issuing CA's certificate where the setting names one. access_stop(): forget it. */
int access_start(struct db *db, struct err *e);
void access_stop(void);

/** access_sweep(db, e): forget challenges of yesterday and before; a tick of the service. */
int access_sweep(struct db *db, struct err *e);

/** access_issuer(signature, ret_der): the CA that a new certificate must come from: the setting's, else the one beside the
 *  registering administrator's own ${signature}; false when neither is there (before it is signed). */
bool access_issuer(struct bytes signature, struct bytes *ret_der);
