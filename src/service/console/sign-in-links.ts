import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A link signs in once, and only for this long, in milliseconds. */
export const signInLinkMsMax = 10 * 60_000;

/** Random bytes of a link. */
const linkBytes = 32;

/** One-time links to the console, for the person at the terminal of the server. */
export interface SignInLinks {
  /** The secret of a new link. It makes an earlier one void. */
  create(): string;
  /** The key that the secret stands for. Undefined if the link is not valid, or the server has no local key. */
  redeem(secret: string): Promise<string | undefined>;
}

export interface SignInLinksOptions {
  /** Reads the key that local commands use. Undefined if there is none, or it is not accepted. */
  readonly readKey: () => Promise<string | undefined>;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

export function createSignInLinks({ readKey, now }: SignInLinksOptions): SignInLinks {
  let current: { readonly digest: Buffer; readonly endsAtMs: number } | undefined;
  return {
    create: () => {
      const secret = randomBytes(linkBytes).toString('base64url');
      current = { digest: toDigest(secret), endsAtMs: now() + signInLinkMsMax };
      return secret;
    },
    redeem: async (secret) => {
      if (current === undefined || now() > current.endsAtMs) return undefined;
      // Digests have the same length, which the comparison requires, and its time says nothing of the secret.
      if (!timingSafeEqual(toDigest(secret), current.digest)) return undefined;
      current = undefined;
      return readKey();
    },
  };
}

function toDigest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
