//! `[noise]` and `[se]` of a circuit file: what they mean.

use neurate::file::parse;
use neurate::fixed_points::{SearchOptions, fixed_points};
use neurate::linalg::Matrix;
use neurate::linear::Linearization;
use neurate::linear::response::{Noise, fluctuations};
use neurate::model::{Circuit, Color, StandardError, Uncertain};
use std::path::Path;

const FILE: &str = r#"
neurate = 1
[populations]
E = { kind = "excitatory", size = 2, tau = 20, h = 1 }
I = { kind = "inhibitory", tau = 10, h = [0.5] }
[W]
"E <- E" = 1.2
"* <- I" = -2
"I <- E" = 2
[noise]
private = { to = "*", kind = "white", intensity = "4 Hz^2 ms" }
slow = { pattern = { E = 1, I = -0.5 }, kind = "ou", time = "0.05 s", sd = 2, correlation = 1 }
some = { to = ["E", "I"], kind = "ou", time = 5, sd = 3, correlation = [[0.25, 0.5], [0.5, 1]] }
[se.W]
"E <- E" = 0.1
"* <- I" = "10 %"
[se.tau]
I = "1 ms"
[se.h]
"*" = 0.2
"#;

fn read(text: &str, sets: &[&str]) -> neurate::Result<Circuit> {
    let sets: Vec<String> = sets.iter().map(|s| s.to_string()).collect();
    parse(text, "c.toml", Path::new("."), &sets).and_then(|spec| spec.build())
}

#[test]
fn sources_as_matrices() {
    let c = read(FILE, &[]).unwrap();
    let [private, slow, some] = c.noise() else { panic!() };
    assert_eq!((private.name.as_str(), private.color, private.private()), ("private", Color::White, true));
    assert_eq!(private.matrix(), Matrix::identity(3).scale(4.0));
    assert_eq!(slow.color, Color::OrnsteinUhlenbeck { time: 50.0 });
    assert_eq!(slow.matrix(), Matrix::from_rows(&[[4.0, 4.0, -2.0], [4.0, 4.0, -2.0], [-2.0, -2.0, 1.0]]));
    assert_eq!(some.matrix(), Matrix::from_rows(&[[9.0, 2.25, 4.5], [2.25, 9.0, 4.5], [4.5, 4.5, 9.0]]));
    let c =
        read(FILE, &["noise.slow.sd=1", "noise.private.intensity=1", "noise.some.correlation=0"]).unwrap();
    assert_eq!(c.noise()[1].matrix()[(0, 2)], -0.5);
    assert_eq!((c.noise()[0].amplitude[0], c.noise()[2].private()), (1.0, true));
}

#[test]
fn standard_errors_of_pairs_and_populations() {
    let c = read(FILE, &[]).unwrap();
    let w = |to, from, mean, se| StandardError { parameter: Uncertain::Weight { to, from }, mean, se };
    let h = |p, mean| StandardError { parameter: Uncertain::Input(p), mean, se: 0.2 };
    let tau = StandardError { parameter: Uncertain::Tau(1), mean: 10.0, se: 1.0 };
    assert_eq!(
        c.standard_errors(),
        [w(0, 0, 1.2, 0.1), w(0, 1, -2.0, 0.2), w(1, 1, -2.0, 0.2), tau, h(0, 1.0), h(1, 0.5)]
    );
    let c = read(FILE, &["se.W.E<-E=0.3", "se.W.E<-I=1 %", "se.h.I=0"]).unwrap();
    assert_eq!(c.standard_errors()[..2], [w(0, 0, 1.2, 0.3), w(0, 1, -2.0, 0.02)]);
    let all = parse(FILE, "c.toml", Path::new("."), &[]).unwrap().addresses().unwrap();
    for address in
        ["noise.slow.sd", "noise.private.intensity", "se.W.E<-E", "se.W.I<-I", "se.tau.I", "se.h.*"]
    {
        assert!(all.iter().any(|a| a.address.to_string() == address), "{address}");
    }
}

#[test]
fn the_pair_of_the_lecture_in_the_files_noise() {
    // THEORY T3: unit white noise in units of tau, the sum mode's variance is 12.0235.
    let text = neurate::file::template("ei").unwrap()
        + "\n[noise]\nxi = { to = \"*\", kind = \"white\", intensity = \"20 Hz^2 ms\" }\n";
    let c = read(&text, &[]).unwrap();
    let found = fixed_points(&c, &SearchOptions::default()).unwrap();
    let l = Linearization::new(&c, &found.points[0]).unwrap();
    let f = fluctuations(&l, &Noise::of_sources(c.noise())).unwrap().unwrap();
    let sum = Matrix::from_rows(&[[std::f64::consts::FRAC_1_SQRT_2; 2]]);
    assert!((f.read(&sum)[(0, 0)] - 12.0235).abs() < 5e-5);
}
