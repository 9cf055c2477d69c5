"""Ed25519 verification by the signature rule (spec/log.md, "Signature rule"): strict and cofactorless."""

from functools import lru_cache
from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


def low_bits(encoded):
    """The 255 low bits of an encoded point, as a number."""
    return int.from_bytes(encoded, "little") & (2**255 - 1)


SMALL_ORDER_Y = {low_bits(bytes.fromhex(encoded)) for encoded in SMALL_ORDER}


def add(a, b):
    """The sum of two points in extended coordinates (RFC 8032, section 5.1.4)."""
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    left = (y1 - x1) * (y2 - x2) % P
    right = (y1 + x1) * (y2 + x2) % P
    c = 2 * t1 * t2 * D % P
    d = 2 * z1 * z2 % P
    e, f, g, h = right - left, d - c, d + c, right + left
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(a):
    """A point added to itself."""
    x, y, z, _ = a
    xx, yy = x * x % P, y * y % P
    h = xx + yy
    e = h - (x + y) * (x + y)
    g = xx - yy
    f = 2 * z * z + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def decode_point(encoded):
    """The point that 32 bytes stand for, or None."""
    y = low_bits(encoded)
    sign = encoded[31] >> 7
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (v * x * x - u) % P != 0 or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def encode_point(point):
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def multiples(point):
    """The point taken 0 to 15 times."""
    table = [(0, 1, 1, 0)]
    for _ in range(15):
        table.append(add(table[-1], point))
    return table


BASE_MULTIPLES = multiples(decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")))


@lru_cache(maxsize=4096)
def negated_key(key):
    """Multiples of the negated point of a key, or None: negate the point, never the scalar (step 6)."""
    point = decode_point(key)
    if point is None:
        return None
    x, y, z, t = point
    return multiples((-x % P, y, z, -t % P))


@lru_cache(maxsize=None)
def verify(key, message, signature):
    """Says whether the signature of the message is that of the key."""
    if len(key) != 32 or len(signature) != 64:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    for encoded in (key, r):
        if low_bits(encoded) >= P or low_bits(encoded) in SMALL_ORDER_Y:
            # encodings at or above p are refused first, so of the small ones only those below p are met here
            return False
    if s >= L:
        return False
    table = negated_key(key)
    if table is None:
        return False
    h = int.from_bytes(sha512(r + key + message).digest(), "little") % L
    sum_ = (0, 1, 1, 0)
    for shift in range(252, -1, -4):
        sum_ = double(double(double(double(sum_))))
        sum_ = add(sum_, BASE_MULTIPLES[s >> shift & 15])
        sum_ = add(sum_, table[h >> shift & 15])
    return encode_point(sum_) == r
