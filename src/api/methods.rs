//! The paths that there are, as templates: which methods one has, for a 405 and a preflight, what a query may say, and by which
//! name a request is counted.

use poem::http::Method;
use serde_json::Value;

/// What a request is counted as whose path is none of ours.
pub(super) const UNMATCHED: &str = "unmatched";
/// What the last part of a template begins with that stands for all the rest of a path.
const REST: &str = "{*";
/// The methods of what can only be read.
const READ: &[&str] = &["GET", "HEAD"];

/// The templates of a listener: those of the document with their methods, and the plain ones beside it.
#[derive(Debug, Clone)]
pub(super) struct Methods(Vec<Template>);

#[derive(Debug, Clone)]
struct Template {
    text: String,
    operations: Vec<Operation>,
}

/// A method of a path.
#[derive(Debug, Clone)]
struct Operation {
    /// In capitals.
    method: String,
    /// The names of its query's parameters.
    parameters: Vec<String>,
}

impl Methods {
    /// The document's paths, plain ones, which have GET, and others with their methods.
    pub fn of(document: &Value, plain: &[&str], others: &[(&str, &[&str])]) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let operations = |item: &Value| with_head(item.as_object().into_iter().flatten().map(|(method, operation)| Operation::of(method, operation)).collect());
        let documented = paths.map(|(path, item)| Template { text: path.clone(), operations: operations(item) });
        let plain = plain.iter().map(|path| (*path, READ));
        let without_query = |methods: &[&str]| methods.iter().map(|method| Operation { method: (*method).to_owned(), parameters: vec![] }).collect();
        let beside = plain.chain(others.iter().copied()).map(|(path, methods)| Template { text: path.to_owned(), operations: without_query(methods) });
        Self(documented.chain(beside).collect())
    }

    /// The methods at a path.
    pub fn at(&self, path: &str) -> Vec<String> {
        let found = self.find(path).map(|template| template.operations.iter().map(|operation| operation.method.clone()).collect());
        found.unwrap_or_else(|| READ.iter().map(|method| (*method).to_owned()).collect())
    }

    /// The parameters that the query of a request may have; none when there is no such operation.
    pub fn parameters(&self, path: &str, method: &Method) -> Option<&[String]> {
        self.find(path)?.operations.iter().find(|operation| operation.method == method.as_str()).map(|operation| operation.parameters.as_slice())
    }

    /// The template of a path, or `unmatched`: never the path itself.
    pub fn route(&self, path: &str) -> &str {
        self.find(path).map_or(UNMATCHED, |template| template.text.as_str())
    }

    /// A path that is written out comes before one with a parameter in its place, as the document's order has it.
    fn find(&self, path: &str) -> Option<&Template> {
        self.0.iter().find(|template| fits(&template.text, path))
    }
}

impl Operation {
    fn of(method: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query");
        Self { method: method.to_uppercase(), parameters: parameters.filter_map(|parameter| Some(parameter["name"].as_str()?.to_owned())).collect() }
    }
}

/// What answers GET answers HEAD too, with the same query.
fn with_head(mut operations: Vec<Operation>) -> Vec<Operation> {
    let get = operations.iter().position(|operation| operation.method == "GET");
    if let Some(at) = get.filter(|_| operations.iter().all(|operation| operation.method != "HEAD")) {
        let head = Operation { method: "HEAD".into(), parameters: operations[at].parameters.clone() };
        operations.insert(at + 1, head);
    }
    operations
}

/// Whether a path is one of a template's.
pub(super) fn fits(template: &str, path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    for expected in template.trim_start_matches('/').split('/') {
        if expected.starts_with(REST) {
            return parts.next().is_some();
        }
        if !parts.next().is_some_and(|part| expected == part || (expected.starts_with('{') && !part.is_empty())) {
            return false;
        }
    }
    parts.next().is_none()
}

/// The project and the build that a path names, by the parts that their ids stand behind.
pub(super) fn named_in<'p>(template: &str, path: &'p str) -> (Option<&'p str>, Option<&'p str>) {
    let (mut project, mut build, mut before) = (None, None, "");
    for (expected, part) in template.split('/').zip(path.split('/')) {
        match (before, expected.starts_with('{') && !expected.starts_with(REST)) {
            ("projects" | "p" | "live", true) => project = Some(part),
            ("builds" | "rollback", true) => build = Some(part),
            _ => {}
        }
        before = expected;
    }
    (project, build)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn methods() -> Methods {
        let document = json!({"paths": {"/v1/builds": {"get": {}, "post": {}}, "/v1/builds/batch": {"post": {}}, "/v1/builds/{id}": {"get": {}},
            "/v1/projects/{id}/events": {"get": {}}, "/v1/versions/rollback/{job_id}/progress": {"get": {}}}});
        Methods::of(&document, &["/", "/healthz", "/assets/{*path}"], &[("/demo/session", &["GET", "POST"])])
    }

    #[test]
    fn paths_are_counted_by_their_templates_and_strange_ones_as_one() {
        let methods = methods();
        let cases = [
            ("/", "/"),
            ("/healthz", "/healthz"),
            ("/assets/a/b.js", "/assets/{*path}"),
            ("/v1/builds/batch", "/v1/builds/batch"),
            ("/v1/builds/one", "/v1/builds/{id}"),
            ("/v1/builds/", UNMATCHED),
            ("/v1/builds/one/more", UNMATCHED),
            ("/healthz/", UNMATCHED),
            ("", "/"),
        ];
        for (path, route) in cases {
            assert_eq!(methods.route(path), route, "{path}");
        }
        assert_eq!(methods.at("/v1/builds"), ["GET", "HEAD", "POST"]);
        assert_eq!(methods.at("/demo/session"), ["GET", "POST"]);
        assert_eq!(methods.at("/nope"), ["GET", "HEAD"]);
    }

    #[test]
    fn a_path_names_its_project_and_its_build() {
        assert_eq!(named_in("/v1/builds/{id}", "/v1/builds/b"), (None, Some("b")));
        assert_eq!(named_in("/v1/projects/{id}/events", "/v1/projects/p/events"), (Some("p"), None));
        assert_eq!(named_in("/v1/versions/rollback/{job_id}/progress", "/v1/versions/rollback/j/progress"), (None, Some("j")));
        assert_eq!(named_in("/live/{id}/{*path}", "/live/p/a/b"), (Some("p"), None));
        assert_eq!(named_in("/v1/builds/batch", "/v1/builds/batch"), (None, None));
    }

    #[test]
    fn a_path_that_is_written_out_comes_first() {
        let list = json!({"get": {"parameters": [{"in": "query", "name": "limit"}, {"in": "path", "name": "id"}]}});
        let methods = Methods::of(&json!({"paths": {"/v1/{id}": {"delete": {}}, "/v1/all": list}}), &[], &[]);
        assert_eq!(methods.at("/v1/all"), ["GET", "HEAD"]);
        assert_eq!(methods.at("/v1/one"), ["DELETE"]);
        assert_eq!(methods.at("/elsewhere"), ["GET", "HEAD"]);
        assert_eq!(methods.parameters("/v1/all", &Method::GET), Some(&["limit".to_owned()][..]));
        assert_eq!(methods.parameters("/v1/all", &Method::HEAD), Some(&["limit".to_owned()][..]));
        assert_eq!(methods.parameters("/v1/all", &Method::PUT), None);
    }
}
