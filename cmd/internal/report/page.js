(function () {
'use strict';
var doc = document, $ = function (id) { return doc.getElementById(id); };
var all = function (q, in_) { return Array.prototype.slice.call((in_ || doc).querySelectorAll(q)); };
var tools = $('tools'), q = $('q'), found = $('found'), inWindow = $('inwindow');
var items = all('[data-find]').map(function (el) { return {el: el, text: el.textContent.toLowerCase()}; });
var picked = null;

// seconds reads a time of the report as the chart counts it.
function seconds(t) {
  if (!t) return NaN;
  return Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(t) ? t : t + 'Z') / 1000;
}
function incident() {
  var w = doc.querySelector('.chart .window'), c = w && w.ownerSVGElement;
  if (!c) return null;
  var from = +c.dataset.from, span = (+c.dataset.to - from) / 1000;
  var x = +w.getAttribute('x'), n = +w.getAttribute('width');
  return [from + x * span, from + (x + n) * span];
}
function inside(el, range) {
  var t = el.dataset.time;
  if (t === undefined) return true;
  var a = seconds(el.dataset.first || t), b = seconds(el.dataset.last || t);
  return a <= range[1] && b >= range[0];
}
function filter() {
  var want = q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  var levels = {};
  all('input[name=level]').forEach(function (b) { levels[b.value] = b.checked; });
  var range = picked || (inWindow && inWindow.checked ? incident() : null);
  var shown = 0;
  items.forEach(function (i) {
    var ok = want.every(function (w) { return i.text.indexOf(w) >= 0; });
    if (i.el.dataset.level) ok = ok && levels[i.el.dataset.level];
    if (range) ok = ok && inside(i.el, range);
    i.el.toggleAttribute('data-hide', !ok);
    if (ok) shown++;
  });
  // What holds a hit is shown whole: a card found by its title keeps its evidence.
  if (want.length && !range) items.forEach(function (i) {
    var card = i.el.parentElement.closest('[data-find]');
    if (card && !card.hasAttribute('data-hide') && !all('[data-find]:not([data-hide])', card).length) {
      all('[data-find]', card).forEach(function (e) { e.removeAttribute('data-hide'); });
    }
  });
  found.textContent = want.length || range ? shown + (shown === 1 ? ' part shown' : ' parts shown') : '';
}
tools.hidden = false;
tools.addEventListener('submit', function (e) { e.preventDefault(); });
tools.addEventListener('input', filter);
doc.addEventListener('keydown', function (e) {
  if (e.key === '/' && !/INPUT|TEXTAREA/.test(e.target.tagName)) { e.preventDefault(); q.focus(); }
});

// Copy buttons.
all('.copy').forEach(function (b) {
  b.hidden = false;
  var name = b.firstChild;
  b.addEventListener('click', function () {
    var text = $(b.dataset.copy).textContent;
    var done = function () { name.nodeValue = 'Copied'; setTimeout(function () { name.nodeValue = 'Copy'; }, 1500); };
    if (navigator.clipboard && window.isSecureContext) { navigator.clipboard.writeText(text).then(done, function () { old(text); done(); }); } else { old(text); done(); }
  });
});
function old(text) {
  var a = doc.createElement('textarea');
  a.value = text; doc.body.appendChild(a); a.select();
  doc.execCommand('copy'); a.remove();
}

// A stretch of time is picked by dragging over the chart.
var hint = $('picked');
function clear() {
  picked = null;
  all('.pick').forEach(function (p) { p.remove(); });
  hint.hidden = true; hint.textContent = '';
  filter();
}
all('.chart').forEach(function (c) {
  var start = null, box = null;
  var at = function (e) { var r = c.getBoundingClientRect(); return Math.max(0, Math.min(1000, (e.clientX - r.left) / r.width * 1000)); };
  c.addEventListener('pointerdown', function (e) { if (e.button === 0 && e.pointerType === 'mouse' && !e.target.closest('a')) { start = at(e); e.preventDefault(); } });
  doc.addEventListener('pointermove', function (e) {
    if (start === null || Math.abs(at(e) - start) < 4) return;
    if (!box) { clear(); box = doc.createElementNS('http://www.w3.org/2000/svg', 'rect'); box.setAttribute('class', 'pick'); box.setAttribute('y', 34); box.setAttribute('height', 126); c.appendChild(box); }
    box.setAttribute('x', Math.min(start, at(e))); box.setAttribute('width', Math.abs(at(e) - start));
  });
  doc.addEventListener('pointerup', function () {
    if (start === null) return;
    start = null;
    if (!box) { clear(); return; }
    var from = +c.dataset.from, span = (+c.dataset.to - from) / 1000, x = +box.getAttribute('x'), n = +box.getAttribute('width');
    picked = [from + x * span, from + (x + n) * span];
    var say = function (t) { return new Date(t * 1000).toISOString().slice(0, 16).replace('T', ' '); };
    hint.textContent = 'Evidence from ' + say(picked[0]) + ' to ' + say(picked[1]) + ' is shown. ';
    var b = doc.createElement('button');
    b.type = 'button'; b.className = 'copy'; b.textContent = 'Show all'; b.addEventListener('click', clear);
    hint.appendChild(b); hint.hidden = false; box = null;
    filter();
  });
});

// Where the chart is wider than the screen, the incident is brought into sight.
all('.chartbox').forEach(function (b) {
  var w = b.querySelector('.window');
  if (w) b.scrollLeft = +w.getAttribute('x') / 1000 * b.scrollWidth - b.clientWidth / 4;
});

// A link to a piece of evidence opens what hides it.
function reveal(id) {
  var el = id && $(decodeURIComponent(id));
  if (!el) return;
  for (var p = el; p; p = p.parentElement) {
    p.removeAttribute('data-hide');
    if (p.tagName === 'DETAILS') p.open = true;
  }
  all('.target').forEach(function (t) { t.classList.remove('target'); });
  el.classList.add('target');
  el.scrollIntoView();
}
function revealHash() { reveal(location.hash.slice(1)); }
window.addEventListener('hashchange', revealHash);
revealHash();

// A page in a closed frame has no address that a link could change.
if (!/^(file|https?):$/.test(location.protocol)) doc.addEventListener('click', function (e) {
  var a = e.target.closest('a[href^="#"]');
  if (!a) return;
  e.preventDefault();
  var id = a.getAttribute('href').slice(1);
  reveal(id);
  $(id).tabIndex = -1;
  $(id).focus({preventScroll: true});
});

// Paper shows the reasons too.
var closed = [];
window.addEventListener('beforeprint', function () { closed = all('details.why:not([open])'); closed.forEach(function (d) { d.open = true; }); });
window.addEventListener('afterprint', function () { closed.forEach(function (d) { d.open = false; }); });
})();
