import { describe, expect, it } from 'vitest';
import { actionsOf, obstacle, obstacles, type VersionView } from './permission';

const free = {
  canPreview: true,
  canPublish: true,
  canRollback: true,
  isPublished: false,
  isPreview: false,
  accessibility: { previewDisabledReason: null, rollbackDisabledReason: null },
} as VersionView;
const expired = {
  ...free,
  canPreview: false,
  canPublish: false,
  canRollback: false,
  accessibility: { previewDisabledReason: 'artifact_expired', rollbackDisabledReason: 'artifact_expired' },
} as VersionView;

describe('what may be done with a version', () => {
  it('is everything where the server says so', () => {
    expect([...obstacles(free)]).toEqual([]);
  });

  it('says one reason once, for all that it stands in the way of', () => {
    expect([...obstacles(expired)]).toEqual([['artifact_expired', ['preview', 'publish', 'rollback', 'download']]]);
  });

  it('is a download too when its time is over but the preview shows it', () => {
    expect(obstacle({ ...expired, isPreview: true }, 'download')).toBeNull();
    expect(obstacle({ ...expired, isPreview: true }, 'rollback')).toBe('artifact_expired');
  });

  it('is to unpublish, not to publish, what is published', () => {
    expect(actionsOf({ ...free, isPublished: true })).toContain('unpublish');
    expect(actionsOf({ ...free, isPublished: true })).not.toContain('publish');
  });
});
