"""Wrong answers to the assignment on gradients that vanish and explode, as students type them."""

WRONG = {
    "the slope on the columns": """
def step_jacobian(h_t, W_hh):
    return (1 - h_t**2)[:, None, :] * W_hh
""",
    "one matrix for the whole batch": """
def step_jacobian(h_t, W_hh):
    return np.diag(1 - h_t[0] ** 2) @ W_hh
""",
    "products in the order of time": """
def jacobian_product_norms(J):
    norms, product = [], np.eye(J.shape[1])
    for t in reversed(range(len(J))):
        product = J[t] @ product
        norms.append(np.linalg.norm(product, 2))
    return np.array(norms[::-1])
""",
    "the norms in the wrong order": """
def jacobian_product_norms(J):
    norms, product = [], np.eye(J.shape[1])
    for J_t in J[::-1]:
        product = product @ J_t
        norms.append(np.linalg.norm(product, 2))
    return np.array(norms)
""",
    "the norm of NumPy's default": """
def power_norms(W, steps):
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k + 1)) for k in range(steps)])
""",
    "a list of numbers": """
def power_norms(W, steps):
    return [np.linalg.norm(np.linalg.matrix_power(W, k + 1), 2) for k in range(steps)]
""",
    "a complex number": """
def spectral_radius(W):
    return max(np.linalg.eigvals(W))
""",
    "a solver for symmetric matrices": """
def spectral_radius(W):
    return np.abs(np.linalg.eigvalsh(W)).max()
""",
    "multiplied, not rescaled": """
def rescale_spectral_radius(W, radius):
    return W * radius
""",
    "in place": """
def rescale_spectral_radius(W, radius):
    W *= radius / np.abs(np.linalg.eigvals(W)).max()
    return W
""",
    "the library's signs": """
def orthogonal_init(A, gain):
    return gain * np.linalg.qr(A)[0]
""",
    "each array by its own norm": """
def clip_by_norm(d_W_xh, d_W_hh, d_b_h, threshold):
    clipped = []
    for d in (d_W_xh, d_W_hh, d_b_h):
        norm = np.linalg.norm(d)
        clipped.append(d * min(1, threshold / norm))
    return tuple(clipped)
""",
    "a list of three arrays": """
def clip_by_value(d_W_xh, d_W_hh, d_b_h, threshold):
    return [np.clip(d, -threshold, threshold) for d in (d_W_xh, d_W_hh, d_b_h)]
""",
    "clipped before unscaling": """
def scaled_update(W_hh, b_h, d_W_hh, d_b_h, scale, threshold, rate):
    norm = np.sqrt((d_W_hh**2).sum() + (d_b_h**2).sum())
    factor = min(1, threshold / norm) / scale
    return W_hh - rate * factor * d_W_hh, b_h - rate * factor * d_b_h
""",
}
