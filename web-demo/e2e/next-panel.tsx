// The client component of the Next.js sample in place of a page's own contents; the page's backend has the paths that it asks.

import { createRoot } from 'react-dom/client';
import { BuildPanel } from '../../docs/samples/front-end/next/app/build-panel';

const main = document.createElement('main');
document.body.replaceChildren(main);
createRoot(main).render(<BuildPanel />);
