//! References between the objects of a survey, computed once.

use std::collections::{HashMap, HashSet};

use super::survey::{Holder, Survey};
use crate::model::name::{Canonical, ConnectionName, GroupName};
use crate::model::time::{Span, Time};
use crate::model::token::TokenState;
use crate::ops::connection;
use crate::ops::records::token::Summary as Token;

/// A survey and the references between its objects.
pub(super) struct Index<'a> {
    pub(super) survey: &'a Survey,
    /// The tokens that are judged: active or suspended, neither replaced nor session tokens. A replaced
    /// token expires by itself, and its successor is judged; a session token expires within the hour,
    /// and what it was made from is judged.
    pub(super) tokens: Vec<&'a Token>,
    of_profile: HashMap<Canonical, Vec<&'a Token>>,
    connections: HashMap<Canonical, &'a connection::Summary>,
    members: HashMap<Canonical, Vec<&'a Holder>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(survey: &'a Survey) -> Self {
        let is_current = |token: &&Token| token.state.is_live() && !is_pending(token);
        let current: HashSet<_> = survey
            .tokens
            .iter()
            .filter(is_current)
            .map(|token| token.id)
            .collect();
        let replaced = |token: &Token| token.successor.is_some_and(|id| current.contains(&id));
        let judged = survey
            .tokens
            .iter()
            .filter(is_current)
            .filter(|token| !token.session && !replaced(token));
        let tokens: Vec<_> = judged.collect();
        let mut of_profile: HashMap<_, Vec<_>> = HashMap::new();
        for token in &tokens {
            if let Some(profile) = &token.profile {
                of_profile
                    .entry(profile.canonical())
                    .or_default()
                    .push(*token);
            }
        }
        let mut members: HashMap<_, Vec<_>> = HashMap::new();
        for holder in &survey.profiles {
            for group in &holder.groups {
                members.entry(group.canonical()).or_default().push(holder);
            }
        }
        let connections = survey
            .connections
            .iter()
            .map(|token| (token.name.canonical(), token))
            .collect();
        Self {
            survey,
            tokens,
            of_profile,
            connections,
            members,
        }
    }

    pub(super) fn connection(&self, name: &ConnectionName) -> Option<&'a connection::Summary> {
        self.connections.get(&name.canonical()).copied()
    }

    /// The judged tokens of a profile.
    pub(super) fn tokens_of(&self, holder: &Holder) -> &[&'a Token] {
        self.of_profile
            .get(&holder.name.canonical())
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The profiles in a group, by name.
    pub(super) fn members(&self, group: &GroupName) -> &[&'a Holder] {
        self.members
            .get(&group.canonical())
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The connections that a profile may use, by its restriction and their groups.
    pub(super) fn usable(&self, holder: &Holder) -> Vec<&'a connection::Summary> {
        let named: Vec<_> = match &holder.connections {
            Some(names) => names
                .iter()
                .filter_map(|name| self.connection(name))
                .collect(),
            None => self.survey.connections.iter().collect(),
        };
        named
            .into_iter()
            .filter(|connection| admits(connection, holder))
            .collect()
    }

    /// Whether a profile has a token that is used for the connection, or may be.
    pub(super) fn has_use(&self, holder: &Holder, connection: &ConnectionName) -> bool {
        let fits = |own: &ConnectionName| own.same_as(connection);
        self.tokens_of(holder)
            .iter()
            .any(|token| token.connection.as_ref().is_none_or(fits))
    }

    pub(super) fn holder(&self, token: &Token) -> Option<&'a Holder> {
        let name = token.profile.as_ref()?.canonical();
        let profiles = &self.survey.profiles;
        let at = profiles
            .binary_search_by_key(&name, |holder| holder.name.canonical())
            .ok()?;
        profiles.get(at)
    }

    /// Whether a time is so long ago that it counts as unused: three months.
    pub(super) fn is_long_ago(&self, time: Time) -> bool {
        time.plus(Span::QUARTER) <= self.survey.at
    }
}

/// Whether the group of a connection, if it has one, contains the profile.
pub(super) fn admits(connection: &connection::Summary, holder: &Holder) -> bool {
    let group = connection.group.as_ref();
    group.is_none_or(|group| holder.groups.iter().any(|own| own.same_as(group)))
}

fn is_pending(token: &Token) -> bool {
    token.state == TokenState::Pending
}
