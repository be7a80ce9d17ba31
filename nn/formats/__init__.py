"""Models in the field's formats: states as .npz and .safetensors, models as ONNX."""
