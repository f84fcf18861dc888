/** Characters that a new passphrase of the node key has at least. */
export const shortestPassphrase = 10;
