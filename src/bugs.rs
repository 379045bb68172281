//! Switches that break one rule each, so that the simulator can show that it would notice. Without the feature
//! `seeded-bugs` each is a constant `false`, and nothing of it is left.

/// One broken rule.
#[cfg(feature = "seeded-bugs")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    AnswerBeforeDurable,
    EndedOfferStillRings,
    PlaceForgotten,
    WhisperShown,
    NoFence,
    DoubleUnit,
    OfferedTheirOwn,
    RivalsStillRing,
    LosersNotTold,
    NoWrapUp,
    OrphanOnLastLeave,
    EntryLeftAfterAccept,
    RequestsForgottenOnRestart,
    TimeGoesBack,
    MaxWaitIgnoresRing,
    OfferSurvivesEnd,
    DeadlineEarly,
    ReadMarkLeaks,
    NumberingHole,
    InviterStays,
    PlanSurvivesWithdrawal,
    UnfairOrder,
    LeaseTrusted,
    FollowerBehind,
    ShownBeforeDurable,
    PipelinedAppends,
}

#[cfg(feature = "seeded-bugs")]
impl Bug {
    /// Those of the core, and of a single node.
    pub const ALL: [Self; 22] = [
        Self::AnswerBeforeDurable,
        Self::EndedOfferStillRings,
        Self::PlaceForgotten,
        Self::WhisperShown,
        Self::NoFence,
        Self::DoubleUnit,
        Self::OfferedTheirOwn,
        Self::RivalsStillRing,
        Self::LosersNotTold,
        Self::NoWrapUp,
        Self::OrphanOnLastLeave,
        Self::EntryLeftAfterAccept,
        Self::RequestsForgottenOnRestart,
        Self::TimeGoesBack,
        Self::MaxWaitIgnoresRing,
        Self::OfferSurvivesEnd,
        Self::DeadlineEarly,
        Self::ReadMarkLeaks,
        Self::NumberingHole,
        Self::InviterStays,
        Self::PlanSurvivesWithdrawal,
        Self::UnfairOrder,
    ];

    /// Those that only several nodes can show.
    pub const SEVERAL_NODES: [Self; 6] = [
        Self::NoFence,
        Self::AnswerBeforeDurable,
        Self::ShownBeforeDurable,
        Self::LeaseTrusted,
        Self::FollowerBehind,
        Self::PipelinedAppends,
    ];
}

#[cfg(feature = "seeded-bugs")]
thread_local! {
    static ON: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

/// Breaks a rule on this thread, or none.
#[cfg(feature = "seeded-bugs")]
pub fn set(bug: Option<Bug>) {
    ON.set(bug);
}

/// Whether a rule is broken on this thread.
#[cfg(feature = "seeded-bugs")]
pub fn is_on(bug: Bug) -> bool {
    ON.get() == Some(bug)
}

/// Whether a rule is broken; a constant without the feature.
macro_rules! bug {
    ($bug:ident) => {{
        #[cfg(feature = "seeded-bugs")]
        let on = $crate::bugs::is_on($crate::bugs::Bug::$bug);
        #[cfg(not(feature = "seeded-bugs"))]
        let on = false;
        on
    }};
}
pub(crate) use bug;
