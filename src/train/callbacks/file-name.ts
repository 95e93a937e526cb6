import { loggedValue } from './arguments.js';
import { ValueError } from '../../errors.js';
import { floatText } from './monitor.js';

/**
 * Fill {epoch}, {epoch:02d}, {val_loss:.2f} and so on in a name, as Python's str.format does with the formats
 * d, f and e.
 *
 * @param values 'epoch' and 'batch' are integers, all others are not
 * @throws ValueError for a value that is not there, or another format
 */
export function fileName(owner: string, pattern: string, values: Readonly<Record<string, number>>): string {
  return pattern.replace(/\{([^{}:]*)(?::([^{}]*))?\}/g, (_all, key: string, format: string | undefined) => {
    if (!Object.hasOwn(values, key)) {
      throw new ValueError(
        `${owner}: the name '${pattern}' must ask for what is available, ${Object.keys(values).sort().join(', ')}, but received {${key}}.`,
      );
    }
    const value = loggedValue(owner, values, key);
    const integer = key === 'epoch' || key === 'batch';
    if (!format) return integer ? String(value) : floatText(value);
    return formatted(owner, pattern, value, format);
  });
}

function formatted(owner: string, pattern: string, value: number, format: string): string {
  const [, zero, width, digits, kind] = /^(0?)(\d{0,2})(?:\.(\d{1,2}))?([dfe])$/.exec(format) ?? [];
  if (kind === undefined || (kind === 'd' && (digits !== undefined || !Number.isInteger(value)))) {
    throw new ValueError(
      `${owner}: a format in the name '${pattern}' must be like 02d, .4f or .2e, and d for integers only, but received '${format}' for ${value}.`,
    );
  }
  let text = String(value);
  if (kind === 'f') text = value.toFixed(Number(digits ?? 6));
  if (kind === 'e') text = value.toExponential(Number(digits ?? 6)).replace(/e([+-])(\d)$/, 'e$10$2');
  const least = Number(width || 0);
  if (!zero) return text.padStart(least);
  const sign = text.startsWith('-') ? '-' : '';
  return sign + text.slice(sign.length).padStart(least - sign.length, '0');
}
