"""Models for other programs: a forward pass, as the engine recorded it, written as an ONNX graph."""
