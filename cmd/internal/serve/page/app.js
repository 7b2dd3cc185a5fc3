// The page: one view after another, by the part of the address after #.
import {fill, problem, h} from './dom.js';
import {get} from './api.js';
import {startView} from './start.js';
import {runView} from './run.js';
import {pastView} from './past.js';
import {compareView} from './compare.js';

const page = document.getElementById('main');
let state = {history: ''};
let leave = null; // ends what the view has under way
let shown = 0;

const go = (hash) => { location.hash = hash; };

async function show() {
  const mine = ++shown;
  if (typeof leave === 'function') leave();
  leave = null;
  const [view, ...rest] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  document.body.dataset.view = view || 'start';
  for (const [id, on] of [['navnew', view === ''], ['navhistory', view === 'history']]) {
    const a = document.getElementById(id);
    if (on) a.setAttribute('aria-current', 'page'); else a.removeAttribute('aria-current');
  }
  let end;
  if (view === '') end = startView(page, go);
  else if (view === 'run') end = await runView(page, ...rest);
  else if (view === 'history') end = pastView(page, go, state);
  else if (view === 'compare') end = await compareView(page, ...rest);
  else fill(page, h('div', {class: 'wrap'}, h('h1', {tabIndex: -1}, 'No such page'), h('p', {}, h('a', {href: '#/'}, 'Diagnose a ticket'))));
  if (mine !== shown) { if (typeof end === 'function') end(); return; }
  leave = end;
  if (mine > 1 && view !== '') { const title = page.querySelector('h1'); if (title) title.focus({preventScroll: true}); }
  window.scrollTo(0, 0);
}

document.getElementById('skip').addEventListener('click', (e) => { e.preventDefault(); page.focus(); });
window.addEventListener('hashchange', show);
get('/api/state').then((s) => { state = s; show(); }, (e) => fill(page, h('div', {class: 'wrap'}, problem(e.message))));
