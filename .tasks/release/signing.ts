import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** `resources/release-key.json`: whom the program believes. */
export interface ReleaseKeys {
  placeholder: boolean;
  releaseUrl: string | null;
  keys: { id: string; publicKey: string }[];
}

/** @throws Error unless the file holds an Ed25519 key in PEM and nobody else can read it */
export function readPrivateKey(file: string): KeyObject {
  if ((statSync(file).mode & 0o077) !== 0)
    throw new Error('the file of the private key can be read by others; chmod 600 it first');
  const key = createPrivateKey(readFileSync(file));
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`the private key is ${key.asymmetricKeyType}, and releases are signed with Ed25519`);
  return key;
}

/**
 * Signs the bytes and reads the signature back by the public key that programs hold.
 *
 * @returns base64 on one line, and the id of the key
 * @throws Error where no program would believe this key
 */
export function signManifest(
  bytes: Buffer,
  privateKey: KeyObject,
  trusted: ReleaseKeys,
): { text: string; keyId: string } {
  const own = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
  const known = trusted.placeholder ? undefined : trusted.keys.find(({ publicKey }) => publicKey === own);
  if (!known)
    throw new Error(
      'this private key belongs to none of resources/release-key.json: no program would take the release',
    );
  const signature = sign(null, bytes, privateKey);
  const publicKey = createPublicKey({
    key: Buffer.from(known.publicKey, 'base64'),
    format: 'der',
    type: 'spki',
  });
  if (!verify(null, bytes, publicKey, signature)) throw new Error('the signature does not read back');
  return { text: `${signature.toString('base64')}\n`, keyId: known.id };
}
