/** Configurations in links: there and back, and nothing breaks. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { formatFragment, leaveOut, MAX_CHARACTERS, parseFragment } from "../../../web/config/fragment.js";
import { formatLink, readLink, withoutConfig } from "../../../web/config/link.js";
import { HOSTILE, isSentence, randomness } from "../files/files.mjs";
import { CONFIG } from "../schema.mjs";

/** Links as earlier versions wrote them. */
const OLD =
  "hidden=32,32&activation=gelu&dtype=float32&init=xavier_uniform&lr=0.1&batch=10&loss=cross_entropy&optimizer=sgd" +
  "&momentum=0.9&beta1=0.9&beta2=0.999&epsilon=1e-8&decay=0&clip=none&task=next_token&encoding=one_hot" +
  "&embedding=8&vocabulary=a,b,c,d&length=5&samples=100&master_length=8-12&held_out=0.2&held_out_by=sample" +
  "&early_stopping=no&monitor=held_out_loss&mode=auto&min_delta=0.0001&patience=10&restore_best=yes&start_from=0&target=none&max_epochs=none" +
  "&masters=3&seed=0";

const DEFAULT = formatFragment(CONFIG);

test("the default configuration is readable", () => {
  assert.deepEqual(parseFragment(`#${DEFAULT}`), { config: CONFIG, notices: [] });
  assert.deepEqual(new Set([...DEFAULT.split("&"), ...OLD.split("&")]), new Set(DEFAULT.split("&")));
});

test("a link that was written before there were more settings is read", () => {
  const { config, notices } = parseFragment(`#${OLD}`);
  assert.deepEqual(notices, []);
  for (const [section, options] of Object.entries(config))
    for (const [name, value] of Object.entries(options)) assert.deepEqual(value, CONFIG[section][name], name);
});

test("the cell that a link explains is no part of the configuration", () => {
  assert.deepEqual(parseFragment(`#why=layers/1/weights,3,7&${DEFAULT}`), { config: CONFIG, notices: [] });
});

/** @type {[string, any][]} */
const OTHERS = [
  ["no hidden layer", { model: { hidden_dims: [] } }],
  ["one length", { dataset: { master_sequence_length: 10 } }],
  ["fully random", { dataset: { num_master_sequences: null } }],
  ["explicit", { dataset: { num_master_sequences: null, master_sequences: [["a", "b"], ["c"]] } }],
  ["odd tokens", { dataset: { vocabulary: [",", "&", "=", "#", "%", "+", "ö", "😀", "none", "\u202e"] } }],
  ["seeds apart", { model: { seed: 2 ** 32 - 1 } }],
  [
    "Adam, with decay and clipping",
    { trainer: { optimizer: "adam", epsilon: 1e-16, weight_decay: 0.01, clip_norm: 0.5 } },
  ],
  ["extreme numbers", { trainer: { learning_rate: 1e-9 }, dataset: { num_samples: 1e21 } }],
];
for (const [name, change] of OTHERS) {
  test(`there and back: ${name}`, () => {
    const config = Object.fromEntries(
      Object.entries(CONFIG).map(([it, options]) => [it, { ...options, ...change[it] }]),
    );
    const fragment = formatFragment(/** @type {any} */ (config));
    assert.match(fragment, /^[\w=&,.%+-]*$/);
    assert.deepEqual(parseFragment(fragment), { config, notices: [] });
  });
}

test("nothing is no configuration", () => {
  for (const fragment of ["", "#", "#&&"]) assert.deepEqual(parseFragment(fragment), { config: {}, notices: [] });
});

/** @type {[string, RegExp][]} */
const BAD = [
  ["lr=abc", /"lr" must be a number, got "abc": it is ignored/],
  ["lr=", /"lr" must be a number, got ""/],
  ["lr=1e999", /"lr" must be a number/],
  ["lr=0x10", /"lr" must be a number/],
  ["lr=NaN", /"lr" must be a number/],
  ["hidden=32,x", /"hidden" must be a number/],
  ["hidden=", /"hidden" must be a number/],
  ["loss=<b>", /"loss" must be one word/],
  ["vocabulary=a,,b", /"vocabulary" must be tokens/],
  ["vocabulary=%zz", /"vocabulary" must be tokens/],
  ["vocabulary=\ud800", /"vocabulary" must be tokens/],
  ["master_length=1-2-3", /"master_length" must be one length/],
  ["clip=off", /"clip" must be a number, got "off"/],
  ["optimizer=Adam!", /"optimizer" must be one word/],
  ["surprise=1", /"surprise" is not known/],
  ["__proto__=1", /"__proto__" is not known/],
  ["constructor", /"constructor" is not known/],
  ["=1", /"" is not known/],
  ["master=a&masters=3", /"masters" cannot be combined with explicit masters/],
  ["seed=x", /"seed" must be a number/],
];
for (const [fragment, pattern] of BAD) {
  test(`a bad field is said in words and left out: ${JSON.stringify(fragment)}`, () => {
    const { config, notices } = parseFragment(`#batch=7&${fragment}&samples=50`);
    assert.equal(notices.length, 1);
    assert.match(notices[0], pattern);
    assert.equal(config.trainer?.batch_size, 7);
    assert.equal(config.dataset?.num_samples, 50);
  });
}

test("the first of two counts", () => {
  const { config, notices } = parseFragment("lr=1&lr=2");
  assert.deepEqual(config, { trainer: { learning_rate: 1 } });
  assert.match(notices[0], /"lr" is given twice/);
});

test("one seed for all, and others beside it, in any order", () => {
  for (const fragment of ["seed=1&model_seed=2", "model_seed=2&seed=1"]) {
    const { config } = parseFragment(fragment);
    assert.deepEqual(config, { dataset: { seed: 1 }, model: { seed: 2 }, trainer: { seed: 1 } });
  }
});

test("many notices are summed up, and too much is not read at all", () => {
  const { notices } = parseFragment(Array.from({ length: 50 }, (_, k) => `x${k}=1`).join("&"));
  assert.equal(notices.length, 11);
  assert.equal(notices[10], "In the link, 40 more fields are ignored.");
  assert.match(parseFragment("a=1&".repeat(201)).notices[0], /too long/);
  assert.match(parseFragment("a".repeat(600_000)).notices[0], /too long/);
});

test("what Python refuses is left out, one field after the other", () => {
  const { config } = parseFragment("hidden=0&lr=0&batch=7");
  const first = leaveOut(config, "model.hidden_dims must be between 1 and 2,048 (units in each layer), got 0");
  assert.equal(
    first.notice,
    "In the link, model.hidden_dims must be between 1 and 2,048 (units in each layer), got 0: it is ignored.",
  );
  const second = leaveOut(first.config, "trainer.learning_rate must be a number");
  assert.deepEqual(second.config, { model: {}, trainer: { batch_size: 7 } });
  const third = leaveOut(second.config, "dataset.num_samples must be …");
  assert.deepEqual(third.config, {});
  assert.match(third.notice, /The defaults are used/);
});

for (const hostile of HOSTILE) {
  test(`hostile text is quoted, never taken: ${JSON.stringify(hostile).slice(0, 40)}`, () => {
    for (const fragment of [
      hostile,
      `${hostile}=1`,
      `lr=${hostile}`,
      `vocabulary=${hostile}`,
      `master=${encodeURIComponent(hostile)}`,
    ]) {
      const { config, notices } = parseFragment(fragment);
      assert.ok(notices.every(isSentence));
      assert.ok(JSON.stringify(config));
    }
    assert.equal(/** @type {any} */ ({})[1], undefined);
  });
}

// ---- Copy link, and what happens to links on their way ----

const PAGE = { href: "https://example.org/backprop/" };
const TOKENS = [
  "a",
  "b",
  "ab",
  ",",
  "&",
  "=",
  "#",
  "%",
  "%41",
  "%2C",
  "%25",
  "+",
  "~",
  "?",
  "ö",
  "😀",
  "'",
  "none",
  ";",
  "a b",
];
const NAMES = ["Run 1", "Deep", "Für die 7b: 50 % & mehr", "50%25", "100%41", "a+b", "%", "=&#", "😀", "name=x&lr=3"];

/** @param {string} fragment @param {(fragment: string) => string} change */
const lowerEscapes = (fragment) => fragment.replace(/%[0-9A-F]{2}/g, (found) => found.toLowerCase());
/** Encode each value. @param {string} fragment */
const values = (fragment) => fragment.replace(/=([^&]*)/g, (_, value) => `=${encodeURIComponent(value)}`);
/** @type {[string, (fragment: string) => string][]} */
const WAYS = [
  ["as it is", (fragment) => fragment],
  ["encodeURI", encodeURI],
  ["encodeURI twice", (fragment) => encodeURI(encodeURI(fragment))],
  ["encodeURIComponent", encodeURIComponent],
  ["encodeURIComponent twice", (fragment) => encodeURIComponent(encodeURIComponent(fragment))],
  ["encodeURIComponent of encodeURI", (fragment) => encodeURIComponent(encodeURI(fragment))],
  ["each value encoded", values],
  ["+ for spaces", (fragment) => fragment.replaceAll("%20", "+")],
  ["lower-case escapes", lowerEscapes],
  ["lower-case escapes of encodeURIComponent", (fragment) => lowerEscapes(encodeURIComponent(fragment))],
  ["HTML", (fragment) => fragment.replaceAll("&", "&amp;")],
  ["tracking behind it", (fragment) => `${fragment}&utm_source=letter&fbclid=IwAR0_x`],
  ["tracking behind encodeURIComponent", (fragment) => `${encodeURIComponent(fragment)}&utm_source=letter`],
  [
    "tracking before encodeURIComponent twice",
    (fragment) => `fbclid=IwAR0&${encodeURIComponent(encodeURIComponent(fragment))}`,
  ],
  ["tracking with a percent sign behind encodeURI", (fragment) => `${encodeURI(fragment)}&utm_campaign=50%25&utm_x=%`],
  ["a text fragment behind it", (fragment) => `${fragment}:~:text=loss`],
];

/** A configuration of the form's kinds. @param {ReturnType<typeof randomness>} random @returns {any} */
function anyConfig(random) {
  const vocabulary = TOKENS.filter(() => random.next() < 0.4).concat("x", "y");
  const master = () => Array.from({ length: 2 + random.below(6) }, () => random.choice(vocabulary));
  const explicit = random.choice([null, Array.from({ length: 1 + random.below(64) }, master)]);
  const seed = () => random.choice([0, 7, 2 ** 32 - 1]);
  const { dataset, model, trainer, stopping } = CONFIG;
  return {
    dataset: {
      ...dataset,
      vocabulary,
      master_sequences: explicit,
      num_master_sequences: explicit ? null : random.choice([null, 1, 64]),
      master_sequence_length: random.choice([10, [8, 12]]),
      seed: seed(),
    },
    model: { ...model, hidden_dims: random.choice([[], [5], [32, 32], Array(32).fill(2048)]), seed: seed() },
    trainer: { ...trainer, learning_rate: random.choice([1e-9, 0.1, 1000, random.next()]), seed: seed() },
    stopping: { ...stopping, early_stopping: random.choice([true, false]), target: random.choice([null, 1e-7]) },
  };
}

for (const [way, change] of WAYS) {
  test(`every configuration comes back from its link: ${way}`, () => {
    const random = randomness(3);
    for (let k = 0; k < 100; k++) {
      const run = { config: anyConfig(random), name: random.choice(NAMES) };
      const { url, notices } = formatLink(PAGE, run);
      assert.deepEqual(notices, []);
      const fragment = change(new URL(url).hash.slice(1));
      assert.deepEqual(readLink(fragment), { ...run, notices: [] }, fragment);
    }
  });
}

for (const fragment of [
  "hidden=32%2C32&vocabulary=a%2Cb%2Cc&master=a%2Cb",
  "hidden=32%2c32&vocabulary=a%2cb%2cc&master=a%2cb",
  "hidden%3D32%2C32%26vocabulary%3Da%2Cb%2Cc%26master%3Da%2Cb",
  "hidde%6E=32%2C3%32&vocabulary=%61,b,c&maste%72=a,%62",
  `${new URLSearchParams({ hidden: "32,32", vocabulary: "a,b,c", master: "a,b" })}`,
]) {
  test(`escapes are decoded in every field: ${fragment}`, () => {
    const dataset = { vocabulary: ["a", "b", "c"], master_sequences: [["a", "b"]], num_master_sequences: null };
    assert.deepEqual(parseFragment(fragment), { config: { dataset, model: { hidden_dims: [32, 32] } }, notices: [] });
  });
}

test("a link of a person is decoded once", () => {
  assert.equal(readLink("lr=0.2&name=50%2541")?.name, "50%41");
  assert.deepEqual(parseFragment("vocabulary=%2541,b").config.dataset?.vocabulary, ["%41", "b"]);
});

for (const [way, wrap] of /** @type {[string, (line: string, rest: string) => string][]} */ ([
  ["an encoded line break", (line, rest) => `${line}%0D%0A${rest}`],
  ["a line break", (line, rest) => `${line}\r\n${rest}`],
  ["a line break of quoted-printable text", (line, rest) => `${line}=\r\n${rest}`],
  ["a space", (line, rest) => `${line}%20${rest}`],
  ["its end", (line) => line],
])) {
  test(`a link that a letter has broken is never silently another one: ${way}`, () => {
    const whole = new URL(formatLink(PAGE, { config: CONFIG, name: "Deep" }).url).hash.slice(1);
    for (let at = DEFAULT.indexOf("dtype=") + "dtype=".length; at < DEFAULT.length; at++) {
      const broken = wrap(whole.slice(0, at), whole.slice(at));
      const link = readLink(broken);
      // What is a value still, although with a space or a line break in it, Python refuses in a sentence: tokens.
      const { vocabulary, master_sequences: masters } = link?.config.dataset ?? {};
      const isRefused = [vocabulary ?? [], masters ?? []].flat(2).some((token) => /\s/.test(token));
      assert.ok(link?.notices.length || isRefused, broken);
      assert.ok(link?.notices.every(isSentence));
    }
  });
}

test("what a link cannot hold is said when it is copied", () => {
  const config = { ...CONFIG, trainer: { ...CONFIG.trainer, schedule: "cosine" } };
  const { url, notices } = formatLink(PAGE, { config, name: "New" });
  assert.equal(readLink(new URL(url).hash)?.name, "New");
  assert.deepEqual(notices, ["The link cannot carry trainer.schedule: the run it opens uses the default."]);
});

test("no link is copied that the page would refuse as too long", () => {
  /** @param {number} length @param {string} token */
  const linkTo = (length, token) => {
    const masters = Array.from({ length: 64 }, () => Array(length).fill(token));
    const dataset = {
      ...CONFIG.dataset,
      vocabulary: [token, "b"],
      master_sequences: masters,
      num_master_sequences: null,
    };
    return formatLink(PAGE, { config: { ...CONFIG, dataset }, name: "Long" });
  };
  const { url, notices } = linkTo(1000, "a");
  assert.deepEqual([notices, readLink(new URL(url).hash)?.notices], [[], []]);
  const long = linkTo(1000, "😀");
  assert.equal(long.url, "");
  assert.match(
    long.notices[0],
    /^This configuration is too long for a link: [\d,]+ characters, and the limit is 500,000\./,
  );
  for (let length = 2; length < 100; length += 5) {
    const { url: link } = linkTo(length, "😀".repeat(8));
    if (link) assert.deepEqual(readLink(new URL(link).hash)?.notices, []);
    if (link) assert.ok(link.length <= MAX_CHARACTERS + PAGE.href.length + 1);
  }
});

const OF_OTHERS = [
  "utm_source=letter&utm_medium=email&utm_campaign=may",
  "gclid=EAIaIQobChMI",
  "fbclid=IwAR0",
  "msclkid=1&_hsenc=p2&mc_cid=9&mc_eid=8",
  "UTM_SOURCE=x",
  "utm_source%3Dletter",
  "xtor=RSS-1",
  "Echobox=1700000000",
  ":~:text=backward%20pass",
  "controls:~:text=a,b&text=c",
];
for (const fragment of OF_OTHERS) {
  test(`fields of others are no configuration: ${fragment}`, () => {
    assert.equal(readLink(`#${fragment}`), null);
    assert.deepEqual(readLink(`#lr=0.5&name=A&${fragment}`.replace("utm_source%3D", "utm_source="))?.config, {
      trainer: { learning_rate: 0.5 },
    });
  });
}

test("a cell that is explained stays, and nothing else", () => {
  assert.equal(withoutConfig("#lr=0.5&why=layers/0/weights,1,2&name=A"), "why=layers/0/weights,1,2");
});

test("a wrong token in a master takes all masters away, never the default's three", () => {
  for (const fragment of ["master=a,b&master=a,,b", "master=a,,b&master=a,b", "master=%zz", "master=a,,b&master="]) {
    const { config, notices } = parseFragment(`lr=0.5&${fragment}`);
    assert.deepEqual(config, { trainer: { learning_rate: 0.5 } });
    assert.match(notices.join(), /"master" must be tokens separated by commas, got .*ignored/);
    assert.equal(notices.length, 1);
  }
  for (const field of ["master_sequences", "num_master_sequences"])
    for (const fragment of ["lr=0.5&master=a,x&master=a,b", "lr=0.5&masters=1000"]) {
      const { config } = leaveOut(parseFragment(fragment).config, `dataset.${field} must …`);
      assert.deepEqual(config, { dataset: {}, trainer: { learning_rate: 0.5 } });
    }
});
