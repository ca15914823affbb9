"""The windows of images that a kernel meets, and the way back: what two-dimensional convolution and pooling share.

Images are (B, C, H, W): batch, channel, height, width. Here B comes first and H is a height, because images are not
sequences. Rows and columns at the end that fill no whole window are left out, as in torch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[Any]
Pair = tuple[int, int]


def pair(name: str, value: int | Pair, smallest: int = 1) -> Pair:
    """One whole number for both height and width, or one for each, as a pair.

    Raises: ValueError for anything else, or for less than `smallest`.

    >>> pair("stride", 2)
    (2, 2)
    """
    both = value if isinstance(value, tuple) else (value, value)
    if len(both) != 2 or any(not isinstance(each, int | np.integer) or each < smallest for each in both):
        raise ValueError(
            f"{name} must be a whole number of at least {smallest}, or two of them for height and width, "
            f"but is {value!r}."
        )
    return both


def windows(x: Array, kernel: Pair, stride: Pair) -> Array:
    """All windows of an image as a view: (B, C, H, W) → (B, C, kh, kw, H_out, W_out), H_out = ⌊(H − kh) / sh⌋ + 1.

    Entry (b, c, i, j, p, q) is x[b, c, p sh + i, q sw + j].

    Raises: ValueError if the kernel is larger than the image. Source: Chellapilla et al. 2006 (im2col).

    >>> windows(np.arange(4.0).reshape(1, 1, 1, 4), kernel=(1, 2), stride=(1, 2))[0, 0, 0, :, 0]
    array([[0., 2.],
           [1., 3.]])
    """
    H, W = x.shape[2:]
    if kernel[0] > H or kernel[1] > W:
        raise ValueError(
            f"the kernel {kernel} must fit into the image, but the image, with its padding, is {(H, W)}. "
            "Is the image (B, C, H, W), and has pooling made it too small?"
        )
    everywhere = sliding_window_view(x, kernel, axis=(2, 3))
    return everywhere[:, :, :: stride[0], :: stride[1]].transpose(0, 1, 4, 5, 2, 3)


def windows_backward(d_windows: Array, size: Pair, stride: Pair) -> Array:
    """From the gradient at all windows to that at the image of this size (H, W): overlapping windows add up.

    Shapes: d_windows (B, C, kh, kw, H_out, W_out); returns d_x (B, C, H, W). Source: Chellapilla et al. 2006 (col2im).

    >>> windows_backward(np.ones((1, 1, 1, 2, 1, 2)), size=(1, 3), stride=(1, 1))[0, 0]
    array([[1., 2., 1.]])
    """
    B, C, kh, kw, H_out, W_out = d_windows.shape
    sh, sw = stride
    d_x = np.zeros((B, C, *size), d_windows.dtype)
    for i in range(kh):
        for j in range(kw):
            d_x[:, :, i : i + H_out * sh : sh, j : j + W_out * sw : sw] += d_windows[:, :, i, j]
    return d_x
