// The folder "A first build": operations of the document in an order that leads from nothing to a version that was gone back
// to. Run it as a whole, in Postman's runner or with newman; each step keeps what the next ones need.

const answered = (...codes) => `pm.test('it is answered with ${codes.join(' or ')}', () => pm.expect(pm.response.code).to.be.oneOf([${codes.join(', ')}]));`;

/** Asks again every half second, at most two minutes long, while the expression says so. */
const until = (over, ...then) => [
  'const body = pm.response.json();',
  "const asked = Number(pm.variables.get('asked') || 0) + 1;",
  `const over = pm.response.code >= 400 || ${over} || asked >= 240;`,
  "pm.variables.set('asked', over ? 0 : asked);",
  'if (!over) {',
  '  pm.execution.setNextRequest(pm.info.requestName);',
  '  setTimeout(() => {}, 500);',
  '} else {',
  ...then.map((line) => `  ${line}`),
  '}',
];

const ended = "['deployed', 'failed', 'cancelled'].includes(body.status)";
const deployed = "pm.test('the build is deployed', () => pm.expect(body.status).to.equal('deployed'));";
const page = (heading) => ({ 'index.html': `<!doctype html><title>${heading}</title><h1>${heading}</h1>` });

/** The steps: an operation under another name, with a body of its own where it says one, and what is expected of the answer. */
export const WALK = [
  {
    operation: 'startBuild',
    name: '1. Start a build',
    body: { userId: '{{userId}}', name: 'A first build {{$guid}}', templateFiles: page('First') },
    tests: [answered(202), "pm.test('a stream and a token for it', () => pm.expect(pm.response.json()).to.include.keys('eventsUrl', 'streamToken'));"],
  },
  { operation: 'getBuild', name: '2. Wait for the build', tests: until(ended, deployed) },
  {
    operation: 'listenToBuild',
    name: '3. Read its events',
    tests: [
      'const { events, finished, nextCursor } = pm.response.json();',
      "pm.test('the history is whole', () => pm.expect(events.map(({ event }) => event.seq)).to.eql(events.map((_, at) => at + 1)));",
      "pm.test('its last event is the end', () => pm.expect([finished, events.at(-1).event.code, events.at(-1).cursor]).to.eql([true, 'BUILD_COMPLETED', nextCursor]));",
    ],
  },
  { operation: 'listenToLogs', name: '4. Read its log', tests: ["pm.test('the log is over', () => pm.expect(pm.response.json().finished).to.equal(true));"] },
  {
    operation: 'listVersions',
    name: '5. Look at the versions',
    tests: [
      'const { success, versions } = pm.response.json();',
      "pm.test('there is one, and it is shown', () => pm.expect([success, versions.length, versions[0].isPreview]).to.eql([true, 1, true]));",
      "pm.collectionVariables.set('versionId', versions[0].id);",
    ],
  },
  {
    operation: 'updateProject',
    name: '6. Build the project again',
    body: { userId: '{{userId}}', projectId: '{{projectId}}', templateFiles: page('Second') },
    tests: [answered(202)],
  },
  { operation: 'getBuild', name: '7. Wait for the second build', tests: until(ended, deployed) },
  { operation: 'rollBack', name: '8. Go back to the first version', tests: [answered(202)] },
  {
    operation: 'getRollbackProgress',
    name: '9. Wait for the rollback',
    tests: until("body.status !== 'in_progress'", "pm.test('all is as it was', () => pm.expect(body.status).to.equal('completed'));"),
  },
  { operation: 'publishVersion', name: '10. Publish the first version', tests: [answered(200)] },
  {
    operation: 'exportProject',
    name: '11. Export the project',
    tests: [
      answered(200),
      // an address of the server itself; with a bucket it is the bucket's
      "const [, ticket] = /\\/v1\\/downloads\\/([^/?]+)/.exec(pm.response.json().downloadUrl) || [];",
      "pm.collectionVariables.set('ticket', ticket || '');",
    ],
  },
  { operation: 'estimate', name: '12. Ask what a build would cost', tests: [answered(200)] },
  {
    operation: 'getBalance',
    name: '13. Look at the balance',
    tests: ["pm.test('a balance', () => pm.expect(pm.response.json().balance.total).to.be.a('number'));"],
  },
];
