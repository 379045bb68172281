//! What queueing theory says of `n` agents who serve one queue in its order, customers who come by a Poisson process and chats
//! whose length has no memory. `load` is the arrivals in one mean handling time (the offered load, in erlangs).

/// States whose probability is below this part of the largest one are left out.
const NEGLIGIBLE: f64 = 1e-15;

/// What customers meet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    /// So many find nobody free.
    pub(crate) waiting: f64,
    /// So many leave before anybody had time.
    pub(crate) abandoned: f64,
    /// The mean wait of all customers, those who don't wait and those who leave among them, in mean handling times.
    pub(crate) wait: f64,
}

/// Customers who wait as long as it takes (M/M/n): A. K. Erlang, "Solution of some problems in the theory of probabilities of
/// significance in automatic telephone exchanges", 1917.
///
/// B(0) = 1, B(k) = load · B(k−1) / (k + load · B(k−1)); C = B(n) / (1 − load/n · (1 − B(n))); W = C / (n − load).
pub(crate) fn c(agents: u32, load: f64) -> Expected {
    let n = f64::from(agents);
    let blocked = (1..=agents).fold(1.0, |before, k| load * before / (f64::from(k) + load * before));
    let waiting = blocked / (1.0 - load / n * (1.0 - blocked));
    Expected { waiting, abandoned: 0.0, wait: waiting / (n - load) }
}

/// Customers who leave when their patience, without memory and of this mean in mean handling times, is over (M/M/n+M): C. Palm,
/// "Research on telephone traffic carried by full availability groups", 1957; O. Garnett, A. Mandelbaum, M. Reiman, "Designing
/// a call center with impatient customers", 2002.
///
/// With j customers there the next comes at the rate `load`, and one of them goes at the rate min(j, n) + max(j − n, 0) /
/// patience. So p(j) = p(j−1) · load / (that rate), all of them sum up to 1, and with L, the mean number of those who wait:
/// W = L / load (Little's law), abandoned = L / patience / load.
pub(crate) fn a(agents: u32, load: f64, patience: f64) -> Expected {
    let n = f64::from(agents);
    let (mut weight, mut largest, mut j) = (1.0, 1.0_f64, 0.0);
    let (mut all, mut busy, mut queue) = (0.0, 0.0, 0.0);
    while j <= n || weight > NEGLIGIBLE * largest {
        all += weight;
        if j >= n {
            busy += weight;
            queue += weight * (j - n);
        }
        j += 1.0;
        weight *= load / (j.min(n) + (j - n).max(0.0) / patience);
        largest = largest.max(weight);
    }
    let waiting = queue / all;
    Expected { waiting: busy / all, abandoned: waiting / patience / load, wait: waiting / load }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_near(measured: f64, expected: f64) {
        assert!((measured - expected).abs() < 1e-6, "{measured} instead of {expected}");
    }

    #[test]
    fn given_one_agent_then_who_waits_are_as_many_as_the_load() {
        let expected = c(1, 0.5);
        assert_near(expected.waiting, 0.5);
        assert_near(expected.wait, 1.0);
    }

    #[test]
    fn given_two_agents_then_c_is_its_closed_form() {
        // C(2, a) = a² / (2 + a).
        assert_near(c(2, 1.6).waiting, 1.6 * 1.6 / 3.6);
    }

    #[test]
    fn given_endless_patience_then_a_is_c() {
        let (a, c) = (a(5, 4.0, 1e9), c(5, 4.0));
        assert_near(a.waiting, c.waiting);
        assert!((a.wait / c.wait - 1.0).abs() < 1e-6);
        assert!(a.abandoned < 1e-6);
    }

    #[test]
    fn given_a_patience_as_long_as_a_chat_then_a_is_a_poisson_distribution() {
        // With patience 1 the rate at which one goes is j, whatever n is: p(j) = e^−a · a^j / j!, here with n = 1.
        let (expected, load) = (a(1, 2.0, 1.0), 2.0_f64);
        let nobody = (-load).exp();
        assert_near(expected.waiting, 1.0 - nobody);
        assert_near(expected.wait, (load - 1.0 + nobody) / load);
    }
}
