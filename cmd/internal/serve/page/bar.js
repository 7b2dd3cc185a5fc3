// A bar of progress with its figures in words.
import {h, fill, say} from './dom.js';
import {plural, size} from './words.js';

export function bar() {
  const meter = h('progress', {max: 1, 'aria-label': 'Progress'});
  const text = h('p', {class: 'figures'}, '\u00a0');
  let told = '';
  const tell = (step, share, words) => {
    if (share === null) meter.removeAttribute('value'); else meter.value = share;
    fill(text, h('b', {}, step), ' ', words);
    if (step !== told) say(step); // the figures change too often to be read out
    told = step;
  };
  return {
    el: h('div', {class: 'progress'}, meter, text),
    sent: (n, of) => tell('Taking the files', of ? n / of : null, size(n) + ' of ' + size(of)),
    step: (p) => {
      if (p.step === 'waiting') return tell('Waiting', null, 'for another analysis');
      const share = p.of_bytes ? Math.min(1, p.bytes / p.of_bytes) : null;
      tell('Reading', share, `${p.files} of ${plural(p.of_files, 'file')}, ${size(p.bytes)} of ${size(p.of_bytes)}, ${plural(p.records, 'record')}`);
    },
  };
}
