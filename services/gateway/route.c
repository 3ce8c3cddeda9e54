#include "gateway/route.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *method, *path;
    enum route_kind kind;
    bool open;
} own[] = {
    {"POST", "/api/login", ROUTE_LOGIN, true},       {"POST", "/api/logout", ROUTE_LOGOUT, false},
    {"GET", "/api/session", ROUTE_SESSION, true},    {"GET", "/api/describe", ROUTE_DESCRIBE, false},
    {"GET", "/events", ROUTE_EVENTS, false},         {"GET", "/health", ROUTE_HEALTH, true},
};

/* What must be asked before there is a session. Everything else needs one here, whatever the service itself allows. */
static const char *const open_verbs[] = {"access.challenge", "signer.sealing_key", "signer.authenticator", "signer.prove"};

/* Login and logout change the gateway's own table, so they go by their own routes; a new key
 * needs its person's new secret beside the administrator's, which the terminal asks for; the rest of this list is for peers. */
static const char *const withheld[] = {"access.login", "access.logout", "access.person_found", "access.key_renew",
                                       "service.health", "service.metrics"};

static bool is_in(const char *const *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}
#define IS_IN(list, name) is_in(list, sizeof list / sizeof list[0], name)

bool route_is_offered(const struct verb_row *verb)
{
    return !(verb->flags & (VERB_PEER_AUDIT | VERB_PEER_SEQUENCER)) && !IS_IN(withheld, verb->name);
}

static int unknown(const char *path, struct err *e)
{
    return err_raise(e, ERR_VERB_UNKNOWN, NULL, NULL, "there is nothing at %s", path);
}

static int find_verb(const char *path, struct route *ret, struct err *e)
{
    char service[41], verb[41], phase[9] = "call", name[90], extra;
    int n = sscanf(path, "/api/%40[a-z0-9_]/%40[a-z0-9_]/%8[a-z]%c", service, verb, phase, &extra);
    if (n != 2 && n != 3)
        return unknown(path, e);
    snprintf(name, sizeof name, "%s.%s", service, verb);
    const struct verb_row *row = verb_find(name);
    const char *rest = path + 5 + strlen(service) + 1 + strlen(verb);
    if (!row || !route_is_offered(row) || (n == 2 && *rest != '\0'))
        return unknown(path, e);
    bool two = strcmp(phase, "prepare") == 0 || strcmp(phase, "commit") == 0;
    if (n == 3 && !two)
        return unknown(path, e);
    if (two != (row->kind == VERB_ACT))
        return err_raise(e, ERR_PHASE_WRONG, NULL, NULL, "%s goes by %s", name, two ? "one call" : "prepare and commit");
    ret->kind = ROUTE_VERB;
    ret->verb = row;
    ret->phase = !two ? "call" : phase[0] == 'p' ? "prepare" : "commit";
    ret->open = IS_IN(open_verbs, row->name);
    return 0;
}

int route_find(const char *method, const char *path, struct route *ret, struct err *e)
{
    bool get = strcmp(method, "POST") != 0;
    *ret = (struct route){.kind = ROUTE_PAGE, .open = true};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (strcmp(own[i].path, path) == 0 && get == (own[i].method[0] == 'G')) {
            ret->kind = own[i].kind;
            ret->open = own[i].open;
            return 0;
        }
    }
    if (get && strncmp(path, "/api/forms/", 11) == 0) {
        ret->kind = ROUTE_FORM;
        ret->open = false;
        ret->record = record_find(path + 11);
        return ret->record ? 0 : unknown(path, e);
    }
    if (get && (strcmp(path, "/checkpoint") == 0 || strncmp(path, "/tile/", 6) == 0)) {
        ret->kind = ROUTE_LOG;
        return 0;
    }
    if (!get)
        return find_verb(path, ret, e);
    return strncmp(path, "/api/", 5) == 0 ? unknown(path, e) : 0;
}
