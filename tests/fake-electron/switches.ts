/** What the app decided before it was ready. */
export const switches = {
  hardwareAcceleration: true,
  sandboxed: false,
};
