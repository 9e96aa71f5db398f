// Numbers: between a slider's places and values, and as they are written.

/** Places of a slider: more than pixels. */
export const PLACES = 1000;

/**
 * @typedef {object} Scale
 * @property {number} low
 * @property {number} high
 * @property {boolean} positive whether the scale is logarithmic
 * @property {boolean} whole
 */

/** @param {Scale} s @param {number} value @returns {number} */
export function placeOf(s, value) {
  const share = s.positive && value > 0 ? Math.log(value / s.low) / Math.log(s.high / s.low) : (value - s.low) / (s.high - s.low);
  return Math.round(PLACES * Math.min(1, Math.max(0, share)));
}

/** @param {Scale} s @param {number} place @returns {number} */
export function valueAt(s, place) {
  const share = place / PLACES;
  if (s.positive) {
    const value = s.low * (s.high / s.low) ** share;
    return s.whole ? Math.max(1, Math.round(value)) : +value.toPrecision(3);
  }
  const value = s.low + share * (s.high - s.low);
  if (s.whole) return Math.round(value);
  // As many decimals as tell two places apart.
  const decimals = Math.max(0, Math.min(12, Math.ceil(-Math.log10((s.high - s.low) / PLACES))));
  const rounded = +value.toFixed(decimals);
  return rounded === 0 ? 0 : rounded;
}

/**
 * As it is typed and sent: no more digits than a value has.
 * @param {number} value
 */
export const written = value => String(+value.toPrecision(12));

/**
 * As it is read, with a minus sign.
 * @param {number | null | undefined} v
 */
export function shown(v) {
  if (typeof v !== "number" || !Number.isFinite(v)) return "–";
  const a = Math.abs(v);
  if (a === 0 || (a >= 1e-3 && a < 1e5)) return String(+v.toPrecision(4)).replace("-", "−");
  const [mantissa, power] = v.toExponential(3).split("e");
  const raised = String(+power).replace(/[-\d]/g, c => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
  return `${String(+mantissa).replace("-", "−")} × 10${raised}`;
}

/** @param {string} value @param {string} unit */
export const withUnit = (value, unit) => (unit ? `${value} ${unit}` : value);
