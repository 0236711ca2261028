"""Trained models as bytes and back: dataclasses of numbers, arrays and trees, read by their own type hints.

No pickle: a file can hold nothing but numbers, texts and trees of XGBoost. The same model gives the same bytes.
"""

import hashlib
import io
import json
import types
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
import xgboost as xgb

Model = TypeVar("Model")

_TREE = "tree.json"
_LEAVES: tuple[type, ...] = (int, float, str, bool, type(None))


class Unreadable(Exception):
    """The bytes are no model of this kind: cut short, changed, or written by a program of another shape."""


def pack(model: object) -> bytes:
    """Write a model; arrays keep every bit, and so do trees."""
    blobs: list[bytes] = []
    tree = _told(model, blobs)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        # An entry made by name alone carries the day of the writing; these carry none.
        file.writestr(zipfile.ZipInfo(_TREE), json.dumps({"shape": shape_of(type(model)), "model": tree}))
        for number, blob in enumerate(blobs):
            file.writestr(zipfile.ZipInfo(f"{number}.bin"), blob, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def unpack(kind: type[Model], written: bytes) -> Model:
    """Read a model back. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(written)) as file:
            told = json.loads(file.read(_TREE))
            if told["shape"] != shape_of(kind):
                message = "written by a program whose models have another shape"
                raise Unreadable(message)
            blobs = {name: file.read(name) for name in file.namelist() if name != _TREE}
        model: Model = _read(kind, told["model"], blobs)
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError, OSError, xgb.core.XGBoostError) as error:
        raise Unreadable(str(error)) from error
    return model


def shape_of(kind: type) -> str:
    """Give a digest of a dataclass's fields and of those in it: a program of another shape reads no such file."""
    told = json.dumps(_shape(kind, set()), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _shape(hint: Any, seen: set[type]) -> Any:
    if is_dataclass(hint) and isinstance(hint, type):
        if hint in seen:
            return hint.__name__
        seen.add(hint)
        hints = get_type_hints(hint)
        return {hint.__name__: {each.name: _shape(hints[each.name], seen) for each in fields(hint)}}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {hint.__name__: sorted(str(each.value) for each in hint)}
    arguments = [_shape(each, seen) for each in get_args(hint)]
    return [str(get_origin(hint)), *arguments] if arguments and get_origin(hint) is not Literal else str(hint)


def _told(value: Any, blobs: list[bytes]) -> Any:  # noqa: PLR0911 - a line for each kind of value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, _LEAVES):
        return value
    if isinstance(value, np.ndarray):
        return _blob(_array_bytes(value), blobs)
    if isinstance(value, xgb.Booster):
        return _blob(bytes(value.save_raw("ubj")), blobs)
    if isinstance(value, Mapping):
        return [[_told(key, blobs), _told(each, blobs)] for key, each in value.items()]
    if is_dataclass(value):
        inside = {each.name: _told(getattr(value, each.name), blobs) for each in fields(value)}
        return {"is": type(value).__name__, **inside}
    if isinstance(value, Sequence):
        return [_told(each, blobs) for each in value]
    message = f"a model holds no {type(value).__name__}"
    raise TypeError(message)


def _blob(written: bytes, blobs: list[bytes]) -> dict[str, str]:
    blobs.append(written)
    return {"blob": f"{len(blobs) - 1}.bin"}


def _array_bytes(array: Any) -> bytes:
    written = io.BytesIO()
    np.save(written, np.ascontiguousarray(array), allow_pickle=False)
    return written.getvalue()


def _read(hint: Any, told: Any, blobs: Mapping[str, bytes]) -> Any:  # noqa: PLR0911 - a line for each kind of value
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return _read(_member_of(arguments, told), told, blobs)
    if origin is np.ndarray:
        return np.load(io.BytesIO(blobs[told["blob"]]), allow_pickle=False)
    if origin in {tuple, list, Sequence}:
        return _read_sequence(origin, arguments, told, blobs)
    if origin in {dict, Mapping}:
        return {_read(arguments[0], key, blobs): _read(arguments[1], each, blobs) for key, each in told}
    if hint is xgb.Booster:
        booster = xgb.Booster()
        booster.load_model(bytearray(blobs[told["blob"]]))
        return booster
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return hint(**{each.name: _read(hints[each.name], told[each.name], blobs) for each in fields(hint)})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(told)
    return float(told) if hint is float else told


def _read_sequence(origin: Any, arguments: tuple[Any, ...], told: Any, blobs: Mapping[str, bytes]) -> Any:
    if origin is tuple and len(arguments) > 1 and arguments[1] is not Ellipsis:
        return tuple(_read(each, value, blobs) for each, value in zip(arguments, told, strict=True))
    read = [_read(arguments[0], value, blobs) for value in told]
    return tuple(read) if origin is tuple else read


def _member_of(kinds: tuple[Any, ...], told: Any) -> Any:
    """Give the one kind of a union that what was written is of."""
    if told is None:
        return type(None)
    others = [kind for kind in kinds if kind is not type(None)]
    if len(others) == 1:
        return others[0]
    return next(kind for kind in others if isinstance(told, dict) and kind.__name__ == told.get("is"))
