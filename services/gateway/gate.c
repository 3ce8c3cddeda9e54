#include "gateway/gate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_named(const struct gate_header *h, const char *name)
{
    return strlen(name) == h->name_len && strncasecmp(h->name, name, h->name_len) == 0;
}

static bool is_value(const struct gate_header *h, const char *text)
{
    return strlen(text) == h->value_len && strncasecmp(h->value, text, h->value_len) == 0;
}

const struct gate_header *gate_header(const struct gate_request *r, const char *name)
{
    for (size_t i = 0; i < r->count; i++)
        if (is_named(&r->headers[i], name))
            return &r->headers[i];
    return NULL;
}

static size_t count_named(const struct gate_request *r, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++)
        n += is_named(&r->headers[i], name);
    return n;
}

/* RFC 9110 §5.1: a field name is a token. */
static bool name_is_token(const struct gate_header *h)
{
    static const char also[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < h->name_len; i++) {
        char c = h->name[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == '\0' || !strchr(also, c)))
            return false;
    }
    return h->name_len > 0;
}

static bool value_is_plain(const struct gate_header *h)
{
    for (size_t i = 0; i < h->value_len; i++) {
        unsigned char c = (unsigned char)h->value[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static int refuse(struct err *e, int code, const char *what)
{
    return err_raise(e, code, NULL, NULL, "%s", what);
}

static int check_headers(const struct gate_request *r, struct err *e)
{
    if (r->count > GATE_HEADERS_MAX)
        return refuse(e, ERR_ENVELOPE_MALFORMED, "too many headers");
    for (size_t i = 0; i < r->count; i++)
        if (!name_is_token(&r->headers[i]) || !value_is_plain(&r->headers[i]))
            return refuse(e, ERR_ENVELOPE_MALFORMED, "a header is malformed");
    if (strcmp(r->version, "HTTP/1.1") != 0)
        return refuse(e, ERR_ENVELOPE_MALFORMED, "only HTTP/1.1 is spoken here");
    return count_named(r, "Host") == 1 ? 0 : refuse(e, ERR_ENVELOPE_MALFORMED, "exactly one Host is needed");
}

/* A path of ours needs no escapes; what is not plain is somebody's trick. */
static int check_path(const struct gate_request *r, struct err *e)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
    if (r->path[0] != '/' || r->path[strspn(r->path, plain)] != '\0' || strlen(r->path) > 200)
        return refuse(e, ERR_ENVELOPE_MALFORMED, "the path is malformed");
    if (strstr(r->path, "/.") || strstr(r->path, "//"))
        return refuse(e, ERR_ENVELOPE_MALFORMED, "the path is malformed");
    return 0;
}

static int check_length(const struct gate_header *h, size_t body_max, struct err *e)
{
    size_t length = 0;
    if (h->value_len == 0 || h->value_len > 12)
        return refuse(e, ERR_ENVELOPE_MALFORMED, "Content-Length is malformed");
    for (size_t i = 0; i < h->value_len; i++) {
        if (h->value[i] < '0' || h->value[i] > '9')
            return refuse(e, ERR_ENVELOPE_MALFORMED, "Content-Length is malformed");
        length = length * 10 + (size_t)(h->value[i] - '0');
    }
    if (length > body_max)
        return err_raise(e, ERR_BODY_TOO_LARGE, NULL, NULL, "%zu bytes are more than the %zu this address takes", length,
                         body_max);
    return 0;
}

static int check_framing(const struct gate_request *r, size_t body_max, struct err *e)
{
    const struct gate_header *length = gate_header(r, "Content-Length"), *encoding = gate_header(r, "Transfer-Encoding");
    if (count_named(r, "Content-Length") + count_named(r, "Transfer-Encoding") > 1)
        return refuse(e, ERR_ENVELOPE_MALFORMED, "more than one statement of the body's length");
    if (encoding && !is_value(encoding, "chunked"))
        return refuse(e, ERR_ENVELOPE_MALFORMED, "Transfer-Encoding must be chunked");
    bool post = strcmp(r->method, "POST") == 0;
    if (!post && (encoding || (length && !is_value(length, "0"))))
        return refuse(e, ERR_ENVELOPE_MALFORMED, "a body comes by POST only");
    if (post && !encoding && !length)
        return refuse(e, ERR_ENVELOPE_MALFORMED, "the body's length is missing");
    return length ? check_length(length, body_max, e) : 0;
}

static bool is_listed(const char *list, const char *word, size_t len)
{
    while (*list) {
        size_t n = strcspn(list, " ");
        if (n == len && strncasecmp(list, word, len) == 0)
            return true;
        list += n + (list[n] == ' ');
    }
    return false;
}

static int check_host(const struct gate_request *r, const char *hosts, struct err *e)
{
    const struct gate_header *host = gate_header(r, "Host");
    if (*hosts && !is_listed(hosts, host->value ? host->value : "", host->value_len))
        return refuse(e, ERR_PEER_REFUSED, "this host is not served here");
    return 0;
}

/* The browser says which page sends; only ours may. */
static int check_origin(const struct gate_request *r, struct err *e)
{
    const struct gate_header *origin = gate_header(r, "Origin"), *host = gate_header(r, "Host");
    const struct gate_header *site = gate_header(r, "Sec-Fetch-Site");
    bool same = !origin || (origin->value_len == host->value_len + 8 && strncasecmp(origin->value, "https://", 8) == 0 &&
                            strncasecmp(origin->value + 8, host->value, host->value_len) == 0);
    if (!same || (site && !is_value(site, "same-origin") && !is_value(site, "none")))
        return refuse(e, ERR_PEER_REFUSED, "another site's page may not send here");
    return 0;
}

static int check_method(const struct gate_request *r, struct err *e)
{
    if (strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0)
        return 0;
    if (strcmp(r->method, "POST") != 0)
        return refuse(e, ERR_VERB_UNKNOWN, "only GET, HEAD and POST are known");
    const struct gate_header *type = gate_header(r, "Content-Type");
    if (!type || (!is_value(type, "application/json") && !is_value(type, "application/json; charset=utf-8") &&
                  !is_value(type, "application/json;charset=utf-8")))
        return refuse(e, ERR_BODY_MALFORMED, "the body must be application/json");
    return check_origin(r, e);
}

int gate_check(const struct gate_request *r, const char *hosts, size_t body_max, struct err *e)
{
    int code = check_headers(r, e);
    if (code == 0)
        code = check_path(r, e);
    if (code == 0)
        code = check_framing(r, body_max, e);
    if (code == 0)
        code = check_host(r, hosts, e);
    return code != 0 ? code : check_method(r, e);
}
