use std::sync::mpsc::channel;
use std::time::Duration;

use super::*;
use crate::http::monitoring::tests::server;
use crate::http::options::AccessLog;
use crate::http::parameters::Parameters;
use crate::model::audit::Actor;
use crate::model::verdict::Caller;
use crate::ops::edit::IfThere;
use crate::ops::{Core, Suspend, password, profile};

const PASSWORD: &str = "umbrella-vortex-lantern-88";

async fn call(app: &Arc<App>, call: impl FnOnce(&mut Core) + Send + 'static) {
    let done = app.pool.run(Actor::default().into(), move |core| {
        call(core);
        Ok(())
    });
    done.await.unwrap();
}

/// Its turn comes before that of whoever asks later.
async fn queued() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// The store is served over one connection, so that calls come one after another.
#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_the_profile_after_its_password_was_hashed_counts() {
    let (app, _, _folder) = server(AccessLog::Off);
    call(&app, |core| {
        let draft = profile::Draft::new("ci".parse().unwrap());
        profile::add(core, &draft, IfThere::Refuse).unwrap();
        let secret = SecretText::new(PASSWORD.to_owned());
        password::set(core, &"ci".parse().unwrap(), &secret).unwrap();
    })
    .await;
    let wait = |app: &Arc<App>| {
        let (go_on, told) = channel::<()>();
        let app = Arc::clone(app);
        tokio::spawn(async move { call(&app, move |_| told.recv().unwrap()).await });
        go_on
    };
    let first = wait(&app);
    queued().await;
    let asking = Arc::clone(&app);
    let judged = tokio::spawn(async move {
        let question = Question {
            parameters: Parameters::default(),
            caller: Caller::Unchecked,
        };
        let name: ProfileName = "ci".parse().unwrap();
        let password = SecretText::new(PASSWORD.to_owned());
        let ruling = of_password(&asking, name, password, &question).await;
        ruling.unwrap().reason
    });
    // It waits until it may read the profile for the first time; and then until it may hash.
    queued().await;
    let second = wait(&app);
    queued().await;
    first.send(()).unwrap();
    queued().await;
    let suspending = Arc::clone(&app);
    let suspended = tokio::spawn(async move {
        call(&suspending, |core| {
            profile::suspend(core, &"ci".parse().unwrap(), &Suspend::default()).unwrap();
        })
        .await;
    });
    queued().await;
    second.send(()).unwrap();
    suspended.await.unwrap();
    assert_eq!(judged.await.unwrap(), Reason::ProfileSuspended);
}
