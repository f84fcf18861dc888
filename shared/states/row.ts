/** The columns of the tables of states, badges and phases. */

/**
 * How a value in a text is written. `time`, `date` and `end` are Unix ms, `duration` ms; `reason` is a code of
 * `describeReason`, `cause` one of `describeGpuCause`; `some` is a count of which zero is not worth a word; null of `end` is "you resume".
 */
export type ParamKind =
  | 'text'
  | 'reason'
  | 'cause'
  | 'count'
  | 'some'
  | 'bytes'
  | 'time'
  | 'date'
  | 'end'
  | 'duration';

/**
 * One text, or several from the fullest to the shortest: the first of which every value is known is used, so that no
 * sentence has a hole in it. `{name}` is a value, `{name:one|many}` a word that agrees with a count.
 */
export type Text = string | readonly [string, ...string[]];

/** Whether time in a state earns; `unknown` = the network has not published whether it counts. */
export type Earns = 'yes' | 'no' | 'unknown';

/** The picture in the tray. `paused`: the node is up, and takes no work because somebody or something wants it so. */
export type StateIcon = 'serving' | 'ready' | 'paused' | 'attention' | 'offline';

/**
 * What a state is to the notifications. `offline`: no heartbeat is accepted, or none is sent, through no wish of the
 * person; `online`: the end of that; `attention`: somebody has to do something, whether the node is online or not.
 */
export type StateNotify = 'offline' | 'online' | 'attention' | 'none';

/**
 * How the beginning of a state is shown in the lines of `start`. `line`: by a line of its own; `event`: an event of
 * the log says it better; `quiet`: it comes and goes with every request.
 */
export type StateLog = 'line' | 'event' | 'quiet';

/** What happened, what it means for earning, and what to do; null where there is nothing to do. */
export interface RowWords {
  /** In a word or two; null for what has none. */
  label: Text | null;
  what: Text;
  effect: Text;
  action: Text | null;
  button: string | null;
}

/** A row of a table: what it says, and what its values are. */
export interface Row extends Omit<RowWords, 'label'> {
  code: string;
  params: Readonly<Record<string, ParamKind>>;
}

export interface StateRow extends Row {
  label: Text;
  earns: Earns;
  icon: StateIcon;
  notify: StateNotify;
  log: StateLog;
}
