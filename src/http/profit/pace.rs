//! Answers that must not tell how much work they were.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Answers leave at multiples of this time: longer than the transactions of one take on a machine
/// that is not overloaded.
const STEP: Duration = Duration::from_millis(100);

/// Waits until the next multiple of the step since `begun`: what was done meanwhile takes as long
/// as what was not done.
pub(super) async fn even(begun: Instant) {
    let steps = begun.elapsed().as_millis() / STEP.as_millis() + 1;
    let steps = u32::try_from(steps).unwrap_or(u32::MAX);
    sleep_until(begun + STEP * steps).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_answer_leaves_at_a_multiple_of_the_step() {
        for (work, answered) in [(0, 100), (1, 100), (99, 100), (100, 200), (250, 300)] {
            let begun = Instant::now();
            tokio::time::advance(Duration::from_millis(work)).await;
            even(begun).await;
            assert_eq!(begun.elapsed(), Duration::from_millis(answered), "{work}");
        }
    }
}
