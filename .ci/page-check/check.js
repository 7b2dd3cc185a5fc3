// Opens report pages in Chromium, on a screen and a phone, light and dark, and
// holds them to: no request to anywhere, no error, no sideways scrolling, loaded
// within 2 s, and nothing that axe-core finds wrong.
const fs = require('fs');
const puppeteer = require('puppeteer-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const looks = [['screen', 1200, 'light'], ['dark', 1200, 'dark'], ['phone', 390, 'light']];

(async () => {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM, headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  });
  let wrong = 0;
  for (const file of process.argv.slice(2)) {
    for (const [look, width, scheme] of looks) {
      const page = await browser.newPage();
      const found = [];
      page.on('console', (m) => { if (m.type() === 'error') found.push(m.text()); });
      page.on('pageerror', (e) => found.push(String(e)));
      page.on('request', (r) => { if (!r.url().startsWith('file:')) found.push('request: ' + r.url()); });
      await page.setViewport({width, height: 900});
      await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}]);
      const start = Date.now();
      await page.goto('file://' + file, {waitUntil: 'load'});
      const took = Date.now() - start;
      if (took > 2000) found.push(`loaded in ${took} ms`);
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) found.push('wider than the screen');
      await page.evaluate(axe);
      const result = await page.evaluate(() => axe.run());
      for (const v of result.violations) found.push(`${v.id}: ${v.nodes.length} times, first ${v.nodes[0].target}`);
      console.log(`${file} ${look}: ${took} ms, ${found.length ? found.join('; ') : 'nothing wrong'}`);
      wrong += found.length;
      await page.close();
    }
  }
  await browser.close();
  process.exit(wrong ? 1 : 0);
})();
