//! Segments joined to branches: where the tips of two meet, a branch goes from one to the other.

/// A tip of a segment, in scaled unknowns.
#[derive(Clone, Debug)]
pub(super) struct Arm {
    pub segment: usize,
    /// 0 at its first tip, 1 at its second.
    pub tip: usize,
    /// Where it is.
    pub y: Vec<f64>,
    /// The direction in which the segment leaves, of length 1.
    pub away: Vec<f64>,
}

/// A place at which tips meet.
#[derive(Debug)]
pub(super) struct Meeting {
    /// Numbers of arms.
    pub arms: Vec<usize>,
}

/// A branch: segments in their order, and whether each is passed from its second tip to its first.
#[derive(Debug)]
pub(super) struct Chain {
    pub parts: Vec<(usize, bool)>,
    pub closed: bool,
}

/// Scaled distance below which two tips are at one place.
const SAME: f64 = 1e-7;

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()))
}

/// Which arms meet.
pub(super) fn meetings(arms: &[Arm]) -> Vec<Meeting> {
    let mut order: Vec<usize> = (0..arms.len()).collect();
    let place = |k: usize| arms[k].y[arms[k].y.len() - 1];
    order.sort_by(|&a, &b| place(a).total_cmp(&place(b)));
    let mut all: Vec<Meeting> = Vec::new();
    for k in order {
        let near = |m: &&mut Meeting| apart(&arms[m.arms[0]].y, &arms[k].y) < SAME;
        // The parameter rises: older ones are out of reach.
        let recent = all.iter_mut().rev().take_while(|m| place(k) - place(m.arms[0]) < SAME);
        match recent.into_iter().find(|m| near(m)) {
            Some(meeting) => meeting.arms.push(k),
            None => all.push(Meeting { arms: vec![k] }),
        }
    }
    all
}

/// The arm into which each goes on: of several, those that are straightest.
pub(super) fn partners(arms: &[Arm], meetings: &[Meeting]) -> Vec<Option<usize>> {
    let mut partner = vec![None; arms.len()];
    for meeting in meetings {
        let mut left = meeting.arms.clone();
        while left.len() > 1 {
            let mut best = (f64::INFINITY, 0, 1);
            for a in 0..left.len() {
                for b in a + 1..left.len() {
                    let cosine = dot(&arms[left[a]].away, &arms[left[b]].away);
                    if cosine < best.0 {
                        best = (cosine, a, b);
                    }
                }
            }
            let (b, a) = (left.remove(best.2), left.remove(best.1));
            partner[a] = Some(b);
            partner[b] = Some(a);
        }
    }
    partner
}

/// The branches; the arms of segment `k` are `2 k` and `2 k + 1`.
pub(super) fn chains(segments: usize, partner: &[Option<usize>]) -> Vec<Chain> {
    let mut used = vec![false; segments];
    let mut all = Vec::new();
    // Open ones begin at an arm that goes nowhere.
    let open = (0..partner.len()).filter(|&a| partner[a].is_none());
    for first in open.chain((0..segments).map(|k| 2 * k)) {
        if used[first / 2] {
            continue;
        }
        let closed = partner[first].is_some();
        let (mut parts, mut arm) = (Vec::new(), first);
        loop {
            used[arm / 2] = true;
            parts.push((arm / 2, arm % 2 == 1));
            match partner[arm ^ 1] {
                Some(next) if !used[next / 2] => arm = next,
                _ => break,
            }
        }
        all.push(Chain { parts, closed });
    }
    all
}
