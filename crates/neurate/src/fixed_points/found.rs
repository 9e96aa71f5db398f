//! What a search has found, and how much it has covered.

use super::point::FixedPoint;
use super::stability::Stability;
use std::fmt;

/// How much of the state space a search has covered.
#[derive(Clone, Debug, PartialEq)]
pub enum Coverage {
    /// Every fixed point was found; the reason.
    All(Reason),
    /// Every fixed point but some, which the remarks tell of: on pieces of a piecewise-linear circuit on which
    /// `1 - W f'` is singular there is a line of them or none; where two nullclines touch, rounding hides how many.
    AllBut(String),
    /// What the starts found; there may be more.
    Sampled {
        /// Number of starts: Newton's method from random states, and from where short runs from such states end.
        starts: usize,
        /// Starts that led to no fixed point: Newton's method failed, or a run ran away.
        failures: usize,
        /// The smallest number of starts that led to a point, over the points; those that are alike by a symmetry count
        /// as one. 0 if one was found otherwise only: by deflation, from the end of a run from rest, beside another one.
        rarest: usize,
        /// Number of points (those that are alike count as one) that at most one start led to.
        seldom: usize,
        /// Points that are missing by capture and recapture (Chao 1984): a lower estimate, from how many points
        /// one and two starts led to.
        missing: f64,
        /// Sum of the indices of the points found, `sign det(-J)` each, where all rates are bounded.
        /// Then that of all fixed points is 1 (Brouwer's degree): another sum proves that one is missing. 1 proves nothing.
        index_sum: Option<i64>,
        /// Boxes that were looked at to prove that there are no others, in vain; 0 if that was not tried.
        boxes: usize,
    },
}

/// Why no fixed point is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Whether equations were solved one by one rather than points enclosed by bounds.
    pub exact: bool,
    /// In words.
    pub words: String,
}

impl Reason {
    /// Linear equations were solved, all of them.
    pub fn exact(words: impl Into<String>) -> Reason {
        Reason { exact: true, words: words.into() }
    }
    /// Bounds exclude all other points.
    pub fn proved(words: impl Into<String>) -> Reason {
        Reason { exact: false, words: words.into() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// What is known of the completeness of a list of fixed points, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Completeness {
    /// What the starts found; there may be more.
    Sampled = 0,
    /// The indices do not add up to 1: at least one is missing.
    IndexFails = 1,
    /// All but some, of which rounding hides how many there are, or a line.
    AllBut = 2,
    /// Bounds exclude all others.
    Proved = 3,
    /// Every linear system was solved.
    Exact = 4,
}

impl Completeness {
    /// The words, by number.
    pub const WORDS: &'static [&'static str] =
        &["sampled", "index sum fails", "all but undecided", "proved", "exact"];

    /// Whether nothing is missing.
    pub fn is_whole(self) -> bool {
        matches!(self, Completeness::Proved | Completeness::Exact)
    }
}

impl Coverage {
    /// In one word.
    pub fn completeness(&self) -> Completeness {
        match self {
            Coverage::All(reason) if reason.exact => Completeness::Exact,
            Coverage::All(_) => Completeness::Proved,
            Coverage::AllBut(_) => Completeness::AllBut,
            Coverage::Sampled { index_sum: Some(sum), .. } if *sum != 1 => Completeness::IndexFails,
            Coverage::Sampled { .. } => Completeness::Sampled,
        }
    }
}

/// The sentences that say it.
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Coverage::All(why) => write!(f, "All fixed points were found: {why}."),
            Coverage::AllBut(why) => write!(f, "All others were found: {why}."),
            Coverage::Sampled { starts, failures, rarest, seldom, missing, index_sum, boxes } => {
                write!(
                    f,
                    "The search sampled, so other fixed points may exist. It used Newton's method from {starts} \
                     random states and ends of short runs, and deflation."
                )?;
                met(f, *starts, *failures, *rarest, *seldom, *missing)?;
                if let Some(sum) = index_sum {
                    let all = "All rates are bounded, so the indices of all fixed points (+1, or −1 with an odd number \
                               of real growing modes) add up to 1";
                    match sum {
                        1 => write!(f, " {all}. Those found do, which does not show that they are all.")?,
                        _ => write!(
                            f,
                            " {all}. Those found add up to {sum}: at least one is missing. Try --starts with a larger number."
                        )?,
                    }
                }
                if *boxes > 0 {
                    write!(f, " A proof that there are no others was given up after {boxes} boxes.")?;
                }
                Ok(())
            }
        }
    }
}

/// How often points were met, and what follows from that.
fn met(
    f: &mut fmt::Formatter,
    starts: usize,
    failures: usize,
    rarest: usize,
    seldom: usize,
    missing: f64,
) -> fmt::Result {
    if failures > 0 {
        write!(f, " {failures} of them led to no fixed point.")?;
    }
    if seldom == 0 && rarest > 0 {
        // No new one in all starts: with 95 % certainty what leads to others has a share below 3 / starts.
        return write!(
            f,
            " At least {rarest} starts led to each fixed point, so fixed points that more than about 1 in {} random \
             states lead to are probably all listed; rarer ones may be missing.",
            (starts / 3).max(1)
        );
    }
    write!(f, " {seldom} of the fixed points were found from one start or none")?;
    match missing {
        m if m >= 0.5 => write!(f, ", so probably at least {m:.0} more exist (capture and recapture)."),
        _ => write!(f, ", so others as hard to find may exist."),
    }
}

/// The result of a search.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Search {
    /// The fixed points, by rising total rate.
    pub points: Vec<FixedPoint>,
    /// How much was covered.
    pub coverage: Coverage,
    /// What a reader should know besides: lines of fixed points, a run from rest that ran away.
    pub remarks: Vec<String>,
    /// When a run from rest ran away, if it did, in the circuit's unit of time.
    pub runaway: Option<f64>,
}

impl Search {
    /// The point to analyze when none is asked for: the stable one that a run from rest reaches,
    /// else the stable one of lowest total rate, else a marginal one (an integrator has no other); always one that has a
    /// linearization. None if there is none, or all are unstable.
    pub fn operating_point(&self) -> Option<usize> {
        let stable = |p: &FixedPoint| p.stable() && p.has_linearization();
        self.points
            .iter()
            .position(|p| stable(p) && p.reached_from_rest)
            .or_else(|| self.points.iter().position(stable))
            .or_else(|| {
                self.points.iter().position(|p| p.stability == Stability::Marginal && p.has_linearization())
            })
    }
}
