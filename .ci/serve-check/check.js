// Drives kbdiag serve in Chromium as a person would: drops an archive, reads
// the report, asks why not, changes a rule, compares two runs. On the way it
// holds every view, on a screen and a phone, light and dark, to: nothing that
// axe-core finds wrong, no sideways scrolling, no error, no request elsewhere.
//
// usage: node check.js ADDRESS BEFORE.zip AFTER.zip [FOLDER for pictures]
//        node check.js ADDRESS "" "" [FOLDER]: after that, where it was started anew
const assert = require('assert');
const fs = require('fs');
const path = require('path');
const {chromium} = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [address, before, after, pictures] = process.argv.slice(2);
const origin = new URL(address).origin;
const looks = [['light', 1200, 850, 'light'], ['dark', 1200, 850, 'dark'], ['phone', 390, 800, 'light'], ['phone-dark', 390, 800, 'dark']];
const wrong = [];

async function main() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM, headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const context = await browser.newContext({acceptDownloads: true, viewport: {width: 1200, height: 850}});
  const page = await context.newPage();
  page.on('console', (m) => { if (m.type() === 'error') wrong.push('console: ' + m.text()); });
  page.on('pageerror', (e) => wrong.push(String(e)));
  page.on('request', (r) => { if (!r.url().startsWith(origin) && !/^(blob|data|about):/.test(r.url())) wrong.push('request: ' + r.url()); });
  const cdp = await context.newCDPSession(page);
  try {
    await (before ? walk(page, cdp) : again(page, cdp));
  } catch (e) {
    if (pictures) await page.screenshot({path: path.join(pictures, 'failed.png')});
    throw e;
  } finally {
    await browser.close();
  }
  const stranger = await fetch(origin + '/api/runs');
  assert.equal(stranger.status, 403, 'a request without the token');
}

async function walk(page, cdp) {
  await page.goto(address);
  await page.getByRole('heading', {name: 'Diagnose a ticket'}).waitFor();
  assert.equal(page.url(), origin + '/', 'the token stays in the address');
  await look(page, cdp, 'start');

  // Drop an archive, and diagnose it with the keyboard.
  await drop(page, cdp, before);
  await page.getByText(/^1 file, /).first().waitFor();
  await page.getByLabel(/^Ticket/).fill('Contoso 4711');
  await look(page, cdp, 'given');
  await page.evaluate(() => {
    globalThis.steps = new Set();
    new MutationObserver(() => {
      const f = document.querySelector('.figures');
      if (f) globalThis.steps.add(f.textContent.replace(/\d[\d.,]*/g, 'N'));
      const p = document.querySelector('progress');
      if (p && p.value > 0) globalThis.steps.add('bar moved');
    }).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
  });
  await cdp.send('Network.enable');
  const speed = (bytes) => cdp.send('Network.emulateNetworkConditions', {offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytes});
  await speed(400); // so that there is something to see
  await page.getByLabel(/^Ticket/).press('Enter');
  await page.getByText('Taking the files').first().waitFor();
  await look(page, cdp, 'working');
  await page.getByRole('button', {name: 'Stop'}).click();
  await speed(-1);
  await page.getByLabel(/^Ticket/).press('Enter'); // what was given is still there
  await page.waitForURL(/#\/run\/1$/);
  const steps = await page.evaluate(() => [...globalThis.steps].join('\n'));
  for (const want of ['Taking the files', 'Reading N of N file', 'N record', 'bar moved']) assert(steps.includes(want), 'progress without ' + want + ':\n' + steps);
  console.log('an archive was dropped, progress was seen');

  // Read the first diagnosis, and follow links to evidence.
  const frame = page.frameLocator('iframe.report');
  assert.equal(await frame.locator('#d1 .rule').textContent(), 'Q247764');
  await look(page, cdp, 'report');
  await page.goto(origin + '/#/run/1/report/e2');
  await frame.locator('#e2').waitFor();
  await inSight(frame.locator('#e2'), 'evidence e2 after its link');
  await frame.locator('a.pin[href="#e1"]').first().click();
  await inSight(frame.locator('#e1'), 'evidence e1 after its mark in the timeline');
  await page.context().grantPermissions(['clipboard-read'], {origin});
  await frame.locator('.questions .copy').first().click();
  await page.bringToFront();
  const question = await frame.locator('#q1').textContent();
  let copied = '';
  for (let tries = 0; tries < 50 && copied !== question; tries++) { // the browser copies when it has time
    await page.waitForTimeout(100);
    copied = await page.evaluate(() => { window.focus(); return navigator.clipboard.readText(); });
  }
  assert.equal(copied, question, 'a question that was copied');
  console.log('the report was read, links lead to evidence');

  // Ask why another rule is not the answer.
  await page.getByRole('link', {name: 'Why not?'}).click();
  await page.getByLabel(/^Rule, by its number/).fill('refuses to relay');
  await page.locator('.found a', {hasText: 'Q193922'}).click();
  await page.getByRole('heading', {name: /^Q193922/}).waitFor();
  await page.getByText(/Does not apply|Nothing speaks for it/).first().waitFor();
  assert(await page.locator('.tree .mark').count() > 0, 'no tree of conditions');
  await page.goto(origin + '/#/run/1/why/Q324025');
  await page.getByText(/Applies: rank 2|May apply: rank 2/).first().waitFor();
  await look(page, cdp, 'why');
  console.log('why not was answered');

  // Change a rule: faults show as they are typed; then the answer changes.
  await page.goto(origin + '/#/run/1/rule/Q247764');
  const text = page.getByLabel('Rule file Q247764.toml');
  const rule = await text.inputValue();
  const attempt = page.getByRole('button', {name: 'Try on this ticket'});
  await text.fill(rule.replace('provider in', 'providr in'));
  await page.locator('.findings .of-error').first().waitFor();
  assert(await attempt.isDisabled(), 'a rule with errors can be tried');
  await page.locator('.findings .place').first().click();
  assert(await text.evaluate((a) => a === document.activeElement && a.value.slice(a.selectionStart).startsWith('providr')), 'the finding does not lead to its place');
  await look(page, cdp, 'rule-error');
  await text.fill(rule.replace('id == 13003', 'id == 13999').replace('"PASS"', '"RETR"'));
  await page.waitForFunction(() => !document.querySelector('.buttons .primary').disabled && !document.querySelector('.findings .of-error'));
  await attempt.click();
  await page.getByRole('heading', {name: 'With the changed rule'}).waitFor();
  const sides = await page.locator('.sides dd').allTextContents();
  assert(sides[0].startsWith('#1') && !sides[1].startsWith('#1'), 'the changed rule stays first: ' + sides);
  await look(page, cdp, 'rule-tried');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: 'Save as a file'}).click()]);
  assert.equal(file.suggestedFilename(), 'Q247764.toml');
  assert(fs.readFileSync(await file.path(), 'utf8').includes('id == 13999'), 'another file is saved');
  await page.getByRole('button', {name: 'Read the report with the changed rule'}).click();
  assert.notEqual(await frame.locator('#d1 .rule').textContent(), 'Q247764');
  console.log('a rule was changed and tried');

  // Give the ticket again after the fix, and compare.
  await page.getByRole('link', {name: 'New ticket'}).click();
  await page.getByRole('link', {name: 'Contoso 4711'}).waitFor();
  await look(page, cdp, 'start-again');
  await page.locator('#somefiles').setInputFiles(after);
  await page.getByLabel(/^Ticket/).fill('Contoso 4711');
  await page.getByRole('button', {name: 'Diagnose'}).click();
  await page.waitForURL(/#\/run\/2$/);
  await page.getByRole('link', {name: 'Compare'}).click();
  await page.getByLabel('The other run').selectOption('1');
  await page.locator('.changes .gone', {hasText: 'Q247764'}).waitFor();
  await look(page, cdp, 'compare');
  await page.locator('.changes .gone', {hasText: 'Q247764'}).locator('.pieces a').first().click();
  await page.waitForURL(/#\/run\/1\/report\/e\d+$/);
  await inSight(frame.locator('#' + page.url().split('/').pop()), 'evidence of the earlier run');

  await page.getByRole('link', {name: 'History'}).click();
  await page.getByLabel('Search past runs').fill('hrlookupcredentials contoso');
  await page.getByText('1 run found').waitFor();
  await page.getByLabel('Search past runs').fill('4711');
  await page.getByText('2 runs found').waitFor();
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await look(page, cdp, 'history');
  await page.getByRole('button', {name: 'Compare the two'}).click();
  await page.waitForURL(/#\/compare\/1\/2$/);
  await page.locator('.changes .gone', {hasText: 'Q247764'}).waitFor();
  console.log('two runs were compared');
}

// again reads past runs whose files are gone.
async function again(page, cdp) {
  await page.goto(address);
  await page.getByRole('link', {name: 'Contoso 4711'}).last().click();
  const frame = page.frameLocator('iframe.report');
  assert.equal(await frame.locator('#d1 .rule').textContent(), 'Q247764');
  await page.getByRole('link', {name: 'Why not?'}).click();
  await page.getByText('only reports are kept').waitFor();
  await look(page, cdp, 'past-why');
  await page.goto(origin + '/#/run/1/rule/Q247764');
  await page.getByLabel('Rule file Q247764.toml').waitFor();
  assert(await page.getByRole('button', {name: 'Try on this ticket'}).isDisabled(), 'a rule can be tried without files');
  const [file] = await Promise.all([page.waitForEvent('download'), (async () => {
    await page.goto(origin + '/#/run/1');
    await page.getByText('Save as', {exact: true}).click();
    await page.getByRole('link', {name: 'Markdown'}).click();
  })()]);
  assert.equal(file.suggestedFilename(), 'kbdiag-Contoso-4711.md');
  assert(fs.readFileSync(await file.path(), 'utf8').includes('Q247764'), 'the saved report');
  await page.getByRole('link', {name: 'History'}).click();
  const first = page.getByRole('button', {name: /^Remove/}).first();
  await first.click();
  await first.click();
  await page.getByText('1 run', {exact: true}).waitFor();
  console.log('past runs were read, one was removed');
}

// drop drops a file on the page as a person does.
async function drop(page, cdp, file) {
  const data = {items: [], files: [file], dragOperationsMask: 1};
  for (const type of ['dragEnter', 'dragOver', 'drop']) await cdp.send('Input.dispatchDragEvent', {type, x: 600, y: 300, data});
}

async function inSight(locator, what) {
  for (let i = 0; i < 40; i++) {
    const b = await locator.boundingBox();
    if (b && b.y >= -5 && b.y < 850) return;
    await new Promise((ok) => setTimeout(ok, 100));
  }
  assert.fail(what + ' is not in sight');
}

async function look(page, cdp, name) {
  for (const [kind, width, height, scheme] of looks) {
    await page.setViewportSize({width, height});
    await page.emulateMedia({colorScheme: scheme, reducedMotion: 'reduce'});
    await page.waitForTimeout(150);
    if (pictures) await page.screenshot({path: path.join(pictures, `${name}-${kind}.png`)});
    const found = [];
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) found.push('wider than the screen');
    await cdp.send('Runtime.evaluate', {expression: axe});
    const {result, exceptionDetails} = await cdp.send('Runtime.evaluate', {
      expression: 'axe.run({exclude: [["iframe"]]}, {iframes: false}).then((r) => r.passes.length < 10 ? ["axe-core looked at nothing"] : r.violations.map((v) => v.id + ", " + v.impact + ": " + v.nodes.length + " times, first " + v.nodes[0].target + " " + v.nodes[0].failureSummary))',
      awaitPromise: true, returnByValue: true,
    });
    found.push(...(exceptionDetails ? [JSON.stringify(exceptionDetails)] : result.value));
    if (found.length) console.log(`${name} ${kind}: ${found.join('; ')}`);
    wrong.push(...found);
  }
  await page.setViewportSize({width: 1200, height: 850});
  await page.emulateMedia({colorScheme: 'light'});
}

main().then(() => {
  for (const w of wrong) console.log('wrong: ' + w);
  process.exit(wrong.length ? 1 : 0);
}, (e) => { console.error(e); for (const w of wrong) console.log('wrong: ' + w); process.exit(1); });
