import { useCallback, useEffect, useRef, useState } from 'react';
import type { RequestRecord } from '../../../shared/contract/records.ts';
import { formatCount, formatDate, formatDecimal } from '../../../shared/format.ts';
import type { Snapshot } from '../../bridge.ts';
import { Value } from '../../components/figure.tsx';
import { Notice } from '../../components/notice.tsx';
import { Empty, Section } from '../../components/page.tsx';
import { Working } from '../../components/progress.tsx';
import { WindowList } from '../../components/window-list.tsx';
import { useStore } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { Loop } from '../state/loop.tsx';
import { outcomeOf } from './outcome.ts';
import { RequestDrawer } from './request-drawer.tsx';

const pageSize = 200;
/** What a window keeps; older rows are a matter for the export. */
const mostKept = 10_000;

/** Newer rows over older ones, each request once, newest first. */
function mergeRequests(newer: readonly RequestRecord[], older: readonly RequestRecord[]): RequestRecord[] {
  const bySeq = new Map(older.map((request) => [request.seq, request]));
  for (const request of newer) bySeq.set(request.seq, request);
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq);
}

interface Feed {
  requests: RequestRecord[];
  state: 'asking' | 'answered' | 'unavailable';
  fetchOlder: () => void;
}

/** The newest requests, fetched again when the daemon's counts change, and older ones on demand. */
function useFeed(serving: Snapshot['serving']): Feed {
  const { ask } = useStore();
  const [requests, setRequests] = useState<RequestRecord[]>([]);
  const [state, setState] = useState<Feed['state']>('asking');
  const more = useRef(true);
  const fetching = useRef(false);
  /** As many as were scrolled to; without that a window that is open for days would keep all that comes. */
  const wanted = useRef(pageSize);

  const { running, served, failed, undelivered, delivered, refused, expired } = serving;
  const changed = [running.length, served, failed, undelivered, delivered, refused, expired].join('/');
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again because the counts changed.
  useEffect(() => {
    let here = true;
    void ask('requests.recent', { beforeSeq: null, limit: pageSize }).then((answer) => {
      if (!here) return;
      setState(answer.ok ? 'answered' : 'unavailable');
      if (!answer.ok) return;
      setRequests((old) => {
        if (old.length === 0) more.current = answer.output.more;
        const all = mergeRequests(answer.output.requests, old);
        // While older ones come, the last row must stay: they follow it.
        if (fetching.current || all.length <= wanted.current) return all;
        more.current = true;
        return all.slice(0, wanted.current);
      });
    });
    return () => {
      here = false;
    };
  }, [ask, changed]);

  const oldest = requests.at(-1)?.seq ?? null;
  const full = requests.length >= mostKept;
  const fetchOlder = useCallback(() => {
    if (oldest === null || full || !more.current || fetching.current) return;
    fetching.current = true;
    void ask('requests.recent', { beforeSeq: oldest, limit: pageSize }).then((answer) => {
      fetching.current = false;
      if (!answer.ok) return;
      more.current = answer.output.more;
      wanted.current = Math.min(mostKept, wanted.current + pageSize);
      setRequests((newer) => mergeRequests(newer, answer.output.requests).slice(0, mostKept));
    });
  }, [ask, oldest, full]);

  return { requests, state, fetchOlder };
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

function clock(timeMs: number): string {
  const d = new Date(timeMs);
  const time = `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
  const date = formatDate(timeMs);
  return date === formatDate(Date.now()) ? time : `${date} ${time}`;
}

function cells(request: RequestRecord, running: ReadonlyMap<string, string>) {
  const { acceptedAtMs, inputTokens, outputTokens, generationMs, poe } = request;
  // The journal learns the model with the answer; until then what runs says it.
  const model = request.model ?? running.get(request.requestId) ?? null;
  const tokens = (count: number | null) => <Value>{count === null ? null : formatCount(count)}</Value>;
  return [
    clock(acceptedAtMs),
    <span key="model" title={model ?? undefined}>
      <Value>{model}</Value>
    </span>,
    <span key="tokens">
      {tokens(inputTokens)} / {tokens(outputTokens)}
    </span>,
    <Value key="took">{generationMs === null ? null : `${formatDecimal(generationMs / 1000, 1)} s`}</Value>,
    <span key="proof" title={poe ?? undefined}>
      <Value>{poe === null ? null : `${poe.slice(0, 10)}…`}</Value>
    </span>,
    <span key="outcome" className={`outcome outcome-${request.state}`} title={outcomeOf(request)}>
      {outcomeOf(request)}
    </span>,
  ];
}

export function RequestFeed({ serving }: { serving: Snapshot['serving'] }) {
  const { requests, state, fetchOlder } = useFeed(serving);
  const [opened, setOpened] = useState<number | null>(null);
  const shown = opened === null ? undefined : requests.find(({ seq }) => seq === opened);
  const running = new Map(serving.running.map(({ requestId, model }) => [requestId, model]));
  const columns = (['time', 'model', 'tokens', 'took', 'proof', 'outcome'] as const).map((name) =>
    t(`dashboard.feed.columns.${name}`),
  );
  const empty = requests.length === 0;
  return (
    <Section title={t('dashboard.feed.title')} lead={empty ? undefined : t('dashboard.feed.lead')}>
      {state === 'asking' && <Working>{t('dashboard.feed.asking')}</Working>}
      {state === 'unavailable' && empty && <Notice>{t('dashboard.feed.unavailable')}</Notice>}
      {state === 'answered' && empty && (
        <Empty title={t('dashboard.feed.emptyTitle')}>
          <p>{t('dashboard.feed.empty')}</p>
          <Loop />
        </Empty>
      )}
      {!empty && (
        <WindowList
          label={t('dashboard.feed.list')}
          className="feed"
          columns={columns}
          items={requests}
          rowHeight={36}
          itemKey={(request) => request.seq}
          cells={(request) => cells(request, running)}
          openLabel={(request) => t('dashboard.feed.open', { time: clock(request.acceptedAtMs) })}
          onOpen={(request) => setOpened(request.seq)}
          onEnd={fetchOlder}
        />
      )}
      {shown && <RequestDrawer request={shown} onClose={() => setOpened(null)} />}
    </Section>
  );
}
