// How the document's operations stand in the collection: in which folder, with which body, what is kept of the answer.
// An operation that is not here stands in the folder "More"; one that takes a body has to be here.

const FILES = { 'index.html': '<!doctype html><title>Hello</title><h1>Hello</h1>' };
const USER = '{{userId}}';

/** Variables of the collection, with what they are before anything was kept. */
export const VARIABLES = {
  baseUrl: 'http://127.0.0.1:8080',
  secret: '',
  userId: 'postman_user',
  projectId: '',
  buildId: '',
  versionId: '',
  jobId: '',
  reservationId: '',
  replayId: '',
  ticket: '',
};

/** What stands for a path's parameter: of `{id}` the segment before it decides. */
export const PATH_VALUES = {
  'builds/{id}': '{{buildId}}',
  'projects/{id}': '{{projectId}}',
  'versions/{id}': '{{versionId}}',
  'replays/{id}': '{{replayId}}',
  '{versionId}': '{{versionId}}',
  '{userId}': USER,
  '{job_id}': '{{jobId}}',
  '{ticket}': '{{ticket}}',
  '{locale}': 'en',
};

/** What stands for parameters of a query that has to have them. */
export const QUERY_VALUES = { userId: USER, ids: '{{projectId}}' };

/** Variables that are kept of an answer that is no error: the variable by the member's path in the body. */
export const KEPT = {
  startBuild: { buildId: 'buildId', projectId: 'projectId' },
  createPreviewForNewProject: { buildId: 'buildId', projectId: 'projectId' },
  updateProject: { buildId: 'buildId' },
  rollBack: { jobId: 'jobId' },
  replayBuild: { replayId: 'replayId' },
  reserveCredits: { reservationId: 'reservationId' },
};

const publication = { userId: USER, comment: 'from Postman' };

/** The folders in their order, and in each its operations with their bodies, none where there is none. */
export const FOLDERS = {
  Streams: {
    listenToBuild: null,
    listenToLogs: null,
    listenToProject: null,
    mintPageToken: { userId: USER, ttlSeconds: 60 },
    mintStreamToken: { userId: USER, builds: ['{{buildId}}'], projects: ['{{projectId}}'], ttlSeconds: 900 },
  },
  'Recordings and replays': {
    recordBuild: null,
    replayBuild: { step: true },
    stepReplay: { count: 2 },
    listenToReplay: null,
  },
  Projects: {
    getProject: null,
    changeProject: { userId: USER, description: 'changed from Postman' },
    writeProject: { userId: USER, name: 'Hello', description: 'written from Postman', metadata: { from: 'Postman' } },
    getProjects: null,
    exportProject: null,
  },
  Versions: {
    listVersions: null,
    changeVersion: { userId: USER, name: 'First', description: 'named from Postman' },
    downloadVersion: null,
    publishVersion: publication,
    unpublish: publication,
    rollBack: { userId: USER, projectId: '{{projectId}}', targetVersionId: '{{versionId}}' },
    getRollbackProgress: null,
  },
  Downloads: { headFile: null, downloadFile: null },
  Credits: {
    creditAccount: { userId: USER, credits: 100, reference: 'postman-{{$guid}}', reason: 'a gift from Postman' },
    reserveCredits: { userId: USER, estimatedCredits: 10, buildId: '{{buildId}}' },
    commitCredits: { reservationId: '{{reservationId}}', buildId: '{{buildId}}', actualCredits: 4 },
    releaseCredits: { reservationId: '{{reservationId}}', reason: 'not needed' },
    listLedgerEntries: null,
    getBalance: null,
    getBalances: { userIds: [USER] },
    checkSufficient: { userId: USER, operationType: 'main_build', projectSize: 'small' },
    estimate: { userId: USER, operation: 'main_build', templateFiles: FILES, prompt: 'Make it blue' },
  },
  Analytics: { analyseBuilds: null, analyseUsage: null },
  'Former paths': {
    listenToBuildAlias: null,
    listenToLogsAlias: null,
    listVersionsAlias: null,
    publishVersionAlias: publication,
    unpublishAlias: publication,
  },
  Builds: {
    listBuilds: null,
    getBuild: null,
    updateProject: { userId: USER, projectId: '{{projectId}}', templateFiles: FILES },
    cancelBuild: { userId: USER, reason: 'not needed any more' },
    startBatch: { builds: [{ userId: USER, name: 'One of two', templateFiles: FILES }, { userId: USER, name: 'Two of two', templateFiles: FILES }] },
    createPreviewForNewProject: { userId: USER, name: 'Hello', templateFiles: FILES },
    startBuild: { userId: USER, name: 'Hello', templateFiles: FILES },
  },
};
