"""A replica written from spec/ alone: a tool of the tests, which nobody else runs.

Reads one JSON object a line, `{"op": NAME, ...}`, and answers each with a line of JSON. Bytes are hex.
"""

import json
import sys
from hashlib import sha256

import cbor
from cards import read_card, read_introduction
from ed25519 import verify
from messages import cited_id, fold_acks, in_order, read_ack, read_clock, read_message
from replica import Replica
from segments import Entry, Refused, entry_id, head_verifies, meaning, read_proof, read_segment
from taking import INFINITY

unhex = bytes.fromhex


def replica(q):
    """What becomes of items in several orders: after each bundle, and at the end."""
    return [one_order(q, order) for order in q["orders"]]


def one_order(q, bundles):
    one = Replica(q["today"], unhex(q.get("topic", "")))
    steps = [{"codes": take(one, [q["items"][i] for i in bundle]), "logs": states(one)} for bundle in bundles]
    return {"steps": steps, "end": end_of(one, unhex(q["topic"])) if "topic" in q else None}


def take(one, items):
    """The code of each item, in order; of a bundle those of each log of which something was refused, in order too."""
    if "bundle" in items[0]:
        refused = one.import_bundle(unhex(items[0]["bundle"]))
        return {log.hex(): codes for log, codes in refused.items()}
    proofs = [unhex(item["proof"]) for item in items if "proof" in item]
    segments = [unhex(item["segment"]) for item in items if "segment" in item]
    codes = [code or "ok" for code in one.commit(proofs, segments)]
    of_proofs, of_segments = iter(codes[: len(proofs)]), iter(codes[len(proofs) :])
    return [next(of_proofs if "proof" in item else of_segments) for item in items]


def states(one):
    return {
        log.hex(): {
            "freeze": None if known.freeze == INFINITY else known.freeze,
            "held": known.held(),
            "leftOver": known.left_over(),
            "stripped": known.stripped(),
        }
        for log, known in one.logs.items()
        if known.here or known.freeze != INFINITY
    }


def end_of(one, topic):
    shown = one.shown(topic)
    return {
        "order": [[log.hex(), entry.seq, state] for log, entry, state in shown],
        "answers": [[log.hex(), entry.seq, answer(one, log, entry)] for log, entry, _ in shown],
        "acks": {log.hex(): [seqs_in(one.acknowledged(log, deps=deps)) for deps in (False, True)] for log in one.logs},
    }


def answer(one, log, entry):
    cited = one.cites(log, entry)
    return cited and [cited[0].hex(), cited[1], cited[2] and cited[2].hex()]


def seqs_in(held):
    return {log.hex(): [seq for start, end, _ in ranges for seq in range(start, end)] for log, ranges in held.items()}


def ranges_of(held):
    return {
        log.hex(): [{"from": start, "end": end, "id": id_.hex()} for start, end, id_ in ranges]
        for log, ranges in held.items()
    }


# single questions


def segment(q):
    try:
        read = read_segment(unhex(q["bytes"]))
    except Refused as refusal:
        return {"code": refusal.code}
    return {"code": "ok", "log": read.log.hex(), "first": read.first, "id": read.id(read.end).hex(),
            "entries": [[e.meta.hex(), None if e.payload is None else e.payload.hex(), e.payload_hash.hex()] for e in read.entries]}  # fmt: skip


def entry(q):
    payload, log, seq, previous = unhex(q["payload"]), unhex(q["log"]), q["seq"], unhex(q["previous"])
    one = Entry(seq, unhex(q["meta"]), payload, len(payload), sha256(payload).digest())
    return entry_id(log, seq, previous, one).hex()


def head(q):
    return head_verifies(unhex(q["log"]), q["length"], unhex(q["id"]), unhex(q["signature"]))


def signature(q):
    return verify(unhex(q["key"]), unhex(q["message"]), unhex(q["signature"]))


def metadata(q):
    means = meaning(unhex(q["meta"]))
    return {"expires": means.expires, "retracts": means.retracts, "housekeeping": means.housekeeping, "newer": means.newer,
            "blobs": [[root.hex(), size] for root, size in means.blobs]}  # fmt: skip


def proof(q):
    try:
        read = read_proof(unhex(q["bytes"]))
    except Refused as refusal:
        return {"code": refusal.code}
    return {"code": "ok", "valid": read.valid, "log": read.log.hex(), "length": read.length,
            "ids": [id_.hex() for id_ in read.ids]}  # fmt: skip


def card(q):
    read = read_card(unhex(q["bytes"]))
    return read and {"person": read[0].hex(), "device": read[1].hex()}


def introduction(q):
    read = read_introduction(unhex(q["log"]), unhex(q["payload"]))
    return read and {"topic": read.topic.hex(), "person": read.person.hex()}


def message(q):
    payload = unhex(q["payload"])
    read = read_message(payload)
    return {"clock": read_clock(payload), "reads": read and {
        "time": read.time, "clock": read.clock, "type": read.type, "reply": read.reply,
        "deps": len(read.deps), "attachments": len(read.attachments), "key": read.key,
    }}  # fmt: skip


def ack(q):
    read = read_ack(cbor.decode(unhex(q["body"])))
    return read and {"full": read[1], "statements": [[log.hex(), ranges_of({log: r})[log.hex()]] for log, r in read[0]]}


def held(q):
    def said(one):
        deps = [(unhex(dep["log"]), dep["seq"], unhex(dep["id"])) for dep in one["deps"] if "id" in dep]
        return deps, read_ack(cbor.decode(unhex(one["body"]))) if "body" in one else None

    return ranges_of(fold_acks(map(said, q["entries"])))


def stored(q, seq):
    """An entry as a vector describes it."""
    one = q["entries"][seq]
    payload = one.get("payload")
    built = Entry(seq, unhex(one.get("meta", "")), None if payload is None else unhex(payload), 0, b"")
    built.id = unhex(one.get("id", ""))
    return built


def seqs_of(log):
    return [seq for start, end in log["runs"] for seq in range(start, end) if seq < len(log["entries"])]


def held_seqs(log):
    return [seq for seq in seqs_of(log) if seq < log.get("frozen", INFINITY)]


def order(q):
    logs = {unhex(log["log"]): log for log in q["logs"]}
    kept = {id_: [stored(log, seq) for seq in seqs_of(log)] for id_, log in logs.items()}
    place = {id_: i for i, id_ in enumerate(logs)}
    return [[place[log], entry.seq] for log, entry in in_order(kept)]


def cited(q):
    logs = {unhex(log["log"]): {seq: stored(log, seq) for seq in held_seqs(log)} for log in q["logs"]}
    own = q["logs"][0]
    last = stored(own, len(own["entries"]) - 1)
    [dep] = read_message(last.payload).deps
    found = cited_id(lambda log, seq: logs.get(log, {}).get(seq), unhex(own["log"]), last.seq, dep)
    return found and found.hex()


OPERATIONS = {
    one.__name__: one
    for one in (
        *(replica, segment, entry, head, signature, metadata, proof),
        *(card, introduction, message, ack, held, order, cited),
    )
}

for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(OPERATIONS[question["op"]](question)), flush=True)
