use neurate::special::{LifNeuron, LifResponder, lif_response};
use num_complex::Complex64;

fn rows(text: &str) -> Vec<Vec<f64>> {
    text.lines().skip_while(|l| l.starts_with(|c: char| c == '#' || c.is_alphabetic())).map(|line| line.split(',').map(|field| field.parse().unwrap()).collect()).collect()
}

#[test]
fn reference() {
    let mut worst = vec![];
    for row in rows(include_str!("reference/lif_response_reference.csv")) {
        let neuron = LifNeuron::new(row[0], row[1], row[2], row[3]).unwrap();
        let s = Complex64::new(0.0, 2e-3 * std::f64::consts::PI * row[6]);
        let ours = lif_response(&neuron, row[4], row[5], s).unwrap().to_mu * 1e3;
        let exact = Complex64::new(row[9], row[10]);
        worst.push(((ours - exact).norm() / exact.norm(), ours, row));
    }
    worst.sort_by(|a, b| b.0.total_cmp(&a.0));
    for w in &worst[..8] { println!("{w:?}"); }
}

#[test]
fn big() {
    let Ok(text) = std::fs::read_to_string("/tmp/b/big.csv") else { return };
    let mut worst = vec![];
    let mut worst_sigma = vec![];
    for row in rows(&text) {
        if row.len() < 12 { continue; }
        let neuron = LifNeuron::new(row[0], row[1], row[2], row[3]).unwrap();
        let s = Complex64::new(row[6], row[7]);
        let ours = lif_response(&neuron, row[4], row[5], s).unwrap();
        let exact = Complex64::new(row[8], row[9]);
        if exact.norm() < 1e-290 { continue; }
        worst.push(((ours.to_mu - exact).norm() / exact.norm(), ours.to_mu, row.clone()));
        let exact = Complex64::new(row[10], row[11]);
        worst_sigma.push(((ours.to_sigma - exact).norm() / exact.norm(), ours.to_sigma, row.clone()));
    }
    for mut worst in [worst, worst_sigma] {
        worst.sort_by(|a, b| b.0.total_cmp(&a.0));
        println!("{} {:e} {:e}", worst.len(), worst[worst.len() / 2].0, worst[worst.len() / 10].0);
        for w in &worst[..12] {
            let r = &w.2;
            println!("{:e} {} yt {} yr {} tau_ref {} a {} {}", w.0, w.1, (r[2] - r[4]) / r[5], (r[3] - r[4]) / r[5], r[1], r[6] * r[0], r[7] * r[0]);
        }
    }
}
