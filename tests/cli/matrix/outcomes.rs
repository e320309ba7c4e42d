//! How a delivery ends at a place that fails, hangs, is overtaken or is slow.

use std::collections::BTreeMap;
use std::fs;
use std::thread::{self, ScopedJoinHandle};

use serde_json::Value;

use super::{Cell, Full, HALLPASS, Maker, Place};
use crate::support::test_home::Answer;

impl Cell {
    /// Nothing came of a call: what it made is good for nothing, and what was there is there.
    #[track_caller]
    fn is_as_before(&self, answer: &Answer, before: &([Value; 3], BTreeMap<String, String>)) {
        assert_eq!((answer.code, answer.out.as_str()), (51, ""), "{answer:?}");
        self.stage.done(&["store", "check"]);
        assert_eq!((self.state(), self.held()), *before);
        let all = self.stage.json(&["token", "list", "--all"]);
        let live = before.0[2].as_array().unwrap();
        for token in all.as_array().unwrap() {
            assert!(
                live.contains(token) || token["effective"] == "revoked",
                "{token}"
            );
        }
        if self.place == Place::Command {
            assert_eq!(
                self.verdict(&self.text("out/got")),
                11,
                "it was had, and is not good"
            );
        }
    }

    pub(super) fn fails(&self) {
        let before = (self.state(), self.held());
        // In the way of the new file, so that it cannot be made.
        fs::create_dir(self.stage.file("out/.hallpass-new")).unwrap();
        let answer = self.run("cat >out/got; exit 3", "3>/dev/full", &[]);
        fs::remove_dir(self.stage.file("out/.hallpass-new")).unwrap();
        self.is_as_before(&answer, &before);
    }

    pub(super) fn hangs(&self) {
        let before = (self.state(), self.held());
        let (pipe, lock) = (Full::new(), self.lock());
        let limit = ["--sink-timeout", "1s"];
        let answer = thread::scope(|scope| {
            let hang = || self.run("cat >out/got; sleep 600", &pipe.redirection(), &limit);
            let call = scope.spawn(hang);
            self.stage.done(&["environment", "add", "meanwhile"]);
            call.join().unwrap()
        });
        drop((pipe, lock));
        self.is_as_before(&answer, &before);
    }

    /// Somebody takes back what is on its way: it is taken out of its place again.
    pub(super) fn is_overtaken(&self) {
        let (before, lock) = ((self.state(), self.held()), self.lock());
        let answer = thread::scope(|scope| {
            let call = scope.spawn(|| self.run("", "", &[]));
            let token = self.on_its_way(&call);
            let taken_back = match self.maker {
                Maker::Profile => ["profile", "delete", "web", "--yes"],
                _ => ["token", "revoke", &token, "--yes"],
            };
            self.stage.done(&taken_back);
            drop(lock);
            call.join().unwrap()
        });
        self.is_as_before(&answer, &before);
    }

    /// The place takes its secret only after somebody else has written to the store, who would be told
    /// that it is busy if the call held it for that long.
    pub(super) fn is_slow(&self) {
        let write = format!("\"{HALLPASS}\" environment add inner -q >&2; echo $? >>code");
        let judge = if self.maker == Maker::Password {
            "password verify github --password-file -"
        } else {
            "verify"
        };
        let judge = format!("\"{HALLPASS}\" {judge} <out/got >&2; echo $? >code");
        let command = format!("cat >out/got; {judge}; {write}");
        let (pipe, lock) = (Full::new(), self.lock());
        let redirection = pipe.redirection();
        let answer = thread::scope(|scope| {
            let call = scope.spawn(|| self.run(&command, &redirection, &[]));
            if let Some(lock) = lock {
                if self.maker.is_seen() {
                    self.on_its_way(&call);
                }
                self.stage.done(&["environment", "add", "inner"]);
                drop(lock);
            }
            let reads = self.place == Place::Descriptor;
            let reader = reads.then(|| self.reader(&pipe, &format!("{write}; cat >out/got")));
            let answer = call.join().unwrap();
            drop(pipe);
            assert!(reader.is_none_or(|mut it| it.wait().unwrap().success()));
            answer
        });
        assert_eq!(answer.code, 0, "{answer:?}");
        match self.place {
            Place::Descriptor => assert_eq!(self.text("code"), "0\n"),
            Place::Command => assert_eq!(self.text("code"), "11\n0\n", "not good before its time"),
            Place::File | Place::Env => {}
        }
        assert_eq!(self.verdict(&self.delivered()), 0);
        if self.maker == Maker::Password {
            assert_eq!(self.verdict(&self.old), 11);
        }
        self.stage.done(&["environment", "show", "inner"]);
        self.stage.done(&["store", "check"]);
    }

    /// The secret, out of its place, in which everything else is as it was.
    fn delivered(&self) -> String {
        if self.place != Place::Env {
            return self.text(if self.place == Place::File {
                "out/file"
            } else {
                "out/got"
            });
        }
        let text = self.text("out/env");
        let value = text
            .strip_prefix("A=1\nT=")
            .and_then(|it| it.strip_suffix("\nB=2\n"));
        value.unwrap().to_owned()
    }

    /// The id of the token that a call delivers.
    fn on_its_way(&self, call: &ScopedJoinHandle<'_, Answer>) -> String {
        loop {
            assert!(!call.is_finished(), "it waits for its place");
            let tokens = self.stage.json(&["token", "list"]);
            let mut tokens = tokens.as_array().unwrap().iter();
            if let Some(token) = tokens.find(|it| it["state"] == "pending") {
                return token["id"].as_str().unwrap().to_owned();
            }
        }
    }
}
