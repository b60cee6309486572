//! Which of the packed copies of a text a browser takes: brotli before gzip, since it is shorter.

/// The encodings that there are copies in: name, and how a copy's name ends.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), (GZIP, ".gz")];
/// The encoding that everybody takes.
pub(super) const GZIP: &str = "gzip";

/// Those of them that an `Accept-Encoding` takes, the best first; none without the header (RFC 9110, 12.5.3).
pub(super) fn taken(accepted: Option<&str>) -> impl Iterator<Item = (&'static str, &'static str)> {
    ENCODINGS.into_iter().filter(move |(name, _)| accepted.is_some_and(|accepted| takes(accepted, name)))
}

/// What is said of an encoding itself counts before what is said of all others.
fn takes(accepted: &str, name: &str) -> bool {
    let said = |of: &str| accepted.split(',').map(coding).find(|(coding, _)| coding.eq_ignore_ascii_case(of)).map(|(_, taken)| taken);
    said(name).or_else(|| said("*")).unwrap_or(false)
}

/// A coding, and whether its weight is more than none.
fn coding(element: &str) -> (&str, bool) {
    let (coding, params) = element.split_once(';').unwrap_or((element, ""));
    let params = params.to_ascii_lowercase();
    let weight = params.split(';').find_map(|param| param.trim().strip_prefix("q="));
    // a weight that is none takes nothing
    (coding.trim(), weight.is_none_or(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight > 0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_that_a_browser_takes_is_first() {
        let names = |accepted: &str| taken(Some(accepted)).map(|(name, _)| name).collect::<Vec<_>>().join(" ");
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", "br gzip"),
            ("gzip", "gzip"),
            ("GZIP;q=0.5,BR ; Q=0.1", "br gzip"),
            ("br;q=0, gzip", "gzip"),
            ("br;level=1;q=0, gzip;q=0;a=b", ""),
            ("br;q=nan, gzip;q=1.0", "gzip"),
            ("*", "br gzip"),
            ("*;q=0, gzip", "gzip"),
            ("gzip;q=0, *", "br"),
            ("identity", ""),
            ("", ""),
            ("brotli, xgzip", ""),
        ] {
            assert_eq!(names(accepted), expected, "{accepted}");
        }
        assert_eq!(taken(None).count(), 0);
    }
}
