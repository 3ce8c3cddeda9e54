#include "gateway/request.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "gateway/pages.h"

const char *request_header(const struct request *r, const char *name)
{
    const struct gate_header *h = gate_header(&r->head, name);
    return h && h->value ? arena_dup(r->arena, h->value, h->value_len) : NULL;
}

void request_refuse(const struct request *r, int code, const struct err *e, struct answer *ret)
{
    const struct err_row *row = err_row(code);
    bool fault = code < 0;
    json_t *json = json_pack("{s:b,s:{s:s,s:i,s:s,s:s,s:s,s:s,s:s,s:s}}", "ok", 0, "error", "code", row->code, "http",
                             row->http, "field", fault ? "" : e->field, "rule", fault ? "" : e->rule, "text",
                             fault ? "" : e->text, "sentence", row->sentence, "hint", row->hint, "request", r->id);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    const char *kept = text ? arena_text(r->arena, text) : "{\"ok\":false}";
    free(text);
    json_decref(json);
    *ret = (struct answer){.status = row->http, .type = "application/json", .data = {(const uint8_t *)kept, strlen(kept)}};
}

/* The value of our cookie among others: name=value pairs apart by "; ". */
static const char *find_cookie(const struct request *r)
{
    const char *all = request_header(r, "Cookie");
    size_t n = strlen(COOKIE_NAME);
    while (all && *all) {
        size_t len = strcspn(all, ";");
        if (len > n && strncmp(all, COOKIE_NAME "=", n + 1) == 0)
            return arena_dup(r->arena, all + n + 1, len - n - 1);
        all += len;
        all += strspn(all, "; ");
    }
    return NULL;
}

static int check_csrf(const struct request *r, struct err *e)
{
    const char *sent = request_header(r, "Stemma-Csrf");
    if (!sent || strlen(sent) != SESSION_ID_HEX - 1 || !text_same_secret(sent, r->session.csrf, SESSION_ID_HEX - 1))
        return err_raise(e, ERR_PEER_REFUSED, "Stemma-Csrf", NULL, "the page's token is missing or another's; load the page again");
    return 0;
}

static int count(struct request *r, bool post, struct err *e)
{
    int64_t now_us = clock_monotonic_us();
    bool kept, page = r->route.kind == ROUTE_PAGE && page_find(r->head.path, &kept);
    if (!rate_allow(page ? r->house->page_rate : r->house->rate, r->address, now_us))
        return err_raise(e, ERR_RATE_LIMITED, NULL, NULL, "this address asks too often");
    if (post && r->route.open && !rate_allow(r->house->login_rate, r->address, now_us))
        return err_raise(e, ERR_RATE_LIMITED, NULL, NULL, "this address tries to log in too often");
    return 0;
}

int request_admit(struct request *r, struct err *e)
{
    bool post = strcmp(r->head.method, "POST") == 0;
    int code = route_find(r->head.method, r->head.path, &r->route, e);
    int counted = count(r, post, code == 0 ? e : &(struct err){0});
    if (code != 0 || counted != 0)
        return code != 0 ? code : counted;
    if (r->route.kind == ROUTE_PAGE || r->route.kind == ROUTE_HEALTH)
        return 0;
    const char *cookie = find_cookie(r);
    bool known = cookie && sessions_find(r->house->sessions, cookie, clock_ms(), r->route.kind != ROUTE_EVENTS, &r->session);
    if (!known && !r->route.open)
        return err_raise(e, ERR_SESSION_MISSING, NULL, NULL, "nobody is logged in here");
    return post && known && !r->route.open ? check_csrf(r, e) : 0;
}
