#include "CVector.h"
#include "clones.h"

#include <float.h>

STORMO_CLONES
void stormo_sgd(float *restrict p, float *restrict v, const float *restrict g, size_t n, float scale, float rate,
                float momentum, float shrink, int nesterov) {
    float step = rate * scale;
    if (momentum == 0) {
        for (size_t i = 0; i < n; i++) p[i] = shrink * p[i] - step * g[i];
        return;
    }
    if (nesterov) {
        for (size_t i = 0; i < n; i++) {
            float d = step * g[i];
            v[i] = momentum * v[i] - d;
            p[i] = shrink * p[i] + (momentum * v[i] - d);
        }
    } else {
        for (size_t i = 0; i < n; i++) {
            v[i] = momentum * v[i] - step * g[i];
            p[i] = shrink * p[i] + v[i];
        }
    }
}

STORMO_CLONES
void stormo_adam(float *restrict p, float *restrict m, float *restrict v, const float *restrict g, size_t n,
                 float scale, float rest1, float rest2, float step, float epsilon, float shrink) {
    for (size_t i = 0; i < n; i++) {
        float d = scale * g[i];
        m[i] = (m[i] - rest1 * m[i]) + rest1 * d;
        // A square may be too large for a float; infinity would become NaN in the next step.
        v[i] = __builtin_elementwise_min((v[i] - rest2 * v[i]) + rest2 * (d * d), FLT_MAX);
        // sqrtf may set errno, which keeps a loop from being vectorised; this one may not.
        p[i] = shrink * p[i] - step * m[i] / (__builtin_elementwise_sqrt(v[i]) + epsilon);
    }
}
