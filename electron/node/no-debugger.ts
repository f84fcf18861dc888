/**
 * Node opens a debugger on SIGUSR1, for any program of the same user: the node key could be read through it. A
 * listener of our own takes its place. One of the first imports of every host.
 */
process.on('SIGUSR1', () => {});
