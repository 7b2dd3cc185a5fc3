// Choosing a rule: those of the run, and a search over all.
import {h, fill, say} from './dom.js';
import {get} from './api.js';
import {percent, plural} from './words.js';

export function picker(one, chosen, link) {
  const found = h('ul', {class: 'found', id: 'foundrules'});
  const count = h('p', {class: 'meta', role: 'status'});
  let asked = 0;
  const search = async (text) => {
    const mine = ++asked;
    if (!text.trim()) {
      fill(count, one.diagnoses.length ? 'Diagnoses of this run:' : 'No rule is a diagnosis of this run. Search for one.');
      return fill(found, one.diagnoses.slice(0, 12).map((d) => item(d.rule, d.title, d.rank + '. ', percent(d.confidence))));
    }
    const a = await get('/api/rules?q=' + encodeURIComponent(text)).catch((e) => ({error: e.message}));
    if (mine !== asked) return undefined;
    if (a.error) return fill(count, a.error);
    fill(count, plural(a.found, 'rule') + (a.found > a.rules.length ? ', the first ' + a.rules.length : ''));
    return fill(found, a.rules.map((r) => item(r.id, r.title, '', '')));
  };
  const item = (id, title, before, after) => h('li', {}, h('a', {href: link(id), 'aria-current': id === chosen ? 'true' : null},
    before, h('b', {}, id), after ? h('span', {class: 'conf'}, after) : null, h('span', {class: 'title'}, title)));
  const field = h('input', {type: 'search', id: 'pick', autocomplete: 'off', placeholder: 'Q247764, relay, IMAP ...', 'aria-controls': 'foundrules',
    oninput: () => search(field.value),
    onkeydown: (e) => {
      const first = found.querySelector('a');
      if (e.key === 'Enter' && first) { e.preventDefault(); say(''); location.hash = first.getAttribute('href'); }
    }});
  search('');
  return h('div', {class: chosen ? 'picker chosen' : 'picker', role: 'search'}, h('label', {for: 'pick'}, 'Rule, by its number or words of its title'), field, count, found);
}
