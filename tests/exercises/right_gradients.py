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


SOLUTIONS = {
    "step_jacobian": (step_jacobian_by_einsum, step_jacobian_by_diagonals),
    "jacobian_product_norms": (jacobian_product_norms_by_transposes, jacobian_product_norms_by_list),
    "spectral_radius": (spectral_radius_sorted, spectral_radius_by_pythagoras),
    "rescale_spectral_radius": (rescale_spectral_radius_in_two_steps, rescale_spectral_radius_by_loop),
}
