// What will be sent: how many files, their names, and what was left out.

import { choiceBytes, type Choice } from '../files/choice';
import { message } from '../messages/catalogue';

/** Names beyond these are only counted. */
const SHOWN_FILES = 6;

export function ChosenFiles({ choice }: { choice: Choice }) {
  const kibibytes = choiceBytes(choice) / 1024;
  if (choice.kind === 'zip') {
    return (
      <div className="chosen">
        <p className="chosen-summary">{message('page-files-summary', { count: 1, kibibytes })}</p>
        <ul className="file-names" aria-label={message('page-files-list-label')}>
          <li><bdi>{`${choice.name}.zip`}</bdi></li>
        </ul>
      </div>
    );
  }
  const { files, skipped } = choice;
  // One more name takes no more room than the line that counts it.
  const shown = files.length <= SHOWN_FILES + 1 ? files : files.slice(0, SHOWN_FILES);
  return (
    <div className="chosen">
      <p className="chosen-summary">
        {files.length === 0 ? message('page-files-empty') : message('page-files-summary', { count: files.length, kibibytes })}
      </p>
      <ul className="file-names" aria-label={message('page-files-list-label')}>
        {shown.map((file) => <li key={file.path}><bdi>{file.path}</bdi></li>)}
        {shown.length < files.length && (
          <li className="file-more">{message('page-files-more', { count: files.length - shown.length })}</li>
        )}
      </ul>
      {skipped.length > 0 && (
        <p className="chosen-skipped">
          {message('page-files-skipped', { count: skipped.length, names: namesOf(skipped) })}
        </p>
      )}
    </div>
  );
}

function namesOf(skipped: string[]): string {
  return [...new Set(skipped.map((path) => path.split('/').at(-1) ?? path))].join(', ');
}
