/*
 * A service describes itself from its own tables, so that docs/reference cannot say otherwise (tests/contract compares).
 */
#pragma once
#include "service/service.h"

/** describe(a, service, what): the Markdown page "verbs", "records", "errors", "settings" or "machines" of ${service} in
 *  ${a}; NULL if there is no such page. */
const char *describe(struct arena *a, const struct service *service, const char *what);
