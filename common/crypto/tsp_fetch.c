/* Asking an authority over HTTP; apart from tsp.c, so that who only verifies links no network code. */
#include <openssl/err.h>
#include <openssl/http.h>

#include "crypto/inside.h"
#include "crypto/tsp.h"

#define REPLY_MAX (64 * 1024)

static BIO *exchange(const char *host, const char *port, const char *path, BIO *request, int timeout_s)
{
    return OSSL_HTTP_transfer(NULL, host, port, path, 0, NULL, "" /* no proxy */, NULL, NULL, NULL, NULL, 0, NULL,
                              "application/timestamp-query", request, "application/timestamp-reply", 1, REPLY_MAX,
                              timeout_s, 0);
}

static bool read_all(struct arena *a, BIO *bio, struct bytes *ret)
{
    struct buf b = buf_new(a);
    char part[4096];
    int n;
    while ((n = BIO_read(bio, part, sizeof part)) > 0 && b.len <= REPLY_MAX)
        buf_add(&b, part, (size_t)n);
    *ret = (struct bytes){(const uint8_t *)b.text, b.len};
    return b.len && b.len <= REPLY_MAX;
}

int tsp_fetch(struct arena *a, const char *url, struct bytes request, int timeout_s, struct bytes *ret, struct err *e)
{
    char *host = NULL, *port = NULL, *path = NULL;
    int ssl = 0;
    bool is_http = OSSL_HTTP_parse_url(url, &ssl, NULL, &host, &port, NULL, &path, NULL, NULL) && !ssl;
    BIO *ask = is_http ? BIO_new_mem_buf(request.data, (int)request.len) : NULL;
    BIO *answer = ask ? exchange(host, port, path, ask, timeout_s) : NULL;
    bool ok = answer && read_all(a, answer, ret);
    BIO_free(answer);
    BIO_free(ask);
    OPENSSL_free(host);
    OPENSSL_free(port);
    OPENSSL_free(path);
    if (ok)
        return ERR_NONE;
    return err_raise(e, ERR_UNAVAILABLE, "tsa_url", NULL, "the time-stamp authority at %s %s: %s", url,
                     is_http ? "does not answer" : "has no http URL", crypto_reason());
}
