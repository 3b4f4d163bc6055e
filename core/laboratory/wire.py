"""Arguments and results on their way: MessagePack, checked against the types of the function; tensors as bytes."""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from msgspec.msgpack import Decoder, Encoder
from torch import Tensor


def encode(value: object) -> bytes:
    """Return numbers, texts, tuples, dataclasses and tensors as bytes; raises `TypeError` for anything else."""
    return _encoder.encode(value)


def decode(content: bytes, kind: Any) -> Any:
    """Return the value of a type that `encode` made bytes of, every field checked; raises `ValueError` for others."""
    return _decoder(kind).decode(content)


def _pack(value: object) -> tuple[str, tuple[int, ...], bytes]:
    """Return a tensor's type, shape and bytes."""
    if not isinstance(value, Tensor):
        raise TypeError(f"{type(value).__name__} does not travel")
    array = value.detach().contiguous().numpy()
    return str(array.dtype), array.shape, array.tobytes()


def _unpack(kind: type, packed: Any) -> Tensor:
    if kind is not Tensor:
        raise TypeError(f"{kind} does not travel")
    dtype, shape, content = packed
    return torch.from_numpy(np.frombuffer(bytearray(content), dtype).reshape(shape))


_encoder = Encoder(enc_hook=_pack)


@lru_cache(maxsize=64)
def _decoder(kind: Any) -> Decoder[Any]:
    return Decoder(kind, dec_hook=_unpack)
