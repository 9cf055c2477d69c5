// The question to a platform's Ed25519 before it is trusted: a few pinned cases on which implementations differ, a
// subset of `fixtures/signature.json` (spec/log.md, "Signature rule"). Six of them reach the platform: about 3 ms in a
// new process, half of it the first call that `node:crypto` has to warm up for anyway.
import { type Equation, isStrictlyEncoded } from './rule.js';

/** Whether the rule, completed by this equation, answers every pinned case as it must. */
export function passesSelfTest(equation: Equation): boolean {
  return SELF_TEST.every((pinned) => answer(equation, pinned) === pinned.valid);
}

function answer(equation: Equation, pinned: PinnedCase): boolean {
  const key = bytesOf(pinned.key);
  const signature = bytesOf(pinned.signature);
  return isStrictlyEncoded(key, signature) && equation(key, bytesOf(pinned.message), signature);
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

/** A case by its name in the fixture; the three byte strings are hex. */
interface PinnedCase {
  readonly name: string;
  readonly key: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

/** The pinned cases: first those that only the platform can answer, then those that must never reach it. */
export const SELF_TEST: readonly PinnedCase[] = [
  {
    name: 'valid-0',
    key: 'a46d70f78f50351c49fa5492c09182e2bdd817311353af0a4f8067707c53c361',
    message: '',
    signature:
      'acc32d2d7ff0a9b4c6ca472ee8ae41f58416f4f881e022c1eef0a4fc679b70da0a492246be650be4f73a9c20fbdbc548d099fcc2cdb74980efae33b642771405',
    valid: true,
  },
  {
    name: 'h-reduced',
    key: '2b9e39f4137fc0449d169b0b9e97ac4e6606c82523b6f4c26008dbf4e821f497',
    message: '726564756374696f6e2034',
    signature:
      'aab56ccccf00f7cfeff0c3bab73ac68be0dca3fba0481b465abdc590198399d48b5d89ff81d75e265b5786b4dca1e3a2b67b0d5d71a06a7092547f5728430f04',
    valid: true,
  },
  {
    name: 'mixed-key-1-balanced',
    key: 'eb8f497e76395d5be189605fa50da0bd22fb41c115403c1b16a32f3889755b4f',
    message: '6d6978656420312036',
    signature:
      'c6164979ce64e9123903dc71ee78c91291d8b5e69dd4a1c9fb56989be0017c11c99b1587b9b7e262e12a1cae62d6c1e37a80944b27681e1e7137c8511b9c540b',
    valid: true,
  },
  {
    name: 'h-unreduced',
    key: '2b9e39f4137fc0449d169b0b9e97ac4e6606c82523b6f4c26008dbf4e821f497',
    message: '726564756374696f6e203130',
    signature:
      'aab56ccccf00f7cfeff0c3bab73ac68be0dca3fba0481b465abdc590198399d41dea00d501546f490323767731e2f8f70bf890e67f004992ec60451da55cf30a',
    valid: false,
  },
  {
    name: 'mixed-r-1-cofactored',
    key: '0861e8248d6a9077330a3d24f18b4260fd36914a52b419d76dd83e6f1ce5675f',
    message: '6d69786564203120522030',
    signature:
      '1d900f88276754ec37a61544935b38429b9c0926615ed4a69e1703767354eda5c86a7309bda3bbaa20a96a26eedf6c652cde185277e40ae68696d32ccba09205',
    valid: false,
  },
  {
    name: 'key-off-curve',
    key: '0200000000000000000000000000000000000000000000000000000000000000',
    message: '706f696e742030',
    signature:
      'ff3fc097781f923ddb1bde5348f90e0a67784606fe981e3c64eb21b940e4180ceca10cddee236a6b48cb57e866f07821669eeea2957393a9a46c4b1831a85f0d',
    valid: false,
  },
  {
    name: 'key-length-33',
    key: 'f18bc66723d65a7766a221c9f4fc3ad423d7a0a134541594c0f1b4a6c5cd438100',
    message: '6c656e6774682030',
    signature:
      '7d8b0852a4c6261fd4a3475594c5b19c508139df610bf4df829aa76ce123dcaac124f2f5c2a543053e346d4e2ddc3d58c6dc5425d3935f642e2e15091ad80202',
    valid: false,
  },
  {
    name: 'signature-length-65',
    key: 'f18bc66723d65a7766a221c9f4fc3ad423d7a0a134541594c0f1b4a6c5cd4381',
    message: '6c656e6774682030',
    signature:
      '7d8b0852a4c6261fd4a3475594c5b19c508139df610bf4df829aa76ce123dcaac124f2f5c2a543053e346d4e2ddc3d58c6dc5425d3935f642e2e15091ad8020200',
    valid: false,
  },
  {
    name: 'key-small-1',
    key: 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    message: '736d616c6c206b65792032',
    signature:
      '5800d87be0d330a802efe434b9cc044a952c5c896a2a12ac3c002e3487ffde01da1917274ece7374b25c1c831194bbb96b8c426ccf464fc2ae4c0c78d5db9e0a',
    valid: false,
  },
  {
    name: 'key-small-9',
    key: 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    message: '736d616c6c206b65792031',
    signature:
      '5800d87be0d330a802efe434b9cc044a952c5c896a2a12ac3c002e3487ffde01da1917274ece7374b25c1c831194bbb96b8c426ccf464fc2ae4c0c78d5db9e0a',
    valid: false,
  },
  {
    name: 'r-small-0',
    key: 'cc9dce3e92cf4d6241f16da7fa0b72b91d4e6a5f181d412612e56079f3322b47',
    message: '736d616c6c20522030',
    signature:
      '010000000000000000000000000000000000000000000000000000000000000002954a4ae11c03971d1094cf4181592fefb15562a62c0a1eeac62cd6b30e1c0f',
    valid: false,
  },
  {
    name: 'r-small-8',
    key: 'cc9dce3e92cf4d6241f16da7fa0b72b91d4e6a5f181d412612e56079f3322b47',
    message: '736d616c6c20522030',
    signature:
      'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f575a9149c9b5dbe1562652f7e274d0ca26ce2c8a9c31e3291bd704b67a52ce09',
    valid: false,
  },
  {
    name: 'key-y-above-p',
    key: 'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    message: '706f696e742030',
    signature:
      'ff3fc097781f923ddb1bde5348f90e0a67784606fe981e3c64eb21b940e4180ceca10cddee236a6b48cb57e866f07821669eeea2957393a9a46c4b1831a85f0d',
    valid: false,
  },
  {
    name: 's-plus-1l',
    key: 'd409381ac13b72017ac3b933e885a77f8a91f9f0109d5356eff4f60d61ca8e4e',
    message: '7363616c61722030',
    signature:
      '9905c5de3b393a17883d2670e0a736bb812f8a41fc77263b0740372d2ad3805d1af48e29d7440f351b4d5fc46f9afe6f3c0ca0234f289b4ddd01863e4ca5c21e',
    valid: false,
  },
];
