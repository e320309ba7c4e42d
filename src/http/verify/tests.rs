use axum::http;
use serde_json::Value;
use tower::ServiceExt as _;

use super::*;
use crate::http::monitoring::tests::server;
use crate::http::options::AccessLog;
use crate::http::router::router;

/// A text that could be a token of another system, of which the store has none: nothing is looked up.
const FOREIGN: &str = "0123456789abcdefghij";

#[tokio::test]
async fn what_does_not_exist_is_a_mistake_and_not_logged_whatever_is_presented() {
    let (app, kept, _folder) = server(AccessLog::On);
    let basic = data_encoding::BASE64.encode(format!(":{FOREIGN}").as_bytes());
    for credential in [format!("Bearer {FOREIGN}"), format!("Basic {basic}")] {
        for (query, status) in [("", 401), ("?connection=nowhere", 403)] {
            let request = http::Request::get(format!("/verify{query}"));
            let request = request.header("authorization", &credential);
            let request = request.body(Body::empty()).unwrap();
            let answer = router(Arc::clone(&app)).oneshot(request).await.unwrap();
            assert_eq!(answer.status(), status, "{credential} {query}");
        }
    }
    app.telemetry.log.flush(std::time::Duration::from_secs(10));
    let lines = kept.lines();
    let lines: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let reasons = lines.iter().filter_map(|line| line["reason"].as_str());
    let expected = ["malformed", "misconfigured"].repeat(2);
    assert_eq!(reasons.collect::<Vec<_>>(), expected, "{lines:#?}");
    assert!(!format!("{lines:?}").contains("nowhere"), "{lines:#?}");
}
