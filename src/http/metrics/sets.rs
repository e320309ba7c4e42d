//! The labels of each family of series.

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};

use super::labels::{
    Budget, Code, CodeEvent, Label, LoginOutcome, Mistake, Reason, Route, StoreFailure,
};
use crate::http::door::Door;

/// The label of a door; `none` where there is no route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct DoorLabel(pub(super) Option<Door>);

impl Label for DoorLabel {
    const ALL: &'static [Self] = &[
        Self(Some(Door::Verify)),
        Self(Some(Door::Token)),
        Self(Some(Door::Introspect)),
        Self(Some(Door::Profit)),
        Self(None),
    ];
}

impl EncodeLabelValue for DoorLabel {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        self.0.map_or("none", Door::word).encode(encoder)
    }
}

/// Declares the labels of a family of series.
macro_rules! label_set {
    ($(#[$doc:meta])* $name:ident { $($label:ident: $kind:ty),+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
        pub(super) struct $name {
            $(pub(super) $label: $kind),+
        }
    };
}

label_set!(
    /// The labels of verdicts.
    VerdictLabels { door: DoorLabel, reason: Reason }
);
label_set!(
    /// The labels of answers.
    RequestLabels { route: Route, code: Code }
);
label_set!(
    /// The label of durations.
    RouteLabel { route: Route }
);
label_set!(
    /// The label of mistakes in the configuration of a proxy.
    MistakeLabel { reason: Mistake }
);
label_set!(
    /// The label of verification codes.
    CodeLabel { event: CodeEvent }
);
label_set!(
    /// The label of sign-ins.
    LoginLabel { outcome: LoginOutcome }
);
label_set!(
    /// The label of budgets.
    BudgetLabel { budget: Budget }
);
label_set!(
    /// The label of failures of the store.
    FailureLabel { reason: StoreFailure }
);
