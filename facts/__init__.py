"""What is asserted: claims, evidence, codes and where each of them was read."""
