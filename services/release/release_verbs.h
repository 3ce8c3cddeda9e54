/* The handlers of release.verbs.def; a row without its handler does not link. */
#pragma once
#include "service/service.h"

#define VERB SERVICE_DECLARE
#include "contract/release.verbs.def"
#undef VERB
