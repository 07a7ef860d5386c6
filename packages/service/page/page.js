/** The demo page: sends requests to the HTTP interface of the service and draws the answers. Text is always inserted as text, never as HTML. */
const SVG = 'http://www.w3.org/2000/svg';
const LIST_LENGTH = 8;
const MAP = { width: 600, height: 420, margin: 36 };

const at = (id) => document.getElementById(id);

/** An element with attributes and children; a text is a child. */
function element(name, attributes = {}, ...children) {
  const made =
    name === 'circle' || name === 'text' || name === 'title'
      ? document.createElementNS(SVG, name)
      : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** The name of the key in the storage of the tab; it is deleted when the tab is closed. */
const KEY = 'attractions-key';

/** Where the interface is, from this page: beside it for one tenant of many (`/v1/t/NAME/`), else below `v1/`. */
const API = location.pathname.includes('/v1/t/') ? '' : 'v1/';
if (API === '')
  for (const link of document.querySelectorAll('footer a')) link.href = `../../../${link.getAttribute('href')}`;

async function ask(path) {
  const key = sessionStorage.getItem(KEY);
  const headers = { accept: 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
  const response = await fetch(`${API}${path}`, { headers });
  const body = await response.json();
  if (response.status === 401 || response.status === 403) at('key-form').hidden = false;
  if (!response.ok) throw new Error(body.detail ?? `The service answers with status ${response.status}.`);
  return body;
}

async function showGeneration() {
  const { generation, experiments, version } = await ask('version');
  const names = experiments.map(({ experiment, version }) => `${experiment}, version ${version}`);
  const trial = names.length > 0 ? `experiment ${names.join('; ')}` : 'no experiment';
  at('generation').textContent =
    `Model ${generation.model}, of visits ${generation.visits} and attractions ${generation.attractions}; ${trial}; service ${version}.`;
}

async function showParks() {
  const { parks } = await ask('parks');
  at('park').replaceChildren(
    ...parks.map(({ park, attractions }) => element('option', { value: park }, `${park} (${attractions})`)),
  );
}

/** Degrees to places on the map: north up, a degree of longitude as long as it is at this latitude. */
function projection(placed) {
  const middle = placed.reduce((sum, { latitude }) => sum + latitude, 0) / placed.length;
  const flat = placed.map(({ latitude, longitude }) => ({
    x: longitude * Math.cos((middle * Math.PI) / 180),
    y: -latitude,
  }));
  const [left, right] = [Math.min(...flat.map(({ x }) => x)), Math.max(...flat.map(({ x }) => x))];
  const [top, bottom] = [Math.min(...flat.map(({ y }) => y)), Math.max(...flat.map(({ y }) => y))];
  const room = { x: MAP.width - 2 * MAP.margin, y: MAP.height - 2 * MAP.margin };
  const scale = Math.min(room.x / (right - left || 1), room.y / (bottom - top || 1));
  return flat.map(({ x, y }) => ({
    x: MAP.width / 2 + (x - (left + right) / 2) * scale,
    y: MAP.height / 2 + (y - (top + bottom) / 2) * scale,
  }));
}

function showMap(attractions, visitedIds, listedIds) {
  const placed = attractions.filter(({ latitude, longitude }) => latitude !== undefined && longitude !== undefined);
  const most = Math.max(1, ...placed.map(({ visitors }) => visitors));
  const places = placed.length > 0 ? projection(placed) : [];
  const marks = placed.map(({ attractionId, name, visitors }, n) => {
    const place = listedIds.indexOf(attractionId);
    const kind = visitedIds.has(attractionId) ? 'visited' : place >= 0 ? 'listed' : 'other';
    const { x, y } = places[n];
    const radius = 6 + 14 * Math.sqrt(visitors / most);
    const title = element('title', {}, `${name}: ${visitors} visitors`);
    const circle = element('circle', { cx: x, cy: y, r: radius, class: kind }, title);
    if (kind !== 'listed') return [circle];
    return [circle, element('text', { x, y: y + 8, 'text-anchor': 'middle' }, String(place + 1))];
  });
  const map = at('map');
  const text = at('map-text');
  map.setAttribute('viewBox', `0 0 ${MAP.width} ${MAP.height}`);
  text.textContent = `${placed.length} of ${attractions.length} attractions on the map, north is up.`;
  // What is recommended last, and small ones after large ones, so that none is hidden.
  const height = ([circle, number]) => (number === undefined ? 0 : 100) - circle.getAttribute('r');
  map.replaceChildren(text, ...marks.sort((a, b) => height(a) - height(b)).flat());
}

/** Lets a person choose visits among the attractions of the park; those chosen before stay chosen. */
function offerVisits(attractions, { last, been }) {
  const byName = [...attractions].sort((a, b) => a.name.localeCompare(b.name));
  at('last').replaceChildren(
    element('option', { value: '' }, 'nowhere yet'),
    ...byName.map(({ attractionId, name }) => element('option', { value: attractionId }, name)),
  );
  at('last').value = last;
  if (at('last').selectedIndex < 0) at('last').value = '';
  at('been').replaceChildren(
    ...byName.map(({ attractionId, name }) => {
      const box = element('input', { type: 'checkbox', name: 'been', value: attractionId });
      box.checked = been.includes(attractionId);
      return element('li', {}, element('label', {}, box, name));
    }),
  );
}

/** What the form says, as the interface takes it: the time, and the visits with the last one at that time. */
function visitorIn({ time, last, been }) {
  const moment = time === '' && last !== '' ? new Date().toISOString() : time;
  return [
    ...(moment === '' ? [] : [['at', moment]]),
    ...been.filter((id) => id !== last).map((id) => ['visits', id]),
    ...(last === '' ? [] : [['visits', `${last}@${moment}`]]),
  ];
}

function showVisits(user, { known, visits }, park) {
  const here = visits.filter(({ attractionId }) => park.has(attractionId));
  at('visits-note').textContent =
    user === ''
      ? 'Enter a visitor to see the visits that the model knows.'
      : known
        ? `${here.length} attractions here, ${visits.length} in all parks.`
        : 'The model does not know this visitor, so the list has popular attractions.';
  at('visits').replaceChildren(
    ...here.map(({ name, visits: times }) => element('li', {}, times > 1 ? `${name}, ${times} times` : name)),
  );
}

function showLists({ assigned, panels }) {
  at('lists-note').textContent =
    panels.length > 1
      ? assigned
        ? `This visitor is in panel ${assigned.panel} (bucket ${assigned.bucket}).`
        : 'This visitor takes no part in the experiment; the lists show what the panels would answer.'
      : '';
  at('lists').replaceChildren(
    ...panels.map(({ experiment, panel, recommender, source, recommendations }) =>
      element(
        'article',
        {},
        element(
          'h3',
          {},
          panels.length > 1
            ? `Panel ${panel}: ${recommender}${assigned?.panel === panel && assigned.experiment === experiment ? ', the panel of this visitor' : ''}`
            : 'The list',
        ),
        element('p', { class: 'note' }, `From: ${source}`),
        element(
          'ol',
          {},
          ...recommendations.map(({ name, score, reason = '' }) =>
            element(
              'li',
              {},
              name,
              element('span', { class: 'reason' }, `${reason} (${score.toFixed(score < 10 ? 3 : 0)})`),
            ),
          ),
        ),
      ),
    ),
  );
}

/** What the form holds; lists of the park are made of it. */
function formValues() {
  const form = new FormData(at('ask'));
  const [user, time, last] = ['user', 'time', 'last'].map((name) => String(form.get(name) ?? '').trim());
  return { park: at('park').value, user, time, last, been: form.getAll('been') };
}

async function show(wanted) {
  const { park, user } = wanted;
  const id = encodeURIComponent(user === '' ? 'nobody' : user);
  const inPark = `park=${encodeURIComponent(park)}`;
  const { attractions } = await ask(`attractions?${inPark}`);
  const here = new Set(attractions.map(({ attractionId }) => attractionId));
  const last = here.has(wanted.last) ? wanted.last : '';
  const chosen = { ...wanted, last, been: wanted.been.filter((id) => here.has(id)) };
  offerVisits(attractions, chosen);
  const asked = new URLSearchParams([['park', park], ['limit', LIST_LENGTH], ...visitorIn(chosen)]);
  const [visited, lists] = await Promise.all([
    user === '' ? { known: false, visits: [] } : ask(`users/${id}/visits`),
    ask(`users/${id}/panels?${asked}`),
  ]);
  const own =
    lists.panels.find(
      ({ experiment, panel }) => panel === lists.assigned?.panel && experiment === lists.assigned?.experiment,
    ) ?? lists.panels[0];
  showMap(
    attractions,
    new Set([...visited.visits.map(({ attractionId }) => attractionId), chosen.last, ...chosen.been]),
    own.recommendations.map(({ attractionId }) => attractionId),
  );
  showVisits(user, visited, here);
  showLists(lists);
  const { assumed } = own;
  at('assumed').textContent = assumed?.at
    ? `As of ${assumed.at.slice(0, 16).replace('T', ' ')} (${assumed.timeZone}).`
    : '';
}

/** Runs a step, and says what went wrong where people look. */
async function attempt(step) {
  try {
    at('message').textContent = '';
    await step();
  } catch (error) {
    at('message').textContent = error.message;
  }
}

at('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  const { been, ...values } = formValues();
  const filled = Object.entries(values).filter(([name, value]) => value !== '' || name === 'user');
  history.replaceState(null, '', `?${new URLSearchParams([...filled, ...been.map((id) => ['been', id])])}`);
  attempt(() => show({ ...values, been }));
});
at('park').addEventListener('change', () => at('ask').requestSubmit());

async function start() {
  await Promise.all([showGeneration(), showParks()]);
  const wanted = new URLSearchParams(location.search);
  at('user').value = wanted.get('user') ?? '';
  at('time').value = wanted.get('time') ?? '';
  if (wanted.has('park')) at('park').value = wanted.get('park');
  if (at('park').selectedIndex < 0) at('park').selectedIndex = 0;
  await show({ ...formValues(), last: wanted.get('last') ?? '', been: wanted.getAll('been') });
}

at('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY, at('key').value.trim());
  at('key').value = '';
  at('key-form').hidden = true;
  attempt(start);
});

await attempt(start);
