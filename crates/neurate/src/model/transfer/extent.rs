//! How long and how deep a formula may be, asked before it is parsed.

/// Brackets within brackets, and signs before signs.
const MAX_DEPTH: usize = 1_000;
/// Numbers, names, operators and brackets: a function of Python is traced up to 4,000 operations.
const MAX_TOKENS: usize = 20_000;

/// What is wrong with the extent of a formula, or nothing.
pub(super) fn excess(formula: &str) -> Option<String> {
    let (mut open, mut signs, mut deepest, mut tokens) = (0_usize, 0_usize, 0, 0);
    let mut in_word = false;
    for c in formula.chars().filter(|c| !c.is_whitespace()) {
        let word = c.is_alphanumeric() || c == '_' || c == '.';
        tokens += usize::from(!(word && in_word));
        in_word = word;
        match c {
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            _ => {}
        }
        signs = if c == '-' || c == '+' { signs + 1 } else { 0 };
        deepest = deepest.max(open + signs);
    }
    if deepest > MAX_DEPTH {
        return Some(format!(
            "is nested {deepest} deep, in brackets and signs; at most {MAX_DEPTH} are read"
        ));
    }
    (tokens > MAX_TOKENS).then(|| {
        format!("has {tokens} numbers, names, operators and brackets; at most {MAX_TOKENS} are read")
    })
}

/// A formula as a message shows it.
pub(super) fn shown(formula: &str) -> String {
    const MOST: usize = 200;
    if formula.chars().count() <= MOST {
        return formula.to_string();
    }
    formula.chars().take(MOST).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_of_people_and_programs_are_short_enough() {
        for formula in ["x", "log(1 + exp(a*x))/a", "max(0, min(1, -x))", "--x", "1e-3*x"] {
            assert_eq!(excess(formula), None, "{formula}");
        }
        let sum = vec!["0.5*tanh(x - 1.25)"; 1_500].join(" + ");
        assert_eq!(excess(&sum), None);
        assert_eq!(excess(&format!("{}x{}", "(".repeat(1_000), ")".repeat(1_000))), None);
    }

    #[test]
    fn what_takes_a_parser_long_is_refused_with_its_number() {
        let minuses = "-".repeat(100_000) + "x";
        assert!(excess(&minuses).unwrap().contains("nested 100000 deep"));
        let spaced = "- ".repeat(100_000) + "x";
        assert!(excess(&spaced).unwrap().contains("nested 100000 deep"));
        let brackets = "exp(".repeat(1_001) + "x" + &")".repeat(1_001);
        assert!(excess(&brackets).unwrap().contains("nested 1001 deep"));
        // 10,001 names with 10,000 operators between.
        let long = vec!["x"; 10_001].join("+");
        assert!(excess(&long).unwrap().contains("has 20001 numbers"));
        assert_eq!((shown("x"), shown(&long).len()), ("x".to_string(), 203));
    }
}
