import { NodeError } from '../../shared/errors.ts';

/** The passphrase of the key file as a person typed it into the app: kept until the app ends, or it is found wrong. */
export interface KeptPassphrase {
  /** One was typed, and is gone when the app ends. */
  readonly kept: boolean;
  /** @throws NodeError `passphrase-needed` */
  ask(place: string): Promise<string>;
  keep(passphrase: string): void;
  forget(): void;
}

export function createKeptPassphrase(): KeptPassphrase {
  let kept: string | null = null;
  return {
    get kept() {
      return kept !== null;
    },
    async ask(place) {
      if (kept === null) throw new NodeError('passphrase-needed', { place });
      return kept;
    },
    keep(passphrase) {
      kept = passphrase;
    },
    forget() {
      kept = null;
    },
  };
}
