// Stands where files are chosen, when the files are those that the last project has on the server.

import { message } from '../messages/catalogue';

export function LastProject({ name }: { name: string }) {
  return (
    <div className="chosen">
      {name !== '' && <p className="chosen-summary"><bdi>{name}</bdi></p>}
      <p className="quiet-text">{message('page-prompt-last-files')}</p>
    </div>
  );
}
