import { expect, it } from 'vitest';
import { folderChoice, MAX_ZIP_BYTES } from '../files/choice';
import { hindranceOf } from './hindrance';

const files = folderChoice([{ path: 'index.html', content: new Blob(['x']) }]);
const large = { kind: 'zip', name: 'z', content: { size: MAX_ZIP_BYTES + 1 } as Blob } as const;

it('what is chosen hinders a start where it is nothing, empty or too large, and says where that is said', () => {
  expect(hindranceOf({ source: 'own', choice: files }, null, null)).toBeNull();
  expect(hindranceOf({ source: 'own', choice: null }, null, null)).toEqual({ saidBy: 'start-hindrance', text: 'page-files-needed' });
  expect(hindranceOf({ source: 'own', choice: folderChoice([]) }, null, null)).toEqual({ saidBy: 'files-fault' });
  expect(hindranceOf({ source: 'own', choice: large }, null, null)).toEqual({ saidBy: 'files-fault' });
  expect(hindranceOf({ source: 'static-site', choice: null }, null, null)).toEqual({});
});
