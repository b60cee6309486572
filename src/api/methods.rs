//! Which methods a path has, from the document: what a 405 and a preflight have to say, and what a query may say.

use poem::http::Method;
use serde_json::Value;

/// The document's paths with their methods.
#[derive(Debug, Clone)]
pub(super) struct Methods(Vec<(Vec<String>, Vec<Operation>)>);

/// A method of a path.
#[derive(Debug, Clone)]
struct Operation {
    /// In capitals.
    method: String,
    /// The names of its query's parameters.
    parameters: Vec<String>,
}

impl Methods {
    pub fn of(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let operations = |item: &Value| item.as_object().into_iter().flatten().map(|(method, operation)| Operation::of(method, operation)).collect();
        Self(paths.map(|(path, item)| (split(path), operations(item))).collect())
    }

    /// The methods at a path; the plain routes beside the document have GET.
    pub fn at(&self, path: &str) -> Vec<String> {
        let found = self.operations(path).map(|operations| operations.iter().map(|operation| operation.method.clone()).collect());
        found.unwrap_or_else(|| vec!["GET".into(), "HEAD".into()])
    }

    /// The parameters that the query of a request may have; none when there is no such operation.
    pub fn parameters(&self, path: &str, method: &Method) -> Option<&[String]> {
        self.operations(path)?.iter().find(|operation| operation.method == method.as_str()).map(|operation| operation.parameters.as_slice())
    }

    fn operations(&self, path: &str) -> Option<&[Operation]> {
        let parts = split(path);
        let fits = |template: &[String]| template.len() == parts.len() && template.iter().zip(&parts).all(|(t, p)| t.starts_with('{') || t == p);
        // a path that is written out comes before one with a parameter in its place
        let fitting = self.0.iter().filter(|(template, _)| fits(template));
        fitting.min_by_key(|(template, _)| template.iter().filter(|part| part.starts_with('{')).count()).map(|(_, operations)| operations.as_slice())
    }
}

impl Operation {
    fn of(method: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query");
        Self { method: method.to_uppercase(), parameters: parameters.filter_map(|parameter| Some(parameter["name"].as_str()?.to_owned())).collect() }
    }
}

fn split(path: &str) -> Vec<String> {
    path.trim_start_matches('/').split('/').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_that_is_written_out_comes_first() {
        let list = json!({"get": {"parameters": [{"in": "query", "name": "limit"}, {"in": "path", "name": "id"}]}});
        let methods = Methods::of(&json!({"paths": {"/v1/{id}": {"delete": {}}, "/v1/all": list}}));
        assert_eq!(methods.at("/v1/all"), ["GET"]);
        assert_eq!(methods.at("/v1/one"), ["DELETE"]);
        assert_eq!(methods.at("/elsewhere"), ["GET", "HEAD"]);
        assert_eq!(methods.parameters("/v1/all", &Method::GET), Some(&["limit".to_owned()][..]));
        assert_eq!(methods.parameters("/v1/all", &Method::PUT), None);
    }
}
