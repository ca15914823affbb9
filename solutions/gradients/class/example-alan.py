"""Alan writes everything in a way of his own, and all of it is right."""

# %% step_jacobian
def step_jacobian(h_t, W_hh):
    J = np.zeros((len(h_t), *W_hh.shape))
    for b, h in enumerate(h_t):
        for i in range(len(h)):
            J[b, i] = W_hh[i] - h[i] ** 2 * W_hh[i]
    return J


# %% jacobian_product_norms
def jacobian_product_norms(J):
    products = [J[-1]]
    for J_t in J[:-1][::-1]:
        products.append(products[-1] @ J_t)
    return np.array([np.sqrt(np.linalg.eigvalsh(P @ P.T).max()) for P in reversed(products)])


# %% answer_saturation
answer_saturation = "(B)"


# %% spectral_radius
def spectral_radius(W):
    values, _ = np.linalg.eig(W)
    return np.sqrt((values.real**2 + values.imag**2).max())


# %% rescale_spectral_radius
def rescale_spectral_radius(W, radius):
    return W / spectral_radius(W) * radius


# %% power_norms
def power_norms(W, steps):
    return np.asarray([np.linalg.norm(np.linalg.matrix_power(W, k + 1), ord=2) for k in range(steps)])


# %% answer_transient
answer_transient = " c."


# %% orthogonal_init
def orthogonal_init(A, gain):
    U, _, Vt = np.linalg.svd(A)
    return gain * U @ Vt


# %% clip_by_value
def clip_by_value(d_W_xh, d_W_hh, d_b_h, threshold):
    return tuple(np.sign(d) * np.minimum(abs(d), threshold) for d in (d_W_xh, d_W_hh, d_b_h))


# %% clip_by_norm
def clip_by_norm(d_W_xh, d_W_hh, d_b_h, threshold):
    norms = [np.linalg.norm(d) for d in (d_W_xh, d_W_hh, d_b_h)]
    factor = min(1, threshold / (np.linalg.norm(norms) + 1e-6))
    return d_W_xh * factor, d_W_hh * factor, d_b_h * factor


# %% answer_angle
answer_angle = np.degrees(np.arctan(0.6) - np.arctan(0.6 / 8))


# %% answer_wrong_line
answer_wrong_line = "A"


# %% scaled_update
def scaled_update(W_hh, b_h, d_W_hh, d_b_h, scale, threshold, rate):
    norm = np.sqrt((d_W_hh**2).sum() + (d_b_h**2).sum()) / scale
    step = rate / scale * min(1, threshold / norm)
    return W_hh - step * d_W_hh, b_h - step * d_b_h
