// An address that names no view leads to the build, and is replaced, so that it never stands above another view.

import { useEffect } from 'react';
import { hrefOf, parseRoute } from './route';

export function useMendedAddress(): void {
  useEffect(() => {
    const mend = () => {
      if (parseRoute(location.hash) === null) location.replace(hrefOf({ view: 'build' }));
    };
    mend();
    addEventListener('hashchange', mend);
    return () => removeEventListener('hashchange', mend);
  }, []);
}
