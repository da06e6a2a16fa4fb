#include "CVector.h"
#include "clones.h"

STORMO_CLONES
void stormo_sgd(float *restrict p, float *restrict v, const float *restrict g, size_t n, float scale, float rate,
                float momentum, float decay, int nesterov) {
    if (momentum == 0) {
        for (size_t i = 0; i < n; i++) p[i] -= rate * (scale * g[i] + decay * p[i]);
        return;
    }
    if (nesterov) {
        for (size_t i = 0; i < n; i++) {
            float d = scale * g[i] + decay * p[i];
            v[i] = momentum * v[i] + d;
            p[i] -= rate * (d + momentum * v[i]);
        }
    } else {
        for (size_t i = 0; i < n; i++) {
            v[i] = momentum * v[i] + (scale * g[i] + decay * p[i]);
            p[i] -= rate * v[i];
        }
    }
}

STORMO_CLONES
void stormo_adam(float *restrict p, float *restrict m, float *restrict v, const float *restrict g, size_t n,
                 float scale, float beta1, float beta2, float step, float corr, float epsilon, float decay,
                 float shrink) {
    for (size_t i = 0; i < n; i++) {
        float d = scale * g[i] + decay * p[i];
        m[i] = beta1 * m[i] + (1 - beta1) * d;
        v[i] = beta2 * v[i] + (1 - beta2) * (d * d);
        // sqrtf may set errno, which keeps a loop from being vectorised; this one may not.
        p[i] = p[i] * shrink - step * m[i] / (__builtin_elementwise_sqrt(v[i]) * corr + epsilon);
    }
}
