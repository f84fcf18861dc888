import type { Bench } from './bench.ts';
import { measureEarningsYear } from './earnings-year.ts';
import { measureHeartbeat } from './heartbeat.ts';
import { measureIdle } from './idle.ts';
import { measurePullProgress } from './pull-progress.ts';
import type { Measured, NotHere } from './report.ts';
import { measureAddedPerRequest, measureGap } from './serving.ts';
import { measureStart } from './start-up.ts';
import { measureWindowHeap } from './window-heap.ts';
import { measureFirstLoad, measureReopening } from './windows.ts';

export interface Row {
  figure: string;
  /** The official client's figure, measured earlier on two shared cores; not measured by this bench. */
  official: string;
  measure: ((bench: Bench) => Promise<Measured | NotHere>) | NotHere;
}

const needsElectron = { notHere: 'needs a real Electron' };

/** The budgets, in their order; the numbers are those of `--row`. */
export const rows: readonly Row[] = [
  { figure: 'added per request', official: '12 ms', measure: measureAddedPerRequest },
  {
    figure: 'gap between two requests when work is waiting',
    official: '1,960 ms (0.5 requests/s)',
    measure: measureGap,
  },
  { figure: 'heartbeat interval error under full load', official: '13 ms', measure: measureHeartbeat },
  {
    figure: 'headless start to first accepted heartbeat, last probe cached',
    official: '270 ms',
    measure: measureStart,
  },
  { figure: 'headless daemon idle', official: '71 MB, 0.45 % of a core', measure: measureIdle },
  { figure: 'tray only, all windows closed', official: '–', measure: needsElectron },
  {
    figure: 'results lost in a 10 min coordinator outage or a kill −9',
    official: 'all',
    measure: { notHere: 'see the tests: npm test counts them, and any number but 0 fails it' },
  },
  {
    figure: 'one year of earnings samples',
    official: '–',
    measure: measureEarningsYear,
  },
  { figure: 'renderer, first load', official: '–', measure: measureFirstLoad },
  { figure: 'reopening a window', official: '–', measure: measureReopening },
  { figure: 'while a model is pulled', official: '–', measure: measurePullProgress },
  { figure: 'a window that shows an hour of serving', official: '–', measure: measureWindowHeap },
];
