"""Deterministic CBOR (spec/README.md, "CBOR"): every value has one encoding, anything else is no map at all."""

DEPTH_MAX = 16
SAFE = 2**53 - 1


class Malformed(Exception):
    """The bytes are not the one encoding of one item."""


def decode(data):
    """The item: int, bytes, str, list, dict with integer keys, False, True or None."""
    value, at = _item(data, 0, 0)
    if at != len(data):
        raise Malformed("something behind the item")
    return value


def decode_map(data):
    """The map that the bytes are, or None."""
    try:
        value = decode(data)
    except Malformed:
        return None
    return value if isinstance(value, dict) else None


def is_critical(fields):
    """Whether a map has a key below zero: none is known (spec/README.md, "CBOR")."""
    return any(key < 0 for key in fields)


def is_uint(value, below=SAFE + 1):
    """An unsigned integer; Python's True is none."""
    return type(value) is int and 0 <= value < below


def is_int(value):
    """An integer within the bounds that pages mean unless they say otherwise."""
    return type(value) is int and -SAFE <= value <= SAFE


def is_bytes(value, size):
    return type(value) is bytes and len(value) == size


def is_list(value, size):
    return type(value) is list and len(value) == size


def read_head(data, at):
    """Of an item: major type, number and where the content begins; the number in its shortest form."""
    if at >= len(data):
        raise Malformed("cut off")
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    if info < 24:
        return major, info, at
    if info > 27:
        raise Malformed("indefinite or reserved")
    width = 1 << (info - 24)
    if at + width > len(data):
        raise Malformed("cut off")
    number = int.from_bytes(data[at : at + width], "big")
    shortest = 24 if width == 1 else 1 << (8 * (width >> 1))
    if number < shortest or major == 7:
        raise Malformed("not the shortest form")
    return major, number, at + width


def _item(data, at, depth):
    start = at
    major, number, at = read_head(data, at)
    if major == 0:
        return number, at
    if major == 1:
        return -1 - number, at
    if major in (2, 3):
        if at + number > len(data):
            raise Malformed("cut off")
        return _string(major, bytes(data[at : at + number])), at + number
    if major == 7 and data[start] in (0xF4, 0xF5, 0xF6):
        return {0xF4: False, 0xF5: True, 0xF6: None}[data[start]], at
    if major not in (4, 5) or depth >= DEPTH_MAX:
        raise Malformed("not allowed, or too deep")
    return _list(data, at, number, depth) if major == 4 else _map(data, at, number, depth)


def _string(major, content):
    if major == 2:
        return content
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("not UTF-8")


def _list(data, at, count, depth):
    items = []
    for _ in range(count):
        item, at = _item(data, at, depth + 1)
        items.append(item)
    return items, at


def _map(data, at, count, depth):
    pairs = {}
    last = b""
    for _ in range(count):
        start = at
        key, at = _item(data, at, depth + 1)
        encoded = bytes(data[start:at])
        if not is_int(key) or encoded <= last:
            raise Malformed("keys are ascending integers, none above 2^53")
        last = encoded
        pairs[key], at = _item(data, at, depth + 1)
    return pairs, at
