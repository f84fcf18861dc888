/** Without an accepted heartbeat for so long nothing may be called online or earning. [states.md] */
export const onlineForMs = 30_000;
