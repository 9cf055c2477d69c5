"""Cards (spec/card.md) and introductions (spec/log.md, "Introduction"), as far as needed to place a log."""

import unicodedata
from functools import lru_cache
from hashlib import sha256

import cbor
from ed25519 import verify
from segments import LENGTH_LIMIT

NAME_MAX = 32
LABEL_MAX = 64

# what a name has nowhere, and what it has at neither end
UNSEEN = [
    (0x0, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x600, 0x605), (0x61C, 0x61C), (0x6DD, 0x6DD),
    (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xD800, 0xDFFF), (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
]  # fmt: skip
SPACES = {0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000}
DIRECTION = {0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def is_name(name):
    """Whether somebody may call itself so ("Names")."""
    is_unseen = any(low <= ord(char) <= high for low, high in UNSEEN for char in name)
    if is_unseen or not 1 <= len(name.encode()) <= NAME_MAX:
        return False
    return ord(name[0]) not in SPACES and ord(name[-1]) not in SPACES


def is_label(label):
    """Whether a topic may be called so (spec/message.md, "Topics")."""

    def shows(char):
        return unicodedata.category(char) not in ("Cc", "Zl", "Zp") and ord(char) not in DIRECTION

    return type(label) is str and 1 <= len(label.encode()) <= LABEL_MAX and all(shows(char) for char in label)


FOUNDING_BYTES = {1: 97, 2: 129}
BINDING_BYTES = {0: 0, 1: 98, 2: 98, 3: 194}


@lru_cache(maxsize=None)
def read_card(data):
    """Person id and device key, or None ("Reading a card", steps 2 to 7)."""
    if len(data) < 2 or data[0] not in (1, 2) or (data[0] == 1 and data[1] != 1):
        return None
    kind = 1 + FOUNDING_BYTES.get(data[1], len(data))
    if len(data) <= kind or data[kind] not in ((0,) if data[0] == 1 else BINDING_BYTES):
        return None
    tail = kind + 1 + BINDING_BYTES[data[kind]]
    if len(data) < tail + 37 or len(data) != tail + 37 + data[tail + 36] + 64:
        return None
    if int.from_bytes(data[tail : tail + 4], "big") < 1:
        return None
    try:
        name = data[tail + 37 : -64].decode("utf-8")
    except UnicodeDecodeError:
        return None
    founding = data[1:kind]
    domain = b"satchel/founding/v%d\0" % founding[0]
    if not is_name(name) or not verify(founding[1:33], domain + founding[:-64], founding[-64:]):
        return None
    device = read_device(data[kind], founding, data[kind + 1 : tail])
    if device is None or not verify(device, b"satchel/card/v1\0" + data[:-64], data[-64:]):
        return None
    return sha256(b"\x02" + founding).digest(), device


def read_device(kind, founding, bound):
    """The device that what stands behind the kind binds to the person, or None (spec/devices.md, "Authority")."""
    person = sha256(b"\x02" + founding).digest()
    authority = founding[1:33]
    if kind == 0:
        return authority
    at = 0 if kind == 2 else 32
    generation = bound[at : at + 2]
    if (int.from_bytes(generation, "big") != 1) if kind == 1 else (int.from_bytes(generation, "big") < 2):
        return None
    if kind in (2, 3):
        authority, proof = bound[-96:-64], bound[-64:]
        if founding[0] != 2 or not verify(
            founding[33:65], b"satchel/authority/v1\0" + person + generation + authority, proof
        ):
            return None
    if kind == 2:
        return authority
    device, certificate = bound[:32], bound[34:98]
    signed = b"satchel/device/v1\0" + person + generation + device
    return device if verify(authority, signed, certificate) else None


class Introduction:
    """Of which person and topic a log is, and which older log it continues: (log, length, entry id)."""

    def __init__(self, topic, person, after):
        self.topic, self.person, self.after = topic, person, after


@lru_cache(maxsize=None)
def read_introduction(log, payload):
    """What a genuine introduction says, or None."""
    fields = cbor.decode_map(payload)
    if fields is None:
        return None
    topic, label, card, signature, after = (fields.get(key) for key in range(1, 6))
    if not cbor.is_bytes(topic, 32) or not is_label(label) or type(card) is not bytes:
        return None
    if not cbor.is_bytes(signature, 64) or (5 in fields and not is_after(after)):
        return None
    known = read_card(card)
    if known is None:
        return None
    person, device = known
    tail = b"\x00" if after is None else b"\x01" + after[0] + after[1].to_bytes(8, "big") + after[2]
    if not verify(device, b"satchel/introduction/v1\0" + log + topic + person + tail, signature):
        return None
    return Introduction(topic, person, after and tuple(after))


def is_after(value):
    if not cbor.is_list(value, 3):
        return False
    log, length, id_ = value
    return cbor.is_bytes(log, 32) and cbor.is_uint(length, LENGTH_LIMIT) and length >= 1 and cbor.is_bytes(id_, 32)
