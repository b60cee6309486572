// One line of a ledger: when, what, by whom and why, how much, and what was left.

import { memo } from 'react';
import { intlTag } from '../messages/bundle';
import { message } from '../messages/catalogue';
import { useLocale } from '../messages/use-locale';
import { instantText } from '../messages/when';
import { hrefOf } from '../shell/route';
import { actorOf, type Entry } from './ledger';

interface LedgerLineProps {
  entry: Entry;
  /** Credits that were left; null where that is not known. */
  after: number | null;
  /** Whether what it set aside has not come back. */
  held: boolean;
}

export const LedgerLine = memo(function LedgerLine({ entry, after, held }: LedgerLineProps) {
  const locale = useLocale();
  const numbers = new Intl.NumberFormat(intlTag(locale));
  const signed = new Intl.NumberFormat(intlTag(locale), { signDisplay: 'exceptZero' });
  return (
    <tr data-kind={entry.kind}>
      <td className="line-time"><time dateTime={entry.createdAt}>{instantText(Date.parse(entry.createdAt), locale)}</time></td>
      <td className="line-what">
        <strong>{message(`page-account-kind-${entry.kind}`)}</strong>
        {' · '}
        {message(`page-account-bucket-${entry.bucket}`)}
        {held && <span className="line-held">{message('page-account-still-held')}</span>}
        <Told entry={entry} />
      </td>
      <td className="number" data-sign={Math.sign(entry.amount)}><bdi>{signed.format(entry.amount)}</bdi></td>
      <td className="number"><bdi>{after === null ? '–' : numbers.format(after)}</bdi></td>
    </tr>
  );
});

/** What else the line says, where it says it. */
function Told({ entry: { actor, reason, reference, buildId } }: { entry: Entry }) {
  return (
    <dl className="line-told">
      {actor !== undefined && <div><dt>{message('page-account-by')}</dt><dd><bdi>{actorText(actor)}</bdi></dd></div>}
      {reason !== undefined && <div><dt>{message('page-account-reason')}</dt><dd><bdi>{reason}</bdi></dd></div>}
      {reference !== undefined && <div><dt>{message('page-account-reference')}</dt><dd><code>{reference}</code></dd></div>}
      {buildId !== undefined && (
        <div><dt>{message('page-account-build')}</dt><dd><a href={hrefOf({ view: 'qa', buildId })}><code>{buildId}</code></a></dd></div>
      )}
    </dl>
  );
}

function actorText(actor: string): string {
  const { kind, name } = actorOf(actor);
  if (kind === 'other') return name;
  return name === null ? message(`page-account-actor-${kind}`) : message(`page-account-actor-${kind}-named`, { name });
}
