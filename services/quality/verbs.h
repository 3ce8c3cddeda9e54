/*
 * The handlers that main.c binds to the rows of quality.verbs.def; a row without its handler does not link.
 */
#pragma once
#include "service/service.h"

#define VERB SERVICE_DECLARE
#include "contract/quality.verbs.def"
#undef VERB
