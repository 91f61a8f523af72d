"""Worked examples that others computed by hand and published, number for number."""

import numpy as np
import pytest
from numpy.typing import NDArray

from backprop.activations import ACTIVATIONS
from backprop.losses import cross_entropy, mse, softmax
from backprop.model import Model
from backprop.optimizers import OPTIMIZERS

Array = NDArray[np.float64]

sigmoid = ACTIVATIONS["sigmoid"]


class TestMazur:
    """Matt Mazur (2015), "A Step by Step Backpropagation Example".

    Two inputs, two hidden and two output units, all sigmoid, half the squared error summed over the outputs. A `Model`
    ends with its logits, so the output's sigmoid is applied here. Our mean of two squares is his sum of two halves.
    He leaves the biases as they are.
    """

    x = np.array([[0.05, 0.10]])
    y = np.array([[0.01, 0.99]])

    @pytest.fixture
    def model(self) -> Model:
        model = Model(2, (2,), 2, activation="sigmoid", dtype="float64")
        hidden, output = model.layers
        hidden.weights[:] = np.array([[0.15, 0.20], [0.25, 0.30]]).T  # his rows are units: w1 w2, w3 w4
        output.weights[:] = np.array([[0.40, 0.45], [0.50, 0.55]]).T  # w5 w6, w7 w8
        hidden.biases[:] = 0.35
        output.biases[:] = 0.60
        return model

    def look(self, model: Model) -> tuple[float, Array]:
        """Forward and backward; returns the error and the outputs."""
        logits = model.forward(self.x)
        outputs = sigmoid.value(logits)
        error, grad_outputs = mse(outputs, self.y)
        model.backward(grad_outputs * sigmoid.slope(logits, outputs))
        return error, outputs

    def step(self, model: Model) -> None:
        self.look(model)
        for layer in model.layers:
            layer.grad_biases[:] = 0
        model.update(0.5)

    def test_forward_pass(self, model: Model) -> None:
        error, outputs = self.look(model)
        hidden, output = model.layers
        assert hidden.pre_activations[0, 0] == pytest.approx(0.3775, abs=1e-12)
        assert hidden.activations[0] == pytest.approx([0.593269992, 0.596884378], abs=5e-10)
        assert output.pre_activations[0, 0] == pytest.approx(1.105905967, abs=5e-10)
        assert outputs[0] == pytest.approx([0.75136507, 0.772928465], abs=5e-9)
        assert error == pytest.approx(0.298371109, abs=5e-10)

    def test_backward_pass(self, model: Model) -> None:
        self.look(model)
        hidden, output = model.layers
        assert output.grad_pre_activations[0, 0] == pytest.approx(0.138498562, abs=5e-10)
        assert output.grad_weights[0, 0] == pytest.approx(0.082167041, abs=5e-10)
        assert hidden.grad_activations[0, 0] == pytest.approx(0.036350306, abs=5e-10)
        assert hidden.grad_weights[0, 0] == pytest.approx(0.000438568, abs=5e-10)

    def test_updated_weights(self, model: Model) -> None:
        self.step(model)
        hidden, output = model.layers
        assert hidden.weights.T.ravel() == pytest.approx([0.149780716, 0.19956143, 0.24975114, 0.29950229], abs=5e-9)
        assert output.weights.T.ravel() == pytest.approx([0.35891648, 0.408666186, 0.511301270, 0.561370121], abs=5e-9)

    def test_error_after_the_update(self, model: Model) -> None:
        """He prints 0.291027924; the weights that he prints give 0.291027774."""
        self.step(model)
        error, _ = self.look(model)
        assert error == pytest.approx(0.291027924, abs=2e-7)
        hidden, output = model.layers
        hidden.weights[:] = np.array([[0.149780716, 0.19956143], [0.24975114, 0.29950229]]).T
        output.weights[:] = np.array([[0.35891648, 0.408666186], [0.511301270, 0.561370121]]).T
        assert error == pytest.approx(self.look(model)[0], abs=5e-10)

    def test_after_ten_thousand_steps(self, model: Model) -> None:
        """His error is that after 9,999 steps, and his outputs lie between those after 10,002 and 10,003."""
        for _ in range(10_000):
            self.step(model)
        error, outputs = self.look(model)
        assert error == pytest.approx(0.0000351085, rel=2e-4)
        assert outputs[0] == pytest.approx([0.015912196, 0.984065734], abs=2e-6)


def test_one_neuron_of_the_stanford_course() -> None:
    """Karpathy (2016), Stanford CS231n notes, "Backpropagation, Intuitions": the circuit of one sigmoid neuron.

    Its gradients there: weights -0.20, -0.39 and (the bias) 0.20, inputs 0.39 and -0.59.
    """
    model = Model(2, (1,), 1, activation="sigmoid", dtype="float64")
    neuron, output = model.layers
    neuron.weights[:, 0], neuron.biases[0] = [2, -3], -3
    output.weights[0, 0] = 1  # hands the neuron's number on
    assert model.forward(np.array([[-1.0, -2.0]]))[0, 0] == pytest.approx(0.73, abs=0.005)
    assert neuron.pre_activations[0, 0] == 1
    grad_x = model.backward(np.ones((1, 1)))
    assert neuron.grad_weights[:, 0] == pytest.approx([-0.20, -0.39], abs=0.005)
    assert neuron.grad_biases[0] == pytest.approx(0.20, abs=0.005)
    assert grad_x[0] == pytest.approx([0.39, -0.59], abs=0.005)


def test_the_softmax_classifier_of_the_stanford_course() -> None:
    """Karpathy (2016), Stanford CS231n notes, "Linear Classification": scores, probabilities and cross-entropy."""
    model = Model(4, (), 3, dtype="float64")
    weights = [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]
    model.layers[0].weights[:], model.layers[0].biases[:] = np.array(weights).T, [0.0, 0.2, -0.3]
    scores = model.forward(np.array([[-15.0, 22.0, -44.0, 56.0]]))
    assert scores[0] == pytest.approx([-2.85, 0.86, 0.28], abs=0.005)
    assert softmax(scores)[0] == pytest.approx([0.016, 0.631, 0.353], abs=0.0006)
    loss, grad_logits = cross_entropy(scores, np.array([2]))
    assert loss == pytest.approx(1.04, abs=0.005)
    assert grad_logits[0] == pytest.approx([0.016, 0.631, 0.353 - 1], abs=0.0006)


def network(widths: tuple[int, ...], activation: str, *weights: list[list[float]]) -> Model:
    """A float64 model with these weights, (fan_in, fan_out) for each layer, and biases of zero."""
    model = Model(widths[0], widths[1:-1], widths[-1], activation=activation, dtype="float64")
    for layer, values in zip(model.layers, weights, strict=True):
        layer.weights[:] = values
    return model


def test_the_two_layer_net_of_g_eoj() -> None:
    """g-eoj, cpp-neural-nets (GitHub), tests.cpp, "Two layer net with fixed data": 2-2-3, ReLU, with a dead unit."""
    model = network((2, 2, 3), "relu", [[0.18, 0.04], [0.1, 0.22]], [[0.19, -0.1, 0.1], [-0.02, -0.01, 0.04]])
    logits = model.forward(np.array([[16.0, -6.0]]))
    loss, grad_logits = cross_entropy(logits, np.array([2]))
    model.backward(grad_logits)
    hidden, output = model.layers
    assert loss == pytest.approx(1.0513754685, abs=5e-11)
    assert softmax(logits)[0] == pytest.approx([0.4290527237, 0.2214905247, 0.3494567516], abs=5e-11)
    assert hidden.grad_weights == pytest.approx(np.array([[-0.0909337567, 0], [0.0341001588, 0]]), abs=5e-11)
    assert hidden.grad_biases == pytest.approx([-0.0056833598, 0], abs=5e-11)
    assert output.grad_weights[0] == pytest.approx([0.9782402101, 0.5049983962, -1.4832386063], abs=5e-11)
    assert output.grad_biases == pytest.approx([0.4290527237, 0.2214905247, -0.6505432484], abs=5e-11)
    # The second unit is dead: exactly nothing passes through it.
    assert not hidden.grad_weights[:, 1].any()
    assert hidden.grad_biases[1] == 0
    assert not output.grad_weights[1].any()


def test_the_linear_net_of_hmkcode() -> None:
    """hmkcode (2019), "Backpropagation Step by Step": 2-2-1 without activation function, half the squared error."""
    model = network((2, 2, 1), "identity", [[0.11, 0.12], [0.21, 0.08]], [[0.14], [0.15]])
    hidden, output = model.layers
    out = model.forward(np.array([[2.0, 3.0]]))
    assert hidden.activations[0] == pytest.approx([0.85, 0.48])
    assert out[0, 0] == pytest.approx(0.191)
    squared, grad_out = mse(out, np.array([[1.0]]))
    assert squared / 2 == pytest.approx(0.327, abs=0.0005)
    model.backward(grad_out / 2)
    for layer in model.layers:
        layer.grad_biases[:] = 0  # there are none
    model.update(0.05)
    # w1 and w2 lead to the first hidden unit, w3 and w4 to the second.
    assert hidden.weights.T.ravel() == pytest.approx([0.121326, 0.226989, 0.132135, 0.0982025], abs=1e-12)
    assert output.weights[:, 0] == pytest.approx([0.1743825, 0.169416], abs=1e-12)


def test_the_tanh_neuron_of_micrograd() -> None:
    """Karpathy (2022), "The spelled-out intro to neural networks and backpropagation: building micrograd"."""
    model = network((2, 1, 1), "tanh", [[-3], [1]], [[1]])  # the output hands the neuron's number on
    neuron = model.layers[0]
    neuron.biases[0] = 6.8813735870195432
    assert model.forward(np.array([[2.0, 0.0]]))[0, 0] == pytest.approx(0.7071067811865476, abs=1e-14)
    grad_x = model.backward(np.ones((1, 1)))
    assert neuron.grad_pre_activations[0, 0] == pytest.approx(0.5, abs=1e-14)
    assert grad_x[0] == pytest.approx([-1.5, 0.5], abs=1e-14)
    assert neuron.grad_weights[:, 0] == pytest.approx([1, 0], abs=1e-14)


def test_the_xor_net_of_the_deep_learning_book() -> None:
    """Goodfellow, Bengio & Courville (2016), "Deep Learning", section 6.1: the solution of XOR that it gives."""
    model = network((2, 2, 1), "relu", [[1, 1], [1, 1]], [[1], [-2]])
    model.layers[0].biases[:] = [0, -1]
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    outputs = model.forward(x)
    np.testing.assert_array_equal(model.layers[0].pre_activations, [[0, -1], [1, 0], [1, 0], [2, 1]])
    np.testing.assert_array_equal(model.layers[0].activations, [[0, 0], [1, 0], [1, 0], [2, 1]])
    np.testing.assert_array_equal(outputs[:, 0], [0, 1, 1, 0])
    loss, grad_outputs = mse(outputs, np.array([[0.0], [1.0], [1.0], [0.0]]))
    assert loss == 0
    assert not model.backward(grad_outputs).any()
    assert not model.gradients.any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_logits_a_thousand_apart_from_zero(dtype: str) -> None:
    """Softmax does not change when a constant is added to all logits (Goodfellow et al. 2016, eq. 4.3 and 6.33).

    -log(e² / (e⁰ + e¹ + e²)) = 0.4076059644 for both rows, though e¹⁰⁰⁰ overflows.
    """
    logits = np.array([[0, 1, 2], [1000, 1001, 1002]], dtype)
    loss, grad_logits = cross_entropy(logits, np.array([2, 2]))
    accuracy = {"float32": 1e-7, "float64": 5e-11}[dtype]
    assert loss == pytest.approx(0.4076059644, abs=accuracy)
    p = [0.0900305732, 0.2447284711, 0.6652409558]
    assert softmax(logits) == pytest.approx(np.array([p, p]), abs=accuracy)
    assert grad_logits[1] == pytest.approx([p[0] / 2, p[1] / 2, (p[2] - 1) / 2], abs=accuracy)


def test_momentum_after_a_change_of_the_learning_rate() -> None:
    """PyTorch's documentation of `torch.optim.SGD`: v ← μ v + g, p ← p - η v, with the learning rate outside of v.

    The rate of Sutskever et al. (2013), inside of v, would end at -0.2. Here the old gradients get the new rate too.
    """
    optimizer = OPTIMIZERS["momentum"](1, "float64", momentum=0.9)
    parameters = np.zeros(1)
    optimizer.update(parameters, np.ones(1), 0.1)
    assert parameters[0] == pytest.approx(-0.1, abs=1e-15)
    optimizer.update(parameters, np.ones(1), 0.01)
    assert parameters[0] == pytest.approx(-0.119, abs=1e-15)


def test_repeated_rows_of_an_embedding() -> None:
    """NumPy's documentation of `ufunc.at`: where an index occurs twice, ``a[[0, 1, 2, 2]] += 1`` adds only once.

    Its example adds 1 to a = [1, 2, 3, 4] at [0, 1, 2, 2] and gets [2, 3, 5, 4].
    """
    model = Model(4, (), 1, dtype="float64", vocabulary_size=4, embedding_dim=1)
    assert model.embedding is not None
    model.embedding.weights[:, 0] = [1, 2, 3, 4]
    model.layers[0].weights[:] = 1  # the gradient of each row that is looked up
    assert model.forward(np.array([[0, 1, 2, 2]]))[0, 0] == 1 + 2 + 3 + 3
    model.backward(np.ones((1, 1)))
    np.testing.assert_array_equal(model.embedding.grad_weights[:, 0], [1, 1, 2, 0])
    model.update(-1)
    np.testing.assert_array_equal(model.embedding.weights[:, 0], [2, 3, 5, 4])


def test_the_two_layer_net_of_nn_timeline() -> None:
    """surafelml, nn-timeline (GitHub), "Numerical walkthrough: backprop by hand on a 2-2-1 net".

    Sigmoid everywhere, and binary cross-entropy: that of two classes whose logits are 0 and the output's.
    """
    model = network((2, 2, 1), "sigmoid", [[0.1, 0.3], [0.2, 0.4]], [[0.5], [0.6]])  # rows there are units
    hidden, output = model.layers
    logit = model.forward(np.array([[1.0, 0.0]]))
    loss, grad_logits = cross_entropy(np.hstack([np.zeros((1, 1)), logit]), np.array([1]))
    model.backward(grad_logits[:, 1:])
    assert hidden.pre_activations[0] == pytest.approx([0.1, 0.3])
    assert loss == pytest.approx(0.43495844, abs=5e-9)
    assert hidden.grad_weights == pytest.approx(np.array([[-0.04397852, -0.05173350], [0, 0]]), abs=5e-9)
    assert not hidden.grad_weights[1].any()
    assert output.grad_weights[:, 0] == pytest.approx(output.grad_biases[0] * hidden.activations[0])
