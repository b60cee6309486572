// What holds for every answer of the API.
const type = pm.response.headers.get('content-type') || '';
const id = pm.response.headers.get('x-request-id') || '';

pm.test('the answer has an id', () => pm.expect(id).to.match(/^[!-~]{1,128}$/));
if (pm.response.code >= 400) {
  pm.test('an error has a code, a message and the same id', () => {
    const body = pm.response.json();
    pm.expect(body.code).to.match(/^[A-Z_]+$/);
    pm.expect(body.message).to.be.a('string').and.not.empty;
    pm.expect(body.requestId).to.equal(id);
  });
} else if (/^application\/([a-z.-]+\+)?json/.test(type)) {
  pm.test('the body is JSON', () => pm.expect(pm.response.json()).to.be.an('object'));
}
