// Starts a build and follows it to its end: through lost connections, a stale token and a reload.

const [form, status, progress, list, preview] = ['form', '[role=status]', 'progress', 'ol', 'a'].map((what) => document.querySelector(what));
const RETRY_MS = 1000;
let source;

/** Asks the page's own backend. */
async function post(path, body = {}) {
  const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(json.message ?? `Error ${answer.status}`), { status: answer.status });
  return json;
}

/** Shows an event. `code` and `params` say what happened; docs/events.md lists them. */
function show(event) {
  const line = document.createElement('li');
  line.textContent = event.code;
  line.title = JSON.stringify(event.params);
  list.append(line);
  progress.value = event.overall_progress;
  if (event.preview_url) preview.href = event.preview_url;
  if (!event.finished) return;
  status.textContent = event.code === 'BUILD_COMPLETED' ? 'Done' : `Not built: ${event.params.reason ?? event.code}`;
  preview.hidden = event.code !== 'BUILD_COMPLETED';
}

/** Follows the stream after a cursor. An EventSource comes back by itself, with the last `id:` that it saw. */
function follow(buildId, { eventsUrl, streamToken }, cursor = '') {
  source?.close();
  source = new EventSource(`${eventsUrl}?${new URLSearchParams({ token: streamToken, lastEventId: cursor })}`);
  const current = source;
  let finished = false;

  source.onmessage = ({ data, lastEventId }) => {
    cursor = lastEventId || cursor;
    const frame = JSON.parse(data);
    if (frame.type === 'error') renew(); // the token's time is over, most likely
    else if (frame.type === 'reset') list.replaceChildren(); // the whole history follows
    else if (!frame.type) show(frame);
    finished ||= frame.finished === true;
    if (finished) current.close();
  };
  source.onerror = () => {
    // closed for good: by a 204 after the end, or because the server refused; else it tries again
    if (current.readyState === EventSource.CLOSED && !finished) setTimeout(renew, RETRY_MS * (1 + Math.random()));
  };

  async function renew() {
    current.close();
    if (current !== source) return; // another build is followed by now
    try {
      const { streamToken: fresh } = await post(`/api/builds/${buildId}/token`);
      follow(buildId, { eventsUrl, streamToken: fresh }, cursor);
    } catch (fault) {
      if (fault.status < 500 && fault.status !== 429) status.textContent = fault.message;
      else setTimeout(renew, RETRY_MS * (1 + Math.random()));
    }
  }
}

function begin(build) {
  list.replaceChildren();
  preview.hidden = true;
  status.textContent = 'Building';
  // no token in it: a reload asks for a new one
  sessionStorage.setItem('build', JSON.stringify({ buildId: build.buildId, eventsUrl: build.eventsUrl }));
  follow(build.buildId, build);
}

form.onsubmit = async (submitted) => {
  submitted.preventDefault();
  status.textContent = 'Starting';
  try {
    begin(await post('/api/builds', { heading: new FormData(form).get('heading') }));
  } catch (fault) {
    status.textContent = fault.message;
  }
};

const kept = JSON.parse(sessionStorage.getItem('build') ?? 'null');
if (kept) {
  post(`/api/builds/${kept.buildId}/token`)
    .then(({ streamToken }) => begin({ ...kept, streamToken }))
    .catch(() => sessionStorage.removeItem('build'));
}
