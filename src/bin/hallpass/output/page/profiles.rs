//! The section of profiles, each with its tokens.

use hallpass::model::name::{ConnectionName, GroupName};
use hallpass::ops::profile::State;
use hallpass::ops::review::{Holder, Survey};
use hallpass::ops::token::Summary as Token;

use super::markup::{Markup, away, day};
use super::timeline::{Scale, legend};

/// Writes all profiles, and the tokens of deleted ones.
pub(super) fn write(page: &mut Markup, survey: &Survey, scale: &Scale) {
    page.raw("<section aria-labelledby=\"profiles\">\n<h2 id=\"profiles\">Profiles and their tokens</h2>\n");
    legend(page);
    // Both lists are sorted by profile; tokens without one come first.
    let mut tokens = survey.tokens.as_slice();
    let gone = take(&mut tokens, |token| token.profile.is_none());
    for holder in &survey.profiles {
        let own = take(&mut tokens, |token| {
            token
                .profile
                .as_ref()
                .is_some_and(|it| it.same_as(&holder.name))
        });
        profile(page, holder, own, scale);
    }
    if survey.profiles.is_empty() {
        page.raw("<p>There are no profiles.</p>\n");
    }
    if !gone.is_empty() {
        page.raw("<section class=\"profile\">\n<h3>Deleted profiles</h3>\n");
        table(page, gone, scale);
        page.raw("</section>\n");
    }
    page.raw("</section>\n");
}

/// Splits off the leading tokens that match.
fn take<'a>(tokens: &mut &'a [Token], of_sort: impl Fn(&Token) -> bool) -> &'a [Token] {
    let count = tokens.iter().take_while(|it| of_sort(it)).count();
    let (own, rest) = tokens.split_at(count);
    *tokens = rest;
    own
}

fn profile(page: &mut Markup, holder: &Holder, tokens: &[Token], scale: &Scale) {
    let Holder {
        name,
        email,
        description,
        groups,
        connections,
        state,
        password,
        created_at,
    } = holder;
    page.raw("<section class=\"profile\">\n<h3>").text(name);
    if *state == State::Suspended {
        page.raw(" <span class=\"chip ended\">suspended</span>");
    }
    page.raw("</h3>\n");
    if let Some(description) = description {
        page.raw("<p>").text(description).raw("</p>\n");
    }
    page.raw("<dl class=\"facts\">");
    let listed = |names: Vec<&str>| names.join(", ");
    let connections = connections.as_ref().map_or_else(
        || "any connection".to_owned(),
        |it| listed(it.iter().map(ConnectionName::as_str).collect()),
    );
    fact(page, "may use", &connections);
    if !groups.is_empty() {
        fact(
            page,
            "groups",
            &listed(groups.iter().map(GroupName::as_str).collect()),
        );
    }
    if let Some(email) = email {
        fact(page, "e-mail", &email.to_string());
    }
    if let Some(password) = password {
        let used = password.used_at.map_or_else(|| "never".to_owned(), day);
        fact(
            page,
            "password",
            &format!("set {}, last used {used}", day(password.set_at)),
        );
    }
    fact(page, "added", &day(*created_at));
    page.raw("</dl>\n");
    if tokens.is_empty() {
        page.raw("<p>No tokens.</p>\n");
    } else {
        table(page, tokens, scale);
    }
    page.raw("</section>\n");
}

fn fact(page: &mut Markup, name: &'static str, value: &str) {
    page.raw("<div><dt>")
        .raw(name)
        .raw("</dt><dd>")
        .text(value)
        .raw("</dd></div>");
}

fn table(page: &mut Markup, tokens: &[Token], scale: &Scale) {
    page.raw(
        "<table class=\"tokens\">\n<thead><tr><th scope=\"col\" class=\"name\">Token</th>\
         <th scope=\"col\" class=\"for\">For</th><th scope=\"col\" class=\"state\">State</th><th scope=\"col\">Issued</th>\
         <th scope=\"col\">Last used</th><th scope=\"col\">Expires</th><th scope=\"col\" class=\"line\">",
    );
    scale.axis(page);
    page.raw("</th></tr></thead>\n<tbody>\n");
    // Live tokens first.
    let (live, ended): (Vec<_>, Vec<_>) = tokens.iter().partition(|it| it.state.is_live());
    live.into_iter()
        .chain(ended)
        .for_each(|token| row(page, token, scale));
    page.raw("</tbody>\n</table>\n");
}

fn row(page: &mut Markup, token: &Token, scale: &Scale) {
    page.raw("<tr><th scope=\"row\">").text(&token.name);
    page.raw(" <small>").text(token.id).raw("</small></th><td>");
    binding(page, token);
    page.raw("</td><td><span class=\"chip ");
    page.raw(if token.effective.exit() == 0 {
        "good"
    } else {
        "ended"
    });
    page.raw("\">")
        .raw(token.effective.word())
        .raw("</span></td><td>");
    away(page, token.created_at, scale.now);
    page.raw("</td><td>");
    match token.last_used_at {
        Some(used) => away(page, used, scale.now),
        None => drop(page.raw("never")),
    }
    page.raw("</td><td>");
    match token.expires_at {
        Some(end) => away(page, end, scale.now),
        None => drop(page.raw("never")),
    }
    if let Some(at) = token.revoked_at {
        page.raw("<div>revoked ");
        away(page, at, scale.now);
        page.raw("</div>");
    }
    page.raw("</td><td class=\"line\">");
    scale.line(page, token);
    page.raw("</td></tr>\n");
}

fn binding(page: &mut Markup, token: &Token) {
    match &token.connection {
        Some(connection) => page.text(connection),
        None => page.raw("any its profile may use"),
    };
    page.raw(" <small>in ").text(&token.environment);
    if let Some(device) = &token.device {
        page.raw(", on ").text(device);
    }
    for range in &token.allow_ip {
        page.raw(", from ").text(range);
    }
    page.raw("</small>");
}
