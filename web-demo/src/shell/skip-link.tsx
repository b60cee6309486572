// The way past the header. It moves the focus and leaves the address, which names the view.

import type { MouseEvent } from 'react';
import { message } from '../messages/catalogue';

/** The id of what holds the view. */
export const VIEW_ID = 'view';

export function SkipLink() {
  const skip = (event: MouseEvent) => {
    event.preventDefault();
    const view = document.getElementById(VIEW_ID);
    view?.focus();
    view?.scrollIntoView();
  };
  return <a className="skip" href={`#${VIEW_ID}`} onClick={skip}>{message('page-skip')}</a>;
}
