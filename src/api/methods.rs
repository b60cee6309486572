//! Which methods a path has, from the document: what a 405 has to say.

use serde_json::Value;

/// The document's paths with their methods.
#[derive(Debug, Clone)]
pub(super) struct Methods(Vec<(Vec<String>, Vec<String>)>);

impl Methods {
    pub fn of(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        Self(paths.map(|(path, item)| (split(path), item.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase()).collect())).collect())
    }

    /// The methods at a path; the plain routes beside the document have GET.
    pub fn at(&self, path: &str) -> Vec<String> {
        let parts = split(path);
        let fits = |template: &[String]| template.len() == parts.len() && template.iter().zip(&parts).all(|(t, p)| t.starts_with('{') || t == p);
        let found = self.0.iter().find(|(template, _)| fits(template)).map(|(_, methods)| methods.clone());
        found.unwrap_or_else(|| vec!["GET".into(), "HEAD".into()])
    }
}

fn split(path: &str) -> Vec<String> {
    path.trim_start_matches('/').split('/').map(str::to_owned).collect()
}
