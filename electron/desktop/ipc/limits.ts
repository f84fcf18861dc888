/** Commands are small; a window that sends more is not ours any more. */
export const inputLimitCharacters = 64 * 1024;
/** Far above what a person causes by clicking. */
export const rateLimit = { burst: 100, perSecond: 50 } as const;
