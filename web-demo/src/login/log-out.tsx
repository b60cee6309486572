// Who is logged in, and the way out.

import { useState } from 'react';
import { logOut, readSession } from '../api/session';
import { useSession } from '../api/session-context';
import { tellOtherTabs } from '../api/session-end';
import { message } from '../messages/catalogue';

export function LogOut({ userId }: { userId: string }) {
  const { adopt } = useSession();
  const [failed, setFailed] = useState(false);
  const leave = async () => {
    setFailed(false);
    try {
      await logOut();
      adopt(await readSession());
      tellOtherTabs();
    } catch {
      setFailed(true);
    }
  };
  return (
    <span className="who">
      <bdi className="who-name">{userId}</bdi>
      <button type="button" className="plain" onClick={() => void leave()}>{message('page-login-out')}</button>
      <span role="status">{failed && message('page-server-silent')}</span>
    </span>
  );
}
