/* A frequency plan drawn on a frequency axis, with the numbers as a table. */
#ifndef GH_ADMIN_SPECTRUM_H
#define GH_ADMIN_SPECTRUM_H

#include "admin/admin.h"
#include "radio/plan.h"

void spectrum(struct visit *v, const struct plan *plan);

#endif
