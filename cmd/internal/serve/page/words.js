// How figures and names are written, as in reports.

export function percent(share) {
  if (share > 0 && share < 0.01) return '<1%';
  if (share < 1 && share > 0.99) return '>99%';
  return Math.round(100 * share) + '%';
}

export function plural(n, one) {
  return n.toLocaleString('en') + ' ' + one + (n === 1 ? '' : 's');
}

export function size(bytes) {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  let i = 0;
  while (bytes >= 1000 && i < units.length - 1) { bytes /= 1000; i++; }
  return (i === 0 ? bytes : bytes.toFixed(bytes < 10 ? 1 : 0)) + ' ' + units[i];
}

// clock writes a time of the history in the zone of the reader.
export function clock(text) {
  const t = new Date(text), two = (n) => String(n).padStart(2, '0');
  return `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())} ${two(t.getHours())}:${two(t.getMinutes())}`;
}

// stamp writes a time of a report as it is, only shorter.
export function stamp(text) {
  return text.replace('T', ' ').replace(/\.\d+/, '');
}

export function words(name) {
  return name.replace(/_/g, ' ');
}

export function decibans(n) {
  return (n >= 0 ? '+' : '\u2212') + Math.abs(n).toFixed(1);
}
