// Opens the page that is the whole program in Chromium, from the disk, drops
// tickets on it, and holds it to: the same JSON as the program's, no request to
// anywhere, no error, nothing that axe-core finds wrong, a page that stays
// alive while it works, deep links, why-not, and an end when cancelled.
const fs = require('fs');
const path = require('path');
const puppeteer = require('puppeteer-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [html, expected, ...tickets] = process.argv.slice(2);
const shots = process.env.SHOTS; // folder for pictures

let wrong = 0;
function check(ok, what) {
  if (!ok) { wrong++; console.log('WRONG: ' + what); }
}

// drop drops files and folders of the disk as a user does.
async function drop(page, files) {
  const box = await (await page.waitForSelector('#drop')).boundingBox();
  const at = {x: box.x + box.width / 2, y: box.y + 20, data: {items: [], files, dragOperationsMask: 1}};
  for (const type of ['dragEnter', 'dragOver', 'drop']) await page._client().send('Input.dispatchDragEvent', {type, ...at});
  await page.waitForSelector('#ticket:not([hidden])');
}

async function diagnose(page, files) {
  await drop(page, files);
  await page.click('#go');
  await page.waitForFunction(() => !document.getElementById('result').hidden || !document.getElementById('say').hidden, {timeout: 300000});
  const said = await page.$eval('#say', (e) => e.hidden ? '' : e.textContent);
  check(said === '', said);
}

const saved = (page, format) => page.evaluate((f) => blobs.get(document.querySelector('#saves a[data-format=' + f + ']').href).text(), format);

async function look(page, name) {
  if (shots) await page.screenshot({path: path.join(shots, name + '.png')});
  check(!await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), name + ' is wider than the screen');
  for (const frame of page.frames()) {
    await frame.evaluate(axe);
    const result = await frame.evaluate(() => axe.run(document, {iframes: false}));
    for (const v of result.violations) check(false, `${name}: ${v.id}, ${v.nodes.length} times, first ${v.nodes[0].target}`);
  }
}

(async () => {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM, headless: true, protocolTimeout: 600000,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  });
  const open = async (width, scheme) => {
    const page = await browser.newPage();
    page.on('console', (m) => { if (m.type() === 'error') check(false, 'console: ' + m.text()); });
    page.on('pageerror', (e) => check(false, 'error: ' + e));
    page.on('request', (r) => { if (!/^(file|blob|data|about):/.test(r.url())) check(false, 'request: ' + r.url()); });
    // Downloads are kept so that the test can read them.
    await page.evaluateOnNewDocument(() => {
      globalThis.blobs = new Map();
      const make = URL.createObjectURL;
      URL.createObjectURL = (b) => { const u = make.call(URL, b); globalThis.blobs.set(u, b); return u; };
    });
    await page.setViewport({width, height: 900});
    await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}]);
    await page.goto('file://' + html, {waitUntil: 'load'});
    return page;
  };

  for (const ticket of tickets) {
    const page = await open(1200, 'light');
    const start = Date.now();
    await diagnose(page, [ticket]);
    const took = Date.now() - start, name = path.basename(ticket);
    const json = await saved(page, 'json');
    const want = fs.readFileSync(path.join(expected, name + '.json'), 'utf8');
    check(json === want, name + ': the JSON differs from the program\'s');
    const figures = await page.$eval('#foot p', (p) => ({...p.dataset}));
    console.log(`${name}: ${json === want ? 'same JSON' : 'OTHER JSON'}, ${json.length} bytes, run ${figures.ms} ms, from the drop ${took} ms, memory of the program ${Math.round(figures.memory / 1e6)} MB`);
    await page.close();
  }

  for (const [name, width, scheme] of [['light', 1200, 'light'], ['dark', 1200, 'dark'], ['phone', 390, 'light']]) {
    const page = await open(width, scheme);
    await look(page, name + '-start');
    await drop(page, [tickets[0]]);
    await look(page, name + '-given');
    await page.click('#go');
    await page.waitForSelector('#work:not([hidden])');
    await look(page, name + '-work');
    await page.waitForSelector('#result:not([hidden])', {timeout: 300000});
    await page.waitForFunction(() => document.querySelector('iframe'));
    await new Promise((ok) => setTimeout(ok, 1000));
    await look(page, name + '-result');
    await page.close();
  }

  // A link to evidence, other formats, why-not, other files, cancelling.
  const page = await open(1200, 'light');
  await diagnose(page, [tickets[0]]);
  await new Promise((ok) => setTimeout(ok, 1000));
  const report = page.frames()[1];
  await report.evaluate(() => document.querySelector('.evidence .anchor').click());
  await new Promise((ok) => setTimeout(ok, 500));
  check(await report.evaluate(() => {
    const shown = document.querySelector('.evidence li.target');
    const box = shown && shown.getBoundingClientRect();
    return Boolean(box) && box.top >= 0 && box.top < innerHeight;
  }), 'a link to evidence does not show it');
  for (const [format, begin] of [['html', '<!doctype'], ['sarif', '{'], ['reply', 'Hello,'], ['csv', 'ticket,'], ['junit', '<?xml'], ['md', '**'], ['text', 'Incident']]) {
    check((await saved(page, format)).startsWith(begin), format + ' begins otherwise');
  }
  await page.click('#why summary');
  await page.type('#rule', 'Q324025');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#answer:not([hidden])', {timeout: 300000});
  const why = await page.$eval('#answertext', (e) => e.textContent);
  check(why.length > 100, 'why-not says: ' + why);
  await look(page, 'why');
  await page.click('#closeanswer');
  await page.click('#again');
  await page.click('#go');
  await page.waitForSelector('#work:not([hidden])');
  await page.click('#cancel');
  await page.waitForSelector('#start:not([hidden])');
  check(await page.$eval('#say', (e) => e.hidden), 'cancelling is called an error');
  await page.$eval('#at', (e) => { e.value = 'noon'; });
  await page.click('#go');
  await page.waitForSelector('#say:not([hidden])', {timeout: 300000});
  check(/--at noon: expected a time/.test(await page.$eval('#say', (e) => e.textContent)), 'a wrong time is not named');
  await page.close();

  if (process.env.LARGE) {
    const big = await open(1200, 'light');
    await drop(big, [process.env.LARGE]);
    const start = Date.now();
    let slowest = 0, last = '';
    await big.click('#go');
    while (!await big.$eval('#result', (e) => !e.hidden)) {
      const asked = Date.now();
      last = await big.$eval('#figures', (e) => e.textContent);
      slowest = Math.max(slowest, Date.now() - asked);
      if (Date.now() - start > 570000 || !await big.$eval('#say', (e) => e.hidden)) { check(false, 'large: ' + last); break; }
      await new Promise((ok) => setTimeout(ok, 100));
    }
    const figures = await big.$eval('#foot p', (p) => ({...p.dataset}));
    console.log(`large: ${fs.statSync(process.env.LARGE).size} bytes in ${Date.now() - start} ms, memory of the program ${Math.round(figures.memory / 1e6)} MB, slowest answer of the page ${slowest} ms`);
  }
  await browser.close();
  console.log(wrong ? wrong + ' things are wrong' : 'nothing wrong');
  process.exit(wrong ? 1 : 0);
})();
