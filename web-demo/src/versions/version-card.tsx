// One version: what it is, and what may be done with it.

import { reasonText } from '../api/refusal';
import { byteSize } from '../messages/byte-size';
import { hasMessage, message } from '../messages/catalogue';
import { PointInTime } from '../messages/point-in-time';
import { useLocale } from '../messages/use-locale';
import { dateText } from '../messages/when';
import { actionsOf, keptBeyondItsTime, obstacle, obstacles, type Action, type VersionView } from './permission';

interface VersionCardProps {
  version: VersionView;
  now: number;
  /** A build or rollback of the project is under way, or an action is. */
  busy: boolean;
  /** The id of the text that says so. */
  busyId: string;
  onAct: (action: Action, version: VersionView) => void;
}

export function VersionCard({ version, now, busy, busyId, onAct }: VersionCardProps) {
  const heading = `version-${version.id}`;
  const reasonsId = `reasons-${version.id}`;
  const why = [...obstacles(version)];
  return (
    <li className="card version">
      <div className="version-head">
        <h3 id={heading}><bdi>{version.semver}</bdi>{version.name !== null && <> <bdi className="version-name">{version.name}</bdi></>}</h3>
        <span className="quiet-text"><PointInTime at={version.createdAt} now={now} /></span>
        <Marks version={version} />
      </div>
      {version.description !== null && <p><bdi>{version.description}</bdi></p>}
      <Facts version={version} />
      {version.recommendations.length > 0 && (
        <details className="version-recommendations">
          <summary>{message('page-versions-recommendations')}</summary>
          <ul>
            {version.recommendations.map(({ code, path }, at) => (
              <li key={at}>{sentenceOf(code)} <code>{code}</code>{path !== undefined && <> <code>{path}</code></>}</li>
            ))}
          </ul>
        </details>
      )}
      <div className="buttons" role="group" aria-labelledby={heading}>
        {actionsOf(version).map((action) => {
          const stopped = obstacle(version, action) !== null;
          if (action === 'preview' && !stopped) {
            return <a key={action} className="quiet" href={version.previewUrl} target="_blank" rel="noopener">{message('page-versions-preview')}</a>;
          }
          const waits = busy && action !== 'preview' && action !== 'download';
          const off = stopped || waits;
          return (
            <button
              // The two take each other's place, with the focus that is on it.
              key={action === 'unpublish' ? 'publish' : action}
              type="button"
              className="quiet"
              aria-disabled={off || undefined}
              aria-describedby={stopped ? reasonsId : waits ? busyId : undefined}
              onClick={() => !off && onAct(action, version)}
            >
              {message(`page-versions-${action}`)}
            </button>
          );
        })}
      </div>
      {why.length > 0 && (
        <ul className="quiet-text version-reasons" id={reasonsId}>
          {why.map(([reason, actions]) => (
            <li key={reason}>{actions.map((action) => message(`page-versions-${action}`)).join(' · ')}: {reasonOf(version, reason)}</li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** What a code advises; a newer server's code stands for itself. */
function sentenceOf(code: string): string {
  const id = `page-recommendation-${code}`;
  return hasMessage(id) ? message(id) : '';
}

/** A version whose rollback goes on is not deployed yet, and has not failed. */
function reasonOf(version: VersionView, reason: string): string | null {
  return version.deployStatus === 'deploying' ? message('page-versions-busy') : reasonText(reason);
}

function Marks({ version }: { version: VersionView }) {
  return (
    <span className="version-marks">
      {version.isPreview && <span className="version-mark" data-mark="preview">{message('page-versions-previewed')}</span>}
      {version.isPublished && <span className="version-mark" data-mark="published">{message('page-versions-published')}</span>}
      {version.deployStatus === 'deploying' && <span className="version-mark">{message('page-versions-deploying')}</span>}
      {version.deployStatus === 'failed' && <span className="version-mark" data-mark="failed">{message('page-versions-failed')}</span>}
    </span>
  );
}

function Facts({ version }: { version: VersionView }) {
  const locale = useLocale();
  const { expiresAt, daysRemaining } = version.retention;
  return (
    <dl className="facts">
      <div><dt>{message('page-versions-size')}</dt><dd>{byteSize(version.artifactSize, locale)}</dd></div>
      <div><dt>{message('page-versions-framework')}</dt><dd><code>{version.framework}</code></dd></div>
      <div>
        <dt>{message('page-versions-kept')}</dt>
        <dd>
          <time dateTime={expiresAt}>{dateText(Date.parse(expiresAt), locale)}</time> ({message('page-versions-left', { count: daysRemaining })})
          {keptBeyondItsTime(version) && <> {message('page-versions-kept-longer')}</>}
        </dd>
      </div>
    </dl>
  );
}
