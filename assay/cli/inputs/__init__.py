"""What is given to a model: texts and files, as the tensors of its signature."""
