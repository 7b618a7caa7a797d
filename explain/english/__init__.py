"""English: values, codes, atoms and rules in words, with what identifies a patient withheld."""
