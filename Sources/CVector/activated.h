#ifndef STORMO_ACTIVATED_H
#define STORMO_ACTIVATED_H

#include "CVector.h"
#include "clones.h"

// The activations that convolutions apply as they store: STORMO_LINEAR, STORMO_RELU and STORMO_LEAKY_RELU. Written so
// that NaN stays.
STORMO_INLINE float stormo_activated(int kind, float alpha, float y) {
    if (kind == STORMO_RELU) return y < 0 ? 0 : y;
    if (kind == STORMO_LEAKY_RELU) return y < 0 ? alpha * y : y;
    return y;
}

#endif
