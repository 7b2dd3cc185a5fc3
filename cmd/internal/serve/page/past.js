// Past runs, with a search, and two of them to be compared.
import {h, fill, say, problem} from './dom.js';
import {get, remove} from './api.js';
import {clock, percent, plural} from './words.js';

let text = ''; // of the search, as long as the page is open
let picked = [];

export function pastView(page, go, state) {
  document.title = 'History - kbdiag';
  const list = h('div', {class: 'past'});
  const count = h('p', {class: 'meta', role: 'status'});
  const both = h('button', {type: 'button', class: 'primary', onclick: () => {
    const [a, b] = picked.slice().sort((x, y) => x - y);
    go(`#/compare/${a}/${b}`);
  }}, 'Compare the two');
  const choose = (id, on) => {
    picked = picked.filter((p) => p !== id);
    if (on) picked.push(id);
    while (picked.length > 2) picked.shift();
    list.querySelectorAll('input[type=checkbox]').forEach((b) => { b.checked = picked.includes(+b.value); });
    both.disabled = picked.length !== 2;
    hint.textContent = ['Choose two runs to compare them.', 'Choose one more.', ''][picked.length];
  };
  const hint = h('span', {class: 'meta', role: 'status'});
  let asked = 0;
  const search = async () => {
    const mine = ++asked;
    const a = await get('/api/runs?q=' + encodeURIComponent(text)).catch((e) => ({error: e.message}));
    if (mine !== asked) return;
    if (a.error) { fill(list, problem(a.error)); return; }
    picked = picked.filter((p) => a.runs.some((r) => r.id === p));
    fill(count, text.trim() ? plural(a.found, 'run') + ' found' : plural(a.found, 'run'), a.found > a.runs.length ? `, the newest ${a.runs.length} are shown` : '');
    fill(list, a.runs.length ? h('ul', {class: 'runs'}, a.runs.map((r) => item(r, choose, search))) :
      h('p', {class: 'empty'}, text.trim() ? 'No run has all these words.' : ['Nothing here yet. ', h('a', {href: '#/'}, 'Diagnose a ticket')]));
    choose(0, false);
  };
  const field = h('input', {type: 'search', id: 'searchruns', value: text, autocomplete: 'off', placeholder: 'ticket, rule, words of the evidence',
    oninput: () => { text = field.value; search(); }});
  fill(page, h('div', {class: 'wrap'},
    h('h1', {tabIndex: -1}, 'History'),
    h('div', {class: 'tools', role: 'search'}, h('label', {for: 'searchruns'}, 'Search past runs'), field, count),
    h('p', {class: 'buttons'}, both, hint),
    list,
    h('p', {class: 'meta'}, state.history ? ['Reports are kept in ', h('code', {}, state.history), ', inputs are not.'] : 'Reports are forgotten when kbdiag serve ends.')));
  search();
}

function item(r, choose, search) {
  const box = h('input', {type: 'checkbox', value: String(r.id), id: 'pick' + r.id, 'aria-label': `Compare ${r.ticket} of ${clock(r.at)}`, checked: picked.includes(r.id),
    onchange: (e) => choose(r.id, e.target.checked)});
  return h('li', {}, h('div', {class: 'pickbox'}, box),
    h('div', {class: 'runtext'},
      h('p', {class: 'runname'}, h('a', {href: '#/run/' + r.id}, r.ticket), ' ', h('span', {class: 'meta nowrap'}, `run ${r.id}, `, h('time', {datetime: r.at}, clock(r.at))), ' ', r.live ? h('span', {class: 'chip'}, 'files are here') : null),
      h('p', {class: 'verdict'}, r.rule ? [h('span', {class: 'badge ' + r.level}, r.level), ' ', h('b', {}, r.rule), ' ' + percent(r.confidence) + ' ', h('span', {class: 'title'}, r.title)] : 'No diagnosis')),
    h('button', {type: 'button', class: 'quiet', 'aria-label': `Remove ${r.ticket} of ${clock(r.at)} from the history`, onclick: async (e) => {
      if (e.target.dataset.sure !== 'yes') { e.target.dataset.sure = 'yes'; e.target.textContent = 'Remove for good?'; return; }
      await remove('/api/runs/' + r.id).catch((x) => say(x.message));
      say('Removed');
      search();
    }}, 'Remove'));
}
