"""Messages (spec/message.md): reading, clock, order, places, acknowledgements, cited entries."""

import cbor

ID = 32
DEPS_MAX = 16
KEY_MAX = 256
CLOCK_LIMIT = 2**48
ATTACHMENTS_MAX, FILE_NAME_MAX, MEDIA_TYPE_MAX, BLOB_MAX = 8, 255, 127, 34_358_689_792


class Message:
    """The fields of a payload that can be read."""

    def __init__(self, fields):
        self.time, self.type, self.body = fields[1], fields.get(3, "text"), fields.get(4)
        self.clock = fields[1] + fields[2]
        self.deps = [tuple(dep) for dep in fields.get(5, [])]
        self.reply = fields.get(6)
        self.attachments = attachments(fields.get(7))
        self.salt, self.key = fields.get(8), fields.get(9)
        self.again = tuple(fields[14]) if is_again(fields.get(14)) else None


def read_message(payload):
    """The message, or None where it is unreadable ("Messages")."""
    fields = cbor.decode_map(payload)
    if fields is None or read_stamps(payload) is None or cbor.is_critical(fields) or is_veiled(fields):
        return None
    checks = {
        3: lambda value: type(value) is str,
        5: is_deps,
        6: lambda value: cbor.is_uint(value) and value < len(fields.get(5, [])),
        8: lambda value: cbor.is_bytes(value, 16),
        9: lambda value: type(value) is str and len(value.encode()) <= KEY_MAX,
    }
    for key in sorted(checks):
        if key in fields and not checks[key](fields[key]):
            return None
    if fields.get(3, "text") == "text" and 4 in fields and type(fields[4]) is not str:
        return None
    return Message(fields)


def is_veiled(fields):
    """Something sealed stands third: nothing of it is read in the clear (spec/veiled.md, "Payloads")."""
    return any(10 <= key <= 13 for key in sorted(key for key in fields if key > 2)[:1])


def message_in(entry):
    """The message in an entry, or None; nothing is read beside a critical key ("Critical keys")."""
    return None if entry.payload is None or entry.means.newer else read_message(entry.payload)


def needs_newer(entry):
    """Whether a later version is needed to read an entry that is no introduction."""
    if entry.means.newer:
        return True
    fields = None if entry.payload is None or read_stamps(entry.payload) is None else cbor.decode_map(entry.payload)
    return fields is not None and cbor.is_critical(fields)


def is_deps(value):
    def is_dep(item):
        if not cbor.is_list(item, 3):
            return False
        log, seq, third = item
        is_told = cbor.is_bytes(third, ID) or cbor.is_uint(third, 2**48)
        return cbor.is_bytes(log, ID) and cbor.is_uint(seq, 2**48) and is_told

    return type(value) is list and len(value) <= DEPS_MAX and all(is_dep(item) for item in value)


def is_again(value):
    """Key 14 ("Reading copies", 1)."""
    if not cbor.is_list(value, 3):
        return False
    log, seq, id_ = value
    return cbor.is_bytes(log, ID) and cbor.is_uint(seq, 2**48) and seq >= 1 and cbor.is_bytes(id_, ID)


def attachments(value):
    """Root, size, name and media type of each; none where the list has another form ("Attachments")."""

    def is_one(item):
        if not cbor.is_list(item, 4):
            return False
        root, size, name, media = item
        texts = type(name) is str and type(media) is str
        return (
            texts and cbor.is_bytes(root, ID) and cbor.is_uint(size, BLOB_MAX + 1)
            and 1 <= len(name.encode()) <= FILE_NAME_MAX and len(media.encode()) <= MEDIA_TYPE_MAX
        )  # fmt: skip

    good = type(value) is list and 1 <= len(value) <= ATTACHMENTS_MAX and all(is_one(item) for item in value)
    return [tuple(item) for item in value] if good else []


def read_clock(payload):
    """The clock at a payload's beginning, or None ("Clock")."""
    stamps = read_stamps(payload)
    return sum(stamps) if stamps is not None and 0 <= sum(stamps) < CLOCK_LIMIT else None


def read_stamps(payload):
    """Time and lead, if they stand where they have to, in whatever range."""
    if len(payload) < 2 or not 0xA2 <= payload[0] <= 0xB7 or payload[1] != 1:
        return None
    try:
        major, number, at = cbor.read_head(payload, 2)
        if major not in (0, 1) or at >= len(payload) or payload[at] != 2:
            return None
        lead_major, lead, _ = cbor.read_head(payload, at + 1)
    except cbor.Malformed:
        return None
    time = number if major == 0 else -1 - number
    return (time, lead) if lead_major == 0 and cbor.is_int(time) and cbor.is_uint(lead) else None


def is_message(entry):
    """Neither introduction nor housekeeping ("Reading")."""
    return entry.seq > 0 and not entry.means.housekeeping


def in_order(logs):
    """The messages of logs, each a list of entries held, ascending ("Order"): (log id, entry)."""
    keyed = []
    for log, entries in logs.items():
        effective = -1  # sorts before everything
        for entry in entries:
            if is_message(entry):
                own = None if entry.payload is None else read_clock(entry.payload)
                effective = max(effective, -1 if own is None else own)
                keyed.append((effective, log, entry.seq, entry))
    return [(log, entry) for _, log, _, entry in sorted(keyed, key=lambda item: item[:3])]


def read_ack(body):
    """Statements {log: ranges} in their order, and whether it is full; None where anything has another form."""
    if type(body) is not dict or cbor.is_critical(body) or type(body.get(1)) is not list:
        return None
    statements = []
    for item in body[1]:
        if not cbor.is_list(item, 2) or not cbor.is_bytes(item[0], ID) or not is_ranges(item[1]):
            return None
        statements.append((item[0], [tuple(one) for one in item[1]]))
    return statements, body.get(2) is True


def is_ranges(value):
    last = 0
    if type(value) is not list:
        return False
    for item in value:
        if not cbor.is_list(item, 3) or not cbor.is_uint(item[0]) or not cbor.is_uint(item[1], 2**48):
            return False
        if not last <= item[0] < item[1] or not cbor.is_bytes(item[2], ID):
            return False
        last = item[1]
    return True


def fold_acks(entries):
    """What is acknowledged by entries (deps, ack or None), ascending: {log: ranges} ("Acknowledgements")."""
    held = {}
    for deps, ack in entries:
        if ack is not None:
            statements, full = ack
            if full:
                held = {}
            for log, ranges in statements:
                held[log] = list(ranges)
        for log, seq, third in deps:
            if type(third) is bytes and not any(start <= seq < end for start, end, _ in held.get(log, [])):
                held[log] = sorted(held.get(log, []) + [(seq, seq + 1, third)])
    return held


def acknowledging(entry):
    """What one entry acknowledges: its deps, and the ack that it is; None where its payload says nothing."""
    if entry.seq == 0 or entry.payload is None:
        return None
    message = message_in(entry)
    if message is None:
        return None
    is_ack = entry.means.housekeeping and message.type == "ack"
    return message.deps, read_ack(message.body) if is_ack else None


def cited_id(held, log, seq, dep):
    """The id of the entry that a dep of the message cites, or None ("Covered deps").

    `held` gives for log and seq the entry held there, or None.
    """
    target, target_seq, third = dep
    if type(third) is bytes:
        return third

    def all_held(of, start, end):
        return all(held(of, n) is not None for n in range(start, end))

    if third >= seq or not all_held(log, third, seq + 1):
        return None
    if target == log:
        return held(log, third).id if third == target_seq else None
    covering = held(log, third)
    message = message_in(covering)
    for other, other_seq, id_ in message.deps if message else []:
        if type(id_) is not bytes or other != target or other_seq < target_seq:
            continue
        if all_held(target, target_seq, other_seq + 1) and held(target, other_seq).id == id_:
            return held(target, target_seq).id
    return None
