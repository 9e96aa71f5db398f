//! Eigenmodes: amplification, and what it costs in time.

use super::words::{
    amount, complex, complex_cell, count, digits, factor, heading, pair_cell, pattern, state_names,
    state_roles,
};
use super::{Tell, random_matrix};
use crate::answers::rounding::clean;
use crate::answers::{Eigenmode, Eigenmodes, ModeCluster};
use crate::report::layout::Open;
use crate::report::limits::{
    CHAIN_MODES, CLUSTER_ROW_MODES, CLUSTER_SENTENCES, MODE_PATTERNS, NAMED_PATTERN_UNITS, ROTATION_ROWS,
    TABLE_ROWS, WRITTEN_VECTOR_UNITS,
};
use crate::report::section::{Axis, Cell, Cloud, Figure, Role, Section, Table};
use crate::study::{ComplexArray, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Complex;

impl Tell for Eigenmodes {
    const TITLE: &'static str = "Eigenmodes";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let l = study.linearization()?;
        s.verdict = verdict(study, self);
        // A chain of Schur modes shows eigenvalues and time constants, too.
        let chain = l.parts.is_none() && (2..=CHAIN_MODES).contains(&c.n());
        s.open = Open::new(1, usize::from(!chain), 0);
        s.tables.push(table(study, self));
        if (2..=WRITTEN_VECTOR_UNITS).contains(&l.dim()) {
            s.tables.push(vector_table(&state_names(c), self));
        }
        s.tables.extend(rotation_table(study, self));
        s.verdict.extend(cluster_words(self));
        if !self.clusters.is_empty() {
            s.tables.push(cluster_table(self));
        }
        let predicted = random_matrix::tell(self.random_matrix.as_ref(), study, s)?;
        s.figures.push(spectrum(self, predicted, &amount(l.tau_0, &c.units().time)));
        if l.dim() > 1 {
            s.figures.push(patterns(study, self)?);
        }
        s.trust.push(format!(
            "Condition number of the eigenbasis: {} (1 if the modes are orthogonal). {}",
            digits(self.basis_condition),
            match &self.refusal {
                None => "Activity may be expanded in these modes.".to_string(),
                Some(why) =>
                    format!("Activity is not expanded in these modes: {why}. Use the Schur modes instead."),
            }
        ));
        s.trust.push("The condition of an eigenvalue is its largest shift per unit change of M in norm; its rounding error is about that times 10⁻¹⁵ ‖M‖.".into());
        s.sources.splice(..0, ["Dayan & Abbott 2001, section 7.4", "Trefethen & Embree 2005 (conditions)"]);
        Ok(())
    }
}

fn spectrum(e: &Eigenmodes, predicted: random_matrix::Drawn, tau_0: &str) -> Figure {
    let measured = Cloud {
        name: "eigenvalues".into(),
        role: Role::Other,
        x: e.modes.iter().map(|m| m.lambda.0.re).collect(),
        y: e.modes.iter().map(|m| m.lambda.0.im).collect(),
    };
    Figure::Plane {
        id: "spectrum".into(),
        title: "Eigenvalues".into(),
        caption: format!(
            "Eigenvalues λ. A mode decays with the time constant τ/(1 − Re λ), τ = {tau_0}; modes right of 1 grow.{}",
            predicted.caption
        ),
        x: Axis::new("Re λ", ""),
        y: Axis::new("Im λ", ""),
        clouds: [vec![measured], predicted.clouds].concat(),
        curves: predicted.curves,
        border: Some(1.0),
        circles: predicted.circles,
    }
}

fn patterns(study: &Study, e: &Eigenmodes) -> Result<Figure> {
    let c = study.circuit();
    let l = study.linearization()?;
    let shown = e.modes.iter().filter(|m| m.lambda.0.im >= 0.0).take(MODE_PATTERNS);
    Ok(Figure::Patterns {
        id: "eigenvectors".into(),
        title: "Slowest eigenmodes".into(),
        caption: format!(
            "Right eigenvectors over {} (real parts), unit norm.",
            if l.parts.is_some() { "units and slow states" } else { "units" }
        ),
        units: if l.dim() <= NAMED_PATTERN_UNITS { state_names(c) } else { vec![] },
        roles: state_roles(c),
        patterns: shown
            .enumerate()
            .map(|(k, m)| (format!("mode {}: λ = {}", k + 1, complex(m.lambda.0)), real_parts(&m.right)))
            .collect(),
    })
}

fn real_parts(v: &ComplexArray) -> Vec<f64> {
    v.data().iter().map(|z| z.re).collect()
}

fn verdict(study: &Study, e: &Eigenmodes) -> Vec<String> {
    let c = study.circuit();
    let time = &c.units().time;
    let (isolated, unit) = match study.linearization() {
        Ok(l) if !l.uniform_tau() => (l.tau.iter().copied().fold(0.0, f64::max), "the slowest isolated unit"),
        Ok(l) => (l.tau_0, "an isolated unit"),
        Err(_) => (1.0, "an isolated unit"),
    };
    let slowest = &e.modes[0];
    let mut v = Vec::new();
    // To rounding of 1 an eigenvalue neither grows nor decays.
    let growing = e.modes.iter().filter(|m| m.lambda.0.re > 1.0).count();
    if growing > 0 {
        v.push(format!(
            "{} {}, so the operating point is unstable.",
            count(growing, "mode"),
            if growing == 1 { "grows" } else { "grow" }
        ));
    } else if slowest.tau.is_infinite() && slowest.lambda.0.im != 0.0 {
        v.push("The slowest mode is an oscillation that neither grows nor decays.".into());
    } else if slowest.tau.is_infinite() {
        v.push("The slowest mode integrates because its eigenvalue is 1.".into());
    } else {
        let ratio = slowest.tau / isolated;
        let slowed = if ratio > 1.05 {
            format!("{}× slower than {unit}", factor(ratio))
        } else if ratio < 0.95 {
            format!("{}× faster than {unit}", factor(1.0 / ratio))
        } else {
            format!("as fast as {unit}")
        };
        v.push(format!(
            "The slowest mode decays with the time constant {} ({slowed}).",
            amount(slowest.tau, time)
        ));
    }
    let oscillating =
        e.modes.iter().filter(|m| m.lambda.0.im > 0.0).max_by(|a, b| a.lambda.0.re.total_cmp(&b.lambda.0.re));
    if let Some(m) = oscillating {
        let frequency = amount(m.frequency, &c.units().rate);
        v.push(match m.lambda.0.re {
            re if re > 1.0 => format!(
                "The fastest-growing oscillation has the frequency {frequency} and grows with the time constant {}.",
                amount(m.tau.abs(), time)
            ),
            1.0 => format!("The least damped oscillation has the frequency {frequency} and neither grows nor decays."),
            _ => format!(
                "The least damped oscillation has the frequency {frequency} and decays with the time constant {}.",
                amount(m.tau, time)
            ),
        });
    }
    if growing == 0 {
        let gains = e.modes.iter().filter_map(|m| Some((m, m.static_gain?)));
        if let Some((m, gain)) = gains.max_by(|a, b| a.1.total_cmp(&b.1))
            && gain > 1.05
            && gain.is_finite()
        {
            let price = if m.lambda.0.im == 0.0 {
                " and is slower by the same factor: Hebbian amplification"
            } else {
                ""
            };
            v.push(format!(
                "The mode with the largest steady-state gain (λ = {}) amplifies constant input along its own pattern {}-fold{price}.",
                complex(m.lambda.0),
                factor(gain)
            ));
        }
    }
    v
}

fn table(study: &Study, e: &Eigenmodes) -> Table {
    let c = study.circuit();
    let time = &c.units().time;
    let rate = &c.units().rate;
    // Of a conjugate pair one row speaks for both.
    let rows: Vec<(usize, &Eigenmode)> =
        e.modes.iter().enumerate().filter(|(_, m)| m.lambda.0.im >= 0.0).collect();
    let more = rows.len().saturating_sub(TABLE_ROWS);
    let rest = if more > 0 { format!("; {more} faster modes are in the JSON") } else { String::new() };
    let uniform = e.modes.iter().any(|m| m.static_gain.is_some());
    let mut t = Table::new(
        format!("Eigenmodes, slowest first{rest}"),
        &[
            "mode",
            "λ",
            &heading("τ_eff", time),
            &heading("frequency", rate),
            "condition",
            "pattern (population means)",
        ],
    );
    if uniform {
        t.columns.insert(3, "static gain 1/|1−λ|".into());
    }
    for (k, m) in rows.into_iter().take(TABLE_ROWS) {
        t.rows.push(vec![
            Cell::Text(if m.lambda.0.im == 0.0 {
                format!("{}", k + 1)
            } else {
                format!("{}, {}", k + 1, k + 2)
            }),
            pair_cell(m.lambda.0),
            Cell::Number(m.tau),
            if m.frequency == 0.0 { Cell::Empty } else { Cell::Number(m.frequency) },
            Cell::Number(m.condition),
            Cell::Text(pattern(c, &real_parts(&m.right))),
        ]);
        if let (Some(gain), Some(row)) = (m.static_gain, t.rows.last_mut()) {
            row.insert(3, Cell::Number(gain));
        }
    }
    t
}

/// Right and left vectors, component by component; of a conjugate pair, the first.
fn vector_table(units: &[String], e: &Eigenmodes) -> Table {
    let mut columns = vec!["mode".to_string(), "vector".into()];
    columns.extend_from_slice(units);
    let mut t = Table {
        caption: "Right vectors (unit norm) and left vectors (l · e = 1)".into(),
        columns,
        rows: vec![],
    };
    for (k, m) in e.modes.iter().enumerate().filter(|(_, m)| m.lambda.0.im >= 0.0) {
        let mut row = |what: &str, v: &ComplexArray| {
            let v = v.data();
            let scale = v.iter().fold(0.0, |s: f64, z| s.max(z.norm()));
            let cells = v.iter().map(|z| complex_cell(clean(*z, scale)));
            let head = [Cell::Text(format!("{}", k + 1)), Cell::Text(what.into())];
            t.rows.push(head.into_iter().chain(cells).collect());
        };
        row("right e", &m.right);
        if let Some(left) = &m.left {
            row("left l", left);
        }
    }
    t
}

/// Complex pairs as rotations in a plane; None if there are none.
fn rotation_table(study: &Study, e: &Eigenmodes) -> Option<Table> {
    let c = study.circuit();
    let pairs: Vec<_> = e.modes.iter().enumerate().filter(|(_, m)| m.lambda.0.im > 0.0).collect();
    let more = pairs.len().saturating_sub(ROTATION_ROWS);
    let rest = if more > 0 { format!("; {more} faster pairs are not listed") } else { String::new() };
    let mut t = Table::new(
        format!(
            "Complex pairs rotate activity from the long axis to the short one, by [[Re λ, −Im λ], [Im λ, Re λ]]{rest}"
        ),
        &["modes", "Re λ", "Im λ", "long : short", "long axis", "short axis"],
    );
    for (k, m) in pairs.into_iter().take(ROTATION_ROWS) {
        let Some(r) = &m.rotation else { continue };
        t.rows.push(vec![
            Cell::Text(format!("{}, {}", k + 1, k + 2)),
            Cell::Number(m.lambda.0.re),
            Cell::Number(m.lambda.0.im),
            Cell::Number(r.ratio),
            Cell::Text(pattern(c, r.long.data())),
            Cell::Text(pattern(c, r.short.data())),
        ]);
    }
    (!t.rows.is_empty()).then_some(t)
}

fn cluster_words(e: &Eigenmodes) -> Vec<String> {
    let sentence = |c: &ModeCluster| {
        let n = c.members.len();
        if c.defective {
            format!(
                "{n} eigenvalues near {} cannot be distinguished at machine precision: the matrix is defective, with {} for them (the error of their mean is {}, that of each one {}).",
                mean(c),
                count(c.eigenvectors, "eigenvector"),
                factor(c.error),
                factor(c.single_error)
            )
        } else {
            format!(
                "The eigenvalue {} has multiplicity {n} and as many eigenvectors, so any rotation of these is equally valid.",
                mean(c)
            )
        }
    };
    let shown = e.clusters.iter().take(CLUSTER_SENTENCES).map(sentence);
    let more = e.clusters.len().saturating_sub(CLUSTER_SENTENCES);
    shown.chain((more > 0).then(|| format!("The table lists {} more.", count(more, "cluster")))).collect()
}

/// A cluster's mean with what is rounding taken for zero.
pub(super) fn clean_mean(mean: Complex, error: f64) -> Complex {
    let snap = |x: f64| if x.abs() <= error { 0.0 } else { x };
    Complex::new(snap(mean.re), snap(mean.im))
}

fn mean(c: &ModeCluster) -> String {
    complex(clean_mean(c.mean.0, c.error))
}

fn cluster_table(e: &Eigenmodes) -> Table {
    let mut t = Table::new(
        "Clusters of eigenvalues that cannot be distinguished at machine precision",
        &["modes", "mean λ", "error of the mean", "error of each", "links inside", "eigenvectors"],
    );
    for c in e.clusters.iter().take(TABLE_ROWS) {
        let size = c.members.len();
        let names: Vec<_> = c.members.iter().take(CLUSTER_ROW_MODES).map(ToString::to_string).collect();
        let rest = if size > CLUSTER_ROW_MODES { format!(" … ({size})") } else { String::new() };
        t.rows.push(vec![
            Cell::Text(names.join(", ") + &rest),
            complex_cell(clean_mean(c.mean.0, c.error)),
            Cell::Number(c.error),
            Cell::Number(c.single_error),
            Cell::Number(c.coupling),
            Cell::Number(c.eigenvectors as f64),
        ]);
    }
    t
}
