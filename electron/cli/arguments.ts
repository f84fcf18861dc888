import { parseArgs } from 'node:util';
import { NodeError } from '../../shared/errors.ts';
import { looksLikePrivateKey, looksLikeSeedPhrase } from '../daemon/identity/wallet-secret.ts';
import { type Flag, type FlagName, type FlagValues, flags } from './args/flags.ts';
import { nearest } from './args/suggest.ts';
import { type CommandName, commandCalled, commandNamed, commands, commandWords } from './commands.ts';

export interface ParsedArguments {
  command: CommandName;
  operands: string[];
  flags: FlagValues;
}

const usage = (input: string, remedy: string) => new NodeError('usage', { input, remedy });
const isFlagName = (name: string): name is FlagName => Object.hasOwn(flags, name);
const helpHint = (command: CommandName) => `see: parallelix-operator help ${command}`;

/**
 * Reads the command line. Flags may stand anywhere; none is guessed, none is ignored.
 *
 * @throws NodeError `usage` with the input at fault and the remedy
 */
export function parseArguments(args: readonly string[]): ParsedArguments {
  refuseWalletSecrets(args);
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(flags).map(([name, flag]: [string, Flag]) => [
        name,
        { type: flag.type, ...(flag.short ? { short: flag.short } : {}) },
      ]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = new Map<FlagName, string | boolean>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind === 'option') readFlag(token, given);
  }
  const values = Object.fromEntries(given) as FlagValues;
  const command = commandOf(words, values);
  const operands = words.slice(1);
  if (!values.help && command !== 'help') {
    if (values.passphrase) refusePassphraseAsOperand(command, operands);
    checkOperands(command, operands);
    checkFlags(command, values);
  }
  return { command, operands, flags: values };
}

/**
 * Before anything is quoted: what looks like a seed phrase or a private key is neither used nor shown.
 *
 * @throws NodeError `wallet-phrase`
 */
function refuseWalletSecrets(args: readonly string[]): void {
  const place = 'What was typed';
  const values = args.map((arg) => (arg.startsWith('--') ? arg.slice(arg.indexOf('=') + 1) : arg));
  if (values.some((value) => looksLikeSeedPhrase(value) || looksLikePrivateKey(value))) {
    throw new NodeError('wallet-phrase', { place });
  }
  const words = args.filter((arg) => /^\p{L}{2,12}$/u.test(arg));
  // No command line of ours has so many bare words.
  if (words.length >= 12) throw new NodeError('wallet-phrase', { place });
}

/** @throws NodeError `usage`, without the word, which may be a passphrase */
function refusePassphraseAsOperand(command: CommandName, operands: readonly string[]): void {
  const most = operands[0] === 'restore' || operands[0] === 'import' ? 2 : 1;
  if (operands.length <= (command === 'key' ? most : 0)) return;
  const remedy = 'takes no value: a passphrase is typed when asked for, or read from --passphrase-file FILE';
  throw usage('--passphrase', remedy);
}

interface OptionToken {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

function readFlag(
  { name, rawName, value, inlineValue }: OptionToken,
  given: Map<FlagName, string | boolean>,
): void {
  if (!isFlagName(name)) {
    const meant = nearest(name, Object.keys(flags));
    throw usage(
      rawName,
      meant === null
        ? 'there is no such flag; see: parallelix-operator help'
        : `there is no such flag; did you mean --${meant}?`,
    );
  }
  const flag: Flag = flags[name];
  if (given.has(name)) throw usage(rawName, 'is given twice; give it once');
  if (flag.type === 'boolean') {
    // Whatever was meant as a passphrase is not shown again.
    const shown = name === 'passphrase' ? rawName : `${rawName}=${value ?? ''}`;
    if (inlineValue) throw usage(shown, `takes no value; write ${rawName} alone`);
    given.set(name, true);
    return;
  }
  // A flag where a value belongs is a forgotten value; a number below zero is a value, if a wrong one.
  if (value === undefined || value === '' || (!inlineValue && /^-\D/.test(value))) {
    throw usage(rawName, `needs a value: ${rawName} ${flag.value ?? 'VALUE'}`);
  }
  given.set(name, value);
}

function commandOf(words: readonly string[], values: FlagValues): CommandName {
  const [first] = words;
  if (first === undefined) return values.version ? 'version' : 'help';
  const called = commandCalled(first);
  if (called !== null) return called;
  const meant = nearest(first, commandWords);
  throw usage(
    first,
    meant === null
      ? 'there is no such command; see: parallelix-operator help commands'
      : `there is no such command; did you mean ${meant}?`,
  );
}

function checkOperands(command: CommandName, operands: readonly string[]): void {
  const { most, words } = commandNamed(command);
  const [first] = operands;
  const excess = operands[most];
  if (excess !== undefined) {
    if (commandCalled(excess) !== null)
      throw usage(excess, `one command at a time; ${command} was given already`);
    throw usage(excess, `${command} takes nothing more; ${helpHint(command)}`);
  }
  if (words === undefined || first === undefined || words.includes(first)) return;
  const meant = nearest(first, words);
  throw usage(
    first,
    meant === null ? `${command} knows ${words.join(', ')}` : `did you mean ${command} ${meant}?`,
  );
}

function checkFlags(command: CommandName, values: FlagValues): void {
  const taken = commandNamed(command).flags;
  for (const name of Object.keys(values) as FlagName[]) {
    if (name === 'version' || taken.includes(name)) continue;
    const users = (Object.keys(commands) as CommandName[]).filter((one) =>
      commandNamed(one).flags.includes(name),
    );
    throw usage(`--${name}`, `${command} does not take it; it belongs to ${users.join(', ')}`);
  }
  if (values.gpu && values.cpu) throw usage('--gpu --cpu', 'give one of them, or none');
  if (values.wait && values.yes) throw usage('--wait --yes', 'give one of them, or none');
}
