// Cypress: the same page as progress.spec.mjs. The files lie beside it.

const show = (faults) =>
  cy.task('play', { files: ['recordings/success.ndjson'] }).then(({ api, builds }) => {
    const stream = `${api}/v1/builds/${builds[0]}/events?${faults}&retry=10`;
    cy.visit(`progress.html?stream=${encodeURIComponent(stream)}`);
  });

afterEach(() => cy.task('stop'));

it('lives through a connection that breaks after every second event', () => {
  show('drop-every=2&truncate=true');
  cy.get('[role=status]').should('have.text', 'Done');
  cy.get('li').last().should('have.text', 'BUILD_COMPLETED');
});

it('says that it was refused', () => {
  show('status=403@1');
  cy.get('[role=status]').should('have.text', 'Refused');
});
