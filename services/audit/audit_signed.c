#include "audit_signed.h"

#include <string.h>

#include "audit_settings.h"
#include "wire/client.h"

#define WITNESSES_MAX 16
#define PATIENCE_MS 5000

static int ask(struct wire_client *client, struct arena *a, const char *who, struct audit_signed *ret, struct err *e)
{
    const struct envelope env = {.verb = "notary.state", .token = "", .phase = "call", .command = "", .stream = ""};
    struct bytes reply, result;
    struct notary_state *state = record_new(a, &record_notary_state);
    int code = wire_exchange(client, a, who, &env, (struct bytes){(const uint8_t *)"{}", 2}, &reply, e);
    if (code == 0)
        code = reply_from_json(a, (const char *)reply.data, reply.len, &result, e);
    if (code == 0)
        code = record_from_json(a, &record_notary_state, (const char *)result.data, result.len, RECORD_REPLY, state, e);
    if (code != 0)
        return code;
    *ret = (struct audit_signed){.who = who, .size = state->size};
    if (state->size > 0 && (state->root == NULL || strlen(state->root) != 64 || !hex_to(state->root, 64, ret->root)))
        return err_fault(e, "%s does not say which tree it signed", who);
    return 0;
}

int audit_signed_ask(struct arena *a, struct list *notes, const struct audit_signed **ret, size_t *ret_count, struct err *e)
{
    struct wire_client *client = NULL;
    struct audit_signed *list = ARENA_ARRAY(a, struct audit_signed, WITNESSES_MAX + 1);
    char *at = arena_printf(a, "notary %s", audit_config.witnesses);
    size_t n = 0;
    int code = wire_client_new(audit_config.common.curve_secret, audit_config.common.curve_public, audit_config.directory,
                               &client, e);
    if (code != 0)
        return code;
    wire_client_timeout(client, PATIENCE_MS);
    for (char *name = strsep(&at, " "); name != NULL && n <= WITNESSES_MAX; name = strsep(&at, " ")) {
        struct err why;
        if (name[0] == '\0')
            continue;
        if (ask(client, a, name, &list[n], &why) == 0)
            n++;
        else
            texts_add(a, notes, arena_printf(a, "what %s remembers: %.300s", name, why.text));
    }
    if (audit_config.witnesses[0] == '\0')
        texts_add(a, notes, "what witnesses remember: none is set");
    wire_client_free(client);
    *ret = list;
    *ret_count = n;
    return 0;
}
