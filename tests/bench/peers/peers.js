/** Contestants in JavaScript: typed arrays by hand, ConvNetJS, TensorFlow.js on WebAssembly. Each makes whole steps, with a shuffled epoch. */

/** @typedef {{widths: number[], batch: number, train: number}} Network */

const RATE = 0.1;
const C = Math.sqrt(2 / Math.PI);
const K = 0.044715;

/** @param {Network} network */
function samples({ widths, batch, train }) {
  const x = Float32Array.from({ length: train * widths[0] }, Math.random);
  const y = Uint8Array.from({ length: train }, () => Math.floor(Math.random() * widths.at(-1)));
  const order = Uint32Array.from({ length: train }, (_, i) => i);
  let at = train;
  return {
    x,
    y,
    /** Indices of the next batch. */
    next() {
      if (at + batch > train) {
        for (let i = train - 1; i > 0; i--) {
          const j = Math.floor(Math.random() * (i + 1));
          [order[i], order[j]] = [order[j], order[i]];
        }
        at = 0;
      }
      at += batch;
      return order.subarray(at - batch, at);
    },
  };
}

/** Loops over typed arrays, as one writes them by hand. */
class Typed {
  /** @param {Network} network */
  constructor(network) {
    const { widths, batch } = network;
    this.batch = batch;
    this.data = samples(network);
    this.width = widths[0];
    this.input = new Float32Array(batch * this.width);
    this.labels = new Uint8Array(batch);
    this.layers = widths.slice(1).map((fanOut, k) => new TypedLayer(widths[k], fanOut, batch));
  }

  step() {
    for (const [n, i] of this.data.next().entries()) {
      this.input.set(this.data.x.subarray(i * this.width, (i + 1) * this.width), n * this.width);
      this.labels[n] = this.data.y[i];
    }
    const { layers, batch } = this;
    const inputs = [this.input, ...layers.map(({ a }) => a)];
    for (const [k, layer] of layers.entries()) layer.forward(inputs[k], batch, k < layers.length - 1);
    const value = this.loss(layers.at(-1));
    for (let k = layers.length - 1; k >= 0; k--) {
      layers[k].backward(inputs[k], batch);
      if (k)
        for (let m = 0; m < layers[k].dx.length; m++) layers[k - 1].dz[m] = layers[k].dx[m] * layers[k - 1].slope[m];
    }
    for (const layer of layers) layer.update();
    return value;
  }

  /** Softmax cross-entropy, and its gradient. @param {TypedLayer} output */
  loss({ fanOut, a, dz }) {
    let sum = 0;
    for (let n = 0; n < this.batch; n++) {
      const [first, label] = [n * fanOut, this.labels[n]];
      const logits = a.subarray(first, first + fanOut);
      const most = Math.max(...logits);
      let total = 0;
      for (let j = 0; j < fanOut; j++) total += Math.exp(logits[j] - most);
      for (let j = 0; j < fanOut; j++) dz[first + j] = Math.exp(logits[j] - most) / total / this.batch;
      dz[first + label] -= 1 / this.batch;
      sum += Math.log(total) - (logits[label] - most);
    }
    return sum / this.batch;
  }
}

class TypedLayer {
  /** @param {number} fanIn @param {number} fanOut @param {number} batch */
  constructor(fanIn, fanOut, batch) {
    [this.fanIn, this.fanOut] = [fanIn, fanOut];
    [this.z, this.slope, this.a, this.dz] = Array.from({ length: 4 }, () => new Float32Array(batch * fanOut));
    [this.w, this.dw] = [new Float32Array(fanIn * fanOut), new Float32Array(fanIn * fanOut)];
    [this.b, this.db] = [new Float32Array(fanOut), new Float32Array(fanOut)];
    this.dx = new Float32Array(batch * fanIn);
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    this.w.forEach((_, i) => {
      this.w[i] = limit * (2 * Math.random() - 1);
    });
  }

  /** @param {Float32Array} x @param {number} batch @param {boolean} isHidden */
  forward(x, batch, isHidden) {
    const { fanIn, fanOut, w, b, z, slope, a } = this;
    for (let n = 0; n < batch; n++) {
      const row = n * fanOut;
      for (let j = 0; j < fanOut; j++) z[row + j] = b[j];
      for (let i = 0; i < fanIn; i++) {
        const xi = x[n * fanIn + i];
        for (let j = 0; j < fanOut; j++) z[row + j] += xi * w[i * fanOut + j];
      }
    }
    for (let m = 0; m < z.length; m++) {
      const t = isHidden ? Math.tanh(C * (z[m] + K * z[m] ** 3)) : 1;
      a[m] = 0.5 * z[m] * (1 + t);
      slope[m] = 0.5 * (1 + t) + 0.5 * z[m] * (1 - t * t) * C * (1 + 3 * K * z[m] ** 2);
    }
  }

  /** @param {Float32Array} x @param {number} batch */
  backward(x, batch) {
    const { fanIn, fanOut, w, dz, dw, db, dx } = this;
    dw.fill(0);
    db.fill(0);
    for (let n = 0; n < batch; n++) {
      const row = n * fanOut;
      for (let j = 0; j < fanOut; j++) db[j] += dz[row + j];
      for (let i = 0; i < fanIn; i++) {
        const xi = x[n * fanIn + i];
        let back = 0;
        for (let j = 0; j < fanOut; j++) {
          dw[i * fanOut + j] += xi * dz[row + j];
          back += w[i * fanOut + j] * dz[row + j];
        }
        dx[n * fanIn + i] = back;
      }
    }
  }

  update() {
    for (let m = 0; m < this.w.length; m++) this.w[m] -= RATE * this.dw[m];
    for (let m = 0; m < this.b.length; m++) this.b[m] -= RATE * this.db[m];
  }
}

/** ConvNetJS has no GELU: ReLU is the cheapest that it has. @param {Network} network */
function convnet(network) {
  const { convnetjs } = globalThis;
  const { widths, batch } = network;
  const data = samples(network);
  const net = new convnetjs.Net();
  net.makeLayers([
    { type: "input", out_sx: 1, out_sy: 1, out_depth: widths[0] },
    ...widths.slice(1, -1).map((num_neurons) => ({ type: "fc", num_neurons, activation: "relu" })),
    { type: "softmax", num_classes: widths.at(-1) },
  ]);
  const trainer = new convnetjs.Trainer(net, { method: "sgd", learning_rate: RATE, momentum: 0, batch_size: batch });
  const volume = new convnetjs.Vol(1, 1, widths[0], 0);
  return () => {
    let sum = 0;
    for (const i of data.next()) {
      volume.w.set(data.x.subarray(i * widths[0], (i + 1) * widths[0]));
      sum += trainer.train(volume, data.y[i]).cost_loss;
    }
    return sum / batch;
  };
}

/** @param {Network} network */
function tensorflow(network) {
  const { tf } = globalThis;
  const { widths } = network;
  const data = samples(network);
  const all = tf.tensor2d(data.x, [network.train, widths[0]]);
  const targets = tf.oneHot(tf.tensor1d(data.y, "int32"), widths.at(-1)).toFloat();
  const layers = widths.slice(1).map((fanOut, k) => ({
    w: tf.variable(tf.randomUniform([widths[k], fanOut], -0.2, 0.2)),
    b: tf.variable(tf.zeros([fanOut])),
  }));
  const optimizer = tf.train.sgd(RATE);
  const gelu = (z) => z.mul(0.5).mul(tf.tanh(z.add(z.pow(3).mul(K)).mul(C)).add(1));
  const logits = (x) => layers.reduce((a, { w, b }, k) => (k ? gelu(a) : a).matMul(w).add(b), x);
  return () => {
    const chosen = tf.tensor1d(Int32Array.from(data.next()), "int32");
    const loss = tf.tidy(() => {
      const [x, y] = [all.gather(chosen), targets.gather(chosen)];
      return optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, logits(x)), true);
    });
    const [value] = loss.dataSync();
    tf.dispose([loss, chosen]);
    return value;
  };
}

const makers = {
  /** @param {Network} network */
  typed(network) {
    const made = new Typed(network);
    return () => made.step();
  },
  convnet,
  tensorflow,
};
const made = new Map();

/** Microseconds per step of a contestant, over some milliseconds. @param {string} name @param {Network} network @param {number} ms */
globalThis.raced = (name, network, ms) => {
  const key = name + network.widths;
  if (!made.has(key)) made.set(key, makers[name](network));
  const step = made.get(key);
  const [began, end] = [performance.now(), performance.now() + ms];
  let count = 0;
  for (; performance.now() < end; count++)
    if (!Number.isFinite(step())) throw new Error(`${key}: the loss is not finite`);
  return (1000 * (performance.now() - began)) / count;
};
