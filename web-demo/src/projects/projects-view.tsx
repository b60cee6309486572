// The user's projects, the one that was built last first.

import { Refusal } from '../api/refusal';
import { useSession } from '../api/session-context';
import { message } from '../messages/catalogue';
import { PointInTime } from '../messages/point-in-time';
import { hrefOf } from '../shell/route';
import '../style/projects.css';
import type { ListedProject } from './project-list';
import { useProjects } from './use-projects';

export default function ProjectsView() {
  const { session, userId, askAgain } = useSession();
  const { projects, nextCursor, readAt, loading, problem, refresh, more } = useProjects(userId);
  const unsigned = session !== null && userId === null;
  return (
    <main className="projects" aria-busy={loading || session === null}>
      <div className="projects-head">
        <h2>{message('page-projects-heading')}</h2>
        <button type="button" className="quiet" aria-disabled={loading || undefined} onClick={unsigned ? askAgain : () => !loading && refresh()}>
          {message('page-projects-refresh')}
        </button>
      </div>
      <p className="quiet-text projects-status" role="status">{status(projects, loading || session === null)}</p>
      {unsigned && <p>{message(session.kind === 'silent' ? 'page-server-silent' : 'page-projects-closed')}</p>}
      {problem !== null && <Refusal heading={message('page-projects-unread')} problem={problem} onRetry={refresh} />}
      {projects?.length === 0 && <Empty />}
      {projects !== null && projects.length > 0 && (
        <ul className="project-list">
          {projects.map((project) => <ProjectCard key={project.projectId} project={project} now={readAt} />)}
        </ul>
      )}
      {nextCursor !== null && (
        <button type="button" className="quiet" aria-disabled={loading || undefined} onClick={() => !loading && more()}>
          {message('page-projects-more')}
        </button>
      )}
    </main>
  );
}

function status(projects: ListedProject[] | null, loading: boolean): string {
  if (loading) return message('page-projects-loading');
  return projects === null ? '' : message('page-projects-count', { count: projects.length });
}

function Empty() {
  return (
    <div className="card projects-empty">
      <p>{message('page-projects-empty')}</p>
      <a className="primary" href={hrefOf({ view: 'build' })}>{message('page-projects-start')}</a>
    </div>
  );
}

function ProjectCard({ project, now }: { project: ListedProject; now: number }) {
  const { projectId, name, previewUrl, newest } = project;
  const shown = name ?? projectId;
  const underWay = newest.status === 'queued' || newest.status === 'building';
  return (
    <li className="card project-card">
      <h3><a href={hrefOf({ view: 'project', projectId })}><bdi>{shown}</bdi></a></h3>
      <p className="project-state">
        <span className="state-word" data-state={newest.status}>{message(`page-projects-state-${newest.status}`)}</span>
        <span className="quiet-text"><PointInTime at={newest.finishedAt ?? newest.createdAt} now={now} /></span>
      </p>
      {(underWay || previewUrl !== null) && (
        <div className="buttons">
          {underWay && (
            <a className="quiet" href={hrefOf({ view: 'build', buildId: newest.buildId })} aria-label={message('page-projects-watch-of', { name: shown })}>
              {message('page-watch')}
            </a>
          )}
          {previewUrl !== null && (
            <a className="quiet" href={previewUrl} target="_blank" rel="noopener" aria-label={message('page-projects-preview-of', { name: shown })}>
              {message('page-open-preview')}
            </a>
          )}
        </div>
      )}
    </li>
  );
}
