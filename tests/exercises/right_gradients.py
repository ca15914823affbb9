"""The functions of `gradients`, written in other styles."""

import numpy as np


def step_jacobian_by_einsum(h_t, W_hh):
    return np.einsum("bi,ij->bij", (1 - h_t) * (1 + h_t), W_hh)


def step_jacobian_by_diagonals(h_t, W_hh):
    return np.stack([np.diag(1 - h**2) @ W_hh for h in h_t])


def jacobian_product_norms_by_transposes(J):
    back, norms = np.eye(J.shape[2]), []
    for J_t in J[::-1]:
        back = J_t.T @ back
        norms.insert(0, np.linalg.svd(back, compute_uv=False)[0])
    return np.array(norms)


def jacobian_product_norms_by_list(J):
    products = [J[-1]]
    for t in range(len(J) - 2, -1, -1):
        products.append(products[-1] @ J[t])
    return np.linalg.norm(np.stack(products[::-1]), ord=2, axis=(1, 2))


def spectral_radius_sorted(W):
    return sorted(abs(value) for value in np.linalg.eig(W)[0])[-1]


def spectral_radius_by_pythagoras(W):
    values = np.linalg.eigvals(W.T)
    return np.max(np.hypot(values.real, values.imag))


def rescale_spectral_radius_in_two_steps(W, radius):
    unit = W / np.abs(np.linalg.eig(W)[0]).max()
    return unit * radius


def rescale_spectral_radius_by_loop(W, radius):
    rho = 0.0
    for value in np.linalg.eigvals(W):
        rho = max(rho, abs(value))
    return np.array([[entry / rho * radius for entry in row] for row in W])


def power_norms_by_matrix_power(W, steps):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in range(1, steps + 1)])


def power_norms_by_gram_matrices(W, steps):
    norms, power = [], W.astype(float)
    while len(norms) < steps:
        norms.append(np.sqrt(np.linalg.eigvalsh(power.T @ power)[-1]))
        power = power @ W
    return np.array(norms)


def orthogonal_init_by_gram_schmidt(A, gain):
    columns = []
    for column in A.T.astype(float):
        for done in columns:
            column = column - (done @ column) * done
        columns.append(column / np.linalg.norm(column))
    return gain * np.stack(columns, axis=1)


def orthogonal_init_by_flipping(A, gain):
    Q, R = np.linalg.qr(A)
    for j in range(len(A)):
        if R[j, j] < 0:
            Q[:, j] = -Q[:, j]
    return Q * gain


def orthogonal_init_by_singular_vectors(A, gain):
    left, _, right = np.linalg.svd(A)
    return left @ right * gain


def clip_by_value_with_min_and_max(d_W_xh, d_W_hh, d_b_h, threshold):
    return tuple(np.maximum(np.minimum(d, threshold), -threshold) for d in (d_W_xh, d_W_hh, d_b_h))


def clip_by_value_in_a_copy(d_W_xh, d_W_hh, d_b_h, threshold):
    clipped = [np.array(d) for d in (d_W_xh, d_W_hh, d_b_h)]
    for d in clipped:
        d[d > threshold] = threshold
        d[d < -threshold] = -threshold
    return tuple(clipped)


def clip_by_norm_of_one_vector(d_W_xh, d_W_hh, d_b_h, threshold):
    whole = np.concatenate([d_W_xh.ravel(), d_W_hh.ravel(), d_b_h])
    size = np.linalg.norm(whole)
    if size > threshold:
        whole = whole / size * threshold
    first, second = d_W_xh.size, d_W_xh.size + d_W_hh.size
    return whole[:first].reshape(d_W_xh.shape), whole[first:second].reshape(d_W_hh.shape), whole[second:]


def clip_by_norm_as_torch_does(d_W_xh, d_W_hh, d_b_h, threshold):
    total = sum(np.linalg.norm(d) ** 2 for d in (d_W_xh, d_W_hh, d_b_h)) ** 0.5
    share = min(threshold / (total + 1e-6), 1.0)
    return d_W_xh * share, d_W_hh * share, d_b_h * share


def scaled_update_with_a_scaled_threshold(W_hh, b_h, d_W_hh, d_b_h, scale, threshold, rate):
    norm = np.hypot(np.linalg.norm(d_W_hh), np.linalg.norm(d_b_h))
    factor = min(1.0, threshold * scale / norm) / scale
    return W_hh - rate * factor * d_W_hh, b_h - rate * factor * d_b_h


def scaled_update_of_one_vector(W_hh, b_h, d_W_hh, d_b_h, scale, threshold, rate):
    weights = np.concatenate([W_hh, b_h[:, None]], axis=1)
    gradient = np.concatenate([d_W_hh, d_b_h[:, None]], axis=1) / scale
    gradient = gradient / max(1.0, np.linalg.norm(gradient) / threshold)
    weights = weights - rate * gradient
    return weights[:, :-1], weights[:, -1]


SOLUTIONS = {
    "step_jacobian": (step_jacobian_by_einsum, step_jacobian_by_diagonals),
    "jacobian_product_norms": (jacobian_product_norms_by_transposes, jacobian_product_norms_by_list),
    "spectral_radius": (spectral_radius_sorted, spectral_radius_by_pythagoras),
    "rescale_spectral_radius": (rescale_spectral_radius_in_two_steps, rescale_spectral_radius_by_loop),
    "power_norms": (power_norms_by_matrix_power, power_norms_by_gram_matrices),
    "orthogonal_init": (
        orthogonal_init_by_gram_schmidt,
        orthogonal_init_by_flipping,
        orthogonal_init_by_singular_vectors,
    ),
    "clip_by_value": (clip_by_value_with_min_and_max, clip_by_value_in_a_copy),
    "clip_by_norm": (clip_by_norm_of_one_vector, clip_by_norm_as_torch_does),
    "scaled_update": (scaled_update_with_a_scaled_threshold, scaled_update_of_one_vector),
}
