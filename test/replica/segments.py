"""Logs (spec/log.md): chain, heads, metadata, segments; and proofs (spec/bundle.md, "Proofs")."""

from functools import lru_cache
from hashlib import sha256

import cbor
from ed25519 import verify

PAYLOAD_MAX = 65_536
META_MAX = 512
RAW_MAX = 1_048_576
BODY_MAX = 1_052_672
SEGMENT_ENTRIES_MAX = 8_192
LENGTH_LIMIT = 2**48
PROOF_MAX = 3_145_728
ZEROS = bytes(32)


class Refused(Exception):
    """What was read is not taken; the code names why."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Entry:
    """One entry; its payload is None where only the hash is known."""

    def __init__(self, seq, meta, payload, payload_length, payload_hash):
        self.seq, self.meta, self.payload = seq, meta, payload
        self.payload_length, self.payload_hash = payload_length, payload_hash
        self.id = ZEROS
        self.means = meaning(meta)

    def without_payload(self):
        copy = Entry(self.seq, self.meta, None, self.payload_length, self.payload_hash)
        copy.id = self.id
        return copy


class Segment:
    """A verified run of entries; first <= seq < end."""

    def __init__(self, log, first, previous, entries):
        self.log, self.first, self.previous, self.entries = log, first, previous, entries
        self.end = first + len(entries)

    def id(self, length):
        """The id of the log at that length, first and end included."""
        return self.previous if length == self.first else self.entries[length - self.first - 1].id

    def cut(self, freeze):
        """The same, without the payloads of what lies behind the freeze."""
        entries = [e if e.seq < freeze or e.payload is None else e.without_payload() for e in self.entries]
        return Segment(self.log, self.first, self.previous, entries)


def u(data, at, width):
    return int.from_bytes(data[at : at + width], "big")


def entry_id(log, seq, previous, entry):
    """The chain ("The chain")."""
    numbers = seq.to_bytes(8, "big") + entry.payload_length.to_bytes(4, "big")
    return sha256(b"\x01" + log + numbers + previous + entry.payload_hash + entry.meta).digest()


def head_verifies(log, length, id_, signature):
    """Heads ("Heads")."""
    if not 1 <= length < LENGTH_LIMIT:
        return False
    return verify(log, b"satchel/head/v1\0" + log + length.to_bytes(8, "big") + id_, signature)


class Meaning:
    """What metadata says ("Metadata"). A field in another form counts as absent, all of them beside a critical key."""

    def __init__(self, fields):
        self.newer = cbor.is_critical(fields)
        if self.newer:
            fields = {}
        expires, retracts = fields.get(1), fields.get(3)
        self.expires = expires if cbor.is_uint(expires) else None
        self.blobs = self._blobs(fields.get(2))
        self.retracts = [tuple(item) for item in retracts] if self._is_ranges(retracts) else []
        self.housekeeping = fields.get(4) is True
        self.retracts_in = self._retracts_in(fields.get(5))

    @staticmethod
    def _is_range(item):
        return all(cbor.is_uint(n, LENGTH_LIMIT) for n in item) and 1 <= item[0] < item[1]

    def _is_ranges(self, value):
        return type(value) is list and all(cbor.is_list(item, 2) and self._is_range(item) for item in value)

    @staticmethod
    def _blobs(value):
        def is_blob(item):
            return cbor.is_list(item, 2) and cbor.is_bytes(item[0], 32) and cbor.is_uint(item[1])

        good = type(value) is list and all(is_blob(item) for item in value)
        return [tuple(item) for item in value] if good else []

    def _retracts_in(self, value):
        """Log and items [from, end, id], or None."""

        def is_item(item):
            return cbor.is_list(item, 3) and self._is_range(item[:2]) and cbor.is_bytes(item[2], 32)

        if not cbor.is_list(value, 2) or not cbor.is_bytes(value[0], 32) or type(value[1]) is not list:
            return None
        return (value[0], [tuple(item) for item in value[1]]) if all(is_item(item) for item in value[1]) else None


@lru_cache(maxsize=None)
def meaning(meta):
    fields = cbor.decode_map(meta)
    return Meaning({} if fields is None else fields)


@lru_cache(maxsize=None)
def read_segment(data):
    """The segment, verified by itself ("Reading a segment"); the steps are numbered as there.

    Raises Refused with the code of the first step that fails; `skipped` for the codec that this reader lacks.
    """
    if len(data) < 16 or data[:8] != b"satchseg" or u(data, 12, 4) < 16:  # 1
        raise Refused("bad-segment")
    if u(data, 8, 4) != 1:  # 2
        raise Refused("newer-version")
    if len(data) < 104:  # 3
        raise Refused("bad-segment")
    log, first, count, previous = data[16:48], u(data, 48, 8), u(data, 56, 4), data[60:92]
    codec, heads, raw, body = data[92], u(data, 93, 3), u(data, 96, 4), u(data, 100, 4)
    if not 1 <= count <= SEGMENT_ENTRIES_MAX or first + count >= LENGTH_LIMIT:  # 4
        raise Refused("over-limit")
    if codec > 1:
        raise Refused("newer-version")
    if raw > RAW_MAX or body > BODY_MAX:
        raise Refused("over-limit")
    if (
        (codec == 0 and body != raw)
        or not 1 <= heads <= count
        or (first == 0 and previous != ZEROS)
        or u(data, 12, 4) != 104 + body + 72 * heads + 16
    ):
        raise Refused("bad-segment")
    if len(data) != u(data, 12, 4):  # 5
        raise Refused("bad-segment")
    if sha256(data[:-16]).digest()[:16] != data[-16:]:  # 6
        raise Refused("bad-checksum")
    lengths = [u(data, 104 + body + 72 * i, 8) for i in range(heads)]
    if lengths[-1] != first + count or any(b <= a for a, b in zip([first] + lengths, lengths)):  # 7
        raise Refused("bad-segment")
    if codec == 1:
        raise Refused("skipped")
    entries = walk(data[104 : 104 + body], log, first, count, previous)  # 8, 9
    if not head_verifies(log, first + count, entries[-1].id, data[-80:-16]):  # 10
        raise Refused("bad-chain")
    return Segment(log, first, previous, entries)


def walk(body, log, first, count, previous):
    """The entries of a raw body with their ids ("Entries in the body")."""
    entries, at = [], 0
    for seq in range(first, first + count):
        length, at = read_varint(body, at)
        flags, at = read_varint(body, at)
        meta_length, dropped = flags >> 1, flags & 1
        if length > PAYLOAD_MAX or meta_length > META_MAX:
            raise Refused("over-limit")
        content = at + meta_length
        end = content + (32 if dropped else length)
        if end > len(body):
            raise Refused("bad-segment")
        payload = None if dropped else body[content:end]
        hash_ = body[content:end] if dropped else sha256(payload).digest()
        entry = Entry(seq, body[at:content], payload, length, hash_)
        entry.id = previous = entry_id(log, seq, previous, entry)
        entries.append(entry)
        at = end
    if at != len(body):
        raise Refused("bad-segment")
    return entries


def read_varint(data, at):
    """7 bits a byte, the lowest first, in the shortest form and at most 3 bytes."""
    value = 0
    for i in range(3):
        if at + i >= len(data):
            raise Refused("bad-segment")
        byte = data[at + i]
        value |= (byte & 127) << (7 * i)
        if byte < 128:
            if byte == 0 and i > 0:
                raise Refused("bad-segment")
            return value, at + i + 1
    raise Refused("bad-segment")


class Proof:
    """Two ids at a length of a log, each with links to a signed head."""

    def __init__(self, log, length, valid, ids):
        self.log, self.length, self.valid, self.ids = log, length, valid, ids


@lru_cache(maxsize=None)
def read_proof(data):
    """One proof behind its length; whether it proves something stands in `valid`. Raises Refused."""
    if len(data) < 4:
        raise Refused("bad-member")
    if 4 + u(data, 0, 4) > PROOF_MAX:
        raise Refused("over-limit")
    if len(data) != 4 + u(data, 0, 4) or len(data) < 44:
        raise Refused("bad-member")
    log, length, at = data[4:36], u(data, 36, 8), 44
    if not 1 <= length < LENGTH_LIMIT:
        raise Refused("bad-member")
    one, at = read_branch(data, at, log, length)
    other, at = read_branch(data, at, log, length)
    if at != len(data):
        raise Refused("bad-member")
    if one[4] or other[4]:  # the form of all of it comes first
        raise Refused("over-limit")
    differ = one[0] != other[0]
    valid = differ and all(head_verifies(log, end, id_, signature) for _, end, id_, signature, _ in (one, other))
    return Proof(log, length, valid, [one[0], other[0]])


def read_branch(data, at, log, length):
    """Id at the length; of the head length, id and signature; whether something in between is over a limit."""
    if at + 36 > len(data):
        raise Refused("bad-member")
    start = id_ = data[at : at + 32]
    links = u(data, at + 32, 4)
    at += 36
    over = False
    if length + links >= LENGTH_LIMIT:
        raise Refused("bad-member")
    for seq in range(length, length + links):
        if at + 38 > len(data):
            raise Refused("bad-member")
        payload_length, hash_, meta_length = u(data, at, 4), data[at + 4 : at + 36], u(data, at + 36, 2)
        over = over or payload_length > PAYLOAD_MAX or meta_length > META_MAX
        at += 38 + meta_length
        if at > len(data):
            raise Refused("bad-member")
        id_ = entry_id(log, seq, id_, Entry(seq, data[at - meta_length : at], None, payload_length, hash_))
    if at + 64 > len(data):
        raise Refused("bad-member")
    return (start, length + links, id_, data[at : at + 64], over), at + 64
