//! Random numbers that are the same on every machine: SplitMix64 (Steele, Lea & Flood 2014).

/// A stream of random numbers.
pub struct Dice(u64);

impl Dice {
    /// The stream of one case.
    pub fn new(seed: u64, case: u64) -> Dice {
        let mut dice = Dice(seed ^ case.wrapping_mul(0xd134_2543_de82_ef95));
        dice.next();
        dice
    }
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// From 0 to `n - 1`; 0 for none.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
    /// One of several.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
    /// From `a` to `b`, with three digits, so that a file is short.
    pub fn between(&mut self, a: f64, b: f64) -> f64 {
        let x = a + (b - a) * (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        format!("{x:.3}").parse().unwrap_or(x)
    }
    /// True once in `n` times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}
