//! What parameters are set to.

use super::dice::Dice;
use neurate::spec::Setting;

/// Numbers where mistakes live; as texts, since some are none in TOML.
const EXTREME: [&str; 27] = [
    "0",
    "-0.0",
    "1",
    "-1",
    "2",
    "0.5",
    "1e-300",
    "-1e-300",
    "5e-324",
    "2.2250738585072014e-308",
    "1e-12",
    "1e-6",
    "1e6",
    "1e12",
    "-1e12",
    "1e150",
    "1e300",
    "-1e300",
    "1.7976931348623157e308",
    "9007199254740993",
    "4294967296",
    "1000000000",
    "9223372036854775807",
    "99999999999999999999",
    "0.9999999999999999",
    "1.0000000000000002",
    "nan",
];

/// What stands for a word.
const WORDS: [&str; 12] = [
    "\"\"",
    "\"E\"",
    "true",
    "false",
    "\"linear\"",
    "\"threshold-linear\"",
    "\"stiff\"",
    "\"rk4\"",
    "\"unconstrained\"",
    "\"inhibitory\"",
    "[]",
    "{}",
];

/// The marks of values that depend on the circuit: the worker finds them.
pub const WEIGHT_OF_ONE: &str = "@one";
pub const FOLD: &str = "@fold";

/// One to three changes of a circuit's settings.
pub fn changes(dice: &mut Dice, settings: &[Setting]) -> Vec<String> {
    let mut sets: Vec<String> = Vec::new();
    if settings.is_empty() {
        return sets;
    }
    for _ in 0..*dice.pick(&[1, 1, 1, 2, 2, 3]) {
        let mut setting = dice.pick(settings);
        // Words are rarely replaced: mostly they are then refused, and that at once.
        for _ in 0..3 {
            let word =
                setting.value.as_ref().is_some_and(|v| v.starts_with(['"', 't', 'f']) && !v.contains(' '));
            if word {
                setting = dice.pick(settings);
            }
        }
        let address = setting.address.to_string();
        // What the file is stays as it is.
        if ["neurate", "title", "form"].contains(&address.as_str()) || address.starts_with("units.") {
            continue;
        }
        let value = value(dice, &address, setting.value.as_deref());
        sets.push(format!("{address}={value}"));
    }
    sets
}

/// The number of a value, and its unit with the blank before it.
pub fn number_and_unit(value: &str) -> (&str, &str) {
    let bare = value.trim_matches('"');
    bare.split_at(bare.find(' ').unwrap_or(bare.len()))
}

/// A value of a number and a unit.
pub fn with_unit(number: &str, unit: &str) -> String {
    if unit.is_empty() { number.to_string() } else { format!("\"{number}{unit}\"") }
}

/// A new value of an address.
fn value(dice: &mut Dice, address: &str, old: Option<&str>) -> String {
    let old = old.unwrap_or("");
    let (number, unit) = number_and_unit(old);
    let number = number.parse::<f64>();
    let is_word = !old.is_empty() && number.is_err() && !old.starts_with('[');
    if is_word && !dice.once_in(6) {
        return (*dice.pick(&WORDS)).to_string();
    }
    if address.starts_with("W.") && dice.once_in(6) {
        return WEIGHT_OF_ONE.into();
    }
    if dice.once_in(12) {
        return FOLD.into();
    }
    match number {
        Ok(x) if dice.once_in(2) => {
            let factor = *dice.pick(&[2.0, 0.5, 10.0, 0.1, 1e3, 1e-3, 1e9, 1e-9, -1.0, -10.0, 1.0 + 1e-15]);
            let x = match x * factor {
                0.0 => factor,
                x if old.parse::<u64>().is_ok() && factor > 0.5 => x.round(),
                x => x,
            };
            // A whole number stays one.
            let text = if x.fract() == 0.0 && x.abs() < 1e9 { format!("{x}") } else { format!("{x:?}") };
            with_unit(&text, unit)
        }
        _ => (*dice.pick(&EXTREME)).to_string(),
    }
}
