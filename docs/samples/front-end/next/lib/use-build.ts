// Follows a build to its end: through lost connections and a stale token.

import { useEffect, useState } from 'react';

/** A build that was started, as `POST /api/builds` answers. */
export interface Started {
  buildId: string;
  eventsUrl: string;
  streamToken: string;
}

/** What every event has; docs/events.md lists the codes with their params. */
export interface BuildEvent {
  seq: number;
  code: string;
  params: Record<string, string | number | boolean>;
  overall_progress: number;
  finished: boolean;
  preview_url?: string;
}

const RETRY_MS = 1000;

/** The events of a build so far, in their order. */
export function useBuild(build: Started | undefined): BuildEvent[] {
  const [events, setEvents] = useState<BuildEvent[]>([]);

  useEffect(() => {
    setEvents([]);
    if (!build) return;
    const { buildId, eventsUrl } = build;
    let cursor = '';
    let over = false;
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;

    function follow(token: string) {
      const current = new EventSource(`${eventsUrl}?${new URLSearchParams({ token, lastEventId: cursor })}`);
      source = current;
      current.onmessage = ({ data, lastEventId }: MessageEvent<string>) => {
        cursor = lastEventId || cursor;
        const frame = JSON.parse(data) as BuildEvent & { type?: string };
        if (frame.type === 'error') void renew(); // the token's time is over, most likely
        else if (frame.type === 'reset') setEvents([]); // the whole history follows
        else if (!frame.type) setEvents((before) => [...before, frame]);
        if (frame.finished) stop();
      };
      // closed for good when the server refused; else it comes back by itself, with the last `id:` that it saw
      current.onerror = () => {
        if (current.readyState === EventSource.CLOSED) later();
      };
    }

    async function renew() {
      source?.close();
      const answer = await fetch(`/api/builds/${buildId}/token`, { method: 'POST' }).catch(() => undefined);
      if (over) return;
      if (answer?.ok) follow(((await answer.json()) as Started).streamToken);
      else if (!answer || answer.status >= 500 || answer.status === 429) later();
    }

    function later() {
      if (!over) timer = setTimeout(() => void renew(), RETRY_MS * (1 + Math.random()));
    }

    function stop() {
      over = true;
      clearTimeout(timer);
      source?.close();
    }

    follow(build.streamToken);
    return stop;
  }, [build]);

  return events;
}
