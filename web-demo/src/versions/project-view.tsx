// A project: its versions, and the build or rollback that goes on.

import { useState } from 'react';
import { Refusal } from '../api/refusal';
import { useSession } from '../api/session-context';
import { message } from '../messages/catalogue';
import { hrefOf } from '../shell/route';
import '../style/versions.css';
import { Confirmation } from './confirmation';
import { JobPanel } from './job-panel';
import { obstacle, type Action, type VersionView } from './permission';
import { useActions } from './use-actions';
import { useJob } from './use-job';
import { useVersions } from './use-versions';
import { VersionCard } from './version-card';

const BUSY_ID = 'project-busy';

export default function ProjectView({ projectId }: { projectId: string }) {
  const { session, userId } = useSession();
  const list = useVersions(projectId, userId);
  const { project, versions, nextCursor, readAt, loading, problem, refresh, more } = list;
  const [job, showRollback] = useJob(project);
  const [asked, setAsked] = useState<{ action: 'rollback' | 'unpublish'; of: VersionView; version: string } | null>(null);
  const actions = useActions({ projectId, userId, onRollback: showRollback, onChange: refresh });

  const act = (action: Action, version: VersionView) => {
    if (action === 'rollback' || action === 'unpublish') setAsked({ action, of: version, version: version.semver });
    else void actions.run(action, version);
  };
  const againTo = (versionId: string) => {
    const target = versions.find(({ id }) => id === versionId);
    return target && obstacle(target, 'rollback') === null ? () => act('rollback', target) : null;
  };
  const underWay = project !== null && project.status !== 'idle';
  const unsigned = session !== null && userId === null;
  return (
    <main className="versions" aria-busy={loading}>
      <div className="versions-head">
        <a href={hrefOf({ view: 'projects' })}>{message('page-versions-back')}</a>
        <h2><bdi>{project?.name ?? projectId}</bdi></h2>
        <div className="buttons">
          {project?.publishedUrl && <a className="quiet" href={project.publishedUrl} target="_blank" rel="noopener">{message('page-versions-live')}</a>}
          <button type="button" className="quiet" aria-disabled={loading || undefined} onClick={() => !loading && refresh()}>
            {message('page-projects-refresh')}
          </button>
        </div>
      </div>
      <div className="quiet-text versions-status">
        <p role="status">{loading && project === null ? message('page-projects-loading') : actions.doneText}</p>
        <p id={BUSY_ID}>{underWay ? message('page-versions-busy') : ''}</p>
      </div>
      {unsigned && <p>{message(session.kind === 'silent' ? 'page-server-silent' : 'page-projects-closed')}</p>}
      {job && <JobPanel key={job.jobId} job={job} onEnd={refresh} busy={underWay || actions.pending} busyId={BUSY_ID} againTo={againTo} />}
      {actions.problem !== null && <Refusal heading={message('page-versions-refused')} problem={actions.problem} />}
      {problem !== null && <Refusal heading={message('page-versions-unread')} problem={problem} onRetry={refresh} />}
      {project !== null && versions.length === 0 && <p>{message('page-versions-empty')}</p>}
      {versions.length > 0 && (
        <ul className="version-list" aria-label={message('page-versions-heading')}>
          {versions.map((version) => (
            <VersionCard key={version.id} version={version} now={readAt} busy={underWay || actions.pending} busyId={BUSY_ID} onAct={act} />
          ))}
        </ul>
      )}
      {nextCursor !== null && (
        <button type="button" className="quiet" aria-disabled={loading || undefined} onClick={() => !loading && more()}>
          {message('page-projects-more')}
        </button>
      )}
      <Confirmation asked={asked} onConfirm={() => asked && void actions.run(asked.action, asked.of)} onClose={() => setAsked(null)} />
    </main>
  );
}
