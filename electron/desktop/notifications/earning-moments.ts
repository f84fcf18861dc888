import type { CommandOutput } from '../../../shared/contract/commands.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { formatPrlx } from '../../../shared/format.ts';
import { cooldownOf } from '../../../shared/wallet/chain-time.ts';
import type { DesktopLanguage } from '../language.ts';
import { desktopWords } from '../texts/english.ts';
import type { AppNotification } from './rules.ts';
import type { Told, ToldBook } from './told-book.ts';

type Claims = CommandOutput<'earnings.claims'>;
type Facts = Pick<Snapshot, 'earned' | 'identity' | 'registration' | 'chain'>;

/** As many claims as one look finds; nobody claims so often. */
const claimsAtOnce = 50;

/** What a person hears of once, however often the app starts: the first PRLX, every claim, the end of a cooldown. */
export interface EarningMoments {
  update(snapshot: Facts): void;
}

/**
 * What was there before the app watched this node is no news. Claims are told from the node's record, so one that was
 * made while the app was not running is told at its next start.
 */
export function createEarningMoments(modules: {
  told: ToldBook;
  claims: (limit: number) => Promise<Claims>;
  now: () => number;
  notify: (notification: AppNotification) => void;
  /** The first PRLX is there: for a window to say it too. */
  onFirst: () => void;
  language: Pick<DesktopLanguage, 'say'>;
}): EarningMoments {
  const { told: book, claims, now, notify, onFirst, language } = modules;
  const words = () => language.say(() => desktopWords().notifications);
  let askedAt = '';

  function first({ earned, registration }: Facts, told: Told): Told {
    const { everWei } = earned;
    const ever = everWei.known ? BigInt(everWei.value) : null;
    const nothingYet = ever === 0n || registration.status === 'not-registered';
    if (told.firstEarned === null && nothingYet) return { ...told, firstEarned: 'awaited' };
    if (ever === null || ever === 0n || told.firstEarned === 'told') return told;
    if (told.firstEarned === 'awaited') {
      onFirst();
      notify({ kind: 'Earnings', ...words().firstEarned });
    }
    return { ...told, firstEarned: 'told' };
  }

  function cooldown({ chain }: Facts, told: Told): Told {
    const found = cooldownOf(chain, now());
    if (found === null || found.leftMs > 0 || told.cooldownEndMs === found.endsAtMs) return told;
    const { title, ...bodies } = words().cooldown;
    notify({ kind: 'Cooldown', title, body: bodies[found.source] });
    return { ...told, cooldownEndMs: found.endsAtMs };
  }

  function claimed({ claims: found, scanned }: Claims, told: Told): Told {
    if (scanned === null) return told;
    const { claimsTo } = told;
    const isNews = ({ block, transactionHash }: Claims['claims'][number]) =>
      claimsTo !== null && block > claimsTo && !told.claims.includes(transactionHash);
    const news = found.filter(isNews).reverse();
    const { title, body } = words().claimed;
    for (const { amountWei } of news) {
      const amount = language.say(() => formatPrlx(BigInt(amountWei)));
      notify({ kind: 'Earnings', title, body: body(amount) });
    }
    const hashes = [...told.claims, ...news.map(({ transactionHash }) => transactionHash)];
    return { ...told, claimsTo: scanned.toBlock, claims: hashes.slice(-claimsAtOnce) };
  }

  /** With every block that was read. */
  async function lookForClaims(nodeKeyHash: string): Promise<void> {
    // What the node cannot say now is asked again with the next block.
    const answer = await claims(claimsAtOnce).catch(() => null);
    if (answer !== null) book.keep(nodeKeyHash, claimed(answer, book.of(nodeKeyHash)));
  }

  return {
    update(snapshot) {
      const { nodeKeyHash } = snapshot.identity;
      book.keep(nodeKeyHash, cooldown(snapshot, first(snapshot, book.of(nodeKeyHash))));
      const { head } = snapshot.chain;
      const at = head === null ? '' : `${nodeKeyHash} ${head.block} ${head.readAtMs}`;
      if (at === askedAt || head === null) return;
      askedAt = at;
      void lookForClaims(nodeKeyHash);
    },
  };
}
