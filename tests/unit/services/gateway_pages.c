/* The pages as they are sent: packed or not, kept or asked about, and the list of modules that is made from the modules. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "fake_house.h"
#include "gateway/coding.h"
#include "gateway/modules.h"
#include "gateway/pages.h"
#include "support/test.h"

#define PLAIN_MAX 2000000

static const struct page *served(const char *path)
{
    bool kept;
    pages_begin();
    return page_find(path, &kept);
}

static size_t unpacked(const char *data, size_t len, char ret[PLAIN_MAX])
{
    z_stream z = {.next_in = (const Bytef *)data, .avail_in = (uInt)len, .next_out = (Bytef *)ret, .avail_out = PLAIN_MAX};
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.avail_in, 0);
    size_t plain = PLAIN_MAX - z.avail_out;
    inflateEnd(&z);
    return plain;
}

/* The value of the header, with its line's end cut off, in a buffer of this function's own. */
static const char *header_of(const struct reply *r, const char *name)
{
    static char value[200];
    const char *at = strstr(r->head, name);
    if (!at)
        fail_msg("no %s in: %s", name, r->head);
    at += strlen(name) + 2;
    snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\r\n"), at);
    return value;
}

CASE(coding_gzip_is_taken_only_where_it_is_named)
{
    static const char *const take[] = {"gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8, *;q=0.1", "GZIP", "*", "identity;q=0.5, *", "deflate ,gzip ; q=0.001",
                                       "x-gzip", "\tgzip", "gzip;Q=1"};
    static const char *const leave[] = {"", "identity", "br", "gzip;q=0", "gzip;q=0.000, *", "*;q=0", "gzipped", "agzip", "gzip;level=9", "gzip;q=", "gzip;q=0.",
                                        "gzip;q=-1", "br, gzip;q=0", ",,,", "gzip q=1", "q=1;gzip"};
    assert_false(coding_takes_gzip(NULL));
    for (size_t i = 0; i < sizeof take / sizeof take[0]; i++)
        if (!coding_takes_gzip(take[i]))
            fail_msg("not taken: %s", take[i]);
    for (size_t i = 0; i < sizeof leave / sizeof leave[0]; i++)
        if (coding_takes_gzip(leave[i]))
            fail_msg("taken: %s", leave[i]);
}

CASE(coding_tags_are_found_in_lists)
{
    static const char tag[] = "\"abc-gzip\"";
    static const char *const known[] = {"\"abc-gzip\"", "\"x\", \"abc-gzip\"", "W/\"abc-gzip\"", "*", "\"a,b\" , W/\"abc-gzip\",\"z\""};
    static const char *const unknown[] = {"", "\"abc\"", "abc-gzip", "\"abc-gzip", "\"ABC-gzip\"", "\"xabc-gzip\"", "\"x\" abc-gzip\"", "w/\"abc-gzip\""};
    assert_false(coding_has_tag(NULL, tag));
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (!coding_has_tag(known[i], tag))
            fail_msg("not found: %s", known[i]);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        if (coding_has_tag(unknown[i], tag))
            fail_msg("found: %s", unknown[i]);
}

CASE(coding_gzip_gives_the_same_bytes_back_and_each_time_the_same)
{
    struct arena *a = arena_new(0);
    static char plain[PLAIN_MAX];
    char text[50000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)("abcdefgh"[i % 7] + (i % 1000 == 0));
    const char *one, *two;
    size_t len = coding_gzip(a, text, sizeof text, &one);
    assert_true(len < sizeof text / 10);
    assert_int_equal(coding_gzip(a, text, sizeof text, &two), len);
    assert_memory_equal(one, two, len);
    assert_int_equal(unpacked(one, len, plain), sizeof text);
    assert_memory_equal(plain, text, sizeof text);
    arena_free(a);
}

CASE(modules_are_found_by_their_own_imports)
{
    static const char text[] = "import a from \"./a.js\";\nimport { b,\n  c } from\"./vendor/b.js\"; import \"./c.js\"; export { d } from \"./d.js\";\n"
                               "/** @type {import(\"./types.js\").T} */ const later = () => import(\"./later.js\"), xfrom = a.from \"./no.js\";";
    static const char *const wanted[] = {"/in/a.js", "/in/vendor/b.js", "/in/c.js", "/in/d.js"};
    char path[MODULE_PATH_MAX];
    size_t at = 0;
    for (size_t i = 0; i < 4; i++) {
        assert_true(modules_next(text, sizeof text - 1, "/in/start.js", &at, path));
        assert_string_equal(path, wanted[i]);
    }
    assert_false(modules_next(text, sizeof text - 1, "/in/start.js", &at, path));
    static const char *const broken[] = {"from", "from ", "from \"", "from \"./", "from \"./x", "import", "from 'x'"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        at = 0;
        assert_false(modules_next(broken[i], strlen(broken[i]), "/start.js", &at, path));
    }
}

CASE(pages_first_one_asks_for_every_module_at_once)
{
    const struct page *first = served("/");
    const char *text = first->plain.data;
    size_t asked = 0;
    for (const char *at = text; (at = strstr(at, "<link rel=\"modulepreload\" href=\"")); asked++) {
        char path[MODULE_PATH_MAX];
        bool kept;
        at += strlen("<link rel=\"modulepreload\" href=\"");
        snprintf(path, sizeof path, "%.*s", (int)strcspn(at, "\""), at);
        if (!page_find(path, &kept) || !kept)
            fail_msg("%s is not served to be kept", path);
    }
    assert_true(asked > 25);
    reply_has(text, "/vendor/preact.js\">");
    reply_has(text, "/ui.js\">");
    reply_lacks(text, "/vendor/uplot.js");          /* comes when the first chart is shown */
    reply_has(text, "/camera.js\">");
    static const char *const later[] = {"/camera_view.js", "/decoder.js", "/vendor/zxing"};          /* come when the camera is turned on */
    for (size_t i = 0; i < 3; i++)
        reply_lacks(text, later[i]);
    reply_has(text, "<script type=\"module\" src=\"/v/");
    reply_has(text, "<link rel=\"stylesheet\" href=\"/v/");
    assert_true(strstr(text, "modulepreload") < strstr(text, "<script"));
    assert_int_equal(strlen(text), first->plain.len);
}

CASE(pages_all_that_is_text_is_packed_and_says_the_same)
{
    static const char *const paths[] = {"/", "/app.js", "/style.css", "/vendor/uplot.js", "/vendor/zxing.wasm", "/vendor/LICENCES.txt"};
    static char plain[PLAIN_MAX];
    for (size_t i = 0; i < 6; i++) {
        const struct page *page = served(paths[i]);
        const struct page_body *body = page_body_for(page, "gzip");
        assert_ptr_equal(body, &page->gzip);
        assert_true(body->len < page->plain.len);
        assert_int_equal(unpacked(body->data, body->len, plain), page->plain.len);
        assert_memory_equal(plain, page->plain.data, page->plain.len);
        assert_string_not_equal(body->etag, page->plain.etag);
        assert_ptr_equal(page_body_for(page, "br"), &page->plain);
        assert_ptr_equal(page_body_for(page, NULL), &page->plain);
    }
}

CASE(pages_only_their_own_version_is_kept)
{
    char path[100];
    bool kept;
    const char *at = strstr(served("/")->plain.data, "src=\"/v/");
    assert_non_null(at);
    snprintf(path, sizeof path, "%.*s", (int)strcspn(at + 5, "\""), at + 5);
    assert_ptr_equal(page_find(path, &kept), served("/app.js"));
    assert_true(kept);
    path[3] = path[3] == '0' ? '1' : '0';
    assert_ptr_equal(page_find(path, &kept), served("/app.js"));
    assert_false(kept);
    assert_non_null(page_find("/app.js", &kept));
    assert_false(kept);
    snprintf(strstr(path, "/app.js"), 20, "/vendor/zxing.wasm");
    assert_ptr_equal(page_find(path, &kept), served("/vendor/zxing.wasm"));
    static const char *const none[] = {"/v/", "/v/0123456789abcdef", "/v/0123456789abcdef/", "/v/0123456789abcde/app.js", "/v/0123456789ABCDEF/app.js",
                                       "/v/0123456789abcdef0/app.js", "/v/0123456789abcdef/icon.svg", "/v/0123456789abcdef/v/0123456789abcdef/app.js", "/v/app.js"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        if (page_find(none[i], &kept) || kept)
            fail_msg("%s is served", none[i]);
}

CASE(http_pages_are_packed_for_who_takes_it)
{
    struct fake_house *f = fake_house_new("");
    static char plain[PLAIN_MAX];
    struct reply r;
    fake_house_get(f, "/ui.js", "", &r);
    assert_int_equal(r.status, 200);
    reply_lacks(r.head, "Content-Encoding");
    reply_has(r.head, "Vary: Accept-Encoding");
    size_t len = strtoul(header_of(&r, "Content-Length"), NULL, 10);
    assert_int_equal(len, strlen(r.body));
    char *text = strdup(r.body);
    reply_done(&r);
    fake_house_get(f, "/ui.js", "Accept-Encoding: gzip, deflate, br\r\n", &r);
    assert_int_equal(r.status, 200);
    reply_has(r.head, "Content-Encoding: gzip");
    reply_has(r.head, "Vary: Accept-Encoding");
    reply_has(r.head, "Content-Type: text/javascript");
    reply_has(r.head, "Content-Security-Policy: default-src 'none'");
    reply_lacks(r.head, "Transfer-Encoding");
    size_t packed = strtoul(header_of(&r, "Content-Length"), NULL, 10);
    assert_true(packed < len / 2);
    assert_int_equal(unpacked(r.body, packed, plain), len);
    assert_memory_equal(plain, text, len);
    reply_done(&r);
    free(text);
    fake_house_free(f);
}

CASE(http_packed_and_plain_have_tags_of_their_own)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    char known[300], plain[100], packed[100];
    fake_house_get(f, "/ui.js", "", &r);
    snprintf(plain, sizeof plain, "%s", header_of(&r, "ETag"));
    reply_done(&r);
    fake_house_get(f, "/ui.js", "Accept-Encoding: gzip\r\n", &r);
    snprintf(packed, sizeof packed, "%s", header_of(&r, "ETag"));
    reply_done(&r);
    assert_string_not_equal(plain, packed);
    const struct {
        const char *tag, *accept;
        int status;
    } rows[] = {{plain, "", 304}, {packed, "", 200}, {packed, "Accept-Encoding: gzip\r\n", 304}, {plain, "Accept-Encoding: gzip\r\n", 200}};
    for (size_t i = 0; i < 4; i++) {
        snprintf(known, sizeof known, "If-None-Match: \"other\", W/%s\r\n%s", rows[i].tag, rows[i].accept);
        fake_house_get(f, "/ui.js", known, &r);
        assert_int_equal(r.status, rows[i].status);
        reply_has(r.head, "Vary: Accept-Encoding");
        reply_has(r.head, "Cache-Control: no-cache");
        reply_has(r.head, "ETag: ");
        if (r.status == 304) {
            reply_lacks(r.head, "Content-Encoding");
            assert_string_equal(r.body, "");
        }
        reply_done(&r);
    }
    fake_house_free(f);
}

CASE(http_a_modules_address_with_the_version_is_kept_for_good)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    char path[100];
    fake_house_get(f, "/", "", &r);
    reply_has(r.head, "Cache-Control: no-cache");
    const char *at = strstr(r.body, "src=\"/v/");
    assert_non_null(at);
    snprintf(path, sizeof path, "%.*s", (int)strcspn(at + 5, "\""), at + 5);
    reply_done(&r);
    fake_house_get(f, path, "Accept-Encoding: gzip\r\n", &r);
    assert_int_equal(r.status, 200);
    reply_has(r.head, "Cache-Control: public, max-age=31536000, immutable");
    reply_has(r.head, "Content-Encoding: gzip");
    reply_done(&r);
    path[3] = path[3] == '0' ? '1' : '0';
    fake_house_get(f, path, "", &r);
    assert_int_equal(r.status, 200);
    reply_has(r.head, "Cache-Control: no-cache");
    reply_done(&r);
    fake_house_free(f);
}

/* What is somebody's own is never packed, whatever is asked for: its length would tell of it (BREACH). */
CASE(http_answers_are_never_packed)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    char headers[500];
    snprintf(headers, sizeof headers, "%sAccept-Encoding: gzip, *\r\n", fake_house_login(f));
    static const char *const paths[] = {"/api/describe", "/api/session", "/api/forms/batch_open", "/health", "/tile/0/000", "/checkpoint", "/nothing", "/api/nothing"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        fake_house_get(f, paths[i], headers, &r);
        if (r.status == 0 || strstr(r.head, "Content-Encoding"))
            fail_msg("%s: %s", paths[i], r.head);
        reply_done(&r);
    }
    fake_house_post(f, "/api/batch/note/prepare", headers, "{\"batch_id\":\"B-7\",\"text\":\"a remark of a person\"}", &r);
    assert_int_equal(r.status, 200);
    reply_lacks(r.head, "Content-Encoding");
    reply_done(&r);
    fake_house_free(f);
}

/* A bench of terminals behind one address opens its pages in the same second; what asks for more than files is held to the rate. */
CASE(http_the_pages_of_a_whole_bench_come_at_once)
{
    struct fake_house *f = fake_house_new("rate_burst = 4\nrate_per_s = 1\n");
    struct reply r;
    for (int i = 0; i < 40; i++) {
        fake_house_get(f, "/ui.js", "", &r);
        assert_int_equal(r.status, 200);
        reply_done(&r);
    }
    int refused = 0;
    for (int i = 0; i < 12; i++) {
        fake_house_get(f, i % 2 ? "/nothing" : "/api/session", "", &r);
        refused += r.status == 429;
        reply_done(&r);
    }
    assert_true(refused >= 2);
    fake_house_free(f);
}

/* Nothing that an encoding's header says gets a request past the gate's reading of it. */
CASE(gate_06_encodings_have_one_reading)
{
    struct fake_house *f = fake_house_new("");
    struct reply r;
    static const char *const bad[] = {"Accept-Encoding : gzip\r\n", "Accept-Encoding: gz\x01ip\r\n", "Accept Encoding: gzip\r\n",
                                      "Accept-Encoding: gzip\r\nTransfer-Encoding: gzip\r\n", "Accept-Encoding: gzip\r\nContent-Length: 5\r\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fake_house_get(f, "/ui.js", bad[i], &r);
        if (r.status != 400)
            fail_msg("%s: %d", bad[i], r.status);
        reply_lacks(r.head, "Content-Encoding");
        reply_done(&r);
    }
    fake_house_free(f);
}
