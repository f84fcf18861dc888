import { createPublicKey, verify } from 'node:crypto';
import * as z from 'zod';
import releaseKeyFile from '../../../../resources/release-key.json' with { type: 'json' };

const schema = z.strictObject({
  comment: z.array(z.string()),
  /** True in the repository: nobody can sign for that key, so such a build updates nothing. */
  placeholder: z.boolean(),
  releaseUrl: z.url().nullable(),
  keys: z.array(z.strictObject({ id: z.string(), publicKey: z.base64() })).min(1),
});
export type ReleaseKey = z.infer<typeof schema>;

/** The keys of this build, and where its releases are. */
export const releaseKey: ReleaseKey = schema.parse(releaseKeyFile);

/**
 * True when one of the keys has signed exactly these bytes.
 *
 * @param signature base64 of the 64 bytes of an Ed25519 signature, on one line
 */
export function isSigned(key: ReleaseKey, bytes: Uint8Array, signature: string): boolean {
  const text = signature.trim();
  if (key.placeholder || !/^[A-Za-z0-9+/]{86}==$/.test(text)) return false;
  const given = Buffer.from(text, 'base64');
  return key.keys.some(({ publicKey }) => {
    const der = Buffer.from(publicKey, 'base64');
    try {
      const imported = createPublicKey({ key: der, format: 'der', type: 'spki' });
      return imported.asymmetricKeyType === 'ed25519' && verify(null, bytes, imported, given);
    } catch {
      return false;
    }
  });
}
