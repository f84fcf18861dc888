import { closeSync, mkdirSync, readSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../system/clock.ts';
import { errorFacts, stackOf } from './fault.ts';
import type { LogFacts, Redactor } from './redaction.ts';
import { keepAsNewest, openToAppend } from './rotation.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One entry, already redacted. */
export interface LogEntry {
  tMs: number;
  level: LogLevel;
  event: string;
  facts: Record<string, string | number | boolean | null>;
}

/**
 * What happened, as an event and facts. `event` is a fixed word of the program
 * (`outbox-refused`); whatever varies is a fact. Never throws.
 */
export interface Logger {
  debug(event: string, facts?: LogFacts): void;
  info(event: string, facts?: LogFacts): void;
  warn(event: string, facts?: LogFacts): void;
  error(event: string, facts?: LogFacts): void;
  /**
   * An error of the program itself, with the places where it was thrown: nothing of its message that is not
   * redacted, nothing of the person who owns the computer. `event` is `crashed` unless given: the end of the process.
   */
  fault(error: unknown, event?: string, facts?: LogFacts): void;
  close(): Promise<void>;
}

export interface LoggerOptions {
  /** Null: nothing is kept, entries go to the sink alone. */
  file: string | null;
  level?: LogLevel;
  /** A file that would grow beyond this is rotated; 10 MB unless given. */
  maxBytes?: number;
  /** Files kept, the current one included; 5 unless given. */
  maxFiles?: number;
}

/** The shape of an event's name, which is a fixed word of the program and never somebody's name. */
const ownName = /^[a-z][a-z0-9]*(?:-[a-z0-9]+){0,8}$/;

const order: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/**
 * Writes JSON lines `{t, level, event, …facts}`. Appends at once and in order, so that the last
 * line before a crash is there. A full or failing disk costs lines, never the node: they are
 * counted, and the count is written when writing works again.
 */
export function createLogger(
  options: LoggerOptions,
  modules: { clock: Clock; redactor: Redactor; sink?: (entry: LogEntry) => void },
): Logger {
  const { clock, redactor, sink } = modules;
  const lowest = order[options.level ?? 'info'];
  const file = options.file === null ? null : openLogFile(options.file, options.maxBytes, options.maxFiles);
  let droppedLines = 0;

  const line = (entry: LogEntry) =>
    `${JSON.stringify({ t: new Date(entry.tMs).toISOString(), level: entry.level, event: entry.event, ...entry.facts })}\n`;

  const keep = (entry: LogEntry) => {
    if (file === null) return;
    const report: LogEntry = {
      ...entry,
      level: 'warn',
      event: 'log-lines-dropped',
      facts: { count: droppedLines },
    };
    if (droppedLines > 0) {
      if (!file.append(line(report))) {
        droppedLines++;
        return;
      }
      droppedLines = 0;
    }
    if (!file.append(line(entry))) droppedLines++;
  };

  const log = (level: LogLevel, event: string, facts: LogFacts = {}, fault?: { error: unknown }) => {
    if (order[level] < lowest) return;
    let entry: LogEntry;
    try {
      const { t: _t, level: _level, event: _event, ...rest } = redactor.facts(facts);
      const stack = fault ? stackOf(fault.error, redactor.text) : null;
      const all = stack === null ? rest : { ...rest, stack };
      entry = {
        tMs: clock.now(),
        level,
        event: ownName.test(event) ? event : redactor.text(event),
        facts: all,
      };
    } catch {
      entry = { tMs: clock.now(), level, event: 'entry-withheld', facts: {} };
    }
    keep(entry);
    try {
      sink?.(entry);
    } catch {
      // A terminal that went away must not stop the node.
    }
  };

  return {
    debug: (event, facts) => log('debug', event, facts),
    info: (event, facts) => log('info', event, facts),
    warn: (event, facts) => log('warn', event, facts),
    error: (event, facts) => log('error', event, facts),
    fault: (error, event = 'crashed', facts = {}) =>
      log('error', event, { ...facts, ...errorFacts(error) }, { error }),
    async close() {
      file?.close();
    },
  };
}

interface LogFile {
  /** False when the line could not be written whole. */
  append(line: string): boolean;
  close(): void;
}

const newline = 0x0a;

function openLogFile(path: string, maxBytes = 10_000_000, maxFiles = 5): LogFile {
  let descriptor: number | null = null;
  let sizeBytes = 0;
  let closed = false;
  let inode = 0;
  /** Never the folders above the log's own: they are not the log's to make again when somebody removes them. */
  let mayMakeFolders = true;
  /** The last write ended in the middle of a line. */
  let torn = false;

  const close = () => {
    if (descriptor === null) return;
    try {
      closeSync(descriptor);
    } catch {
      // Nothing left to lose.
    }
    descriptor = null;
  };

  const open = () => {
    makeFolder();
    const opened = openToAppend(path, 'read-write');
    descriptor = opened.descriptor;
    const { facts } = opened;
    sizeBytes = facts.size;
    inode = facts.ino;
    const last = Buffer.alloc(1);
    torn =
      facts.isFile() &&
      sizeBytes > 0 &&
      readSync(descriptor, last, 0, 1, sizeBytes - 1) === 1 &&
      last[0] !== newline;
  };

  const makeFolder = () => {
    try {
      mkdirSync(dirname(path), { recursive: mayMakeFolders, mode: 0o700 });
    } catch (error) {
      if (mayMakeFolders || (error as { code?: string }).code !== 'EEXIST') throw error;
    }
    mayMakeFolders = false;
  };

  const rotate = () => {
    close();
    keepAsNewest(path, path, maxFiles);
    open();
  };

  return {
    close() {
      closed = true;
      close();
    },
    append(line) {
      if (closed) return false;
      try {
        // Removed or moved away by somebody: what is written to it would be read by nobody.
        if (descriptor !== null && statSync(path, { throwIfNoEntry: false })?.ino !== inode) close();
        if (descriptor === null) open();
        if (sizeBytes > 0 && sizeBytes + Buffer.byteLength(line) > maxBytes) rotate();
        const bytes = Buffer.from(torn ? `\n${line}` : line, 'utf8');
        let written = 0;
        while (written < bytes.length) {
          if (descriptor === null) return false;
          const count = writeSync(descriptor, bytes, written);
          written += count;
          sizeBytes += count;
          torn = written < bytes.length;
        }
        return true;
      } catch {
        // Opened again by the next line: the folder or the device may be back by then.
        close();
        return false;
      }
    },
  };
}
