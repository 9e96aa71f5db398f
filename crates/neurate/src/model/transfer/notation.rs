//! How people write a formula, and how the parser reads it.

/// Names that an expression may call.
pub(super) const FUNCTIONS: &[&str] = &[
    "exp", "log", "ln", "sqrt", "tanh", "sinh", "cosh", "sin", "cos", "tan", "atan", "abs", "max", "min",
    "relu",
];

/// Whether a name stands in a formula.
pub(crate) fn reads(formula: &str, name: &str) -> bool {
    formula.split(|c| !is_word(c)).any(|word| word == name)
}

/// A name followed by `(` that is no function: the parser's own message would not say so.
pub(super) fn unknown_call(formula: &str) -> Option<String> {
    let bytes = formula.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i].is_ascii_alphabetic() || bytes[i] == b'_' {
            let start = i;
            while i < bytes.len() && (bytes[i].is_ascii_alphanumeric() || bytes[i] == b'_') {
                i += 1;
            }
            let name = &formula[start..i];
            let next = formula[i..].trim_start().chars().next();
            if next == Some('(') && !FUNCTIONS.contains(&name) {
                return Some(name.to_string());
            }
        } else {
            i += 1;
        }
    }
    None
}

/// The formula with every minus sign binding as in mathematics. The parser's unary minus binds
/// tighter than a power, `-x^2 = (-x)^2`; Python, MATLAB and paper say `-(x^2)`. So a sign is
/// written as `0 -` where a term begins, and as a factor `(0-1)` after `*` and `/`. Chained powers,
/// on which programs disagree, are refused. `max(a, b)` becomes `((a) max (b))`: the parser cannot read one
/// call within another.
pub(super) fn standard_precedence(formula: &str) -> std::result::Result<String, String> {
    const TOO_MANY: &str = "has a bracket too many";
    let chars: Vec<char> = formula.chars().collect();
    let mut out = String::new();
    // What the last token was: an operator, an opening bracket, or nothing at all.
    let mut before = '(';
    let mut open = vec![Bracket::default()];
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c.is_ascii_digit() || c == '.' {
            let (number, next) = number_at(&chars, i)?;
            out.push_str(&number);
            (i, before) = (next, 'a');
            continue;
        }
        if let Some((call, next)) = call_at(&chars, i).filter(|_| !is_word(before)) {
            out.push_str("((");
            open.push(Bracket { call: Some(call), ..Bracket::default() });
            (i, before) = (next, '(');
            continue;
        }
        let bracket = open.last_mut().ok_or(TOO_MANY)?;
        match (c, bracket.call) {
            ('-' | '+', _) if "(,".contains(before) => out.push_str(if c == '-' { "0-" } else { "" }),
            ('-', _) if "*/".contains(before) => {
                out.push_str("(0-1)");
                out.push(before);
            }
            ('-', _) if "+-".contains(before) => out.push_str("(0-1)*"),
            ('^', _) if bracket.power => {
                return Err("chains powers: write a^(b^c) or (a^b)^c".to_string());
            }
            (',', Some(call)) => out.push_str(&format!(") {call} (")),
            (')', Some(call)) if bracket.commas == 0 => {
                return Err(format!("gives {call} one value; it takes two"));
            }
            (')', Some(_)) => out.push_str("))"),
            _ => out.push(c),
        }
        match c {
            '^' => bracket.power = true,
            '+' | '-' if before == '^' => {}
            '+' | '-' | '*' | '/' => bracket.power = false,
            ',' => *bracket = Bracket { power: false, commas: bracket.commas + 1, call: bracket.call },
            '(' => open.push(Bracket::default()),
            ')' => drop(open.pop()),
            _ => {}
        }
        if !c.is_whitespace() {
            before = c;
        }
        i += 1;
    }
    Ok(out)
}

/// A bracket that is open.
#[derive(Default)]
struct Bracket {
    /// Whether a power was the last operator in it.
    power: bool,
    commas: usize,
    /// The function of several values that is called.
    call: Option<&'static str>,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The call of a function of several values that begins here, and what comes after its bracket.
fn call_at(chars: &[char], start: usize) -> Option<(&'static str, usize)> {
    let call =
        ["max", "min"].into_iter().find(|call| chars[start..].iter().copied().take(3).eq(call.chars()))?;
    let skipped = chars[start + 3..].iter().take_while(|c| c.is_whitespace()).count();
    let bracket = start + 3 + skipped;
    (chars.get(bracket) == Some(&'(')).then_some((call, bracket + 1))
}

/// The number that begins here, written out, since the parser knows no exponents; and what comes after it.
fn number_at(chars: &[char], start: usize) -> std::result::Result<(String, usize), String> {
    let mut end = start;
    let digits = |end: &mut usize, of: fn(char) -> bool| {
        while *end < chars.len() && of(chars[*end]) {
            *end += 1;
        }
    };
    digits(&mut end, |c| c.is_ascii_digit() || c == '.');
    let sign = usize::from(matches!(chars.get(end + 1), Some('+' | '-')));
    if matches!(chars.get(end), Some('e' | 'E'))
        && chars.get(end + 1 + sign).is_some_and(char::is_ascii_digit)
    {
        end += 1 + sign;
        digits(&mut end, |c| c.is_ascii_digit());
    }
    let number: String = chars[start..end].iter().collect();
    let value: f64 = number.parse().map_err(|_| format!("holds {number}, which is no number"))?;
    Ok((value.to_string(), end))
}
