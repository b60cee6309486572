// What may be done with a version, and why not: the server's own fields, and what goes on in the project. Pure.

import type { components } from '@buildcast/client';

export type VersionView = components['schemas']['VersionView'];
export type Action = 'preview' | 'publish' | 'unpublish' | 'rollback' | 'download';

/** The actions of a version, in the order of its buttons. */
export function actionsOf(version: VersionView): Action[] {
  return ['preview', version.isPublished ? 'unpublish' : 'publish', 'rollback', 'download'];
}

/** A stable word for what stands in the way of the action; null where nothing does. */
export function obstacle(version: VersionView, action: Action): string | null {
  const { previewDisabledReason, rollbackDisabledReason } = version.accessibility;
  switch (action) {
    case 'preview':
      return version.canPreview ? null : previewDisabledReason;
    case 'publish':
      return version.canPublish ? null : rollbackDisabledReason;
    case 'rollback':
      return version.canRollback ? null : rollbackDisabledReason;
    case 'unpublish':
      return null;
    case 'download':
      // What is published or previewed keeps its files beyond their time (docs/downloads.md).
      return previewDisabledReason === 'artifact_expired' && keptBeyondItsTime(version) ? null : previewDisabledReason;
  }
}

export function keptBeyondItsTime(version: VersionView): boolean {
  return version.isPublished || version.isPreview;
}

/** The actions that something stands in the way of, by what that is: each reason is said once. */
export function obstacles(version: VersionView): Map<string, Action[]> {
  const found = new Map<string, Action[]>();
  for (const action of actionsOf(version)) {
    const reason = obstacle(version, action);
    if (reason !== null) found.set(reason, [...(found.get(reason) ?? []), action]);
  }
  return found;
}
