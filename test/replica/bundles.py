"""Bundles (spec/bundle.md), as far as needed to take honest ones: members by their digests, records, proofs."""

import json
from hashlib import sha256

from ed25519 import verify
from segments import Refused, u


class Bundle:
    """What is in it: segments as (log, first, end, id, bytes), proofs as bytes."""

    def __init__(self, segments, proofs):
        self.segments, self.proofs = segments, proofs


def read_bundle(data):
    """Opens and verifies a bundle; the tar profile is not checked in full ("Reading", "Verifying"). Raises Refused."""
    files = dict(tar_members(data))
    manifest = files.get("manifest.json", b"")
    try:
        said = json.loads(manifest)
    except ValueError:
        raise Refused("bad-manifest")
    key = bytes.fromhex(said["key"])
    if not verify(key, b"satchel/manifest/v1\0" + manifest, files.get("manifest.sig", b"")):
        raise Refused("not-authentic")
    for member in said["members"]:
        content = files.get(member["name"])
        if content is None or len(content) != member["size"] or sha256(content).hexdigest() != member["sha256"]:
            raise Refused("bad-member")
    segments = list(records(files.get("contents", b""), files.get("segments", b"")))
    return Bundle(segments, list(proofs(files.get("proofs", b""))))


def tar_members(data):
    """Names and contents ("Tar profile")."""
    at = 0
    while at + 512 <= len(data) and data[at] != 0:
        name = data[at : at + 100].rstrip(b"\0").decode("ascii")
        size = int(data[at + 124 : at + 135], 8)
        yield name, data[at + 512 : at + 512 + size]
        at += 512 + (size + 511) // 512 * 512


def records(contents, segments):
    """The segments with what is claimed of them ("Contents")."""
    at = 0
    for start in range(0, len(contents), 96):
        record = contents[start : start + 96]
        offset, length = u(record, 80, 8), u(record, 88, 8)
        if offset != at or at + length > len(segments):
            raise Refused("bad-member")
        at += length
        yield record[:32], u(record, 32, 8), u(record, 40, 8), record[48:80], segments[offset:at]
    if at != len(segments):
        raise Refused("bad-member")


def proofs(member):
    """The proofs, back to back, each with its length."""
    at = 0
    while at < len(member):
        end = at + 4 + u(member, at, 4)
        yield member[at:end]
        at = end
