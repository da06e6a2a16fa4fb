#ifndef STORMO_CDEFLATE_SHIM_H
#define STORMO_CDEFLATE_SHIM_H

// Swift calls libdeflate's functions as they are.
#include <libdeflate.h>

#endif
