"""Worked examples that others computed by hand and published, number for number."""

import numpy as np
import pytest
from numpy.typing import NDArray

from backprop.activations import ACTIVATIONS
from backprop.losses import cross_entropy, mse, softmax
from backprop.model import Model

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
