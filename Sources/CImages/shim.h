#ifndef STORMO_CIMAGES_SHIM_H
#define STORMO_CIMAGES_SHIM_H

#include <gd.h>

#endif
