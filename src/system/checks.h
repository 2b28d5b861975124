/* What the doctor looks at in this installation, for the system domain. Private to this folder. */
#ifndef SYSTEM_CHECKS_H
#define SYSTEM_CHECKS_H

#include "base/check.h"

extern const struct check system_checks[8];

#endif
