"""What a study of weights says (§4)."""
