/** FNV-1a of 32 bits over UTF-16 code units: quick, the same in every process, and not for secrets. */
export function hashText(text: string, seed = 0x81_1c_9d_c5): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  }
  return hash >>> 0;
}

/** Two hashes as one, with every bit of it depending on all of theirs (the finalizer of MurmurHash3). */
export function mixHashes(one: number, other: number): number {
  let hash = one ^ Math.imul(other, 0x9e_37_79_b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** From above 0 to 1. */
export function toShare(hash: number): number {
  return (hash + 1) / 2 ** 32;
}
