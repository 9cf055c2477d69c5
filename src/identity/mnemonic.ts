// Bytes as words that people can write down and say aloud (BIP 39, English). The one owner of @scure/bip39.

/** The words of 16 or 32 bytes, separated by spaces, with their checksum: 12 or 24 of them. */
export async function mnemonicOf(bytes: Uint8Array): Promise<string> {
  // Loaded at the first use: a list of 2,048 words that hardly any command needs.
  const { entropyToMnemonic } = await import('@scure/bip39');
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  return entropyToMnemonic(bytes, wordlist);
}
