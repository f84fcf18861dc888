/**
 * Must stay the first import of the program: an older Node lacks what the rest is built on, and the
 * first thing to fail would say so in a way that helps nobody.
 */
const oldestMajor = 24;

if (Number(process.versions.node.split('.')[0]) < oldestMajor) {
  process.stderr.write(
    `parallelix-operator needs Node ${oldestMajor} or later, and this is ${process.version}; install it from https://nodejs.org and run the command again.\n`,
  );
  // The code for "cannot run on this computer"; the list of codes is not loaded yet.
  process.exit(7);
}
