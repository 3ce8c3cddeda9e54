/* Assertions: what a browser and an authenticator say. First two bytes the length of the client data, the third that of the
 * authenticator data, then these and the signature. What holds was made by the credential's key over the text. */
#include "fuzz.h"

#include "crypto/webauthn.h"

static const struct webauthn_site site = {"lab.example", "https://lab.example https://lab.example:8443", true};
static struct webauthn_credential credential = {.rp_id = "lab.example"};
static struct bytes text;

/* the same bytes as a site's names and as a credential */
static void check_others(struct arena *a, const uint8_t *data, size_t len)
{
    struct err e;
    const char *half = arena_dup(a, data, len / 2), *rest = arena_dup(a, data + len / 2, len - len / 2);
    const struct webauthn_site other = {half, rest, false};
    const struct webauthn_credential other_key = {"lab.example", {data, len / 2}, {data + len / 2, len - len / 2}, 0};
    if (webauthn_site_check(&other, &e) == 0)
        MUST(strncmp(rest, "https://", 8) == 0);
    if (webauthn_credential_check(&other_key, &e) == 0)
        MUST(len - len / 2 == WEBAUTHN_KEY_LEN);
}

FUZZ(a, data, len)
{
    struct err e;
    int64_t counter = 0;
    if (text.data == NULL) {
        text = fuzz_fixed("webauthn.text");
        credential.public_key = fuzz_fixed("webauthn.key");
        credential.id = text;
        MUST(webauthn_credential_check(&credential, &e) == 0);
    }
    check_others(a, data, len);
    if (len < 3)
        return;
    size_t client = (size_t)data[0] << 8 | data[1], authenticator = data[2];
    data += 3;
    len -= 3;
    client = client < len ? client : len;
    authenticator = authenticator < len - client ? authenticator : len - client;
    /* pieces of their own, so that a byte read behind any of them is seen */
    const struct webauthn_assertion w = {
        {(const uint8_t *)arena_dup(a, data, client), client},
        {(const uint8_t *)arena_dup(a, data + client, authenticator), authenticator},
        {(const uint8_t *)arena_dup(a, data + client + authenticator, len - client - authenticator), len - client - authenticator}};
    if (webauthn_verify(a, &site, &credential, text, &w, &counter, &e) == 0) {
        MUST(w.client_data.len <= WEBAUTHN_CLIENT_DATA_MAX && w.authenticator_data.len <= WEBAUTHN_AUTHENTICATOR_DATA_MAX);
        MUST(memmem(w.client_data.data, w.client_data.len, "webauthn.get", 12) != NULL);
        MUST(counter >= 0 && counter <= UINT32_MAX);
    }
}
