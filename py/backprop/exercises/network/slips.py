"""Known mistakes in the backward pass of a network."""


def _backward(x, layers, dlogits, slope, inputs_of="a", weights=lambda W, dW: W):
    gradients = []
    dz = dlogits
    for k in reversed(range(len(layers))):
        inputs = layers[k - 1][inputs_of] if k > 0 else x
        gradients.insert(0, (inputs.T @ dz, dz.sum(axis=0)))
        if k > 0:
            da = dz @ weights(layers[k]["W"], layers[k - 1]["a"].T @ dz).T
            dz = da * slope(layers[k - 1]["z"], layers[k - 1]["a"])
    return gradients


def slope_missing(x, layers, dlogits, slope):
    """Yours lacks the slopes of the activation function: between two layers, dL/dz = dL/da · f'(z)."""
    return _backward(x, layers, dlogits, lambda z, a: 1)


def pre_activations_as_inputs(x, layers, dlogits, slope):
    """Yours takes z of the layer below as the input of a layer. Its input was a = f(z)."""
    return _backward(x, layers, dlogits, slope, inputs_of="z")


def slope_of_activations(x, layers, dlogits, slope):
    """Yours takes the slope at a. The function was applied to z: its slope is f'(z)."""
    return _backward(x, layers, dlogits, lambda z, a: slope(a, a))


def updated_weights(x, layers, dlogits, slope):
    """Yours passes the gradient on through weights that were updated already (learning rate 0.1). Update at the end."""
    return _backward(x, layers, dlogits, slope, weights=lambda W, dW: W - 0.1 * dW)


def last_layer_first(x, layers, dlogits, slope):
    """Yours lists the last layer first. The gradients are right; return them in the order of the layers."""
    return _backward(x, layers, dlogits, slope)[::-1]
